"""The strokes of kanji and components: which instance is taken, and that it is what KanjiVG has."""

import zipfile

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline import dataset, drawing
from pipeline.describe import components
from pipeline.describe.components import BEGINS, LATER, WHOLE
from pipeline.drawing import END_OF_STROKE
from pipeline.parse import reading
from pipeline.parse.formats.sketch import Record
from pipeline.write import starts
from pipeline.write.starts import StartsError
from tests.support.strokes import RESAMPLING, RIGHT, ROWS, group, save_set, strokes


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
    assert not set(components.SAME) & set(components.SAME.values())


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
    options = reading.ParseParams(**defaults["parse"])
    with zipfile.ZipFile(kanjivg_archive) as file:
        names = [name for name in sorted(file.namelist()) if "06d70" <= name[-9:-4] < "06d90"]
        chunk = [Record(name, 0, name, file.read(name)) for name in names]
    parsed = [one for one in reading.read_chunk(chunk, options) if one.steps is not None]
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
