"""What <svg> and <symbol> establish: a view box fitted into a place (SVG 2, 8.2, 8.6 and 8.7)."""

import re

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipeline.parse.svg.lengths import Get, Viewport, length, size
from pipeline.parse.svg.paths import NUMBER
from pipeline.parse.svg.untrusted import SvgError

FIT = re.compile(r"\s*(?:defer\s+)?(?:(none)|x(Min|Mid|Max)Y(Min|Mid|Max))(?:\s+(meet|slice))?\s*")
SHARE = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}  # of the room that is left, before the picture

Box = tuple[float, float, float, float]  # x, y, width, height


def view_box(element: etree._Element) -> Box | None:
    """Raises SvgError: not four numbers."""
    text = element.get("viewBox")
    if text is None:
        return None
    parts = re.split(r"[\s,]+", text.strip())
    if len(parts) != 4 or not all(re.fullmatch(NUMBER, part) for part in parts):
        raise SvgError(f"viewBox={text[:40]!r} is not four numbers")
    x, y, width, height = map(float, parts)
    return x, y, width, height


def shift(x: float, y: float) -> NDArray | None:
    """The (3, 3) matrix that moves by x, y; None where that is nothing."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]]) if x or y else None


def times(outer: NDArray | None, inner: NDArray | None) -> NDArray | None:
    """The product of two matrices, None being the identity."""
    if outer is None or inner is None:
        return inner if outer is None else outer
    return outer @ inner


def inner(element: etree._Element, get: Get, outer: Viewport) -> tuple[NDArray | None, Viewport, Box]:
    """Of an inner <svg> or a <symbol> that <use> draws: the matrix from its units to those round it, its viewport in
    its own units, and its place in those round it.

    get  reads x, y, width and height, absolute; the sizes are 100 % of the viewport round it where they are absent
    A matrix of zeros: it has no area and is not rendered. Raises PathError, SvgError.
    """
    x, y = (0.0, 0.0) if element.tag.endswith("symbol") else (length(get, "x", 0.0), length(get, "y", 0.0))
    width, height = (_side(get, name, outer) for name in ("width", "height"))
    box, place = view_box(element), (x, y, width, height)
    if not (width and height) or box is not None and not (box[2] > 0 and box[3] > 0):
        return np.zeros((3, 3)), outer, place
    if box is None:
        return shift(x, y), Viewport(width, height), place
    fitted = fit(box, width, height, element.get("preserveAspectRatio"))
    return times(shift(x, y), fitted), Viewport(box[2], box[3]), place


def fit(box: Box, width: float, height: float, how: str | None) -> NDArray:
    """The matrix that fits a view box into width x height as preserveAspectRatio says. Raises SvgError."""
    match = FIT.fullmatch(how or "xMidYMid")
    if match is None:
        raise SvgError(f"preserveAspectRatio={how!r} says no known way; leave it out")
    sx, sy = width / box[2], height / box[3]
    if not match[1]:
        sx = sy = max(sx, sy) if match[4] == "slice" else min(sx, sy)
    dx = (width - sx * box[2]) * SHARE.get(match[2], 0.0)
    dy = (height - sy * box[3]) * SHARE.get(match[3], 0.0)
    return np.array([[sx, 0, dx - sx * box[0]], [0, sy, dy - sy * box[1]], [0, 0, 1]])


def _side(get: Get, name: str, outer: Viewport) -> float:
    return outer.side(name) if get(name) in (None, "auto") else size(get, name)
