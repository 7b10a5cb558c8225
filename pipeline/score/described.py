"""How well a net that is told of parts writes what is described: held-out characters, by their descriptions alone.

Shapes: B characters, R strokes of a real one and W of the written one, N = POINTS points of a stroke.

Real and written strokes are matched so that the sum of their distances is least; the distance of two is the mean of
that of N points at equal distances along them, in units of a box of 109. Strokes that have no partner are as far as can
be. Beside each share stand those of two controls that must fall: the descriptions exchanged among the characters
(_shuffled), and nothing told at all (_untold).

nats_per_step    of the held-out drawings, told what they are
count            of the characters, those with the right number of strokes
within_5, _10    of all strokes, those whose partner is within so many units
every_10         of the characters, those with every stroke, in the right order, within 10 units
order            Kendall's tau of the order of matched strokes, mean over the characters with two of them
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import kendalltau

from pipeline import drawing, seeds
from pipeline.batch.minibatches import previous_of
from pipeline.dataset import DrawingSet
from pipeline.describe import derivation, encoding, knowledge, visits
from pipeline.describe import description as grammar
from pipeline.describe.encoding import FREE, Encoded
from pipeline.describe.knowledge import Knowledge
from pipeline.drawing import ON_PAPER, Steps
from pipeline.net import describer, loss
from pipeline.net.model import END_OF_PART, WritingNet
from pipeline.progress import Progress, unseen
from pipeline.sample import sampler
from pipeline.sample.sampler import SampleParams
from pipeline.score.material import Material

POINTS = 16
BOX = 109.0
NEAR, FAR = 5.0, 10.0  # units of a box of 109
DESCRIBED_STREAM = 31  # key of the random streams
READ = 64  # drawings read at once


@dataclass(frozen=True)
class Comparison:
    """distances (R,) from each real stroke to its partner, infinite without one; in_order (min(R, W),) from each to the
    written stroke of its number; tau: of the partners' order, NaN of fewer than two."""

    real: int
    written: int
    distances: NDArray[np.float64]
    in_order: NDArray[np.float64]
    tau: float

    @property
    def every(self) -> bool:
        return self.real == self.written and bool((self.in_order < FAR).all())


def described(
    net: WritingNet,
    knows: Knowledge,
    material: Material,
    pen_weights: Sequence[float],
    options: SampleParams,
    seed: int,
    progress: Progress = unseen,
) -> tuple[dict[str, float], pd.DataFrame]:
    """Of the held-out test characters, one form each; and a row a character. Empty where drawings name no components.

    Raises SamplingError, as `sampler.generate`.
    """
    real = material.held_out("test")
    told = derivation.descriptions(real.index, real) if "groups" in real.index else []
    if not any(one.parts for one in told):
        return {}, pd.DataFrame()
    spelled = [knowledge.canonical(one, knows.vocabulary) for one in told]
    asked = [knows.encode(one.description) for one in spelled]
    source = np.random.default_rng((seed, DESCRIBED_STREAM))
    exchanged = [asked[i] for i in _deranged(len(asked), source)]
    numbers = {"nats_per_step": told_nats(net, real, spelled, knows, pen_weights)}
    table = pd.DataFrame(
        {"id": real.index["id"].to_numpy(), "text": [grammar.text(one.description) for one in spelled]}
    )
    for suffix, wanted in progress([("", asked), ("_shuffled", exchanged), ("_untold", [FREE] * len(asked))]):
        written = write(net, wanted, options, pen_weights, seed)
        found = [compare(*pair, material.data) for pair in zip(real, written, strict=True)]
        numbers |= {f"{name}{suffix}": value for name, value in summary(found).items()}
        if not suffix:
            table["strokes"], table["written"] = [one.real for one in found], [one.written for one in found]
            table["every_10"] = [one.every for one in found]
    return numbers, table


def write(
    net: WritingNet, wanted: Sequence[Encoded], options: SampleParams, pen_weights: Sequence[float], seed: int
) -> list[Steps]:
    """A drawing of each, one attempt, in the net's units."""
    device = net.first_step(1).device
    written: list[Steps] = []
    for at in range(0, len(wanted), options.batch_size):
        part = wanted[at : at + options.batch_size]
        source = seeds.generator(seed, DESCRIBED_STREAM, at, device=device)
        telling = describer.telling(part, device)
        found = sampler.generate(net, len(part), options, pen_weights, source, telling=telling)
        written += [sampler.joined(steps) for steps in found]
    return written


def compare(real: Steps, written: Steps, data: dict) -> Comparison:
    """Two drawings in the net's units."""
    unit = data["scale"] * BOX / max(data["width"], data["height"])
    ours, theirs = (np.stack([spread(s) for s in drawing.to_strokes(one, 0, 0)]) * unit for one in (written, real))
    apart = np.linalg.norm(theirs[:, None] - ours[None], axis=-1).mean(axis=-1)  # (R, W, N, 2) -> (R, W)
    rows, columns = linear_sum_assignment(apart)
    distances = np.full(len(theirs), np.inf)
    distances[rows] = apart[rows, columns]
    tau = kendalltau(rows, columns).statistic if len(rows) > 1 else np.nan
    return Comparison(len(theirs), len(ours), distances, np.diagonal(apart), float(tau))


def summary(found: Sequence[Comparison]) -> dict[str, float]:
    distances = np.concatenate([one.distances for one in found])
    taus = np.array([one.tau for one in found])
    numbers = {
        "count": np.mean([one.real == one.written for one in found]),
        "within_5": np.mean(distances < NEAR),
        "within_10": np.mean(distances < FAR),
        "every_10": np.mean([one.every for one in found]),
    }
    if np.isfinite(taus).any():
        numbers["order"] = np.nanmean(taus)
    return {name: float(value) for name, value in numbers.items()}


@torch.inference_mode()
def told_nats(
    net: WritingNet,
    real: DrawingSet,
    spelled: Sequence[derivation.Told],
    knows: Knowledge,
    pen_weights: Sequence[float],
) -> float:
    """Nats a step of real drawings whose parts end where they do, the pen weights divided out."""
    device, total, steps = net.first_step(1).device, 0.0, 0
    weights = torch.tensor(list(pen_weights), device=device)
    for at in range(0, len(real), READ):
        some = [np.array(real[i]) for i in range(at, min(at + READ, len(real)))]
        order = [visits.of_told(one) for one in spelled[at : at + READ]]
        for drawn, visited in zip(some, order, strict=True):
            ends = np.flatnonzero(drawn[:, 2] != ON_PAPER)
            drawn[ends[[visit.last for visit in visited]], 2] = END_OF_PART
        asked = [
            encoding.encode(one.description, visited, knows.vocabulary)
            for one, visited in zip(spelled[at : at + READ], order, strict=True)
        ]
        lengths = torch.tensor([len(one) for one in some])
        target = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(one) for one in some]).to(device)  # (T, B, 3)
        keep = (torch.arange(len(target)).unsqueeze(1) < lengths).to(device)
        raw, goal = net(previous_of(target), keep, telling=describer.telling(asked, device)), target[keep]
        found = loss.step_losses(raw, goal[:, :2], goal[:, 2].long(), weights)
        total += float((found.offset + found.pen).double().sum())
        steps += int(lengths.sum())
    return total / steps


def spread(stroke: NDArray[np.float64]) -> NDArray[np.float64]:
    """(m, 2) points -> (N, 2) at equal distances along the chords; a dot is N times itself."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))))
    at = np.linspace(0.0, along[-1], POINTS)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=-1)


def _deranged(count: int, source: np.random.Generator) -> NDArray[np.int64]:
    """A permutation in which, of two or more, none keeps its place: one cycle through all."""
    order = source.permutation(count)
    following = np.empty(count, np.int64)
    following[order] = np.roll(order, -1)
    return following
