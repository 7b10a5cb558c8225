"""The training loss: offsets under the mixture density, pen states under a weighted softmax.

`training_loss` is what train/loop.py makes small, its two parts added and divided by the number of steps: another loss
is written there. `step_losses` is what is told of a net, in validation and in scores: left as it is, nets of different
losses compare. The density is mixture.py, with its gradient in closed form; pen_weights are the parameter
train.pen_weights, which sampling divides out again: a pen loss that is no weighted cross-entropy brings its own
`pen_log_probabilities`.

Shapes: N real steps (padding is taken out before), K mixture components.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from pipeline.net import mixture

PEN_STATES = 3  # on the paper, end of stroke, end of character


@dataclass(frozen=True)
class StepLosses:
    """Negative log-likelihoods in nats, each (N,) float32: of the offset, of the pen as the net's own softmax has it
    (`pen_trained`), and of the pen with the class weights divided out (`pen`)."""

    offset: Tensor
    pen_trained: Tensor
    pen: Tensor


def pen_log_probabilities(logits: Tensor, weights: Tensor) -> Tensor:
    """(N, 3) logits learnt under class weights -> (N, 3) log-probabilities with the weights divided out.

    A softmax that minimises sum_m p(m) w(m) -log z_m has its optimum at z_m proportional to w(m) p(m).
    """
    return torch.log_softmax(logits - torch.log(weights), dim=-1)


def training_loss(raw: Tensor, offsets: Tensor, pen: Tensor, pen_weights: Tensor) -> tuple[Tensor, Tensor]:
    """Sums over the steps of -log sum_k Pi_k N(...) and of -w(m) log z_m: two scalars, in nats.

    raw (N, 6 K + 3), offsets (N, 2), pen (N,) int64, pen_weights (3,).
    """
    raw = raw.float()
    offset = mixture.negative_log_likelihood(raw[:, :-PEN_STATES], offsets).sum()
    # written out, as PyTorch names no deterministic form of its cross-entropy on CUDA
    weighted = -(pen_weights[pen] * _at(torch.log_softmax(raw[:, -PEN_STATES:], dim=-1), pen)).sum()
    return offset, weighted


def step_losses(raw: Tensor, offsets: Tensor, pen: Tensor, pen_weights: Tensor) -> StepLosses:
    """The likelihood of every step, unweighted, for validation and scores. Shapes as in `training_loss`."""
    raw = raw.float()
    logits = raw[:, -PEN_STATES:]
    return StepLosses(
        offset=mixture.negative_log_likelihood(raw[:, :-PEN_STATES], offsets),
        pen_trained=-_at(torch.log_softmax(logits, dim=-1), pen),
        pen=-_at(pen_log_probabilities(logits, pen_weights), pen),
    )


def _at(log_probabilities: Tensor, pen: Tensor) -> Tensor:
    """(N, 3) and (N,) int64 -> (N,)."""
    return log_probabilities.gather(-1, pen.unsqueeze(-1)).squeeze(-1)
