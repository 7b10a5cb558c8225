"""Where the numbers of the strokes stand: near the beginning of each, clear of the ink and of one another.

Of the places round a stroke's beginning the one is taken that is clear and costs least: near, and behind the beginning
rather than beside it, as KanjiVG has them by hand. Where none is clear, the one that covers least.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIZE = 8.0  # of the figures, as KanjiVG's
ADVANCE, RISE = 0.52, 0.74  # of a figure, in its size: how wide, and how high above the baseline
GAP = 0.6  # kept between a figure and the ink's edge
FAR, DIRECTIONS, RINGS = 13.0, 24, 12  # places looked at: up to how far from the beginning, in how many directions
BEHIND = 1.5  # units of distance that a place right ahead of the pen costs more than one behind it
COVERED = 100.0  # what a place costs that is not clear; more for each point of ink under it

Box = tuple[float, float, float, float]  # left, top, right, bottom


def places(curves: Sequence[NDArray[np.float64]], width: float, height: float, pen: float) -> list[tuple[float, float]]:
    """curves: (n, 2) points of each stroke, close together; pen: its width -> for each stroke the left end of the
    baseline of its number, in a box of width x height; the figures are SIZE of a box of 109."""
    unit = max(width, height) / 109
    ink = np.concatenate(list(curves))
    taken: list[Box] = []
    found = []
    for number, curve in enumerate(curves, start=1):
        size = len(str(number)) * ADVANCE * SIZE * unit, RISE * SIZE * unit
        centres, costs = _around(curve, size, unit)
        inside = _inside(centres, size, width, height)
        boxes = np.concatenate((centres - np.divide(size, 2), centres + np.divide(size, 2)), axis=1)
        covered = _points_under(boxes, ink, pen / 2 + GAP * unit)
        for other in taken:
            covered += 20 * _overlap(boxes, other)
        best = int((costs / unit + COVERED * (covered > 0) + covered + 10 * COVERED * ~inside).argmin())
        left, top, right, bottom = boxes[best]
        taken.append((left, top, right, bottom))
        found.append((float(left), float(bottom)))
    return found


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


def _overlap(boxes: NDArray, other: Box) -> NDArray[np.float64]:
    common = (boxes[:, :2] < other[2:]) & (boxes[:, 2:] > other[:2])
    return np.asarray(common.all(axis=1), np.float64)
