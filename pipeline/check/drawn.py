"""A drawing to be checked, as strokes that can be put in another order, and what the net is told of it.

Points are in the net's scaled units from the middle of the writing box, y down.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.describe import knowledge, visits
from pipeline.describe.derivation import Told
from pipeline.describe.description import Description
from pipeline.describe.encoding import Encoded
from pipeline.describe.exemplars import Choice
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Visit
from pipeline.drawing import END_OF_CHARACTER, END_OF_STROKE, Steps, from_strokes, to_strokes
from pipeline.net.model import END_OF_PART

Order = tuple[tuple[int, bool], ...]  # strokes by number, and whether each is drawn backwards


@dataclass(frozen=True)
class Drawn:
    """strokes: (m, 2) points each; parts: of each stroke the part that it is in, and that part's part and on, by
    number, () where that is not known; leaves: of each stroke the part that the net is told, by number."""

    strokes: tuple[NDArray[np.float64], ...]
    parts: tuple[tuple[int, ...], ...]
    leaves: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.strokes)

    def ordered(self, order: Order) -> "Drawn":
        """The same strokes in another order; some may be left out, backwards, or there twice."""
        return Drawn(
            tuple(self.strokes[i][::-1] if back else self.strokes[i] for i, back in order),
            tuple(self.parts[i] for i, _ in order),
            tuple(self.leaves[i] for i, _ in order),
        )

    def with_stroke(self, at: int, stroke: NDArray[np.float64], like: int) -> "Drawn":
        """One more before stroke `at`, in the parts that stroke `like` is in."""

        def put(old: tuple, new: object) -> tuple:
            return (*old[:at], new, *old[at:])

        return Drawn(put(self.strokes, stroke), put(self.parts, self.parts[like]), put(self.leaves, self.leaves[like]))

    def visits(self) -> tuple[Visit, ...]:
        """Of the parts that the net is told, in the order in which they are drawn."""
        return tuple(visits.in_order((leaf, i, i) for i, leaf in enumerate(self.leaves)))

    def steps(self, told: bool) -> Steps:
        """As the net reads them: told, its pen ends a part where a visit ends."""
        steps = from_strokes(self.strokes, 0, 0)
        if told:
            ends = np.cumsum([len(stroke) for stroke in self.strokes]) - 1
            steps[ends[[visit.last for visit in self.visits()]], 2] = END_OF_PART
        return steps


@dataclass(frozen=True)
class Case:
    """name: of the drawing; character: "" where it is of none; asked: its description as the net is told it, None where
    it is told nothing; families: code points of characters that the net is not shown."""

    name: str
    character: str
    drawn: Drawn
    asked: Description | None = None
    families: frozenset[int] = frozenset()

    def encoded(self, knows: Knowledge, drawn: Drawn) -> Encoded:
        """What the net is told of it where its strokes are those of `drawn`."""
        assert self.asked is not None
        return knows.encode(self.asked, drawn.visits(), Choice(families=self.families))


def case(
    name: str, character: str, code_point: int, steps: Steps, told: Told | None, knows: Knowledge | None = None
) -> Case:
    """steps: scaled, from the middle of the box; told: what it is made of, None where that is not known; knows: of a
    net that is told."""
    strokes = tuple(to_strokes(steps, 0, 0))
    families = frozenset({code_point} if code_point >= 0 else ())
    if told is None or not told.parts:
        return Case(name, character, Drawn(strokes, ((),) * len(strokes), (0,) * len(strokes)), None, families)
    parts = _parts(told, len(strokes))
    if knows is None:
        return Case(name, character, Drawn(strokes, parts, (0,) * len(strokes)), None, families)
    spelled = knowledge.canonical(told, knows, families)
    leaves = [0] * len(strokes)
    for visit in visits.of_told(spelled):
        leaves[visit.first : visit.last + 1] = [visit.leaf] * (visit.last + 1 - visit.first)
    return Case(name, character, Drawn(strokes, parts, tuple(leaves)), spelled.description, families)


def _parts(told: Told, count: int) -> tuple[tuple[int, ...], ...]:
    """Of each stroke the parts that it is in, from the outside in."""
    found: list[tuple[int, ...]] = [()] * count
    todo: list[tuple[Told, tuple[int, ...]]] = [(told, ())]
    while todo:
        node, path = todo.pop()
        for first, last in node.runs:
            found[first : last + 1] = [path] * (last + 1 - first)
        todo += [(part, (*path, number)) for number, part in enumerate(node.parts)]
    return tuple(found)


def pens(steps: Steps) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(S,) the first and the last step of each stroke."""
    last = np.flatnonzero(np.isin(steps[:, 2], (END_OF_STROKE, END_OF_CHARACTER)))
    return np.concatenate(([0], last[:-1] + 1)), last


def straight(count: int) -> Order:
    """All strokes as they are."""
    return tuple((i, False) for i in range(count))


def blocks(parts: Sequence[tuple[int, ...]]) -> list[tuple[int, int, int]]:
    """(first, middle, stop): strokes first to middle - 1 and middle to stop - 1 are parts of one part, written one
    after another, at least one of them of several strokes. Where parts are not known, any cut of the whole is one."""
    if not any(parts):
        return [(0, i, len(parts)) for i in range(1, len(parts))] if len(parts) > 2 else []
    found = set()
    for depth in range(max(map(len, parts))):
        runs = _runs([path[: depth + 1] if len(path) > depth else None for path in parts])
        for (path, first, middle), (other, _, stop) in zip(runs, runs[1:], strict=False):
            if path and other and path[:-1] == other[:-1] and stop - first > 2:
                found.add((first, middle, stop))
    return sorted(found)


def _runs(values: Sequence[tuple[int, ...] | None]) -> list[tuple[tuple[int, ...] | None, int, int]]:
    """(value, first, stop) of equal neighbours."""
    starts = [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    return [(values[a], a, b) for a, b in zip(starts, [*starts[1:], len(values)], strict=True)]
