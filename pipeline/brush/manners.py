"""How a stroke is written: how it begins, ends and swells, by the type of stroke or, where none is known, by its shape.

Unicode's names of the types spell the movement in letters of pinyin: ㇆ CJK STROKE HZG is 横 héng, a horizontal,
折 zhé, a turn, 钩 gōu, a hook. The first letter says how a stroke begins, the last one how it ends.
"""

import unicodedata

import numpy as np
from numpy.typing import NDArray

from pipeline.describe import strokes
from pipeline.drawing import Stroke

# The last letters that are more than a stop, and the width along the last run there, as (share of its length, share of
# a plain stroke's width): hook, sweep to the left, sweep to the right with its foot, dot, rise
STOP = "S"
ENDINGS: dict[str, tuple[tuple[float, float], ...]] = {
    STOP: ((0, 1.0), (1, 1.0)),
    "G": ((0, 1.0), (0.3, 0.85), (1, 0.06)),
    "P": ((0, 1.0), (0.4, 0.92), (0.75, 0.55), (1, 0.06)),
    "N": ((0, 0.4), (0.5, 0.9), (0.78, 1.25), (1, 0.06)),
    "D": ((0, 0.3), (0.6, 1.0), (0.85, 1.1), (1, 1.0)),
    "T": ((0, 1.1), (0.4, 0.75), (1, 0.06)),
}
POINTED = "GPNT"

# Of a box of 109 and in degrees, 0 to the right, 90 down; chosen on KanjiVG's own types
HOOK, DOT = 20.0, 24.0  # the longest hook and dot
SHARP = 45.0  # where a hook leaves a stroke


def ending(stroke: Stroke, side: float, text: str = "") -> str:
    """The key of ENDINGS for (m, 2) points, y down, in a box of that side; text: KanjiVG's kvg:type, "" for unknown."""
    usual = strokes.usual(text)
    if usual:
        last = unicodedata.name(usual).split()[-1][-1]
        return last if last in ENDINGS else STOP
    return _by_shape(stroke * (109 / side))


def _by_shape(stroke: Stroke) -> str:
    points = stroke[np.r_[True, (np.diff(stroke, axis=0) != 0).any(axis=1)]]
    if len(points) < 2:
        return "D"
    chords = np.diff(points, axis=0)
    angles = np.degrees(np.arctan2(chords[:, 1], chords[:, 0]))
    turned = np.abs((np.diff(angles) + 180) % 360 - 180) > SHARP
    if turned.any():
        last = int(np.flatnonzero(turned)[-1]) + 1
        return _turned(
            float(angles[-1]), float(np.linalg.norm(chords[last:], axis=1).sum()), abs(angles[last - 1]) < 30
        )
    bent = bool(np.ptp(np.unwrap(angles, period=360)) > 70)
    return "G" if bent and -150 < angles[-1] < -40 else _plain(points[-1] - points[0], float(angles[-1]), bent)


def _turned(angle: float, length: float, level: bool) -> str:
    """angle: of the last chord; length: from the last sharp turn on; level: what came before it ran to the right."""
    if length <= HOOK and not -60 < angle < 150:
        return "G"
    if -60 <= angle < -25:
        return "T"
    if 118 <= angle < 172:
        return "G" if length <= HOOK and level else "P"
    return "N" if 20 < angle < 72 and length > DOT else STOP


def _plain(across: NDArray[np.float64], last: float, bent: bool) -> str:
    """across: from the beginning to the end of a stroke without a sharp turn; last: the angle of its last chord;
    bent: it turns slowly."""
    angle, length = float(np.degrees(np.arctan2(across[1], across[0]))), float(np.hypot(*across))
    if 102 < angle < 172 or (angle > 60 and 108 < last < 172):
        return "P"
    if 20 < angle < 74 and not bent:
        return "N" if length > DOT else "D"
    return "T" if -80 < angle < -11 else STOP
