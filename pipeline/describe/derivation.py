"""A description of a drawing from KanjiVG's groups: the tree of kvg:element and kvg:position, down to single strokes.

A group is a part; the strokes of a group that belong to no group within it are parts too, named by their type. Pieces
of one element under one parent ("part" 1, 2, ...) are one part with several runs of strokes; pieces whose others stand
elsewhere have no name, for they are not the whole of it. Where a group holds nothing but another one, both are one part
with the outer name.

How the parts of a group stand to one another is told by `arrangement`. Boxes are (left, top, right, bottom) in any
unit, y down.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.describe import description as grammar
from pipeline.describe import strokes
from pipeline.describe.arrangement import AROUND, Box, Part, Told, around, arranged
from pipeline.describe.description import ARITY, Description, plain
from pipeline.drawing import ON_PAPER, Steps

if TYPE_CHECKING:
    import pandas as pd  # slow, and who writes at once reads no table


@dataclass
class _Group:
    """One of KanjiVG's groups, or a stroke of one. Strokes are sets of numbers here."""

    name: str
    position: str
    part: str
    strokes: frozenset[int]
    within: list["_Group"] = field(default_factory=list)


def derive(groups: Sequence[dict], kinds: Sequence[str], boxes: Sequence[Sequence[float]] | NDArray) -> Told:
    """groups: as the index has them; kinds: the type of each stroke, a character of Unicode's CJK strokes or "";
    boxes: (strokes, 4). A drawing without groups is one part without a name."""
    if not groups:
        return Told(Description(), ((0, len(boxes) - 1),))
    box: list[Box] = [(row[0], row[1], row[2], row[3]) for row in boxes]
    return _told(_joined(_tree(groups, len(box))), kinds, box).told


def descriptions(index: "pd.DataFrame", drawings: Iterable[Steps]) -> list[Told]:
    """Of all drawings of a set; `index` has its groups and types, a row a drawing. Their roots bear the character."""
    return list(_each(index, drawings))


def texts(index: "pd.DataFrame", drawings: Iterable[Steps]) -> list[str]:
    """As `descriptions`, as a reader of Unicode writes them: ⿰木食, by the names of the parts, of which one without a
    name is spelled by its own; what is not put together, 一, is itself. "" where a drawing names no component."""
    grouped = (index["groups"] != "[]").to_numpy()
    if not grouped.any():
        return [""] * len(index)
    # each goes when it is read: kept, they take as long again, as the garbage collector looks at all of them
    found = map(_by_names, _each(index[grouped], compress(drawings, grouped)))
    return [next(found) if chosen else "" for chosen in grouped]


def _by_names(told: Told) -> str:
    written = grammar.text(told.description, 1)
    return written if set(written) - set(ARITY) - {grammar.UNNAMED} else ""


def _each(index: "pd.DataFrame", drawings: Iterable[Steps]) -> Iterator[Told]:
    boxes, first = stroke_boxes(drawings)
    rows = zip(index["character"], index["groups"], index["types"], first[:-1], first[1:], strict=True)
    return (_root(name, json.loads(text), types, boxes[a:b].tolist()) for name, text, types, a, b in rows)


def _root(name: str, groups: list[dict], types: Sequence[str], boxes: list[list[float]]) -> Told:
    told = derive(groups, [strokes.usual(text) for text in types], boxes)
    return _called(told, plain(name)) if name else told


def stroke_boxes(drawings: Iterable[Steps]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(S, 4) of all strokes, from the middle of the writing box; and where those of each drawing begin, (B + 1,)."""
    steps = [np.asarray(one) for one in drawings]
    places = np.concatenate([np.cumsum(one[:, :2], axis=0, dtype=np.float64) for one in steps])
    ends = np.concatenate([one[:, 2] != ON_PAPER for one in steps])
    starts = np.flatnonzero(np.concatenate(([True], ends[:-1])))
    boxes = np.hstack((np.minimum.reduceat(places, starts), np.maximum.reduceat(places, starts)))
    counts = [int(np.count_nonzero(one[:, 2] != ON_PAPER)) for one in steps]
    return boxes, np.cumsum([0, *counts])


# --- the groups as a tree


def _tree(groups: Sequence[dict], count: int) -> _Group:
    """By their spans, which are nested and listed from the outside in."""
    root = _Group("", "", "", frozenset(range(count)))
    above: list[tuple[int, _Group]] = []  # last stroke of each open group
    for group in groups:
        one = _Group(_name(group["element"]), group["position"], group["part"], _span(group))
        while above and above[-1][0] < group["last"]:
            above.pop()
        while above and not one.strokes <= above[-1][1].strokes:
            above.pop()
        (above[-1][1] if above else root).within.append(one)
        above.append((group["last"], one))
    return root


def _span(group: dict) -> frozenset[int]:
    return frozenset(range(group["first"], group["last"] + 1))


@cache
def _name(element: str) -> str:
    """An element that is spelled itself (⿱日隹) has no name."""
    return "" if any(operator in element for operator in ARITY) else plain(element)


def _joined(group: _Group) -> _Group:
    """With the pieces of one element as one group, here and below; a piece whose others are elsewhere has no name."""
    found: list[tuple[_Group, list[str]]] = []
    for one in group.within:
        mate = next((i for i in range(len(found) - 1, -1, -1) if _goes_on(found[i], one)), None)
        if mate is None:
            found.append((one, [one.part]))
        else:
            found[mate] = (_both(found[mate][0], one), [*found[mate][1], one.part])
    whole = [one if _whole(numbers) else replace(one, name="") for one, numbers in found]
    return replace(group, within=[_joined(one) for one in whole])


def _goes_on(begun: tuple[_Group, list[str]], one: _Group) -> bool:
    before, numbers = begun
    return bool(one.part and one.name) and before.name == one.name and numbers[0] != "" and one.part not in numbers


def _whole(numbers: list[str]) -> bool:
    return numbers == [""] or (len(numbers) > 1 and sorted(numbers) == [str(i + 1) for i in range(len(numbers))])


def _both(a: _Group, b: _Group) -> _Group:
    places = [place for place in (a.position, b.position) if place in AROUND]
    place = places[0] if places else a.position if a.position == b.position else ""
    return _Group(a.name, place, a.part, a.strokes | b.strokes, a.within + b.within)


# --- the tree as parts


def _told(group: _Group, kinds: Sequence[str], boxes: Sequence[Box]) -> Part:
    parts = [_told(one, kinds, boxes) for one in group.within]
    left = group.strokes.difference(*(one.strokes for one in group.within))
    if not group.within and len(group.strokes) == 1:
        (stroke,) = group.strokes
        return _leaf(stroke, group.name or kinds[stroke], boxes, group.position)
    parts += [_leaf(stroke, kinds[stroke], boxes) for stroke in sorted(left)]
    told = arranged(sorted(parts, key=lambda part: part.told.runs))
    place = group.position or (parts[0].position if len(parts) == 1 else "")
    return Part(_called(told, group.name) if group.name else told, around(parts), place)


def _leaf(stroke: int, name: str, boxes: Sequence[Box], position: str = "") -> Part:
    return Part(Told(Description(name), ((stroke, stroke),)), boxes[stroke], position)


def _called(told: Told, name: str) -> Told:
    return replace(told, description=replace(told.description, name=name))
