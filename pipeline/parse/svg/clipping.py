"""Clip paths and masks (CSS Masking 1), as far as they are applied: what is outside the box of a clip path is not seen,
and what an empty clip path or mask covers neither. Where more than that would be hidden, the document's notes say so.
"""

from collections.abc import Callable, Sequence

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipeline.parse.svg import boxes, references
from pipeline.parse.svg.boxes import Span
from pipeline.parse.svg.paths import Curve
from pipeline.parse.svg.style import Style
from pipeline.parse.svg.tokens import keyword, reference
from pipeline.parse.svg.untrusted import name

Note = Callable[[str], None]
Ids = dict[str, etree._Element]

TOUCH = 1e-6  # units by which a stroke may stand out without being cut


def covers(style: Style) -> bool:
    return any(prop in style.values for prop in ("clip-path", "mask", "filter"))


def clip_path(style: Style, ids: Ids, note: Note) -> etree._Element | None:
    """The <clipPath> of an element; one that is not there clips nothing."""
    tokens = style.tokens("clip-path")
    if not tokens or keyword(tokens) == "none":
        return None
    address = reference(tokens[0])
    if address is None or not address.startswith("#"):
        note("a clip path that is no <clipPath> of the document is not applied")
        return None
    found = references.internal(address, ids)
    return found if found is not None and name(found) == "clipPath" else None


def is_masked_away(style: Style, ids: Ids, note: Note) -> bool:
    """Whether an empty mask covers the element."""
    if style.tokens("filter") and style.word("filter") != "none":
        note("a filter is not applied")
    tokens = style.tokens("mask")
    if not tokens or keyword(tokens) == "none":
        return False
    address = reference(tokens[0])
    mask = None if address is None else references.internal(address, ids)
    if mask is not None and name(mask) == "mask" and not any(map(name, mask)):
        return True
    note("a mask is not applied: what it hides is read")
    return False


def span(curves: Sequence[Curve], note: Note) -> Span:
    """The box of what a <clipPath> draws."""
    if not (len(curves) == 1 and curves[0].straight.all() and boxes.is_upright(curves[0].controls[:, 0])):
        note("a clip path other than a box is not applied; what is outside its box is not read")
    return boxes.hull([curve.controls for curve in curves])


def of_viewport(corners: NDArray) -> Span:
    return corners.min(axis=0), corners.max(axis=0)


def both(one: Span | None, other: Span) -> Span:
    return other if one is None else (np.maximum(one[0], other[0]), np.minimum(one[1], other[1]))


def is_inside(curve: Curve, clip: Span, note: Note) -> bool:
    """Whether some of a stroke, of no width, is within the box. One that is cut is noted, as it is read whole."""
    (low, high), (clip_low, clip_high) = boxes.hull([curve.controls]), clip
    if (low > clip_high).any() or (high < clip_low).any():
        return False
    if (low < clip_low - TOUCH).any() or (high > clip_high + TOUCH).any():
        note("a clip path or an inner viewport cuts a stroke, which is read whole")
    return True
