"""All scores of a set of samples, and the tables and the sheet that show where they come from.

A score means little alone: each that compares samples with real drawings stands beside its floor, what the same score
gives for real drawings. The held-out drawings (split "test") are the reference; the validation drawings, of which
training has chosen its best epoch, make the floor.

To add a score, write a function that returns numbers by name, and give it a section in `score`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from pipeline import params
from pipeline.batch.holdout import SPLITS
from pipeline.dataset import DrawingSet
from pipeline.describe.encoding import Encoded
from pipeline.drawing import END_OF_CHARACTER
from pipeline.forecast import likelihood
from pipeline.forecast.likelihood import Forecast
from pipeline.net.model import WritingNet
from pipeline.progress import Progress, named
from pipeline.sample import sampler
from pipeline.sample.filters import ACCEPTED, REJECTIONS
from pipeline.score import distributions, novelty
from pipeline.score.distributions import MEASURES
from pipeline.score.judge import judge as judging
from pipeline.score.judge.judge import Judge
from pipeline.score.likeness import resemblance
from pipeline.score.likeness.resemblance import Resemblance, Sets
from pipeline.score.material import Material
from pipeline.score.structure import structure

DIGITS = 6  # decimals kept: what comes after them differs between machines

SAID = (  # in the line that the stage prints
    ("likeness", "frechet", "Frechet distance"),
    ("likeness", "auc", "two-sample AUC"),
    ("parts", "share", "strokes in known parts"),
)


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
    films: Annotated[int, Field(ge=0, le=20)]  # samples, and as many real characters, with the density along them
    judge: str  # name of the judge that scores are taken with, as its card has it
    seed: Annotated[int, Field(ge=0)]
    device: Literal["auto", "cpu", "cuda"]

    def check_here(self, sections: Mapping[str, Any]) -> None:
        """Raises SamplingError or JudgeError: a device or a judge that is not here."""
        sampler.choose_device(self.device, "score.device")
        judging.read_card(judging.FOLDER, self.judge)


@dataclass(frozen=True)
class Scores:
    """metrics: section -> name -> number, finite; tables: by the name of their file.

    nearest: a row an accepted sample, in their order: id, nearest (the number of the real drawing in `Material.real`),
    nearest_id, distance, copy.
    samples: a row an accepted sample, in their order: id, believed, and what `structure.per_drawing` has.
    parts: a row a part found in an accepted sample, as `parts.Found` has it; none where nothing is known of parts.
    """

    metrics: dict[str, dict[str, float]]
    tables: dict[str, pd.DataFrame]
    nearest: pd.DataFrame
    samples: pd.DataFrame
    parts: pd.DataFrame


def score(
    material: Material,
    net: WritingNet,
    pen_weights: list[float],
    judge: Judge,
    options: ScoreParams,
    progress: Progress,
    untold: Encoded | None = None,
) -> Scores:
    """All scores. What there are too few samples for is left out, and what the data tell nothing of.

    pen_weights are those of the training; untold: see `likelihood.forecast`. Raises ScoringError: no sample at all, a
    split without a drawing.
    """
    _check(material)
    forecasts = {
        name: likelihood.forecast(net, material.split(name), pen_weights, named(progress, f"read {name}"), untold)
        for name in ("test", "valid")
    }
    metrics: dict[str, dict[str, float]] = {}
    for name, found in forecasts.items():
        metrics[name] = held_out_likelihood(found, material.data["scale"], options)
    metrics["calibration"], tables = calibration(forecasts["test"], options.calibration_bins)
    metrics["acceptance"] = acceptance(material.samples.index["reason"])
    metrics["ends"] = {"share": ended(material.samples)}
    metrics["wasserstein"], histograms = shapes(material)
    like = likeness(material, judge, options, progress)
    built, seen = construction(material, options, progress)
    metrics["novelty"], nearest, table = newness(material, options, progress)
    metrics |= {"likeness": like.metrics} | built
    tables |= histograms | {"novelty": table} | seen.tables
    believed = pd.Series(like.believed, name="believed", index=range(len(like.believed)), dtype=float)
    samples = pd.concat((nearest[["id"]], believed, seen.samples), axis=1)
    return Scores(rounded(metrics), tables, nearest, samples, seen.parts)


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
    apart: dict[str, float] = {}
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


def likeness(material: Material, judge: Judge, options: ScoreParams, progress: Progress) -> Resemblance:
    """Distances in the judge's features and the two-sample test, before and after the filters, and their floors."""
    test, valid = (list(material.held_out(name)) for name in ("test", "valid"))
    sets = Sets(test, valid, list(material.accepted), list(material.samples))
    return resemblance.resemblance(judge, sets, options.bootstrap, options.seed, progress)


@dataclass(frozen=True)
class Seen:
    """What the accepted samples are made of: tables (parts and stroke types, beside held-out ones'), a row a sample,
    and a row a part."""

    tables: dict[str, pd.DataFrame]
    samples: pd.DataFrame
    parts: pd.DataFrame


def construction(
    material: Material, options: ScoreParams, progress: Progress
) -> tuple[dict[str, dict[str, float]], Seen]:
    """Parts, types, direction and order of strokes, beside those of the held-out test characters: of the accepted
    samples with interval, and of all drawn (name_unfiltered). The validation characters say what a known stroke is."""
    source = np.random.default_rng(options.seed)
    against = structure.yardstick(material.split("train"), material.held_out("valid"), source)
    sets = {"accepted": material.accepted, "drawn": material.samples}
    sets |= {"held out": material.held_out("test"), "floor": material.held_out("valid")}
    found = {
        name: structure.look(list(part), against, named(progress, f"parts, {name}")) for name, part in sets.items()
    }
    ours, drawn, held_out = found["accepted"], found["drawn"], found["held out"]
    numbers = structure.numbers(ours, held_out, options.bootstrap, source)
    for section, ratios in drawn.ratios.items():
        values = {f"{name}_unfiltered": structure.value(ratio) for name, ratio in ratios.items() if ratio[1].any()}
        numbers[section] |= values
    for suffix, one in {"": ours, "_unfiltered": drawn, "_floor": found["floor"]}.items():
        apart = structure.types_apart(one, held_out)
        if apart is not None:
            numbers["strokes"][f"types_apart{suffix}"] = apart
    tables = {"types": structure.types_table(ours, held_out)}
    if ours.parts is not None:
        tables["parts"] = structure.commonest(ours, held_out)
    parts = pd.DataFrame() if ours.parts is None else ours.parts.table
    return numbers, Seen(tables, structure.per_drawing(ours), parts)


def newness(
    material: Material, options: ScoreParams, progress: Progress
) -> tuple[dict[str, float], pd.DataFrame, pd.DataFrame]:
    """Distances to the nearest training character, of the accepted samples and of held-out drawings; copies, and
    duplicates among the samples; who is nearest; the histogram. Every form of a training character counts, as a copy of
    a variant is a copy."""
    rows = np.flatnonzero((material.real.index["split"] == "train").to_numpy())
    sets = {"training": material.split("train"), "held-out": material.held_out("test"), "samples": material.accepted}
    drawn = {
        name: novelty.pictures(list(part), options.raster, options.blur, named(progress, f"draw {name}"))
        for name, part in sets.items()
    }
    samples, held_out = (novelty.nearest(drawn[name], drawn["training"]) for name in ("samples", "held-out"))
    threshold = novelty.copy_threshold(held_out.distance)
    numbers = {"copy_threshold": threshold, "holdout_median": float(np.median(held_out.distance))}
    if len(samples.distance):
        numbers["median_distance"] = float(np.median(samples.distance))
        numbers["copies"] = float(np.mean(samples.distance < threshold))
    for suffix, name in (("", "samples"), ("_floor", "held-out")):
        if len(drawn[name]) > 1:
            again = novelty.nearest_other(drawn[name]).distance
            numbers[f"duplicates{suffix}"] = float(np.mean(again < threshold))
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


def sentence(metrics: dict[str, dict[str, float]]) -> str:
    """The scores in one line."""
    test, new, kept = metrics["test"], metrics["novelty"], metrics["acceptance"]
    text = (
        f"{test['nats_per_step']:.4f} nats a step on the test drawings ({test['nats_per_step_low']:.4f} to "
        f"{test['nats_per_step_high']:.4f}); {kept['accepted']:,} of {kept['drawn']:,} samples accepted"
    )
    if told := metrics.get("described"):
        text = (
            f"told what it writes {told['nats_per_step']:.4f}, untold {text}; of described characters "
            f"{told['count']:.0%} with the right number of strokes, {told['every_10']:.0%} with each near its place"
        )
    if not kept["accepted"]:
        return f"{text}: no distances, raise sample.max_attempts or train for longer"
    found = [
        f"{label} {metrics[section][name]:.3g}" for section, name, label in SAID if name in metrics.get(section, {})
    ]
    return f"{text}; {', '.join(found)}; {new['copies']:.1%} copies"


def rounded(metrics: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """To DIGITS decimals; counts stay whole."""

    def short(value: float) -> float:
        return value if isinstance(value, int) else round(float(value), DIGITS)

    return {section: {name: short(value) for name, value in part.items()} for section, part in metrics.items()}
