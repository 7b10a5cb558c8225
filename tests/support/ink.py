"""What the outlines of a font's glyph ink, held against discs along its strokes."""

import numpy as np
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from numpy.typing import NDArray

from pipeline import fit
from pipeline.brush.squares import EM

Points = NDArray[np.float64]
TOLERANCE = 2.0  # units of the em, of a stroke's centre line
PLACES = np.linspace(0, 1, 9)[:, None]


def contours(font: TTFont, name: str) -> list[Points]:
    """Of a glyph, each as the corners of a polygon close to it."""
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[name].draw(pen)
    found: list[list[Points]] = []
    for kind, points in pen.value:
        if kind == "moveTo":
            found.append([np.array(points, float)])
        elif kind == "lineTo":
            found[-1].append(np.array(points, float))
        elif kind == "qCurveTo":
            at, *controls, end = found[-1][-1][-1], *map(np.array, points)
            middles = [(a + b) / 2 for a, b in zip(controls[:-1], controls[1:], strict=True)]
            for control, stop in zip(controls, [*middles, end], strict=True):
                found[-1].append((1 - PLACES) ** 2 * at + 2 * PLACES * (1 - PLACES) * control + PLACES**2 * stop)
                at = stop
    return [np.concatenate(pieces) for pieces in found]


def centre_lines(strokes: list[Points], width: float, height: float) -> list[Points]:
    """Strokes of a box -> places along their curves in the em, y up, 12 a cubic."""
    placed = [EM.upright(EM.place(np.asarray(stroke, float), width, height)) for stroke in strokes]
    return [fit.evaluate(fit.fit(stroke, TOLERANCE), 12) for stroke in placed]


def misses(polygon: Points, line: Points, radius: float) -> tuple[float, float]:
    """How many of the places within the radius of a centre line the polygon leaves out, by the nonzero rule, as a
    share, and how far it reaches beyond the radius."""
    angles = np.arange(12) * np.pi / 6
    discs = line[:, None] + (radius - 1.5) * np.stack((np.cos(angles), np.sin(angles)), -1)  # on whole units
    empty = winding(np.concatenate((line, discs.reshape(-1, 2))), polygon) == 0
    return float(empty.mean()), float(distances(polygon, line).max() - radius)


def winding(points: Points, polygon: Points) -> NDArray[np.int64]:
    """How often the polygon goes round each point."""
    (x, y), (ax, ay) = points.T[..., None], polygon.T
    bx, by = np.roll(polygon, -1, axis=0).T
    left = (bx - ax) * (y - ay) - (x - ax) * (by - ay)  # of the edge, if above 0
    return ((ay <= y) & (by > y) & (left > 0)).sum(axis=1) - ((ay > y) & (by <= y) & (left < 0)).sum(axis=1)


def distances(points: Points, line: Points) -> NDArray[np.float64]:
    """Of points from a line through places."""
    a, along = line[:-1], np.diff(line, axis=0)
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((points[:, None] - a) * along).sum(axis=2) / square, 0, 1)
    return np.asarray(np.linalg.norm(points[:, None] - a - share[..., None] * along, axis=2).min(axis=1))
