"""Which strokes of a drawing are whose: a description's parts, each with its strokes.

Parts are written in the usual order, with as many strokes as they usually have. Where the drawing has some more or
fewer, one visit of a part has. Of the ways that are left, the one whose parts' strokes are most of the types that known
drawings have there, and of these the one for which the parts' boxes are smallest.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.describe import strokes
from pipeline.describe.arrangement import Told
from pipeline.describe.description import Description, canonical
from pipeline.describe.visits import Habits

ALIKE = 3  # strokes of which one may be of another type
Boxes = NDArray[np.float64]  # (strokes, 4): left, top, right, bottom
Types = tuple[str, ...]  # of strokes, the usual ones without letters
# A part's usual name and its number of strokes -> their types, and for these the kvg:type of each, as most have it
Seen = dict[tuple[str, int], dict[Types, Types]]


def seen(drawings: Iterable[Told], types: Iterable[Sequence[str]]) -> Seen:
    """Of the parts of known drawings, from their descriptions and the types of their strokes."""
    found: dict[tuple[str, int], dict[Types, Counter[Types]]] = defaultdict(lambda: defaultdict(Counter))
    for told, kinds in zip(drawings, types, strict=True):
        for part in _all(told):
            these = _of(part, kinds)
            usual = tuple(map(strokes.usual, these))
            found[canonical(part.description.name), len(these)][usual][these] += 1
    return {key: {usual: most.most_common(1)[0][0] for usual, most in ways.items()} for key, ways in found.items()}


def assigned(description: Description, habits: Habits, known: Seen, types: Sequence[str], boxes: Boxes) -> Told | None:
    """The description with the strokes of each part; None where the strokes cannot be its parts': too few, too many."""
    told = [
        _filled(description, _runs_by_leaf(way), 0)[0]
        for order in (habits, Habits({}, habits.strokes))  # as is usual there, and one slot after another
        for way in _ways(order._written(description, 0), len(boxes))
    ]
    usual = tuple(map(strokes.usual, types))
    return min(told, key=lambda one: (_unlike(one, known, usual), _area(one, boxes)), default=None)


def typed(told: Told, known: Seen, types: Sequence[str]) -> list[str]:
    """The types of a drawing's strokes as known drawings have them, letters too, in parts like its own: of their ways
    the one that differs least, if in no more than one stroke of ALIKE."""
    found = list(types)
    for part in [one for one in _all(told) if not one.parts]:
        these = tuple(map(strokes.usual, _of(part, types)))
        ways = known.get((canonical(part.description.name), len(these)), {})
        nearest = min(ways, key=lambda way: differing(way, these), default=None)
        if nearest is not None and ALIKE * differing(nearest, these) <= len(these):
            for i, one in zip(_strokes(part), ways[nearest], strict=True):
                found[i] = one
    return found


def differing(one: Types, other: Types) -> int:
    """How many of as many types differ."""
    return sum(a != b for a, b in zip(one, other, strict=True))


def around(boxes: Boxes) -> tuple[float, float, float, float]:
    """The box round boxes."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _ways(written: list[tuple[int, int]], count: int) -> Iterator[list[tuple[int, int]]]:
    """(leaf, strokes) of each visit, so that they are `count` in all."""
    more = count - sum(many for _, many in written)
    for at in range(len(written) if more else 1):
        way = [(leaf, many + more * (i == at)) for i, (leaf, many) in enumerate(written)]
        if min(many for _, many in way) > 0:
            yield way


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


def _unlike(told: Told, known: Seen, types: Types) -> int:
    """How many strokes of its leaves are of other types than known drawings have there; all of one that none has."""
    if told.parts:
        return sum(_unlike(part, known, types) for part in told.parts)
    these, name = _of(told, types), canonical(told.description.name)
    if strokes.types(name):
        return sum(one not in strokes.types(name) for one in these)
    return min((differing(these, one) for one in known.get((name, len(these)), ())), default=len(these))


def _area(told: Told, boxes: Boxes) -> float:
    """Of the boxes round the leaves, in sum."""
    if told.parts:
        return sum(_area(part, boxes) for part in told.parts)
    left, top, right, bottom = around(boxes[_strokes(told)])
    return (right - left) * (bottom - top)


def _all(told: Told) -> Iterator[Told]:
    yield told
    for part in told.parts:
        yield from _all(part)


def _of(told: Told, types: Sequence[str]) -> Types:
    return tuple(types[i] for i in _strokes(told))


def _strokes(told: Told) -> list[int]:
    return [i for first, last in told.runs for i in range(first, last + 1)]
