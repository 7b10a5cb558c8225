"""How far what was written is from what was described: partners, order, counts; a net that was taught, and controls."""

import numpy as np
import pytest

from pipeline import drawing
from pipeline.score import described
from pipeline.score.described import compare, spread, summary

DATA = {"scale": 1.0, "width": 109.0, "height": 109.0}
LINES = [np.array([[10, y], [90, y]], float) for y in (20, 50, 80)]


def steps(strokes):
    return drawing.from_strokes(strokes, 109, 109)


@pytest.mark.parametrize(
    ("written", "count", "within_5", "within_10", "every_10", "order"),
    [
        (LINES, 1, 1, 1, 1, 1),  # the same
        ([line + (0, 3) for line in LINES], 1, 1, 1, 1, 1),
        ([line + (0, 7) for line in LINES], 1, 0, 1, 1, 1),
        ([line + (0, 12) for line in LINES], 1, 0, 0, 0, 1),
        (LINES[::-1], 1, 1, 1, 0, -1),  # all there, in the wrong order
        ([LINES[1], LINES[0], LINES[2]], 1, 1, 1, 0, 1 / 3),
        ([line[::-1] for line in LINES], 1, 0, 0, 0, 1),  # drawn backwards
        (LINES[:2], 0, 2 / 3, 2 / 3, 0, 1),  # one is missing
        ([*LINES, LINES[0] + (0, 5)], 0, 1, 1, 0, 1),  # one too many
    ],
)
def test_what_is_told_of_two_drawings(written, count, within_5, within_10, every_10, order):
    found = summary([compare(steps(LINES), steps(written), DATA)])
    assert found == pytest.approx(
        {"count": count, "within_5": within_5, "within_10": within_10, "every_10": every_10, "order": order}
    )


def test_units_are_those_of_a_box_of_109():
    far = compare(steps(LINES), steps([line + (0, 4) for line in LINES]), DATA)
    small = {"scale": 1.0, "width": 1090.0, "height": 1090.0}
    ten = [10 * line for line in LINES]
    same = compare(
        drawing.from_strokes(ten, 1090, 1090), drawing.from_strokes([line + (0, 40) for line in ten], 1090, 1090), small
    )
    np.testing.assert_allclose(far.distances, 4, rtol=1e-4)
    np.testing.assert_allclose(same.distances, far.distances, rtol=1e-4)


def test_the_number_of_points_does_not_count():
    line = np.array([[0, 0], [30, 0], [30, 40]], float)
    fine = np.array([[0, 0], [1, 0], [2, 0], [30, 0], [30, 1], [30, 40]], float)
    np.testing.assert_allclose(spread(line), spread(fine))
    assert spread(np.array([[3.0, 4.0]])).tolist() == [[3, 4]] * described.POINTS


def test_no_description_keeps_its_place():
    for count in (2, 3, 10):
        order = described._deranged(count, np.random.default_rng(count))
        assert sorted(order) == list(range(count)) and (order != np.arange(count)).all()
