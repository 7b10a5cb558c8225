"""Resampling: a curve -> the points of a stroke.

bezier     the post's: each segment in 1 to `max_chords` chords, one more for every `chord_length` units
           between its ends
arclength  points at equal distances along the path, `spacing` units or a little less
rdp        the fewest points that stay within `epsilon` units of the curve (Ramer, Douglas and Peucker)

Each returns (m, 2) float64, m >= 1, from one end of the curve to the other; a curve of no extent is one point.

To add a rule, write its function here, name it with its parameters in RULES, and name it in `rule` of ParseParams in
reading.py. A parameter of its own is a field there, too, and a value in params.yaml, pretrained/params.yaml, each
resampling of judge/params.yaml, and PARSE of write/prefix.py, for nets from before; and a row in docs/parameters.md.
What is drawn on the page is resampled by web/strokes.js, which needs the rule, too.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from simplification.cutil import simplify_coords

from pipeline.parse.svg.paths import Curve

Points = NDArray[np.float64]  # (m, 2)

MAX_POINTS = 100_000  # a stroke; a thousand times more than any stroke of writing has
MAX_DRAWING = 1_000_000  # points of a drawing: some tens of megabytes
FLAT_SHARE = 1 / 200  # of spacing or epsilon: how far the chords used for measuring may be off the curve


class GeometryError(ValueError):
    """A curve that the rule cannot turn into points."""


def bezier(curve: Curve, chord_length: float, max_chords: int) -> Points:
    """min(max_chords, 1 + floor(distance of the ends / chord_length)) chords a segment, at equal parameters; a line
    is one chord."""
    ends = curve.controls[:, 3] - curve.controls[:, 0]
    chords = np.minimum(max_chords, 1 + np.hypot(ends[:, 0], ends[:, 1]) // chord_length).astype(np.int64)
    chords[curve.straight] = 1
    points = evaluate(curve, *_parameters(chords))
    last = np.cumsum(chords)[curve.straight]
    points[last] = curve.controls[curve.straight, 3]
    return points


def arclength(curve: Curve, spacing: float) -> Points:
    """The smallest number of equal distances along the path that are no longer than spacing."""
    chords = _chords(curve, spacing * FLAT_SHARE)
    dense = _ends(curve, chords)
    steps = np.diff(dense, axis=0)
    along = np.concatenate(([0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))))
    # a path of 20.000000001 units at spacing 10 is two distances, not three
    count = max(1, int(np.ceil(along[-1] / spacing - 1e-6)))
    if count >= MAX_POINTS:
        needed = math.ceil(100 * along[-1] / MAX_POINTS) / 100
        what = f"a stroke {along[-1]:,.0f} units long has {count:,} points"
        raise GeometryError(f"{what}; raise parse.spacing to {needed:g}")
    # from a distance to the parameter, segment + t, and so to a point of the curve itself
    segment, t = _parameters(chords)
    place = np.interp(np.linspace(0.0, along[-1], count + 1), along, segment + t)
    segment = np.clip(np.ceil(place).astype(np.int64) - 1, 0, None)
    points = evaluate(curve, segment, place - segment)
    points[-1] = curve.controls[-1, 3]
    return points


def rdp(curve: Curve, epsilon: float) -> Points:
    """Ramer, Douglas and Peucker on chords that are finer than epsilon."""
    return np.asarray(simplify_coords(flatten(curve, epsilon * FLAT_SHARE), epsilon))


# a rule's function and the parameters it takes, by their names in the section `parse`
RULES: dict[str, tuple[Callable[..., Points], tuple[str, ...]]] = {
    "bezier": (bezier, ("chord_length", "max_chords")),
    "arclength": (arclength, ("spacing",)),
    "rdp": (rdp, ("epsilon",)),
}


def resample(curve: Curve, params: Any) -> Points:
    """The curve's points, (m, 2), by the rule params.rule. `params` is reading.ParseParams. Raises GeometryError."""
    if (curve.controls == curve.controls[0, 0]).all():
        return curve.controls[0, :1].copy()
    function, names = RULES[params.rule]
    return function(curve, *(getattr(params, name) for name in names))


def resample_all(curves: Iterable[Curve], params: Any) -> list[Points]:
    """Each curve's points, as `resample` gives them. Raises GeometryError, also for more than MAX_DRAWING in all."""
    return _limited(resample(curve, params) for curve in curves)


def _limited(found: Iterable[Points]) -> list[Points]:
    """Raises GeometryError: more than MAX_DRAWING points."""
    strokes: list[Points] = []
    total = 0
    for stroke in found:
        strokes.append(stroke)
        total += len(stroke)
        if total > MAX_DRAWING:
            raise GeometryError(f"more than {MAX_DRAWING:,} points in all; simplify it, or make its strokes coarser")
    return strokes


def resample_lines(strokes: Iterable[Points], params: Any) -> list[Points]:
    """As `resample_all` of strokes that are lines from point to point, (m, 2) each."""
    return _limited(_resample_line(np.asarray(stroke, np.float64) + 0.0, params) for stroke in strokes)


def _resample_line(points: Points, params: Any) -> Points:
    """As `resample`, without curves where the rule needs none: lines are their own chords."""
    if (points == points[0]).all():
        return points[:1].copy()
    if len(points) > MAX_POINTS or params.rule not in LINES:
        return resample(polyline(points), params)
    return LINES[params.rule](points, params)


def polyline(points: Points) -> Curve:
    """(m, 2) points, m >= 2, as a curve of lines, so that the rules of resampling hold for it too."""
    share = np.arange(4)[:, None] / 3
    controls = points[:-1, None] * (1 - share) + points[1:, None] * share  # (s, 4, 2)
    controls[:, 3] = points[1:]
    return Curve(controls, np.ones(len(controls), bool))


# what a rule makes of lines, for those that `_chords` and `evaluate` have nothing to do with
LINES: dict[str, Callable[[Points, Any], Points]] = {
    "bezier": lambda points, params: points,
    "rdp": lambda points, params: np.asarray(simplify_coords(points, params.epsilon)),
}


def evaluate(curve: Curve, segment: NDArray[np.int64], t: NDArray[np.float64]) -> Points:
    """The points at t, 0 to 1, of some segments: (m,), (m,) -> (m, 2)."""
    a, b, c, d = curve.controls[segment].transpose(1, 0, 2)  # (m, 2) each
    t = t[:, None]
    # Horner's rule as svgpathtools has it, bit for bit
    return a + t * (3 * (b - a) + t * (3 * (a + c) - 6 * b + t * (-a + 3 * (b - c) + d)))


def flatten(curve: Curve, tolerance: float) -> Points:
    """The ends of chords no further than tolerance from the curve, (m, 2)."""
    return _ends(curve, _chords(curve, tolerance))


def _chords(curve: Curve, tolerance: float) -> NDArray[np.int64]:
    """How many chords at equal parameters keep each segment within tolerance, (s,).

    A cubic with second differences of at most m strays from n chords by at most 3 m / (4 n^2)
    (Wang's formula; G. Wang 1984, see G. Farin, Curves and Surfaces for CAGD).
    """
    if curve.straight.all():
        return np.ones(len(curve.straight), np.int64)
    bends = np.diff(curve.controls, n=2, axis=1)  # (s, 2, 2)
    largest = np.hypot(bends[..., 0], bends[..., 1]).max(axis=1)
    chords = np.clip(np.ceil(np.sqrt(0.75 * largest / tolerance)), 1, MAX_POINTS).astype(np.int64)
    chords[curve.straight] = 1
    return chords


def _ends(curve: Curve, chords: NDArray[np.int64]) -> Points:
    if (chords == 1).all() and len(chords) < MAX_POINTS:
        return np.concatenate((curve.controls[:1, 0], curve.controls[:, 3])) + 0.0  # the formula gives no -0 either
    points = evaluate(curve, *_parameters(chords))
    points[np.cumsum(chords)] = curve.controls[:, 3]  # t = 1 without the formula's rounding
    return points


def _parameters(chords: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The start of segment 0, then for each segment i the ends of chords[i] chords at equal parameters: segment and
    t of each, (1 + sum,)."""
    last = np.cumsum(chords)
    if last[-1] >= MAX_POINTS:
        raise GeometryError(
            f"a stroke has {last[-1]:,} chords, above {MAX_POINTS:,}; raise parse.spacing or parse.epsilon"
        )
    segment = np.repeat(np.arange(len(chords)), chords)
    t = (np.arange(last[-1]) - (last - chords)[segment] + 1) / chords[segment]
    return np.concatenate(([0], segment)), np.concatenate(([0.0], t))
