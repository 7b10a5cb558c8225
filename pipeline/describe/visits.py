"""The order in which a writer visits the parts of a description.

A part is visited once, or several times where others interrupt it: the frame 囗 of 国 is closed after what is inside.
`of_told` reads the visits off a drawing; `Habits` learns from drawings in which order the slots of an operator are
written and foretells the visits of a description that nobody has drawn.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.describe.derivation import Told
from pipeline.describe.description import OVER, Description, canonical, leaves, text
from pipeline.describe.strokes import UNICODE_STROKES


@dataclass(frozen=True)
class Visit:
    """leaf: its number among `leaves(description)`; piece: 0 at the first visit of that leaf, 1 at the second, ...;
    first, last: its strokes, inclusive, or -1, -1 where nothing is drawn yet."""

    leaf: int
    piece: int
    first: int = -1
    last: int = -1


def of_told(told: Told) -> list[Visit]:
    """The visits of the leaves of told.description in the order of writing; each stroke is in exactly one."""
    numbered = [(*run, leaf) for leaf, one in enumerate(_leaves(told)) for run in one.runs]
    return in_order([(leaf, first, last) for first, last, leaf in sorted(numbered)])


def _leaves(told: Told) -> list[Told]:
    return [leaf for part in told.parts for leaf in _leaves(part)] if told.parts else [told]


def in_order(runs: Iterable[tuple[int, int, int]]) -> list[Visit]:
    """Of (leaf, first, last) in the order of writing; what follows in the same leaf is the same visit."""
    pieces: Counter[int] = Counter()
    found: list[Visit] = []
    for leaf, first, last in runs:
        if found and found[-1].leaf == leaf:
            found[-1] = replace(found[-1], last=last)
            continue
        found.append(Visit(leaf, pieces[leaf], first, last))
        pieces[leaf] += 1
    return found


def spelled(told: Told, spell: Callable[[Told], bool]) -> Told:
    """The same drawing with each part, the root too, spelled only where `spell` says so, else a leaf with its name.
    ⿻ in ⿻ becomes one, in the order of writing, so that the tree is the one that is read from its text."""
    if not told.parts:
        return told
    if not spell(told):
        return Told(Description(told.description.name), told.runs)
    operator = told.description.operator
    parts: list[Told] = []
    for part in (spelled(part, spell) for part in told.parts):
        parts += part.parts if operator == part.description.operator == OVER else [part]
    if operator == OVER:
        parts.sort(key=lambda part: part.runs)
    description = replace(told.description, parts=tuple(part.description for part in parts))
    return Told(description, told.runs, tuple(parts))


# A way of writing the slots of an operator: each visit's slot, and the strokes that are written there, 0 for all that
# are left. (0, 2), (1, 0), (0, 0): two strokes of the first, all of the second, the rest of the first
Way = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Habits:
    """ways: how the slots of an operator are written, by its parts' names, by the first part's, or by the operator
    alone (`_keys`, the nearer first); strokes: how many a part has, by name."""

    ways: dict[str, Way] = field(default_factory=dict)
    strokes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def learn(cls, drawings: Iterable[Told]) -> "Habits":
        """The most usual ones. What a wider key tells as well is left out."""
        seen: dict[str, Counter[Way]] = defaultdict(Counter)
        counts: dict[str, Counter[int]] = defaultdict(Counter)
        for told in drawings:
            for one in _all(told):
                counts[canonical(one.description.name)][_stroke_count(one)] += 1
                for key in {*_keys(one.description), *_keys(_as_read(one.description))}:
                    seen[key][_way(one)] += 1
        usual = {key: ways.most_common(1)[0][0] for key, ways in sorted(seen.items(), key=lambda item: len(item[0]))}
        strokes = {name: many.most_common(1)[0][0] for name, many in sorted(counts.items()) if name}
        return cls(_needed(usual), strokes)

    def of_description(self, description: Description) -> list[Visit]:
        """The visits of its leaves, in the order of writing; strokes are not known, -1."""
        return in_order((leaf, -1, -1) for leaf, _ in self._written(description, 0))

    def _written(self, description: Description, leaf: int) -> list[tuple[int, int]]:
        """(leaf, strokes) in the order of writing; `leaf` is the number of its first one."""
        if not description.operator:
            return [(leaf, self.count(description.name))]
        slots = []
        for part in description.parts:
            slots.append(self._written(part, leaf))
            leaf += len(leaves(part))
        return [piece for slot, count in self._way(description) for piece in _taken(slots[slot], count)]

    def _way(self, description: Description) -> Way:
        known = (self.ways[key] for key in _keys(description) if key in self.ways)
        return next(known, _in_order(len(description.parts)))

    def count(self, name: str) -> int:
        """How many strokes a part has, 1 where that is not known."""
        if len(name) == 1 and ord(name) in UNICODE_STROKES:
            return 1
        return self.strokes.get(canonical(name), 1)

    def as_json(self) -> dict:
        """For json.dump; `from_json` reads it."""
        return {"ways": {key: [list(step) for step in way] for key, way in self.ways.items()}, "strokes": self.strokes}

    @classmethod
    def from_json(cls, value: dict) -> "Habits":
        """Raises KeyError, TypeError or ValueError for what is none."""
        ways = {key: tuple((int(slot), int(count)) for slot, count in way) for key, way in value["ways"].items()}
        return cls(ways, {name: int(count) for name, count in value["strokes"].items()})


def _all(told: Told) -> list[Told]:
    return [told, *(one for part in told.parts for one in _all(part))]


def _stroke_count(told: Told) -> int:
    return sum(last - first + 1 for first, last in told.runs)


def _as_read(description: Description) -> Description:
    """Its parts either spelled or named, as in a text."""
    parts = tuple(replace(part, name="") if part.operator else part for part in description.parts)
    return replace(description, parts=parts)


def _keys(description: Description) -> list[str]:
    """The names a way may be known by, the nearer first; none for a leaf."""
    if not description.operator:
        return []
    sign = description.operator + (str(len(description.parts)) if description.operator == OVER else "")
    names = [canonical(part.name) or text(part) for part in description.parts]
    near = [f"{sign} {' '.join(names)}", f"{sign} {names[0]}"]
    return near if description.operator == OVER else [*near, sign]  # parts over one another are in the order of writing


def _way(told: Told) -> Way:
    """How the slots of a drawing's part were written."""
    runs = sorted((first, last, slot) for slot, part in enumerate(told.parts) for first, last in part.runs)
    steps: list[list[int]] = []
    for first, last, slot in runs:
        if steps and steps[-1][0] == slot:
            steps[-1][1] += last - first + 1
        else:
            steps.append([slot, last - first + 1])
    final = {slot: i for i, (slot, _) in enumerate(steps)}
    return tuple((slot, 0 if final[slot] == i else count) for i, (slot, count) in enumerate(steps))


def _in_order(slots: int) -> Way:
    return tuple((slot, 0) for slot in range(slots))


def _needed(usual: dict[str, Way]) -> dict[str, Way]:
    """Without those that a wider key tells as well. A key's wider ones are its beginnings."""
    kept: dict[str, Way] = {}
    for key, way in usual.items():
        names = key.split(" ")
        wider = [" ".join(names[:2])] * (len(names) > 2) + [names[0]] * (len(names) > 1)
        if next((kept[one] for one in wider if one in kept), _in_order(len({slot for slot, _ in way}))) != way:
            kept[key] = way
    return dict(sorted(kept.items()))


def _taken(pieces: list[tuple[int, int]], count: int) -> Sequence[tuple[int, int]]:
    """The first `count` strokes of a slot, or all that are left for 0, which are taken out of it."""
    if not count:
        taken, pieces[:] = pieces[:], []
        return taken
    taken = []
    while count and pieces:
        leaf, size = pieces.pop(0)
        if size > count:
            pieces.insert(0, (leaf, size - count))
        elif size == count and not pieces:
            pieces.append((leaf, 1))  # it is interrupted: something is left for the next visit
        taken.append((leaf, min(size, count)))
        count -= min(size, count)
    return taken
