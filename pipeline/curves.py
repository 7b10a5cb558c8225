"""A stroke as the path data of an SVG: chords, or a smooth curve through all of its points."""

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import Stroke

CORNER = 70.0  # degrees; where a stroke turns more, a smooth curve ends and another begins


def chords(stroke: Stroke) -> str:
    """(m, 2) points -> path data; a stroke of one point is a line of no length, which a round cap makes a dot."""
    if len(stroke) == 1:
        return f"M{_xy(stroke[0])}h0"
    return f"M{_xy(stroke[0])}L" + " ".join(_xy(point) for point in stroke[1:])


def smooth(stroke: Stroke) -> str:
    """(m, 2) points -> path data of cubic curves through all of them.

    Centripetal Catmull-Rom splines, which neither loop nor form cusps between points (C. Yuksel, S. Schaefer,
    J. Keyser, "On the parameterization of Catmull-Rom curves", 2009), broken at corners so that none is rounded.
    """
    points = stroke[np.r_[True, (np.diff(np.round(stroke, 2), axis=0) != 0).any(axis=1)]]
    if len(points) < 3:
        return chords(points)
    parts = [f"M{_xy(points[0])}"]
    for first, last in zip(*_smooth_runs(points), strict=True):
        if last - first == 1:
            parts.append(f"L{_xy(points[last])}")
        else:
            curves = _catmull_rom(points[first : last + 1])
            parts.append("C" + " ".join(_xy(point) for curve in curves for point in curve))
    return "".join(parts)


def _smooth_runs(points: NDArray) -> tuple[NDArray, NDArray]:
    """First and last point of each run without a corner inside; neighbouring runs share the corner."""
    along = np.diff(points, axis=0)
    angle = np.arctan2(along[:, 1], along[:, 0])
    turn = np.abs((np.diff(angle) + np.pi) % (2 * np.pi) - np.pi)
    corners = np.flatnonzero(turn > np.radians(CORNER)) + 1
    bounds = np.r_[0, corners, len(points) - 1]
    return bounds[:-1], bounds[1:]


def _catmull_rom(points: NDArray) -> NDArray:
    """(m, 2) points, m >= 3, no two neighbours equal -> (m - 1, 3, 2) control points and ends of Bezier curves."""
    padded = np.concatenate([[_mirrored(*points[:3])], points, [_mirrored(*points[:-4:-1])]])
    knots = np.sqrt(np.linalg.norm(np.diff(padded, axis=0), axis=1))[:, None]  # |chord|^(1/2): centripetal
    before, here, after = knots[:-2], knots[1:-1], knots[2:]
    p0, p1, p2, p3 = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    leave = before**2 * p2 - here**2 * p0 + (2 * before**2 + 3 * before * here + here**2) * p1
    enter = after**2 * p1 - here**2 * p3 + (2 * after**2 + 3 * after * here + here**2) * p2
    return np.stack((leave / (3 * before * (before + here)), enter / (3 * after * (after + here)), p2), axis=1)


def _mirrored(end: NDArray, inner: NDArray, third: NDArray) -> NDArray:
    """The point before `end` that makes the curve's end bend as it does at `inner`: `third`, mirrored in the
    perpendicular bisector of the chord end-inner."""
    chord = inner - end
    offset = third - (end + inner) / 2
    return third - 2 * chord * (offset @ chord) / (chord @ chord)


def _xy(point: NDArray) -> str:
    return f"{number(point[0])},{number(point[1])}"


def number(value: float) -> str:
    """At most two decimals, no trailing zeros, no minus zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
