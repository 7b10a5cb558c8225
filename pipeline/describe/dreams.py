"""New descriptions like those of known characters: what nobody has written, of parts that stand where they usually do.

A known description gives its frame; one or two of its parts give place to others that known characters have in the same
place (the same operators and slots above it), the usual ones more often. A part that is more often beside those that
stay is likelier: what goes together is learnt as the parts that two companions share. No description of a known
character comes out, however it is spelled: neither with the spellings of those learnt from nor with a table's.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from pipeline.describe.description import OVER, Description, Path, canonical, leaves, text
from pipeline.describe.strokes import UNICODE_STROKES

SHARPNESS = 0.75  # exponent of a part's count in its place: rarer ones come somewhat more often than they do
TWO = 0.4  # share of dreams in which two parts are exchanged
TRIES = 200  # a dream
DEEPEST = 6  # spellings that are put in one into another, to compare descriptions


class DreamError(ValueError):
    """Too few descriptions to dream of new ones."""


@dataclass(frozen=True)
class Dreams:
    """frames: known descriptions of at least two named parts; fillers: path -> names and their weights; companions: the
    parts that a part stands beside; spellings: by name; table: a user's, as well; known: keys of all that is known."""

    frames: tuple[Description, ...]
    fillers: dict[Path, tuple[list[str], np.ndarray]]
    companions: dict[str, frozenset[str]]
    spellings: dict[str, Description]
    known: frozenset[str]
    table: Mapping[str, Description] = field(default_factory=dict)

    @classmethod
    def learn(
        cls,
        training: Iterable[Description],
        known: Iterable[Description] = (),
        usable: Callable[[str], bool] = lambda name: True,
        table: Mapping[str, Description] | None = None,
    ) -> "Dreams":
        """From described characters; `known` are others that must not come out either, nor may those that a table
        describes, by character. usable(name): whether a part may come out. Raises DreamError: none has two named
        parts."""
        training, usable, table = list(training), cache(usable), dict(table or {})
        spellings = _spellings(training)
        cut = [_by_names(one) for one in training]
        frames = tuple(one for one in cut if len(_named(one)) > 1 and all(usable(leaf.name) for leaf, _ in leaves(one)))
        if not frames:
            raise DreamError("no description has two parts with names, so that none can be exchanged")
        places: dict[Path, Counter[str]] = defaultdict(Counter)
        beside: dict[str, set[str]] = defaultdict(set)
        for frame in frames:
            names = _named(frame)
            for path, name in names.items():
                places[path][name] += 1
                beside[name].update(set(names.values()) - {name})
        fillers = {
            path: (sorted(many), _weights([many[name] for name in sorted(many)])) for path, many in places.items()
        }
        listed = {canonical(name): one for name, one in table.items()} | table
        keys = {key for one in [*training, *known, *table.values()] for key in _keys(one, spellings)}
        keys |= {_key(one, listed) for one in table.values()}
        companions = {name: frozenset(others) for name, others in beside.items()}
        return cls(frames, fillers, companions, spellings, frozenset(keys), listed)

    def sample(self, count: int, source: np.random.Generator) -> list[Description]:
        """`count` new ones, all different. Raises DreamError where there are not so many."""
        found: dict[str, Description] = {}
        for _ in range(count * TRIES):
            if len(found) == count:
                break
            dream = self._dream(source)
            key = _key(dream, self.spellings)
            if not self.is_known(dream) and key not in found:
                found[key] = dream
        if len(found) < count:
            raise DreamError(f"only {len(found)} of {count} new descriptions in {count * TRIES} tries; ask for fewer")
        return list(found.values())

    def is_known(self, description: Description) -> bool:
        """Whether it is a known character's, however either is spelled."""
        by_table = {_key(description, self.table)} if self.table else set()
        return not self.known.isdisjoint(_keys(description, self.spellings) | by_table)

    def _dream(self, source: np.random.Generator) -> Description:
        frame = self.frames[source.integers(len(self.frames))]
        names = _named(frame)
        count = min(2 if source.random() < TWO else 1, len(names) - 1)
        for place in source.permutation(len(names))[:count]:
            path = list(names)[place]
            names[path] = self._another(path, names, source)
        return _filled(frame, names)

    def _another(self, path: Path, names: dict[Path, str], source: np.random.Generator) -> str:
        options, weights = self.fillers[path]
        stay = [self.companions[name] for other, name in names.items() if other != path]
        shared = [1 + sum(len(self.companions[option] & company) for company in stay) for option in options]
        chances = weights * np.sqrt(shared)
        return options[source.choice(len(options), p=chances / chances.sum())]


def _weights(counts: list[int]) -> np.ndarray:
    return np.asarray(counts, float) ** SHARPNESS


def _by_names(description: Description) -> Description:
    """Spelled only as far as parts have no name; the root always."""
    parts = [Description(part.name) if part.name else _by_names(part) for part in description.parts]
    return Description("", description.operator, tuple(parts))


def _named(description: Description) -> dict[Path, str]:
    """The parts that may be exchanged: those with a name that are no single stroke, not written over others."""
    return {
        path: leaf.name
        for leaf, path in leaves(description)
        if leaf.name and not _is_stroke(leaf.name) and path and path[-1][0] != OVER
    }


def _is_stroke(name: str) -> bool:
    return len(name) == 1 and ord(name) in UNICODE_STROKES


def _filled(description: Description, names: dict[Path, str], path: Path = ()) -> Description:
    if not description.operator:
        return replace(description, name=names.get(path, description.name))
    sign = description.operator
    parts = [_filled(part, names, (*path, (sign, slot))) for slot, part in enumerate(description.parts)]
    return Description("", sign, tuple(parts))


# --- what is the same


def _spellings(training: Iterable[Description]) -> dict[str, Description]:
    """How a name is usually spelled, of those whose parts all have names that are no strokes."""
    seen: dict[str, Counter[Description]] = defaultdict(Counter)
    stack = list(training)
    while stack:
        one = stack.pop()
        stack += one.parts
        if one.name and one.parts and _by_parts(one):
            seen[canonical(one.name)][_by_names(one)] += 1
    return {name: max(many.items(), key=lambda item: (item[1], text(item[0])))[0] for name, many in seen.items()}


def _keys(description: Description, spellings: dict[str, Description]) -> set[str]:
    """Texts that two descriptions share if they are the same: names spelled as usual, and as they are spelled here."""
    if not description.operator:
        return set()
    return {_key(_by_names(description), spellings), _key(_as_spelled(description), spellings)}


def _as_spelled(description: Description) -> Description:
    """Spelled as far as its parts are spelled by parts that have names."""
    parts = [
        _as_spelled(part) if part.operator and (not part.name or _by_parts(part)) else Description(part.name)
        for part in description.parts
    ]
    return Description("", description.operator, tuple(parts))


def _by_parts(description: Description) -> bool:
    """Whether it is spelled, by parts that all have names that are no strokes."""
    return bool(description.parts) and all(
        not _is_stroke(part.name) if part.name else _by_parts(part) for part in description.parts
    )


def _key(description: Description, spellings: Mapping[str, Description], depth: int = DEEPEST) -> str:
    """Its text with all names spelled, as far as they have parts, and rows of a kind as one."""
    if not description.operator:
        spelled = spellings.get(canonical(description.name)) if depth else None
        return _key(spelled, spellings, depth - 1) if spelled else canonical(description.name) or "？"
    sign = {"⿲": "⿰", "⿳": "⿱"}.get(description.operator, description.operator)
    parts = []
    for part in description.parts:
        key = _key(part, spellings, depth)
        parts.append(key[2:-1] if sign in "⿰⿱⿻" and key.startswith(sign) else key)
    return f"{sign}({','.join(parts)})"
