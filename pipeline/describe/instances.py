"""Where named parts stand in drawings, and the usual boxes of places: what exemplars are learnt from.

Boxes are (left, top, right, bottom), y down.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.describe.arrangement import Runs, Told
from pipeline.describe.encoding import DEPTH, PLACES, place

LEAST_STROKES = 2  # of an instance
LEAST_SIZE = 0.001  # of the box that others are measured in; in scaled units
LEAST_SIDE = 0.1  # of a usual box, so that nothing is divided by nothing


class Instance(NamedTuple):
    """name: of the part; drawing: its row of the set; rest: strokes beside it; path: (DEPTH) numbers as in `encoding`;
    runs: its strokes, inclusive."""

    name: str
    drawing: int
    rest: int
    path: list[int]
    runs: Runs


def of_drawing(told: Told, row: int) -> list[Instance]:
    """Those of all parts of a drawing, itself among them, that have a name and LEAST_STROKES."""
    total = _count(told)
    found = []
    todo: list[tuple[Told, list[int]]] = [(told, [])]
    while todo:
        node, path = todo.pop()
        strokes, operator = _count(node), node.description.operator
        if node.description.name and strokes >= LEAST_STROKES:
            padded = ([0] * DEPTH + path)[-DEPTH:]
            found.append(Instance(node.description.name, row, total - strokes, padded, node.runs))
        todo += [(part, [*path, place(operator, slot)]) for slot, part in enumerate(node.parts)]
    return found


def _count(told: Told) -> int:
    return sum(last - first + 1 for first, last in told.runs)


def stroke_boxes(points: NDArray, strokes: NDArray) -> NDArray[np.float64]:
    """(S, 4) of strokes that begin at these rows of the points (N, 2); strokes (S + 1,)."""
    if len(strokes) < 2:
        return np.zeros((0, 4))
    return np.hstack((np.minimum.reduceat(points, strokes[:-1]), np.maximum.reduceat(points, strokes[:-1])))


def usual_boxes(
    told: Sequence[Told], boxes: NDArray[np.float64], drawings: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(PLACES, 4), the median of the boxes of each place within the box above it, that one for places never seen; and
    (4,) of whole drawings. boxes: of all strokes; drawings: the first stroke of each."""
    within: list[list[NDArray[np.float64]]] = [[] for _ in range(PLACES)]
    whole = [_around(one, boxes[first:]) for one, first in zip(told, drawings, strict=False)]
    for one, first, outer in zip(told, drawings, whole, strict=False):
        todo = [(one, outer)]
        while todo:
            node, box = todo.pop()
            size = np.maximum(box[2:] - box[:2], LEAST_SIZE)
            for slot, part in enumerate(node.parts):
                inner = _around(part, boxes[first:])
                relative = np.concatenate(((inner[:2] - box[:2]) / size, (inner[2:] - box[:2]) / size))
                within[place(node.description.operator, slot)].append(relative)
                todo.append((part, inner))
    usual = [np.median(many, axis=0) if many else np.array([0.0, 0.0, 1.0, 1.0]) for many in within]
    return _solid(np.array(usual)), _solid(np.median(whole, axis=0) if whole else np.array([-1.0, -1.0, 1.0, 1.0]))


def _solid(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate((boxes[..., :2], np.maximum(boxes[..., 2:], boxes[..., :2] + LEAST_SIDE)), axis=-1)


def _around(told: Told, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    mine = np.concatenate([boxes[first : last + 1] for first, last in told.runs])
    return np.concatenate((mine[:, :2].min(axis=0), mine[:, 2:].max(axis=0)))
