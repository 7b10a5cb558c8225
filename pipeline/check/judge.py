"""What a net says of drawings: how likely each step is, and how the net itself would go on.

Shapes: B drawings, T steps of the longest, N real steps, K mixture components.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.batch.minibatches import previous_of
from pipeline.describe.encoding import FREE, Encoded
from pipeline.describe.knowledge import Knowledge
from pipeline.drawing import END_OF_CHARACTER, END_OF_STROKE, Steps
from pipeline.net import describer, loss, mixture
from pipeline.net.describer import Telling
from pipeline.net.loss import PEN_STATES
from pipeline.net.model import WritingNet

ROWS = 96  # drawings that the net reads at once, of about the same length
STEPS = 4096  # whose peaks are found at once: it takes K times the memory of the outputs
MOST_POINTS = 24  # of a stroke that the net writes

Asked = tuple[Steps, Encoded | None]  # None: untold


@dataclass(frozen=True)
class Judge:
    """A net, its pen weights, and what it knows of descriptions; None of one that is told nothing."""

    net: WritingNet
    pen_weights: tuple[float, ...]
    knows: Knowledge | None = None

    def weights(self) -> Tensor:
        return torch.tensor(self.pen_weights, device=self.net.first_step(1).device)


class Said(NamedTuple):
    """Of the n steps of a drawing, (n,) float64 each, in nats: offset and pen, how unlikely they are; below, how much
    less likely the offset is than the likeliest; ended, how unlikely a lifted pen's being the last of its part is,
    given that it is lifted."""

    offset: NDArray[np.float64]
    pen: NDArray[np.float64]
    below: NDArray[np.float64]
    ended: NDArray[np.float64]

    @property
    def nats(self) -> NDArray[np.float64]:
        return self.offset + self.pen


@torch.inference_mode()
def read(judge: Judge, asked: Sequence[Asked], peaks: bool) -> list[Said]:
    """peaks: below and ended, too, else zeros."""
    found: list[Said | None] = [None] * len(asked)
    for rows in _batches(asked):
        for i, said in zip(rows, _batch(judge, [asked[i] for i in rows], peaks), strict=True):
            found[i] = said
    return [said for said in found if said is not None]


def _batches(asked: Sequence[Asked]) -> list[list[int]]:
    """Of the same kind and about the same length."""
    found = []
    for told in (True, False):
        rows = [i for i, (_, encoded) in enumerate(asked) if (encoded is not None) == told]
        rows.sort(key=lambda i: len(asked[i][0]))
        found += [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
    return found


def _batch(judge: Judge, asked: Sequence[Asked], peaks: bool) -> list[Said]:
    lengths = torch.tensor([len(steps) for steps, _ in asked])
    weights = judge.weights()
    target = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(steps) for steps, _ in asked])
    target = target.to(weights.device)  # (T, B, 3)
    keep = (torch.arange(len(target)).unsqueeze(1) < lengths).to(weights.device)
    raw, goal = judge.net(previous_of(target), keep, telling=_telling(judge, asked)), target[keep]
    nats = loss.step_losses(raw, goal[:, :2], goal[:, 2].long(), weights)
    columns = target.new_zeros(*keep.shape, len(Said._fields))
    columns[..., 0][keep], columns[..., 1][keep] = nats.offset, nats.pen
    if peaks:
        columns[..., 2][keep] = (nats.offset - _highest(raw[:, :-PEN_STATES])).clamp(min=0)
        columns[..., 3][keep] = _ended(loss.pen_log_probabilities(raw[:, -PEN_STATES:].float(), weights))
    values = columns.double().cpu().numpy()  # (T, B, 4)
    return [Said(*values[:n, i].T) for i, n in enumerate(lengths.tolist())]


def _telling(judge: Judge, asked: Sequence[Asked]) -> Telling | None:
    """asked: all told or all untold."""
    if asked[0][1] is None:
        return None
    return describer.telling([encoded or FREE for _, encoded in asked], judge.weights().device)


def _highest(raw: Tensor) -> Tensor:
    """(N, 6 K) -> (N,): nats of the likeliest of the components' means."""
    return torch.cat([_highest_of(part) for part in raw.split(STEPS)])


def _highest_of(raw: Tensor) -> Tensor:
    _, mean_x, mean_y, *_ = mixture.split(raw)
    n, k = mean_x.shape
    means = torch.stack((mean_x, mean_y), dim=-1).reshape(n * k, 2)  # (N, K, 2) -> (N K, 2)
    return mixture.negative_log_likelihood(raw.repeat_interleave(k, dim=0), means).reshape(n, k).amin(dim=1)


def _ended(pens: Tensor) -> Tensor:
    """(N, 3) log-probabilities -> (N,)."""
    return torch.logaddexp(pens[:, END_OF_STROKE], pens[:, END_OF_CHARACTER]) - pens[:, END_OF_CHARACTER]


@torch.inference_mode()
def write(judge: Judge, asked: Sequence[Asked]) -> list[NDArray[np.float64]]:
    """One stroke after each of these beginnings, which may be empty, as the net finds it likeliest step after step:
    (n, 2) offsets each, 1 <= n <= MOST_POINTS."""
    found: list[NDArray[np.float64]] = [np.zeros((0, 2))] * len(asked)
    for rows in _batches(asked):
        for i, stroke in zip(rows, _written(judge, [asked[i] for i in rows]), strict=True):
            found[i] = stroke
    return found


def _written(judge: Judge, asked: Sequence[Asked]) -> list[NDArray[np.float64]]:
    weights, count = judge.weights(), len(asked)
    begun = torch.tensor([len(steps) for steps, _ in asked], device=weights.device)
    filled = [torch.from_numpy(steps) for steps, _ in asked] + [torch.zeros(int(begun.max()) + MOST_POINTS, 3)]
    steps = torch.nn.utils.rnn.pad_sequence(filled)[:, :count].to(weights.device)  # (T, B, 3)
    stops = begun + MOST_POINTS
    state, previous = judge.net.start(count, _telling(judge, asked)), judge.net.first_step(count)
    for row in range(len(steps)):
        raw, state = judge.net.step(previous, state)
        going = begun <= row
        steps[row] = previous = torch.where(going.unsqueeze(1), _likeliest(raw.float(), weights), steps[row])
        stops = torch.where(going & (previous[:, 2] > 0), stops.clamp(max=row + 1), stops)
        if (stops <= row + 1).all():
            break
    values = steps[..., :2].double().cpu().numpy()
    return [values[a:b, i] for i, (a, b) in enumerate(zip(begun.tolist(), stops.tolist(), strict=True))]


def _likeliest(raw: Tensor, weights: Tensor) -> Tensor:
    """(B, 6 K + 3) -> (B, 3): the mean of the component of most weight, and the likeliest pen."""
    logits, mean_x, mean_y, *_ = mixture.split(raw[:, :-PEN_STATES])
    component = logits.argmax(dim=-1, keepdim=True)
    pen = loss.pen_log_probabilities(raw[:, -PEN_STATES:], weights).argmax(dim=-1, keepdim=True)
    return torch.cat((mean_x.gather(1, component), mean_y.gather(1, component), pen.to(raw.dtype)), dim=1)
