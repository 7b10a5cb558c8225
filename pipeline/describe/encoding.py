"""Descriptions as numbers, for a net: tokens, operators before their operands, and the visits of the parts.

A token is an operator, a name of the vocabulary, or one that it does not have. Its path is the operator and slot of its
parent, of its parent's parent and on, at most DEPTH of them, the nearest last; 0 where there are no more.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.describe.description import ARITY, Description
from pipeline.describe.visits import Visit

OPERATORS = tuple(ARITY)
DEPTH, SLOTS, PIECES = 4, 4, 3  # later slots and pieces count as the last
PLACES = 1 + len(OPERATORS) * SLOTS
UNNAMED, UNKNOWN = 0, 1  # tokens of a part without a name, and of a name that is not in the vocabulary
FIRST_NAME = 2 + len(OPERATORS)


@dataclass(frozen=True)
class Vocabulary:
    """The names that a net knows, in the order of their numbers."""

    names: tuple[str, ...]
    _numbers: dict[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers.update((name, FIRST_NAME + i) for i, name in enumerate(self.names))

    @property
    def tokens(self) -> int:
        """How many there are of all kinds."""
        return FIRST_NAME + len(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def token(self, name: str) -> int:
        return self._numbers.get(name, UNKNOWN) if name else UNNAMED


@dataclass(frozen=True)
class Exemplar:
    """What is shown beside a description, see `exemplars`: points (P, 2) float32 in scaled units, P >= 1; strokes
    (S + 1,), where each begins; shown (V + 1,), which stroke is the first of each visit; one is shown none where the
    next begins with the same."""

    points: NDArray[np.float32]
    strokes: NDArray[np.int64]
    shown: NDArray[np.int64]

    @classmethod
    def nothing(cls, visits: int) -> "Exemplar":
        return cls(np.zeros((1, 2), np.float32), np.array([0, 1]), np.zeros(visits + 1, np.int64))


@dataclass(frozen=True)
class Encoded:
    """One description: names (L,) and paths (L, DEPTH), parts (V,) the token of each visit, pieces (V,); exemplar: of
    the visits, none where it is None; hand: the number of the one to write in, 0 for the first."""

    names: NDArray[np.int64]
    paths: NDArray[np.int64]
    parts: NDArray[np.int64]
    pieces: NDArray[np.int64]
    exemplar: Exemplar | None = None
    hand: int = 0

    @property
    def shown(self) -> Exemplar:
        return Exemplar.nothing(len(self.parts)) if self.exemplar is None else self.exemplar

    @property
    def free(self) -> bool:
        """Whether it tells nothing: one part without a name."""
        return len(self.names) == 1 and self.names[0] == UNNAMED


def vocabulary(names: Iterable[str], least: int) -> Vocabulary:
    """Those that occur at least so often, the commonest first, of equals by code point."""
    counts = Counter(name for name in names if name)
    known = [name for name, count in counts.items() if count >= least]
    return Vocabulary(tuple(sorted(known, key=lambda name: (-counts[name], name))))


NOTHING = Vocabulary(())


@cache
def place(operator: str, slot: int) -> int:
    """The number of a slot of an operator, 1 to PLACES - 1."""
    return 1 + OPERATORS.index(operator) * SLOTS + min(slot, SLOTS - 1)


def encode(description: Description, visits: Sequence[Visit], known: Vocabulary) -> Encoded:
    """visits: of the leaves of the description, as `visits` gives them."""
    names: list[int] = []
    paths: list[list[int]] = []
    leaves: list[int] = []

    def add(node: Description, path: list[int]) -> None:
        if not node.operator:
            leaves.append(len(names))
        names.append(2 + OPERATORS.index(node.operator) if node.operator else known.token(node.name))
        paths.append(([0] * DEPTH + path)[-DEPTH:])
        for slot, part in enumerate(node.parts):
            add(part, [*path, place(node.operator, slot)])

    add(description, [])
    return Encoded(
        np.array(names),
        np.array(paths),
        np.array([leaves[visit.leaf] for visit in visits]),
        np.array([min(visit.piece, PIECES - 1) for visit in visits]),
    )


FREE = Encoded(np.array([UNNAMED]), np.zeros((1, DEPTH), np.int64), np.array([0]), np.array([0]))
