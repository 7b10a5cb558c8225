"""Strokes as a few points at equal distances along the line, so that they compare however a drawing was resampled.

Shapes: B drawings, S strokes of all of them one after another, N = POINTS points of a stroke.

Coordinates are the drawing's own: the middle of its box is 0, the longer side of its box 1, y down. So neither the
unit of the data nor where and how large a drawing was written matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import ON_PAPER, Steps

POINTS = 8  # of a stroke, both ends among them
BLOCK = 1024  # rows compared at once
AIR = 1.0  # length given to the way through the air, so that one stroke's end is not the next one's beginning


@dataclass(frozen=True)
class Traces:
    """points (S, N, 2) float32; first (B + 1,) int64: drawing i has the strokes first[i] to first[i + 1] - 1."""

    points: NDArray[np.float32]
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def counts(self) -> NDArray[np.int64]:
        """Strokes of each drawing, (B,)."""
        return np.diff(self.first)

    @property
    def owner(self) -> NDArray[np.int64]:
        """The drawing that each stroke is of, (S,)."""
        return np.repeat(np.arange(len(self)), self.counts)

    @cached_property
    def boxes(self) -> NDArray[np.float32]:
        """left, top, right, bottom of each stroke, (S, 4)."""
        return boxes(self.points)


def of(drawings: Sequence[Steps]) -> Traces:
    """B drawings, (n, 3) steps in any unit, the same or not."""
    lengths = np.array([len(steps) for steps in drawings], np.int64)
    if not len(lengths):
        return Traces(np.zeros((0, POINTS, 2), np.float32), np.zeros(1, np.int64))
    steps = np.concatenate(drawings).astype(np.float64)
    points = _in_box(np.cumsum(steps[:, :2], axis=0), lengths)
    lifted = steps[:, 2] != ON_PAPER
    lifted[np.cumsum(lengths) - 1] = True  # a drawing that was cut off ends all the same
    ends = np.flatnonzero(lifted)
    begins = np.concatenate(([0], ends[:-1] + 1))
    owner = np.repeat(np.arange(len(lengths)), lengths)[begins]
    return Traces(_resampled(points, begins, ends), np.searchsorted(owner, np.arange(len(lengths) + 1)))


def boxes(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(R, ..., 2) points -> left, top, right, bottom of each of R, (R, 4)."""
    if not len(points):
        return np.zeros((0, 4), np.float32)
    flat = points.reshape(len(points), -1, 2)
    return np.concatenate((flat.min(axis=1), flat.max(axis=1)), axis=1)


def nearest(these: NDArray[np.float32], among: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each of (Q, D) rows the nearest of (M, D), M > 0, and its Euclidean distance: (Q,), (Q,)."""
    found, distance = np.zeros(len(these), np.int64), np.zeros(len(these), np.float32)
    half = np.square(among).sum(axis=1) / 2  # |a - b|^2 / 2 = |a|^2 / 2 + |b|^2 / 2 - a b
    for at in range(0, len(these), BLOCK):
        part = these[at : at + BLOCK]
        best = (part @ among.T - half).argmax(axis=1)
        found[at : at + BLOCK] = best
        distance[at : at + BLOCK] = np.linalg.norm(part - among[best], axis=1)
    return found, distance


def _in_box(points: NDArray[np.float64], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each drawing's points with the middle of its box at 0 and the longer side 1."""
    first = np.cumsum(lengths) - lengths
    low, high = np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)
    side = (high - low).max(axis=1, keepdims=True)
    middle, side = (low + high) / 2, np.where(side > 0, side, 1)
    return (points - np.repeat(middle, lengths, axis=0)) / np.repeat(side, lengths, axis=0)


def _resampled(points: NDArray[np.float64], begins: NDArray, ends: NDArray) -> NDArray[np.float32]:
    """Strokes from points[begins] to points[ends] -> N points each at equal distances along the chords."""
    chords = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    chords[begins] = AIR
    along = np.cumsum(chords)
    share = np.linspace(0, 1, POINTS)
    at = along[begins, None] * (1 - share) + along[ends, None] * share  # (S, N)
    return np.stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)], axis=-1).astype(np.float32)
