"""Where the pen may go next: the mixture density that a net foresees at every step of a drawing, in the box's units.

Shapes: n steps of a drawing, K mixture components, B any number of points.

Row i is what the net foresees of step i after the steps before it: component k of the point's density has weight
weights[i, k] and is a bivariate Gaussian about means[i, k]; pen[i] are the chances that at this point the pen stays on
the paper, ends its stroke, ends the character. Temperatures play no part: this is what the net has learnt.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline import drawing
from pipeline.drawing import Steps
from pipeline.net import mixture
from pipeline.net.loss import PEN_STATES, pen_log_probabilities
from pipeline.net.model import WritingNet

Array = NDArray[np.float64]


class DensityError(ValueError):
    """A drawing or a net whose density cannot be told."""


@dataclass(frozen=True)
class Density:
    """steps (n, 3), the drawing; width, height of its box; points (n, 2), where its steps are in the box;
    weights (n, K), each row of sum 1; means (n, K, 2) in the box; sigmas (n, K, 2) > 0; rho (n, K); pen (n, 3)."""

    steps: Steps
    width: float
    height: float
    points: Array
    weights: Array
    means: Array
    sigmas: Array
    rho: Array
    pen: Array

    def __len__(self) -> int:
        return len(self.steps)

    def covariances(self) -> Array:
        """(n, K, 2, 2)."""
        sx, sy = np.moveaxis(self.sigmas, -1, 0)
        rows = [np.stack((sx * sx, self.rho * sx * sy), -1), np.stack((self.rho * sx * sy, sy * sy), -1)]
        return np.stack(rows, axis=-2)

    def ellipses(self) -> tuple[Array, Array]:
        """The ellipse of one standard deviation about each mean: semi-axes (n, K, 2), longer first, and the angle
        (n, K) of the longer one from the x axis towards y, in degrees from -90 to 90."""
        values, vectors = np.linalg.eigh(self.covariances())  # ascending
        axes = np.sqrt(np.clip(values[..., ::-1], 0, None))
        longer = vectors[..., :, 1]  # (n, K, 2): the column that belongs to the larger value
        angle = np.degrees(np.arctan2(longer[..., 1], longer[..., 0]))
        return axes, (angle + 90) % 180 - 90

    def log_density(self, i: int, points: Array) -> Array:
        """log of the density a square unit of the box at points (B, 2) for step i -> (B,)."""
        u, v = np.moveaxis((points[:, None] - self.means[i]) / self.sigmas[i], -1, 0)  # (B, K) each
        rest = 1 - self.rho[i] ** 2
        exponent = -(u * u - 2 * self.rho[i] * u * v + v * v) / (2 * rest)
        scale = np.log(2 * math.pi * self.sigmas[i].prod(-1)) + 0.5 * np.log(rest)
        with np.errstate(divide="ignore"):  # a weight of 0 in float32 is a log of minus infinity
            return np.logaddexp.reduce(np.log(self.weights[i]) + exponent - scale, axis=-1)


@torch.inference_mode()
def foresee(
    net: WritingNet, steps: Steps, scale: float, width: float, height: float, pen_weights: Sequence[float]
) -> Density:
    """What the net foresees at every step of a drawing, (n, 3) in the units of a width x height box.

    scale: units of the box in one of the net's; pen_weights: those of the training, divided out of the pen's chances.
    Raises DensityError: not steps of finite numbers, or a net that gives none.
    """
    if steps.ndim != 2 or steps.shape[1] != 3 or not len(steps) or not np.isfinite(steps).all():
        raise DensityError(f"the density is told along a drawing, (n, 3) finite steps; this is {steps.shape}")
    raw = _outputs(net, steps, scale)
    if not torch.isfinite(raw).all():
        raise DensityError("the net gave a number that is not finite: train it anew with a lower train.learning_rate")
    logits, mean_x, mean_y, log_sx, log_sy, r = mixture.split(raw[:, :-PEN_STATES])
    weights = torch.tensor(pen_weights, dtype=raw.dtype, device=raw.device)
    points = drawing.positions(steps, width, height)
    before = np.concatenate([[(width / 2, height / 2)], points[:-1]])  # (n, 2): an offset starts at the point before
    return Density(
        steps=steps,
        width=width,
        height=height,
        points=points,
        weights=_array(torch.softmax(logits, dim=-1)),
        means=before[:, None] + scale * _array(torch.stack((mean_x, mean_y), dim=-1)),
        sigmas=scale * _array(torch.exp(torch.stack((log_sx, log_sy), dim=-1))),
        rho=_array(torch.tanh(r)),
        pen=_array(torch.exp(pen_log_probabilities(raw[:, -PEN_STATES:], weights))),
    )


def _outputs(net: WritingNet, steps: Steps, scale: float) -> torch.Tensor:
    """(n, 3) steps in the units of the box -> the net's outputs (n, 6 K + 3) in float64, made in float32."""
    first = net.first_step(1)
    unit = np.array([scale, scale, 1.0], np.float32)
    scaled = torch.as_tensor(np.ascontiguousarray(steps, np.float32) / unit, device=first.device)
    previous = torch.cat((first, scaled[:-1])).unsqueeze(1)  # (n, 3) -> (n, 1, 3): a batch of one drawing
    keep = torch.ones(len(steps), 1, dtype=torch.bool, device=first.device)
    return net(previous, keep).double()


def _array(values: torch.Tensor) -> Array:
    return values.cpu().numpy()
