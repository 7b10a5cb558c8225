"""Where the numbers of the strokes stand: near the beginning of each, clear of the ink and of one another.

Of the places round a stroke's beginning the one is taken that is clear and costs least: near, and behind the beginning
rather than beside it, as KanjiVG has them by hand. First those numbers choose that have least choice. The figures are
as large as KanjiVG's, and smaller in a drawing where one would not be clear; where it is not even with the smallest, it
covers what is least.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIZES = (8.0, 7.0, 6.0, 5.0)  # of the figures, KanjiVG's first
ADVANCE, RISE = 0.52, 0.74  # of a figure, in its size: how wide, and how high above the baseline
GAP = 0.6  # kept between a figure and the ink's edge
APART = 0.4  # of a figure's size, kept between two numbers side by side: 4 and 8 are not to be read as 48
FAR, DIRECTIONS, RINGS = 13.0, 24, 12  # places looked at: up to how far from the beginning, in how many directions
BEHIND = 1.5  # units of distance that a place right ahead of the pen costs more than one behind it
COVERED, OUTSIDE = 100.0, 1000.0  # what a place costs that is not clear, and more for each point of ink under it

Box = tuple[float, float, float, float]  # left, top, right, bottom


def places(
    curves: Sequence[NDArray[np.float64]], width: float, height: float, pen: float
) -> tuple[float, list[tuple[float, float]]]:
    """curves: (n, 2) points of each stroke, close together; pen: its width -> the size of the figures, SIZES of a box
    of 109, and for each stroke the left end of the baseline of its number, in a box of width x height."""
    unit = max(width, height) / 109
    for size in SIZES:
        boxes, clear = _placed(curves, (width, height), pen, size * unit, unit)
        if clear:
            break
    return size * unit, [(float(left), float(bottom)) for left, _, _, bottom in boxes]


def _placed(
    curves: Sequence[NDArray], whole: tuple[float, float], pen: float, height: float, unit: float
) -> tuple[list[Box], bool]:
    """The boxes of the numbers, and whether all are clear of the ink, of one another and of the edge."""
    ink = np.concatenate(list(curves))
    choices = []
    for number, curve in enumerate(curves, start=1):
        size = len(str(number)) * ADVANCE * height, RISE * height
        centres, costs = _around(curve, size, unit)
        inside = _inside(centres, size, *whole)
        boxes = np.concatenate((centres - np.divide(size, 2), centres + np.divide(size, 2)), axis=1)
        choices.append((boxes, costs / unit, _points_under(boxes, ink, pen / 2 + GAP * unit) + OUTSIDE * ~inside))
    taken: dict[int, Box] = {}
    clear = True
    for i in sorted(range(len(choices)), key=lambda i: np.count_nonzero(choices[i][2] == 0)):
        boxes, costs, under = choices[i]
        covered = under + sum(20 * _overlap(boxes, other, APART * height) for other in taken.values())
        best = int((costs + COVERED * (covered > 0) + covered).argmin())
        clear &= bool(covered[best] == 0)
        left, top, right, bottom = boxes[best].tolist()
        taken[i] = left, top, right, bottom
    return [taken[i] for i in range(len(curves))], clear


def _around(curve: NDArray, size: tuple[float, float], unit: float) -> tuple[NDArray, NDArray]:
    """(n, 2) centres and their costs, in units."""
    angles = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    way = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    reach = np.linspace(min(size) / 2, FAR * unit, RINGS)
    ahead = curve[min(len(curve) - 1, 4)] - curve[0]
    length = float(np.hypot(*ahead))
    forward = way @ (ahead / length) if length > 0 else np.zeros(len(way))
    centres = curve[0] + (way[None] * reach[:, None, None]).reshape(-1, 2)
    return centres, (reach[:, None] + BEHIND * unit * forward).ravel()


def _inside(centres: NDArray, size: tuple[float, float], width: float, height: float) -> NDArray[np.bool_]:
    half = np.divide(size, 2)
    inside = (centres >= half) & (centres <= np.array((width, height)) - half)
    return np.asarray(inside.all(axis=1))


def _points_under(boxes: NDArray, ink: NDArray, margin: float) -> NDArray[np.float64]:
    """How many points of the ink are nearer than margin to each box."""
    low, high = boxes[:, None, :2] - margin, boxes[:, None, 2:] + margin
    return ((ink > low) & (ink < high)).all(axis=2).sum(axis=1).astype(np.float64)


def _overlap(boxes: NDArray, other: Box, apart: float) -> NDArray[np.float64]:
    """Which of the boxes share a place with the other one, or are less than `apart` beside it."""
    low, high = np.subtract(other[:2], (apart, 0)), np.add(other[2:], (apart, 0))
    common = (boxes[:, :2] < high) & (boxes[:, 2:] > low)
    return np.asarray(common.all(axis=1), np.float64)
