"""What may be wrong with a drawing, each fault with the order of strokes that would cure it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.check.drawn import Drawn, Order, blocks, straight

REVERSED, SWAPPED, PARTS, EXTRA, MISSING = KINDS = ("reversed", "swapped", "parts", "extra", "missing")
LEAST_STROKES = 2  # that are left of a drawing when one is taken away


@dataclass(frozen=True)
class Put:
    """A stroke that is put in: (n, 2) points; like: the number of a stroke whose parts it is in."""

    stroke: NDArray[np.float64]
    like: int


@dataclass(frozen=True)
class Cure:
    """strokes: those that the fault is of, by number from 0, in a row; of MISSING the one before which one is missing,
    which is the number of strokes where it is missing at the end; order: how it would be right; put: the stroke that is
    missing."""

    kind: str
    strokes: tuple[int, ...]
    order: Order
    put: Put | None = field(default=None, compare=False)

    def cured(self, drawn: Drawn) -> Drawn:
        ordered = drawn.ordered(self.order)
        return ordered if self.put is None else ordered.with_stroke(self.strokes[0], self.put.stroke, self.put.like)


def cures(drawn: Drawn, doubtful: Collection[int]) -> Iterator[Cure]:
    """All kinds but MISSING, which no order of the strokes that are there cures. Of single strokes and of neighbours
    those that begin with a doubtful one."""
    count = len(drawn)
    plain = straight(count)
    for i in sorted(doubtful):
        if len(drawn.strokes[i]) > 1:
            yield Cure(REVERSED, (i,), (*plain[:i], (i, True), *plain[i + 1 :]))
        if count > LEAST_STROKES:
            yield Cure(EXTRA, (i,), plain[:i] + plain[i + 1 :])
        if i + 1 < count:
            yield Cure(SWAPPED, (i, i + 1), _exchanged(plain, i, i + 1, i + 2))
    for first, middle, stop in blocks(drawn.parts):
        yield Cure(PARTS, tuple(range(first, stop)), _exchanged(plain, first, middle, stop))


def _exchanged(order: Order, first: int, middle: int, stop: int) -> Order:
    return order[:first] + order[middle:stop] + order[first:middle] + order[stop:]
