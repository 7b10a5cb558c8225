"""The committed icons (Feather, (c) Cole Bemis, MIT) as we read them, against the picture that resvg draws of them."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.support.icons import ALLOWED, AS_DOCUMENTED, FINE, apart, ink, read

ICONS = sorted((Path(__file__).parent / "icons").glob("*.svg"))


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
