"""Faults planted into real drawings, for the proof-reader: what each kind of cure has to find."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipeline.check.cures import EXTRA, MISSING, PARTS, REVERSED, SWAPPED
from pipeline.check.drawn import Case, Drawn, Order, blocks, straight

Source = np.random.Generator


def _reversed(drawn: Drawn, source: Source) -> Order | None:
    i, plain = int(source.integers(len(drawn))), straight(len(drawn))
    return (*plain[:i], (i, True), *plain[i + 1 :])


def _swapped(drawn: Drawn, source: Source) -> Order | None:
    if len(drawn) < 2:
        return None
    i, plain = int(source.integers(len(drawn) - 1)), straight(len(drawn))
    return (*plain[:i], plain[i + 1], plain[i], *plain[i + 2 :])


def _left_out(drawn: Drawn, source: Source) -> Order | None:
    i, plain = int(source.integers(len(drawn))), straight(len(drawn))
    return plain[:i] + plain[i + 1 :] if len(drawn) > 2 else None


def _doubled(drawn: Drawn, source: Source) -> Order | None:
    i, plain = int(source.integers(len(drawn))), straight(len(drawn))
    return plain[: i + 1] + plain[i:] if len(drawn) > 1 else None


def _parts(drawn: Drawn, source: Source) -> Order | None:
    if not any(drawn.parts) or not (places := blocks(drawn.parts)):
        return None
    (first, middle, stop), plain = places[source.integers(len(places))], straight(len(drawn))
    return plain[:first] + plain[middle:stop] + plain[first:middle] + plain[stop:]


FAULTS: dict[str, Callable[[Drawn, Source], Order | None]] = {
    REVERSED: _reversed, SWAPPED: _swapped, PARTS: _parts, EXTRA: _doubled, MISSING: _left_out,
}  # fmt: skip


def planted(one: Case, kind: str, source: Source) -> Case | None:
    """The same with a fault that the cure of this kind is for; None where it cannot have one."""
    order = FAULTS[kind](one.drawn, source)
    return None if order is None else replace(one, drawn=one.drawn.ordered(order))
