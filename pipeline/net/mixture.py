"""Mixture of bivariate Gaussians: its density, the gradient of it, and how to draw from it.

Shapes: N steps, K mixture components. The net gives every step 6 K numbers, in six blocks of K:

    weight logits | mean x | mean y | log sigma x | log sigma y | r,   correlation rho = tanh(r)

(A. Graves, arXiv:1308.0850, eq. 18-22, with the exponential and the tanh of eq. 20-21 kept inside the formulas.)
With u = (x - mean x) / sigma x and v likewise, the density of eq. 24-25 is, since 1 - rho^2 = 1 / cosh(r)^2,

    log N = -(w^2 + v^2) / 2 - log(2 pi sigma x sigma y) + log cosh r,   w = u cosh r - v sinh r

which has no division by 1 - rho^2 and so stays exact for correlations near one.
"""

import math
from typing import Any

import torch
from torch import Tensor

BLOCKS = 6
LOG_SIGMA_RANGE = (-8.0, 8.0)  # in logs of scaled offsets: KanjiVG's grid of 0.01 is -7.3
R_LIMIT = 8.0  # |rho| <= tanh(8) = 1 - 2.3e-7, the largest that float32 tells from 1
LOG_TWO_PI = math.log(2 * math.pi)


def split(raw: Tensor) -> tuple[Tensor, ...]:
    """(N, 6 K) outputs -> weight logits, mean x, mean y, log sigma x, log sigma y, r, each (N, K), the last three
    limited to the ranges in which float32 stays finite."""
    logits, mean_x, mean_y, log_sx, log_sy, r = raw.chunk(BLOCKS, dim=-1)
    return (
        logits,
        mean_x,
        mean_y,
        log_sx.clamp(*LOG_SIGMA_RANGE),
        log_sy.clamp(*LOG_SIGMA_RANGE),
        r.clamp(-R_LIMIT, R_LIMIT),
    )


class _NegativeLogLikelihood(torch.autograd.Function):
    """The gradient in closed form (Graves, eq. 26-37): a third of the time of the recorded graph on a CPU."""

    @staticmethod
    def forward(ctx: Any, raw: Tensor, offsets: Tensor) -> Tensor:
        logits, mean_x, mean_y, log_sx, log_sy, r = split(raw)
        x, y = offsets.to(raw.dtype).unsqueeze(-1).unbind(dim=-2)  # (N, 1) each
        inv_sx, inv_sy = torch.exp(-log_sx), torch.exp(-log_sy)
        u, v = (x - mean_x) * inv_sx, (y - mean_y) * inv_sy
        grow, fade = torch.exp(r), torch.exp(-r)
        cosh, sinh = (grow + fade) / 2, (grow - fade) / 2
        w = u * cosh - v * sinh
        log_normal = torch.log(cosh) - log_sx - log_sy - (w * w + v * v) / 2 - LOG_TWO_PI
        log_weights = torch.log_softmax(logits, dim=-1)
        joint = log_weights + log_normal
        log_likelihood = torch.logsumexp(joint, dim=-1)
        ctx.save_for_backward(raw, log_weights, joint, log_likelihood, inv_sx, inv_sy, u, v, w, cosh, sinh)
        return -log_likelihood

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        raw, log_weights, joint, log_likelihood, inv_sx, inv_sy, u, v, w, cosh, sinh = ctx.saved_tensors
        gamma = torch.exp(joint - log_likelihood.unsqueeze(-1))  # responsibilities, eq. 28
        across, along = w * cosh, v - w * sinh
        # a clamped number takes no gradient; the three clamped blocks are the last three
        low, high = LOG_SIGMA_RANGE
        _, _, _, raw_sx, raw_sy, raw_r = raw.chunk(BLOCKS, dim=-1)
        gradient = torch.cat(
            (
                torch.exp(log_weights) - gamma,
                -gamma * across * inv_sx,
                -gamma * along * inv_sy,
                gamma * (1 - u * across) * ((raw_sx > low) & (raw_sx < high)),
                gamma * (1 - v * along) * ((raw_sy > low) & (raw_sy < high)),
                gamma * (w * (u * sinh - v * cosh) - sinh / cosh) * (raw_r.abs() < R_LIMIT),
            ),
            dim=-1,
        )
        return gradient * grad.unsqueeze(-1), None


def negative_log_likelihood(raw: Tensor, offsets: Tensor) -> Tensor:
    """-log sum_k Pi_k N(x, y; mu_k, sigma_k, rho_k) of each step, in nats (Graves, eq. 26, first term).

    raw (N, 6 K) float32 or float64, offsets (N, 2) in the same units as the means. Returns (N,).
    """
    return _NegativeLogLikelihood.apply(raw, offsets)


def sample(raw: Tensor, generator: torch.Generator, mixture_temperature: float, width_temperature: float) -> Tensor:
    """Draw one offset a step: raw (N, 6 K) -> (N, 2), float32.

    mixture_temperature divides the weight logits (below 1: likelier components yet likelier);
    width_temperature multiplies the variances (0 gives the component's mean).
    """
    logits, mean_x, mean_y, log_sx, log_sy, r = split(raw)
    weights = torch.softmax(logits / mixture_temperature, dim=-1)
    chosen = torch.multinomial(weights, 1, generator=generator)  # (N, 1)
    mx, my, lsx, lsy, rk = (block.gather(-1, chosen).squeeze(-1) for block in (mean_x, mean_y, log_sx, log_sy, r))
    noise = torch.randn(2, len(raw), generator=generator, device=raw.device) * math.sqrt(width_temperature)
    rho = torch.tanh(rk)
    # Cholesky factor of the correlation matrix; 1 / cosh(r) is sqrt(1 - rho^2) without cancellation
    v, u = noise[0], rho * noise[0] + noise[1] / torch.cosh(rk)
    return torch.stack((mx + torch.exp(lsx) * u, my + torch.exp(lsy) * v), dim=-1)
