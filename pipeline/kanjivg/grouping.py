"""Groups of strokes as KanjiVG has them: from a description, or without one from the parts that are found.

A group is a dictionary as the index of a set has it: element, original, position, part, variant, first and last stroke,
inclusive; a list of groups has each before those in it. A part that others interrupt (囗 of 国) is several groups, with
part "1", "2", ...; a part that is known is grouped inside as the known drawings have it whose strokes there are most
like its own in their types.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import pandas as pd

from pipeline.dataset import DrawingSet
from pipeline.describe import derivation, strokes
from pipeline.describe import description as grammar
from pipeline.describe.arrangement import Part, Told, arranged
from pipeline.describe.description import Description, canonical
from pipeline.describe.strokes import UNICODE_STROKES
from pipeline.describe.visits import Habits
from pipeline.kanjivg.assigning import Boxes, Seen, Types, around, assigned, differing, seen
from pipeline.parse.svg.walk import GROUP_KEYS
from pipeline.score.structure import parts
from pipeline.score.structure.parts import Library

Group = dict

# What KanjiVG says of the slots of an operator, where it says something
POSITIONS = {
    "⿰": ("left", "right"), "⿲": ("left", "", "right"), "⿱": ("top", "bottom"), "⿳": ("top", "", "bottom"),
    "⿴": ("kamae", ""), "⿵": ("kamae", ""), "⿶": ("kamae", ""), "⿷": ("kamae", ""), "⿹": ("kamae", ""),
    "⿸": ("tare", "tarec"), "⿺": ("nyo", "nyoc"), "⿻": (),
}  # fmt: skip
SURE = 0.6  # of the places where strokes of the same types follow one another, so many are the same part
Inside = tuple[tuple[str, str, str, str, str, int, int], ...]  # GROUP_KEYS, first and last from the part's first stroke


@dataclass(frozen=True)
class Grouper:
    """What known drawings teach: the order in which parts are written, how they are grouped inside, how they look.

    seen: which types the strokes of parts have; inside: of each part, by its usual name and its number of strokes,
    the groups in it where its strokes are of these types, the most usual first; library: parts to be found; by_types:
    the part that strokes of these types mostly are.
    """

    habits: Habits
    seen: Seen
    inside: dict[tuple[str, int], dict[Types, Inside]]
    library: Library
    by_types: dict[Types, str]

    @classmethod
    def learn(cls, known: DrawingSet) -> Self:
        """From real drawings with groups and types. Raises PartsError: they tell of no parts."""
        told = derivation.descriptions(known.index, known)
        types, library = known.index["types"], parts.library(known)
        return cls(Habits.learn(told), seen(told, types), _insides(known.index), library, _by_types(known.index))

    def described(self, text: str, types: Sequence[str], boxes: Boxes) -> Told | None:
        """A description with the strokes of its parts; None where they cannot be its parts': too few, or too many.
        types: of the strokes. Raises DescriptionError."""
        return assigned(grammar.parse(text), self.habits, self.seen, types, boxes)

    def found(self, table: pd.DataFrame, types: Sequence[str], character: str, boxes: Boxes) -> list[Group]:
        """Groups by the parts found in a drawing: rows of `parts.Found.table` of it. types: of its strokes."""
        usual = tuple(map(strokes.usual, types))
        runs = list(zip(table["first"].tolist(), table["last"].tolist(), map(str, table["element"]), strict=True))
        pieces = [
            Part(Told(Description(name), ((first, last),)), around(boxes[first : last + 1]))
            for first, last, name in sorted([*runs, *self._between(runs, usual)])
        ]
        return self.of_told(arranged(pieces), types, character)

    def _between(self, runs: list[tuple[int, int, str]], types: Types) -> Iterator[tuple[int, int, str]]:
        """First, last and name of what is left by parts: those known by their types, and strokes by themselves, named
        by their type, so that they make no group."""
        at = 0
        for first, last, _ in [*sorted(runs), (len(types), len(types), "")]:
            yield from self._split(at, first, types)
            at = last + 1

    def _split(self, begin: int, end: int, types: Types) -> Iterator[tuple[int, int, str]]:
        """The longest known one of strokes begin to end - 1, and what is before and after it."""
        for size in range(min(end - begin, len(types) - 1), 1, -1):
            for at in range(begin, end - size + 1):
                if name := self.by_types.get(types[at : at + size]):
                    yield from self._split(begin, at, types)
                    yield at, at + size - 1, name
                    yield from self._split(at + size, end, types)
                    return
        for i in range(begin, end):
            yield i, i, types[i]

    def of_told(self, told: Told, types: Sequence[str], root: str) -> list[Group]:
        """The groups of a drawing that is put together so; root: the element of all of it, "" for none."""
        whole, usual = _pieces(root, "", told.runs) if root else [], tuple(map(strokes.usual, types))
        inner = [] if told.parts else self._within(root, told, usual)
        return _outside_in([*whole, *inner, *self._below(told, usual)])

    def _below(self, told: Told, types: Types) -> Iterator[Group]:
        for slot, part in enumerate(told.parts):
            named = part.description.name
            places = POSITIONS[told.description.operator]
            if named and not _is_stroke(named):
                yield from _pieces(named, places[slot] if slot < len(places) else "", part.runs)
            yield from self._below(part, types) if part.parts else self._within(named, part, types)

    def _within(self, name: str, told: Told, types: Types) -> Iterator[Group]:
        """Of a part without a spelling what is known of it, if it is written in one go."""
        (first, last), *others = told.runs
        ways = self.inside.get((canonical(name), last - first + 1))
        if ways and not others:
            own = types[first : last + 1]
            for *values, begin, end in ways[min(ways, key=lambda way: differing(way, own))]:
                yield dict(zip(GROUP_KEYS, values, strict=True), first=first + begin, last=first + end)


def _pieces(element: str, position: str, runs: Sequence[tuple[int, int]]) -> list[Group]:
    texts = [str(i) for i in range(1, len(runs) + 1)] if len(runs) > 1 else [""]
    about = {"element": element, "original": "", "position": position, "variant": ""}
    return [about | {"part": text, "first": a, "last": b} for text, (a, b) in zip(texts, runs, strict=True)]


def _outside_in(groups: Sequence[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (group["first"], -group["last"]))  # stable: of one span the outer is first


def _is_stroke(name: str) -> bool:
    return len(name) == 1 and ord(name) in UNICODE_STROKES


# ---- what is known


def _insides(index: pd.DataFrame) -> dict[tuple[str, int], dict[Types, Inside]]:
    """The most usual groups inside each part and each character whose strokes are of these types."""
    seen: dict[tuple[str, int], Counter[tuple[Types, Inside]]] = defaultdict(Counter)
    for text, types in zip(index["groups"], index["types"], strict=True):
        groups, usual = json.loads(text), tuple(map(strokes.usual, types))
        for i, group in enumerate(groups):
            if group["part"] == "":
                key = canonical(group["element"]), group["last"] - group["first"] + 1
                within = _inside(groups[i + 1 :], group["first"], group["last"])
                seen[key][usual[group["first"] : group["last"] + 1], within] += 1
    return {key: _most_usual(counts) for key, counts in seen.items()}


def _by_types(index: pd.DataFrame) -> dict[Types, str]:
    """The part that strokes of these types, one after another, are in at least SURE of the places in known drawings
    where there are such."""
    usual = [tuple(map(strokes.usual, types)) for types in index["types"]]
    seen: dict[Types, Counter[str]] = defaultdict(Counter)
    for text, types in zip(index["groups"], usual, strict=True):
        for group in json.loads(text):
            these = types[group["first"] : group["last"] + 1]
            if group["part"] == "" and 1 < len(these) < len(types):
                seen[these][group["element"]] += 1
    most = {types: names.most_common(1)[0] for types, names in seen.items()}
    everywhere = Counter(run for types in usual for run in _runs(types) if run in most)
    return {types: name for types, (name, count) in most.items() if count >= SURE * everywhere[types]}


def _runs(types: Types) -> Iterator[Types]:
    """Of two or more, but not all."""
    for first in range(len(types)):
        for stop in range(first + 2, min(first + len(types), len(types) + 1)):
            yield types[first:stop]


def _most_usual(seen: Counter[tuple[Types, Inside]]) -> dict[Types, Inside]:
    """By types the most usual groups there, those first that are most usual of all."""
    of_all: Counter[Inside] = Counter()
    for (_, within), count in seen.items():
        of_all[within] += count
    found: dict[Types, Inside] = {}
    for (types, within), _ in sorted(seen.items(), key=lambda one: (-of_all[one[0][1]], -one[1])):
        found.setdefault(types, within)
    return found


def _inside(following: Sequence[Group], first: int, last: int) -> Inside:
    """Groups after one of that span are in it as long as they do not reach beyond it."""
    found = []
    for group in following:
        if not (first <= group["first"] and group["last"] <= last):
            break
        values = (group["element"], group["original"], group["position"], group["part"], group["variant"])
        found.append((*values, group["first"] - first, group["last"] - first))
    return tuple(found)
