"""Held-out characters by what the training drawings show of their parts, and descriptions that are spelled further.

Parts are told apart by their usual names (`description.canonical`). One of a single stroke is no part here: it stands
in nearly every drawing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from pipeline.describe import knowledge, visits
from pipeline.describe.derivation import Told
from pipeline.describe.description import canonical
from pipeline.describe.knowledge import Knowledge
from pipeline.score.described.places import LEAST_STROKES


@dataclass(frozen=True)
class Shown:
    """parts: the names that stand in training drawings, at any depth, the drawings' own among them; together: those of
    each drawing that has several."""

    parts: frozenset[str]
    together: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, training: Iterable[Told]) -> "Shown":
        each = [frozenset(_named(knowledge.parts([one]))) for one in training]
        return cls(frozenset[str]().union(*each), tuple(names for names in set(each) if len(names) > 1))

    def unseen(self, told: Told) -> bool:
        """Whether it has a part with a name that no training drawing has. A net knows no such name: it is spelled."""
        return not self.parts.issuperset(_named(knowledge.parts(told.parts)))

    def new_pairs(self, told: Told) -> bool:
        """Whether it is told two different parts by name, or more, no two of which stand together in a training
        drawing."""
        names = told_by_name(told)
        return len(names) > 1 and not any(
            one.issuperset(pair) for pair in combinations(names, 2) for one in self.together
        )


def spelled(told: Told, knows: Knowledge) -> Told:
    """With each part spelled as far as it is made of parts that can be told by name; what has single strokes among its
    own parts is told by its name, where that can be told."""

    def further(part: Told) -> bool:
        return part is told or not knows.by_name(part.description.name) or composed(part)

    def composed(part: Told) -> bool:
        return bool(part.parts) and all(
            _is_part(one) and (knows.by_name(one.description.name) or composed(one)) for one in part.parts
        )

    return visits.spelled(told, further)


def told_by_name(told: Told) -> list[str]:
    """The different parts that it is told by name."""
    return sorted(set(_named(part for part in knowledge.parts([told]) if not part.parts)))


def _named(parts: Iterable[Told]) -> Iterator[str]:
    return (canonical(part.description.name) for part in parts if part.description.name and _is_part(part))


def _is_part(told: Told) -> bool:
    return sum(last - first + 1 for first, last in told.runs) >= LEAST_STROKES
