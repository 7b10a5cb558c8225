"""How far the strokes that are read of an icon are from the picture that resvg draws of it."""

import re
from pathlib import Path

import numpy as np
import resvg_py
from matplotlib import image
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from pipeline import drawing
from pipeline.parse import reading
from pipeline.parse.reading import ParseParams

BOX, PX_A_UNIT = 24, 50
ALLOWED = 0.005 * BOX  # half a percent of an icon's size
PEN = 0.04  # width of resvg's line in units: what it draws then is where the line is
FINE = {"rule": "arclength", "spacing": 0.1}
AS_DOCUMENTED = {"rule": "rdp", "epsilon": 0.08}  # docs/icons.md


def ink(text: str, tmp_path: Path) -> np.ndarray:
    """(rows, columns) bool, where resvg's picture of the icon has ink, its lines made thin."""
    thin = re.sub(r'stroke-width="[^"]*"', f'stroke-width="{PEN}"', text).replace("currentColor", "black")
    side = BOX * PX_A_UNIT
    picture = tmp_path / "icon.png"
    picture.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=thin, width=side, height=side)))
    return image.imread(picture)[..., 3] > 0.1


def read(path: Path, defaults: dict, rule: dict) -> list[np.ndarray]:
    """The strokes of an icon as the pipeline keeps them."""
    parsed = reading.read_file(path.name, path.read_bytes(), ParseParams(**{**defaults["parse"], **rule}))
    assert parsed.steps is not None, parsed.reason
    return drawing.to_strokes(parsed.steps, BOX, BOX)


def along(strokes: list[np.ndarray]) -> np.ndarray:
    """Points on the chords of the strokes, no further apart than a pixel."""
    parts = []
    for stroke in strokes:
        for a, b in zip(stroke, stroke[1:] if len(stroke) > 1 else stroke, strict=False):
            share = np.linspace(0, 1, 2 + int(np.hypot(*(b - a)) * PX_A_UNIT))[:, None]
            parts.append(a * (1 - share) + b * share)
    return np.concatenate(parts)


def apart(strokes: list[np.ndarray], dark: np.ndarray) -> tuple[float, float]:
    """Largest distance in units of our lines from the ink, and of the ink from our lines."""
    points = along(strokes)
    pixel = np.clip((points * PX_A_UNIT).astype(int), 0, BOX * PX_A_UNIT - 1)
    ours = distance_transform_edt(~dark)[pixel[:, 1], pixel[:, 0]].max() / PX_A_UNIT
    rows, columns = np.nonzero(dark)
    theirs = cKDTree(points).query((np.stack((columns, rows), axis=1) + 0.5) / PX_A_UNIT)[0].max()
    return float(ours), float(theirs)
