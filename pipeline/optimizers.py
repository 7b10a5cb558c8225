"""What moves the weights: Adam, or Muon for the recurrent matrices with Adam for the rest; and the learning rate.

Muon (K. Jordan 2024) replaces the gradient of a matrix by the nearest orthogonal one; what it buys here is measured in
docs/experiments.md.
"""

import math
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import nn

from pipeline import params


@params.section
class OptimizerParams:
    optimizer: Literal["adam", "muon"]
    learning_rate: Annotated[float, Field(gt=0)]
    matrix_learning_rate: Annotated[float, Field(gt=0)]
    schedule: Literal["cosine", "exponential", "constant"]
    decay_per_epoch: Annotated[float, Field(ge=0, lt=1)]
    warmup_steps: Annotated[int, Field(ge=0)]


def make(net: nn.Module, options: OptimizerParams) -> list[torch.optim.Optimizer]:
    """The optimisers of the net's parameters, each parameter in one of them, in a fixed order."""
    matrices = [p for name, p in net.named_parameters() if is_recurrent_matrix(name, p)] * (options.optimizer == "muon")
    taken = {id(p) for p in matrices}
    rest = [p for p in net.parameters() if id(p) not in taken]
    made: list[torch.optim.Optimizer] = [torch.optim.Adam(rest, lr=options.learning_rate, fused=True)]
    if matrices:
        made.append(torch.optim.Muon(matrices, lr=options.matrix_learning_rate, weight_decay=0.0))
    for optimizer in made:
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
    return made


def is_recurrent_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Hidden-to-hidden matrices, and those from one layer to the next; not the first layer's few input columns."""
    return name.startswith("layers.") and parameter.ndim == 2 and not name.startswith("layers.0.weight_ih")


def learning_rate_factor(options: OptimizerParams, step: int, total: int, steps_per_epoch: int) -> float:
    """The learning rate at minibatch `step` of `total`, as a share of its first value."""
    factor = min(1.0, (step + 1) / options.warmup_steps) if options.warmup_steps else 1.0
    if options.schedule == "cosine":
        factor *= (1 + math.cos(math.pi * step / total)) / 2
    elif options.schedule == "exponential":  # the post: 1 % less each epoch
        factor *= (1 - options.decay_per_epoch) ** (step // steps_per_epoch)
    return factor


def set_learning_rate(optimizers: list[torch.optim.Optimizer], factor: float) -> None:
    """Every group's learning rate becomes its first value times the factor."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * factor
