"""Groups for drawings that name none, from another hand's drawing of the same character.

Two hands write a character alike when each stroke of the one is nearer to the same stroke of the other than to any
other one, the best one-to-one assignment of strokes by their beginnings and ends being the order of writing. Then the
groups of the one are those of the other, and so are the types of its strokes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from pipeline import dataset
from pipeline.dataset import DrawingSet
from pipeline.describe.exemplars import STYLES
from pipeline.drawing import ON_PAPER, Steps

FAR = 0.15  # of the drawing's own box: mean distance of the ends of strokes up to which two are alike


def styles(hands: Sequence[str], index: pd.DataFrame) -> NDArray[np.uint8]:
    """(D,) the style of each drawing, see `exemplars.styles_of`; hands: the names of further hands, in their order."""
    return np.array([STYLES + hands.index(hand) if hand else 0 for hand in index["hand"]], np.uint8)


@dataclass(frozen=True)
class Lenders:
    """The first hand's drawings that name groups and are no variants; rows: of each of them, by code point."""

    drawings: DrawingSet
    rows: Mapping[int, int]

    @classmethod
    def of(cls, folder: Path) -> "Lenders":
        """Of a set on disk."""
        return cls.among(dataset.load(folder, ("hand", "variant", "groups", "types", "code_point")))

    @classmethod
    def among(cls, drawings: DrawingSet) -> "Lenders":
        index = drawings.index
        own = (index["hand"] == "") & (index["variant"] == "") & (index["groups"] != "[]")
        kept = drawings.where(own.to_numpy())
        return cls(kept, dict(zip(kept.index["code_point"].tolist(), range(len(kept)), strict=True)))

    def lend(self, drawings: DrawingSet) -> pd.DataFrame:
        """The index of drawings with groups and types where one of a further hand has none and is alike; the column
        `borrowed` says for which that is."""
        index = drawings.index
        groups, types = list(index["groups"]), list(index["types"])
        lacks = (index["hand"] != "") & (index["groups"] == "[]") & (index["code_point"] >= 0)
        taken = np.zeros(len(index), bool)
        codes = index["code_point"].to_numpy(np.int64).tolist()
        for row in np.flatnonzero(lacks).tolist():
            other = self.rows.get(codes[row])
            if other is not None and alike(drawings[row], self.drawings[other]):
                groups[row], types[row] = (self.drawings.index[name].iat[other] for name in ("groups", "types"))
                taken[row] = True
        return index.assign(groups=groups, types=types, borrowed=taken)


def alike(one: Steps, other: Steps) -> bool:
    """Whether two drawings, (n, 3) and (m, 3), have the same strokes in the same order."""
    a, b = ends(one), ends(other)
    if len(a) != len(b):
        return False
    distance = np.linalg.norm(a[:, None] - b[None], axis=-1).mean(axis=-1)  # (S, S)
    _, order = linear_sum_assignment(distance)
    return bool((order == np.arange(len(a))).all() and np.trace(distance) / len(a) < FAR)


def ends(steps: Steps) -> NDArray[np.float64]:
    """(S, 2, 2): where each stroke begins and ends, the drawing's own box being 0 to 1."""
    points = np.cumsum(steps[:, :2], axis=0, dtype=np.float64)
    stops = np.flatnonzero(steps[:, 2] != ON_PAPER)
    starts = np.concatenate(([0], stops[:-1] + 1))
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = (points - low) / max(float((high - low).max()), 1e-9)
    return np.stack((scaled[starts], scaled[stops]), axis=1)
