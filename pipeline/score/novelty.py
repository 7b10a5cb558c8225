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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import Steps
from pipeline.progress import Progress, unseen
from pipeline.score.judge import rasters

CHANNELS = 3
MARGIN = 0.1  # share of the raster's side that stays empty on each side, for the blur
STRETCH = 1.3  # a drawing's narrower side may grow by this factor to meet its longer one
COPY_PERCENTILE = 1.0  # nearer than this percentile of the held-out drawings' distances is a copy
SAME = 1e-3  # well above the distance of the same lines cut into other pieces
BLOCK = 512  # drawings drawn or compared at once


class NoveltyError(ValueError):
    """Sets between which no distance can be taken."""


@dataclass(frozen=True)
class Neighbours:
    """Of each of B drawings the nearest in another set: its number there (B,) int64 and the distance (B,) float32."""

    nearest: NDArray[np.int64]
    distance: NDArray[np.float32]


def pictures(drawings: Sequence[Steps], size: int, blur: float, progress: Progress = unseen) -> NDArray[np.float32]:
    """B drawings -> (B, P) pictures of unit length.

    size: pixels a side. blur: standard deviation of the Gaussian blur as a share of the drawing's longer side.
    """
    kernel = blur_matrix(size, blur * size * (1 - 2 * MARGIN))
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


def blur_matrix(size: int, sigma: float) -> NDArray[np.float32]:
    """(S, S), symmetric: a Gaussian blur of one axis; what would leave the raster is lost."""
    away = np.arange(size)[:, None] - np.arange(size)
    return np.exp(-(away**2) / (2 * sigma**2)).astype(np.float32)


def _ink(drawings: Sequence[Steps], size: int) -> NDArray[np.float32]:
    """(CHANNELS, B, S, S): length of line in each pixel, in pixels, at most 1, so that a place written over and
    over is not all there is; and that times the cosine and the sine of twice the line's direction."""
    drawn = rasters.lines(drawings, size, MARGIN, STRETCH)
    length, twice = drawn.length, 2 * drawn.angle  # a dot has no direction
    channels = np.stack((rasters.amounts(drawn), length * np.cos(twice), length * np.sin(twice)))
    ink = rasters.ink(drawn, channels, len(drawings), size)
    return (ink / np.maximum(ink[0], 1)).astype(np.float32)
