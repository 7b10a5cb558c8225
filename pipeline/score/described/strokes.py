"""How far each stroke is from its partner in the real drawing.

Shapes: R strokes of a real drawing and W of the written one, N = POINTS points of a stroke.

Real and written strokes are matched so that the sum of their distances is least; the distance of two is the mean of
that of N points at equal distances along them, in units of a box of 109. Strokes that have no partner are as far as can
be.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import kendalltau

from pipeline import drawing
from pipeline.drawing import Steps

POINTS = 16
FAR = 10.0  # units of a box of 109


@dataclass(frozen=True)
class Comparison:
    """distances (R,) from each real stroke to its partner, infinite without one; in_order (min(R, W),) from each to the
    written stroke of its number; tau: of the partners' order, NaN of fewer than two."""

    real: int
    written: int
    distances: NDArray[np.float64]
    in_order: NDArray[np.float64]
    tau: float

    @property
    def every(self) -> bool:
        return self.real == self.written and bool((self.in_order < FAR).all())


def compare(real: Steps, written: Steps, unit: float) -> Comparison:
    """Two drawings; unit: units of a box of 109 in one of theirs."""
    ours, theirs = (np.stack([spread(s) for s in drawing.to_strokes(one, 0, 0)]) * unit for one in (written, real))
    apart = np.linalg.norm(theirs[:, None] - ours[None], axis=-1).mean(axis=-1)  # (R, W, N, 2) -> (R, W)
    rows, columns = linear_sum_assignment(apart)
    distances = np.full(len(theirs), np.inf)
    distances[rows] = apart[rows, columns]
    tau = kendalltau(rows, columns).statistic if len(rows) > 1 else np.nan
    return Comparison(len(theirs), len(ours), distances, np.diagonal(apart), float(tau))


def spread(stroke: NDArray[np.float64]) -> NDArray[np.float64]:
    """(m, 2) points -> (N, 2) at equal distances along the chords; a dot is N times itself."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))))
    at = np.linspace(0.0, along[-1], POINTS)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=-1)
