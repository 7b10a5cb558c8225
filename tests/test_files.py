"""Outputs appear whole or not at all."""

import math

import pytest

from pipeline import files


def test_a_folder_appears_when_complete_and_replaces_the_old(tmp_path):
    out = tmp_path / "data" / "out"
    for text in ("old", "new"):
        with files.whole_folder(out) as partial:
            (partial / text).write_text(text)
            assert not (out / text).exists()
    assert [path.name for path in out.iterdir()] == ["new"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_an_error_leaves_the_old_folder_and_nothing_half_written(tmp_path):
    out = tmp_path / "out"
    with files.whole_folder(out) as partial:
        (partial / "good").write_text("good")
    with pytest.raises(KeyboardInterrupt), files.whole_folder(out) as partial:
        (partial / "half").write_text("half")
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (out / "good").read_text() == "good"


def test_what_a_killed_run_left_is_cleared_away(tmp_path):
    left = tmp_path / f".out{files.PARTIAL}"
    left.mkdir()
    (left / "half").write_text("half")
    with files.whole_folder(tmp_path / "out") as partial:
        (partial / "whole").write_text("whole")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["whole"]
    assert not left.exists()


def test_a_file_appears_when_complete(tmp_path):
    path = tmp_path / "a" / "file"
    with pytest.raises(OSError), files.whole_file(path) as partial:
        partial.write_text("half")
        raise OSError("disk full")
    assert not path.exists() and not list(path.parent.iterdir())
    with files.whole_file(path) as partial:
        partial.write_text("whole")
    assert path.read_text() == "whole" and len(list(path.parent.iterdir())) == 1


def test_json_is_stable_and_strict(tmp_path):
    files.write_json(tmp_path / "a.json", {"b": 1, "a": "字"})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n  "a": "字",\n  "b": 1\n}\n'
    with pytest.raises(ValueError):
        files.write_json(tmp_path / "b.json", {"a": math.nan})
    assert not (tmp_path / "b.json").exists()
