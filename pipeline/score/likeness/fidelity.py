"""How far generated characters are from real ones as a set, in the features of the judge.

Shapes: R real and G generated drawings with D features, N resamples of a bootstrap.

frechet    distance of two Gaussians with the sets' means and covariances,
           |m - m'|^2 + tr(S + S' - 2 (S S')^1/2); 0 for the same. (M. Heusel et al., NeurIPS 2017, sec. 2.)
precision  share of generated ones that lie within the real ones' manifold, the union of the balls round each real one
           that reach to its K-th nearest other real one; recall the same with the roles exchanged.
           (T. Kynkaanniemi et al., NeurIPS 2019, eq. 1-2.)
density    in how many balls of real ones a generated one lies, on average, as a share of K: 1 is usual, and it may be
           above; coverage the share of real ones whose ball holds a generated one.
           (M. F. Naeem et al., ICML 2020, eq. 3-4.)

All of them depend on the number of drawings: a Frechet distance of few is biased upwards, and balls shrink as real ones
get more. So every comparison is of sets of equal size, cut by lot to the smallest, and stands beside its floor, what
other real characters give against the same reference. A set of real ones holds one form a code point
(`distributions.one_form`), as a variant is nearly a copy.

An interval is a bootstrap over drawings of both sets. Drawing with replacement makes sets less diverse, which moves
all of these scores; that move says nothing, so the resamples are shifted to have the score as their mean: they tell
how wide the interval is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.forecast import bootstrap
from pipeline.progress import Progress, unseen

K = 5  # nearest neighbour that a ball reaches to, as in Naeem et al.
MINIMUM = K + 1  # drawings a set
NAMES = ("frechet", "precision", "recall", "density", "coverage")
BLOCK = 50  # resamples at once


class FidelityError(ValueError):
    """Sets that cannot be compared."""


@dataclass(frozen=True)
class Estimate:
    """A score and its 95 % interval."""

    value: float
    low: float
    high: float


def equal(sets: Sequence[NDArray], source: np.random.Generator) -> list[NDArray]:
    """The sets (B_i, D), each cut by lot to the smallest one's size. Raises FidelityError: fewer than MINIMUM."""
    smallest = min(map(len, sets))
    if smallest < MINIMUM:
        raise FidelityError(
            f"a distance between sets needs {MINIMUM} drawings in each, the smallest has {smallest}; raise "
            "sample.count or sample.max_attempts, or hold more out by batch.test_percent and batch.valid_percent"
        )
    return [one[np.sort(source.permutation(len(one))[:smallest])] for one in sets]


def compare(
    real: NDArray, generated: NDArray, resamples: int, source: np.random.Generator, progress: Progress = unseen
) -> dict[str, Estimate]:
    """Every score of NAMES of (R, D) and (G, D) features; the sizes should be equal. Raises FidelityError."""
    real, generated = (np.asarray(one, np.float64) for one in (real, generated))
    for one in (real, generated):
        if len(one) < MINIMUM or not np.isfinite(one).all():
            raise FidelityError(f"features of {len(one)} drawings: at least {MINIMUM} finite ones are needed")
    values = {"frechet": frechet(real, generated)} | manifold(real, generated)
    weights = [bootstrap.resampled(len(one), resamples, source).astype(np.float64) for one in (real, generated)]
    tables = _Balls.of(real, generated)
    drawn: dict[str, list[NDArray]] = {name: [] for name in NAMES}
    for at in progress(range(0, resamples, BLOCK)):
        ours, theirs = (one[at : at + BLOCK] for one in weights)
        drawn["frechet"].append(_frechet_resampled(real, generated, ours, theirs))
        for name, found in tables.scores(ours, theirs).items():
            drawn[name].append(found)
    return {name: _estimate(values[name], np.concatenate(drawn[name]), name) for name in NAMES}


def frechet(real: NDArray, generated: NDArray) -> float:
    """Of (R, D) and (G, D); covariances are divided by the number less one."""
    weights = [np.ones((1, len(one))) for one in (real, generated)]
    return float(_frechet_resampled(real, generated, *weights)[0])


def manifold(real: NDArray, generated: NDArray) -> dict[str, float]:
    """precision, recall, density, coverage of (R, D) and (G, D)."""
    weights = [np.ones((1, len(one))) for one in (real, generated)]
    return {name: float(found[0]) for name, found in _Balls.of(real, generated).scores(*weights).items()}


def _estimate(value: float, drawn: NDArray, name: str) -> Estimate:
    low, high = np.percentile(drawn - drawn.mean(), bootstrap.INTERVAL) + value
    top = 1.0 if name in ("precision", "recall", "coverage") else np.inf
    return Estimate(value, float(np.clip(low, 0, top)), float(np.clip(high, 0, top)))


# ---- Frechet ----


def _frechet_resampled(real: NDArray, generated: NDArray, ours: NDArray, theirs: NDArray) -> NDArray[np.float64]:
    """(N,) distances under weights (N, R) and (N, G).

    tr (S S')^1/2 is the sum of the singular values of A A'^T, for S = A^T A: with A the square root of S, as both are
    symmetric, tr (S^1/2 S' S^1/2)^1/2.
    """
    mean, covariance = _moments(real, ours)
    other_mean, other = _moments(generated, theirs)
    value, vector = np.linalg.eigh(covariance)
    root = (vector * np.sqrt(np.clip(value, 0, None))[:, None]) @ vector.swapaxes(1, 2)
    between = np.linalg.eigvalsh(root @ other @ root)
    traces = np.trace(covariance, axis1=1, axis2=2) + np.trace(other, axis1=1, axis2=2)
    cross = np.sqrt(np.clip(between, 0, None)).sum(axis=1)
    return np.clip(((mean - other_mean) ** 2).sum(axis=1) + traces - 2 * cross, 0, None)


def _moments(features: NDArray, weights: NDArray) -> tuple[NDArray, NDArray]:
    """Means (N, D) and covariances (N, D, D) of (B, D) under weights (N, B)."""
    total = weights.sum(axis=1)[:, None]
    centred = features - features.mean(axis=0)  # so that the products lose no digits
    mean = weights @ centred / total
    second = np.stack([(centred * one[:, None]).T @ centred for one in weights])
    covariance = (second - total[:, :, None] * mean[:, :, None] * mean[:, None, :]) / (total[:, :, None] - 1)
    return mean + features.mean(axis=0), covariance


# ---- manifolds ----


@dataclass(frozen=True)
class _Balls:
    """in_real (R, G): generated one lies in the ball of the real one; in_generated (R, G): the real one lies in the
    ball of the generated one. The balls stay what the whole sets make them, under any weights."""

    in_real: NDArray[np.float64]
    in_generated: NDArray[np.float64]

    @classmethod
    def of(cls, real: NDArray, generated: NDArray) -> "_Balls":
        between = _distances(real, generated)
        ours, theirs = (_radius(one) for one in (real, generated))
        inside = between <= ours[:, None], between <= theirs[None, :]
        return cls(*(one.astype(np.float64) for one in inside))

    def scores(self, ours: NDArray, theirs: NDArray) -> dict[str, NDArray[np.float64]]:
        """(N,) each, under weights (N, R) and (N, G)."""
        there, here = (theirs > 0).astype(np.float64), (ours > 0).astype(np.float64)
        return {
            "precision": _mean(here @ self.in_real > 0, theirs),
            "recall": _mean(there @ self.in_generated.T > 0, ours),
            "density": _mean(ours @ self.in_real, theirs) / K,
            "coverage": _mean(there @ self.in_real.T > 0, ours),
        }


def _mean(values: NDArray, weights: NDArray) -> NDArray[np.float64]:
    return (values * weights).sum(axis=1) / weights.sum(axis=1)


def _distances(these: NDArray, those: NDArray) -> NDArray[np.float64]:
    """(A, D), (B, D) -> (A, B) squared distances; equal rows give exactly 0."""
    middle = those.mean(axis=0)
    these, those = these - middle, those - middle
    # differences one feature at a time: the usual expansion of the square would give equal rows a distance by rounding
    found = np.zeros((len(these), len(those)))
    for a, b in zip(these.T, those.T, strict=True):
        found += (a[:, None] - b[None, :]) ** 2
    return found


def _radius(features: NDArray) -> NDArray[np.float64]:
    """(B,) squared distance to the K-th nearest other one."""
    return np.partition(_distances(features, features), K, axis=1)[:, K]  # the 0th is itself
