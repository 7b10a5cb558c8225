"""Outlines of strokes -> one shape without overlaps, of quadratic curves in whole numbers, as TrueType has them.

A shape is a list of contours; a contour is a list of points (x, y, on): on the curve or a handle between two that are,
outer contours clockwise where y points up. Skia's path operations work on curves, not on polygons, so the shape keeps
few points. They work better on quadratics, so cubics are turned into these first, within ERROR.
"""

from collections.abc import Sequence

import pathops
from fontTools.pens.cu2quPen import Cu2QuPen

from pipeline.fit import Controls

Place = tuple[int, int]
Segment = tuple[Place | None, Place]  # the handle of a quadratic curve, None for a line, and its end
Point = tuple[int, int, bool]
Contour = list[Point]

ERROR = 1.0  # of the unit
SHORTEST = 2  # units; a shorter segment is left out, its neighbours meet
LEAST = 8.0  # square units; what is smaller is no ink but a crumb of two curves that all but touch


class ShapeError(ValueError):
    """Outlines that make no shape."""


def shape(outlines: Sequence[Controls]) -> list[Contour]:
    """Closed contours of cubics, each (s, 4, 2), y up -> what they fill together. Raises ShapeError."""
    try:
        united = pathops.OpBuilder(fix_winding=True, keep_starting_points=False, clockwise=True)
        for outline in outlines:
            united.add(_filled(outline), pathops.PathOp.UNION)
        result = united.resolve()
    except pathops.PathOpsError as error:
        raise ShapeError(f"its outlines cannot be put together ({error})") from None
    found = [_points(_tidied(_segments(contour))) for contour in result.contours]
    return [contour for contour in found if abs(area(contour)) >= LEAST]


def area(contour: Contour) -> float:
    """Signed, positive where it runs counter-clockwise, y up; of the polygon of its points and handles, which is near
    enough to tell crumbs and directions."""
    ring = [*contour, *contour[:1]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring[:-1], ring[1:], strict=True)) / 2


def _filled(outline: Controls) -> pathops.Path:
    """One outline by the nonzero rule, without overlaps."""
    path = pathops.Path()
    pen = Cu2QuPen(path.getPen(), ERROR)
    pen.moveTo(tuple(outline[0, 0]))
    for cubic in outline:
        pen.curveTo(*map(tuple, cubic[1:]))
    pen.closePath()
    path.simplify(fix_winding=True, keep_starting_points=False, clockwise=True)
    return path


def _segments(path: pathops.Path) -> list[Segment]:
    """Of one contour. Path operations can bring conics, which are quadratics here."""
    path.convertConicsToQuads()
    found: list[Segment] = []
    for verb, points in path:
        if verb != pathops.PathVerb.CLOSE:
            whole = [(round(x), round(y)) for x, y in points]
            found.append((whole[0] if verb == pathops.PathVerb.QUAD else None, whole[-1]))
    if found and found[0][1] == found[-1][1]:
        return found[1:]  # back where it began
    return found


def _tidied(segments: list[Segment]) -> list[Segment]:
    """Without segments too short to be seen, the first of which is where the contour begins."""
    kept: list[Segment] = []
    for handle, end in segments:
        if kept and _distance(kept[-1][1], end) < SHORTEST:
            continue
        flat = handle is not None and kept and handle in (kept[-1][1], end)
        kept.append((None if flat else handle, end))
    while len(kept) > 1 and _distance(kept[0][1], kept[-1][1]) < SHORTEST:
        kept.pop()
    return kept


def _points(segments: list[Segment]) -> Contour:
    found: Contour = []
    for handle, end in segments:
        found += [(*handle, False)] if handle else []
        found.append((*end, True))
    return found


def _distance(one: Place, other: Place) -> float:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))
