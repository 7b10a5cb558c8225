"""No two drawings in one file, whatever their ids and the file system."""

import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dataset
from pipeline.export import interchange
from pipeline.export.filenames import file_names
from pipeline.fetch import sources
from pipeline.fetch.sources import FetchParams

LONG = "字" * 300


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (["05b57", "05b57-Kaisho", "own/thing"], ["05b57.svg", "05b57-Kaisho.svg", "own/thing.svg"]),
        (["a", "a", "a"], ["a.svg", "a~2.svg", "a~3.svg"]),
        (["a", "A"], ["a.svg", "A~2.svg"]),
        (["straße", "STRASSE"], ["straße.svg", "STRASSE~2.svg"]),
        (["\u304c", "\u304b\u3099"], ["\u304c.svg", "\u304b\u3099~2.svg"]),  # が composed and taken apart
        (["a~2", "a", "a"], ["a~2.svg", "a.svg", "a~3.svg"]),
        (["a.svg/b", "a"], ["a.svg/b.svg", "a~2.svg"]),  # a folder of that name
        (["..", "../x", "/etc/x", ""], ["__.svg", "__/x.svg", "_/etc/x.svg", "_.svg"]),
        (["a\0b", "a\nb", "a:b"], ["a_b.svg", "a_b~2.svg", "a_b~3.svg"]),
        (
            [".hidden", "end.", "con", "nul.x", "icon"],
            ["_hidden.svg", "end_.svg", "_con.svg", "_nul.x.svg", "icon.svg"],
        ),
        ([LONG, LONG + "x"], ["字" * 60 + ".svg", "字" * 60 + "~2.svg"]),
        (["\ud800"], ["_.svg"]),
    ],
)
def test_names(ids, names):
    assert file_names(ids, ".svg") == names


@given(st.lists(st.text("aA./\\~2:\0 é\u0301字\ud800", max_size=6) | st.text(max_size=400), max_size=12))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_names_are_distinct_inside_and_short(ids):
    names = file_names(ids, ".svg")
    folded = [unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()) for name in names]
    assert len(set(folded)) == len(ids)
    for name in names:
        parts = name.split("/")
        assert all(part not in ("", ".", "..") and len(part.encode()) <= 255 for part in parts)
        assert len(name.encode()) <= 1000 and "\0" not in name


HARD = ["a", "A", "x/y", "..", "../../out", "n\0ul", "n_ul", LONG, LONG + "!", "a.svg/b", "", "~", "con"]


def test_every_drawing_has_its_file(tmp_path, scribbles, defaults):
    index = scribbles.index.iloc[: len(HARD)].drop(columns=["start", "stop", "strokes"]).assign(id=HARD)
    (tmp_path / "set").mkdir()
    dataset.save(tmp_path / "set", [scribbles[i] for i in range(len(HARD))], index)
    assert interchange.write(interchange.read(tmp_path / "set", False, ""), "svg", tmp_path / "out") == len(HARD)
    written = sorted(path for path in (tmp_path / "out").rglob("*.svg") if path.is_file())
    assert len(written) == len(HARD) and not (tmp_path / "out.svg").exists()
    said = pd.read_csv(tmp_path / "out" / interchange.NAMES, keep_default_na=False)
    by_id = dict(zip(said["id"], said["file"], strict=True))
    assert (by_id["a"], by_id["A"]) == ("a~2.svg", "A~3.svg") and "x/y" not in by_id
    fetched = FetchParams(**{**defaults["fetch"], "source": "folder", "path": str(tmp_path / "out")})
    assert sources.fetch(fetched, tmp_path / "raw")["files"] == len(HARD)  # and may be read again


def test_plain_ids_need_no_table(tmp_path, scribbles):
    index = scribbles.index.drop(columns=["start", "stop", "strokes"])
    (tmp_path / "set").mkdir()
    dataset.save(tmp_path / "set", list(scribbles), index)
    interchange.write(interchange.read(tmp_path / "set", False, ""), "svg", tmp_path / "out")
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == sorted(index["id"])
    assert np.unique(index["id"]).size == len(index)
