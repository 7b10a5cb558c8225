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
Inside = tuple[tuple[str, str, str, str, str, int, int], ...]  # GROUP_KEYS, first and last from the part's first stroke


@dataclass(frozen=True)
class Grouper:
    """What known drawings teach: the order in which parts are written, how they are grouped inside, how they look.

    seen: of which types the strokes of parts are; inside: of each part, by its usual name and its number of strokes,
    the groups in it where its strokes are of these types, the most usual first; library: parts to be found.
    """

    habits: Habits
    seen: Seen
    inside: dict[tuple[str, int], dict[Types, Inside]]
    library: Library

    @classmethod
    def learn(cls, known: DrawingSet) -> Self:
        """From real drawings with groups and types. Raises PartsError: they tell of no parts."""
        told = derivation.descriptions(known.index, known)
        return cls(Habits.learn(told), seen(told, known.index["types"]), _insides(known.index), parts.library(known))

    def described(self, text: str, types: Sequence[str], character: str, boxes: Boxes) -> list[Group] | None:
        """Groups by a description; None where the strokes cannot be its parts': too few, or too many.
        types: of the strokes. Raises DescriptionError."""
        usual = tuple(map(strokes.usual, types))
        told = assigned(grammar.parse(text), self.habits, self.seen, usual, boxes)
        return None if told is None else self.of_told(told, usual, character or text)

    def found(self, table: pd.DataFrame, types: Sequence[str], character: str, boxes: Boxes) -> list[Group]:
        """Groups by the parts found in a drawing: rows of `parts.Found.table` of it. types: of its strokes."""
        runs = [(int(a), int(b)) for a, b in zip(table["first"], table["last"], strict=True)]
        covered = {stroke for first, last in runs for stroke in range(first, last + 1)}
        left = [i for i in range(len(types)) if i not in covered]
        # strokes of no part are named by their type without its letter, so that they make no group
        usual = tuple(map(strokes.usual, types))
        names = [*map(str, table["element"]), *(usual[i] for i in left)]
        pieces = [
            Part(Told(Description(name), ((first, last),)), around(boxes[first : last + 1]))
            for name, (first, last) in zip(names, [*runs, *((i, i) for i in left)], strict=True)
        ]
        return self.of_told(arranged(sorted(pieces, key=lambda part: part.told.runs)), usual, character)

    def of_told(self, told: Told, types: Types, root: str) -> list[Group]:
        """The groups of a drawing that is put together so; root: the element of all of it, "" for none."""
        whole = [] if not root else _pieces(root, "", told.runs)
        inner = [] if told.parts else self._within(root, told, types)
        return _outside_in([*whole, *inner, *self._below(told, types)])

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
