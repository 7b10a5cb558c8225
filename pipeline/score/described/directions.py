"""Pictures of a drawing's lines by their direction, as recognisers of handwritten characters see it.

Shapes: B drawings, M lines of all of them, D directions, S pixels a side of a raster, P = D S S numbers of a picture.

The ink's centre of gravity is moved to the middle and its standard deviation along each axis brought to one length, so
that a single stray stroke does not shrink all others as the fit of a box would (moment normalisation: R. G. Casey,
Moment Normalization of Handprinted Characters, IBM J. Res. Dev. 14, 1970). D channels hold the ink of lines in each
direction, backwards the same as forwards; they are blurred, and the square root evens them out (direction features, see
C.-L. Liu, S. Jaeger, M. Nakagawa, Online Recognition of Chinese Characters, IEEE TPAMI 26, 2004, section 4).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import Steps
from pipeline.score import novelty
from pipeline.score.judge import rasters
from pipeline.score.judge.rasters import Lines

DIRECTIONS, SIZE = 6, 12
BLUR = 0.072  # standard deviation as a share of the raster's side
SPREAD = 0.23  # the ink's standard deviation along each axis, as a share of the raster's side
STRETCH = 1.6  # an axis along which a drawing has less ink may grow by this factor more than the other one
DOT = 1 / 4  # of a dot's ink in each channel: a line's are this on the mean
BLOCK = 512  # drawings drawn at once


def pictures(drawings: Sequence[Steps]) -> NDArray[np.float32]:
    """B drawings in any unit -> (B, P) pictures of unit length. Raises RasterError: a coordinate is not finite."""
    kernel = novelty.blur_matrix(SIZE, BLUR * SIZE)
    found = np.zeros((len(drawings), DIRECTIONS * SIZE * SIZE), np.float32)
    for at in range(0, len(drawings), BLOCK):
        part = np.sqrt(kernel @ _ink(drawings[at : at + BLOCK]) @ kernel)  # (D, BLOCK, S, S)
        flat = part.swapaxes(0, 1).reshape(part.shape[1], -1)  # -> (BLOCK, P)
        found[at : at + BLOCK] = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    return found


def _ink(drawings: Sequence[Steps]) -> NDArray[np.float32]:
    """(D, B, S, S): length of line in each pixel, in pixels, by direction; all together at most about 1."""
    drawn = normalised(rasters.lines(drawings, SIZE, 0.0), len(drawings))
    amount = rasters.amounts(drawn)
    ink = rasters.ink(drawn, np.stack((amount, *(amount * shares(drawn)))), len(drawings), SIZE)
    return (ink[1:] / np.maximum(ink[0], 1)).astype(np.float32)


def shares(drawn: Lines) -> NDArray[np.float64]:
    """(D, M): how much of each line's ink is of each direction, cos^2 of twice the angle between them within 45
    degrees, else nothing."""
    axes = np.pi * np.arange(DIRECTIONS)[:, None] / DIRECTIONS
    return np.where(drawn.length > 0, np.maximum(np.cos(2 * (drawn.angle - axes)), 0) ** 2, DOT)


def normalised(drawn: Lines, drawings: int) -> Lines:
    """The lines about the raster's middle, their ink's standard deviation SPREAD of its side along each axis."""
    ink, middle, across = rasters.amounts(drawn), (drawn.begin + drawn.end) / 2, drawn.end - drawn.begin

    def mean(values: NDArray) -> NDArray[np.float64]:
        """(M, 2) -> (B, 2), weighted by the ink."""
        sums = [np.bincount(drawn.owner, ink * values[:, axis], drawings) for axis in (0, 1)]
        return np.stack(sums, axis=1) / np.bincount(drawn.owner, ink, drawings)[:, None]

    centre = mean(middle)
    # a line's own second moment is a twelfth of its extent's square
    deviation = np.sqrt(mean((middle - centre[drawn.owner]) ** 2 + across**2 / 12))
    longer = deviation.max(axis=1, keepdims=True)
    factor = SPREAD * SIZE / np.maximum(deviation, np.where(longer > 0, longer, 1) / STRETCH)
    begin, end = (
        (points - centre[drawn.owner]) * factor[drawn.owner] + (SIZE - 1) / 2 for points in (drawn.begin, drawn.end)
    )
    return Lines(drawn.owner, begin, end, drawn.starts)
