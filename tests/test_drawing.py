"""The drawing format and sets of drawings on disk."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline import dataset, drawing

POINTS = arrays.arrays(np.float64, st.tuples(st.integers(1, 9), st.just(2)), elements=st.floats(-500, 500))


def test_a_drawing_by_hand():
    strokes = [np.array([[50.0, 40.0], [60.0, 40.0]]), np.array([[54.5, 90.0]])]
    steps = drawing.from_strokes(strokes, 109, 109)
    assert steps.dtype == np.float32
    assert steps.tolist() == [[-4.5, -14.5, 0], [10, 0, 1], [-5.5, 50, 2]]
    assert drawing.stroke_count(steps) == 2


@given(st.lists(POINTS, min_size=1, max_size=6))
def test_strokes_come_back(strokes):
    steps = drawing.from_strokes(strokes, 109, 80)
    drawing.check(steps)
    back = drawing.to_strokes(steps, 109, 80)
    assert [len(a) for a in back] == [len(b) for b in strokes]
    np.testing.assert_allclose(np.concatenate(back), np.concatenate(strokes), atol=0.01)


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        ([], "at least one stroke"),
        ([np.zeros((0, 2))], "at least one point"),
        ([np.array([[0.0, np.nan]])], "not a finite number"),
    ],
)
def test_strokes_that_make_no_drawing(strokes, message):
    with pytest.raises(drawing.DrawingError, match=message):
        drawing.from_strokes(strokes, 109, 109)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (np.zeros((2, 2), np.float32), "is an .n, 3. float32 array"),
        (np.zeros((2, 3)), "float32"),
        (np.zeros((0, 3), np.float32), "at least one step"),
        (np.array([[0, np.inf, 2]], np.float32), "step 0 holds a number that is not finite"),
        (np.array([[0, 0, 3]], np.float32), "0, 1 or 2"),
        (np.array([[0, 0, 1]], np.float32), "only there"),
        (np.array([[0, 0, 2], [0, 0, 2]], np.float32), "only there"),
    ],
)
def test_arrays_that_are_no_drawing(steps, message):
    with pytest.raises(drawing.DrawingError, match=message):
        drawing.check(steps)


def test_a_set_comes_back_from_disk(tmp_path, scribbles):
    drawings = list(scribbles)
    dataset.save(tmp_path, drawings, scribbles.index.drop(columns=["start", "stop", "strokes"]))
    back = dataset.load(tmp_path)
    assert isinstance(back.points, np.memmap) and len(back) == len(drawings)
    for ours, theirs in zip(back, drawings, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    pd.testing.assert_frame_equal(
        back.index[scribbles.index.columns], scribbles.index, check_dtype=False, check_column_type=False
    )
    odd = back.where(np.arange(len(back)) % 2 == 1)
    np.testing.assert_array_equal(odd[3], drawings[7])


def test_an_empty_set_is_a_set(tmp_path):
    dataset.save(tmp_path, [], pd.DataFrame({"id": pd.Series([], dtype=str)}))
    assert len(dataset.load(tmp_path)) == 0


def test_what_is_no_set_is_told_with_its_cure(tmp_path, scribbles):
    with pytest.raises(dataset.DatasetError, match="run `dvc repro` to make it"):
        dataset.load(tmp_path)
    dataset.save(tmp_path, list(scribbles), scribbles.index)
    np.save(tmp_path / dataset.POINTS, np.zeros((3, 3), np.float32))
    with pytest.raises(dataset.DatasetError, match="do not belong together"):
        dataset.load(tmp_path)
    np.save(tmp_path / dataset.POINTS, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(dataset.DatasetError):
        dataset.load(tmp_path)
    with pytest.raises(dataset.DatasetError, match="120 drawings but 119 rows"):
        dataset.save(tmp_path, list(scribbles), scribbles.index.iloc[1:])


def test_a_unit_scales_offsets_and_leaves_the_pen():
    steps = np.array([[30, -15, 0], [1.5, 0, 2]], np.float32)
    scaled = steps / drawing.unit(15.0)
    assert scaled.dtype == np.float32 and scaled.tolist() == [[2, -1, 0], [np.float32(0.1), 0, 2]]
    assert np.array_equal(scaled * drawing.unit(15.0), steps)
