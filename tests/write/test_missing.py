"""Characters that the data lack: which they are, why some are not written, the folder, the glyphs beside them."""

import re

import numpy as np
import pandas as pd
import pytest
import torch
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from lxml import etree
from typer.testing import CliRunner

from pipeline import dataset, render
from pipeline.cli import main
from pipeline.describe import table
from pipeline.describe.description import parse
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.drawing import stroke_count
from pipeline.export import pictures
from pipeline.net import checkpoint
from pipeline.parse import reading
from pipeline.parse.reading import ParseParams
from pipeline.write import glyphs, missing
from pipeline.write.described import Reader
from pipeline.write.writer import Writer
from tests.support.told import DATA, MODEL, a_model

KNOWS = Knowledge(Vocabulary(("木", "⻌", "口", "食")), {"吾": "⿱口口", "林": "⿰木木"}, Habits(), ("吾",))
TABLE = "籸\t⿰木口\n桾\t⿰木吾\n迋\t⿺辶口\n龘\t⿰木龖\n杽\t⿰木？\n"


@pytest.fixture
def folder(tmp_path):
    return a_model(tmp_path / "model", KNOWS)


@pytest.fixture
def asked(folder, tmp_path):
    """The command, with a list of nine characters, two of them there already, and a table."""
    (tmp_path / "ids.txt").write_text(TABLE, encoding="utf-8")
    (tmp_path / "list.txt").write_text("籸桾 迋\n吾木 # these are known: 林\n龘杽㐂\n籸\ufa19\n", encoding="utf-8")
    return ("--missing", tmp_path / "list.txt", "--ids", tmp_path / "ids.txt", "--model", folder, "--seed", 1)


@pytest.fixture
def font(tmp_path):
    """Of an em of 1000 from -120 to 880: 籸 is its lower left quarter, and a half wide 桾 all of its advance."""
    pens = {name: TTGlyphPen(None) for name in (".notdef", "quarter", "half")}
    for name, (top, right) in {"quarter": (380, 500), "half": (880, 500)}.items():
        pens[name].moveTo((0, -120))
        for corner in ((0, top), (right, top), (right, -120)):
            pens[name].lineTo(corner)
        pens[name].closePath()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(list(pens))
    builder.setupCharacterMap({ord("籸"): "quarter", ord("桾"): "half"})
    builder.setupGlyf({name: pen.glyph() for name, pen in pens.items()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "quarter": (1000, 0), "half": (500, 0)})
    builder.setupHorizontalHeader(ascent=1160, descent=-320)
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupNameTable({})
    builder.setupPost()
    builder.save(tmp_path / "font.ttf")
    return tmp_path / "font.ttf"


def run(*arguments, code=0):
    result = CliRunner().invoke(main.app, ["write", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def test_jis_x_0213_is_what_the_standard_has():
    """10,050 ideographs, and 仝, which it counts among its signs."""
    found = missing.jis_x_0213()
    assert len(found) == len(set(found)) == 10_051 and found == sorted(found)
    assert {"一", "㐂", "𠀋", "𪚲", "仝", "\ufa19"} <= set(found)
    assert not {"あ", "々", "㐀", "龘", "丄"} & set(found)  # the control; the last is of JIS X 0212


@pytest.mark.parametrize(
    ("character", "description", "known", "reason"),
    [
        ("籸", "⿰木口", 1.0, ""),
        ("桾", "⿰木⿱口口", 0.5, ""),  # 吾 is spelled
        ("迋", "⿺⻌口", 1.0, ""),  # another form of a component that it knows
        ("林", "⿰木木", 1.0, ""),  # spelled in other drawings, as a part
        ("龘", "", None, "龖 is neither a part that the net knows nor one that it can spell"),
        ("杽", "⿰木？", None, "its description leaves a part open"),
        ("㐂", "", None, "without a description"),
        ("\ufa19", "", None, "without a description"),
    ],
)
def test_what_is_told_of_a_character_or_why_not(folder, character, description, known, reason):
    table = {line.split("\t")[0]: parse(line.split("\t")[1]) for line in TABLE.splitlines()}
    found = missing.plan(character, Reader.of(Writer.of(folder), table))
    assert (found.description, found.reason) == (description, reason)
    assert (found.encoded is None) == bool(reason)
    if known is not None:
        assert (found.known, found.spelled) == (known, 1 - known)


@pytest.mark.parametrize(
    ("lines", "description", "usual"),
    [
        ("", "⿰木木", "林"),
        ("\uf9f4 ⿰木木", "⿰木木", "林"),  # the table does not tell them apart
        ("林 ⿰木龘\n\uf9f4 ⿰木龘", "⿰木木", "林"),  # nor here, and what it has cannot be told
        ("\uf9f4 ⿰木口", "⿰木口", ""),
        ("林 ⿰木口\n\uf9f4 ⿰木口", "⿰木口", ""),  # the drawings have another 林 than the table
    ],
)
def test_a_compatibility_ideograph_is_its_own_or_its_usual_form(asked, tmp_path, lines, description, usual):
    (tmp_path / "ids.txt").write_text(f"{lines}\n籸 ⿰木口\n", encoding="utf-8")
    (tmp_path / "list.txt").write_text("\uf9f4籸", encoding="utf-8")
    said = run(*asked, "--out", tmp_path / "out")
    assert ("2 of them written (1 as their usual form)" in said) is bool(usual) and "0 not" in said
    table = pd.read_csv(tmp_path / "out" / "missing.csv", keep_default_na=False)
    assert table["usual"].tolist() == [usual, ""]
    assert table["description"].tolist() == [description, "⿰木口"] and table["reason"].tolist() == ["", ""]
    assert (tmp_path / "out" / "0f9f4.svg").exists()


def test_a_compatibility_ideograph_of_an_unknown_part_is_not_written_as_another(folder):
    lines = table.of_text("林 ⿰木木\n\uf9f4 ⿰木龘").descriptions
    found = missing.plan("\uf9f4", Reader.of(Writer.of(folder), lines))
    assert found.encoded is None and found.usual == "" and "龘 is neither" in found.reason


def test_the_folder_has_a_drawing_each_a_table_and_a_sheet(asked, tmp_path, defaults):
    out = tmp_path / "out"
    said = run(*asked, "--out", out)
    assert re.search(r"7 of 9 characters are missing; 3 of them written, 4 not: .*1 with a part left open", said)
    pictures = ["0687e.svg", "07c78.svg", "08fcb.svg"]
    assert sorted(path.name for path in out.iterdir()) == [*pictures, "missing.csv", "sheet-01.svg"]
    table = pd.read_csv(out / "missing.csv", keep_default_na=False).set_index("character")
    assert list(table.index) == ["籸", "桾", "迋", "龘", "杽", "㐂", "\ufa19"]
    assert table.loc["籸", "code_point"] == "U+7C78" and table.loc["桾", "description"] == "⿰木⿱口口"
    for character, row in table.iterrows():
        path = out / f"{ord(character):05x}.svg"
        assert path.exists() == (row["reason"] == "") == (row["nats"] != "")
        if path.exists():  # as many strokes as its picture, which names them as KanjiVG does
            steps = reading.read_file(path.name, path.read_bytes(), ParseParams(**defaults["parse"])).steps
            assert stroke_count(steps) == int(row["strokes"])
            assert f'id="kvg:{ord(character):05x}-s1"' in path.read_text(encoding="utf-8")
    sheet = (out / "sheet-01.svg").read_text(encoding="utf-8")
    assert re.findall(r"<text[^>]*>([^<]*)<", sheet) == ["U+7C78", "U+687E", "U+8FCB"]
    again = run(*asked, "--out", tmp_path / "again")
    assert said.splitlines()[0] in again
    assert (tmp_path / "again" / "sheet-01.svg").read_text(encoding="utf-8") == sheet


def test_the_folder_is_read_as_those_characters_and_its_sheets_are_none(asked, tmp_path):
    run(*asked, "--out", tmp_path / "out")
    index = pictures.read(tmp_path / "out")[0].index
    assert index[["id", "character", "code_point", "kind", "description"]].values.tolist() == [
        ["0687e", "桾", 0x687E, "kanji", "⿰木⿱口口"],
        ["07c78", "籸", 0x7C78, "kanji", "⿰木口"],
        ["08fcb", "迋", 0x8FCB, "kanji", "⿺⻌口"],
    ]
    (tmp_path / "out" / "missing.csv").write_text("character,description\n籸籸,⿰木口\n", encoding="utf-8")
    with pytest.raises(pictures.PicturesError, match="missing.csv has no columns .*; mend it or take it out"):
        pictures.read(tmp_path / "out")


def test_what_does_not_end_is_not_written(asked, folder, tmp_path):
    config = {"model": MODEL, "data": DATA, "pen_weights": [0.3, 1.0, 3.0]}
    net = checkpoint.load_model(folder)[0]
    with torch.no_grad():
        net.head.bias[-3:] = torch.tensor([9.0, -9.0, -9.0])  # never ends anything
    checkpoint.save_model(folder, net.state_dict(), config)
    said = run(*asked, "--out", tmp_path / "out")
    assert "0 of them written, 7 not: 3 not ended" in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["missing.csv"]
    assert "did not end within 250 steps" in (tmp_path / "out" / "missing.csv").read_text(encoding="utf-8")


def test_what_is_there_already_is_what_the_drawings_are_of(asked, scribbles, tmp_path):
    """吾 and 木 are known to the net as parts, but drawn nowhere."""
    index = scribbles.index.drop(columns=["start", "stop", "strokes"])
    for name, characters in (("lacks", "一籸"), ("has", "一籸吾木")):
        (tmp_path / name).mkdir()
        some = index.head(len(characters)).assign(character=list(characters))
        dataset.save(tmp_path / name, list(scribbles)[: len(characters)], some)
    assert "8 of 9 characters are missing" in run(*asked, "--batches", tmp_path / "lacks", "--out", tmp_path / "a")
    assert "6 of 9 characters are missing" in run(*asked, "--batches", tmp_path / "has", "--out", tmp_path / "b")


def test_glyphs_fill_the_box_as_their_em_square_does(font):
    quarter, half, none = glyphs.outlines(font, ["籸", "桾", "迋"], 100.0).values()
    assert quarter == "M0 100V50H50V100Z" and none == ""
    assert half == "M25 100V0H75V100Z"  # in the middle


def test_glyphs_stand_in_every_second_cell(asked, font, tmp_path):
    run(*asked, "--beside", font, "--columns", 2, "--out", tmp_path / "out")
    root = etree.parse(tmp_path / "out" / "sheet-01.svg").getroot()
    _, *cells = root.iter(f"{glyphs.SVG}rect")
    shown = [path for path in root if path.tag == f"{glyphs.SVG}path"]
    assert len(cells) == 6 and [path.get("d") != "" for path in shown] == [True, True, False]
    padding = render.PADDING * 109
    for cell, path in zip(cells[1::2], shown, strict=True):
        x, y = (float(n) for n in re.fullmatch(r"translate\((\S+) (\S+)\)", path.get("transform")).groups())
        np.testing.assert_allclose((x, y), [float(cell.get(side)) + padding for side in "xy"], atol=0.02)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a, p: (*a, "木"), "--missing writes each character once"),
        (lambda a, p: (*a, "--variants", 2), "--missing writes each character once"),
        (lambda a, p: (*a, "--out", p / "a.svg"), "--missing writes a folder"),
        (lambda a, p: (*a[:2], *a[4:]), "give --ids FILE"),
        (lambda a, p: ("木", "--beside", p / "list.txt", *a[4:]), "--beside goes with --missing"),
        (lambda a, p: (*a, "--beside", p / "list.txt"), "no font that can be read"),
        (lambda a, p: (*a, "--batches", p), "does not hold a set of drawings"),
        (lambda a, p: ("--missing", "jis0213", *a[2:]), "jis0213 cannot be read"),
        (lambda a, p: ("--missing", p / "empty.txt", *a[2:]), "holds no character"),
        (lambda a, p: (*a, "--out", p / "model"), "exists already"),
    ],
)
def test_plain_errors_leave_nothing(asked, tmp_path, change, said):
    (tmp_path / "empty.txt").write_text("# nothing\n", encoding="utf-8")
    changed = change(asked, tmp_path)
    changed = changed if "--out" in changed else (*changed, "--out", tmp_path / "out")
    before = sorted(tmp_path.rglob("*"))
    output = run(*changed, code=1)
    assert said in output and output.rstrip().count("\n") <= 1
    assert sorted(tmp_path.rglob("*")) == before
