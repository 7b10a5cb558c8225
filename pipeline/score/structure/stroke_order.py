"""Single strokes and their order: of which type a stroke is, whether it is drawn as usual, and which comes first.

Shapes: B drawings, S strokes of all of them, M strokes of the alphabet, N points of a stroke.

The alphabet is a sample of training strokes. A stroke's type is that of the nearest of them (a nearest neighbour in
shape, and a little in size); it is known if that one is no further than nearly all held-out strokes are from theirs. It
is drawn forward if the alphabet has nothing nearer to its reverse. Types are the characters of Unicode's block of CJK
strokes, which KanjiVG's kvg:type begins with: the letters after it and the second of two alternatives are dropped.

Order is asked of all pairs of strokes in a drawing that stand beside each other at the same height, and of those that
stand one above the other: how often is the left one drawn first, and the upper one? Where strokes cross or are far
apart both ways, writing has no such rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.dataset import DrawingSet
from pipeline.describe import strokes
from pipeline.drawing import Steps
from pipeline.score.structure import traces
from pipeline.score.structure.traces import POINTS, Traces

ALPHABET = 30_000  # strokes; with four times as many 0.5 % more types are recognised, in four times the time
SIZE_WEIGHT = 0.1  # of a difference in ln(size), beside the points' distance in the stroke's own box
TINY = 0.02  # of the drawing's longer side: smaller strokes have no smaller size
KNOWN_PERCENTILE = 99.0  # of the distances of held-out strokes
TOUCH = 0.02  # of the drawing's longer side: how far strokes beside each other may overlap
ALONG = 0.5  # share of the shorter one's extent that two must have in common to stand in one row, or one column

Kinds = NDArray[np.str_]  # (S,) one character each, "" where it is not known


class StrokeOrderError(ValueError):
    """Drawings of which no alphabet of strokes can be made."""


@dataclass(frozen=True)
class Alphabet:
    """shape (M, 2 N + 1) float32, kind (M,), limit: strokes nearer than this are known."""

    shape: NDArray[np.float32]
    kind: Kinds
    limit: float


@dataclass(frozen=True)
class Reading:
    """Of each stroke of `drawings` drawings: the drawing it is of (S,), its type (S,), the distance to the alphabet
    (S,), whether that makes it known (S,), and whether it is drawn forward (S,)."""

    drawings: int
    owner: NDArray[np.int64]
    kind: Kinds
    distance: NDArray[np.float32]
    known: NDArray[np.bool_]
    forward: NDArray[np.bool_]

    def per_drawing(self, true: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
        """In how many strokes something is true, and how many there are: (B,), (B,)."""
        return np.bincount(self.owner[true], minlength=self.drawings), np.bincount(self.owner, minlength=self.drawings)


def tells_types(drawings: DrawingSet) -> bool:
    """Whether a set's index says of which type its strokes are."""
    return "types" in drawings.index.columns


def types(drawings: DrawingSet) -> list[tuple[str, ...]]:
    """The types that KanjiVG allows for each of S strokes, the usual one first; () where it gives none."""
    return [strokes.types(text) for row in drawings.index["types"] for text in row]


def alphabet(training: DrawingSet, held_out: DrawingSet, source: np.random.Generator) -> Alphabet:
    """From training drawings, with the limit of held-out ones. Raises StrokeOrderError: one of both is empty."""
    if not (len(training) and len(held_out)):
        raise StrokeOrderError("an alphabet of strokes needs training and held-out drawings; run `dvc repro batch`")
    traced = traces.of(list(training))
    kind = np.array([(names or ("",))[0] for names in types(training)]) if tells_types(training) else None
    kind = np.full(len(traced.points), "") if kind is None else kind
    if len(kind) != len(traced.points):
        raise StrokeOrderError(f"{len(kind)} stroke types for {len(traced.points)} strokes; run `dvc repro parse`")
    chosen = source.permutation(len(kind))[:ALPHABET]
    shape = _shapes(traced.points[chosen])
    _, distance = traces.nearest(_shapes(traces.of(list(held_out)).points), shape)
    return Alphabet(shape, kind[chosen], float(np.percentile(distance, KNOWN_PERCENTILE)))


def read(drawings: Sequence[Steps], letters: Alphabet) -> Reading:
    """B drawings, (n, 3) steps in any unit."""
    traced = traces.of(drawings)
    best, distance = traces.nearest(_shapes(traced.points), letters.shape)
    _, backward = traces.nearest(_shapes(traced.points[:, ::-1]), letters.shape)
    known = distance <= letters.limit
    return Reading(len(traced), traced.owner, letters.kind[best], distance, known, distance <= backward)


def accuracy(found: Reading, real: DrawingSet) -> float:
    """Share of a real set's strokes whose type was recognised; each type that KanjiVG allows is right."""
    allowed = types(real)
    return float(np.mean([kind in names for kind, names in zip(found.kind, allowed, strict=True) if names]))


def total_variation(ours: Kinds, theirs: Kinds) -> float:
    """Between the shares of types in two sets: 0 for the same shares, 1 if they have no type in common."""
    names, number = np.unique(np.concatenate((ours, theirs)), return_inverse=True)
    shares = [np.bincount(part, minlength=len(names)) / max(len(part), 1) for part in np.split(number, [len(ours)])]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def order(boxes: NDArray, first: NDArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs that are in the usual order, and all pairs, of each drawing: (B, 2), (B, 2); column 0 those that stand
    left and right of each other, 1 those above and below.

    boxes (S, 4): left, top, right, bottom of strokes, or of parts, in the order of writing, in sides of the drawing;
    first (B + 1,): where each drawing's begin.
    """
    drawings = np.repeat(np.arange(len(first) - 1), np.diff(first))
    one, other = _pairs(first)
    low, high = boxes[:, :2], boxes[:, 2:]
    after = low[other] >= high[one] - TOUCH
    before = high[other] <= low[one] + TOUCH
    common = np.minimum(high[one], high[other]) - np.maximum(low[one], low[other])
    shorter = np.minimum(high[one] - low[one], high[other] - low[other])
    level = (common >= ALONG * shorter - 1e-6)[:, ::-1]  # of the other axis
    asked = (after ^ before) & level
    counted = [
        np.stack([np.bincount(drawings[one[which[:, axis]]], minlength=len(first) - 1) for axis in (0, 1)], axis=1)
        for which in (asked & after, asked)
    ]
    return counted[0], counted[1]


def stroke_order(traced: Traces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`order` of the strokes of drawings."""
    return order(traced.boxes, traced.first)


def _pairs(first: NDArray) -> tuple[NDArray, NDArray]:
    """Every two of the same drawing, the earlier and the later one."""
    stop = np.repeat(first[1:], np.diff(first))
    later = stop - np.arange(first[-1]) - 1
    one = np.repeat(np.arange(first[-1]), later)
    nth = np.arange(len(one)) - np.repeat(np.cumsum(later) - later, later)
    return one, one + 1 + nth


def _shapes(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(S, N, 2) -> (S, 2 N + 1): points from the middle of the stroke's box in its longer side, scaled so that the
    Euclidean distance of two is the root mean square of the points'; last the weighted logarithm of the size."""
    box = traces.boxes(points)
    side = np.maximum((box[:, 2:] - box[:, :2]).max(axis=1), TINY)
    middle = (box[:, 2:] + box[:, :2]) / 2
    inside = (points - middle[:, None]) / side[:, None, None]
    flat = inside.reshape(len(points), 2 * POINTS) / np.sqrt(POINTS)
    return np.column_stack((flat, SIZE_WEIGHT * np.log(side))).astype(np.float32)
