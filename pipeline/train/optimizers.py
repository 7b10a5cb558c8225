"""What moves the weights: Adam, or Muon for the recurrent matrices with Adam for the rest; and the learning rate.

Muon (K. Jordan 2024, "Muon: an optimizer for hidden layers in neural networks") replaces the gradient of a matrix by
the nearest orthogonal one. torch.optim.Muon takes a parameter as one matrix; a recurrent layer's parameter is one
matrix a gate, stacked, and taken gate by gate it learns faster. What both bring is measured in docs/experiments.md.
"""

import math
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from pipeline import params

# a x + b x^3 + c x^5, each the nearest to 1 (greatest error least) on the interval that those before it leave of
# 0.005 to 1; a test finds them again by linear programming
POLYNOMIALS = ((8.2987, -24.4307, 18.0905), (3.9152, -2.9211, 0.5592), (3.1746, -2.3804, 0.4978))

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@params.section
class OptimizerParams:
    optimizer: Literal["adam", "muon"]
    learning_rate: Positive
    matrix_learning_rate: Positive
    matrix_decay: Annotated[float, Field(ge=0, lt=1)]  # muon: of its matrices, times their learning rate each step
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
        made.append(GateMuon(matrices, options.matrix_learning_rate, options.matrix_decay))
    for optimizer in made:
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
    return made


class GateMuon(torch.optim.Optimizer):
    """Muon on each gate's square or wide block of a recurrent matrix (gates x H, columns), with Nesterov momentum and
    weight decay beside the gradient (as AdamW has it)."""

    def __init__(self, matrices: list[nn.Parameter], learning_rate: float, decay: float = 0.0, momentum: float = 0.95):
        super().__init__(matrices, {"lr": learning_rate, "decay": decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        for group in self.param_groups:
            for matrix in group["params"]:
                momentum = self.state[matrix].setdefault("momentum", torch.zeros_like(matrix))
                momentum.mul_(group["momentum"]).add_(matrix.grad)
                ahead = matrix.grad + group["momentum"] * momentum
                gates = max(1, matrix.shape[0] // matrix.shape[1])
                blocks = ahead.unflatten(0, (gates, -1))  # (gates H, H) -> (gates, H, H)
                direction = orthogonalised(blocks)
                matrix.mul_(1 - group["lr"] * group["decay"])
                matrix.add_(direction.flatten(0, 1), alpha=-group["lr"])


def orthogonalised(blocks: Tensor) -> Tensor:
    """(G, R, C) -> about U V^T of each block's singular value decomposition: singular values from 0.005 of the block's
    norm on come within 0.5 to 1.5.

    Newton-Schulz in bfloat16: only the direction matters, and matrix products are all it needs. Polynomials that
    differ from step to step do in three what a fixed one does in five (N. Amsel et al., "The Polar Express",
    arXiv:2505.16932).
    """
    x = blocks.bfloat16()
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for a, b, c in POLYNOMIALS:
        gram = x @ x.mT
        polynomial = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)  # b A + c A^2, in one pass
        x = torch.baddbmm(x, polynomial, x, beta=a)
    return x.to(blocks.dtype)


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
