"""The points of a stroke -> few cubic Bezier curves: P. J. Schneider, "An Algorithm for Automatically Fitting Digitized
Curves", Graphics Gems, 1990, on the smooth curve through the points instead of on the few points alone.

The curve through the points says where a stroke goes between them; corners cut it into runs. A run is covered from its
beginning by the longest stretches, from point to point, that one cubic follows within the tolerance. Where two cubics
meet inside a run they share their tangent, so nothing but a corner has an edge, and a corner stays one.

Shapes: m points, s cubics, n places on one of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.curves import CORNER, number

Points = NDArray[np.float64]  # (m, 2)
Controls = NDArray[np.float64]  # (s, 4, 2); each cubic starts where the last one ended

TOLERANCE = 0.2  # of a box of 109: about as many cubics as KanjiVG has itself
# How a stroke goes through its points: (m, 2), m >= 2, no two neighbours equal -> (m - 1, 4, 2) cubics, and which of
# the points are corners. `through` here knows geometry alone; handles.py has one that has learnt how kanji are written.
Through = Callable[[Points], tuple[Controls, NDArray[np.int64]]]

PLACES = 8  # looked at between two points
ROUNDS = 6  # of finding the nearest parameters anew


def through(points: Points, angle: float = CORNER) -> tuple[Controls, NDArray[np.int64]]:
    """Smooth between corners, where the chords turn by more than `angle` degrees."""
    found = corners(points, angle)
    bounds = [0, *found, len(points) - 1]
    return np.concatenate([interpolate(points[a : b + 1]) for a, b in pairwise(bounds)]), found


def fit(points: Points, tolerance: float = TOLERANCE, how: Through = through) -> Controls:
    """(m, 2) points, m >= 1 -> (s, 4, 2): few cubics within `tolerance` of the smooth curve through them, in the unit
    of the points, each join at one of them. One point, or several in one place, are a cubic of no length."""
    points = np.asarray(points, np.float64)
    points = points[np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]]
    if len(points) == 1:
        return _line(points[0], points[0])[None]
    smooth, edges = how(points)
    bounds = [0, *edges, len(smooth)]
    return np.concatenate([_run(smooth[first:last], tolerance) for first, last in pairwise(bounds)])


def corners(points: Points, angle: float = CORNER) -> NDArray[np.int64]:
    """Which of (m, 2) points, no two neighbours equal, are corners: the chords turn by more than `angle` degrees."""
    along = np.diff(points, axis=0)
    directions = np.arctan2(along[:, 1], along[:, 0])
    turns = np.abs((np.diff(directions) + np.pi) % (2 * np.pi) - np.pi)
    return np.flatnonzero(turns > np.radians(angle)) + 1


def evaluate(controls: Controls, places: int = PLACES) -> Points:
    """(s, 4, 2) -> (s * places + 1, 2): points of the curve at equal parameters, both ends among them."""
    t = np.arange(places) / places
    return np.concatenate((np.einsum("nk,skd->snd", _bernstein(t), controls).reshape(-1, 2), controls[-1:, 3]))


def path(controls: Controls) -> str:
    """(s, 4, 2) -> path data of an SVG, two decimals; a straight cubic is a line, one of no length a dot's line."""
    parts = [f"M{_xy(controls[0, 0])}"]
    for cubic in controls:
        parts.append(f"L{_xy(cubic[3])}" if _is_line(cubic) else "C" + " ".join(map(_xy, cubic[1:])))
    return "".join(parts)


# ---- the smooth curve through the points


def interpolate(points: Points) -> Controls:
    """(m, 2) points, m >= 2, no two neighbours equal -> (m - 1, 4, 2): centripetal Catmull-Rom splines, which neither
    loop nor form cusps between points (C. Yuksel, S. Schaefer, J. Keyser, "On the parameterization of Catmull-Rom
    curves", 2009)."""
    if len(points) == 2:
        return _line(points[0], points[1])[None]
    padded = np.concatenate(([_mirrored(*points[:3])], points, [_mirrored(*points[:-4:-1])]))
    knots = np.sqrt(np.linalg.norm(np.diff(padded, axis=0), axis=1))[:, None]  # |chord|^(1/2): centripetal
    before, here, after = knots[:-2], knots[1:-1], knots[2:]
    p0, p1, p2, p3 = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    leave = before**2 * p2 - here**2 * p0 + (2 * before**2 + 3 * before * here + here**2) * p1
    enter = after**2 * p1 - here**2 * p3 + (2 * after**2 + 3 * after * here + here**2) * p2
    handles = leave / (3 * before * (before + here)), enter / (3 * after * (after + here))
    return np.stack((p1, *handles, p2), axis=1)


def _mirrored(end: NDArray, inner: NDArray, third: NDArray) -> NDArray:
    """The point before `end` that makes the curve bend there as it does at `inner`."""
    chord = inner - end
    offset = third - (end + inner) / 2
    return third - 2 * chord * (offset @ chord) / (chord @ chord)


# ---- fewer cubics along it


@dataclass(frozen=True)
class _Stretch:
    """A part of the smooth curve: (n, 2) places on it, and its directions at both ends, of length 1 or 0."""

    places: Points
    leave: NDArray[np.float64]
    enter: NDArray[np.float64]

    @classmethod
    def of(cls, smooth: Controls) -> Self:
        first, last = smooth[0], smooth[-1]
        return cls(evaluate(smooth), _unit(first[1] - first[0]), _unit(last[2] - last[3]))


def _run(smooth: Controls, tolerance: float) -> Controls:
    """Cubics without a corner between them -> fewer, the longest possible one after another."""
    found, at = [], 0
    while at < len(smooth):
        stop, cubic = _longest(smooth, at, tolerance)
        found.append(cubic)
        at = stop
    return np.stack(found)


def _longest(smooth: Controls, at: int, tolerance: float) -> tuple[int, NDArray[np.float64]]:
    """Where the longest stretch from `at` ends that one cubic follows, and that cubic; one piece follows itself."""
    for stop in range(len(smooth), at + 1, -1):
        cubic = _schneider(_Stretch.of(smooth[at:stop]), tolerance)
        if cubic is not None:
            return stop, cubic
    return at + 1, smooth[at]


def _schneider(stretch: _Stretch, tolerance: float) -> NDArray[np.float64] | None:
    """(4, 2), or None where no cubic with these tangents is found within the tolerance."""
    places = stretch.places
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    t = np.concatenate(([0.0], np.cumsum(steps))) / steps.sum()
    for _ in range(ROUNDS):
        cubic = _least_squares(stretch, t)
        if cubic is None:
            return None
        away = _bernstein(t) @ cubic - places
        worst = np.hypot(away[:, 0], away[:, 1]).max()
        if worst <= tolerance:
            return cubic
        if worst > 10 * tolerance:
            return None  # no better parameters make up for that
        t = _nearer(cubic, t, away)
    return None


def _least_squares(stretch: _Stretch, t: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The cubic whose handles, along the tangents, come nearest to the places at the parameters t, (n,)."""
    weights, (first, last) = _bernstein(t), (stretch.places[0], stretch.places[-1])
    known = weights[:, :2].sum(axis=1)[:, None] * first + weights[:, 2:].sum(axis=1)[:, None] * last
    leave, enter = weights[:, 1, None] * stretch.leave, weights[:, 2, None] * stretch.enter  # (n, 2) each
    rows = np.stack((leave.ravel(), enter.ravel()), axis=1)
    a, b = np.linalg.lstsq(rows, (stretch.places - known).ravel(), rcond=None)[0]
    if min(a, b) < 0:
        return None  # a handle that points backwards makes a loop
    return np.stack((first, first + a * stretch.leave, last + b * stretch.enter, last))


def _nearer(cubic: NDArray[np.float64], t: NDArray[np.float64], away: Points) -> NDArray[np.float64]:
    """The parameters after one step of Newton's method towards the nearest points of the cubic."""
    first = 3 * np.diff(cubic, axis=0)
    second = 2 * np.diff(first, axis=0)
    u = 1 - t
    speed = np.stack((u * u, 2 * u * t, t * t), axis=1) @ first
    bend = np.stack((u, t), axis=1) @ second
    slope = (speed * speed).sum(axis=1) + (away * bend).sum(axis=1)
    step = np.divide((away * speed).sum(axis=1), slope, out=np.zeros_like(t), where=slope > 0)
    return np.maximum.accumulate(np.clip(t - step, 0, 1))  # in order, or a place is passed over


def _bernstein(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) -> (n, 4): the weights of the control points."""
    u = 1 - t
    return np.stack((u**3, 3 * u * u * t, 3 * u * t * t, t**3), axis=1)


def _line(start: NDArray, end: NDArray) -> NDArray[np.float64]:
    return np.stack([start + (end - start) * (i / 3) for i in range(3)] + [end])


def _is_line(cubic: NDArray[np.float64]) -> bool:
    return bool(np.abs(cubic - _line(cubic[0], cubic[3])).max() < 1e-9)


def _unit(vector: NDArray) -> NDArray:
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector


def _xy(point: NDArray) -> str:
    return f"{number(point[0])},{number(point[1])}"
