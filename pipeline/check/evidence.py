"""How likely a net finds a drawing as it is, and each of the ways in which it might be meant.

Shapes: S strokes of a drawing.

A cure's gain is the difference in nats: of the drawing as it is, less those of the drawing cured. A stroke that is
missing is put in as the net writes it, at the places where it seems to go on from where it stands least. Where the put
in stroke goes does not count, as nobody drew it: its density integrates to one; that it is one, and what follows, does.
A net that is told in which order parts are drawn is not surprised by that order: cures that change it are judged by the
same net untold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.check import judge as judging
from pipeline.check.cures import EXTRA, MISSING, Cure, Put, cures
from pipeline.check.drawn import Case, Drawn, pens, straight
from pipeline.check.judge import Asked, Judge, Said
from pipeline.drawing import END_OF_CHARACTER, Steps
from pipeline.progress import Progress, unseen

AT_ONCE = 32  # drawings whose variants are read together
DOUBTFUL = 4  # strokes of a drawing that cures begin with
PLACES = 5  # of a drawing, where a stroke is put in
AFTER = 3  # strokes after a fault that are compared
USUAL = -4.0  # nats of a point
A_POINT = 2.0  # nats that each point of a stroke too many counts, beside what leaving it out brings


@dataclass(frozen=True)
class Evidence:
    """nats: (S,) of each stroke, given those before and what is told; gains: of each cure."""

    nats: NDArray[np.float64]
    gains: list[tuple[Cure, float]]


@dataclass(frozen=True)
class _Plan:
    """The originals of a drawing, told and untold, or untold alone, and what the net says of each."""

    case: Case
    originals: list[Asked]
    said: list[Said]

    @property
    def steps(self) -> Steps:
        return self.originals[0][0]

    def nats(self, mode: int = 0) -> NDArray[np.float64]:
        """(S,) of each stroke."""
        return np.add.reduceat(self.said[mode].nats, pens(self.steps)[0])


def gather(judge: Judge, cases: Sequence[Case], progress: Progress = unseen) -> Iterator[Evidence]:
    """Of each drawing, in their order."""
    waiting: list[Case] = []
    for one in progress(cases, "judge drawings"):
        waiting.append(one)
        if len(waiting) == AT_ONCE:
            yield from _gathered(judge, waiting)
            waiting = []
    if waiting:
        yield from _gathered(judge, waiting)


def _gathered(judge: Judge, cases: Sequence[Case]) -> Iterator[Evidence]:
    originals = [_originals(judge, one) for one in cases]
    said = iter(judging.read(judge, [asked for mine in originals for asked in mine], peaks=True))
    plans = [_Plan(one, mine, [next(said) for _ in mine]) for one, mine in zip(cases, originals, strict=True)]
    put = _put(judge, plans)
    tried = [[*cures(plan.case.drawn, _doubtful(plan)), *mine] for plan, mine in zip(plans, put, strict=True)]
    variants = [_variant(plan, cure) for plan, mine in zip(plans, tried, strict=True) for cure in mine]
    read = iter(judging.read(judge, [asked for _, asked in variants], peaks=False))
    modes = iter([mode for mode, _ in variants])
    for plan, mine in zip(plans, tried, strict=True):
        yield Evidence(plan.nats(), [(cure, _gain(plan, cure, next(modes), next(read))) for cure in mine])


def _originals(judge: Judge, case: Case) -> list[Asked]:
    untold: Asked = (case.drawn.steps(False), None)
    if case.asked is None or judge.knows is None:
        return [untold]
    return [(case.drawn.steps(True), case.encoded(judge.knows, case.drawn)), untold]


def _doubtful(plan: _Plan) -> list[int]:
    """The strokes that surprise most, by nats above what their points usually have."""
    points = np.array([len(stroke) for stroke in plan.case.drawn.strokes])
    return np.argsort(-(plan.nats() - USUAL * points), kind="stable")[:DOUBTFUL].tolist()


def _variant(plan: _Plan, cure: Cure) -> tuple[int, Asked]:
    """By which of the originals a cure is judged, and the drawing cured as far as it is read."""
    drawn = cure.cured(plan.case.drawn)
    told = _sequence(drawn) == _sequence(plan.case.drawn)
    mode = 0 if told else len(plan.originals) - 1
    encoded = plan.originals[mode][1]
    steps = drawn.steps(encoded is not None)
    rest = len(plan.case.drawn) - _stop(plan, cure)
    return mode, (steps[: pens(steps)[1][len(drawn) - 1 - rest] + 1], encoded)


def _stop(plan: _Plan, cure: Cure) -> int:
    """So many strokes of the drawing are compared: what comes long after a fault says nothing of it."""
    following = cure.strokes[0] if cure.kind == MISSING else max(cure.strokes) + 1
    return min(following + AFTER, len(plan.case.drawn))


def _gain(plan: _Plan, cure: Cure, mode: int, cured: Said) -> float:
    gain = float(plan.nats(mode)[: _stop(plan, cure)].sum() - cured.nats.sum())
    if cure.kind == EXTRA:
        return gain + A_POINT * len(plan.case.drawn.strokes[cure.strokes[0]])
    if cure.put is not None:
        first = sum(map(len, plan.case.drawn.strokes[: cure.strokes[0]]))
        return gain + float(cured.offset[first : first + len(cure.put.stroke)].sum())
    return gain


def _sequence(drawn: Drawn) -> list[tuple[int, int]]:
    return [(visit.leaf, visit.piece) for visit in drawn.visits()]


def _put(judge: Judge, plans: Sequence[_Plan]) -> list[list[Cure]]:
    """Of each drawing, strokes put in where one is most likely missing, each as the net would write it there."""
    empty = [[cure for at in _places(plan) for cure in _openings(plan.case.drawn, at)] for plan in plans]
    begun = [_before(plan, cure) for plan, mine in zip(plans, empty, strict=True) for cure in mine]
    written = iter(zip(begun, judging.write(judge, begun), strict=True))
    return [[_filled(cure, *next(written)) for cure in mine] for mine in empty]


def _places(plan: _Plan) -> list[int]:
    """By the stroke before which one seems to be missing, S at the end: by how much less likely the pen comes down
    where it does than where the net expects it most, and the part before ends than that it goes on."""
    said, (first, last) = plan.said[0], pens(plan.steps)
    ended = np.where(plan.steps[last, 2] == END_OF_CHARACTER, said.ended[last], 0.0)
    doubts = np.concatenate(([0.0], ended)) + np.concatenate((said.below[first], [0.0]))
    return np.argsort(-doubts, kind="stable")[:PLACES].tolist()


def _openings(drawn: Drawn, at: int) -> list[Cure]:
    """A stroke without points yet: the last one of the part before, or the first one of the part after."""
    around = (max(at - 1, 0), min(at, len(drawn) - 1))
    like = {drawn.leaves[i]: i for i in around}
    return [Cure(MISSING, (at,), straight(len(drawn)), Put(np.zeros((1, 2)), i)) for i in like.values()]


def _before(plan: _Plan, cure: Cure) -> Asked:
    """What is drawn before the stroke that is put in, with the pens that it has where that stroke follows."""
    encoded = plan.originals[0][1]
    steps = cure.cured(plan.case.drawn).steps(encoded is not None)
    return steps[: pens(steps)[0][cure.strokes[0]]], encoded


def _filled(cure: Cure, begun: Asked, offsets: NDArray[np.float64]) -> Cure:
    assert cure.put is not None
    points = begun[0][:, :2].sum(axis=0, dtype=np.float64) + np.cumsum(offsets, axis=0)
    return Cure(cure.kind, cure.strokes, cure.order, Put(points, cure.put.like))
