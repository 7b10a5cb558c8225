"""A recogniser of all characters: the nearest real drawing, of any form, held-out ones among them.

A character is as near as the nearest of its drawings. What counts as near is learnt from training drawings: pictures
(`directions`) differ within a character as its forms and distorted copies do, and between characters as all drawings
do, and linear discriminant analysis finds the axes along which these two are told apart best (K. Fukunaga, Introduction
to Statistical Pattern Recognition, 2nd ed. 1990, section 10.2). Along them the Euclidean distance is Mahalanobis's.

Shapes: B drawings, M real ones, C characters, P numbers of a picture, K axes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from pipeline import drawing
from pipeline.dataset import DrawingSet
from pipeline.drawing import ON_PAPER, Steps
from pipeline.score.described import directions

AXES = 200
RIDGE = 1.0  # of the mean variance within characters, added to each
FLOOR = 1e-6  # and where these do not vary at all
DISTORTED, COPIES = 2000, 3  # training drawings, and copies of each
# How copies are distorted, standard deviations: strokes are moved, in longer sides of the drawing, made larger, in ln,
# and turned, in radians; points are moved each by itself, in longer sides; drawings are slanted along each axis
MOVED, SCALED, TURNED, SHAKEN, SLANTED = 0.022, 0.09, 0.06, 0.02, 0.04

Features = Callable[[Sequence[Steps]], NDArray[np.floating]]


@dataclass(frozen=True)
class Recogniser:
    """features: B drawings -> (B, K); real (M, K), in the order of their characters; rows (M,): which of the real set
    each is; names (C,) code points and first (C,), where each one's drawings begin."""

    features: Features
    real: NDArray[np.floating]
    rows: NDArray[np.int64]
    names: NDArray[np.int64]
    first: NDArray[np.int64]

    @classmethod
    def of(cls, real: DrawingSet, features: Features) -> "Recogniser":
        codes = real.index["code_point"].to_numpy(np.int64)
        rows = np.argsort(codes, kind="stable")
        names, first = np.unique(codes[rows], return_index=True)
        return cls(features, features([real[i] for i in rows]), rows, names, first)

    def ranks(
        self, drawings: Sequence[Steps], characters: NDArray[np.int64], without: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """(B,): how many characters are nearer to each drawing than its own, a code point; 0 is recognised.

        without: the row of the real set that each is not compared with, itself.
        """
        # |a - b|^2 without |a|^2, which is the same for all of a row, halved and turned round
        alike = self.features(drawings) @ self.real.T - (self.real**2).sum(axis=1) / 2  # (B, M)
        if without is not None:
            alike[np.arange(len(alike)), np.argsort(self.rows)[without]] = -np.inf
        each = np.maximum.reduceat(alike, self.first, axis=1)  # (B, M) -> (B, C)
        own = each[np.arange(len(each)), np.searchsorted(self.names, characters)]
        return (each > own[:, None]).sum(axis=1)


def trained(real: DrawingSet, source: np.random.Generator) -> Recogniser:
    """A recogniser of a real set, its axes learnt from the drawings whose split is "train"."""
    training = real.where((real.index["split"] == "train").to_numpy())
    pictures = directions.pictures(list(training))
    forms = _pairs(training.index["code_point"].to_numpy(np.int64))
    chosen = source.permutation(len(training))[:DISTORTED].repeat(COPIES)
    copies = directions.pictures([distorted(training[int(i)], source) for i in chosen]) - pictures[chosen]
    within = _scatter(copies) + _scatter((pictures[forms[:, 0]] - pictures[forms[:, 1]]) / np.sqrt(2))
    found = axes(_scatter(pictures - pictures.mean(axis=0)), within)
    return Recogniser.of(real, lambda drawings: directions.pictures(drawings) @ found)


def axes(between: NDArray[np.floating], within: NDArray[np.floating]) -> NDArray[np.float32]:
    """(P, P), (P, P) -> (P, K): those along which the first scatter is largest beside the second, which is one along
    each of them, with the ridge. K is AXES, or P where that is less."""
    size = len(within)
    ridged = within + (RIDGE * np.trace(within) / size + FLOOR) * np.eye(size)
    return scipy.linalg.eigh(between, ridged, subset_by_index=[max(0, size - AXES), size - 1])[1].astype(np.float32)


def distorted(steps: Steps, source: np.random.Generator) -> Steps:
    """A copy as another hand might write it: each stroke moved, scaled and turned about its middle, its points shaken,
    all slanted."""
    points = drawing.positions(steps, 0, 0)
    ends = steps[:, 2] != ON_PAPER
    first = np.flatnonzero(np.concatenate(([True], ends[:-1])))
    owner = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(points))))
    middle = (np.add.reduceat(points, first) / np.bincount(owner)[:, None])[owner]
    side = float(np.ptp(points, axis=0).max())
    matrices, shifts = _hand(len(first), side, source)
    shaken = SHAKEN * side * source.normal(size=points.shape)
    slant = np.eye(2) + SLANTED * source.normal(size=2) * [[0, 1], [1, 0]]
    moved = (np.einsum("nij,nj->ni", matrices[owner], points - middle) + middle + shifts[owner] + shaken) @ slant
    found = np.array(steps)
    found[:, :2] = np.diff(moved, axis=0, prepend=[[0.0, 0.0]])
    return found


def _hand(strokes: int, side: float, source: np.random.Generator) -> tuple[NDArray, NDArray]:
    """(strokes, 2, 2) that turn and scale, (strokes, 2) shifts of a drawing of this size."""
    factors = np.exp(SCALED * source.normal(size=(strokes, 2)))
    angles = TURNED * source.normal(size=strokes)
    cos, sin = np.cos(angles), np.sin(angles)
    turns = np.stack((cos, -sin, sin, cos), axis=-1).reshape(-1, 2, 2)
    return turns * factors[:, None, :], MOVED * side * source.normal(size=(strokes, 2))


def _pairs(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N, 2): drawings of one character, each with the next."""
    order = np.argsort(codes, kind="stable")
    same = np.flatnonzero((codes[order][1:] == codes[order][:-1]) & (codes[order][1:] >= 0))
    return np.stack((order[same], order[same + 1]), axis=1)


def _scatter(differences: NDArray[np.floating]) -> NDArray[np.float64]:
    """(N, P) -> (P, P), the mean of their products; 0 of none."""
    return (differences.T @ differences).astype(np.float64) / max(len(differences), 1)
