"""How like real characters samples are as a set: the distances of `fidelity` and the two-sample test, with floors.

Both real sets are held out and hold one form a code point. The reference of the distances is the test set; the floor is
what the validation set gives against it; both comparisons are of the same number of drawings, that of the smallest set.
The two-sample test has all held-out drawings on its real side, as a classifier finds more the more it learns from, and
the floor, where it has half of them on either side, is there to show that it finds nothing in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import Steps
from pipeline.progress import Progress, named
from pipeline.score.judge.judge import Judge
from pipeline.score.likeness import fidelity, twosample
from pipeline.score.likeness.fidelity import Estimate

DISTANCE_STREAM, TOLD_STREAM = 0, 1  # keys of the random streams


@dataclass(frozen=True)
class Sets:
    """Drawings in any unit: held-out real ones, the samples that the filters accepted, and all that were drawn."""

    test: Sequence[Steps]
    valid: Sequence[Steps]
    accepted: Sequence[Steps]
    drawn: Sequence[Steps]


@dataclass(frozen=True)
class Resemblance:
    """metrics: by name, each with _low and _high, its 95 % interval; `_unfiltered` of all drawn, `_floor` of real ones;
    auc is the two-sample test's. believed (B,): of each accepted sample, the probability of being real; empty if there
    were too few samples for a test."""

    metrics: dict[str, float]
    believed: NDArray[np.float64]


def resemblance(judge: Judge, sets: Sets, resamples: int, seed: int, progress: Progress) -> Resemblance:
    """All scores, `_floor` first; those of a set that is too small are left out, of the real ones as well."""
    described = {
        name: judge.describe(getattr(sets, name), named(progress, f"judge {name}"))
        for name in ("test", "valid", "accepted")
    }
    described["drawn"] = described["accepted"]
    if len(sets.drawn) > len(sets.accepted):  # the filters have rejected some
        described["drawn"] = judge.describe(sets.drawn, named(progress, "judge all"))
    metrics: dict[str, float] = {}
    believed = np.zeros(0)
    for suffix, name in (("_floor", "valid"), ("_unfiltered", "drawn"), ("", "accepted")):
        real = [described["test"]] if name == "valid" else [described["test"], described["valid"]]
        for measure, found in _distances(judge, described, name, resamples, seed, progress).items():
            metrics |= _named(measure + suffix, found)
        if min(len(described[name]), len(real[0])) >= twosample.MINIMUM:
            told = twosample.tell(np.concatenate(real), described[name], np.random.default_rng((seed, TOLD_STREAM)))
            metrics |= _named("auc" + suffix, Estimate(told.auc, told.low, told.high))
            believed = told.generated if name == "accepted" else believed
    return Resemblance(metrics, believed)


def _distances(
    judge: Judge, described: dict[str, NDArray], name: str, resamples: int, seed: int, progress: Progress
) -> dict[str, Estimate]:
    """Between the test set and the named one, both cut to the smallest of the sets that can be compared."""
    features = {which: one[:, -judge.shape.features :] for which, one in described.items()}
    large = {which: one for which, one in features.items() if len(one) >= fidelity.MINIMUM}
    if not {"test", name} <= large.keys():
        return {}
    source = np.random.default_rng((seed, DISTANCE_STREAM))
    cut = dict(zip(large, fidelity.equal(list(large.values()), source), strict=True))
    return fidelity.compare(cut["test"], cut[name], resamples, source, named(progress, f"compare {name}"))


def _named(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
