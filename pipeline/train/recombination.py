"""Drawings of which some components come from other drawings: more characters for training than there are.

Shapes: B drawings, N points of all of them, M components in them.

A held-out character is made of components that the net has seen, side by side as it has not seen them. So for training
one or two components of a drawing (KanjiVG's groups, of any depth) give place to one of another character, mostly the
same component, else any that stands in the same position (left, top, ...), fitted into the box of the one that it
replaces. Boxes that would have to be stretched too far are passed over. What it brings is in docs/experiments.md.

For a net that is told of parts these are the parts of the descriptions: a recombined drawing brings its own, with the
substitute's in the place of the part's. What it is part of keeps its name only where the substitute is the same part.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from pydantic import Field
from scipy.spatial import KDTree
from torch import Tensor

from pipeline import params
from pipeline.dataset import DrawingSet
from pipeline.describe.derivation import Told
from pipeline.describe.description import Description, canonical
from pipeline.describe.exemplars import families_of, styles_of
from pipeline.drawing import END_OF_CHARACTER, END_OF_STROKE, ON_PAPER, Steps
from pipeline.seeds import generator

NEAREST = 40  # components that a box is compared with
STRETCH = 1.3  # how much wider, narrower, higher or lower another component may be
FLAT = 0.2  # in the net's units: a side shorter than this counts as this, and is not stretched
SAME_ELEMENT = 0.75  # share of the replacements that are the same component, where there is one
CHOICE_STREAM = 2  # key of the random stream of an epoch

Share = Annotated[float, Field(ge=0, le=1)]


@params.section
class RecombinationParams:
    recombinations: Annotated[int, Field(ge=0)]  # that are made of each training drawing; 0: none
    recombined: Share  # of an epoch's drawings, at the beginning
    recombined_at_end: Share  # in the last epoch; straight from one to the other


@dataclass(frozen=True)
class Points:
    """All drawings as one: places (N, 2) float64 from the boxes' centres, pens (N,), and the row of the first point of
    each drawing (B + 1,) and of each stroke."""

    places: NDArray[np.float64]
    pens: NDArray[np.float32]
    drawings: NDArray[np.int64]
    strokes: NDArray[np.int64]

    @classmethod
    def of(cls, drawings: DrawingSet) -> "Points":
        places = [np.cumsum(steps[:, :2], axis=0, dtype=np.float64) for steps in drawings]
        pens = np.concatenate([steps[:, 2] for steps in drawings])
        firsts = np.cumsum([0, *map(len, places)])
        strokes = np.concatenate(([0], np.flatnonzero(pens != ON_PAPER) + 1))
        return cls(np.concatenate(places), pens, firsts, strokes)


@dataclass(frozen=True)
class Components:
    """M components: `table` has a row each, drawing, family (drawings of one character), style, element, position,
    first and last (strokes of the drawing), start and stop (rows of the points); centre and size of their boxes, each
    (M, 2). parts: the part of the description that each is, () where drawings are not described."""

    table: pd.DataFrame
    centre: NDArray[np.float64]
    size: NDArray[np.float64]
    parts: tuple[Told, ...] = ()

    def __len__(self) -> int:
        return len(self.table)


@dataclass(frozen=True)
class Recombined:
    """Drawings and their recombinations; told: the description of each, () where none came with the drawings; families:
    of the characters that each is made of, and styles, see `exemplars.families_of`, `exemplars.styles_of`: also none
    where drawings that are not described are left as they are."""

    drawings: DrawingSet
    told: Sequence[Told]
    families: list[frozenset[int]]
    styles: list[int]

    @classmethod
    def nothing(cls, drawings: DrawingSet, told: Sequence[Told]) -> "Recombined":
        """The drawings as they are."""
        if not told:
            return cls(drawings, told, [], [])
        families = [frozenset({family}) for family in families_of(drawings.index).tolist()]
        return cls(drawings, told, families, styles_of(drawings.index).tolist())


def recombined(drawings: DrawingSet, options: RecombinationParams, seed: int, told: Sequence[Told] = ()) -> Recombined:
    """The drawings and, after all of them, as many recombinations of all, and again: row j B + i is made of drawing i.

    Where nothing fits that row is the drawing itself; where no drawing has components, only the drawings come back.
    Offsets in the net's units. told: their descriptions. A function of the arguments.
    """
    itself = Recombined.nothing(drawings, told)
    if not options.recombinations or not len(drawings) or not told and "groups" not in drawings.index:
        return itself
    points = Points.of(drawings)
    components = find(drawings, points, told)
    if not len(components):
        return itself
    alike = [["element"], ["position"]] if not told else [["element", "style"], ["position", "style"]]
    like, beside = (neighbours(components, columns) for columns in alike)
    mine = _rows_of(components.table, ["drawing"])
    source = np.random.default_rng((seed, CHOICE_STREAM))
    family = components.table["family"].tolist()
    made, described = [], list(told)
    families = [frozenset({one}) for one in families_of(drawings.index).tolist()]
    for i in (i for _ in range(options.recombinations) for i in range(len(drawings))):
        replaced = _replaced(mine.get(i, np.zeros(0, np.int64)), components, like, beside, source)
        made.append(_steps(i, replaced, points, components))
        families.append(families[i] | {family[by] for _, by in replaced})
        if told:
            pairs = [(components.parts[at], components.parts[by]) for at, by in replaced]
            described.append(exchanged(told[i], pairs))
    everything = [*drawings, *made]
    stops = np.cumsum([len(steps) for steps in everything])
    index = pd.DataFrame({"start": stops - [len(steps) for steps in everything], "stop": stops})
    styles = styles_of(drawings.index).tolist() * (1 + options.recombinations)
    return Recombined(DrawingSet(np.concatenate(everything), index), described, families, styles)


def find(drawings: DrawingSet, points: Points, told: Sequence[Told] = ()) -> Components:
    """The components of drawings that are not the whole of one, once each, and written in one go."""
    columns = ["drawing", "family", "element", "position", "first", "last"]
    parts: tuple[Told, ...] = ()
    if told:
        found = [(i, *one) for i, drawing in enumerate(told) for one in _parts(drawing)]
        parts = tuple(part for _, _, part in found)
        spans = [(i, canonical(part.description.name), place, *part.runs[0]) for i, place, part in found]
    else:
        spans = list(_named(drawings.index, points)) if "groups" in drawings.index else []
    families = families_of(drawings.index).tolist()
    table = pd.DataFrame([(i, families[i], *rest) for i, *rest in spans], columns=columns)
    table["style"] = styles_of(drawings.index)[table["drawing"].to_numpy(np.int64)]
    begin = np.searchsorted(points.strokes, points.drawings[table["drawing"].to_numpy(np.int64)])
    table["start"] = points.strokes[begin + table["first"].to_numpy(np.int64)]
    table["stop"] = points.strokes[begin + table["last"].to_numpy(np.int64) + 1]
    boxes = [points.places[a:b] for a, b in zip(table["start"], table["stop"], strict=True)]
    low, high = (np.array([f(box, axis=0) for box in boxes]).reshape(-1, 2) for f in (np.min, np.max))
    return Components(table, (low + high) / 2, high - low, parts)


def _parts(told: Told) -> Iterator[tuple[str, Told]]:
    """Named parts of more than a stroke, and the slot of the operator that each stands in."""
    for slot, part in enumerate(told.parts):
        if part.description.name and len(part.runs) == 1 and part.runs[0][0] < part.runs[0][1]:
            yield f"{told.description.operator}{slot}", part
        yield from _parts(part)


def _named(index: pd.DataFrame, points: Points) -> Iterator[tuple[int, str, str, int, int]]:
    for i, text in enumerate(index["groups"]):
        first = int(np.searchsorted(points.strokes, points.drawings[i]))
        count = int(np.searchsorted(points.strokes, points.drawings[i + 1])) - first
        seen = {(0, count - 1)}
        for group in json.loads(text):
            span = (group["first"], group["last"])
            if span in seen or group["part"]:
                continue
            seen.add(span)
            yield i, group["element"], group["position"], *span


def exchanged(told: Told, replaced: Sequence[tuple[Told, Told]]) -> Told:
    """A description with parts of it, each written in one go, replaced by others."""
    spans = [(*part.runs[0], _strokes(by)) for part, by in replaced]

    def moved(stroke: int) -> int:
        return stroke + sum(count - (last - first + 1) for first, last, count in spans if last < stroke)

    def again(node: Told) -> tuple[Told, bool]:
        """The node now, and whether it is still what its name says."""
        for part, by in replaced:
            if node is part:
                same = canonical(part.description.name) == canonical(by.description.name)
                return _shifted(by, moved(part.runs[0][0]) - by.runs[0][0]), same
        parts = [again(part) for part in node.parts]
        same = all(kept for _, kept in parts)
        runs = tuple((moved(first), moved(last + 1) - 1) for first, last in node.runs)
        spelling = tuple(part.description for part, _ in parts)
        name = node.description.name if same else ""
        return Told(
            Description(name, node.description.operator, spelling), runs, tuple(part for part, _ in parts)
        ), same

    return again(told)[0]


def _shifted(told: Told, by: int) -> Told:
    runs = tuple((first + by, last + by) for first, last in told.runs)
    return replace(told, runs=runs, parts=tuple(_shifted(part, by) for part in told.parts))


def _strokes(told: Told) -> int:
    return sum(last - first + 1 for first, last in told.runs)


def neighbours(components: Components, alike: list[str]) -> NDArray[np.int64]:
    """(M, NEAREST): for each component those that may take its place, of its kind and of another character, whose
    boxes are nearest in place and size; -1 where there are no more."""
    found = np.full((len(components), NEAREST), -1)
    boxes = np.hstack((components.centre, components.size))
    family, sides = components.table["family"].to_numpy(), np.maximum(components.size, FLAT)
    for rows in _rows_of(components.table, alike).values():
        _, near = KDTree(boxes[rows]).query(boxes[rows], k=[*range(1, min(NEAREST, len(rows)) + 1)])
        other = rows[near]  # (rows, at most NEAREST)
        stretch = sides[other] / sides[rows][:, None]
        fits = ((stretch < STRETCH) & (stretch > 1 / STRETCH)).all(axis=2) & (family[other] != family[rows][:, None])
        found[rows, : other.shape[1]] = np.where(fits, other, -1)
    return found


def _rows_of(table: pd.DataFrame, columns: list[str]) -> dict[Any, NDArray[np.int64]]:
    """The numbers of the rows that have each value."""
    return {key: np.asarray(rows, np.int64) for key, rows in table.groupby(columns).indices.items()}


def _replaced(
    mine: NDArray[np.int64], components: Components, like: NDArray, beside: NDArray, source: np.random.Generator
) -> list[tuple[int, int]]:
    """One or two of a drawing's components, `mine`, and what takes their place, in the order of writing."""
    start, stop = components.table["start"].to_numpy(), components.table["stop"].to_numpy()
    replaced: list[tuple[int, int]] = []
    wanted = source.integers(1, 3)
    for at in source.permutation(mine):
        if len(replaced) == wanted:
            break
        if any(start[at] < stop[other] and start[other] < stop[at] for other, _ in replaced):
            continue
        choice = like[at] if source.random() < SAME_ELEMENT else beside[at]
        if len(choice := choice[choice >= 0]):
            replaced.append((int(at), int(source.choice(choice))))
    return sorted(replaced, key=lambda pair: start[pair[0]])


def _steps(i: int, replaced: list[tuple[int, int]], points: Points, components: Components) -> Steps:
    """Drawing i with components of it replaced."""
    start, stop = components.table["start"].to_numpy(), components.table["stop"].to_numpy()
    parts, row = [], points.drawings[i]
    for at, by in replaced:
        parts.append((points.places[row : start[at]], points.pens[row : start[at]]))
        parts.append((_fitted(by, at, points, components), points.pens[start[by] : stop[by]]))
        row = stop[at]
    parts.append((points.places[row : points.drawings[i + 1]], points.pens[row : points.drawings[i + 1]]))
    places, pens = (np.concatenate(part) for part in zip(*parts, strict=True))
    steps = np.empty((len(pens), 3), np.float32)
    steps[:, :2] = np.diff(places, axis=0, prepend=[[0, 0]])
    steps[:, 2] = np.minimum(pens, END_OF_STROKE)
    steps[-1, 2] = END_OF_CHARACTER
    return steps


def _fitted(by: int, at: int, points: Points, components: Components) -> NDArray[np.float64]:
    """The points of the component `by` in the box of the component `at`."""
    table, size = components.table, components.size
    places = points.places[table["start"].iat[by] : table["stop"].iat[by]]
    factor = np.where(size[by] > FLAT, np.maximum(size[at], FLAT) / np.maximum(size[by], FLAT), 1)
    return (places - components.centre[by]) * factor + components.centre[at]


def chosen(drawings: int, rows: int, options: RecombinationParams, done: float, seed: int, epoch: int) -> Tensor:
    """(B,) int64: for each of B drawings the row of a set of `rows` that stands for it in this epoch, itself or a
    recombination. `done` is the share of the training that is over."""
    source = generator(seed, CHOICE_STREAM, epoch)
    copies = rows // drawings - 1
    share = options.recombined + (options.recombined_at_end - options.recombined) * done
    copy = torch.randint(1, max(copies, 1) + 1, (drawings,), generator=source)
    replaced = torch.rand(drawings, generator=source) < (share if copies else 0.0)
    return torch.arange(drawings) + drawings * copy * replaced
