"""The one format: a drawing is an (n, 3) float32 array of steps (dx, dy, pen).

dx, dy  the offset from the previous point, y down, in the units of the source document (KanjiVG: a 109 x 109 box)
pen     0 = on the paper; 1 = lifted after this point, end of stroke;
        2 = finished, end of character: the last step and only that one; it is an end of stroke too

Every row is a point. The first row of a stroke is where the pen comes down, its offset the travel through the air,
and the first row of the drawing travels from the centre of the writing box. So position is kept, and a stroke of one
point exists.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ON_PAPER, END_OF_STROKE, END_OF_CHARACTER = 0, 1, 2

Steps = NDArray[np.float32]  # (n, 3)
Stroke = NDArray[np.float64]  # (m, 2) points x, y, m >= 1


class DrawingError(ValueError):
    """An array that is not a drawing, or strokes that do not make one."""


def from_strokes(strokes: Sequence[NDArray], width: float, height: float) -> Steps:
    """Strokes, each (m, 2) points in a width x height box -> (n, 3) steps.

    Offsets are differences in float64, rounded once to float32.
    Raises DrawingError: no stroke, an empty stroke, a coordinate that is not finite.
    """
    if not strokes:
        raise DrawingError("a drawing needs at least one stroke")
    if min(len(stroke) for stroke in strokes) == 0:
        raise DrawingError("a stroke needs at least one point")
    points = np.concatenate([np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes])
    if not np.isfinite(points).all():
        raise DrawingError("a coordinate is not a finite number")
    steps = np.zeros((len(points), 3), np.float32)
    steps[:, :2] = np.diff(points, axis=0, prepend=[[width / 2, height / 2]])
    steps[np.cumsum([len(stroke) for stroke in strokes]) - 1, 2] = END_OF_STROKE
    steps[-1, 2] = END_OF_CHARACTER
    return steps


def to_strokes(steps: Steps, width: float, height: float) -> list[Stroke]:
    """(n, 3) steps -> the strokes' points in a width x height box. The inverse of `from_strokes`."""
    points = positions(steps, width, height)
    ends = np.flatnonzero(steps[:, 2] != ON_PAPER) + 1
    return [stroke for stroke in np.split(points, ends) if len(stroke)]


def positions(steps: Steps, width: float, height: float) -> NDArray[np.float64]:
    """(n, 3) steps -> (n, 2) points, in float64: the sum of many offsets keeps the source's digits."""
    return np.cumsum(steps[:, :2], axis=0, dtype=np.float64) + (width / 2, height / 2)


def unit(scale: float) -> NDArray[np.float32]:
    """(3,): what steps in a unit of `scale` are multiplied by to be in units of 1, and divided by to go back."""
    return np.array([scale, scale, 1], np.float32)


def stroke_count(steps: Steps) -> int:
    """How often the pen is lifted, the end of the character included."""
    return int(np.count_nonzero(steps[:, 2] != ON_PAPER))


def check(steps: Steps) -> None:
    """Raise DrawingError unless `steps` is a drawing."""
    if steps.ndim != 2 or steps.shape[1] != 3 or steps.dtype != np.float32:
        raise DrawingError(f"a drawing is an (n, 3) float32 array, this is {steps.shape} {steps.dtype}")
    if len(steps) == 0:
        raise DrawingError("a drawing needs at least one step")
    if not np.isfinite(steps).all():
        row = int(np.flatnonzero(~np.isfinite(steps).all(axis=1))[0])
        raise DrawingError(f"step {row} holds a number that is not finite")
    pen = steps[:, 2]
    if not np.isin(pen, (ON_PAPER, END_OF_STROKE, END_OF_CHARACTER)).all():
        raise DrawingError("a pen state is 0, 1 or 2")
    if pen[-1] != END_OF_CHARACTER or (pen[:-1] == END_OF_CHARACTER).any():
        raise DrawingError("pen state 2 stands at the last step and only there")
