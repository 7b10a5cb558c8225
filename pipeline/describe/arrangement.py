"""How the parts of a drawing stand to one another: the operator of a description, from KanjiVG's positions and boxes.

The first of these that holds:
1. one goes round others, says its position: kamae by POSITIONED or by the sides that it leaves open, tare ⿸, nyo ⿺;
2. a straight cut that positions call for: all that is left, or right, from the rest, all that is at the top, or below;
3. one goes round others as its name says (KNOWN), where these lie within its box;
4. the cut, left from right or top from bottom, with the widest gap between the parts' boxes;
5. they are written over one another, ⿻, in the order of writing.
Pieces are cut again. Two in one row are ⿰, three ⿲, of more the first two and the rest.

Boxes are (left, top, right, bottom) in any unit, y down.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipeline.describe.description import BELOW, BELOW_3, BESIDE, BESIDE_3, OVER, Description

Runs = tuple[tuple[int, int], ...]  # strokes, inclusive, in order
Box = tuple[float, float, float, float]

# What goes round others, and from where; what POSITIONED has besides, only where its position says that it does
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


@dataclass(frozen=True)
class Part:
    """What is arranged: a part, its box, and KanjiVG's position of it."""

    told: Told
    box: Box
    position: str = ""

    @property
    def single(self) -> bool:
        """Whether it is one stroke."""
        return self.told.runs[0][0] == self.told.runs[-1][1]


def arranged(parts: list[Part]) -> Told:
    """Parts in the order of writing."""
    if len(parts) == 1:
        return parts[0].told
    for way in (_enclosed_by_position, _cut_by_position, _enclosed_by_name, _cut_by_gap):
        if told := way(parts):
            return told
    return _composed(OVER, [part.told for part in parts])


def _enclosed_by_position(parts: list[Part]) -> Told | None:
    for outer in parts:
        if outer.position in AROUND:
            operator, place = AROUND[outer.position]
            inner = [part for part in parts if part.position == place and part is not outer]
            inner = inner or [part for part in parts if part is not outer and _centre_within(part.box, outer.box)]
            if inner and (told := _enclosed(parts, outer, inner, _operator(outer, inner, operator))):
                return told
    return None


def _operator(outer: Part, inner: list[Part], usual: str) -> str:
    name = outer.told.description.name
    return POSITIONED.get(name, usual) or OPEN.get(_open_sides(outer.box, around(inner)), "")


def _enclosed_by_name(parts: list[Part]) -> Told | None:
    for outer in (part for part in parts if part.told.description.name in KNOWN):
        inner = [part for part in parts if part is not outer and _within(part.box, outer.box)]
        if inner:
            return _enclosed(parts, outer, inner, KNOWN[outer.told.description.name])
    return None


def _enclosed(parts: list[Part], outer: Part, inner: list[Part], operator: str) -> Told | None:
    """Outer and inner under the operator; what else there is is arranged with both as one part."""
    if not operator:
        return None
    both = _composed(operator, [outer.told, arranged(inner)])
    rest = [part for part in parts if part is not outer and part not in inner]
    if not rest:
        return both
    together = [*rest, Part(both, around([outer, *inner]))]
    return arranged(sorted(together, key=lambda part: part.told.runs))


def _cut_by_position(parts: list[Part]) -> Told | None:
    return _cut(parts, by_position=True) if any(part.position for part in parts) else None


def _cut_by_gap(parts: list[Part]) -> Told | None:
    return _cut(parts, by_position=False)


def _cut(parts: list[Part], by_position: bool) -> Told | None:
    """In two at the widest of the gaps that are wide enough, and each piece again."""
    box = around(parts)
    side = max(box[2] - box[0], box[3] - box[1]) or 1.0
    best: tuple[float, int, list[Part], list[Part]] | None = None
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


def _row(parts: list[Part], axis: int) -> list[Told]:
    """A piece of a row: its own pieces, if it is cut in the same direction."""
    told = arranged(sorted(parts, key=lambda part: part.told.runs))
    pieces, count = [told], len(parts)
    while count > 1 and pieces[-1].description.operator in ROWS[axis] and not pieces[-1].description.name:
        count -= 2  # a row of more than three holds two of them and the rest
        pieces[-1:] = pieces[-1].parts
    return pieces


def _along(parts: list[Part], axis: int) -> list[Part]:
    return sorted(parts, key=lambda part: part.box[axis] + part.box[axis + 2])


def _gaps(row: list[Part], axis: int) -> Iterator[float]:
    """Between the first i and the rest of a row, i = 1, 2, ...; below 0 where they overlap."""
    ends = list(accumulate((part.box[axis + 2] for part in row), max))
    begins = list(accumulate((part.box[axis] for part in reversed(row)), min))[::-1]
    return (begins[i] - ends[i - 1] for i in range(1, len(row)))


def _needed(row: list[Part], i: int, axis: int, by_position: bool) -> float:
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


def around(parts: Sequence[Part]) -> Box:
    boxes = [part.box for part in parts]
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
