"""Held-out characters of two parts, side by side or one above the other: what pasting makes of them, and what the net
makes of them where they are described wrongly.

Pasting knows the description alone. Each part's strokes are a donor's, a training character's that has the same part in
the same slot of the same operator, and stand where they stand in that; of several donors it is the one whose other part
has most nearly as many strokes as the part beside has, of equals the first.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline import drawing
from pipeline.dataset import DrawingSet
from pipeline.describe.derivation import Told
from pipeline.describe.description import BELOW, BESIDE, Description, canonical
from pipeline.describe.knowledge import Knowledge
from pipeline.drawing import Stroke
from pipeline.score.described import parted
from pipeline.score.described.parted import ABSENT, Asked, Parted

TURNED = {BESIDE: BELOW, BELOW: BESIDE}
Place = tuple[str, int, str]  # operator, slot, the part's name


@dataclass(frozen=True)
class Donor:
    """A part of a training drawing: its row, the part, and how many strokes the other one has."""

    row: int
    part: Told
    beside: int


@dataclass(frozen=True)
class Donors:
    """Of all places of parts of pairs in training."""

    training: DrawingSet
    at: dict[Place, list[Donor]]

    @classmethod
    def of(cls, training: DrawingSet, told: Sequence[Told]) -> "Donors":
        at: dict[Place, list[Donor]] = defaultdict(list)
        for row, one in enumerate(told):
            if one.description.operator in TURNED:
                for slot, (part, other) in enumerate(zip(one.parts, one.parts[::-1], strict=True)):
                    place = (one.description.operator, slot, part.description.name)
                    if part.description.name and len(part.runs) == 1:  # not interrupted
                        at[place].append(Donor(row, part, _count(other)))
        return cls(training, dict(at))

    def is_pair(self, asked: Description) -> bool:
        """Whether it has two different parts and both have a donor."""
        names = [part.name for part in asked.parts if not part.operator]
        return (
            asked.operator in TURNED
            and len(set(names)) == 2
            and all((asked.operator, slot, name) in self.at for slot, name in enumerate(names))
        )

    def pasted(self, asked: Description, knows: Knowledge) -> Parted:
        """Of a pair: first all of its first part, then the second."""
        pieces = []
        for slot, (part, other) in enumerate(zip(asked.parts, asked.parts[::-1], strict=True)):
            beside = knows.habits.strokes.get(canonical(other.name), 1)
            donors = self.at[asked.operator, slot, part.name]
            best = min(donors, key=lambda donor: abs(donor.beside - beside))
            pieces.append((1 + slot, self._strokes(best)))
        return parted.of_strokes(pieces)

    def _strokes(self, donor: Donor) -> list[Stroke]:
        ((first, last),) = donor.part.runs
        return drawing.to_strokes(self.training[donor.row], 0, 0)[first : last + 1]


def _count(told: Told) -> int:
    return sum(last - first + 1 for first, last in told.runs)


Mistake = Callable[[Description, Donors, Knowledge, np.random.Generator], Asked]


def swapped(asked: Description, donors: Donors, knows: Knowledge, source: np.random.Generator) -> Asked:
    """⿰AB as ⿰BA."""
    return _as(replace(asked, parts=asked.parts[::-1]), knows, {1: 2, 2: 1})


def turned(asked: Description, donors: Donors, knows: Knowledge, source: np.random.Generator) -> Asked:
    """⿰AB as ⿱AB, and the other way round."""
    return _as(replace(asked, operator=TURNED[asked.operator]), knows, {1: 1, 2: 2})


def wrong(asked: Description, donors: Donors, knows: Knowledge, source: np.random.Generator) -> Asked:
    """One part in the place of another one that the net knows and that training has there, such as ⿰AC."""
    slot, names = int(source.integers(2)), {part.name for part in asked.parts}
    others = [name for sign, at, name in donors.at if (sign, at) == (asked.operator, slot) and name in knows.vocabulary]
    name = str(source.choice(sorted(set(others) - names) or [asked.parts[1 - slot].name]))
    parts = [Description(name) if i == slot else part for i, part in enumerate(asked.parts)]
    return _as(replace(asked, parts=tuple(parts)), knows, {1 + slot: ABSENT, 2 - slot: 2 - slot})


MISTAKES: dict[str, Mistake] = {"swapped": swapped, "turned": turned, "wrong": wrong}


def _as(told: Description, knows: Knowledge, parts: dict[int, int]) -> Asked:
    encoded = knows.encode(told)
    return Asked(encoded, np.array([parts[int(part)] for part in encoded.parts]))
