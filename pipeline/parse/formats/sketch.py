"""What a reader of a stroke format gives: records of a file, cheap to send to another process, and sketches of them.

A reader is a module with two functions. A set of hundreds of thousands of drawings is never in memory at once:
    records(stream, name)  the drawings of an open file, one after another, not yet read; raises FormatError where the
                           file itself is damaged
    read(record)           one of them; raises FormatError where that drawing is
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.fetch import formats
from pipeline.parse.svg.paths import check

Points = NDArray[np.float64]  # (m, 2), m >= 1


class FormatError(ValueError):
    """A file or a drawing in it that is not of its format; the text says the file, the place and the cure."""


@dataclass(frozen=True)
class Record:
    """place: the file and the place in it, for errors; name: the file's alone; number: the drawing's in it, from 0;
    data: what the reader's `read` makes a sketch of, or the FormatError it is refused with; split: train, valid or
    test if the data says so."""

    name: str
    number: int
    place: str
    data: Any
    split: str = ""


@dataclass(frozen=True)
class Sketch:
    """Strokes, each (m, 2) points in a width x height box, y down; character: what it writes, label: its category."""

    id: str
    strokes: Sequence[Points]
    width: float
    height: float
    character: str = ""
    label: str = ""


def stem(name: str) -> str:
    """The file's path without its ending."""
    found = (ending for ending in formats.ALL_ENDINGS if name.lower().endswith(ending))
    return name[: len(name) - len(max(found, key=len, default=""))]


def extent(strokes: Sequence[Points]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lower and the upper corner, (2,) each, of all strokes. Raises PathError: a coordinate beyond the limit."""
    points = np.concatenate(strokes)
    check(points)
    return points.min(axis=0), points.max(axis=0)


def fitted(strokes: Sequence[Points], side: float) -> list[Points]:
    """Moved and scaled, the same in both axes, so that the longer side fills a square box and the shorter is centred.
    For formats whose units differ from device to device or from page to page."""
    low, high = extent(strokes)
    span = high - low
    scale = side / span.max() if span.max() > 0 else 1.0
    return [(stroke - (low + high) / 2) * scale + side / 2 for stroke in strokes]
