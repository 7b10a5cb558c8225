"""What the page saves beside pictures: its sheet as a font, a character in KanjiVG's form; each read by other means."""

import base64
import hashlib
import io
import re

import numpy as np
import ots
import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.ttLib import TTFont

from pipeline import drawing, fit
from pipeline.describe.description import parse
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.export import compact, web
from pipeline.font import building
from pipeline.kanjivg import form, numbering
from pipeline.parse.svg import documents
from tests.support import ink, told
from tests.support.drawings import scribble
from tests.support.pages import DATA, FIRST, SAMPLE, opened, steps_of, stroke

RADIUS = 20  # of a stroke in the font, in units of the em
SIX = "document.querySelectorAll('#variants .cell:not([disabled])').length === 6"


def saved(page, button, folder):
    with page.expect_download() as found:
        page.locator(button).click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def in_lines(steps, data=DATA):
    return drawing.to_strokes(np.array(steps, np.float32), data["width"], data["height"])


# ---- a font

HARD = {
    "a dot": [[(30, 30)]],
    "a dot of several points": [[(30, 30), (30, 30), (30, 30)]],
    "there and back": [[(10, 50), (90, 50), (11, 50)]],
    "a corner, a hairpin": [[(10, 10), (80, 10), (80, 80)], [(20, 90), (90, 90), (20, 94)]],
    "a bend narrower than the pen": [[(20, 20), (60, 20), (61.2, 20.8), (61, 22), (20, 23)]],
    "a loop narrower than the pen": [[(20, 60), (40, 60), (41, 61), (40, 62), (39, 61), (40, 60), (70, 60)]],
    "an S": [[(20, 20), (40, 15), (60, 25), (80, 20)]],
    "over itself": [[(20, 20), (80, 80), (80, 20), (20, 80)]],
    "out of its box": [[(-8, -5), (114, 112)]],
}
MAKE = """async ([characters, data, names]) => {
  const { font, privateUse } = await import("./font.js");
  const made = font(characters.map(([number, strokes]) => ({ code: privateUse(number), strokes })), data, names);
  return [btoa(String.fromCharCode(...made)), [6399, 6400, 6400 + 65534, 137468].map((n) => privateUse(n) ?? null)];
}"""


def checked(data):
    """A font whose checksums are right, read, and passed by the OpenType Sanitizer."""
    font = TTFont(io.BytesIO(data), checkChecksums=2, lazy=False)
    assert {font[tag].tableTag for tag in set(font.keys()) - {"GlyphOrder"}} == {
        "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "OS/2", "post",
    }  # fmt: skip
    return font


def sanitized(path):
    verdict = ots.sanitize(str(path), capture_output=True)
    return verdict.returncode == 0, verdict.stderr


def test_a_stroke_s_outline_is_all_within_the_pen_s_reach_and_nothing_else(visit, address, tmp_path):
    page = visit(address, (address,))
    rng, data = np.random.default_rng(2), {"width": 109.0, "height": 80.0, "licence": ""}
    cases = [*HARD.values(), *([s.tolist() for s in in_lines(scribble(rng, 6, n))] for n in (2, 3, 4, 6, 8))]
    numbers = [*range(len(cases) - 1), 6400]  # the last one is beyond the basic plane
    given = list(zip(numbers, cases, strict=True))
    made, codes = page.evaluate(MAKE, [given, data, {"family": "A", "made": "b"}])
    assert codes == [0xF8FF, 0xF0000, 0x100000, None]
    (tmp_path / "a.ttf").write_bytes(base64.b64decode(made))
    assert sanitized(tmp_path / "a.ttf")[0]
    font = checked(base64.b64decode(made))
    names = [font.getBestCmap()[code] for code in [*range(0xE000, 0xE000 + len(cases) - 1), 0xF0000]]
    assert font["name"].getDebugName(13) is None and font["cmap"].getcmap(3, 1).cmap.keys() == set(
        [0x20, 0x3000, *range(0xE000, 0xE000 + len(cases) - 1)]
    )
    wider = []
    for name, strokes in zip(names, cases, strict=True):
        polygons, lines = ink.contours(font, name), ink.centre_lines(strokes, 109, 80)
        for polygon, line in zip(polygons, lines, strict=True):
            left_out, beyond = ink.misses(polygon, line, RADIUS)
            assert left_out == 0 and beyond < 1.5, (strokes, left_out, beyond)
            wider.append(ink.misses(polygon, line, RADIUS + 4)[0])
    assert min(wider) > 0.1  # the control: a broader pen is not


def test_the_sheet_as_a_font(visit, site, tmp_path):
    page = opened(visit, site / "index.html")
    path = saved(page, "#font", tmp_path)
    sheet = steps_of(page)
    told_of = page.locator("#status").text_content()
    assert path.name == "kanji-7.ttf" and f"{len(sheet)} characters" in told_of and "U+E000" in told_of
    passed, why = sanitized(path)
    assert passed, why
    data = path.read_bytes()
    font = checked(data)
    assert font.getGlyphOrder()[:3] == [".notdef", "space", "uni3000"]
    assert len(font.getGlyphOrder()) == len(sheet) + 3
    codes = range(0xE000, 0xE000 + len(sheet))
    assert [code for code in font.getBestCmap() if code >= 0xE000] == list(codes)
    assert (font["head"].unitsPerEm, font["hhea"].ascent, font["hhea"].descent) == (1000, 880, -120)
    for code in codes:
        name = font.getBestCmap()[code]
        glyph, pen = font["glyf"][name], AreaPen(font.getGlyphSet())
        font.getGlyphSet()[name].draw(pen)
        assert pen.value < 0 and glyph.flags[0] & 0x40  # clockwise; contours that lie over one another
        assert font["hmtx"][name] == (1000, glyph.xMin)
    for code, steps in list(zip(codes, sheet, strict=True))[::8]:
        lines = ink.centre_lines(in_lines(steps), 109, 109)
        for polygon, line in zip(ink.contours(font, font.getBestCmap()[code]), lines, strict=True):
            left_out, beyond = ink.misses(polygon, line, RADIUS)
            assert left_out == 0 and beyond < 1.5
    names = font["name"]
    assert names.getDebugName(13) == DATA["licence"] and names.getDebugName(0) == f"Derived from {DATA['licence']}"
    assert names.getDebugName(14) == building.LICENCES["CC BY-SA 3.0"] and names.getDebugName(1) == "Fake Kanji 7"
    assert "no human drew them" in names.getDebugName(10) and "seed 7" in names.getDebugName(10)
    assert saved(page, "#font", tmp_path).read_bytes() == data
    assert_browser_draws(page, data, in_lines(sheet[0]))


DRAW = """async (text) => {
  const data = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  document.fonts.add(await new FontFace("sheet", data.buffer).load());
  const context = new OffscreenCanvas(200, 200).getContext("2d");
  context.font = "200px sheet";
  context.fillText("\\uE000", 0, 176);
  return [...context.getImageData(0, 0, 200, 200).data].filter((_, i) => i % 4 === 3);
}"""


def assert_browser_draws(page, data, strokes):
    """The very strokes, in pixels of 5 units of the em."""
    seen = np.array(page.evaluate(DRAW, base64.b64encode(data).decode())).reshape(200, 200)
    y, x = np.mgrid[0:200, 0:200] + 0.5
    centres = np.stack((5 * x, 880 - 5 * y), -1).reshape(-1, 2)
    away = np.min([ink.distances(centres, line[::3]) for line in ink.centre_lines(strokes, 109, 109)], axis=0)
    away = away.reshape(200, 200)
    assert seen[away < RADIUS - 6].min() > 250 and seen[away > RADIUS + 6].max() == 0 and (away < RADIUS).sum() > 100


# ---- KanjiVG's form

KNOWS = Knowledge(
    Vocabulary(("木", "食", "言", "五", "口", "囗", "⻌", "首", "王", "㇐", "㇑")),
    {"語": "⿰言吾", "吾": "⿱五口", "国": "⿴囗王", "道": "⿺⻌首"},
    Habits({"⿴": ((0, 2), (1, 0), (0, 0)), "⿺": ((1, 0), (0, 0))}, {"囗": 3}),
)
GROUPS = {  # a description, the strokes of each visit -> (element, position, part, first, last) of each group
    "⿰木食": ((4, 9), [("⿰木食", "", "", 0, 12), ("木", "left", "", 0, 3), ("食", "right", "", 4, 12)]),
    # a character; a part that another interrupts is two groups
    "国": ((2, 4, 1), [("国", "", "", 0, 6), ("囗", "kamae", "1", 0, 1), ("王", "", "", 2, 5),
                       ("囗", "kamae", "2", 6, 6)]),
    # the second first
    "道": ((2, 3), [("道", "", "", 0, 4), ("首", "nyoc", "", 0, 1), ("⻌", "nyo", "", 2, 4)]),
    # parts that the net is told by their own parts have groups of their own, too
    "⿱木語": ((1, 2, 3, 1), [("⿱木語", "", "", 0, 6), ("木", "top", "", 0, 0), ("語", "bottom", "", 1, 6),
                             ("言", "left", "", 1, 2), ("吾", "right", "", 3, 6), ("五", "top", "", 3, 5),
                             ("口", "bottom", "", 6, 6)]),
    "語": ((2, 3, 1), [("語", "", "", 0, 5), ("言", "left", "", 0, 1), ("吾", "right", "", 2, 5),
                      ("五", "top", "", 2, 4), ("口", "bottom", "", 5, 5)]),
    # what has no name and what is a stroke makes no group, nor has what lies over another a position
    "⿰？⿻㇐口": ((2, 1, 3), [("⿰？⿻㇐口", "", "", 0, 5), ("口", "", "", 3, 5)]),
    # a form that the net knows by another
    "⿰木辶": ((1, 1), [("⿰木辶", "", "", 0, 1), ("木", "left", "", 0, 0), ("辶", "right", "", 1, 1)]),
    # a writing that was cut
    "⿲木口食": ((2, 2), [("⿲木口食", "", "", 0, 3), ("木", "left", "", 0, 1), ("口", "", "", 2, 3)]),
    "木": ((3,), [("木", "", "", 0, 2)]),
}  # fmt: skip
WRITE = """async ([known, data, cases]) => {
  const [{ Knowledge }, { groups }, { kanjivg, nameOf }, { toStrokes }] = await Promise.all(
    ["knowledge", "groups", "kanjivg", "strokes"].map((name) => import(`./${name}.js`)));
  const knows = new Knowledge({ ...known, english: {} });
  return cases.map(([description, steps]) => {
    const read = description && knows.read(description);
    const visits = read && knows.visits(read).map(({ leaf }) => leaf);
    const told = read ? { groups: groups(knows, description, read), visits } : null, name = nameOf(told, "7-3");
    const text = kanjivg({ steps, strokes: toStrokes(steps, data), told }, data, name, "a -- b");
    return [name, visits && visits.length, text];
  });
}"""


def written(page, cases, data=DATA):
    known = {"vocabulary": KNOWS.vocabulary.names, "spellings": KNOWS.spellings, "habits": KNOWS.habits.as_json()}
    return page.evaluate(WRITE, [known, data, cases])


def visits_of(rng, counts):
    """Steps of so many strokes each visit."""
    steps = scribble(rng, sum(counts), 5)
    steps[:, 2] = np.minimum(steps[:, 2], 1)
    ends = np.flatnonzero(steps[:, 2])[np.cumsum(counts) - 1]
    steps[ends, 2] = 2
    return steps.tolist()


def read(text):
    return documents.read(text.encode(), "a.svg")


def said(document):
    return [(g["element"], g["position"], g["part"], g["first"], g["last"]) for g in document.groups]


def test_groups_are_the_parts_that_were_written(visit, address):
    page, rng = visit(address, (address,)), np.random.default_rng(5)
    cases = [(one, visits_of(rng, counts)) for one, (counts, _) in GROUPS.items()]
    for (one, (counts, expected)), (name, visits, text) in zip(GROUPS.items(), written(page, cases), strict=True):
        assert visits == len(KNOWS.habits.of_description(KNOWS.spelled(parse(one)))) >= len(counts)
        document = read(text)
        assert said(document) == expected, one
        assert set(document.types) == {""} and document.notes == []
        assert name == (f"{ord(one):05x}" if len(one) == 1 else "drawing-7-3")
        assert document.said == (f"kvg:StrokePaths_{name}" if len(one) == 1 else "")
        ids = re.findall(r' id="([^"]*)"', text)
        assert len(set(ids)) == len(ids) and [i for i in ids if "-s" in i] == [
            f"kvg:{name}-s{i + 1}" for i in range(sum(counts))
        ]


@pytest.mark.parametrize("data", [DATA, {"width": 200.0, "height": 100.0, "licence": None}])
def test_curves_and_numbers_are_those_of_python(visit, address, data):
    page, rng = visit(address, (address,)), np.random.default_rng(6)
    drawings = [
        scribble(rng, strokes, points) for strokes, points in ((3, 1), (4, 2), (12, 4), (9, 6), (14, 8), (5, 20))
    ]
    found = written(page, [(None, steps.tolist()) for steps in drawings], data)
    saved_by_fitting = 0
    for steps, (name, _, text) in zip(drawings, found, strict=True):
        document, strokes = read(text), form._in_box(steps, data["width"], data["height"])
        assert name == "drawing-7-3" and said(document) == [] and (document.width, document.height) == (109, 109)
        expected = [fit.fit(one) for one in strokes]
        for curve, cubics, one in zip(document.curves, expected, strokes, strict=True):
            np.testing.assert_allclose(curve.controls, cubics, atol=0.011)
            assert ink.distances(one, fit.evaluate(curve.controls, 24)).max() < 0.22
            saved_by_fitting += len(one) - 1 - len(cubics)
        places = re.findall(r"matrix\(1 0 0 1 (\S+) (\S+)\)", text)
        curves = [fit.evaluate(cubics, 12) for cubics in expected]
        size, beside = numbering.places(curves, 109, 109, 3)
        np.testing.assert_allclose(np.array(places, float), beside, atol=0.011)
        assert f"font-size:{size:g};" in text
        comment = re.search("<!--(.*?)-->", text, flags=re.DOTALL)[1]
        assert comment.strip() == "\n".join(["a - - b", *filter(None, [data["licence"]])])
    assert saved_by_fitting > 30


def test_a_described_character_in_kanjivg_s_form(visit, tmp_path):
    """丁 is ⿰木月 to this net; its first stroke is drawn by hand."""
    assert told.SPELLINGS["丁"] == "⿰木月"
    net = told.a_net(told.KNOWS)
    config = {"data": DATA, "pen_weights": told.PEN_WEIGHTS, "sample": SAMPLE}
    web.write(tmp_path, web.Made(compact.pack(net, config, None, told.KNOWS), None))
    page = opened(visit, tmp_path / "index.html", hash="#seed=7&d=%E4%B8%81")
    page.locator("#pad").scroll_into_view_if_needed()
    stroke(page, [(0.2, 0.3), (0.8, 0.3)])
    page.wait_for_function(SIX)
    page.locator("#variants .cell >> nth=1").click()
    path, steps = saved(page, "#kanjivg", tmp_path), steps_of(page, "variants")[1]
    text = path.read_text(encoding="utf-8")
    document, strokes = read(text), in_lines(steps)
    assert path.name == "04e01.svg" and document.said == "kvg:StrokePaths_04e01"
    for curve, one in zip(document.curves, strokes, strict=True):
        np.testing.assert_allclose(curve.controls[[0, -1], [0, 3]], one[[0, -1]], atol=0.006)
    pens = [pen for *_, pen in steps if pen]
    first = pens.index(2) + 1 if 2 in pens else len(pens)
    parts = [("木", "left", "", 0, first - 1), ("月", "right", "", first, len(pens) - 1)]
    assert said(document) == [("丁", "", "", 0, len(pens) - 1), *parts[: 1 + (first < len(pens))]]
    net_id = hashlib.sha256((tmp_path / "net.json").read_bytes()).hexdigest()[:12]
    assert "but for the first stroke, which was drawn by hand" in text and f"net {net_id} from the seed" in text
    page.locator("#close").click()
    page.locator(FIRST).click()
    path = saved(page, "#kanjivg", tmp_path)
    text = path.read_text(encoding="utf-8")
    assert path.name == "kanji-7-1-kanjivg.svg" and "no human drew it" in text and DATA["licence"] in text
    assert f"by the net {net_id} from the seed 7, character 1," in text and read(text).groups
