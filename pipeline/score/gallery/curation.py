"""The scores of a set of samples -> what the gallery shows of them.

A new score becomes a headline by a row in HEADLINES, a new table a chart by a function in `charts_of`; a column of
numbers of the samples needs nothing, and gets its words from COLUMNS. What is missing is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline import drawing
from pipeline.dataset import DrawingSet
from pipeline.drawing import END_OF_CHARACTER, Steps
from pipeline.forecast import density
from pipeline.forecast.density import Density
from pipeline.net.model import WritingNet
from pipeline.sample.filters import ACCEPTED
from pipeline.score.gallery.charts import Chart, Series
from pipeline.score.gallery.exhibits import Column, Film, Gallery, Headline, Neighbour, Part
from pipeline.score.scoring import Material, Scores

TITLE = "Kanji that do not exist"
FILM_STROKES = range(4, 13)  # strokes of a drawing whose density is shown: neither trivial nor endless


@dataclass(frozen=True)
class Rule:
    """metrics[section][name] as a headline. Its interval is under <name>_low and <name>_high, its floor under `floor`,
    a name in the same section or a number; what is not there is not shown."""

    section: str
    name: str
    label: str
    meaning: str
    better: str = ""
    floor: str | float | None = None
    percent: bool = False
    floor_label: str = "real against real"


HEADLINES = (
    Rule(
        "likeness", "frechet", "Fréchet distance",
        "Between samples and held-out real characters, in what the judge sees of them: form, order, direction.",
        "lower", "frechet_floor",
    ),
    Rule(
        "likeness", "auc", "Told from real, AUC",
        "How well a classifier trained for it tells samples from real characters: 0.5 not at all, 1 always.",
        "lower", "auc_floor",
    ),
    Rule(
        "likeness", "recall", "Recall",
        "Share of held-out real characters that lie among the samples: how much of the variety is there.",
        "higher", "recall_floor", percent=True,
    ),
    Rule(
        "likeness", "precision", "Precision",
        "Share of the samples that lie among held-out real characters.", "higher", "precision_floor", percent=True,
    ),
    Rule(
        "parts", "share", "Strokes in known parts",
        "Share of a sample's strokes that are written like a component of real characters, in order.",
        "higher", "share_floor", percent=True, floor_label="held-out real",
    ),
    Rule(
        "strokes", "known", "Known strokes",
        "Share of the strokes that are like one that occurs in real characters.", "higher", "known_floor",
        percent=True, floor_label="held-out real",
    ),
    Rule(
        "strokes", "left_to_right", "Left before right",
        "Of two strokes in one row, how often the left one is written first.", "", "left_to_right_floor",
        percent=True, floor_label="held-out real",
    ),
    Rule(
        "novelty", "copies", "Copies",
        "Samples nearer to a training character than the nearest 1 % of held-out real ones.", "lower",
        floor=0.01, percent=True, floor_label="held-out real",
    ),
    Rule(
        "novelty", "duplicates", "Duplicates",
        "Samples that are as near to another sample.", "lower", "duplicates_floor", percent=True,
        floor_label="held-out real",
    ),
    Rule(
        "novelty", "median_distance", "Distance to a training character",
        "To the nearest, median over the samples. Far below held-out real ones is copying, far above is rambling.",
        floor="holdout_median", floor_label="held-out real",
    ),
    Rule(
        "described", "count", "Described, strokes right",
        "Share of unseen characters, written from their descriptions alone, with the right number of strokes.",
        "higher", "count_real", percent=True, floor_label="another real form",
    ),
    Rule(
        "described", "every_10", "Described, each in place",
        "Share of these of which each stroke is within a tenth of the box of where it should be.",
        "higher", "every_10_real", percent=True, floor_label="another real form",
    ),
    Rule(
        "described", "nats_per_step", "Nats a step, told",
        "How well the net foresees real characters it has never seen when it is told what they are.", "lower",
    ),
    Rule(
        "test", "nats_per_step", "Nats a step, untold",
        "How well the net foresees real characters it has never seen; it says nothing of what it writes.", "lower",
    ),
    Rule("acceptance", "share", "Accepted", "Share of all drawn that passed the filters.", "higher", percent=True),
    Rule("ends", "share", "Ended", "Share of all drawn that the net ended by itself.", "higher", percent=True),
    Rule(
        "wasserstein", "strokes", "Strokes, off by",
        "Wasserstein distance of the number of strokes to held-out real characters.", "lower", "strokes_floor",
    ),
    Rule(
        "calibration", "end_of_stroke", "Calibration, end of stroke",
        "How far the predicted chance of lifting the pen is from how often it is lifted.", "lower",
        "end_of_stroke_floor",
    ),
)  # fmt: skip
TOLD = ("description", "reading")  # of a sample that was described before it was written
COLUMNS = {
    "description": Column("described as", "the parts that the net was told to write"),
    "reading": Column("reads", "the description by Unicode's names of the radicals"),
    "reason": Column("rejected because", "empty: accepted"),
    "distance": Column("distance to nearest", "to the nearest training character; small is a copy"),
    "copy": Column("copy", "nearer than the nearest 1 % of held-out real characters"),
    "ended": Column("ended", "by the net itself"),
    "strokes": Column("strokes"),
    "steps": Column("steps", "points of the pen"),
    "width": Column("width", "of what is drawn, in units of the data"),
    "height": Column("height", "of what is drawn, in units of the data"),
    "believed": Column("believed", "chance of being real that a classifier gave it which had not seen it"),
    "parts_share": Column("in known parts", "share of its strokes that belong to a known component"),
    "parts_large": Column("in large parts", "the same of components of at least four strokes"),
    "parts_placed": Column("parts in place", "share of its parts that stand where real characters have them"),
    "parts_strokes_per_part": Column("strokes a part"),
    "parts_left_to_right": Column("parts, left first", "share of the pairs of parts beside each other"),
    "parts_top_to_bottom": Column("parts, upper first", "share of the pairs of parts above each other"),
    "strokes_known": Column("known strokes", "share of its strokes that are like a real one"),
    "strokes_forward": Column("drawn forward", "share of its strokes drawn in the usual direction"),
    "strokes_left_to_right": Column("left first", "share of the pairs of strokes beside each other"),
    "strokes_top_to_bottom": Column("upper first", "share of the pairs of strokes above each other"),
}
DISTRIBUTIONS = {
    "strokes": ("Strokes", "strokes a character"),
    "steps": ("Steps", "steps a character"),
    "width": ("Width", "width, units of the data"),
    "height": ("Height", "height, units of the data"),
    "novelty": ("Distance to the nearest training character", "distance"),
}
EVENTS = {"end_of_stroke": "End of stroke", "end_of_character": "End of character"}


def curate(
    material: Material,
    scores: Scores,
    films: Sequence[Film] = (),
    *,
    numbers: pd.DataFrame | None = None,
    parts: Mapping[str, Sequence[Part]] | None = None,
    history: pd.DataFrame | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    title: str = TITLE,
) -> Gallery:
    """Every sample drawn, accepted or not, with all that is known of it.

    numbers: more columns, with a column `id`, for any of the samples; parts: by id; history: a row an epoch, with
    epoch, train, valid.
    """
    data, ids = material.data, material.samples.index["id"].tolist()
    return Gallery(
        title=title,
        width=data["width"],
        height=data["height"],
        samples=list(material.samples),
        numbers=numbers_of(material.samples, scores.nearest, numbers),
        columns=COLUMNS,
        parts=[] if parts is None else [parts.get(name, ()) for name in ids],
        nearest=_neighbours(material, scores.nearest),
        headlines=headlines(scores.metrics),
        charts=charts_of(scores.tables, history),
        films=films,
        parameters=parameters or {},
        credit=material.credit or "",
    )


def films_of(material: Material, net: WritingNet, pen_weights: Sequence[float], samples: int, real: int) -> list[Film]:
    """The density along the first so many accepted samples and held-out real drawings of FILM_STROKES strokes, not
    picked by looks; none of a sample when the net did not write it."""
    unit = drawing.unit(material.data["scale"])
    found = [Film(f"{name}, written", _told(net, steps, material, pen_weights)) for name, steps in
             _first(material.accepted, "id", samples)]  # fmt: skip
    return found + [
        Film(f"{name}, real", _told(net, steps * unit, material, pen_weights))
        for name, steps in _first(material.held_out("test"), "character", real)
    ]


def numbers_of(samples: DrawingSet, nearest: pd.DataFrame, more: pd.DataFrame | None = None) -> pd.DataFrame:
    """A row a sample, in their order: id, accepted, reason, strokes, steps, width, height, ended, where they were
    told what to be description and reading, and by id what `nearest` (distance, copy) and `more` have."""
    boxes = np.array([_size(steps) for steps in samples], np.float64).reshape(-1, 2)
    index = samples.index
    table = pd.DataFrame(
        {
            "id": index["id"].to_numpy(),
            "accepted": (index["reason"] == ACCEPTED).to_numpy(),
            "reason": index["reason"].to_numpy(),
            "strokes": index["strokes"].to_numpy(np.int64),
            "steps": samples.lengths(),
            "width": boxes[:, 0],
            "height": boxes[:, 1],
            "ended": [bool(steps[-1, 2] == END_OF_CHARACTER) for steps in samples],
        }
    )
    table = table.assign(**{name: index[name].to_numpy() for name in TOLD if name in index})
    for extra in (nearest[["id", "distance", "copy"]], more):
        if extra is not None:
            table = table.merge(extra, on="id", how="left", validate="one_to_one")
    if "copy" in table:
        table["copy"] = table["copy"].eq(True)  # a rejected sample was not compared
    return table


def parts_of(table: pd.DataFrame, ids: Sequence[str]) -> dict[str, list[Part]]:
    """A row a part, with drawing (its place in ids), element, first and last stroke -> the parts by id."""
    found: dict[str, list[Part]] = {name: [] for name in ids}
    for row in table.to_dict("records"):
        found[ids[row["drawing"]]].append(Part(str(row["element"]), int(row["first"]), int(row["last"])))
    return found


def headlines(metrics: Mapping[str, Mapping[str, float]], rules: Sequence[Rule] = HEADLINES) -> list[Headline]:
    """Those of the rules whose number is there."""
    found = []
    for rule in rules:
        section = metrics.get(rule.section, {})
        if rule.name in section:
            floor = section.get(rule.floor) if isinstance(rule.floor, str) else rule.floor
            low, high = section.get(f"{rule.name}_low"), section.get(f"{rule.name}_high")
            about = (rule.better, rule.percent, rule.floor_label)
            found.append(Headline(rule.label, section[rule.name], rule.meaning, floor, low, high, *about))
    return found


def charts_of(tables: Mapping[str, pd.DataFrame], history: pd.DataFrame | None = None) -> list[Chart]:
    """The distributions, the reliability of the pen's chances, and the learning curves, as far as there are tables."""
    found = []
    shapes = (
        Series("held_out", "held-out real", "area", "real"),
        Series("drawn", "all drawn", "steps", "faint"),
        Series("accepted", "accepted", "steps", "ours"),
    )
    for name, (title, label) in DISTRIBUTIONS.items():
        if name in tables:
            found.append(Chart(title, tables[name], "value", shapes, label, "share of characters"))
    for event, title in EVENTS.items():
        if f"reliability_{event}" in tables:
            found.append(_reliability(tables, event, title))
    if history is not None and len(history):
        curves = (Series("train", "training", "line", "faint"), Series("valid", "validation", "line", "ours"))
        found.append(Chart("Learning curves", history, "epoch", curves, "epoch", "nats a step"))
    return found


def _reliability(tables: Mapping[str, pd.DataFrame], event: str, title: str) -> Chart:
    """Both tables as one: x is the predicted chance, each with its own column of what was observed."""
    ours, trained = tables[f"reliability_{event}"], tables.get(f"reliability_{event}_as_trained", pd.DataFrame())
    rows = [
        table.rename(columns={"observed": name, "error": f"{name}_error"})
        for name, table in (("trained", trained), ("ours", ours))
        if len(table)
    ]
    together = pd.concat(rows, ignore_index=True)
    for name in {"trained", "ours"} & set(together):
        together[f"{name}_error"] *= 2  # two standard errors each way
    series = (
        Series("trained", "as trained", "dots", "other", "trained_error"),
        Series("ours", "pen weights divided out", "dots", "ours", "ours_error"),
    )
    note = "On the dashed line a chance is as often true as it says. Bars: two standard errors."
    return Chart(title, together, "predicted", series, "predicted chance", "observed share", note, diagonal=True)


def _neighbours(material: Material, nearest: pd.DataFrame) -> list[Neighbour | None]:
    unit = drawing.unit(material.data["scale"])
    characters = material.real.index.get("character", material.real.index["id"]).tolist()
    pairs = {
        str(near["id"]): Neighbour(str(near["nearest_id"]), str(characters[row] or ""), material.real[row] * unit)
        for near, row in zip(nearest.to_dict("records"), nearest["nearest"].tolist(), strict=True)
    }
    return [pairs.get(name) for name in material.samples.index["id"]]


def _first(drawings: DrawingSet, label: str, count: int) -> list[tuple[str, Steps]]:
    fitting = np.flatnonzero(drawings.index["strokes"].between(FILM_STROKES[0], FILM_STROKES[-1]).to_numpy())[:count]
    names = drawings.index.get(label, drawings.index["id"])
    return [(str(names.iat[i] or drawings.index["id"].iat[i]), drawings[int(i)]) for i in fitting]


def _told(net: WritingNet, steps: Steps, material: Material, pen_weights: Sequence[float]) -> Density:
    data = material.data
    return density.foresee(net, steps, data["scale"], data["width"], data["height"], pen_weights)


def _size(steps: Steps) -> tuple[float, float]:
    points = np.cumsum(steps[:, :2], axis=0, dtype=np.float64)
    return tuple(np.ptp(points, axis=0))
