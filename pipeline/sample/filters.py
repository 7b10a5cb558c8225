"""What a drawing must be to be kept. Each rejection has one reason: the first of REJECTIONS that holds.

To add a filter, write a function of a candidate and the limits, add it to REJECTIONS, and its limit to `Limits`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import END_OF_CHARACTER, Steps, positions, stroke_count, to_strokes

ACCEPTED = ""  # the reason of a drawing that is kept
PRINT_POINTS = 48  # points of a fingerprint


@dataclass(frozen=True)
class Limits:
    """Lengths are in the units of the writing box."""

    margin: float  # how far a drawing may leave the writing box
    min_size: float  # of the larger side of the drawing's own box
    min_strokes: int
    max_strokes: int
    min_distance: float  # to every drawing accepted before, as mean distance of fingerprint points; 0 accepts copies


@dataclass(frozen=True)
class Candidate:
    """A drawing, steps (n, 3) and points (n, 2), in its width x height box, and the fingerprints (A, P, 2) of those
    accepted before it."""

    steps: Steps
    points: NDArray[np.float64]
    width: float
    height: float
    accepted: NDArray[np.float32]


def unfinished(candidate: Candidate, limits: Limits) -> bool:
    """Did not end within the most steps that sampling allows."""
    return candidate.steps[-1, 2] != END_OF_CHARACTER


def too_large(candidate: Candidate, limits: Limits) -> bool:
    """Leaves the writing box by more than the margin: the post's filter. A drawing that would fit elsewhere but stands
    half outside is rejected too, for it is written wrongly, and a picture of the box would show half of it."""
    low, high = candidate.points.min(axis=0), candidate.points.max(axis=0)
    box = np.array([candidate.width, candidate.height])
    return bool((low < -limits.margin).any() or (high > box + limits.margin).any())


def too_small(candidate: Candidate, limits: Limits) -> bool:
    """The larger side of its own box is below the least size."""
    return bool(np.ptp(candidate.points, axis=0).max() < limits.min_size)


def too_few_strokes(candidate: Candidate, limits: Limits) -> bool:
    return stroke_count(candidate.steps) < limits.min_strokes


def too_many_strokes(candidate: Candidate, limits: Limits) -> bool:
    return stroke_count(candidate.steps) > limits.max_strokes


def copy_of_sample(candidate: Candidate, limits: Limits) -> bool:
    """Nearer to a drawing accepted before it than the least distance, wherever in the box it stands."""
    apart = candidate.accepted - fingerprint(candidate.steps)
    return bool((np.hypot(apart[..., 0], apart[..., 1]).mean(axis=1) < limits.min_distance).any())


# In this order: the first that holds is the reason.
REJECTIONS: dict[str, Callable[[Candidate, Limits], bool]] = {
    "unfinished": unfinished,
    "too_large": too_large,
    "too_small": too_small,
    "too_few_strokes": too_few_strokes,
    "too_many_strokes": too_many_strokes,
    "copy_of_sample": copy_of_sample,
}


class Sieve:
    """Judges drawings one after another and remembers those it accepted, to tell copies of them."""

    def __init__(self, limits: Limits, width: float, height: float):
        self.limits, self.width, self.height = limits, width, height
        self._prints = np.zeros((64, PRINT_POINTS, 2), np.float32)  # doubled when full
        self.accepted = 0

    def reason(self, steps: Steps) -> str:
        """ACCEPTED, or the first of REJECTIONS that holds. steps: (n, 3), n >= 1, in the units of the box."""
        points = positions(steps, self.width, self.height)
        candidate = Candidate(steps, points, self.width, self.height, self._prints[: self.accepted])
        for name, holds in REJECTIONS.items():
            if holds(candidate, self.limits):
                return name
        self._remember(steps)
        return ACCEPTED

    def _remember(self, steps: Steps) -> None:
        if self.accepted == len(self._prints):
            self._prints = np.concatenate((self._prints, np.zeros_like(self._prints)))
        self._prints[self.accepted] = fingerprint(steps)
        self.accepted += 1


def fingerprint(steps: Steps) -> NDArray[np.float32]:
    """(n, 3) steps -> (P, 2): points at equal distances along the ink, stroke after stroke, about their mean.

    Travel through the air has no length here, so that neither position nor the number of points on a line counts.
    """
    strokes = to_strokes(steps, 0.0, 0.0)
    points = np.concatenate(strokes)
    ink = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    ink[np.cumsum([0, *(len(stroke) for stroke in strokes[:-1])])] = 0.0  # the first point of each stroke
    along = np.cumsum(ink)
    at = np.linspace(0.0, along[-1], PRINT_POINTS)
    # np.interp takes the later of two points at one place: the next stroke's first, not the last one's end
    spread = np.stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)], axis=-1)
    return (spread - spread.mean(axis=0)).astype(np.float32)
