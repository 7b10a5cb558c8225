"""What written characters are held against, and what comes out.

Shapes: B characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.dataset import DrawingSet
from pipeline.drawing import Steps
from pipeline.score.described import content, places, strokes
from pipeline.score.described.content import Recogniser
from pipeline.score.described.parted import Parted
from pipeline.score.described.strokes import Comparison
from pipeline.score.material import Material
from pipeline.score.structure import stroke_order
from pipeline.score.structure.stroke_order import Alphabet

BOX = 109.0
NEAR = 5.0  # units of a box of 109
ALPHABET_STREAM, RECOGNISER_STREAM = 32, 33  # keys of the random streams
TOP = 5


@dataclass(frozen=True)
class Found:
    """Of B written characters: strokes; parts (B, 2), how many are in their place and in all; types (B,), 1 where
    all are right, NaN where the training drawings do not tell them; rank (B,), how many characters it is more like."""

    strokes: list[Comparison]
    parts: NDArray[np.int64]
    types: NDArray[np.float64]
    rank: NDArray[np.int64]

    def of(self, rows: Sequence[int]) -> "Found":
        return Found([self.strokes[i] for i in rows], self.parts[rows], self.types[rows], self.rank[rows])


@dataclass(frozen=True)
class Yardstick:
    """The real drawings of B characters and what they are held against: code points (B,); types, those of the strokes
    of each; a recogniser; the alphabet of strokes; side: the longer one of the writing box."""

    real: list[Parted]
    characters: NDArray[np.int64]
    types: list[tuple[str, ...]]
    recogniser: Recogniser
    letters: Alphabet
    side: float

    def compare(self, rows: Sequence[int], written: list[Parted], without: NDArray[np.int64] | None = None) -> Found:
        """written: one of each of these rows; without: as in `Recogniser.ranks`."""
        drawn, both = (
            [one.joined for one in written],
            [(self.real[i], one) for i, one in zip(rows, written, strict=True)],
        )
        same = [self.types[i] == types for i, types in zip(rows, types_of(drawn, self.letters), strict=True)]
        return Found(
            [strokes.compare(real.joined, ours.joined, BOX / self.side) for real, ours in both],
            np.array([places.found(real, ours, self.side) for real, ours in both]),
            np.array(same, float) if self.letters.kind.any() else np.full(len(same), np.nan),
            self.recogniser.ranks(drawn, self.characters[list(rows)], without),
        )


def types_of(drawings: Sequence[Steps], letters: Alphabet) -> list[tuple[str, ...]]:
    """The types of each drawing's strokes, in order."""
    read = stroke_order.read(drawings, letters)
    return [tuple(read.kind[read.owner == i]) for i in range(len(drawings))]


def yardstick(material: Material, real: DrawingSet, drawn: list[Parted], seed: int) -> Yardstick:
    source = np.random.default_rng((seed, ALPHABET_STREAM))
    letters = stroke_order.alphabet(material.split("train"), material.held_out("valid"), source)
    return Yardstick(
        drawn,
        real.index["code_point"].to_numpy(np.int64),
        types_of([one.joined for one in drawn], letters),
        content.trained(material.real, np.random.default_rng((seed, RECOGNISER_STREAM))),
        letters,
        max(material.data["width"], material.data["height"]) / material.data["scale"],
    )


def summary(found: Found, suffix: str = "") -> dict[str, float]:
    """Without what none of the characters can tell."""
    distances = np.concatenate([one.distances for one in found.strokes])
    right, parts = found.parts.sum(axis=0)
    numbers = {
        "count": np.mean([one.real == one.written for one in found.strokes]),
        "types": np.mean(found.types),
        "within_5": np.mean(distances < NEAR),
        "within_10": np.mean(distances < strokes.FAR),
        "every_10": np.mean([one.every for one in found.strokes]),
        "order": pd.Series([one.tau for one in found.strokes]).mean(),
        "placed": right / parts if parts else np.nan,
        "top1": np.mean(found.rank < 1),
        "top5": np.mean(found.rank < TOP),
    }
    return {f"{name}{suffix}": float(value) for name, value in numbers.items() if np.isfinite(value)}
