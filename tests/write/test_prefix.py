"""What a drawing begins with: an SVG that a user drew, in the net's box and with its resampling."""

import dataclasses

import numpy as np
import pytest

from pipeline import drawing, params, render
from pipeline.drawing import END_OF_CHARACTER, END_OF_STROKE
from pipeline.parse.reading import ParseParams, read_file
from pipeline.parse.svg import documents
from pipeline.write import prefix
from pipeline.write.prefix import PARSE, PrefixError
from pipeline.write.starts import Start, StartsError

DATA = {"scale": 15.0, "width": 109.0, "height": 109.0}
OPTIONS = params.build(ParseParams, PARSE, "parse")
CURVED = '<path d="M10,10 C30,5 60,20 60,50"/><path d="M20,80 L90,80"/>'


def write(path, body, box="0 0 109 109"):
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{body}</svg>', encoding="utf-8")
    return path


def read(path, data=None):
    return prefix.read(str(path), data or DATA, path.parent / "none.parquet")


def test_the_defaults_are_those_of_params_yaml(defaults):
    assert defaults["parse"] == PARSE


def test_strokes_come_as_the_training_data_do(tmp_path):
    path = write(tmp_path / "a.svg", CURVED)
    begin = read(path)
    parsed = read_file("04e00.svg", path.read_bytes(), OPTIONS).steps
    assert np.array_equal(begin.steps[:, :2], parsed[:, :2])
    assert parsed[-1, 2] == END_OF_CHARACTER and begin.steps[-1, 2] == END_OF_STROKE
    assert np.array_equal(begin.steps[:-1, 2], parsed[:-1, 2])
    assert begin.text == f"2 strokes of {path}"


def test_the_resampling_is_the_model_s(tmp_path):
    path = write(tmp_path / "a.svg", CURVED)
    bezier, arc = read(path), read(path, DATA | {"resampling": {"rule": "arclength", "spacing": 2.0}})
    assert len(arc.steps) > 3 * len(bezier.steps)
    assert np.hypot(*arc.steps[1:20, :2].T).max() <= 2.001
    with pytest.raises(params.ParamsError, match=r"resampling.*rule"):
        read(path, DATA | {"resampling": {"rule": "none"}})


@pytest.mark.parametrize(
    ("box", "low", "high"),
    [
        ("0 0 109 109", (10, 10), (90, 80)),  # its own: as it is
        ("0 0 218 218", (5, 5), (45, 40)),  # twice as large
        ("0 0 218 109", (5, 27.25 + 5), (45, 27.25 + 40)),  # wider: fitted and centred
        ("0 0 109 218", (27.25 + 5, 5), (27.25 + 45, 40)),  # taller
        ("-100 -100 218 218", (55, 55), (95, 90)),  # its corner elsewhere
    ],
)
def test_another_box_is_fitted(tmp_path, box, low, high):
    begin = read(write(tmp_path / "a.svg", '<path d="M10,10 L90,80"/>', box))
    points = drawing.positions(begin.steps, 109, 109)
    assert np.allclose(points[[0, -1]], [low, high], atol=1e-4)


def test_its_own_pictures_come_back(tmp_path):
    """What `fake-kanji sample` wrote is a start, to its two decimals; colours and motion are no strokes."""
    steps = drawing.from_strokes([np.array([[10, 10], [30, 20], [33, 40]]), np.array([[50.0, 60.0]])], 109, 109)
    path = tmp_path / "0001.svg"
    svg = render.drawing_svg(steps, 109, 109, look=render.Look(animate=True), credit="a")
    path.write_text(svg, encoding="utf-8")
    assert np.allclose(read(path).steps[:, :2], steps[:, :2], atol=0.011)


def test_freehand_strokes_are_simplified(tmp_path):
    t = np.linspace(0, 1, 200)
    points = " ".join(f"{20 + 60 * a:.2f},{30 + 8 * a * a:.2f}" for a in t)
    begin = read(write(tmp_path / "a.svg", f'<polyline points="{points}"/>' + '<path d="M20,80 L90,80"/>'))
    assert "1 of them simplified" in begin.text
    first = drawing.to_strokes(begin.steps, 109, 109)[0]
    assert 3 < len(first) <= prefix.MOST_POINTS
    assert np.allclose(first[[0, -1]], [[20, 30], [80, 38]], atol=1e-3)
    near = 30 + 8 * ((first[:, 0] - 20) / 60) ** 2
    assert np.abs(first[:, 1] - near).max() < prefix.EPSILON * 109
    # an own rule takes its points where it wants, so nothing is simplified before
    arc = read(tmp_path / "a.svg", DATA | {"resampling": {"rule": "arclength", "spacing": 1.0}})
    assert "simplified" not in arc.text and len(arc.steps) > 100


def test_scaled_and_kept():
    steps = np.array([[1 / 3, 0.1, 0], [7.7, -3.3, 1]], np.float32)
    begin = prefix.Prefix(steps, "")
    assert np.array_equal(begin.scaled(15.0), steps / np.array([15, 15, 1], np.float32))
    back = begin.scaled(15.0) * np.array([15, 15, 1], np.float32)
    drawn = [np.concatenate([back, [[1, 1, 2]]]).astype(np.float32)]
    begin.keep(drawn)
    assert np.array_equal(drawn[0][:2], steps) and drawn[0].shape == (3, 3)


@pytest.mark.parametrize("text", ["氵", " 氵\n", "氵\ufe00", "氵\U000e0100", "か\u3099"])
def test_a_character_is_looked_up(tmp_path, monkeypatch, text):
    steps = np.array([[2, 4, 1]], np.float32)
    asked = []
    monkeypatch.setattr(prefix.starts, "find", lambda *a: asked.append(a) or Start(steps, 109.0, 109.0, "海", "left"))
    begin = prefix.read(text, {"width": 218.0, "height": 436.0, "resampling": {"rule": "rdp"}}, tmp_path / "f")
    assert np.array_equal(begin.steps, [[4, 8, 1]])
    name = "が" if text.startswith("か") else "氵"
    assert asked == [(tmp_path / "f", name, {"rule": "rdp"})]
    assert begin.text == f"the 1 stroke of {name} in 海 (left)"


def test_what_is_no_start_is_told_plainly(tmp_path):
    with pytest.raises(PrefixError, match="'氵木' is neither one character nor an .svg file"):
        prefix.read("氵木", DATA, tmp_path / "f")
    with pytest.raises(StartsError, match="is no file of starts"):
        prefix.read("木", DATA, tmp_path / "f")
    with pytest.raises(documents.SvgError, match="a.svg: draws nothing"):
        read(write(tmp_path / "a.svg", "<text>a</text>"))
    long = "M0,0" + "".join(f"C1,1 2,2 {90 * (i % 2)},{i % 7}" for i in range(50_001))  # of three chords each
    with pytest.raises(PrefixError, match="a.svg: a stroke has"):
        read(write(tmp_path / "a.svg", f'<path d="{long}"/>'))
    with pytest.raises(dataclasses.FrozenInstanceError):
        prefix.Prefix(np.zeros((1, 3), np.float32), "").text = "a"
