"""What trainings in tests have in common: descriptions of small drawings, and comparing what was learnt."""

import torch

from pipeline.dataset import DrawingSet
from pipeline.describe import derivation
from pipeline.describe.exemplars import Library
from pipeline.describe.knowledge import Knowledge
from pipeline.train import loop, recombination, telling
from pipeline.train.options import TrainParams
from pipeline.train.telling import Taught, Tellings


def taught(drawings: DrawingSet, options: TrainParams) -> tuple[Knowledge, Tellings]:
    """What is known of the drawings, and how they are described."""
    told = derivation.descriptions(drawings.index, drawings)
    given = Taught.of(recombination.recombined(drawings, options, 1, told))
    knows = Knowledge.learn(told, [], 1, Library.learn(drawings, told))
    return knows, telling.of(given, knows, options, 1)


def ignore(*_) -> None:
    """Nobody watches."""


def weights(trainer: loop.Trainer) -> list[torch.Tensor]:
    """Of the net that is kept, on the CPU."""
    return [weight.cpu() for weight in trainer.best.state_dict().values()]


def same(a: loop.Trainer, b: loop.Trainer) -> bool:
    return all(torch.equal(x, y) for x, y in zip(weights(a), weights(b), strict=True))
