"""Pictures of lines by direction: what must not count does not, directions are where they belong, and moments are those
of the lines, held against many points along them."""

import numpy as np
import pytest

from pipeline.drawing import from_strokes
from pipeline.score.described import directions
from pipeline.score.described.directions import DIRECTIONS, SIZE, SPREAD, STRETCH
from pipeline.score.judge import rasters

STROKES = [np.array(one, float) for one in ([[10, 20], [90, 25]], [[50, 5], [48, 60], [20, 100]], [[60, 60], [95, 95]])]


def picture(strokes):
    return directions.pictures([from_strokes(strokes, 109, 109)])[0]


@pytest.mark.parametrize(
    "other",
    [
        [stroke + (30, -20) for stroke in STROKES],  # elsewhere
        [stroke * 3 for stroke in STROKES],  # larger
        [stroke * (1, 0.8) for stroke in STROKES],  # flatter: each axis has its own scale
        STROKES[::-1],  # in another order
        [stroke[::-1] for stroke in STROKES],  # backwards
        [np.concatenate((s[:1], (s[:-1] + s[1:]) / 2, s[-1:])) if len(s) == 2 else s for s in STROKES],  # more points
    ],
)
def test_what_does_not_count(other):
    flatter = np.ptp(np.concatenate(other), axis=0).argmax() == 0
    np.testing.assert_allclose(picture(other), picture(STROKES), atol=0.1 if flatter else 0.02)


def test_what_counts():
    turned = [stroke[:, ::-1] for stroke in STROKES]
    assert picture(turned) @ picture(STROKES) < 0.8
    assert picture(STROKES[:2]) @ picture(STROKES) < 0.95


@pytest.mark.parametrize(
    ("degrees", "shares"),
    [
        (0, [1, 1 / 4, 0, 0, 0, 1 / 4]),
        (30, [1 / 4, 1, 1 / 4, 0, 0, 0]),
        (90, [0, 0, 1 / 4, 1, 1 / 4, 0]),
        (180, [1, 1 / 4, 0, 0, 0, 1 / 4]),  # backwards
        (15, [3 / 4, 3 / 4, 0, 0, 0, 0]),
        (-15, [3 / 4, 0, 0, 0, 0, 3 / 4]),
    ],
)
def test_shares_of_directions(degrees, shares):
    end = 50 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    drawn = rasters.lines([from_strokes([np.array([[0, 0], end])], 0, 0)], SIZE, 0.0)
    np.testing.assert_allclose(directions.shares(drawn)[:, 0], shares, atol=1e-6)


def test_a_line_s_ink_is_in_the_picture_of_its_direction():
    """Upright lines are in the fourth of six pictures, and in those beside it."""
    upright = [np.array([[x, 0.0], [x, 100.0]]) for x in (0, 50, 100)]
    ink = (picture(upright).reshape(DIRECTIONS, -1) ** 2).sum(axis=1)
    np.testing.assert_allclose(ink / ink[3], [0, 0, 1 / 4, 1, 1 / 4, 0], atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 1), (1, 0.8), (0.05, 1)])  # the last far narrower than STRETCH makes up for
def test_moments_are_those_of_many_points_along_the_lines(shape):
    plain = rasters.lines([from_strokes([stroke * shape for stroke in STROKES], 0, 0)], SIZE, 0.0)
    _, before = moments(plain, plain.length)
    centre, after = moments(directions.normalised(plain, 1), plain.length)
    np.testing.assert_allclose(centre, (SIZE - 1) / 2, atol=1e-6)
    np.testing.assert_allclose(after, SPREAD * SIZE * np.minimum(1, STRETCH * before / before.max()), rtol=1e-5)
    assert (after.min() < after.max() * 0.99) == (min(shape) < 0.1)


def moments(drawn, weights, count=2000):
    """Mean and standard deviation along each axis of `count` points along each line."""
    share = (np.arange(count) + 0.5)[:, None, None] / count
    points = (drawn.begin + share * (drawn.end - drawn.begin)).reshape(-1, 2)
    each = np.tile(weights, count)
    centre = np.average(points, axis=0, weights=each)
    return centre, np.sqrt(np.average((points - centre) ** 2, axis=0, weights=each))


@pytest.mark.parametrize("strokes", [[np.array([[50.0, 50.0]])], [np.array([[50.0, 50.0]] * 2)] * 3, STROKES[:1]])
def test_dots_and_single_lines_have_pictures(strokes):
    found = picture(strokes)
    assert np.isfinite(found).all() and np.linalg.norm(found) == pytest.approx(1, rel=1e-5)


def test_blocks_do_not_change_what_is_drawn(monkeypatch):
    drawings = [from_strokes([stroke * k for stroke in STROKES[: 1 + k % 3]], 109, 109) for k in range(1, 8)]
    whole = directions.pictures(drawings)
    monkeypatch.setattr(directions, "BLOCK", 3)
    np.testing.assert_allclose(directions.pictures(drawings), whole, atol=1e-6)
