"""How like real characters the samples are as a set: distances in the judge's features, and a two-sample test.

Each is taken of the accepted samples and of all that was drawn, so that filters cannot hide a bad net, against the
held-out test characters; and of the validation characters against the same: the floor, what other real characters get.
All sets of real drawings hold one form a code point.
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

TEST = "two_sample"  # name of the two-sample test among the scores

Progress = Callable[[Iterable[Any], str], Iterable[Any]]  # hands on what it is given; may show how far it is
Sections = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Likeness:
    """sections: score -> numbers of `spread`, and size, the drawings a set; empty where there are too few.
    believed: of each accepted sample, how real a classifier found it that had not seen it, 0 to 1; nan without."""

    sections: Sections
    believed: NDArray[np.float64]


def measure(judge: Judge, sets: dict[str, DrawingSet], resamples: int, seed: int, progress: Progress) -> Likeness:
    """sets: accepted, drawn, floor and reference. Sets too small for a score leave it out."""
    sections: Sections = {}
    embedded = {name: judge.embed(list(part)) for name, part in sets.items() if len(part)}
    compared = _compared(embedded, fidelity.MINIMUM)
    if compared:
        cut = dict(zip(embedded, fidelity.equal(list(embedded.values()), np.random.default_rng(seed)), strict=True))
        for name in compared:
            source = np.random.default_rng(seed)
            found = fidelity.compare(
                cut["reference"], cut[name], resamples, source, lambda i, name=name: progress(i, f"compare {name}")
            )
            for score, estimate in found.items():
                sections.setdefault(score, {"size": len(cut["reference"])}).update(spread(name, estimate))
    believed = np.full(len(sets["accepted"]), np.nan)
    described = {name: judge.describe(list(part)) for name, part in sets.items() if len(part)}
    for name in _compared(described, twosample.MINIMUM):
        told = twosample.tell(
            described["reference"],
            described[name],
            np.random.default_rng(seed),
            lambda i, name=name: progress(i, f"tell {name}"),
        )
        sections.setdefault(TEST, {}).update(spread(name, Estimate(told.auc, told.low, told.high)))
        if name == "accepted":
            believed = told.generated
    return Likeness(sections, believed)


def spread(name: str, found: Estimate) -> dict[str, float]:
    """{name, name_low, name_high}: a score and its 95 % interval."""
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _compared(features: dict[str, NDArray], minimum: int) -> list[str]:
    """The sets to compare with the reference; none if one of them is too small."""
    names = [name for name in features if name != "reference"]
    return names if min(map(len, features.values())) >= minimum and "reference" in features else []
