"""Pictures written by `fake-kanji sample` never replace others."""

import numpy as np
import pytest

from pipeline.render import Look
from pipeline.write import writer

DRAWING = np.array([[1, 1, 0], [5, 5, 2]], np.float32)
DATA = {"width": 109.0, "height": 109.0}


def test_pictures_are_not_written_over(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    paths = writer.save_each(tmp_path, [DRAWING] * 2, DATA, Look())
    before = [path.read_bytes() for path in paths]
    with pytest.raises(writer.WriterError, match=r"holds 0001\.svg already.*name another folder"):
        writer.save_each(tmp_path, [DRAWING * 2], DATA, Look())
    assert [path.read_bytes() for path in paths] == before
    writer.check_free(tmp_path / "another", 2)  # the cure
    assert (tmp_path / "notes.txt").read_text() == "mine"
