"""The strokes of kanji and components: which instance is taken, and that it is what KanjiVG has."""

import json
import zipfile

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline import dataset, drawing, parsing, starts
from pipeline.drawing import END_OF_STROKE
from pipeline.sketch import Record
from pipeline.starts import BEGINS, LATER, WHOLE, StartsError

RESAMPLING = {"rule": "bezier", "chord_length": 10.0, "max_chords": 3, "spacing": 5.0, "epsilon": 1.0}


def group(element, first, last, position="", part=""):
    return {"element": element, "original": "", "position": position, "part": part, "variant": "", "first": first,
            "last": last}  # fmt: skip


def stroke(x, y, size=10.0):
    return np.array([[x, y], [x + size, y + size / 2], [x + size, y + size]])


def save_set(folder, rows, summary=None):
    """rows: (character, variant, strokes, groups), each a drawing."""
    folder.mkdir(parents=True, exist_ok=True)
    index = pd.DataFrame(
        {
            "id": [f"{ord(character):05x}{variant}" for character, variant, _, _ in rows],
            "character": [row[0] for row in rows],
            "variant": [row[1] for row in rows],
            "groups": [json.dumps(row[3]) for row in rows],
            "width": np.float32(109),
            "height": np.float32(109),
        }
    )
    dataset.save(folder, [drawing.from_strokes(strokes, 109, 109) for _, _, strokes, _ in rows], index)
    text = json.dumps({"licence": "CC0", "resampling": RESAMPLING} if summary is None else summary)
    (folder / "summary.json").write_text(text)
    return folder


def strokes(*places):
    return [stroke(x, y) for x, y in places]


LEFT, RIGHT, TOP = [(10, 20), (10, 50)], [(60, 20), (60, 50)], [(30, 5), (50, 5)]
ROWS = [
    # ⻖ begins three drawings: twice at the left, once at the top; 阝 is the form that keyboards give
    ("防", "", strokes(*LEFT, *RIGHT), [group("防", 0, 3), group("⻖", 0, 1, "left"), group("方", 2, 3, "right")]),
    ("阿", "", strokes((10, 22), (10, 52), *RIGHT), [group("阿", 0, 3), group("⻖", 0, 1, "left"), group("可", 2, 3)]),
    ("阻", "", strokes(*TOP, *RIGHT), [group("阻", 0, 3), group("⻖", 0, 1, "top")]),
    # a whole character, in another only at the end; its variant does not count
    ("方", "", strokes((40, 40), (50, 60)), [group("方", 0, 1)]),
    ("方", "-Kaisho", strokes((0, 0), (90, 90)), [group("方", 0, 1)]),
    # interrupted by what it frames: 2 of its 3 strokes come first; 行 has only half of its own there
    ("囚", "", strokes((10, 10), (20, 10), (40, 40), (10, 90)),
     [group("囚", 0, 3), group("囗", 0, 1, "kamae", "1"), group("人", 2, 2), group("囗", 3, 3, "kamae", "2")]),
    ("衍", "", strokes((10, 10), (40, 40), (80, 10)),
     [group("衍", 0, 2), group("行", 0, 0, "kamae", "1"), group("行", 2, 2, "kamae", "2")]),
    # no character has this name
    ("阡", "", strokes(*LEFT), [group("阡", 0, 1), group("CDP-8BBA", 0, 0)]),
]  # fmt: skip


@pytest.fixture
def made(tmp_path):
    out = tmp_path / "starts.parquet"
    assert starts.build(save_set(tmp_path / "strokes", ROWS), out) == len(pq.read_table(out))
    return out


@pytest.mark.parametrize(
    ("element", "source", "position", "count"),
    [
        ("⻖", "防", "left", 2),  # twice at the left beats once at the top
        ("阝", "防", "left", 2),  # as the keyboard has it
        ("方", "方", "", 2),  # whole before a later place
        ("可", "阿", "", 2),  # nowhere at the beginning
        ("囗", "囚", "kamae", 2),  # what is written of it before its content
        ("防", "防", "", 4),
    ],
)
def test_which_instance_is_taken(made, element, source, position, count):
    start = starts.find(made, element)
    assert (start.source, start.position, drawing.stroke_count(start.steps)) == (source, position, count)
    assert start.steps.dtype == np.float32 and start.steps[-1, 2] == END_OF_STROKE


def test_the_strokes_are_in_place(made):
    start = starts.find(made, "可")
    points = drawing.positions(start.steps, start.width, start.height)
    assert np.allclose(points, np.concatenate(strokes(*RIGHT)), atol=starts.GRID / 2 + 1e-4)
    wrong = drawing.positions(start.steps, 100, 100)  # the control: another box puts them elsewhere
    assert not np.allclose(wrong, np.concatenate(strokes(*RIGHT)), atol=1)


def test_components_of_no_use_are_left_out(made):
    elements = set(pq.read_table(made)["element"].to_pylist())
    assert "CDP-8BBA" not in elements and "行" not in elements
    assert {"人", "⻖", "阝", "衍"} <= elements


def test_the_same_data_give_the_same_bytes(tmp_path, made):
    starts.build(tmp_path / "strokes", tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == made.read_bytes()


def test_the_most_typical_of_a_position_is_taken(tmp_path):
    rows = [(chr(0x4E00 + i), "", strokes((x, 20), (60, 60)), [group("亻", 0, 0, "left")])
            for i, x in enumerate((5, 10, 11, 30))]  # fmt: skip
    starts.build(save_set(tmp_path / "strokes", rows), tmp_path / "starts.parquet")
    assert starts.find(tmp_path / "starts.parquet", "亻").source == chr(0x4E01)


def test_places_are_ordered():
    assert BEGINS < WHOLE < LATER
    # a table of forms never leads from one to itself or in a circle
    assert not set(starts.SAME) & set(starts.SAME.values())


def test_unknown_characters_and_files_are_told_plainly(tmp_path, made):
    with pytest.raises(StartsError, match=r"no strokes for 'あ' \(U\+3042\) among its \d+ kanji.*SVG file"):
        starts.find(made, "あ")
    with pytest.raises(StartsError, match="is no file of starts.*fake-kanji starts data/strokes"):
        starts.find(tmp_path / "none.parquet", "方")
    pq.write_table(pq.read_table(made).replace_schema_metadata(None), tmp_path / "bare.parquet")
    with pytest.raises(StartsError, match="is no file of starts"):
        starts.find(tmp_path / "bare.parquet", "方")


def test_another_resampling_than_the_net_s_is_refused(made):
    assert starts.find(made, "方", RESAMPLING | {"spacing": 3.0}).source == "方"  # bezier has no spacing
    with pytest.raises(
        StartsError, match="bezier, chord_length 10, max_chords 3, the net's data by arclength, spacing"
    ):
        starts.find(made, "方", RESAMPLING | {"rule": "arclength"})


def test_a_set_without_characters_is_refused(tmp_path, scribbles):
    dataset.save(tmp_path, list(scribbles), scribbles.index)
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(StartsError, match="says nothing of characters"):
        starts.build(tmp_path, tmp_path / "starts.parquet")
    save_set(tmp_path / "variants", [("方", "-Kaisho", strokes((0, 0)), [])])
    with pytest.raises(StartsError, match=r"parse\.select"):
        starts.build(tmp_path / "variants", tmp_path / "starts.parquet")
    assert not (tmp_path / "starts.parquet").exists()


def test_water_of_kanjivg(tmp_path, kanjivg_archive, defaults):
    """氵 is the beginning of a real kanji, point for point to half a grid."""
    options = parsing.ParseParams(**defaults["parse"])
    with zipfile.ZipFile(kanjivg_archive) as file:
        names = [name for name in sorted(file.namelist()) if "06d70" <= name[-9:-4] < "06d90"]
        chunk = [Record(name, 0, name, file.read(name)) for name in names]
    parsed = [one for one in parsing.read_chunk(chunk, options) if one.steps is not None]
    folder = tmp_path / "strokes"
    folder.mkdir()
    dataset.save(folder, [one.steps for one in parsed], pd.DataFrame([one.row for one in parsed]))
    (folder / "summary.json").write_text("{}")
    starts.build(folder, tmp_path / "starts.parquet")
    start = starts.find(tmp_path / "starts.parquet", "氵")
    assert start.position == "left" and drawing.stroke_count(start.steps) == 3
    source = next(one.steps for one in parsed if one.row["character"] == start.source and not one.row["variant"])
    real = drawing.positions(source, 109, 109)[: len(start.steps)]
    assert np.allclose(drawing.positions(start.steps, 109, 109), real, atol=starts.GRID / 2 + 1e-4)
    assert np.array_equal(start.steps[:, 2], source[: len(start.steps), 2])
