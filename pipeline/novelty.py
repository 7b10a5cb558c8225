"""How new a drawing is: its distance to the nearest training character, beside the distance real characters have to it.

Shapes: B drawings, S pixels a side of a raster, P = 3 S S numbers of a picture.

A drawing becomes a small blurred picture of its ink, moved to the middle and brought to one size, so that where and how
large or wide it was written does not count, nor how many points a line has, and a small displacement of a stroke counts
little. Three channels hold the ink, and the ink times cos 2a and sin 2a, where a is the direction of the line. Lines at
the same place then agree by 1 + cos 2(a - b) = 2 cos^2(a - b), not at all where they cross at a right angle; without
this a dense character is near to everything. (Directional features are an old means of reading handwritten kanji.)
The distance of two drawings is one minus the cosine of their pictures: 0 for the same, at most 1. It means nothing
by itself: read it against that of held-out real drawings.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import ON_PAPER, Steps

CHANNELS = 3
MARGIN = 0.1  # share of the raster's side that stays empty on each side, for the blur
STRETCH = 1.3  # a drawing's narrower side may grow by this factor to meet its longer one
SPACING = 0.5  # pixels between the places where a line's ink is put
DOT = 1.0  # pixels of ink of a stroke that has no length
COPY_PERCENTILE = 1.0  # nearer than this percentile of the held-out drawings' distances is a copy
SAME = 1e-3  # well above the distance of the same lines cut into other pieces
BLOCK = 512  # drawings drawn or compared at once

Progress = Callable[[Iterable[Any]], Iterable[Any]]  # hands on what it is given, and may show how far it is


class NoveltyError(ValueError):
    """Sets between which no distance can be taken."""


@dataclass(frozen=True)
class Neighbours:
    """Of each of B drawings the nearest in another set: its number there (B,) int64 and the distance (B,) float32."""

    nearest: NDArray[np.int64]
    distance: NDArray[np.float32]


def pictures(drawings: Sequence[Steps], size: int, blur: float, progress: Progress = iter) -> NDArray[np.float32]:
    """B drawings -> (B, P) pictures of unit length.

    size: pixels a side. blur: standard deviation of the Gaussian blur as a share of the drawing's longer side.
    """
    kernel = _blur_matrix(size, blur * size * (1 - 2 * MARGIN))
    found = np.zeros((len(drawings), CHANNELS * size * size), np.float32)
    for at in progress(range(0, len(drawings), BLOCK)):
        part = kernel @ _ink(drawings[at : at + BLOCK], size) @ kernel  # (CHANNELS, BLOCK, S, S)
        flat = part.swapaxes(0, 1).reshape(part.shape[1], -1)  # -> (BLOCK, P)
        found[at : at + BLOCK] = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    return found


def nearest(these: NDArray[np.float32], among: NDArray[np.float32]) -> Neighbours:
    """For each of (B, P) pictures the nearest of (M, P), the first of equals. Raises NoveltyError: `among` is empty."""
    if not len(among):
        raise NoveltyError("there is no training drawing to take a distance to; run `dvc repro` to make data/batches")
    found, cosine = np.zeros(len(these), np.int64), np.zeros(len(these), np.float32)
    for at in range(0, len(these), BLOCK):
        products = these[at : at + BLOCK] @ among.T  # (BLOCK, M)
        best = products.argmax(axis=1)
        found[at : at + BLOCK] = best
        cosine[at : at + BLOCK] = products[np.arange(len(best)), best]
    return Neighbours(found, np.clip(1 - cosine, 0, None))


def nearest_other(these: NDArray[np.float32]) -> Neighbours:
    """For each of (B, P) pictures the nearest of the others. Raises NoveltyError: there is only one."""
    if len(these) == 1:
        raise NoveltyError("a single drawing has no other to be like; draw more with sample.count")
    found, cosine = np.zeros(len(these), np.int64), np.zeros(len(these), np.float32)
    for at in range(0, len(these), BLOCK):
        products = these[at : at + BLOCK] @ these.T  # (BLOCK, B)
        own = np.arange(len(products))
        products[own, at + own] = -np.inf
        found[at : at + BLOCK] = products.argmax(axis=1)
        cosine[at : at + BLOCK] = products.max(axis=1)
    return Neighbours(found, np.clip(1 - cosine, 0, None))


def copy_threshold(reference: NDArray) -> float:
    """The distance below which a drawing is called a copy: the 1st percentile of `reference`, the distances that
    held-out real drawings have; at least SAME, in case some of those are in the training set."""
    return max(float(np.percentile(reference, COPY_PERCENTILE)), SAME)


def _blur_matrix(size: int, sigma: float) -> NDArray[np.float32]:
    """(S, S), symmetric: a Gaussian blur of one axis; what would leave the raster is lost."""
    away = np.arange(size)[:, None] - np.arange(size)
    return np.exp(-(away**2) / (2 * sigma**2)).astype(np.float32)


def _ink(drawings: Sequence[Steps], size: int) -> NDArray[np.float32]:
    """(CHANNELS, B, S, S): length of line in each pixel, in pixels, at most 1, so that a place written over and
    over is not all there is; and that times the cosine and the sine of twice the line's direction."""
    owner, begin, end = _segments(drawings, size)
    length, angle = np.hypot(*(end - begin).T), 2 * np.arctan2(*(end - begin).T[::-1])
    count = np.maximum(np.ceil(length / SPACING).astype(np.int64), 1)
    # each line is cut in `count` equal pieces; a piece's ink lies at its middle
    line = np.repeat(np.arange(len(count)), count)
    piece = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    share = ((piece + 0.5) / count[line])[:, None]
    points = begin[line] * (1 - share) + end[line] * share
    amount = np.where(length > 0, length, DOT) / count
    directed = np.where(length > 0, amount, 0)  # a dot has no direction
    channels = np.stack((amount, directed * np.cos(angle), directed * np.sin(angle)))[:, line]
    ink = np.stack([_splat(owner[line], points, channel, len(drawings), size) for channel in channels])
    return (ink / np.maximum(ink[0], 1)).astype(np.float32)


def _splat(owner: NDArray, points: NDArray, amount: NDArray, drawings: int, size: int) -> NDArray:
    """Ink at points (M, 2), shared between the four pixels round each: (B, S, S)."""
    low = np.clip(np.floor(points).astype(np.int64), 0, size - 2)
    part = points - low
    ink = np.zeros(drawings * size * size)
    for right in (0, 1):
        for down in (0, 1):
            weight = np.abs(1 - right - part[:, 0]) * np.abs(1 - down - part[:, 1])
            pixel = (owner * size + low[:, 1] + down) * size + low[:, 0] + right
            ink += np.bincount(pixel, amount * weight, minlength=len(ink))
    return ink.reshape(drawings, size, size)


def _segments(drawings: Sequence[Steps], size: int) -> tuple[NDArray, NDArray, NDArray]:
    """Lines on the paper: number of the drawing (M,), begin and end (M, 2) in pixels of the raster.

    A stroke's first point is there as a line without length only where the stroke has no other point.
    """
    lengths = np.array([len(steps) for steps in drawings])
    steps = np.concatenate(drawings).astype(np.float64)
    first = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(len(drawings)), lengths)
    points = _fit(np.cumsum(steps[:, :2], axis=0), first, owner, size)
    lifted = steps[:, 2] != ON_PAPER
    begins = np.concatenate(([True], lifted[:-1]))
    begins[first] = True
    drawn = np.flatnonzero(~begins | (begins & lifted))
    before = np.where(begins[drawn], drawn, drawn - 1)
    return owner[drawn], points[before], points[drawn]


def _fit(points: NDArray, first: NDArray, owner: NDArray, size: int) -> NDArray:
    """Points (M, 2) of several drawings -> pixels: each drawing's box in the middle, its longer side the same, its
    shorter side stretched towards it by at most STRETCH."""
    low, high = np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)
    span, middle = high - low, (low + high) / 2
    longer = span.max(axis=1, keepdims=True)
    side = np.maximum(span, np.where(longer > 0, longer, 1) / STRETCH)
    scale = (size - 1) * (1 - 2 * MARGIN) / side
    return (points - middle[owner]) * scale[owner] + (size - 1) / 2
