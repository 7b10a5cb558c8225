"""Parts of a drawing: runs of consecutive strokes that are written like a known component of characters.

Shapes: B drawings, R runs of k strokes, M templates of k strokes, N points of a stroke.

A template is an instance of a component in the training drawings: its strokes, in order, in their own box. A run of a
drawing is compared with all templates of as many strokes, free in place and size, and in width and height apart as far
as STRETCH; the nearest counts if none of the run's strokes is further from the template's than LIMITS allow. Among
the runs that count, those are chosen that explain most strokes, not overlapping, with the fewest parts, and of these
the nearest.

What is left out on purpose:
- components of one stroke (一, 丨, 丶): any stroke is like one of them, so they would explain everything. A stroke that
  belongs to no larger part stays unexplained, in real drawings too;
- the whole drawing as one part: a character learnt by heart is then explained by its components, as any other is, and
  not by itself; whether it is new is for `novelty` to say;
- characters that are a component of no other: a part is something of which characters are made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.dataset import DrawingSet
from pipeline.describe import components
from pipeline.describe.components import SAME, WHOLE
from pipeline.drawing import Steps
from pipeline.progress import Progress, unseen
from pipeline.score.structure import traces
from pipeline.score.structure.traces import POINTS, Traces

FLAT = 0.3  # a run's shorter side counts as at least this share of its longer one: 二 has no height to speak of
PROPORTION = 0.15  # weight of a difference in ln(width / height), beside the points' distance
# How far a stroke may be from the template's, root mean square of its points, in sides of the run's box; and how much
# wider or narrower a run may be. The 95th and 99th percentile of held-out components; a test takes them again.
LIMITS = {2: 0.051, 3: 0.057, 4: 0.088}  # by the number of strokes, the last for all above it
STRETCH = 1.6
PLACE = 0.1  # how far a part's box may be from where the training drawings have it, in sides of the drawing

RUN: dict[str, Any] = {
    "drawing": np.int64,
    "first": np.int64,
    "strokes": np.int64,
    "element": "str",
    "distance": np.float32,
}
COLUMNS = ("drawing", "element", "first", "last", "distance", "left", "top", "right", "bottom", "away")


class PartsError(ValueError):
    """Drawings that tell of no components."""


@dataclass(frozen=True)
class Templates:
    """M instances of components of k strokes: element (M,) of one character each, descriptor (M, 2 k N + 1)."""

    element: NDArray[np.str_]
    descriptor: NDArray[np.float32]


@dataclass(frozen=True)
class Library:
    """templates by number of strokes; places: element -> (m, 4) the boxes where drawings have it as a part."""

    templates: dict[int, Templates]
    places: dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Found:
    """table: a row a part, in the order of drawings and strokes: drawing (its number), element, first, last (strokes,
    inclusive), distance (of its worst stroke), left, top, right, bottom (with the middle of the drawing at 0 and its
    longer side 1), away (from where that element stands in training drawings: the largest difference of a side).
    strokes, explained: (B,) int64."""

    table: pd.DataFrame
    strokes: NDArray[np.int64]
    explained: NDArray[np.int64]

    @property
    def share(self) -> NDArray[np.float64]:
        """Of each drawing the share of its strokes that belong to a part, (B,)."""
        return self.explained / self.strokes

    def names(self) -> list[str]:
        """Of each drawing its parts in the order of writing, as 木 + 口; "" without any."""
        joined = self.table.groupby("drawing")["element"].agg(" + ".join)
        return joined.reindex(range(len(self.strokes)), fill_value="").tolist()


def tells_parts(index: pd.DataFrame) -> bool:
    """Whether a set's index says of which components its drawings are made."""
    return {"character", "groups"} <= set(index.columns) and bool((index["groups"].str.len() > len("[]")).any())


def library(training: DrawingSet) -> Library:
    """All instances of components of at least two strokes. Raises PartsError: the drawings tell of none."""
    if not tells_parts(training.index):
        raise PartsError("the training drawings say nothing of components; parts are to be had of KanjiVG alone")
    traced = traces.of(list(training))
    known = instances(training)
    templates = {}
    for strokes in sorted(set(known["strokes"].tolist())):
        those = known[known["strokes"] == strokes]
        points = _runs(traced, those["drawing"].to_numpy(), those["first"].to_numpy(), strokes)
        templates[strokes] = Templates(those["element"].to_numpy(str), _descriptors(points))
    inside = known[~known["whole"]]
    placed = _run_boxes(traced, *(inside[name].to_numpy() for name in ("drawing", "first", "strokes")))
    rows = inside.groupby("element").indices
    return Library(templates, {str(element): placed[those] for element, those in rows.items()})


def instances(drawings: DrawingSet) -> pd.DataFrame:
    """Where components of at least two strokes stand: element, drawing, first (stroke), strokes, whole (the component
    is the drawing). Of one element's forms the usual one gives the name."""
    rows = []
    for element, found in components.instances(drawings).items():
        if element not in SAME and any(one.place != WHOLE for one in found):
            rows += [(element, i.drawing, i.first, i.last - i.first + 1, i.place == WHOLE) for i in found]
    table = pd.DataFrame(rows, columns=["element", "drawing", "first", "strokes", "whole"])
    return table[table["strokes"] > 1].reset_index(drop=True)


def find(drawings: Sequence[Steps], known: Library, progress: Progress = unseen) -> Found:
    """The parts of B drawings, (n, 3) steps in any unit."""
    traced = traces.of(drawings)
    matches = [match(traced, *_all_runs(traced, k), known.templates[k], k) for k in progress(sorted(known.templates))]
    chosen = _chosen(pd.concat(matches, ignore_index=True), traced.counts) if matches else []
    table = pd.DataFrame(chosen, columns=list(RUN)).astype(RUN)
    explained = np.bincount(table["drawing"], table["strokes"], minlength=len(traced)).astype(np.int64)
    placed = _run_boxes(traced, *(table[name].to_numpy() for name in ("drawing", "first", "strokes")))
    for i, side in enumerate(("left", "top", "right", "bottom")):
        table[side] = placed[:, i]
    table["away"] = [_away(box, known.places[e]) for e, box in zip(table["element"], placed, strict=True)]
    table["last"] = table["first"] + table["strokes"] - 1
    return Found(table[list(COLUMNS)], traced.counts, explained)


def match(traced: Traces, drawing: NDArray, first: NDArray, templates: Templates, strokes: int) -> pd.DataFrame:
    """Runs of `strokes` strokes, R of them -> those near enough to their nearest template: drawing, first, strokes,
    element, distance."""
    descriptor = _descriptors(_runs(traced, drawing, first, strokes))
    best, _ = traces.nearest(descriptor, templates.descriptor)
    apart = descriptor - templates.descriptor[best]
    distance = _worst_stroke(apart, strokes)
    good = (distance < LIMITS[min(strokes, max(LIMITS))]) & (np.abs(apart[:, -1]) < PROPORTION * np.log(STRETCH))
    columns = {"drawing": drawing, "first": first, "strokes": strokes, "element": templates.element[best]}
    return pd.DataFrame(columns | {"distance": distance})[list(RUN)][good]


# ---- runs


def _all_runs(traced: Traces, strokes: int) -> tuple[NDArray, NDArray]:
    """Drawing and first stroke of every run that is not a whole drawing: (R,), (R,)."""
    count = np.where(traced.counts > strokes, traced.counts - strokes + 1, 0)
    drawing = np.repeat(np.arange(len(traced)), count)
    return drawing, np.arange(len(drawing)) - np.repeat(np.cumsum(count) - count, count)


def _runs(traced: Traces, drawing: NDArray, first: NDArray, strokes: int) -> NDArray[np.float32]:
    """(R, k, N, 2)."""
    return traced.points[(traced.first[drawing] + first)[:, None] + np.arange(strokes)]


def _run_boxes(traced: Traces, drawing: NDArray, first: NDArray, strokes: NDArray) -> NDArray[np.float32]:
    """left, top, right, bottom of runs in their drawings, (R, 4)."""
    begin = traced.first[drawing] + first
    if not len(begin):
        return np.zeros((0, 4), np.float32)
    sides = np.concatenate((traced.boxes, traced.boxes[-1:]))  # a row more, as a run may end with the last stroke
    pairs = np.stack((begin, begin + strokes), axis=1).ravel()  # every second interval is a run
    low, high = np.minimum.reduceat(sides[:, :2], pairs), np.maximum.reduceat(sides[:, 2:], pairs)
    return np.concatenate((low, high), axis=1)[::2]


def _descriptors(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(R, k, N, 2) -> (R, 2 k N + 1): the points in the run's own box, scaled so that the Euclidean distance of two is
    the root mean square of the points'; last the weighted logarithm of width / height."""
    box = traces.boxes(points)
    span = box[:, 2:] - box[:, :2]
    side = np.maximum(span, FLAT * span.max(axis=1, keepdims=True))
    side = np.where(side > 0, side, 1)
    middle = (box[:, 2:] + box[:, :2]) / 2
    inside = (points - middle[:, None, None]) / side[:, None, None]
    count = points.shape[1] * POINTS
    flat = inside.reshape(len(points), 2 * count) / np.sqrt(count)
    return np.column_stack((flat, PROPORTION * np.log(side[:, 0] / side[:, 1])))


def _worst_stroke(apart: NDArray[np.float32], strokes: int) -> NDArray[np.float32]:
    """Differences of descriptors (R, 2 k N + 1) -> the largest root mean square distance of a stroke, (R,)."""
    square = np.square(apart[:, :-1]).reshape(len(apart), strokes, 2 * POINTS).sum(axis=2)
    return np.sqrt(strokes * square.max(axis=1))


def _away(box: NDArray, places: NDArray) -> float:
    return float(np.abs(places - box).max(axis=1).min())


# ---- choosing


def _chosen(runs: pd.DataFrame, counts: NDArray[np.int64]) -> list[tuple]:
    """Rows of `runs`, for each drawing the best that do not overlap, in the order of writing."""
    chosen: list[tuple] = []
    for _, those in runs.groupby("drawing", sort=True):
        rows = list(those.itertuples(index=False, name=None))
        chosen += _cover(rows, int(counts[rows[0][0]]))
    return chosen


def _cover(runs: list[tuple], strokes: int) -> list[tuple]:
    """Dynamic programme over the strokes: best[i] is for the first i strokes (explained, -parts, -distances) and the
    run that ends there, if any."""
    ending: dict[int, list[tuple]] = {}
    for run in runs:
        ending.setdefault(run[1] + run[2], []).append(run)
    best: list[tuple[tuple[float, ...], tuple | None]] = [((0, 0, 0.0), None)]
    for end in range(1, strokes + 1):
        options: list[tuple[tuple[float, ...], tuple | None]] = [(best[end - 1][0], None)]
        for run in ending.get(end, []):
            explained, parts, near = best[run[1]][0]
            options.append(((explained + run[2], parts - 1, near - run[4]), run))
        best.append(max(options, key=lambda option: option[0]))
    chosen, at = [], strokes
    while at > 0:
        last = best[at][1]
        if last is not None:
            chosen.append(last)
        at = at - 1 if last is None else last[1]
    return chosen[::-1]
