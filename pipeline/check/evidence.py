"""How likely a net finds a drawing as it is, and each of the ways in which it might be meant.

Shapes: B drawings, T steps of the longest, N real steps, K mixture components.

A cure's gain is the difference in nats: of the drawing as it is, less those of the drawing cured. A stroke that is
missing cannot be put in; its evidence is how much less likely the pen comes down where it does than where the net
expects it most, and ends where it does than that it goes on. A net that is told in which order parts are drawn is not
surprised by that order: cures that change it are judged by the same net untold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.batch.minibatches import previous_of
from pipeline.check.cures import EXTRA, MISSING, Cure, cures
from pipeline.check.drawn import Case, Drawn, pens, straight
from pipeline.describe.encoding import FREE, Encoded
from pipeline.describe.knowledge import Knowledge
from pipeline.drawing import END_OF_CHARACTER, END_OF_STROKE, Steps
from pipeline.net import describer, loss, mixture
from pipeline.net.loss import PEN_STATES
from pipeline.net.model import WritingNet
from pipeline.progress import Progress, unseen

AT_ONCE = 12  # drawings whose variants are read together
ROWS = 256  # variants that the net reads at once
DOUBTFUL = 4  # strokes of a drawing that cures begin with
AFTER = 3  # strokes after a fault that are compared
USUAL = -4.0  # nats of a point
A_POINT = 2.0  # nats that each point of a stroke too many counts, beside what leaving it out brings


@dataclass(frozen=True)
class Judge:
    """A net, its pen weights, and what it knows of descriptions; None of one that is told nothing."""

    net: WritingNet
    pen_weights: tuple[float, ...]
    knows: Knowledge | None = None


@dataclass(frozen=True)
class Evidence:
    """nats: (S,) of each stroke, given those before and what is told; gains: of each cure, those of MISSING too."""

    nats: NDArray[np.float64]
    gains: list[tuple[Cure, float]]


Asked = tuple[Steps, Encoded | None]  # None: untold
Columns = NDArray[np.float64]  # (3, n) of a drawing's steps, see `_read`


@dataclass(frozen=True)
class _Plan:
    """The originals of a drawing, told and untold, or untold alone, and what the net says of each."""

    case: Case
    originals: list[Asked]
    columns: list[Columns]

    @property
    def steps(self) -> Steps:
        return self.originals[0][0]

    def nats(self, mode: int = 0) -> NDArray[np.float64]:
        """(S,) of each stroke."""
        return np.add.reduceat(self.columns[mode][0], pens(self.steps)[0])


def gather(judge: Judge, cases: Sequence[Case], progress: Progress = unseen) -> Iterator[Evidence]:
    """Of each drawing, in their order."""
    for at in progress(range(0, len(cases), AT_ONCE), "read"):
        yield from _gathered(judge, cases[at : at + AT_ONCE])


def _gathered(judge: Judge, cases: Sequence[Case]) -> Iterator[Evidence]:
    originals = [_originals(judge, one) for one in cases]
    columns = iter(_read(judge, [asked for mine in originals for asked in mine], peaks=True))
    plans = [_Plan(one, mine, [next(columns) for _ in mine]) for one, mine in zip(cases, originals, strict=True)]
    tried = [list(cures(plan.case.drawn, _doubtful(plan))) for plan in plans]
    variants = [_variant(plan, cure) for plan, mine in zip(plans, tried, strict=True) for cure in mine]
    read = iter(_read(judge, [asked for _, asked in variants], peaks=False))
    modes = iter([mode for mode, _ in variants])
    for plan, mine in zip(plans, tried, strict=True):
        gains = [(cure, _gain(plan, cure, next(modes), float(next(read)[0].sum()))) for cure in mine]
        yield Evidence(plan.nats(), [*gains, *_missing(plan)])


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
    drawn = plan.case.drawn.ordered(cure.order)
    told = _sequence(drawn) == _sequence(plan.case.drawn)
    mode = 0 if told else len(plan.originals) - 1
    encoded = plan.originals[mode][1]
    steps = drawn.steps(encoded is not None)
    rest = len(plan.case.drawn) - _stop(plan, cure)
    return mode, (steps[: pens(steps)[1][len(drawn) - 1 - rest] + 1], encoded)


def _stop(plan: _Plan, cure: Cure) -> int:
    """So many strokes of the drawing are compared: what comes long after a fault says nothing of it."""
    return min(max(cure.strokes) + 1 + AFTER, len(plan.case.drawn))


def _gain(plan: _Plan, cure: Cure, mode: int, cured: float) -> float:
    gain = float(plan.nats(mode)[: _stop(plan, cure)].sum()) - cured
    return gain + A_POINT * len(plan.case.drawn.strokes[cure.strokes[0]]) if cure.kind == EXTRA else gain


def _sequence(drawn: Drawn) -> list[tuple[int, int]]:
    return [(visit.leaf, visit.piece) for visit in drawn.visits()]


def _missing(plan: _Plan) -> Iterator[tuple[Cure, float]]:
    """Before each stroke, and at the end."""
    (_, below, ended), (first, last) = plan.columns[0], pens(plan.steps)
    ends = np.where(plan.steps[last, 2] == END_OF_CHARACTER, ended[last], 0.0)
    gains = np.concatenate(([0.0], ends)) + np.concatenate((below[first], [0.0]))
    order = straight(len(plan.case.drawn))
    return ((Cure(MISSING, (i,), order), float(gain)) for i, gain in enumerate(gains))


@torch.inference_mode()
def _read(judge: Judge, asked: Sequence[Asked], peaks: bool) -> list[NDArray[np.float64]]:
    """Of each (3, n): nats of each step; with peaks also how far below the likeliest point it is, and the nats of a
    lifted pen's being the last of its part, given that it is lifted."""
    found: list[NDArray[np.float64]] = [np.zeros((3, 0))] * len(asked)
    for told in (True, False):
        rows = [i for i, (_, encoded) in enumerate(asked) if (encoded is not None) == told]
        rows.sort(key=lambda i: len(asked[i][0]))
        for at in range(0, len(rows), ROWS):
            part = rows[at : at + ROWS]
            for i, columns in zip(part, _batch(judge, [asked[i] for i in part], told, peaks), strict=True):
                found[i] = columns
    return found


def _batch(judge: Judge, asked: Sequence[Asked], told: bool, peaks: bool) -> list[NDArray[np.float64]]:
    device = judge.net.first_step(1).device
    lengths = torch.tensor([len(steps) for steps, _ in asked])
    target = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(steps) for steps, _ in asked]).to(device)  # (T, B, 3)
    keep = (torch.arange(len(target)).unsqueeze(1) < lengths).to(device)
    telling = describer.telling([encoded or FREE for _, encoded in asked], device) if told else None
    raw, goal = judge.net(previous_of(target), keep, telling=telling), target[keep]
    weights = torch.tensor(list(judge.pen_weights), device=device)
    nats = loss.step_losses(raw, goal[:, :2], goal[:, 2].long(), weights)
    columns = target.new_zeros(*keep.shape, 3)
    columns[..., 0][keep] = nats.offset + nats.pen
    if peaks:
        columns[..., 1][keep] = (nats.offset - _highest(raw[:, :-PEN_STATES])).clamp(min=0)
        columns[..., 2][keep] = _ended(loss.pen_log_probabilities(raw[:, -PEN_STATES:].float(), weights))
    values = columns.double().cpu().numpy()  # (T, B, 3)
    return [values[:n, i].T for i, n in enumerate(lengths.tolist())]


def _highest(raw: Tensor) -> Tensor:
    """(N, 6 K) -> (N,): nats of the likeliest of the components' means."""
    _, mean_x, mean_y, *_ = mixture.split(raw)
    n, k = mean_x.shape
    means = torch.stack((mean_x, mean_y), dim=-1).reshape(n * k, 2)  # (N, K, 2) -> (N K, 2)
    return mixture.negative_log_likelihood(raw.repeat_interleave(k, dim=0), means).reshape(n, k).amin(dim=1)


def _ended(pens: Tensor) -> Tensor:
    """(N, 3) log-probabilities -> (N,)."""
    return torch.logaddexp(pens[:, END_OF_STROKE], pens[:, END_OF_CHARACTER]) - pens[:, END_OF_CHARACTER]
