"""How well a net foresees real drawings: log-likelihood of every step, and whether its pen probabilities are true.

Shapes: N real steps of a set, drawing after drawing; B drawings.

Likelihoods are negative logs in nats, smaller is better: of the offset a density in the net's scaled units, as in
training, so that with another scale s it shifts by 2 log s a step; of the pen a probability. All in float32, summed
in float64. The pen comes twice: with the class weights of the training divided out, which is the net's true
forecast, and as trained. See `loss`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.batch.minibatches import Rows
from pipeline.dataset import DrawingSet
from pipeline.describe.encoding import Encoded
from pipeline.drawing import END_OF_CHARACTER, END_OF_STROKE
from pipeline.forecast import bootstrap
from pipeline.net import describer
from pipeline.net.loss import PEN_STATES, pen_log_probabilities, step_losses
from pipeline.net.model import WritingNet
from pipeline.progress import Progress, unseen

ROWS = 64  # drawings the net reads at once
EVENTS = {"end_of_stroke": END_OF_STROKE, "end_of_character": END_OF_CHARACTER}


class LikelihoodError(ValueError):
    """A net whose forecast of real drawings is no number."""


@dataclass(frozen=True)
class Forecast:
    """What a net foresaw at each step of a set, in the set's order.

    offset, pen, pen_trained (N,) float64: negative log-likelihoods; probability, probability_trained (N, 3) float64:
    of the pen states, with the class weights divided out and as trained; state (N,) int64: what the pen really did;
    lengths (B,) int64: steps of each drawing.
    """

    offset: NDArray[np.float64]
    pen: NDArray[np.float64]
    pen_trained: NDArray[np.float64]
    probability: NDArray[np.float64]
    probability_trained: NDArray[np.float64]
    state: NDArray[np.int64]
    lengths: NDArray[np.int64]


@torch.inference_mode()
def forecast(
    net: WritingNet,
    drawings: DrawingSet,
    pen_weights: Sequence[float],
    progress: Progress = unseen,
    untold: Encoded | None = None,
) -> Forecast:
    """Let the net read every drawing of a set of scaled drawings. untold: says in which hand they are, where that is
    not the first. Raises LikelihoodError: a result is not finite."""
    device = next(net.parameters()).device
    weights = torch.tensor(pen_weights, dtype=torch.float32, device=device)
    source = Rows.of(drawings, device)
    begins = source.lengths.cumsum(0) - source.lengths
    columns = torch.zeros(int(source.lengths.sum()), 3 + 2 * PEN_STATES, dtype=torch.float64)
    by_length = torch.argsort(source.lengths, stable=True)
    # cuDNN's recurrent kernels round their inputs to TF32 unless told
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        for rows in progress(by_length.split(ROWS)):
            previous, target, keep = source.gather(rows)
            at = _numbers(begins[rows], keep.cpu())
            telling = describer.telling([untold] * len(rows), device) if untold else None
            columns[at] = _columns(net(previous, keep, telling=telling), target[keep], weights).double().cpu()
    values = columns.numpy()
    if not np.isfinite(values).all():
        raise LikelihoodError(
            "the likelihood of a real drawing is not finite: the training diverged or the weights are damaged; "
            "train the net anew with a lower train.learning_rate"
        )
    return Forecast(
        offset=values[:, 0],
        pen=values[:, 1],
        pen_trained=values[:, 2],
        probability=values[:, 3 : 3 + PEN_STATES],
        probability_trained=values[:, 3 + PEN_STATES :],
        state=drawings.joined()[:, 2].astype(np.int64),
        lengths=source.lengths.numpy(),
    )


def _numbers(starts: Tensor, keep: Tensor) -> Tensor:
    """Row of all steps for each true entry of keep (T, B), in its order."""
    time, row = torch.nonzero(keep, as_tuple=True)
    return starts[row] + time


def _columns(raw: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """(N, 6 K + 3) and (N, 3) steps -> (N, 9): offset, pen, pen as trained, the probabilities, those as trained."""
    steps = step_losses(raw, target[:, :2], target[:, 2].long(), weights)
    logits = raw.float()[:, -PEN_STATES:]
    divided = pen_log_probabilities(logits, weights).exp()
    losses = torch.stack((steps.offset, steps.pen, steps.pen_trained), dim=-1)
    return torch.cat((losses, divided, torch.softmax(logits, dim=-1)), dim=-1)


def summary(found: Forecast, scale: float) -> dict[str, float]:
    """Means over every real step, and over drawings. nats_per_step = offset + pen.

    nats_per_step_source_units: the same with the offset's density in the units of the data, which are `scale` of the
    net's; it compares configurations that scale differently.
    """
    step = found.offset + found.pen
    return {
        "nats_per_step": step.mean(),
        "nats_per_step_source_units": step.mean() + 2 * np.log(scale),
        "nats_per_character": step.sum() / len(found.lengths),
        "offset": found.offset.mean(),
        "pen": found.pen.mean(),
        "pen_as_trained": found.pen_trained.mean(),
    }


def interval(found: Forecast, resamples: int, source: np.random.Generator) -> tuple[float, float]:
    """Bootstrap interval, 95 %, of nats_per_step."""
    stops = np.cumsum(found.lengths)
    totals = np.add.reduceat(found.offset + found.pen, stops - found.lengths)  # (B,)
    return bootstrap.of_ratio(totals, found.lengths, resamples, source)


def reliability(probability: NDArray, happened: NDArray, bins: int) -> pd.DataFrame:
    """Predicted probability of an event beside its observed frequency: a row a bin, from never to always.

    probability (N,), happened (N,) bool. Bins are quantiles of the steps weighted by p (1 - p), the variance of what
    is observed: where nearly all steps are certain, plain quantiles would put every doubtful one into a single bin.
    Columns: steps, predicted (mean), observed (share), error (standard error of observed, were predicted true).
    """
    order = np.argsort(probability, kind="stable")
    p, y = probability[order], happened[order].astype(np.float64)
    weight = np.cumsum(p * (1 - p) + np.finfo(np.float64).tiny)
    edges = np.searchsorted(weight, np.linspace(0, weight[-1], bins + 1)[1:-1], side="right")
    begins = np.unique(np.concatenate(([0], edges)))
    begins = begins[begins < len(p)]
    steps = np.diff(np.append(begins, len(p)))
    return pd.DataFrame(
        {
            "steps": steps,
            "predicted": np.add.reduceat(p, begins) / steps,
            "observed": np.add.reduceat(y, begins) / steps,
            "error": np.sqrt(np.add.reduceat(p * (1 - p), begins)) / steps,
        }
    )


def calibration_error(table: pd.DataFrame) -> float:
    """Expected calibration error of a reliability table: mean over the steps of |predicted - observed|, 0 is ideal.
    (M. P. Naeini, G. F. Cooper, M. Hauskrecht, AAAI 2015.)"""
    return float(np.average((table["predicted"] - table["observed"]).abs(), weights=table["steps"]))


def calibration_floor(table: pd.DataFrame) -> float:
    """What the error comes to by chance were the probabilities true: E|x| of a normal x is sqrt(2 / pi) sigma."""
    return float(np.average(np.sqrt(2 / np.pi) * table["error"], weights=table["steps"]))
