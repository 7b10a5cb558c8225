"""Shuffled minibatches of whole drawings.

Shapes: N steps of the whole set, B drawings in a minibatch, T steps of the longest of them. Time comes first,
(T, B, 3), as the recurrent kernels want it.

Character-aligned: a row of a minibatch is one drawing, from its first point to its last, and starts from a zero state.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pipeline.dataset import DrawingSet
from pipeline.drawing import END_OF_CHARACTER
from pipeline.seeds import generator

ORDER_STREAM = 0  # key of the random stream of an epoch


def minibatches(lengths: Tensor, size: int, length_noise: float, order: torch.Generator) -> list[Tensor]:
    """One epoch: every row once, in minibatches of about equal length, shuffled.

    lengths (B,) int64. Rows are sorted by length times (1 + length_noise * u), u uniform, which makes new neighbours
    each epoch at the cost of a little padding; the minibatches then come in random order.
    """
    noisy = lengths * (1 + length_noise * torch.rand(len(lengths), generator=order))
    chunks = torch.argsort(noisy).split(size)
    return [chunks[i] for i in torch.randperm(len(chunks), generator=order).tolist()]


def epoch(lengths: Tensor, size: int, length_noise: float, seed: int, number: int) -> list[Tensor]:
    """The minibatches of epoch `number` (from 0), a function of the seed alone."""
    return minibatches(lengths, size, length_noise, generator(seed, ORDER_STREAM, number))


def padding(lengths: Tensor, batches: Sequence[Tensor]) -> float:
    """Share of the cells of all padded minibatches that hold no step."""
    cells = sum(int(lengths[rows].max()) * len(rows) for rows in batches)
    return 1 - int(lengths.sum()) / cells


@dataclass(frozen=True)
class Rows:
    """The drawings of one split on the device: points (N, 3) float32, starts and lengths (B,) int64."""

    points: Tensor
    starts: Tensor
    lengths: Tensor

    @classmethod
    def of(cls, drawings: DrawingSet, device: torch.device | str = "cpu") -> "Rows":
        """Copies the split's steps, and only those, to the device."""
        points = np.concatenate(list(drawings)) if len(drawings) else np.zeros((0, 3), np.float32)
        lengths = torch.as_tensor(drawings.lengths().astype(np.int64))
        return cls(torch.as_tensor(points).to(device), lengths.cumsum(0) - lengths, lengths)

    def gather(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Rows of a minibatch -> previous (T, B, 3), target (T, B, 3), keep (T, B) bool, on the device.

        previous is `previous_of` target.
        """
        lengths = self.lengths[rows]
        time = torch.arange(int(lengths.max())).unsqueeze(1)
        keep = sent(time < lengths, self.points.device)
        at = (self.starts[rows] + time).clamp(max=len(self.points) - 1)
        target = self.points[sent(at, self.points.device)] * keep.unsqueeze(-1)
        return previous_of(target), target, keep


def previous_of(target: Tensor) -> Tensor:
    """(T, B, 3) -> the steps before these, (T, B, 3): the first is as after the end of a character, (0, 0, 2)."""
    begin = torch.zeros_like(target[:1])
    begin[..., 2] = END_OF_CHARACTER
    return torch.cat((begin, target[:-1]))


def real_steps(lengths: Tensor, longest: int) -> Tensor:
    """(B,) lengths of drawings padded to T = `longest` steps -> (N,) int64: the numbers t B + b of the real steps, in
    the order in which a (T, B) mask takes them."""
    return torch.nonzero((torch.arange(longest).unsqueeze(1) < lengths).flatten()).squeeze(1)


def sent(tensor: Tensor, device: torch.device | str) -> Tensor:
    """A tensor of the CPU on the device. From pinned memory a copy to a GPU waits for nothing that is queued there."""
    if torch.device(device).type == "cpu":
        return tensor
    return tensor.pin_memory().to(device, non_blocking=True)
