"""KanjiVG's form: read back by our own parse, and by XML's own means."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from lxml import etree
from typer.testing import CliRunner

from pipeline import dataset, drawing, fit
from pipeline.cli import main
from pipeline.export import interchange, pictures
from pipeline.kanjivg import numbering
from pipeline.kanjivg.grouping import Grouper
from pipeline.parse.svg import documents
from tests.support.strokes import group

BOX = [[20, 20], [20, 50], [20, 80]], [[20, 20], [50, 20], [80, 20], [80, 50], [80, 80]], [[20, 80], [50, 80], [80, 80]]
TREE = [[20, 50], [80, 50]], [[50, 15], [50, 95]], [[50, 50], [35, 70], [15, 85]], [[50, 50], [65, 70], [85, 85]]
CREDIT = "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"


def placed(strokes, left, top, width, height):
    return [np.array(s, float) * (width / 100, height / 100) + (left, top) for s in strokes]


def known_rows():
    """口, 木, 杏, 林, 因 and 呆, in several places, with KanjiVG's groups and types."""
    box, tree = ["㇑", "㇕a", "㇐b"], ["㇐", "㇑", "㇒", "㇏"]
    rows = []
    for shift in range(4):
        at = 2.0 * shift
        rows += [
            ("口", placed(BOX, at, at, 95, 95), box, [group("口", 0, 2)]),
            ("木", placed(TREE, at, at, 95, 95), tree, [group("木", 0, 3)]),
            ("杏", placed(TREE, at, 0, 95, 50) + placed(BOX, at, 50, 95, 50), tree + box,
             [group("杏", 0, 6), group("木", 0, 3, "top"), group("口", 4, 6, "bottom")]),
            ("呆", placed(BOX, at, 0, 95, 50) + placed(TREE, at, 50, 95, 50), box + tree,
             [group("呆", 0, 6), group("口", 0, 2, "top"), group("木", 3, 6, "bottom")]),
            ("林", placed(TREE, 0, at, 50, 95) + placed(TREE, 52, at, 50, 95), tree + tree,
             [group("林", 0, 7), group("木", 0, 3, "left"), group("木", 4, 7, "right")]),
            ("因", placed(BOX, at, at, 100, 100)[:2] + placed(TREE, 30, 30, 40, 40) + placed(BOX, at, at, 100, 100)[2:],
             box[:2] + tree + box[2:],
             [group("因", 0, 6), group("囗", 0, 1, "kamae", "1"), group("木", 2, 5), group("囗", 6, 6, "kamae", "2")]),
        ]  # fmt: skip
    return rows


def save(folder, rows, **columns):
    """rows: character, strokes, types, groups."""
    folder.mkdir(parents=True)
    count = len(rows)
    values = {
        "id": [f"{i:04d}" for i in range(1, count + 1)],
        "character": [row[0] for row in rows],
        "code_point": [ord(row[0]) if row[0] else -1 for row in rows],
        "variant": "",
        "types": [row[2] for row in rows],
        "groups": [json.dumps(row[3]) for row in rows],
        "width": np.float32(109),
        "height": np.float32(109),
    }
    steps = [drawing.from_strokes(row[1], 109, 109) for row in rows]
    dataset.save(folder, steps, pd.DataFrame(values | columns))
    (folder / "data.json").write_text(json.dumps({"licence": CREDIT, "net": "0123456789ab", "seed": 7}))
    return folder


@pytest.fixture
def known(tmp_path):
    return save(tmp_path / "known", known_rows(), split="train")


@pytest.fixture
def dreams(tmp_path):
    """Without types and groups: told ⿱木口, not told, and one stroke too many for what it is told."""
    rows = [("", row[1], [], []) for row in known_rows()[2:5]]
    rows[1] = ("", [*rows[1][1], np.array([[80.0, 60.0], [85.0, 66.0]])], [], [])
    return save(tmp_path / "dreams", rows, description=["⿱木口", "⿱口木", ""], accepted=True)


def run(*arguments):
    result = CliRunner().invoke(main.app, ["export", *map(str, arguments), "--format", "kanjivg"])
    return result.exit_code, result.output


def read(path):
    return documents.read(path.read_bytes(), path.name)


def said(document):
    return [(g["element"], g["position"], g["part"], g["first"], g["last"]) for g in document.groups]


def test_it_is_read_back_as_the_same_strokes_types_and_groups(known, tmp_path):
    """Whole characters of one code point each."""
    rows = known_rows()[:6]
    folder, out = save(tmp_path / "six", rows), tmp_path / "out"
    code, text = run(folder, "--known", known, "--out", out)
    assert code == 0, text
    assert sorted(path.name for path in out.iterdir()) == sorted(f"{ord(row[0]):05x}.svg" for row in rows)
    for character, strokes, types, groups in rows:
        document = read(out / f"{ord(character):05x}.svg")
        assert (document.types, document.groups, document.width) == (types, groups, 109)
        assert document.said == f"kvg:StrokePaths_{ord(character):05x}" and document.notes == []
        assert len(document.curves) == len(strokes)
        for curve, stroke in zip(document.curves, strokes, strict=True):
            np.testing.assert_allclose(curve.controls[[0, -1], [0, 3]], stroke[[0, -1]], atol=0.006)
    again = interchange.read(out, False, None)  # as a folder of SVGs
    assert sorted(again.drawings.index["character"]) == sorted(row[0] for row in rows)


def test_dreams_get_types_groups_and_a_comment(known, dreams, tmp_path):
    assert run(dreams, "--known", known, "--out", tmp_path / "o")[0] == 0
    told, more, free = (read(tmp_path / "o" / f"{i:04d}.svg") for i in (1, 2, 3))
    assert said(told) == [("⿱木口", "", "", 0, 6), ("木", "top", "", 0, 3), ("口", "bottom", "", 4, 6)]
    assert told.types == ["㇐", "㇑", "㇒", "㇏", "㇑", "㇕a", "㇐b"]
    assert said(more) == [("⿱口木", "", "", 0, 7), ("口", "top", "", 0, 2), ("木", "bottom", "", 3, 7)]
    assert said(free) == [("木", "left", "", 0, 3), ("木", "right", "", 4, 7)]
    text = (tmp_path / "o" / "0001.svg").read_text(encoding="utf-8")
    comment = re.search("<!--(.*?)-->", text, flags=re.DOTALL)[1]
    assert "Machine-made" in comment and "net 0123456789ab" in comment and "seed 7" in comment and CREDIT in comment


def test_ids_and_numbers_are_kanjivg_s(known, dreams, tmp_path):
    run(dreams, "--known", known, "--out", tmp_path / "o", "--made-by", "a -- b")
    root = etree.parse(tmp_path / "o" / "0001.svg").getroot()
    names = [element.get("id") for element in root.iter("{*}g", "{*}path")]
    assert names[:3] == ["kvg:StrokePaths_drawing-0001", "kvg:drawing-0001", "kvg:drawing-0001-g1"]
    assert [name for name in names if "-s" in name] == [f"kvg:drawing-0001-s{i}" for i in range(1, 8)]
    assert len(set(names)) == len(names)
    assert [text.text for text in root.iter("{*}text")] == list("1234567")
    assert read(tmp_path / "o" / "0001.svg").said == ""  # 0001 is no code point


def test_a_part_that_others_interrupt(known, tmp_path):
    rows = [("", known_rows()[5][1], [], [])]
    folder = save(tmp_path / "one", rows, description="⿴囗木")
    assert run(folder, "--known", known, "--out", tmp_path / "o")[0] == 0
    assert said(read(tmp_path / "o" / "0001.svg")) == [
        ("⿴囗木", "", "", 0, 6), ("囗", "kamae", "1", 0, 1), ("木", "", "", 2, 5), ("囗", "kamae", "2", 6, 6),
    ]  # fmt: skip


def test_pictures_that_sample_made_are_read_with_their_descriptions(tmp_path):
    folder = tmp_path / "svg"
    folder.mkdir()
    (folder / "0001.svg").write_text(
        '<svg viewBox="0 0 50 50"><path stroke="#000" fill="none" d="M1,2L30,4L40,9"/></svg>'
    )
    (folder / "index.csv").write_text("file,description,reading\n0001.svg,⿰木口,tree beside mouth\n", encoding="utf-8")
    found, _ = pictures.read(folder)
    assert found.index[["id", "description", "width"]].values.tolist() == [["0001", "⿰木口", 50]]
    np.testing.assert_allclose(drawing.to_strokes(found[0], 50, 50)[0], [[1, 2], [30, 4], [40, 9]], atol=1e-5)
    (folder / "0002.svg").write_text("<svg/>")
    with pytest.raises(pictures.PicturesError, match="0002.svg: .*; mend it or take it out"):
        pictures.read(folder)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda k, d, t: (d, "--known", k, "--out", k), "exists already; name a folder that does not"),
        (lambda k, d, t: (k, "--known", k, "--out", t), "18 characters are there twice, 053e3 first"),
        (lambda k, d, t: (d, "--known", d, "--out", t), "say no types of strokes; `dvc repro batch` makes"),
        (lambda k, d, t: (d, "--known", t, "--out", t), "does not hold a set of drawings"),
    ],
)
def test_wrong_input_is_one_line(known, dreams, tmp_path, change, error):
    out = tmp_path / "none"
    code, text = run(*change(known, dreams, out))
    assert code == 1 and error in text and text.startswith("fake-kanji export: ") and not out.exists()


def covered(left, bottom, size, ink):
    right, top = left + 0.52 * size, bottom - 0.74 * size
    return bool(((ink > (left - 1.5, top - 1.5)) & (ink < (right + 1.5, bottom + 1.5))).all(axis=1).any())


def test_numbers_are_clear_of_the_ink():
    """And a control: right at the beginnings they are not."""
    strokes = placed(BOX, 0, 0, 100, 100) + placed(TREE, 25, 25, 50, 50)
    curves = [fit.evaluate(fit.fit(stroke), 12) for stroke in strokes]
    ink = np.concatenate(curves)
    size, places = numbering.places(curves, 109, 109, 3)
    assert size == 8 and not any(covered(*place, size, ink) for place in places)
    assert all(covered(*curve[0], size, ink) for curve in curves)
    for (x, y), curve in zip(places, curves, strict=True):
        assert np.hypot(x + 2 - curve[0, 0], y - 3 - curve[0, 1]) < 14


@pytest.mark.parametrize(("apart", "sizes"), [(20, {8.0}), (8.4, {6.0, 5.0})])
def test_numbers_are_smaller_where_there_is_less_room(apart, sizes):
    """Between parallel lines across the whole box."""
    heights = np.arange(4, 106, apart)
    curves = [np.stack((np.linspace(0, 109, 80), np.full(80, y)), axis=1) for y in heights][:9]
    size, places = numbering.places(curves, 109, 109, 3)
    assert size in sizes and not any(covered(*place, size, np.concatenate(curves)) for place in places)


def test_two_numbers_side_by_side_are_not_read_as_one(monkeypatch):
    """Two strokes that begin beside each other, as 4 and 8 of 木 beside 卑: they stood as 48. The control does."""

    def between(apart: float) -> float:
        """The gap of the two figures where they stand at one height, in their size."""
        monkeypatch.setattr(numbering, "APART", apart)
        curves = [np.linspace((50, 50), (35, 65), 40), np.linspace((54, 50), (74, 50), 40)]
        size, (one, other) = numbering.places(curves, 109, 109, 3)
        beside = abs(one[1] - other[1]) < 0.3 * size
        return abs(one[0] - other[0]) / size - numbering.ADVANCE if beside else np.inf

    assert between(numbering.APART) >= 0.4
    assert between(0.0) < 0.2


def test_parts_that_are_not_found_are_known_by_their_types(known):
    """Of nothing but types: no part is found by its shape."""
    grouper = Grouper.learn(dataset.load(known))
    types = ["㇑", "㇕a", "㇐b", "㇐", "㇑", "㇒", "㇏", "㇔"]
    boxes = np.array([[0, 0, 40, 99]] * 3 + [[50, 0, 80, 99]] * 4 + [[95, 0, 99, 9]], float)
    found = grouper.found(pd.DataFrame({"element": [], "first": [], "last": []}), types, "", boxes)
    assert [(g["element"], g["first"], g["last"]) for g in found] == [("口", 0, 2), ("木", 3, 6)]
