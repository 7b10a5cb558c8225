"""Parts found in their place: of those of at least two strokes, whose strokes' box lies where the real one's does."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import Stroke
from pipeline.score.described.parted import Parted

PLACE = 0.1  # of the writing box's longer side: each side of a part's box is nearer than this to where it should be
LEAST_STROKES = 2


def found(real: Parted, written: Parted, side: float) -> tuple[int, int]:
    """How many of the real drawing's parts are in their place, and how many it has; side: the box's longer one."""
    ours, theirs = _strokes(written), _strokes(real)
    wanted = [part for part, strokes in theirs.items() if len(strokes) >= LEAST_STROKES]
    there = [
        part in ours and bool((np.abs(box(ours[part]) - box(theirs[part])) < PLACE * side).all()) for part in wanted
    ]
    return sum(there), len(wanted)


def box(strokes: list[Stroke]) -> NDArray[np.float64]:
    """left, top, right, bottom."""
    points = np.concatenate(strokes)
    return np.concatenate((points.min(axis=0), points.max(axis=0)))


def _strokes(drawn: Parted) -> dict[int, list[Stroke]]:
    """All strokes of each part, of all visits."""
    parts: dict[int, list[Stroke]] = defaultdict(list)
    for part, strokes in drawn.strokes():
        parts[part] += strokes
    return dict(parts)
