"""Single lines, read back by the programs that take them: vpype, a reader of SVG fonts, a reader of Hershey's."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import svgfont
from HersheyFonts import HersheyFonts

from pipeline import dataset, drawing
from pipeline.brush.squares import EM
from pipeline.dataset import DrawingSet
from pipeline.export import plotter, single_line
from pipeline.export.single_line import DOT, HALF, SingleLineError
from tests.support.samples import CREDIT, export, kept, save_samples

vpype = pytest.importorskip("vpype")  # which is for Python below 3.14
MM = 96 / 25.4  # vpype's unit is a CSS pixel
DOTTED = [np.array([[10.0, 20.0]]), np.array([[20.0, 20.0], [60.0, 80.0], [60.0, 80.0]])]


@pytest.fixture
def folder(tmp_path, scribbles):
    """Scribbles, moved into their boxes."""
    drawings = [drawing.to_strokes(steps, 109, 109) for steps in scribbles]
    inside = []
    for strokes in drawings:
        points = np.concatenate(strokes)
        low, span = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1)
        inside.append(drawing.from_strokes([5 + (one - low) / span * 99 for one in strokes], 109, 109))
    return save_samples(tmp_path / "samples", DrawingSet(np.concatenate(inside), scribbles.index))


def strokes_of(folder):
    return [drawing.to_strokes(steps, 109, 109) for steps in kept(folder)]


def glyphs(*drawings, width=109.0, height=109.0):
    return [(list(strokes), width, height) for strokes in drawings]


def spread(points):
    return np.ptp(points, axis=0).max()


def read_sheet(path):
    """vpype's lines in mm, and the paper."""
    lines, width, height = vpype.read_svg(path, quantization=0.1 * MM, crop=False)
    return [np.column_stack([line.real, line.imag]) / MM for line in lines], (width / MM, height / MM)


# ---- the plotter


@pytest.mark.parametrize(
    ("options", "paper", "margin"),
    [
        ((), (210, 297), 15),
        (("--paper", "a5", "--landscape", "--margin", 8), (210, 148), 8),
        (("--paper", "200x120.5", "--margin", 0), (200, 120.5), 0),
        (("--paper", "Letter", "--size", 12), (215.9, 279.4), 15),
    ],
)
def test_vpype_reads_every_stroke_in_order_where_it_belongs(folder, tmp_path, options, paper, margin):
    assert export(folder, "-f", "plotter", "-o", tmp_path / "o.svg", *options)[0] == 0
    lines, size = read_sheet(tmp_path / "o.svg")
    assert size == pytest.approx(paper, abs=1e-3) and CREDIT in (tmp_path / "o.svg").read_text()
    whole = np.concatenate(lines)
    assert whole.min() >= margin and (whole <= np.array(paper) - margin).all()
    flat = [stroke for strokes in strokes_of(folder) for stroke in strokes]
    assert len(lines) == len(flat)
    scale = sum(map(spread, lines)) / sum(map(spread, flat))  # all drawings are of one size
    for line, stroke in zip(lines, flat, strict=True):
        moved = (stroke - stroke[0]) * scale
        np.testing.assert_allclose(line - line[0], moved, atol=0.03)


def test_smooth_lines_go_through_the_points(folder, tmp_path):
    export(folder, "-f", "plotter", "-o", tmp_path / "lines.svg")
    export(folder, "-f", "plotter", "-o", tmp_path / "smooth.svg", "--smooth")
    (lines, _), (smooth, _) = (read_sheet(tmp_path / f"{name}.svg") for name in ("lines", "smooth"))
    assert len(lines) == len(smooth) and max(map(len, smooth)) > max(map(len, lines))
    for line, curve in zip(lines, smooth, strict=True):
        np.testing.assert_allclose(curve[[0, -1]], line[[0, -1]], atol=0.011)


def test_drawings_stand_in_rows_of_equal_cells():
    square = [np.array([[0.0, 0.0], [109.0, 0.0], [109.0, 109.0], [0.0, 109.0]])]
    page = plotter.sheet("106x60", 10, None)
    text = plotter.svg(glyphs(*[square] * 8), page, "", False)  # the largest cells: 2 rows of 4, 20 mm; 3 mm are left
    boxes = [np.array(re.findall(r"[\d.]+,[\d.]+", d)) for d in re.findall(r' d="([^"]+)"', text)]
    corners = [tuple(map(float, box[0].split(","))) for box in boxes]
    assert corners == [(15 + 20 * (i % 4), 12 + 20 * (i // 4)) for i in range(8)]


def test_a_dot_is_a_line_that_a_pen_can_draw(tmp_path):
    (tmp_path / "o.svg").write_text(plotter.svg(glyphs(DOTTED), plotter.sheet("a6", 5, None), "", True))
    lines, _ = read_sheet(tmp_path / "o.svg")
    assert len(lines) == 2 and np.ptp(lines[0][:, 0]) == pytest.approx(0.8 * 95 * DOT, abs=0.02)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--paper", "b7"), "--paper b7: must be a2, a3"),
        (("--paper", "0x10"), "--paper 0x10: must be"),
        (("--margin", 105), "--margin 105: must be from 0 to 104.5 mm"),
        (("--margin", -1), "--margin -1: must be from 0"),
        (("--size", 50), "--size 50: 90 drawings fit with cells of 1 to "),
        (("--paper", "10x10", "--margin", 2), "90 drawings on this paper: cells would be 0."),
        (("--known", "a"), "--known goes with --format kanjivg; leave it out, or give that format"),
        (("--out", "a.png"), "--out a.png: plotter is written as a .svg file"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_written(folder, tmp_path, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    code, text = export(folder, "-f", "plotter", *options)
    assert code == 1 and said in text and len(text.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["samples"]


# ---- fonts of strokes


def test_an_svg_font_read_by_another_program(folder, tmp_path):
    path = tmp_path / "o.svg"
    assert export(folder, "-f", "svgfont", "-o", path)[0] == 0
    font = svgfont.load_font(str(path))
    table = pd.read_csv(tmp_path / "o.csv")
    assert font.units_per_em == EM.side and len(font.glyphs) == len(table) and CREDIT in path.read_text()
    assert table["id"].tolist() == kept(folder).index["id"].tolist()
    for code, strokes in zip(table["code_point"], strokes_of(folder), strict=True):
        glyph = font.glyphs[chr(int(code[2:], 16))]
        assert glyph.adv == EM.side and len(glyph.beziers) == len(strokes)
        for curve, stroke in zip(glyph.beziers, strokes, strict=True):
            expected = np.column_stack([stroke[:, 0], stroke[:, 1] - 0.88 * 109]) * EM.side / 109  # y down again
            np.testing.assert_allclose(np.asarray(curve)[[0, -1]], expected[[0, -1]], atol=0.011)


def test_an_svg_font_has_what_hershey_text_looks_for():
    """Inkscape's extension takes font-face, missing-glyph, and each glyph by its `unicode`."""
    text = single_line.svg_font(glyphs(DOTTED), [0xE000], "a & b", True)
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    font = root.find(f"{space}defs/{space}font")
    face = font.find(f"{space}font-face")
    assert {"font-family", "units-per-em", "ascent", "descent"} <= set(face.attrib)
    assert font.find(f"{space}missing-glyph") is not None
    assert [one.get("unicode") for one in font.iter(f"{space}glyph")] == [" ", "\ue000"]
    assert root.find(f"{space}metadata").text == "a & b"


def test_hersheys_form_read_by_another_program(folder, tmp_path):
    path = tmp_path / "o.jhf"
    assert export(folder, "-f", "jhf", "-o", path)[0] == 0
    font = HersheyFonts()
    font.read_from_string_lines(path.read_text().splitlines(), use_charcode=True)
    table = pd.read_csv(tmp_path / "o.csv")
    assert len(font.all_glyphs) == len(table)
    for code, strokes in zip(table["code_point"], strokes_of(folder), strict=True):
        glyph = font.all_glyphs[chr(int(code[2:], 16))]
        assert glyph.char_width == 2 * HALF and len(glyph.strokes) == len(strokes)
        for found, stroke in zip(glyph.strokes, strokes, strict=True):
            expected = (stroke - 54.5) * 2 * HALF / 109
            for end in (0, -1):
                assert np.abs(np.array(found[end]) - expected[end]).max() <= 1.5  # half a step, or a dot's own
            assert all(np.abs(expected - point).max(axis=1).min() <= 1.5 for point in found)


def test_a_line_of_hersheys_form():
    """As J. Hurt's files have it: number, pairs, sides, points from R, a lift."""
    strokes = [np.array([[54.5, 54.5], [54.5 + 109 / 84, 54.5]]), np.array([[0.0, 0.0], [0.0, 109.0]])]
    expected = "57344  6" + chr(82 - 42) + chr(82 + 42) + "RRSR" + " R" + "((" + "(|"
    assert single_line.jhf(glyphs(strokes), [57344], ["a"]) == expected + "\n"


@pytest.mark.parametrize(
    ("strokes", "said"),
    [
        ([np.random.default_rng(1).uniform(0, 109, (1200, 2))], "a: 1,[12]0[01] pairs are more than the 999"),
        ([np.array([[0.0, 0.0], [130.0, 50.0]])], "a: it goes out of its box further than jhf has coordinates"),
    ],
)
def test_what_hersheys_form_cannot_hold(strokes, said):
    with pytest.raises(SingleLineError, match=said):
        single_line.jhf(glyphs(strokes), [1], ["a"])


def test_the_list_says_what_a_dream_is(folder, tmp_path):
    drawings = dataset.load(folder)
    index = drawings.index.drop(columns=["start", "stop", "strokes", "character", "code_point"])
    told = index.assign(description="⿰木食", reading="tree beside eat")
    (tmp_path / "told").mkdir()
    dataset.save(tmp_path / "told", list(drawings), told)
    assert export(tmp_path / "told", "-f", "svgfont", "-o", tmp_path / "o.svg")[0] == 0
    first = pd.read_csv(tmp_path / "o.csv", keep_default_na=False).iloc[0]
    assert first.to_dict() == {
        "code_point": "U+E000", "text": "\ue000", "id": kept(tmp_path / "told").index["id"][0], "character": "",
        "description": "⿰木食", "reading": "tree beside eat",
    }  # fmt: skip
