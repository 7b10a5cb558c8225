"""Order-keeping pictures: what they must show they show, what they must not they do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.drawing import from_strokes, to_strokes
from pipeline.score.judge import rasters
from tests.support.controls import mirrored, reversed_strokes, shuffled_order

SIZE = 32
INK, TIME, COS, SIN, STARTS = range(5)


def drawn(*strokes):
    return from_strokes([np.array(stroke, float) for stroke in strokes], 109, 109)


def denser(steps, pieces):
    """Every line cut into `pieces` equal ones."""
    strokes = []
    for stroke in to_strokes(steps, 0, 0):
        at = np.linspace(0, len(stroke) - 1, pieces * (len(stroke) - 1) + 1)
        strokes.append(np.stack([np.interp(at, range(len(stroke)), stroke[:, axis]) for axis in (0, 1)], axis=-1))
    return from_strokes(strokes, 0, 0)


@given(scale=st.floats(0.05, 20), x=st.floats(-50, 50), y=st.floats(-50, 50), pieces=st.integers(1, 9))
def test_place_size_and_the_number_of_points_do_not_count(scale, x, y, pieces):
    strokes = [[(10, 20), (90, 25), (70, 95)], [(30, 30), (35, 80)], [(80, 50), (60, 70)]]
    original = drawn(*strokes)
    moved = denser(drawn(*[np.array(stroke) * scale + (x, y) for stroke in strokes]), pieces)
    one, other = rasters.ordered([original, moved], SIZE)
    np.testing.assert_allclose(one[[INK, COS, SIN]].sum((1, 2)), other[[INK, COS, SIN]].sum((1, 2)), atol=0.2)
    # ink lies at the middle of pieces of half a pixel, which begin elsewhere in a line that is cut
    assert np.abs(one - other).mean() < 0.006
    assert (one * other).sum() / np.linalg.norm(one) / np.linalg.norm(other) > 0.99


def test_channels_hold_what_the_pen_did():
    side = (SIZE - 1) * (1 - 2 * rasters.MARGIN)  # pixels of the longer side
    picture = rasters.ordered([drawn([(0, 0), (100, 0)], [(100, 100), (0, 100)])], SIZE)[0]
    upper, lower = picture[:, : SIZE // 2], picture[:, SIZE // 2 :]
    assert upper[INK].sum() == pytest.approx(side, rel=1e-4)
    assert upper[COS].sum() == pytest.approx(side, rel=1e-4)  # to the right
    assert lower[COS].sum() == pytest.approx(-side, rel=1e-4)  # to the left
    assert np.abs(picture[SIN]).max() < 1e-6
    assert upper[TIME].sum() == pytest.approx(-side / 2, rel=1e-4)  # the first half, -1 to 0
    assert lower[TIME].sum() == pytest.approx(side / 2, rel=1e-4)
    assert picture[STARTS].sum() == pytest.approx(2)
    assert picture[STARTS, : SIZE // 2, : SIZE // 2].sum() == pytest.approx(1)
    assert picture[STARTS, SIZE // 2 :, SIZE // 2 :].sum() == pytest.approx(1)


def test_a_cut_changes_nothing_where_pieces_stay_the_same():
    one, other = rasters.ordered([drawn([(0, 0), (64, 0), (64, 64)]), drawn([(0, 0), (32, 0), (64, 0), (64, 64)])], 24)
    np.testing.assert_allclose(one, other, atol=0.35)  # time is that of a line's middle
    np.testing.assert_allclose(one[[INK, COS, SIN, STARTS]], other[[INK, COS, SIN, STARTS]], atol=0.02)


@pytest.mark.parametrize(
    ("spoil", "seen", "unseen"),
    [
        (shuffled_order, [TIME], [INK, COS, SIN, STARTS]),
        (reversed_strokes, [COS, SIN, STARTS], [INK]),
        (mirrored, [INK, COS], []),
    ],
)
def test_order_and_direction_are_seen(scribbles, spoil, seen, unseen):
    real = [steps for steps in scribbles if (steps[:, 2] > 0).sum() > 2]
    before, after = (rasters.ordered(drawings, SIZE) for drawings in (real, spoil(real, np.random.default_rng(3))))
    for channel in seen:
        assert np.abs(before[:, channel] - after[:, channel]).mean() > 0.005
    for channel in unseen:
        np.testing.assert_allclose(before[:, channel], after[:, channel], atol=1e-3)


def test_moves_are_in_pixels_about_the_middle():
    steps = drawn([(0, 50), (100, 50)])
    moves = np.array([[[1.0, 0, 0], [0, 1, 3]], [[0.5, 0, 0], [0, 1, 0]], [[1.0, 0, 0], [0, 1, 0]]])
    down, narrow, same = rasters.ordered([steps] * 3, SIZE, moves)
    np.testing.assert_allclose(down[INK, 3:], same[INK, :-3], atol=1e-6)
    assert narrow[INK].sum() == pytest.approx(same[INK].sum() / 2)
    np.testing.assert_array_equal(same, rasters.ordered([steps], SIZE)[0])
    far = rasters.ordered([steps], SIZE, np.array([[[1.0, 0, 900], [0, 1, 0]]]))
    assert far[0, INK, :, :-1].sum() == 0 and far[0, INK, :, -1].sum() > 0  # kept at the edge


def test_blocks_do_not_matter_and_none_is_none(scribbles, monkeypatch):
    moves = np.random.default_rng(0).normal(0, 0.1, (len(scribbles), 2, 3)) + np.eye(2, 3)
    whole = rasters.ordered(list(scribbles), SIZE, moves)
    monkeypatch.setattr(rasters, "BLOCK", 7)
    np.testing.assert_allclose(rasters.ordered(list(scribbles), SIZE, moves), whole, atol=1e-6)
    assert rasters.ordered([], SIZE).shape == (0, 5, SIZE, SIZE)


def test_dots_and_cut_off_drawings_are_finite():
    dot, cut = drawn([(5, 5)]), drawn([(0, 0), (9, 9)], [(9, 0), (0, 9)])[:3]
    found = rasters.ordered([dot, cut], SIZE)
    assert np.isfinite(found).all() and found[0, INK].sum() == pytest.approx(rasters.DOT)
    assert found[0, STARTS].sum() == pytest.approx(1)


def test_what_is_no_number_is_refused():
    steps = drawn([(0, 0), (9, 9)])
    steps[1, 0] = np.nan
    with pytest.raises(rasters.RasterError, match="not finite"):
        rasters.ordered([steps], SIZE)
