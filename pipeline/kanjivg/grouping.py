"""Groups of strokes as KanjiVG has them: from a description, or without one from the parts that are found.

A group is a dictionary as the index of a set has it: element, original, position, part, variant, first and last stroke,
inclusive; a list of groups has each before those in it. A part that others interrupt (囗 of 国) is several groups, with
part "1", "2", ...; a part that is known is grouped inside as the known drawings have it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.dataset import DrawingSet
from pipeline.describe import derivation, strokes
from pipeline.describe import description as grammar
from pipeline.describe.arrangement import Part, Told, arranged
from pipeline.describe.description import Description, canonical
from pipeline.describe.strokes import UNICODE_STROKES
from pipeline.describe.visits import Habits
from pipeline.parse.svg.walk import GROUP_KEYS
from pipeline.score.structure import parts
from pipeline.score.structure.parts import Library

Group = dict
Boxes = NDArray[np.float64]  # (strokes, 4): left, top, right, bottom

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

    inside: of each part, by its usual name and its number of strokes, the groups in it; library: parts to be found.
    """

    habits: Habits
    inside: dict[tuple[str, int], Inside]
    library: Library

    @classmethod
    def learn(cls, known: DrawingSet) -> Self:
        """From real drawings with groups and types. Raises PartsError: they tell of no parts."""
        told = derivation.descriptions(known.index, known)
        return cls(Habits.learn(told), _insides(known.index), parts.library(known))

    def described(self, text: str, character: str, boxes: Boxes) -> list[Group] | None:
        """Groups by a description; None where the strokes cannot be its parts': too few, or too many.
        Raises DescriptionError."""
        told = _assigned(grammar.parse(text), self.habits, boxes)
        return None if told is None else self.of_told(told, character or text)

    def found(self, table: pd.DataFrame, types: Sequence[str], character: str, boxes: Boxes) -> list[Group]:
        """Groups by the parts found in a drawing: rows of `parts.Found.table` of it. types: of its strokes."""
        runs = [(int(a), int(b)) for a, b in zip(table["first"], table["last"], strict=True)]
        covered = {stroke for first, last in runs for stroke in range(first, last + 1)}
        left = [i for i in range(len(types)) if i not in covered]
        # strokes of no part are named by their type without its letter, so that they make no group
        names = [*map(str, table["element"]), *(strokes.usual(types[i]) for i in left)]
        pieces = [
            Part(Told(Description(name), ((first, last),)), _around(boxes[first : last + 1]))
            for name, (first, last) in zip(names, [*runs, *((i, i) for i in left)], strict=True)
        ]
        return self.of_told(arranged(sorted(pieces, key=lambda part: part.told.runs)), character)

    def of_told(self, told: Told, root: str) -> list[Group]:
        """The groups of a drawing that is put together so; root: the element of all of it, "" for none."""
        whole = [] if not root else _pieces(root, "", told.runs)
        inner = [] if told.parts else self._within(root, told)
        return _outside_in([*whole, *inner, *self._below(told)])

    def _below(self, told: Told) -> Iterator[Group]:
        for slot, part in enumerate(told.parts):
            named = part.description.name
            places = POSITIONS[told.description.operator]
            if named and not _is_stroke(named):
                yield from _pieces(named, places[slot] if slot < len(places) else "", part.runs)
            yield from self._below(part) if part.parts else self._within(named, part)

    def _within(self, name: str, told: Told) -> Iterator[Group]:
        """Of a part without a spelling what is known of it, if it is written in one go."""
        (first, last), *others = told.runs
        if not others:
            for *values, begin, end in self.inside.get((canonical(name), last - first + 1), ()):
                yield dict(zip(GROUP_KEYS, values, strict=True), first=first + begin, last=first + end)


def _pieces(element: str, position: str, runs: Sequence[tuple[int, int]]) -> list[Group]:
    texts = [str(i) for i in range(1, len(runs) + 1)] if len(runs) > 1 else [""]
    about = {"element": element, "original": "", "position": position, "variant": ""}
    return [about | {"part": text, "first": a, "last": b} for text, (a, b) in zip(texts, runs, strict=True)]


def _outside_in(groups: Sequence[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (group["first"], -group["last"]))  # stable: of one span the outer is first


def _is_stroke(name: str) -> bool:
    return len(name) == 1 and ord(name) in UNICODE_STROKES


def _around(boxes: Boxes) -> tuple[float, float, float, float]:
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


# ---- what is known


def _insides(index: pd.DataFrame) -> dict[tuple[str, int], Inside]:
    """The most usual groups inside each part and each character."""
    seen: dict[tuple[str, int], Counter[Inside]] = defaultdict(Counter)
    for text in index["groups"]:
        groups = json.loads(text)
        for i, group in enumerate(groups):
            if group["part"] == "":
                key = canonical(group["element"]), group["last"] - group["first"] + 1
                seen[key][_inside(groups[i + 1 :], group["first"], group["last"])] += 1
    return {key: most for key, counts in seen.items() if (most := counts.most_common(1)[0][0])}


def _inside(following: Sequence[Group], first: int, last: int) -> Inside:
    """Groups after one of that span are in it as long as they do not reach beyond it."""
    found = []
    for group in following:
        if not (first <= group["first"] and group["last"] <= last):
            break
        values = (group["element"], group["original"], group["position"], group["part"], group["variant"])
        found.append((*values, group["first"] - first, group["last"] - first))
    return tuple(found)


# ---- which strokes are whose


def _assigned(description: Description, habits: Habits, boxes: Boxes) -> Told | None:
    """The description with the strokes of each part: as many as the part usually has, in the usual order. Where the
    drawing has some more or fewer, one visit of a part has: the one for which the parts' boxes are smallest."""
    written = habits._written(description, 0)  # with the numbers of strokes, which of_description leaves out
    more = len(boxes) - sum(count for _, count in written)
    ways = [written] if not more else [_changed(written, i, more) for i in range(len(written))]
    able = [way for way in ways if min(count for _, count in way) > 0]
    if not able:
        return None
    told = [_filled(description, _runs_by_leaf(way), 0)[0] for way in able]
    return min(told, key=lambda one: _area(one, boxes))


def _changed(written: list[tuple[int, int]], at: int, more: int) -> list[tuple[int, int]]:
    return [(leaf, count + more * (i == at)) for i, (leaf, count) in enumerate(written)]


def _runs_by_leaf(written: Sequence[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
    runs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    at = 0
    for leaf, count in written:
        if runs[leaf] and runs[leaf][-1][1] == at - 1:
            runs[leaf][-1] = runs[leaf][-1][0], at + count - 1
        else:
            runs[leaf].append((at, at + count - 1))
        at += count
    return runs


def _filled(description: Description, runs: dict[int, list[tuple[int, int]]], leaf: int) -> tuple[Told, int]:
    """A part with its strokes, and the number of the next leaf."""
    if not description.operator:
        return Told(description, tuple(runs[leaf])), leaf + 1
    below = []
    for part in description.parts:
        told, leaf = _filled(part, runs, leaf)
        below.append(told)
    joined: list[tuple[int, int]] = []
    for first, last in sorted(run for told in below for run in told.runs):
        if joined and first == joined[-1][1] + 1:
            first = joined.pop()[0]
        joined.append((first, last))
    return Told(description, tuple(joined), tuple(below)), leaf


def _area(told: Told, boxes: Boxes) -> float:
    """Of the boxes round the leaves, in sum."""
    if told.parts:
        return sum(_area(part, boxes) for part in told.parts)
    of_leaf = np.concatenate([np.arange(first, last + 1) for first, last in told.runs])
    left, top, right, bottom = _around(boxes[of_leaf])
    return (right - left) * (bottom - top)
