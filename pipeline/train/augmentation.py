"""Drawings distorted at random in training: the net learns how characters vary, not the training set by heart.

Shapes: T steps, B drawings of a minibatch; offsets are in the net's units.

The post scales a minibatch at random. Here each drawing is also stretched, slanted and moved, and its strokes are moved
against each other. All of it fades to nothing before the training ends, as the drawings to be judged are not distorted:
then it costs no likelihood. What it brings is measured in docs/experiments.md.
"""

from dataclasses import dataclass
from typing import Annotated, Self

import torch
from pydantic import Field
from torch import Tensor

from pipeline import params
from pipeline.batch.minibatches import sent
from pipeline.drawing import END_OF_CHARACTER, ON_PAPER

Share = Annotated[float, Field(ge=0, lt=1)]
Length = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@params.section
class AugmentationParams:
    scale_range: Share  # a factor uniform within 1 +- this
    scale_per_axis: bool  # a factor for width and one for height
    scale_per_drawing: bool  # instead of one a minibatch
    stretch_range: Length  # a drawing's width and height, each by exp(u), u uniform within +- this
    slant_range: Share  # a drawing's slant along each axis, offset per offset, uniform within +- this
    shift_range: Length  # where a drawing begins, uniform within +- this
    stroke_shift: Length  # where each stroke begins, standard deviation
    augmentation_ends: Annotated[float, Field(ge=0, le=1)]  # share of the training at which all is faded; 0: never


def reach(options: AugmentationParams, done: float) -> float:
    """How much of the distortion is left, 1 to 0, after the share `done` of the training."""
    ends = options.augmentation_ends
    return max(0.0, 1 - done / ends) if ends else 1.0


@dataclass(frozen=True)
class Distortion:
    """Of a minibatch of B drawings of at most T steps: matrices (B, 2, 2), shift (1, B, 2), apart (T, B, 2), where each
    stroke begins if it began there, and factors (1, B or 1, 2 or 1)."""

    matrices: Tensor
    shift: Tensor
    apart: Tensor
    factors: Tensor

    @classmethod
    def of(cls, steps: int, drawings: int, left: float, options: AugmentationParams, source: torch.Generator) -> Self:
        """`left` of the ranges are used. The source is a CPU's."""
        factors = random_scale(
            drawings, left * options.scale_range, options.scale_per_axis, options.scale_per_drawing, source
        )
        matrices = random_matrices(drawings, left * options.stretch_range, left * options.slant_range, source)
        shift = left * options.shift_range * uniform(1, drawings, 2, source=source)
        apart = left * options.stroke_shift * torch.randn(steps, drawings, 2, generator=source)
        return cls(matrices, shift, apart, factors)

    def drawings(self, target: Tensor) -> Tensor:
        """(T, B, 3) distorted, the pens as they were."""
        device, pen = target.device, target[..., 2:]
        offsets = torch.einsum("tbi,bij->tbj", target[..., :2], sent(self.matrices, device))
        offsets = offsets + sent(self.apart, device) * begins(target).unsqueeze(-1)
        offsets = torch.cat((offsets[:1] + sent(self.shift, device), offsets[1:]))
        return torch.cat((offsets * sent(self.factors, device), pen), dim=-1)

    def points(self, points: Tensor, mine: slice) -> Tensor:
        """Points (P, M, 2) from the middle of the box, of the drawings `mine`, moved as these are as a whole."""
        device = points.device
        factors = self.factors[:, mine] if self.factors.shape[1] > 1 else self.factors
        moved = torch.einsum("pbi,bij->pbj", points, sent(self.matrices[mine], device))
        return (moved + sent(self.shift[:, mine], device)) * sent(factors, device)


def begins(target: Tensor) -> Tensor:
    """(T, B, 3) -> (T, B) bool: the step at which the pen comes down; none in the padding after a drawing."""
    pen = target[..., 2]
    before = (pen != ON_PAPER) & (pen != END_OF_CHARACTER)  # the step after this one begins a stroke
    return torch.cat((torch.ones_like(before[:1]), before[:-1]))


def random_scale(drawings: int, within: float, per_axis: bool, per_drawing: bool, source: torch.Generator) -> Tensor:
    """Factors uniform in 1 +- within, to multiply (T, B, 2) offsets with: (1, B or 1, 2 or 1)."""
    return 1 + within * uniform(1, drawings if per_drawing else 1, 2 if per_axis else 1, source=source)


def random_matrices(drawings: int, stretch: float, slant: float, source: torch.Generator) -> Tensor:
    """(B, 2, 2) that stretch and then slant, to multiply row vectors with from the right."""
    factors = torch.exp(stretch * uniform(drawings, 2, source=source))
    slants = slant * uniform(drawings, 2, source=source)
    slanted = torch.eye(2).repeat(drawings, 1, 1)
    slanted[:, 0, 1], slanted[:, 1, 0] = slants.unbind(dim=1)
    return factors.unsqueeze(-1) * slanted


def uniform(*shape: int, source: torch.Generator) -> Tensor:
    """In -1 to 1."""
    return 2 * torch.rand(*shape, generator=source) - 1
