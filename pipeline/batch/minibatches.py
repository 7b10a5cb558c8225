"""Shuffled minibatches of whole drawings.

Shapes: N steps of the whole set, B drawings in a minibatch, T steps of the longest of them. Time comes first,
(T, B, 3), as the recurrent kernels want it.

Character-aligned: a row of a minibatch is one drawing, from its first point to its last, and starts from a zero state.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.dataset import DrawingSet, release
from pipeline.drawing import END_OF_CHARACTER
from pipeline.seeds import generator

ORDER_STREAM = 0  # key of the random stream of an epoch
MOST_COPIED = 2**29  # bytes of a split that are copied to the device, 45 million steps; KanjiVG's are 8 million bytes


@dataclass(frozen=True)
class Order(Sequence[Tensor]):
    """The minibatches of an epoch, each made when it is asked for: order (B,) int64, all rows; minibatch i is the
    places[i]-th `size` of them. Of two million drawings it takes 16 MB."""

    order: Tensor
    places: Tensor
    size: int

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, i: int) -> Tensor:  # type: ignore[override]
        place = int(self.places[i])
        return self.order[place * self.size : (place + 1) * self.size]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def of(self, rows: Tensor) -> "Order":
        """The same with rows[r] in the place of each row r."""
        return Order(rows[self.order], self.places, self.size)


def minibatches(lengths: Tensor, size: int, length_noise: float, order: torch.Generator) -> Order:
    """One epoch: every row once, in minibatches of about equal length, shuffled.

    lengths (B,) int64. Rows are sorted by length times (1 + length_noise * u), u uniform, which makes new neighbours
    each epoch at the cost of a little padding; the minibatches then come in random order.
    """
    noisy = lengths * (1 + length_noise * torch.rand(len(lengths), generator=order))
    return Order(torch.argsort(noisy), torch.randperm(-(-len(lengths) // size), generator=order), size)


def epoch(lengths: Tensor, size: int, length_noise: float, seed: int, number: int) -> Order:
    """The minibatches of epoch `number` (from 0), a function of the seed alone."""
    return minibatches(lengths, size, length_noise, generator(seed, ORDER_STREAM, number))


def padding(lengths: Tensor, batches: Iterable[Tensor]) -> float:
    """Share of the cells of all padded minibatches that hold no step."""
    cells = sum(int(lengths[rows].max()) * len(rows) for rows in batches)
    return 1 - int(lengths.sum()) / cells


@dataclass(frozen=True)
class Rows:
    """The drawings of one split: points (N, 3) float32, starts and lengths (B,) int64. The points are a tensor on the
    device, or an array that stays where it is, as a memory-mapped file does: of it a minibatch's steps alone go there.
    """

    points: Tensor | NDArray[np.float32]
    starts: Tensor
    lengths: Tensor
    device: torch.device | str = "cpu"

    @classmethod
    def of(cls, drawings: DrawingSet, device: torch.device | str = "cpu", most: int = MOST_COPIED) -> "Rows":
        """Copies the split's steps, and only those, to the device, unless they are more than `most` bytes."""
        lengths = torch.as_tensor(drawings.lengths().astype(np.int64))
        stops, total = lengths.cumsum(0), int(lengths.sum())
        if 3 * 4 * total > most:
            starts = torch.as_tensor(drawings.index["start"].to_numpy(np.int64, copy=True))
            return cls(drawings.points, starts, lengths, device)
        points, at = np.empty((total, 3), np.float32), 0
        for steps in (block.joined() for block in drawings.blocks()):
            points[at : (at := at + len(steps))] = steps
        return cls(torch.as_tensor(points).to(device), stops - lengths, lengths, device)

    def gather(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Rows of a minibatch -> previous (T, B, 3), target (T, B, 3), keep (T, B) bool, on the device.

        previous is `previous_of` target.
        """
        lengths = self.lengths[rows]
        time = torch.arange(int(lengths.max())).unsqueeze(1)
        keep = sent(time < lengths, self.device)
        at = (self.starts[rows] + time).clamp(max=len(self.points) - 1)
        target = self._steps(at) * keep.unsqueeze(-1)
        return previous_of(target), target, keep

    def _steps(self, at: Tensor) -> Tensor:
        """(T, B) rows of the points -> (T, B, 3)."""
        if isinstance(self.points, Tensor):
            return self.points[sent(at, self.points.device)]
        steps = sent(torch.from_numpy(self.points[at.numpy()]), self.device)
        release(self.points)
        return steps


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
