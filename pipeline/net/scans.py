"""Along the steps of a minibatch: running sums, and when something last happened.

Shapes: T steps, B drawings.
"""

import torch
from torch import Tensor


def running_sum(values: Tensor) -> Tensor:
    """(T, ...) floats -> (T, ...): the sums up to each row."""
    # PyTorch's own has no deterministic form on CUDA
    return values.cumsum(dim=0) if values.device.type == "cpu" else sum_by_doubling(values)


def sum_by_doubling(values: Tensor) -> Tensor:
    """`running_sum` in log2 T additions, always in the same order (W. D. Hillis, G. L. Steele, "Data parallel
    algorithms", 1986)."""
    reach = 1
    while reach < len(values):
        values = torch.cat((values[:reach], values[reach:] + values[:-reach]))
        reach *= 2
    return values


def latest(happens: Tensor) -> Tensor:
    """(T, B) bool -> (T, B): the last row, up to each, in which it happens; 0 before the first."""
    time = torch.arange(len(happens), device=happens.device).unsqueeze(1).expand_as(happens)
    return torch.where(happens, time, 0).cummax(dim=0).values


def since(happens: Tensor) -> Tensor:
    """(T, B) bool -> (T, B): how many rows ago it last happened."""
    return torch.arange(len(happens), device=happens.device).unsqueeze(1) - latest(happens)
