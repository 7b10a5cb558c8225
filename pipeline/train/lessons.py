"""What the net is shown: the minibatches of an epoch, their drawings recombined, distorted and described.

Shapes: T steps, B drawings of a minibatch. All of it is a function of the seed and the epoch's number, whatever the
number of processes.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from pipeline.batch import minibatches
from pipeline.batch.holdout import BatchParams
from pipeline.batch.minibatches import Order, Rows
from pipeline.net.describer import Telling
from pipeline.train import recombination
from pipeline.train.augmentation import Distortion
from pipeline.train.options import TrainParams
from pipeline.train.telling import Tellings


@dataclass(frozen=True)
class Lesson:
    """A minibatch, or a process's part of it: previous and target (T, B, 3), the numbers of the real steps (N,)
    int64, see `minibatches.real_steps`, and what is told."""

    previous: Tensor
    target: Tensor
    real: Tensor
    telling: Telling | None


@dataclass
class Lessons:
    """rows: the training drawings, so many, and after them their recombinations, see `recombination`; told: the
    descriptions of all rows, for a net that is told of them."""

    rows: Rows
    drawings: int
    told: Tellings | None
    options: TrainParams
    batch: BatchParams
    spelling: Tensor = field(default_factory=lambda: torch.empty(0))  # (rows,) how each is described in the epoch

    @property
    def steps(self) -> int:
        """Of an epoch, about."""
        return int(self.rows.lengths[: self.drawings].sum())

    def epoch(self, number: int) -> Order:
        """The rows of each minibatch; how they are described is chosen with it."""
        options, lengths = self.options, self.rows.lengths
        done = number / max(1, options.epochs - 1)
        rows = recombination.chosen(self.drawings, len(lengths), options, done, options.seed, number)
        order = minibatches.epoch(lengths[rows], self.batch.size, self.batch.length_noise, options.seed, number)
        if self.told is not None:
            self.spelling = self.told.chosen(options.untold, options.seed, number)
        return order.of(rows)

    def lesson(self, rows: Tensor, mine: slice, left: float, distortion: torch.Generator) -> Lesson:
        """Those of a minibatch's rows that are `mine`; `left` of the distortion is used."""
        _, target, _ = self.rows.gather(rows)
        # of the whole minibatch, so that what is drawn does not depend on the number of processes
        distorted = Distortion.of(target.shape[0], target.shape[1], left, self.options, distortion)
        target, rows = distorted.drawings(target)[:, mine], rows[mine]
        telling = None
        if self.told is not None:
            spelling = self.spelling[rows]
            target = self.told.parted(target, rows, spelling)
            telling = self.told.telling(rows, spelling, target.device)
            telling = telling._replace(points=distorted.points(telling.points, mine))
        real = minibatches.sent(minibatches.real_steps(self.rows.lengths[rows], len(target)), target.device)
        return Lesson(minibatches.previous_of(target), target, real, telling)
