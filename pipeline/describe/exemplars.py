"""Exemplars: how other characters have the parts of a description, to be written after.

A part of a training drawing that has a name and two strokes is an instance of it. The exemplar of a part is an instance
of its name, of another character, that stands as it is to stand: one with the same operators and slots above it, as
many as can be had, and of those one beside which about as many strokes are drawn. What stood elsewhere is moved and
stretched from the usual box of its place to that of the part's.

Points are in the net's scaled units from the middle of the writing box, y down, on a grid of GRID.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from pipeline.dataset import DrawingSet
from pipeline.describe import instances
from pipeline.describe.arrangement import Told
from pipeline.describe.encoding import DEPTH, PLACES, Exemplar
from pipeline.drawing import ON_PAPER
from pipeline.files import whole_file

if TYPE_CHECKING:
    import pandas as pd  # slow, and who writes at once reads no table

FILE = "exemplars.safetensors"
BRUSH = "Kaisho"  # in the name of a variant
STYLES = 2  # of the first hand: as in books, and with a brush; each further hand is one more
GRID = 0.001  # of a scaled unit; KanjiVG's own digits are 0.01 / 15
STRETCH = 2.5  # at most, of what stood elsewhere


class ExemplarError(ValueError):
    """A file that holds no exemplars."""


class Run(NamedTuple):
    """Strokes that are written in one go: points (N, 2) float32 and lengths (S,), how many each stroke has."""

    points: NDArray[np.float32]
    lengths: NDArray[np.int64]


@dataclass(frozen=True)
class Choice:
    """Which instance is the exemplar: one of the `among` that fit best, by lot of the source, else the best.

    families: of the characters that must not be shown; style: see `styles_of`, None for the net's own; hidden: share of
    the parts known by name for which none is shown, by lot."""

    families: frozenset[int] = frozenset()
    style: int | None = None
    source: np.random.Generator | None = None
    among: int = 1
    hidden: float = 0.0

    def hides(self) -> bool:
        return self.source is not None and bool(self.source.random() < self.hidden)


BEST = Choice()


def families_of(index: "pd.DataFrame") -> NDArray[np.int32]:
    """(D,) of each drawing its code point, as its variants have; a number below 0, by its id, where it has none."""
    codes = index["code_point"].to_numpy(np.int32, copy=True)
    for row in np.flatnonzero(codes < 0).tolist():
        name = str(index["id"].iat[row]).partition("~")[0]  # without the number that tells it from another of that name
        codes[row] = -1 - zlib.crc32(name.encode()) % 2**31
    return codes


def styles_of(index: "pd.DataFrame") -> NDArray[np.uint8]:
    """(D,) of each drawing 1 where it is one of KanjiVG's brush forms, else 0; where a set has several hands, of the
    drawings of hand h, from 1, STYLES + h - 1: their column `style` says it."""
    if "style" in index:
        return index["style"].to_numpy(np.uint8)
    if "variant" not in index:
        return np.zeros(len(index), np.uint8)
    return np.array([BRUSH in variant for variant in index["variant"]], np.uint8)


def hand_of(style: int) -> int:
    """The number of the hand whose style it is, 0 for the first."""
    return max(0, style - STYLES + 1)


def usual_forms(index: "pd.DataFrame", each_hand: bool = False) -> NDArray[np.bool_]:
    """(D,) of each character one drawing, or one of each hand: the one that is no variant, else the first; all that
    have no code point."""
    codes = index["code_point"].to_numpy()
    hands = np.array([hand_of(style) for style in styles_of(index).tolist()]) * each_hand
    plain = (index["variant"] == "").to_numpy() if "variant" in index else np.ones(len(index), bool)
    order = np.lexsort((np.arange(len(index)), ~plain, hands, codes))
    first = np.ones(len(index), bool)
    first[1:] = (np.diff(codes[order]) != 0) | (np.diff(hands[order]) != 0)
    usual = np.zeros(len(index), bool)
    usual[order] = first
    return usual | (codes < 0)


@dataclass(frozen=True)
class Library:
    """Shapes: D drawings, S strokes and N points of all of them, M instances with R runs of strokes, C places.

    points (N, 2) int16, or int32 where they are far out, in units of GRID; strokes (S + 1,), drawings (D + 1,), runs
    (M + 1,) where each begins; families and styles (D,), see `families_of`, `styles_of`; names: of the instances, each
    once; name, drawing and rest (M,): which, and how many strokes there are beside it; paths (M, DEPTH); spans (R, 2)
    first and last stroke within the drawing; boxes (C, 4): left, top, right, bottom of the usual box of each place
    within the box above it, 0 to 1; whole (4,): that of a drawing.
    """

    names: tuple[str, ...]
    arrays: dict[str, NDArray]

    @classmethod
    def learn(cls, drawings: DrawingSet, told: Sequence[Told]) -> "Library":
        """From scaled drawings and their descriptions."""
        places = [np.cumsum(steps[:, :2], axis=0, dtype=np.float64) for steps in drawings]
        lifts = [np.flatnonzero(steps[:, 2] != ON_PAPER) + 1 for steps in drawings]
        firsts = np.cumsum([0, *map(len, places)])
        strokes = np.concatenate([[0], *(stops + first for stops, first in zip(lifts, firsts, strict=False))])
        found = [one for row, drawing in enumerate(told) for one in instances.of_drawing(drawing, row)]
        names = tuple(sorted({one.name for one in found}))
        number = {name: i for i, name in enumerate(names)}
        points = np.rint(np.concatenate(places) / GRID) if places else np.zeros((0, 2))
        begins = np.cumsum([0, *map(len, lifts)])  # the first stroke of each drawing
        boxes, whole = instances.usual_boxes(told, instances.stroke_boxes(points * GRID, strokes), begins)
        return cls(
            names,
            {
                "points": points.astype(np.int16 if np.abs(points).max(initial=0) < 2**15 else np.int32),
                "strokes": strokes.astype(np.int32),
                "drawings": begins.astype(np.int32),
                "families": families_of(drawings.index),
                "styles": styles_of(drawings.index),
                "name": np.array([number[one.name] for one in found], np.int32),
                "drawing": np.array([one.drawing for one in found], np.int32),
                "rest": np.array([one.rest for one in found], np.int16),
                "paths": np.array([one.path for one in found], np.uint8).reshape(-1, DEPTH),
                "runs": np.cumsum([0, *(len(one.runs) for one in found)]).astype(np.int32),
                "spans": np.array([run for one in found for run in one.runs], np.int16).reshape(-1, 2),
                "boxes": boxes.astype(np.float32),
                "whole": whole.astype(np.float32),
            },
        )

    def save(self, folder: Path) -> None:
        with whole_file(folder / FILE) as partial:
            safetensors.numpy.save_file(self.arrays, partial, {"names": json.dumps(self.names, ensure_ascii=False)})

    @classmethod
    def load(cls, folder: Path) -> "Library":
        """Raises ExemplarError."""
        path = folder / FILE
        try:
            with safe_open(path, framework="np") as file:
                names = json.loads((file.metadata() or {})["names"])
                arrays = {name: file.get_tensor(name) for name in NOTHING.arrays}
            _check(names, arrays)
            return cls(tuple(names), arrays)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ExemplarError(
                f"{path} holds no exemplars ({error}); `dvc repro --force train` makes it anew"
            ) from None

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def has(self, name: str, families: frozenset[int]) -> bool:
        """Whether a character of another family has a part of this name."""
        return bool(self._families.get(name, frozenset()) - families)

    def exemplar(self, name: str, path: NDArray, rest: int, choice: Choice) -> list[Run]:
        """Its runs of strokes; [] where there is none. path: (DEPTH,) as in `encoding`; rest: how many strokes all
        other parts have."""
        best = self._best(name, path, rest, choice)
        if not len(best):
            return []
        row = int(best[0] if choice.source is None else best[choice.source.integers(len(best))])
        scale, shift = self._way(self.arrays["paths"][row].astype(np.int64).tobytes(), path.tobytes())
        return [Run(run.points * scale + shift, run.lengths) for run in self._strokes(row)]

    @cached_property
    def _rows(self) -> dict[str, NDArray[np.int64]]:
        order = np.argsort(self.arrays["name"], kind="stable")
        stops = np.searchsorted(self.arrays["name"][order], np.arange(len(self.names) + 1))
        return {name: order[a:b] for name, a, b in zip(self.names, stops[:-1], stops[1:], strict=True)}

    @cached_property
    def _families(self) -> dict[str, frozenset[int]]:
        return {name: frozenset(self._family[rows].tolist()) for name, rows in self._rows.items()}

    @cached_property
    def _family(self) -> NDArray[np.int32]:
        """(M,) of each instance."""
        return self.arrays["families"][self.arrays["drawing"]]

    @cached_property
    def _style(self) -> NDArray[np.uint8]:
        return self.arrays["styles"][self.arrays["drawing"]]

    def _best(self, name: str, path: NDArray, rest: int, choice: Choice) -> NDArray[np.int64]:
        """The rows of the `among` best ones, the best first."""
        style = choice.style or 0
        key = (name, path.tobytes(), rest, style)
        if key not in self._orders:
            self._orders[key] = self._order(name, path, rest, style)
        rows = self._orders[key]
        for family in choice.families:
            rows = rows[self._family[rows] != family]
        rows = rows[: choice.among]
        return rows[self._style[rows] == self._style[rows[:1]]]

    @cached_property
    def _orders(self) -> dict[tuple[str, bytes, int, int], NDArray[np.int64]]:
        return {}

    def _order(self, name: str, path: NDArray, rest: int, style: int) -> NDArray[np.int64]:
        """Rows of a name, the best first."""
        rows = self._rows.get(name, np.zeros(0, np.int64))
        alike = np.cumprod((self.arrays["paths"][rows] == path)[:, ::-1], axis=1).sum(axis=1)
        apart = np.abs(self.arrays["rest"][rows].astype(np.int64) - rest)
        return rows[np.lexsort((apart, -alike, self._style[rows] != style))]

    def only(self, style: int) -> "Library":
        """The instances of this style and their strokes alone."""
        a = self.arrays
        kept = a["styles"] == style
        rows = np.flatnonzero(kept[a["drawing"]])
        strokes = np.flatnonzero(np.repeat(kept, np.diff(a["drawings"])))
        lengths = np.diff(a["strokes"])
        runs = np.diff(a["runs"])
        return Library(
            self.names,
            a
            | {
                "points": a["points"][np.repeat(np.isin(np.arange(len(lengths)), strokes), lengths)],
                "strokes": np.cumsum([0, *lengths[strokes]]).astype(np.int32),
                "drawings": np.cumsum([0, *np.diff(a["drawings"])[kept]]).astype(np.int32),
                "families": a["families"][kept],
                "styles": a["styles"][kept],
                "name": a["name"][rows],
                "drawing": (np.cumsum(kept) - 1)[a["drawing"][rows]].astype(np.int32),
                "rest": a["rest"][rows],
                "paths": a["paths"][rows],
                "runs": np.cumsum([0, *runs[rows]]).astype(np.int32),
                "spans": a["spans"][np.repeat(kept[a["drawing"]], runs)],
            },
        )

    def _strokes(self, row: int) -> list[Run]:
        first = self.arrays["drawings"][self.arrays["drawing"][row]]
        spans = self.arrays["spans"][self.arrays["runs"][row] : self.arrays["runs"][row + 1]]
        runs = [self.arrays["strokes"][first + a : first + b + 2] for a, b in spans.tolist()]
        points = [self.arrays["points"][at[0] : at[-1]].astype(np.float32) for at in runs]
        return [Run(one * np.float32(GRID), np.diff(at)) for one, at in zip(points, runs, strict=True)]

    def _way(self, source: bytes, target: bytes) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What points of one place are multiplied by, and what is then added, to stand in another; places by the bytes
        of their paths."""
        if (source, target) not in self._ways:
            a, b = (self._box(np.frombuffer(path, np.int64).tolist()) for path in (source, target))
            scale = np.clip((b[2:] - b[:2]) / (a[2:] - a[:2]), 1 / STRETCH, STRETCH)
            shift = (b[:2] + b[2:]) / 2 - scale * (a[:2] + a[2:]) / 2
            self._ways[source, target] = scale.astype(np.float32), shift.astype(np.float32)
        return self._ways[source, target]

    @cached_property
    def _ways(self) -> dict[tuple[bytes, bytes], tuple[NDArray[np.float32], NDArray[np.float32]]]:
        return {}

    def _box(self, path: Sequence[int]) -> NDArray[np.float64]:
        box = self.arrays["whole"].astype(np.float64)
        for at in path:
            if at:
                inner, size = self.arrays["boxes"][at], box[2:] - box[:2]
                box = np.concatenate((box[:2] + size * inner[:2], box[:2] + size * inner[2:]))
        return box


NOTHING = Library(
    (),
    {
        "points": np.zeros((0, 2), np.int16),
        "strokes": np.zeros(1, np.int32),
        "drawings": np.zeros(1, np.int32),
        "families": np.zeros(0, np.int32),
        "styles": np.zeros(0, np.uint8),
        "name": np.zeros(0, np.int32),
        "drawing": np.zeros(0, np.int32),
        "rest": np.zeros(0, np.int16),
        "paths": np.zeros((0, DEPTH), np.uint8),
        "runs": np.zeros(1, np.int32),
        "spans": np.zeros((0, 2), np.int16),
        "boxes": np.zeros((PLACES, 4), np.float32),
        "whole": np.zeros(4, np.float32),
    },
)


def _check(names: Sequence[str], arrays: Mapping[str, NDArray]) -> None:
    """Raises ValueError: arrays that do not belong together."""
    shapes = {name: array.shape[1:] for name, array in arrays.items()}
    length = {name: len(array) for name, array in arrays.items()}
    ends = {name: int(arrays[name][-1]) if length[name] else -1 for name in ("strokes", "drawings", "runs")}
    fits = (
        shapes == {name: array.shape[1:] for name, array in NOTHING.arrays.items()}
        and length["name"] == length["drawing"] == length["rest"] == length["paths"] == length["runs"] - 1
        and (ends["strokes"], ends["drawings"]) == (length["points"], length["strokes"] - 1)
        and length["families"] == length["styles"] == length["drawings"] - 1
        and (ends["runs"], length["boxes"], length["whole"]) == (length["spans"], PLACES, 4)
        and max(arrays["name"].max(initial=-1) - len(names), arrays["drawing"].max(initial=-1) - length["families"]) < 0
    )
    if not fits:
        raise ValueError("its arrays do not belong together")


def of_visits(visited: Sequence[tuple[int, int]], found: Mapping[int, list[Run]]) -> Exemplar:
    """visited: (leaf, piece) in the order of writing; found: the runs of each leaf that is shown one. The last piece of
    a leaf is shown all runs that are left."""
    last = dict(visited)
    shown: list[Run] = []
    counts = [0]
    for leaf, piece in visited:
        runs = found.get(leaf, [])
        mine = runs[piece:] if piece == last[leaf] else runs[piece : piece + 1]
        shown += mine
        counts.append(sum(len(run.lengths) for run in mine))
    if not shown:
        return Exemplar.nothing(len(visited))
    ends = np.cumsum(np.concatenate([[0], *(run.lengths for run in shown)]))
    return Exemplar(np.concatenate([run.points for run in shown]), ends, np.cumsum(counts))
