"""Drawings as small pictures: the lines on the paper, brought to one place and size, and their ink in pixels.

Shapes: B drawings, M lines of all of them, S pixels a side of a raster, C channels.

`ordered` keeps what the strokes' order and direction are, and forgets how many points a line has: its channels are
    ink        length of line in each pixel, in pixels, at most 1
    time       ink times the time of writing, from -1 at the first stroke's begin to 1 at the last one's end,
               measured in length of line
    cos, sin   ink times the direction in which the pen went
    starts     a dot where the pen comes down
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import ON_PAPER, Steps
from pipeline.progress import Progress, unseen

CHANNELS = ("ink", "time", "cos", "sin", "starts")
MARGIN = 0.08  # share of the raster's side that `ordered` leaves empty on each side
SPACING = 0.5  # pixels between the places where a line's ink is put
DOT = 1.0  # pixels of ink of a stroke that has no length
BLOCK = 512  # drawings drawn at once


class RasterError(ValueError):
    """Drawings of which no picture can be made."""


@dataclass(frozen=True)
class Lines:
    """owner (M,) int64: number of the drawing; begin, end (M, 2) in pixels; starts (M,) bool: first of its stroke.

    A stroke's first point is there as a line without length only where the stroke has no other point.
    """

    owner: NDArray[np.int64]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    starts: NDArray[np.bool_]

    @property
    def length(self) -> NDArray[np.float64]:
        """(M,) in pixels."""
        return np.hypot(*(self.end - self.begin).T)

    @property
    def angle(self) -> NDArray[np.float64]:
        """(M,) the pen's direction in radians, y down."""
        return np.arctan2(*(self.end - self.begin).T[::-1])


def ordered(
    drawings: Sequence[Steps], size: int, moves: NDArray | None = None, progress: Progress = unseen
) -> NDArray[np.float32]:
    """B drawings -> (B, C, S, S), channels as above.

    moves: (B, 2, 3) affine maps of the pixels about the raster's middle, for variety in training; what leaves the
    raster is kept at its edge. Raises RasterError: a coordinate is not finite.
    """
    found = np.zeros((len(drawings), len(CHANNELS), size, size), np.float32)
    for at in progress(range(0, len(drawings), BLOCK)):
        part = drawings[at : at + BLOCK]
        drawn = lines(part, size, MARGIN)
        if moves is not None:
            drawn = _moved(drawn, moves[at : at + BLOCK], size)
        found[at : at + BLOCK] = _channels(drawn, len(part), size)
    return found


def lines(drawings: Sequence[Steps], size: int, margin: float, stretch: float = 1.0) -> Lines:
    """The lines on the paper of B drawings: each drawing's box in the raster's middle, its longer side size - 1 less
    the margins, its shorter side stretched towards it by at most `stretch`. Raises RasterError."""
    lengths = np.array([len(steps) for steps in drawings])
    steps = np.concatenate(drawings).astype(np.float64)
    if not np.isfinite(steps).all():
        raise RasterError("a drawing holds a number that is not finite; `drawing.check` finds it")
    first = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(len(drawings)), lengths)
    points = _fit(np.cumsum(steps[:, :2], axis=0), first, owner, (size - 1) * (1 - 2 * margin), stretch)
    points += (size - 1) / 2
    lifted = steps[:, 2] != ON_PAPER
    begins = np.concatenate(([True], lifted[:-1]))
    begins[first] = True
    drawn = np.flatnonzero(~begins | (begins & lifted))
    before = np.where(begins[drawn], drawn, drawn - 1)
    return Lines(owner[drawn], points[before], points[drawn], begins[before])


def ink(drawn: Lines, amounts: NDArray, drawings: int, size: int) -> NDArray[np.float64]:
    """(C, M) amounts, each spread evenly along its line -> (C, B, S, S)."""
    count = np.maximum(np.ceil(drawn.length / SPACING).astype(np.int64), 1)
    # each line is cut in `count` equal pieces; a piece's ink lies at its middle
    line = np.repeat(np.arange(len(count)), count)
    piece = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    share = ((piece + 0.5) / count[line])[:, None]
    points = drawn.begin[line] * (1 - share) + drawn.end[line] * share
    return splat(drawn.owner[line], points, (amounts / count)[:, line], drawings, size)


def splat(owner: NDArray, points: NDArray, amounts: NDArray, drawings: int, size: int) -> NDArray[np.float64]:
    """Amounts (C, M) at points (M, 2), shared between the four pixels round each: (C, B, S, S)."""
    points = np.clip(points, 0, size - 1)
    low = np.minimum(points.astype(np.int64), size - 2)
    part = points - low
    found = np.zeros((len(amounts), drawings * size * size))
    for right in (0, 1):
        for down in (0, 1):
            weight = np.abs(1 - right - part[:, 0]) * np.abs(1 - down - part[:, 1])
            pixel = (owner * size + low[:, 1] + down) * size + low[:, 0] + right
            for channel, amount in zip(found, amounts, strict=True):
                channel += np.bincount(pixel, amount * weight, minlength=len(channel))
    return found.reshape(-1, drawings, size, size)


def amounts(drawn: Lines) -> NDArray[np.float64]:
    """(M,) ink of each line: its length, DOT where it has none."""
    length = drawn.length
    return np.where(length > 0, length, DOT)


def _channels(drawn: Lines, drawings: int, size: int) -> NDArray[np.float64]:
    """(B, C, S, S)."""
    amount, length, angle = amounts(drawn), drawn.length, drawn.angle
    written = np.stack((amount, amount * _time(drawn, amount), length * np.cos(angle), length * np.sin(angle)))
    found = ink(drawn, written, drawings, size)
    # a place written over and over is not all there is
    found = found / np.maximum(found[0], 1)
    begins = drawn.begin[drawn.starts]
    dots = splat(drawn.owner[drawn.starts], begins, np.ones((1, len(begins))), drawings, size)
    return np.concatenate((found, dots)).swapaxes(0, 1)


def _time(drawn: Lines, amount: NDArray) -> NDArray[np.float64]:
    """(M,) -1 to 1: when a line's middle was written, in length of all lines of its drawing."""
    first = np.flatnonzero(np.diff(drawn.owner, prepend=-1))
    count = np.diff(np.append(first, len(amount)))
    total = np.add.reduceat(amount, first)
    before = np.cumsum(amount) - amount
    along = before - np.repeat(before[first], count) + amount / 2
    return 2 * along / np.repeat(total, count) - 1


def _moved(drawn: Lines, moves: NDArray, size: int) -> Lines:
    middle, move = (size - 1) / 2, moves[drawn.owner]  # (M, 2, 3)

    def moved(points: NDArray) -> NDArray:
        return np.einsum("mij,mj->mi", move[:, :, :2], points - middle) + move[:, :, 2] + middle

    return Lines(drawn.owner, moved(drawn.begin), moved(drawn.end), drawn.starts)


def _fit(points: NDArray, first: NDArray, owner: NDArray, side: float, stretch: float) -> NDArray:
    """Points (M, 2) of several drawings -> each drawing's box about the origin, its longer side `side`, its shorter
    side stretched towards it by at most `stretch`."""
    low, high = np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)
    span, middle = high - low, (low + high) / 2
    longer = span.max(axis=1, keepdims=True)
    wide = np.maximum(span, np.where(longer > 0, longer, 1) / stretch)
    return (points - middle[owner]) * (side / wide)[owner]
