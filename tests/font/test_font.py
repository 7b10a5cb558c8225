"""Fonts, read back by fontTools, judged by the OpenType Sanitizer, and shown by a real browser."""

import io
import json

import numpy as np
import ots
import pandas as pd
import pytest
import ufoLib2
from fontTools.pens.areaPen import AreaPen
from fontTools.ttLib import TTFont
from PIL import Image
from typer.testing import CliRunner

from pipeline import dataset, drawing
from pipeline.cli import main
from pipeline.export.code_points import TOLD
from pipeline.font import building, specimen
from pipeline.font.glyphs import Glyph
from tests.support.kanji import TREE

CREDIT = "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"


def run(*arguments):
    result = CliRunner().invoke(main.app, ["font", *map(str, arguments)])
    return result.exit_code, result.output


def save(folder, rows, sets):
    folder.mkdir()
    steps = [drawing.from_strokes([np.array(points, float) for points in strokes], 109, 109) for strokes in sets]
    index = pd.DataFrame(rows).assign(width=109.0, height=109.0)
    dataset.save(folder, steps, index)
    (folder / "data.json").write_text(json.dumps({"licence": CREDIT}))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """木, as a character, as a dream and as a variant; and a dream of one stroke."""
    tree = [points for _, points in TREE]
    plain = {"code_point": -1, "character": "", "variant": "", "description": "", "reading": ""}
    known = plain | {"code_point": 0x6728, "character": "木"}
    rows = [
        plain | {"id": "d10", "description": "⿰木一", "reading": "tree beside one"},
        known | {"id": "06728"},
        known | {"id": "06728-Kaisho", "variant": "Kaisho"},
        plain | {"id": "d2", "description": "一", "reading": "one"},
    ]
    return save(tmp_path_factory.mktemp("font") / "set", rows, [tree, tree, tree[:3], tree[:1]])


@pytest.fixture(scope="module")
def made(folder):
    out = folder.parent / "dream.ttf"
    code, said = run(folder, "--out", out)
    assert code == 0 and "4 glyphs" in said, said
    return out


def test_code_points_and_the_list(made):
    table = pd.read_csv(made.with_suffix(".csv"), keep_default_na=False)
    assert list(table["id"]) == ["06728", "06728-Kaisho", "d2", "d10"]
    assert list(table["code_point"]) == ["U+6728", "U+E000", "U+E001", "U+E002"]
    assert list(table["glyph"]) == ["uni6728", "uniE000", "uniE001", "uniE002"]
    assert list(table["reading"]) == ["", "", "one", "tree beside one"]
    with TTFont(made) as font:
        assert {code: font.getBestCmap()[code] for code in (0x6728, 0xE000, 0xE001, 0xE002)} == dict(
            zip((0x6728, 0xE000, 0xE001, 0xE002), table["glyph"], strict=True)
        )


def test_metrics_names_and_winding(made):
    with TTFont(made) as font:
        full = [name for name in font.getGlyphOrder() if name != "space"]
        assert {font["hmtx"][name][0] for name in full} == {font["vmtx"][name][0] for name in full} == {1000}
        assert (font["head"].unitsPerEm, font["hhea"].ascent, font["hhea"].descent) == (1000, 880, -120)
        name = font["name"]
        assert name.getDebugName(13) == CREDIT and name.getDebugName(0) == f"Derived from {CREDIT}"
        assert name.getDebugName(14) == building.LICENCES["CC BY-SA 3.0"] and name.getDebugName(1) == "dream"
        for glyph in full[1:]:
            pen = AreaPen(font.getGlyphSet())
            font.getGlyphSet()[glyph].draw(pen)
            assert (pen.value < 0) == (glyph != "uni3000")  # clockwise: ink is on the right of the contour


@pytest.mark.parametrize("name", ["s.ttf", "s.woff2", "mono.ttf"])
def test_the_sanitizer_passes_and_the_same_set_gives_the_same_bytes(folder, tmp_path, name):
    options = ["--mono", "--weight", "30"] if name.startswith("mono") else []
    for place in ("a", "b"):
        assert run(folder, "--out", tmp_path / place / name, *options)[0] == 0
    verdict = ots.sanitize(str(tmp_path / "a" / name), capture_output=True)
    assert verdict.returncode == 0, verdict.stderr
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_control_the_sanitizer_refuses_a_broken_font(made, tmp_path):
    (tmp_path / "broken.ttf").write_bytes(made.read_bytes()[:-200])
    assert ots.sanitize(str(tmp_path / "broken.ttf"), capture_output=True).returncode != 0


def test_a_ufo_keeps_the_skeletons(folder, tmp_path):
    out = tmp_path / "dream.ufo"
    assert run(folder, "--out", out, "--name", "Dream of Trees")[0] == 0
    font = ufoLib2.Font.open(out, validate=True)
    assert font.info.familyName == "Dream of Trees" and font.glyphOrder[-1] == "uniE002"
    skeleton = font.layers[building.SKELETONS]["uni6728"]
    assert len(skeleton.contours) == 4 and all(contour.open for contour in skeleton.contours)
    for contour, (_, points) in zip(skeleton.contours, TREE, strict=True):
        ends = [(point.x, point.y) for point in (contour.points[0], contour.points[-1])]
        expected = np.array(points)[[0, -1]] * 1000 / 109 * (1, -1) + (0, 880)
        np.testing.assert_allclose(ends, expected, atol=0.06)
    code, said = run(folder, "--out", out)
    assert code == 1 and "exists already" in said


def test_a_folder_of_svgs(folder, tmp_path):
    assert CliRunner().invoke(main.app, ["export", str(folder), "--out", str(tmp_path / "svg")]).exit_code == 0
    (tmp_path / "svg" / "index.csv").write_text("file,description,reading\nd2.svg,一,one\n", encoding="utf-8")
    assert run(tmp_path / "svg", "--out", tmp_path / "svg.ttf", "--names", "hex")[0] == 0
    table = pd.read_csv(tmp_path / "svg.csv", keep_default_na=False)
    assert list(table["id"]) == ["06728", "06728-Kaisho", "d2", "d10"] and table["code_point"][0] == "U+6728"
    assert list(table["reading"]) == ["", "", "one", ""]
    with TTFont(tmp_path / "svg.ttf") as font:
        assert font["name"].getDebugName(13) == CREDIT


def test_bad_input_is_one_line_and_nothing_is_written(folder, tmp_path):
    tree = [points for _, points in TREE]
    twice = [{"id": name, "code_point": 0x6728, "character": "木", "variant": ""} for name in ("one", "two")]
    huge = [[(10, 10), (900, 10)]]
    (tmp_path / "empty").mkdir()
    cases = [
        (save(tmp_path / "twice", twice, [tree, tree]), "a.ttf", "one and two are both U+6728 木"),
        (save(tmp_path / "huge", [{"id": "big", "code_point": -1}], [huge]), "b.ttf", "big: reaches 7.3 times its box"),
        (folder, "c.otf", "a font is written as .ttf, .woff2 or .ufo"),
        (tmp_path / "empty", "d.ttf", "holds no set of drawings and no .svg file"),
        (tmp_path / "none", "e.ttf", "does not hold a set of drawings"),
    ]
    for place, name, text in cases:
        code, said = run(place, "--out", tmp_path / "out" / name)
        assert code == 1 and text in said and len(said.strip().splitlines()) == 1, said
    assert not (tmp_path / "out").exists()
    assert "--names latin: must be one of" in run(folder, "--names", "latin", "--out", tmp_path / "out" / "f.ttf")[1]


def test_a_browser_shows_the_specimen(made, visit):
    """The glyph that the browser draws is the one that was drawn, not a substitute."""
    page = visit(made.with_suffix(".html"))
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('20px specimen', '\\uE000'))")
    assert page.locator(".all div").count() == 4
    assert "tree beside one" in page.content() and CREDIT in page.content()
    widths = page.evaluate("[...document.querySelectorAll('.all .f')].map(e => getComputedStyle(e).fontFamily)")
    assert all("specimen" in one for one in widths)
    page.set_content(
        f"<style>{page.evaluate('document.querySelector(`style`).textContent')} body{{margin:0;padding:0}}"
        "#x{font:500px/500px specimen;width:500px;height:500px;overflow:hidden}</style><div id=x>木</div>"
    )
    page.evaluate("document.fonts.load('500px specimen', '木')")
    shot = Image.open(io.BytesIO(page.locator("#x").screenshot())).convert("L")
    seen = np.array(shot.resize((50, 50))) < 128
    for _, points in TREE:
        x, y = np.array(points[1]) * 50 / 109  # in the middle of each stroke there is ink
        assert seen[int(y), int(x)]
    assert 0.05 < seen.mean() < 0.3 and not seen[:3].any() and not seen[:, :4].any()


CUT = """() => [...document.querySelectorAll(".line")].map(line => {
  const box = line.getBoundingClientRect(), text = line.firstChild, boxes = [];
  for (let i = 0; i < text.length; i++) {
    const range = new Range();
    range.setStart(text, i), range.setEnd(text, i + 1);
    boxes.push(range.getBoundingClientRect());
  }
  const shown = boxes.filter(one => one.top + one.height / 2 < box.bottom);
  return [shown.length, shown.filter(one => one.right > Math.min(box.right, innerWidth) + 0.5).length];
})"""


@pytest.mark.parametrize(("width", "least"), [(1120, [11, 22, 33, 53]), (390, [3, 7, 10, 17])])
def test_no_line_of_the_specimen_is_cut_whatever_the_window(made, visit, tmp_path, width, least):
    """A hundred glyphs: as many as fit; and a control: in one line they are cut."""
    glyphs = [Glyph(code, "", dict.fromkeys(TOLD, ""), [], []) for code in (0x6728, 0xE000, 0xE001, 0xE002) * 25]
    (tmp_path / "woff2.html").write_text(
        specimen.page(made.read_bytes(), glyphs, building.Names("a", "Regular", "", "")), encoding="utf-8"
    )
    page = visit(tmp_path / "woff2.html", viewport={"width": width, "height": 800})
    page.evaluate("document.fonts.ready")
    assert page.evaluate(CUT) == [[count, 0] for count in least]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_style_tag(content=".line{white-space:nowrap}")
    assert [cut > 0 for _, cut in page.evaluate(CUT)] == [True] * 4
