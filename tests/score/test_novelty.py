"""Nearest training character: what must not count does not, what must count does."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from pipeline.drawing import from_strokes, to_strokes
from pipeline.score import novelty

SIZE, BLUR = 24, 0.06


def a_character(rng, strokes=8):
    """Strokes of a few points about the box, like a character's: mostly level or upright."""
    drawn = []
    for _ in range(strokes):
        start = rng.uniform(10, 95, 2)
        along = np.array([1.0, 0.1]) if rng.random() < 0.5 else np.array([0.1, 1.0])
        length = rng.uniform(10, 60)
        drawn.append(start + np.linspace(0, length, 4)[:, None] * along + rng.normal(0, 0.5, (4, 2)))
    return drawn


@pytest.fixture(scope="module")
def characters():
    rng = np.random.default_rng(0)
    return [a_character(rng, int(rng.integers(3, 12))) for _ in range(120)]


@pytest.fixture(scope="module")
def training(characters):
    return pictures(characters)


def pictures(characters):
    return novelty.pictures([from_strokes(strokes, 109, 109) for strokes in characters], SIZE, BLUR)


def denser(stroke):
    """Three points for each two: the same line."""
    at = np.linspace(0, len(stroke) - 1, 3 * len(stroke) - 2)
    return np.stack([np.interp(at, range(len(stroke)), stroke[:, axis]) for axis in (0, 1)], axis=-1)


SAME = {
    "itself": lambda strokes: strokes,
    "shifted": lambda strokes: [s + (30, -20) for s in strokes],
    "smaller": lambda strokes: [s * 0.6 for s in strokes],
    "larger and shifted": lambda strokes: [s * 1.7 + 40 for s in strokes],
    "more points": lambda strokes: [denser(s) for s in strokes],
    "other stroke order": lambda strokes: strokes[::-1],
    "strokes the other way": lambda strokes: [s[::-1] for s in strokes],
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_a_changed_copy_finds_its_original_at_no_distance(characters, training, change):
    found = novelty.nearest(pictures([change(strokes) for strokes in characters]), training)
    np.testing.assert_array_equal(found.nearest, range(len(characters)))
    assert found.distance.max() < novelty.SAME / 10


NEAR = {
    "narrower": lambda strokes, rng: [s * (0.85, 1) for s in strokes],
    "each stroke moved by a unit or two": lambda strokes, rng: [s + rng.normal(0, 1, 2) for s in strokes],
    "a stroke written three times": lambda strokes, rng: [*strokes, strokes[0], strokes[0]],
}


@pytest.mark.parametrize("change", NEAR.values(), ids=NEAR.keys())
def test_a_copy_with_small_differences_is_nearer_than_other_characters(characters, training, change):
    rng = np.random.default_rng(1)
    others = novelty.nearest(pictures([a_character(rng, 8) for _ in range(300)]), training)
    found = novelty.nearest(pictures([change(strokes, rng) for strokes in characters]), training)
    assert (found.nearest == range(len(characters))).mean() > 0.97
    assert np.mean(found.distance < novelty.copy_threshold(others.distance)) > 0.97


def test_what_is_no_copy_is_far(characters, training):
    rng = np.random.default_rng(2)
    scribbles = [[np.cumsum(rng.normal(0, 12, (60, 2)), axis=0)] for _ in range(50)]
    others = novelty.nearest(pictures([a_character(rng, 8) for _ in range(300)]), training)
    found = novelty.nearest(pictures(scribbles), training)
    assert found.distance.min() > novelty.copy_threshold(others.distance)
    assert np.median(found.distance) > 0.2


def test_lines_across_each_other_have_nothing_in_common():
    level, upright = [np.array([[0.0, 0], [90, 0]])], [np.array([[0.0, 0], [0, 90]])]
    slanted = [np.array([[0.0, 0], [90, 90]])]
    one, other, between = pictures([level, upright, slanted])
    assert one @ other == pytest.approx(0, abs=1e-6)
    assert 0 < one @ between < 0.75


def test_a_narrower_copy_is_stretched_but_a_half_is_another_shape():
    square = [np.array([[0.0, 0], [80, 0]]), np.array([[0.0, 0], [0, 80]]), np.array([[20.0, 30], [60, 50]])]
    narrow, half = ([stroke * (x, 1) for stroke in square] for x in (0.8, 0.5))
    one, other, third = pictures([square, narrow, half])
    assert one @ other == pytest.approx(1, abs=novelty.SAME)
    assert one @ third < 0.9


def test_nearest_is_what_a_full_table_of_distances_gives(training):
    rng = np.random.default_rng(3)
    queries = pictures([a_character(rng) for _ in range(40)])
    table = cdist(queries.astype(np.float64), training.astype(np.float64), "cosine")
    found = novelty.nearest(queries, training)
    np.testing.assert_array_equal(found.nearest, table.argmin(axis=1))
    np.testing.assert_allclose(found.distance, table.min(axis=1), atol=1e-5)


def test_blocks_do_not_matter(characters, training, monkeypatch):
    queries = training[::-1][:50]
    whole = novelty.nearest(queries, training)
    monkeypatch.setattr(novelty, "BLOCK", 7)
    np.testing.assert_allclose(pictures(characters), training, atol=1e-6)
    np.testing.assert_array_equal(novelty.nearest(queries, training).nearest, whole.nearest)


def test_ink_is_the_length_of_the_line_and_none_is_in_the_air():
    # the longer side fills (SIZE - 1) (1 - 2 MARGIN) pixels; both strokes are as long, apart by as much
    side = (SIZE - 1) * (1 - 2 * novelty.MARGIN)
    strokes = [np.array([[0.0, 0], [50, 0]]), np.array([[0.0, 50], [50, 50]])]
    ink = novelty._ink([from_strokes(strokes, 109, 109)], SIZE)
    assert ink.shape == (3, 1, SIZE, SIZE)
    assert ink[0].sum() == pytest.approx(2 * side, rel=1e-4)
    assert ink[1].sum() == pytest.approx(2 * side, rel=1e-4)  # level lines: cos 2a = 1
    assert ink[2].sum() == pytest.approx(0, abs=1e-4)
    assert ink[0, 0, SIZE // 2].sum() == 0  # the way between the strokes
    joined = novelty._ink([from_strokes([np.concatenate(strokes)], 109, 109)], SIZE)
    assert joined[0, 0, SIZE // 2].sum() > 0  # the control: on the paper it leaves ink


def test_a_drawing_that_was_cut_off_has_no_line_to_the_next():
    steps = from_strokes([np.array([[10.0, 10], [90, 10]]), np.array([[10.0, 90], [90, 90]])], 109, 109)
    cut_off = steps[:3].copy()  # its last pen state is 0
    both = novelty.pictures([cut_off, steps], SIZE, BLUR)
    np.testing.assert_allclose(both[1], novelty.pictures([steps], SIZE, BLUR)[0], atol=1e-6)


def test_a_place_written_over_and_over_counts_as_a_line():
    there_and_back = np.tile([[0.0, 0], [50, 0]], (20, 1))
    ink = novelty._ink([from_strokes([there_and_back, np.array([[0.0, 50], [50, 50]])], 109, 109)], SIZE)
    assert ink[0].max() == pytest.approx(1) and np.abs(ink[1:]).max() <= 1.001


def test_points_and_strokes_without_length_leave_a_dot():
    dot = [np.array([[7.0, 7]])]
    still = [np.array([[7.0, 7], [7, 7]])]
    three = [np.array([[0.0, 0], [40, 0]]), np.array([[20.0, 30]])]
    found = pictures([dot, still, three, three[:1]])
    assert np.isfinite(found).all()
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    assert found[0] @ found[1] == pytest.approx(1, abs=1e-5)
    assert found[2] @ found[3] < 0.999  # the dot is there


def test_a_copy_is_nearer_than_the_first_percentile_of_real_distances():
    real = np.linspace(0.1, 0.5, 101)
    assert novelty.copy_threshold(real) == pytest.approx(0.104)
    assert novelty.copy_threshold(np.zeros(5)) == novelty.SAME  # an exact copy is one in any case


def test_no_drawings(training):
    nothing = novelty.pictures([], SIZE, BLUR)
    assert nothing.shape == (0, 3 * SIZE * SIZE)
    assert len(novelty.nearest(nothing, training).distance) == 0
    with pytest.raises(novelty.NoveltyError, match="no training drawing"):
        novelty.nearest(training, nothing)


def test_the_inverse_of_the_format_is_used_right(characters):
    # from_strokes and to_strokes are inverses, so that the tests above really say what they say
    steps = from_strokes(characters[0], 109, 109)
    for ours, theirs in zip(to_strokes(steps, 109, 109), characters[0], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_the_nearest_other_is_what_a_full_table_of_distances_gives(training, monkeypatch):
    table = cdist(training.astype(np.float64), training.astype(np.float64), "cosine")
    np.fill_diagonal(table, np.inf)
    monkeypatch.setattr(novelty, "BLOCK", 7)
    found = novelty.nearest_other(training)
    np.testing.assert_array_equal(found.nearest, table.argmin(axis=1))
    np.testing.assert_allclose(found.distance, table.min(axis=1), atol=1e-5)


def test_one_drawing_several_times_has_itself_as_another(characters):
    found = novelty.nearest_other(pictures([*characters[:5], characters[2], characters[2]]))
    assert (np.flatnonzero(found.distance < novelty.SAME) == [2, 5, 6]).all()


def test_a_single_drawing_has_no_other(training):
    assert len(novelty.nearest_other(training[:0]).distance) == 0
    with pytest.raises(novelty.NoveltyError, match="no other"):
        novelty.nearest_other(training[:1])
