"""Drawings of which it is known where each part ends: real ones by their groups, written ones by the net's pen.

Shapes: B drawings, V visits of parts (a part that is interrupted is visited more than once).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline import drawing
from pipeline.dataset import DrawingSet
from pipeline.describe import visits
from pipeline.describe.derivation import Told
from pipeline.describe.encoding import Encoded
from pipeline.describe.knowledge import Knowledge
from pipeline.drawing import ON_PAPER, Steps, Stroke
from pipeline.net.model import END_OF_PART
from pipeline.sample import sampler

ABSENT = -1  # a part that the real drawing has not


@dataclass(frozen=True)
class Asked:
    """What is to be written: what the net is told, and parts (V,), which part of the real drawing each visit is of: the
    number of its token there, or ABSENT."""

    told: Encoded
    parts: NDArray[np.int64]

    @classmethod
    def of(cls, told: Encoded) -> "Asked":
        return cls(told, told.parts)


@dataclass(frozen=True)
class Parted:
    """steps: (n, 3), the pen's third state ends each visit; parts as in `Asked`."""

    steps: Steps
    parts: NDArray[np.int64]

    @property
    def joined(self) -> Steps:
        """A drawing like any other."""
        return sampler.joined(self.steps)

    def strokes(self) -> list[tuple[int, list[Stroke]]]:
        """(part, its strokes) of each visit that was written."""
        stops = np.flatnonzero(self.steps[:-1, 2] == END_OF_PART) + 1
        points = np.split(drawing.positions(self.steps, 0, 0), stops)
        pens = np.split(self.steps[:, 2], stops)
        pieces = [
            np.split(one, np.flatnonzero(pen[:-1] != ON_PAPER) + 1) for one, pen in zip(points, pens, strict=True)
        ]
        return [(int(part), piece) for part, piece in zip(self.parts, pieces, strict=False)]


def real(drawings: DrawingSet, told: Sequence[Told], knows: Knowledge) -> tuple[list[Parted], list[Encoded]]:
    """Real drawings of these descriptions, and what a net is told of them in the order in which they were written."""
    found = []
    asked = []
    for steps, one in zip(drawings, told, strict=True):
        order = visits.of_told(one)
        steps = np.array(steps)
        ends = np.flatnonzero(steps[:, 2] != ON_PAPER)
        steps[ends[[visit.last for visit in order]], 2] = END_OF_PART
        asked.append(knows.encode(one.description, order))
        found.append(Parted(steps, asked[-1].parts))
    return found, asked


def of_strokes(pieces: Iterable[tuple[int, list[Stroke]]]) -> Parted:
    """The inverse of `Parted.strokes`: visits and their strokes, in the order of writing."""
    pieces = list(pieces)
    steps = drawing.from_strokes([stroke for _, strokes in pieces for stroke in strokes], 0, 0)
    ends = np.flatnonzero(steps[:, 2] != ON_PAPER)
    steps[ends[np.cumsum([len(strokes) for _, strokes in pieces]) - 1], 2] = END_OF_PART
    return Parted(steps, np.array([part for part, _ in pieces], np.int64))
