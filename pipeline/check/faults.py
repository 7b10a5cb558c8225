"""Faults of drawings: the cures whose gain is above the threshold of their kind.

Thresholds are in nats: what one in a hundred of the 356 clean characters of the validation split is above, by
`benchmarks/proofreading.py`, at least 0; TOLD by the net that comes along and is told what is drawn, FREE by the one
that writes freely. A finding's suspicion is by how many nats it is above.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.check import evidence
from pipeline.check.cures import EXTRA, MISSING, PARTS, REVERSED, SWAPPED, Cure
from pipeline.check.drawn import Case
from pipeline.check.evidence import Evidence
from pipeline.check.judge import Judge
from pipeline.progress import Progress, unseen

FREE: Mapping[str, float] = {REVERSED: 0.0, SWAPPED: 0.2, PARTS: 4.9, EXTRA: 20.0, MISSING: 4.1}
TOLD: Mapping[str, float] = {REVERSED: 0.0, SWAPPED: 0.0, PARTS: 2.5, EXTRA: 14.3, MISSING: 0.0}


@dataclass(frozen=True)
class Finding:
    """A cure, what it gains in nats, and by how many that is above the threshold."""

    cure: Cure
    gain: float
    suspicion: float


@dataclass(frozen=True)
class Checked:
    """nats: (S,) of each stroke; findings: the most suspicious first, no two of the same stroke."""

    case: Case
    nats: NDArray[np.float64]
    findings: list[Finding]

    @property
    def suspicion(self) -> float:
        """Of the most suspicious finding; below all of them where there is none."""
        return self.findings[0].suspicion if self.findings else -np.inf


def check(
    judge: Judge, cases: Sequence[Case], above: float = 0.0, progress: Progress = unseen, other: Judge | None = None
) -> list[Checked]:
    """The most suspicious drawing first, those alike in their order. above: nats added to all thresholds; other: of
    drawings of which nothing can be told, where that is a better one."""
    plain = [one for one in cases if one.asked is None] if other else []
    told = [one for one in cases if one.asked is not None] if other else cases
    found = [each for one, mine in ((judge, told), (other or judge, plain)) for each in _checked(one, mine, progress)]
    least = [thresholds(case, judge) for case, _ in found]
    checked = [
        Checked(case, each.nats, findings(each, kinds, above)) for (case, each), kinds in zip(found, least, strict=True)
    ]
    return sorted(checked, key=lambda one: -one.suspicion)


def _checked(judge: Judge, cases: Sequence[Case], progress: Progress) -> Iterator[tuple[Case, Evidence]]:
    return zip(cases, evidence.gather(judge, cases, progress), strict=True) if cases else iter(())


def thresholds(case: Case, judge: Judge) -> Mapping[str, float]:
    """By kind; those of a drawing that the net is told, or not."""
    return FREE if case.asked is None or judge.knows is None else TOLD


def findings(found: Evidence, least: Mapping[str, float], above: float = 0.0) -> list[Finding]:
    ranked = sorted(
        (Finding(cure, gain, gain - least[cure.kind] - above) for cure, gain in found.gains),
        key=lambda one: -one.suspicion,
    )
    return list(_apart(one for one in ranked if one.suspicion > 0))


def suspicions(found: Evidence, least: Mapping[str, float]) -> dict[str, float]:
    """The highest of each kind, in nats above the threshold, also below it."""
    highest: dict[str, float] = {}
    for cure, gain in found.gains:
        highest[cure.kind] = max(gain - least[cure.kind], highest.get(cure.kind, -np.inf))
    return highest


def _apart(ranked: Iterator[Finding]) -> Iterator[Finding]:
    """A fault shows in its neighbours, too, as less suspicious ones: they are left out."""
    taken: set[int] = set()
    for one in ranked:
        around = range(min(one.cure.strokes) - 1, max(one.cure.strokes) + 2)
        if taken.isdisjoint(around):
            taken.update(one.cure.strokes)
            yield one
