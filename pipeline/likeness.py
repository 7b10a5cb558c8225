"""How like real characters samples are as a set: distances in the judge's features, and a two-sample test.

The accepted samples and all that was drawn, so that filters cannot hide a bad net, are each held against the held-out
test characters; and so are the validation characters: the floor, what other real characters get. Sets of real drawings
hold one form a code point.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import fidelity, twosample
from pipeline.dataset import DrawingSet
from pipeline.fidelity import Estimate
from pipeline.judge import Judge

SUFFIXES = {"accepted": "", "drawn": "_unfiltered", "floor": "_floor"}  # of a score's name, by the set it is of

Progress = Callable[[Iterable[Any], str], Iterable[Any]]  # hands on what it is given; may show how far it is


@dataclass(frozen=True)
class Likeness:
    """sections: likeness and two_sample -> name, name_low, name_high, and the same of all drawn (name_unfiltered) and
    of the floor (name_floor); a section is left out where a set is too small for it.
    believed: of each accepted sample how real a classifier found it that had not seen it, 0 to 1; nan without one."""

    sections: dict[str, dict[str, float]]
    believed: NDArray[np.float64]


def measure(
    judge: Judge, sets: dict[str, DrawingSet], reference: DrawingSet, resamples: int, seed: int, progress: Progress
) -> Likeness:
    """sets: by the names of SUFFIXES, drawings in any units; reference: real ones to hold them against."""
    sections: dict[str, dict[str, float]] = {}
    for name, found in _distances(judge, sets, reference, resamples, seed, progress).items():
        for score, estimate in found.items():
            sections.setdefault("likeness", {}).update(_numbers(score + SUFFIXES[name], estimate))
    told = _told(judge, sets, reference, seed, progress)
    for name, test in told.items():
        estimate = Estimate(test.auc, test.low, test.high)
        sections.setdefault("two_sample", {}).update(_numbers("auc" + SUFFIXES[name], estimate))
    believed = told["accepted"].generated if told else np.full(len(sets["accepted"]), np.nan)
    return Likeness(sections, believed)


def _distances(
    judge: Judge, sets: dict[str, DrawingSet], reference: DrawingSet, resamples: int, seed: int, progress: Progress
) -> dict[str, dict[str, Estimate]]:
    """All sets cut to the smallest one's size, as the distances depend on it."""
    if _smallest(sets, reference) < fidelity.MINIMUM:
        return {}
    features = [judge.embed(list(part)) for part in (reference, *sets.values())]
    real, *ours = fidelity.equal(features, np.random.default_rng(seed))
    return {
        name: fidelity.compare(
            real, one, resamples, np.random.default_rng(seed), lambda i, name=name: progress(i, f"compare {name}")
        )
        for name, one in zip(sets, ours, strict=True)
    }


def _told(
    judge: Judge, sets: dict[str, DrawingSet], reference: DrawingSet, seed: int, progress: Progress
) -> dict[str, twosample.Told]:
    if _smallest(sets, reference) < twosample.MINIMUM:
        return {}
    real = judge.describe(list(reference))
    return {
        name: twosample.tell(
            real,
            judge.describe(list(part)),
            np.random.default_rng(seed),
            lambda i, name=name: progress(i, f"tell {name}"),
        )
        for name, part in sets.items()
    }


def _smallest(sets: dict[str, DrawingSet], reference: DrawingSet) -> int:
    return min(len(part) for part in (reference, *sets.values()))


def _numbers(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
