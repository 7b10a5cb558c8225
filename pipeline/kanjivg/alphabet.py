"""The type of each stroke, as kvg:type says it: that of the known strokes that are most like it.

A stroke is described by its shape in its own box, by its size, by where it stands in the drawing, and by where its
neighbours in the order of writing begin and end: what is one line by itself, ㇐ and ㇐b, differs by what is round it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipeline import drawing
from pipeline.dataset import DrawingSet
from pipeline.drawing import Steps

POINTS = 6  # of a stroke
SIZE, PLACE, NEIGHBOURS = 0.1, 0.2, 0.5  # weights beside the shape: ln of the size, the middle, the neighbours' ends
VOTES = 5  # nearest known strokes, each with the weight 1 / distance


class AlphabetError(ValueError):
    """Drawings that say no types."""


@dataclass(frozen=True)
class Alphabet:
    """tree: of known strokes; types (S,) of these."""

    tree: cKDTree
    types: NDArray[np.str_]

    @classmethod
    def learn(cls, known: DrawingSet) -> Self:
        """From drawings whose index says `types`. Raises AlphabetError."""
        if "types" not in known.index.columns or not any(any(types) for types in known.index["types"]):
            raise AlphabetError(
                "the known drawings say no types of strokes; `dvc repro batch` makes some of KanjiVG that do"
            )
        types = np.concatenate([np.asarray(types, str) for types in known.index["types"]])
        features = np.concatenate([_features(steps) for steps in known])
        return cls(cKDTree(features[types != ""]), types[types != ""])

    def of(self, drawings: Sequence[Steps]) -> list[list[str]]:
        """B drawings, (n, 3) steps in any unit -> the types of each one's strokes."""
        features = [_features(steps) for steps in drawings]
        found = self.tree.query(np.concatenate(features), k=np.arange(1, min(VOTES, len(self.types)) + 1))
        near, rows = map(np.asarray, found)  # (S, votes)
        chosen = [_voted(self.types[r], d) for r, d in zip(rows, near, strict=True)]
        ends = np.cumsum([len(one) for one in features])
        return [chosen[end - len(one) : end] for one, end in zip(features, ends, strict=True)]


def _voted(types: NDArray[np.str_], near: NDArray[np.float64]) -> str:
    weights = {str(name): 0.0 for name in types}
    for name, distance in zip(types, near, strict=True):
        weights[str(name)] += 1 / (distance + 1e-6)
    return max(weights, key=lambda name: weights[name])  # of equal ones the nearest


def _features(steps: Steps) -> NDArray[np.float32]:
    """(n, 3) -> a row a stroke."""
    strokes = drawing.to_strokes(steps, 0, 0)
    points = np.stack([_spread(stroke) for stroke in strokes])  # (S, POINTS, 2)
    low, high = points.min(axis=1), points.max(axis=1)
    side = float((high.max(axis=0) - low.min(axis=0)).max()) or 1.0
    middle = (high.max(axis=0) + low.min(axis=0)) / 2
    extent = np.maximum((high - low).max(axis=1), side / 1000)
    centre = (high + low) / 2
    shape = (points - centre[:, None]) / extent[:, None, None] / np.sqrt(POINTS)
    ends = points[:, [0, -1]]
    before = np.concatenate((ends[:1], ends[:-1])) - ends[:, :1]
    after = np.concatenate((ends[1:], ends[-1:])) - ends[:, :1]
    around = np.concatenate((before, after), axis=1).reshape(len(strokes), -1) / side
    parts = (
        shape.reshape(len(strokes), -1), SIZE * np.log(extent / side)[:, None], PLACE * (centre - middle) / side,
        NEIGHBOURS * around,
    )  # fmt: skip
    return np.concatenate(parts, axis=1).astype(np.float32)


def _spread(stroke: NDArray[np.float64]) -> NDArray[np.float64]:
    """(m, 2) points -> (POINTS, 2) at equal distances along the chords."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))))
    at = np.linspace(0.0, along[-1], POINTS)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=-1)
