"""The outline of one stroke: its centre line with a width along it, corners rounded outside, and a cap at each end.

The left side forwards, the cap, the right side backwards, the other cap: one closed contour of cubic curves. It may
overlap itself, at corners and in narrow bends, but by the nonzero rule it fills what the brush touches: each of its
points is within the brush's radius of the centre line.

Shapes: m points of a stroke, n places along a part of it without corners (a run), s cubics. Coordinates are those of
the caller, y down; lengths of a Brush are in the same unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from pipeline import fit
from pipeline.brush.manners import ENDINGS, POINTED, STOP
from pipeline.drawing import Stroke
from pipeline.fit import Controls

Vector = NDArray[np.float64]  # (2,), or (n, 2)

LEVEL = 0.8  # the width of a horizontal beside that of a vertical: the contrast of a brush held aslant
PRESS, PRESS_LENGTH = 0.14, 1.3  # how much wider a brush gets where it rests; for how long, in radii
PLENTY, THINNER = 10, 0.3  # more strokes than that are thinner, by this power of their number
CIRCLE = 0.5522847498  # the handle of a quarter of a circle, 4/3 tan(pi/8)
ASLANT = np.array([-1.0, -1.0]) / np.sqrt(2)  # where a brush points that rests on the paper: up and to the left
SLANT = 0.55  # how far its tip goes there, in radii
SIDE_CORNER = 100.0  # degrees of a turn that stays an edge of a side
DENSE = 32  # places along one cubic, to measure its length
NEAR_ENDS, SPACING = np.array([0, 0.6, 1.4, 2.6]), 4.0  # radii
TAIL = 5.0  # radii: the longest taper of a hook
SMOOTHING = 0.08  # of a radius: how far the centre line and the sides may be moved to be smooth


@dataclass(frozen=True)
class Brush:
    """width: of a plain vertical stroke; mono: the same width everywhere and round ends, as a felt pen's."""

    width: float
    mono: bool = False

    @property
    def radius(self) -> float:
        return self.width / 2

    def among(self, strokes: int) -> "Brush":
        """The brush for a drawing of so many strokes: the more of them, the thinner, as in type."""
        return replace(self, width=self.width * min(1.0, (PLENTY / strokes) ** THINNER))


@dataclass(frozen=True)
class _Run:
    """A part of the centre line without corners: places, unit normals to the left and radii, (n, 2), (n, 2), (n,)."""

    places: Vector
    normals: Vector
    radii: NDArray[np.float64]

    def side(self, sign: int, tolerance: float) -> Controls:
        """The left (1) or right (-1) side, forwards. Where a bend is narrower than the brush the side would run back;
        there it is cut short."""
        points = self.places + sign * self.radii[:, None] * self.normals
        ahead = (np.diff(points, axis=0) * np.diff(self.places, axis=0)).sum(axis=1) > 0
        kept = points[np.r_[True, ahead[:-1] & ahead[1:], True]]
        return fit.fit(kept, tolerance, partial(fit.through, angle=SIDE_CORNER))


def outline(stroke: Stroke, brush: Brush, ending: str = STOP) -> Controls:
    """(m, 2) points, m >= 1 -> (s, 4, 2): a closed contour. ending: a key of ENDINGS."""
    runs = _runs(stroke, brush, ending)
    first, last = runs[0], runs[-1]
    tolerance = SMOOTHING * brush.radius
    left = _joined([run.side(1, tolerance) for run in runs], runs, 1)
    right = _joined([run.side(-1, tolerance) for run in runs], runs, -1)
    end = _cap(last.places[-1], last.normals[-1], last.radii[-1], 0.0 if brush.mono or ending in POINTED else -SLANT)
    begin = _cap(first.places[0], -first.normals[0], first.radii[0], 0.0 if brush.mono else SLANT)
    return np.concatenate((left, end, right[::-1, ::-1], begin))


# ---- the centre line


def _runs(stroke: Stroke, brush: Brush, ending: str) -> list[_Run]:
    stroke = stroke[np.r_[True, (np.diff(stroke, axis=0) != 0).any(axis=1)]]
    if len(stroke) == 1:  # a dot: as long as the brush is wide, down and to the right
        stroke = stroke + np.outer((0.5, -0.5), ASLANT) * brush.radius
    parts = [_places(fit.fit(part, SMOOTHING * brush.radius), brush.radius) for part in _parts(stroke)]
    normals = [_normals(part) for part in parts]
    even = [np.full(len(part), brush.radius) for part in parts]
    radii = even if brush.mono else _radii(parts, normals, brush, ending)
    return [_Run(*one) for one in zip(parts, normals, radii, strict=True)]


def _places(controls: Controls, radius: float) -> Vector:
    """Where the width is looked at: closer to the ends, where it changes, and at least every SPACING radii."""
    dense = fit.evaluate(controls, DENSE)
    along = _along(dense)
    near = NEAR_ENDS * min(radius, along[-1] / (2.5 * NEAR_ENDS[-1]))
    middle = along[-1] - 2 * near[-1]
    between = np.linspace(near[-1], along[-1] - near[-1], int(np.ceil(middle / (SPACING * radius))) + 1)[1:-1]
    at = np.concatenate((near, between, along[-1] - near[::-1]))
    return np.stack([np.interp(at, along, axis) for axis in dense.T], axis=1)


def _along(places: Vector) -> NDArray[np.float64]:
    """(n,): the length of the way to each place."""
    return np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=1))]


def _parts(stroke: Stroke) -> list[Stroke]:
    """Cut at its corners, which neighbours share."""
    bounds = [0, *fit.corners(stroke, fit.CORNER), len(stroke) - 1]
    return [stroke[a : b + 1] for a, b in zip(bounds[:-1], bounds[1:], strict=True)]


def _normals(places: Vector) -> Vector:
    """To the left of the movement where y points down."""
    along = np.gradient(places, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    return np.stack((along[:, 1], -along[:, 0]), axis=1)


def _radii(parts: Sequence[Vector], normals: Sequence[Vector], brush: Brush, ending: str) -> list[NDArray[np.float64]]:
    """Wider where the brush rests: at the beginning, at corners, at a stop; over the last run as the ending says."""
    found = []
    for i, (part, normal) in enumerate(zip(parts, normals, strict=True)):
        along = _along(part)
        rests = [along] if i or ending not in "ND" else []
        rests += [along[-1] - along] if i < len(parts) - 1 or ending == STOP else []
        factor = np.ones(len(part))
        for away in rests:
            factor += PRESS * np.exp(-((away / (PRESS_LENGTH * brush.radius)) ** 2))
        if i == len(parts) - 1:
            factor *= _ending(ending, along, brush.radius, whole=i == 0)
        contrast = LEVEL + (1 - LEVEL) * np.abs(normal[:, 0])  # |normal x| is how steep it runs
        found.append(brush.radius * contrast * factor)
    return found


def _ending(ending: str, along: NDArray[np.float64], radius: float, whole: bool) -> NDArray[np.float64]:
    """The width along the last run; one that goes on from a corner begins there as wide as what comes before, and a
    hook that leaves without a corner is no longer than one with it."""
    at, wide = np.array(ENDINGS[ending]).T
    length = min(along[-1], TAIL * radius) if ending == "G" else along[-1]
    wide[0] = wide[0] if whole and ending != "G" else 1.0
    return PchipInterpolator(at, wide)(np.clip(1 - (along[-1] - along) / length, 0, 1))


# ---- joins and caps


def _joined(sides: Sequence[Controls], runs: Sequence[_Run], sign: int) -> Controls:
    """The sides of all runs, one after another: round outside a corner, by way of the corner itself inside."""
    parts = [sides[0]]
    for side, before, after in zip(sides[1:], runs[:-1], runs[1:], strict=True):
        leave, enter, corner = before.normals[-1], after.normals[0], after.places[0]
        turn = float(leave[0] * enter[1] - leave[1] * enter[0])  # positive to the right, y pointing down
        if turn * sign > 0:
            parts.append(_arc(corner, sign * before.radii[-1] * leave, sign * after.radii[0] * enter)[None])
        else:
            parts.append(np.stack((_line(parts[-1][-1, 3], corner), _line(corner, side[0, 0]))))
        parts.append(side)
    return np.concatenate(parts)


def _arc(centre: Vector, start: Vector, end: Vector) -> Vector:
    """(4, 2): about a centre from one radius to another, by less than half a turn."""
    cross, dot = start[0] * end[1] - start[1] * end[0], start @ end
    angle = np.arctan2(cross, dot)
    handle = 4 / 3 * np.tan(angle / 4)
    turned = np.stack((_quarter(start), _quarter(end)))
    return centre + np.stack((start, start + handle * turned[0], end - handle * turned[1], end))


def _cap(centre: Vector, normal: Vector, radius: float, slant: float) -> Controls:
    """(2, 4, 2): half a circle from the side of the normal over the tip to the other one, its tip drawn by `slant`
    radii to where the brush points."""
    outward = _quarter(normal)
    sideways = slant * float(ASLANT @ normal) * normal
    tip = outward + sideways
    one = (normal, normal + CIRCLE * tip, tip + CIRCLE * normal, tip)
    other = (tip, tip - CIRCLE * normal, -normal + CIRCLE * tip, -normal)
    return centre + radius * np.array((one, other))


def _quarter(vector: Vector) -> Vector:
    """A quarter turn to the right where y points down."""
    return np.array((-vector[1], vector[0]))


def _line(start: Vector, end: Vector) -> Vector:
    return np.stack([start + (end - start) * (i / 3) for i in range(4)])
