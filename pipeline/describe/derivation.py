"""A description of a drawing from KanjiVG's groups: the tree of kvg:element and kvg:position, down to single strokes.

A group is a part; the strokes of a group that belong to no group within it are parts too, named by their type. Pieces
of one element under one parent ("part" 1, 2, ...) are one part with several runs of strokes; pieces whose others stand
elsewhere have no name, for they are not the whole of it. Where a group holds nothing but another one, both are one part
with the outer name.

How the parts of a group stand to one another, the first of these that holds:
1. one goes round others, says its position: kamae by POSITIONED or by the sides that it leaves open, tare ⿸, nyo ⿺;
2. a straight cut that positions call for: all that is left, or right, from the rest, all that is at the top, or below;
3. one goes round others as its name says (KNOWN), where these lie within its box;
4. the cut, left from right or top from bottom, with the widest gap between the parts' boxes;
5. they are written over one another, ⿻, in the order of writing.
Pieces are cut again. Two in one row are ⿰, three ⿲, of more the first two and the rest.

Boxes are (left, top, right, bottom) in any unit, y down.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import accumulate

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.dataset import DrawingSet
from pipeline.describe import strokes
from pipeline.describe.description import ARITY, BELOW, BELOW_3, BESIDE, BESIDE_3, OVER, Description, plain
from pipeline.drawing import ON_PAPER

Runs = tuple[tuple[int, int], ...]  # strokes, inclusive, in order
Box = tuple[float, float, float, float]

# What goes round others, and from where. Those of the second line only where their position says that they do
KNOWN = {
    **{name: "⿴" for name in "囗行衣"}, **{name: "⿵" for name in "門鬥冂几"}, **{name: "⿷" for name in "匚匸"},
    **{name: "⿶" for name in "凵"}, **{name: "⿹" for name in "勹气𢦏"}, **{name: "⿸" for name in "厂广疒尸戸户虍𠂇"},
    **{name: "⿺" for name in "辶⻌廴走"},
}  # fmt: skip
POSITIONED = {**KNOWN, **{name: "⿹" for name in "弋戈丁弍"}, "四": "⿴", "罒": "⿵", "CDP-8CB8": "⿹"}
# Of each position that goes round: the operator ("" by name or open sides), and the position of what is inside
AROUND = {
    "kamae": ("", "kamaec"), "tare": ("⿸", "tarec"), "nyo": ("⿺", "nyoc"), "⿵A": ("⿵", "⿵B"), "⿶1": ("⿶", "⿶2"),
}  # fmt: skip
OPEN = {"": "⿴", "b": "⿵", "t": "⿶", "r": "⿷", "rb": "⿸", "lb": "⿹", "tr": "⿺"}  # open sides -> operator
LOW, HIGH = ("left", "top"), ("right", "bottom")  # positions before and after a cut, by axis
ROWS = {0: (BESIDE, BESIDE_3), 1: (BELOW, BELOW_3)}
# How wide a gap a cut needs, in shares of the longer side of the box round all. Parts overlap: of KanjiVG's own cuts
# between two parts 99 % have a gap of -0.22 or more, 95 % of those by the side of a single stroke -0.06
CALLED_FOR, BETWEEN_PARTS, BESIDE_A_STROKE = -0.3, -0.2, -0.06
BETWEEN_STROKES = 0.03  # single strokes that touch are one shape
OPEN_SIDE = 0.1  # of the outer box's side: what is inside comes nearer than this to a side that is open
WITHIN = 0.9  # of the inner box's width and height lies in the outer one


@dataclass(frozen=True)
class Told:
    """A part of a drawing: its description, the strokes it has, and its parts in the order of the operator's slots."""

    description: Description
    runs: Runs
    parts: tuple["Told", ...] = ()


@dataclass
class _Group:
    """One of KanjiVG's groups, or a stroke of one. Strokes are sets of numbers here."""

    name: str
    position: str
    part: str
    strokes: frozenset[int]
    within: list["_Group"] = field(default_factory=list)


@dataclass(frozen=True)
class _Part:
    """What is arranged: a part, its box, and KanjiVG's position of it."""

    told: Told
    box: Box
    position: str = ""

    @property
    def single(self) -> bool:
        """Whether it is one stroke."""
        return self.told.runs[0][0] == self.told.runs[-1][1]


def derive(groups: Sequence[dict], kinds: Sequence[str], boxes: Sequence[Sequence[float]] | NDArray) -> Told:
    """groups: as the index has them; kinds: the type of each stroke, a character of Unicode's CJK strokes or "";
    boxes: (strokes, 4). A drawing without groups is one part without a name."""
    if not groups:
        return Told(Description(), ((0, len(boxes) - 1),))
    box: list[Box] = [(row[0], row[1], row[2], row[3]) for row in boxes]
    return _told(_joined(_tree(groups, len(box))), kinds, box).told


def descriptions(index: pd.DataFrame, drawings: DrawingSet) -> list[Told]:
    """Of all drawings of a set; `index` has its groups and types, a row a drawing. Their roots bear the character."""
    boxes, first = stroke_boxes(drawings)
    rows = zip(index["character"], index["groups"], index["types"], first[:-1], first[1:], strict=True)
    return [_root(name, json.loads(text), types, boxes[a:b].tolist()) for name, text, types, a, b in rows]


def _root(name: str, groups: list[dict], types: Sequence[str], boxes: list[list[float]]) -> Told:
    told = derive(groups, [strokes.usual(text) for text in types], boxes)
    return _called(told, plain(name)) if name else told


def stroke_boxes(drawings: DrawingSet) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
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


def _told(group: _Group, kinds: Sequence[str], boxes: Sequence[Box]) -> _Part:
    parts = [_told(one, kinds, boxes) for one in group.within]
    left = group.strokes.difference(*(one.strokes for one in group.within))
    if not group.within and len(group.strokes) == 1:
        (stroke,) = group.strokes
        return _leaf(stroke, group.name or kinds[stroke], boxes, group.position)
    parts += [_leaf(stroke, kinds[stroke], boxes) for stroke in sorted(left)]
    told = _arranged(sorted(parts, key=lambda part: part.told.runs))
    place = group.position or (parts[0].position if len(parts) == 1 else "")
    return _Part(_called(told, group.name) if group.name else told, _around(parts), place)


def _leaf(stroke: int, name: str, boxes: Sequence[Box], position: str = "") -> _Part:
    return _Part(Told(Description(name), ((stroke, stroke),)), boxes[stroke], position)


def _called(told: Told, name: str) -> Told:
    return replace(told, description=replace(told.description, name=name))


def _composed(operator: str, parts: Sequence[Told]) -> Told:
    """Parts under an operator, without a name; ⿻ takes all at once, of a row of more than three the rest is nested."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) > 3 and operator != OVER:
        return _composed(operator, (*parts[:2], _composed(operator, parts[2:])))
    if operator in (BESIDE, BELOW) and len(parts) == 3:
        operator = {BESIDE: BESIDE_3, BELOW: BELOW_3}[operator]
    spelled = Description("", operator, tuple(part.description for part in parts))
    return Told(spelled, _runs(parts), tuple(parts))


def _runs(parts: Sequence[Told]) -> Runs:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(run for part in parts for run in part.runs):
        if joined and first == joined[-1][1] + 1:
            first = joined.pop()[0]
        joined.append((first, last))
    return tuple(joined)


def _around(parts: Sequence[_Part]) -> Box:
    boxes = [part.box for part in parts]
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


# --- how parts stand to one another


def _arranged(parts: list[_Part]) -> Told:
    """Parts in the order of writing."""
    if len(parts) == 1:
        return parts[0].told
    for way in (_enclosed_by_position, _cut_by_position, _enclosed_by_name, _cut_by_gap):
        if told := way(parts):
            return told
    return _composed(OVER, [part.told for part in parts])


def _enclosed_by_position(parts: list[_Part]) -> Told | None:
    for outer in parts:
        if outer.position in AROUND:
            operator, place = AROUND[outer.position]
            inner = [part for part in parts if part.position == place and part is not outer]
            inner = inner or [part for part in parts if part is not outer and _centre_within(part.box, outer.box)]
            if inner and (told := _enclosed(parts, outer, inner, _operator(outer, inner, operator))):
                return told
    return None


def _operator(outer: _Part, inner: list[_Part], usual: str) -> str:
    name = outer.told.description.name
    return POSITIONED.get(name, usual) or OPEN.get(_open_sides(outer.box, _around(inner)), "")


def _enclosed_by_name(parts: list[_Part]) -> Told | None:
    for outer in (part for part in parts if part.told.description.name in KNOWN):
        inner = [part for part in parts if part is not outer and _within(part.box, outer.box)]
        if inner:
            return _enclosed(parts, outer, inner, KNOWN[outer.told.description.name])
    return None


def _enclosed(parts: list[_Part], outer: _Part, inner: list[_Part], operator: str) -> Told | None:
    """Outer and inner under the operator; what else there is is arranged with both as one part."""
    if not operator:
        return None
    both = _composed(operator, [outer.told, _arranged(inner)])
    rest = [part for part in parts if part is not outer and part not in inner]
    if not rest:
        return both
    together = [*rest, _Part(both, _around([outer, *inner]))]
    return _arranged(sorted(together, key=lambda part: part.told.runs))


def _cut_by_position(parts: list[_Part]) -> Told | None:
    return _cut(parts, by_position=True) if any(part.position for part in parts) else None


def _cut_by_gap(parts: list[_Part]) -> Told | None:
    return _cut(parts, by_position=False)


def _cut(parts: list[_Part], by_position: bool) -> Told | None:
    """In two at the widest of the gaps that are wide enough, and each piece again."""
    box = _around(parts)
    side = max(box[2] - box[0], box[3] - box[1]) or 1.0
    best: tuple[float, int, list[_Part], list[_Part]] | None = None
    for axis in (0, 1):
        row = _along(parts, axis)
        for i, gap in enumerate(_gaps(row, axis), start=1):
            wide = gap / side
            if (best is None or wide > best[0]) and wide >= _needed(row, i, axis, by_position):
                best = wide, axis, row[:i], row[i:]
    if best is None:
        return None
    _, axis, before, after = best
    return _composed(ROWS[axis][0], [*_row(before, axis), *_row(after, axis)])


def _row(parts: list[_Part], axis: int) -> list[Told]:
    """A piece of a row: its own pieces, if it is cut in the same direction."""
    told = _arranged(sorted(parts, key=lambda part: part.told.runs))
    pieces, count = [told], len(parts)
    while count > 1 and pieces[-1].description.operator in ROWS[axis] and not pieces[-1].description.name:
        count -= 2  # a row of more than three holds two of them and the rest
        pieces[-1:] = pieces[-1].parts
    return pieces


def _along(parts: list[_Part], axis: int) -> list[_Part]:
    return sorted(parts, key=lambda part: part.box[axis] + part.box[axis + 2])


def _gaps(row: list[_Part], axis: int) -> Iterator[float]:
    """Between the first i and the rest of a row, i = 1, 2, ...; below 0 where they overlap."""
    ends = list(accumulate((part.box[axis + 2] for part in row), max))
    begins = list(accumulate((part.box[axis] for part in reversed(row)), min))[::-1]
    return (begins[i] - ends[i - 1] for i in range(1, len(row)))


def _needed(row: list[_Part], i: int, axis: int, by_position: bool) -> float:
    """How wide the gap before part i must be."""
    if by_position:
        called_for = all(part.position == LOW[axis] for part in row[:i])
        return CALLED_FOR if called_for or all(part.position == HIGH[axis] for part in row[i:]) else float("inf")
    if all(part.single for part in row):
        return BETWEEN_STROKES
    return BESIDE_A_STROKE if any(part.single for part in row) else BETWEEN_PARTS


def _centre_within(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _within(inner: Box, outer: Box) -> bool:
    """WITHIN of its width, and of its height."""
    for low, high in ((0, 2), (1, 3)):
        common = min(inner[high], outer[high]) - max(inner[low], outer[low])
        if common < WITHIN * (inner[high] - inner[low]) or common < 0:
            return False
    return True


def _open_sides(outer: Box, inner: Box) -> str:
    """Of "ltrb", those where the inner box comes near the outer one's side, or beyond it."""
    width, height = outer[2] - outer[0], outer[3] - outer[1]
    margins = (
        ("l", inner[0] - outer[0], width), ("t", inner[1] - outer[1], height),
        ("r", outer[2] - inner[2], width), ("b", outer[3] - inner[3], height),
    )  # fmt: skip
    return "".join(side for side, margin, length in margins if margin < OPEN_SIDE * length)
