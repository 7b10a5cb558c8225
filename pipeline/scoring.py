"""All scores of a set of samples, and the tables and the sheet that show where they come from.

A score means little alone: each that compares samples with real drawings stands beside its floor, what the same score
gives for real drawings. The held-out drawings (split "test") are the reference; the validation drawings, of which
training has chosen its best epoch, make the floor.

To add a score, write a function that returns numbers by name, and give it a section in `score`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import torch
from pydantic import Field

from pipeline import distributions, likelihood, novelty, params, render
from pipeline.batches import SPLITS
from pipeline.dataset import DrawingSet
from pipeline.distributions import MEASURES
from pipeline.drawing import END_OF_CHARACTER
from pipeline.filters import ACCEPTED, REJECTIONS
from pipeline.likelihood import Forecast
from pipeline.model import WritingNet

DIGITS = 6  # decimals kept: what comes after them differs between machines

Progress = Callable[[Iterable[Any], str], Iterable[Any]]  # hands on what it is given; may show how far it is


class ScoringError(ValueError):
    """Samples or real drawings that no score can be taken of."""


@params.section
class ScoreParams:
    calibration_bins: Annotated[int, Field(ge=2, le=1000)]
    bootstrap: Annotated[int, Field(ge=100, le=100_000)]  # resamples an interval
    raster: Annotated[int, Field(ge=16, le=128)]  # pixels a side, for novelty
    blur: Annotated[float, Field(ge=0.01, le=0.2)]  # standard deviation as a share of the drawing's side
    columns: Annotated[int, Field(ge=1)]  # of the sheet, each a sample and its nearest real character
    rows: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]
    device: Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class Material:
    """What is scored: samples in the units of the data, accepted and rejected ones; the real drawings in the net's
    units, with their splits; and what batches.json says of the data (scale, width, height, licence)."""

    samples: DrawingSet
    real: DrawingSet
    data: dict[str, Any]

    @property
    def accepted(self) -> DrawingSet:
        return self.samples.where((self.samples.index["reason"] == ACCEPTED).to_numpy())

    def split(self, name: str) -> DrawingSet:
        return self.real.where((self.real.index["split"] == name).to_numpy())

    def held_out(self, name: str) -> DrawingSet:
        """A split with one form a code point, to compare samples with."""
        part = self.split(name)
        return part.where(distributions.one_form(part.index))


@dataclass(frozen=True)
class Scores:
    """metrics: section -> name -> number, finite; tables: by the name of their file.

    nearest: a row an accepted sample, in their order: id, nearest (the number of the real drawing in `Material.real`),
    nearest_id, distance, copy.
    """

    metrics: dict[str, dict[str, float]]
    tables: dict[str, pd.DataFrame]
    nearest: pd.DataFrame


def choose_device(name: str) -> torch.device:
    """auto: a GPU where there is one. Raises ScoringError: cuda without a GPU."""
    if name == "cuda" and not torch.cuda.is_available():
        raise ScoringError("score.device is cuda, but PyTorch sees no GPU: set it to auto or cpu")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def score(
    material: Material, net: WritingNet, pen_weights: list[float], options: ScoreParams, progress: Progress
) -> Scores:
    """All scores. Without an accepted sample, those of the accepted ones are left out.

    pen_weights are those of the training. Raises ScoringError: no sample at all, a split without a drawing.
    """
    _check(material)
    forecasts = {
        name: likelihood.forecast(
            net, material.split(name), pen_weights, lambda i, name=name: progress(i, f"read {name}")
        )
        for name in ("test", "valid")
    }
    metrics: dict[str, dict[str, float]] = {}
    for name, found in forecasts.items():
        metrics[name] = held_out_likelihood(found, material.data["scale"], options)
    metrics["calibration"], tables = calibration(forecasts["test"], options.calibration_bins)
    metrics["acceptance"] = acceptance(material.samples.index["reason"])
    metrics["ends"] = {"share": ended(material.samples)}
    metrics["wasserstein"], histograms = shapes(material)
    metrics["novelty"], nearest, table = newness(material, options, progress)
    tables |= histograms | {"novelty": table}
    return Scores(_rounded(metrics), tables, nearest)


def _check(material: Material) -> None:
    if not len(material.samples):
        raise ScoringError("data/samples holds no drawing, not even a rejected one; `dvc repro sample` draws some")
    empty = [name for name in SPLITS if not len(material.split(name))]
    if empty:
        raise ScoringError(f"data/batches has no drawing in {' and '.join(empty)}; run `dvc repro batch` to split anew")


def held_out_likelihood(found: Forecast, scale: float, options: ScoreParams) -> dict[str, float]:
    """Means of a split, and the interval of nats_per_step."""
    low, high = likelihood.interval(found, options.bootstrap, np.random.default_rng(options.seed))
    means = likelihood.summary(found, scale)
    return means | {"nats_per_step_low": low, "nats_per_step_high": high}


def calibration(found: Forecast, bins: int) -> tuple[dict[str, float], dict[str, pd.DataFrame]]:
    """Expected calibration error of both events, with the weights divided out, as trained, and its floor; and the
    reliability tables."""
    errors, tables = {}, {}
    for event, state in likelihood.EVENTS.items():
        happened = found.state == state
        table = likelihood.reliability(found.probability[:, state], happened, bins)
        trained = likelihood.reliability(found.probability_trained[:, state], happened, bins)
        errors[event] = likelihood.calibration_error(table)
        errors[f"{event}_as_trained"] = likelihood.calibration_error(trained)
        errors[f"{event}_floor"] = likelihood.calibration_floor(table)
        tables[f"reliability_{event}"] = table
        tables[f"reliability_{event}_as_trained"] = trained
    return errors, tables


def acceptance(reasons: pd.Series) -> dict[str, float]:
    """Shares of the drawings drawn: accepted, and rejected by reason; every known reason is there."""
    counts = reasons.value_counts()
    accepted, drawn = int(counts.get(ACCEPTED, 0)), len(reasons)
    known = dict.fromkeys([*REJECTIONS, *sorted(set(counts.index) - {ACCEPTED})])
    shares = {reason: counts.get(reason, 0) / drawn for reason in known}
    return shares | {"accepted": accepted, "drawn": drawn, "share": accepted / drawn}


def ended(samples: DrawingSet) -> float:
    """Share of all drawn that the net ended by itself."""
    return float(np.mean([steps[-1, 2] == END_OF_CHARACTER for steps in samples]))


def shapes(material: Material) -> tuple[dict[str, float], dict[str, pd.DataFrame]]:
    """Wasserstein distances to the held-out drawings: of the accepted samples, of all drawn, and of the validation
    drawings (the floor); and the histograms."""
    scale = material.data["scale"]
    held_out = distributions.measures(material.held_out("test"), scale)
    sets = {
        "": distributions.measures(material.accepted),
        "_unfiltered": distributions.measures(material.samples),
        "_floor": distributions.measures(material.held_out("valid"), scale),
    }
    apart = {}
    for suffix, found in sets.items():
        if len(found):
            apart |= {f"{name}{suffix}": far for name, far in distributions.distances(found, held_out).items()}
    named = {"accepted": sets[""], "drawn": sets["_unfiltered"], "held_out": held_out}
    histograms = {
        name: distributions.histogram(
            {kind: found[name].to_numpy() for kind, found in named.items()},
            held_out[name].to_numpy(),
            name == "strokes",
        )
        for name in MEASURES
    }
    return apart, histograms


def newness(
    material: Material, options: ScoreParams, progress: Progress
) -> tuple[dict[str, float], pd.DataFrame, pd.DataFrame]:
    """Distances to the nearest training character, of the accepted samples and of held-out drawings; who is nearest;
    the histogram. Every form of a training character counts, as a copy of a variant is a copy."""
    rows = np.flatnonzero((material.real.index["split"] == "train").to_numpy())
    sets = {"training": material.split("train"), "held-out": material.held_out("test"), "samples": material.accepted}
    drawn = {
        name: novelty.pictures(
            list(part), options.raster, options.blur, lambda i, name=name: progress(i, f"draw {name}")
        )
        for name, part in sets.items()
    }
    samples, held_out = (novelty.nearest(drawn[name], drawn["training"]) for name in ("samples", "held-out"))
    threshold = novelty.copy_threshold(held_out.distance)
    numbers = {"copy_threshold": threshold, "holdout_median": np.median(held_out.distance)}
    if len(samples.distance):
        numbers["median_distance"] = np.median(samples.distance)
        numbers["copies"] = np.mean(samples.distance < threshold)
    nearest = pd.DataFrame(
        {
            "id": material.accepted.index["id"].to_numpy(),
            "nearest": rows[samples.nearest],
            "nearest_id": material.real.index["id"].to_numpy()[rows[samples.nearest]],
            "distance": samples.distance,
            "copy": samples.distance < threshold,
        }
    )
    shares = {"accepted": samples.distance, "held_out": held_out.distance}
    return numbers, nearest, distributions.histogram(shares, held_out.distance)


def nearest_sheet(material: Material, nearest: pd.DataFrame, columns: int, rows: int) -> str:
    """The first accepted samples, not picked, each beside its nearest training character, as an SVG document."""
    box, unit = (material.data["width"], material.data["height"]), np.float32(material.data["scale"])
    accepted, cells, labels = material.accepted, [], []
    for i, pair in enumerate(nearest.head(columns * rows).itertuples()):
        cells += [accepted[i], material.real[pair.nearest] * np.array([unit, unit, 1], np.float32)]
        labels += [pair.id, f"{pair.nearest_id}  {pair.distance:.3f}{' copy' if pair.copy else ''}"]
    credit = material.data.get("licence") or None
    return render.sheet_svg(cells, *box, 2 * columns, labels, credit=credit, group=2)


def sentence(metrics: dict[str, dict[str, float]]) -> str:
    """The scores in one line."""
    test, new, kept = metrics["test"], metrics["novelty"], metrics["acceptance"]
    text = (
        f"{test['nats_per_step']:.4f} nats a step on the test drawings ({test['nats_per_step_low']:.4f} to "
        f"{test['nats_per_step_high']:.4f}); {kept['accepted']:,} of {kept['drawn']:,} samples accepted"
    )
    if not kept["accepted"]:
        return f"{text}: no distances, raise sample.max_attempts or train for longer"
    far = ", ".join(f"{name} {metrics['wasserstein'][name]:.2f}" for name in MEASURES)
    return f"{text}; Wasserstein {far}; {new['copies']:.1%} copies"


def _rounded(metrics: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    def rounded(value: float) -> float:
        return value if isinstance(value, int) else round(float(value), DIGITS)

    return {section: {name: rounded(value) for name, value in part.items()} for section, part in metrics.items()}
