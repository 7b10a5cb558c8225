"""How far each stroke is from its partner: by hand, with strokes that are moved, missing, backwards, out of order."""

import numpy as np
import pytest

from pipeline import drawing
from pipeline.score.described import strokes
from pipeline.score.described.strokes import compare, spread

LINES = [np.array([[10, y], [90, y]], float) for y in (20, 50, 80)]


def steps(drawn):
    return drawing.from_strokes(drawn, 109, 109)


@pytest.mark.parametrize(
    ("written", "distances", "every", "tau"),
    [
        (LINES, [0, 0, 0], True, 1),  # the same
        ([line + (0, 3) for line in LINES], [3, 3, 3], True, 1),
        ([line + (0, 12) for line in LINES], [12, 12, 12], False, 1),
        (LINES[::-1], [0, 0, 0], False, -1),  # all there, in the wrong order
        ([LINES[1], LINES[0], LINES[2]], [0, 0, 0], False, 1 / 3),
        ([line[::-1] for line in LINES], [2 * 80 * 4 / 15] * 3, False, 1),  # backwards: mean of |1 - 2 t| over 16
        (LINES[:2], [0, 0, np.inf], False, 1),  # one is missing
        ([*LINES, LINES[0] + (0, 5)], [0, 0, 0], False, 1),  # one too many
    ],
)
def test_partners(written, distances, every, tau):
    found = compare(steps(LINES), steps(written), 1.0)
    np.testing.assert_allclose(found.distances, distances, atol=1e-4)
    assert (found.every, found.real, found.written) == (every, 3, len(written))
    assert found.tau == pytest.approx(tau)


def test_units_are_those_of_a_box_of_109():
    far = compare(steps(LINES), steps([line + (0, 4) for line in LINES]), 1.0)
    ten = [drawing.from_strokes([10 * line + (0, y) for line in LINES], 1090, 1090) for y in (0, 40)]
    np.testing.assert_allclose(far.distances, 4, rtol=1e-4)
    np.testing.assert_allclose(compare(*ten, 0.1).distances, far.distances, rtol=1e-4)


def test_the_number_of_points_does_not_count():
    line = np.array([[0, 0], [30, 0], [30, 40]], float)
    fine = np.array([[0, 0], [1, 0], [2, 0], [30, 0], [30, 1], [30, 40]], float)
    np.testing.assert_allclose(spread(line), spread(fine))
    assert spread(np.array([[3.0, 4.0]])).tolist() == [[3, 4]] * strokes.POINTS
