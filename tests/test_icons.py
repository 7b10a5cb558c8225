"""The committed icons (Feather, (c) Cole Bemis, MIT) as we read them, against the picture that resvg draws of them."""

import re
from pathlib import Path

import numpy as np
import pytest
import resvg_py
from matplotlib import image
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from pipeline import drawing, parsing
from pipeline.parsing import ParseParams

ICONS = sorted((Path(__file__).parent / "icons").glob("*.svg"))
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
    parsed = parsing.read_file(path.name, path.read_bytes(), ParseParams(**{**defaults["parse"], **rule}))
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


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
def test_strokes_lie_where_resvg_draws_them(path, tmp_path, defaults):
    dark = ink(path.read_text(), tmp_path)
    assert max(apart(read(path, defaults, FINE), dark)) <= ALLOWED
    assert max(apart(read(path, defaults, AS_DOCUMENTED), dark)) <= ALLOWED


def test_the_controls(tmp_path, defaults):
    """What the measure must see: a moved line, a line too many, a stroke that is missing."""
    path = ICONS[0]
    dark, strokes = ink(path.read_text(), tmp_path), read(path, defaults, FINE)
    assert apart([stroke + 0.2 for stroke in strokes], dark)[0] > ALLOWED
    assert apart([*strokes, np.array([[1.0, 1.0], [3.0, 1.0]])], dark)[0] > ALLOWED
    assert apart(strokes[:-1], dark)[1] > ALLOWED


def test_the_icons_cover_elements_and_commands():
    text = " ".join(path.read_text() for path in ICONS)
    elements = set(re.findall(r"<(\w+)", text))
    assert {"path", "line", "polyline", "polygon", "rect", "circle", "ellipse"} <= elements
    commands = set("".join(re.findall(r' d="([^"]*)"', text))) & set("MmLlHhVvCcSsQqTtAaZz")
    assert set("MmLlHhVvCcSsAaz") <= commands
