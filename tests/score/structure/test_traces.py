"""Strokes as points at equal distances: what must not count does not, and the nearest is the nearest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from pipeline.drawing import from_strokes
from pipeline.score.structure import traces
from pipeline.score.structure.traces import POINTS


def a_drawing(source, strokes=4):
    return [source.uniform(0, 100, 2) + source.normal(0, 15, (source.integers(2, 6), 2)) for _ in range(strokes)]


def steps(strokes):
    return from_strokes(strokes, 109, 109)


def at_equal_distances(stroke):
    """The oracle: a point after another, walked along the chords."""
    chords = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    found = []
    for along in np.linspace(0, chords.sum(), POINTS):
        i = 0
        while i < len(chords) - 1 and along > chords[i]:
            along, i = along - chords[i], i + 1
        found.append(stroke[i] + (stroke[i + 1] - stroke[i]) * min(along / chords[i], 1))
    return np.array(found)


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_points_stand_at_equal_distances_in_the_drawing_s_own_box(seed, drawings):
    source = np.random.default_rng(seed)
    drawn = [a_drawing(source, int(source.integers(1, 6))) for _ in range(drawings)]
    found = traces.of([steps(strokes) for strokes in drawn])
    assert found.first.tolist() == np.cumsum([0] + [len(strokes) for strokes in drawn]).tolist()
    expected = []
    for strokes in drawn:
        points = np.concatenate(strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        expected += [(at_equal_distances(s) - (low + high) / 2) / (high - low).max() for s in strokes]
    np.testing.assert_allclose(found.points, expected, atol=1e-4)


SAME = {
    "moved": lambda s: s + (40, -30),
    "larger": lambda s: s * 1.7,
    "in other units": lambda s: s / 15,
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_place_size_and_unit_do_not_count(change):
    strokes = a_drawing(np.random.default_rng(0), 6)
    one, other = (traces.of([steps(drawn)]) for drawn in (strokes, [change(s) for s in strokes]))
    np.testing.assert_allclose(one.points, other.points, atol=1e-4)


def test_points_between_do_not_count_but_another_line_does():
    strokes = a_drawing(np.random.default_rng(1), 6)
    middle = [np.insert(s, 1, (s[0] + s[1]) / 2, axis=0) for s in strokes]
    bent = [np.insert(s, 1, (s[0] + s[1]) / 2 + 5, axis=0) for s in strokes]
    one, same, other = (traces.of([steps(drawn)]).points for drawn in (strokes, middle, bent))
    np.testing.assert_allclose(one, same, atol=1e-4)
    assert np.abs(one - other).max() > 0.01


def test_dots_and_drawings_that_were_cut_off():
    dot, pair = [np.array([[7.0, 7]])], [np.array([[0.0, 0], [10, 0]]), np.array([[0.0, 5], [10, 5]])]
    cut = steps(pair)
    cut[-1, 2] = 0
    found = traces.of([steps(dot), cut, steps(pair)])
    assert found.counts.tolist() == [1, 2, 2] and found.owner.tolist() == [0, 1, 1, 2, 2]
    assert (found.points[0] == 0).all()
    np.testing.assert_array_equal(found.points[1:3], found.points[3:])
    np.testing.assert_allclose(found.boxes[3:], [[-0.5, -0.25, 0.5, -0.25], [-0.5, 0.25, 0.5, 0.25]], atol=1e-6)


def test_nearest_is_what_a_full_table_of_distances_gives(monkeypatch):
    monkeypatch.setattr(traces, "BLOCK", 7)
    source = np.random.default_rng(2)
    these, among = (source.normal(size=(count, 9)).astype(np.float32) for count in (40, 60))
    table = cdist(these.astype(np.float64), among.astype(np.float64))
    found, distance = traces.nearest(these, among)
    np.testing.assert_array_equal(found, table.argmin(axis=1))
    np.testing.assert_allclose(distance, table.min(axis=1), rtol=1e-4)


def test_no_drawing():
    found = traces.of([])
    assert len(found) == 0 and found.points.shape == (0, POINTS, 2) and found.boxes.shape == (0, 4)
