"""Boxes round curves, in the units of the curves."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.svg.paths import Curve
from pipeline.parse.svg.viewports import Box

Span = tuple[NDArray, NDArray]  # low and high corner, (2,) each


def extent(curves: Sequence[Curve]) -> Box:
    """The smallest box that holds the curves (SVG 2, 8.10, without the line's width); all zeros round none."""
    if not curves:
        return 0.0, 0.0, 0.0, 0.0
    points = np.concatenate([_extremes(curve.controls) for curve in curves])
    (x, y), (width, height) = points.min(axis=0), np.ptp(points, axis=0)
    return float(x), float(y), float(width), float(height)


def _extremes(controls: NDArray) -> NDArray:
    """(n, 2): the ends of (s, 4, 2) cubics and the points where an axis turns back."""
    p0, p1, p2, p3 = (controls[:, i] for i in range(4))
    a, b, c = p3 - 3 * p2 + 3 * p1 - p0, 2 * (p2 - 2 * p1 + p0), p1 - p0  # a third of the derivative
    with np.errstate(all="ignore"):
        root = np.sqrt(b * b - 4 * a * c)
        times = np.stack((2 * c / (-b - root), 2 * c / (-b + root)))  # (2, s, 2); holds where a is 0, too
    times = np.where((times > 0) & (times < 1), times, 0.0)[..., None]  # 0: the start, which is there anyway
    points = (
        (1 - times) ** 3 * p0[:, None]
        + 3 * (1 - times) ** 2 * times * p1[:, None]
        + 3 * (1 - times) * times**2 * p2[:, None]
        + times**3 * p3[:, None]
    )
    return np.concatenate((p0, p3, points.reshape(-1, 2)))


def hull(controls: Sequence[NDArray]) -> Span:
    """Corners round the control points, which hold the curves."""
    points = np.concatenate([part.reshape(-1, 2) for part in controls])
    return points.min(axis=0), points.max(axis=0)


def corners(box: Box, matrix: NDArray | None) -> NDArray:
    """(4, 2): those of a box under a matrix."""
    x, y, width, height = box
    points = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
    return points if matrix is None else points @ matrix[:2, :2].T + matrix[:2, 2]


def is_upright(points: NDArray) -> bool:
    """Whether (n, 2) points in turn are the corners of a box with its sides along the axes."""
    steps = np.abs(np.diff(points, axis=0, append=points[:1]))
    return len(points) == 4 and bool((steps.min(axis=1) <= 1e-6 * (1 + steps.max())).all())
