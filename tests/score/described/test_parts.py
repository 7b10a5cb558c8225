"""Parts: where each ends in real and written drawings, and whether it is in its place."""

import numpy as np
import pytest

from pipeline import drawing
from pipeline.dataset import DrawingSet
from pipeline.describe.derivation import Told
from pipeline.describe.description import Description
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.score.described import parted, places
from tests.support.strokes import stroke

LEFT, RIGHT, DOT = [stroke(10, 20), stroke(10, 60)], [stroke(60, 20), stroke(60, 60)], [stroke(90, 90, 3)]


def told(*parts):
    """⿰ of parts: (name, runs)."""
    return Told(
        Description("", "⿰", tuple(Description(name) for name, _ in parts)),
        tuple(run for _, runs in parts for run in runs),
        tuple(Told(Description(name), runs) for name, runs in parts),
    )


def a_set(*drawings):
    import pandas as pd

    steps = [drawing.from_strokes(strokes, 0, 0) for strokes in drawings]
    stops = np.cumsum([len(one) for one in steps])
    return DrawingSet(np.concatenate(steps), pd.DataFrame({"start": stops - [len(s) for s in steps], "stop": stops}))


def test_a_real_drawing_is_cut_where_its_parts_end():
    """囗 of 国 is visited twice: its last stroke closes it."""
    knows = Knowledge(Vocabulary(("囗", "玉")), {}, Habits())
    around = told(("囗", ((0, 0), (3, 3))), ("玉", ((1, 2),)))
    plain = a_set([*LEFT, *RIGHT])
    (found,), (asked,) = parted.real(plain, [around], knows)
    assert [(part, len(strokes)) for part, strokes in found.strokes()] == [(1, 1), (2, 2), (1, 1)]
    assert asked.parts.tolist() == found.parts.tolist() == [1, 2, 1]
    np.testing.assert_array_equal(found.joined, plain[0])  # the same drawing, and the set is as it was
    again = parted.of_strokes(found.strokes())
    np.testing.assert_allclose(again.steps, found.steps, atol=1e-5)
    assert again.parts.tolist() == [1, 2, 1]


def test_what_was_cut_off_has_fewer_parts():
    whole = parted.of_strokes([(1, LEFT), (2, RIGHT)])
    cut = parted.Parted(whole.steps[:7], whole.parts)  # within the second part's first stroke
    assert [(part, len(strokes)) for part, strokes in cut.strokes()] == [(1, 2), (2, 1)]
    assert cut.joined[-1, 2] == 0


REAL = [(1, LEFT), (2, RIGHT), (3, DOT)]


@pytest.mark.parametrize(
    ("written", "right"),
    [
        (REAL, 2),  # the dot is one stroke, and is not asked
        ([(2, RIGHT), (1, LEFT)], 2),  # in another order
        ([(1, LEFT[:1]), (2, RIGHT), (1, LEFT[1:])], 2),  # in two visits
        ([(1, LEFT), (2, [s + (8, 0) for s in RIGHT])], 2),
        ([(1, LEFT), (2, [s + (12, 0) for s in RIGHT])], 1),  # moved too far
        ([(1, LEFT), (2, [RIGHT[0], RIGHT[1] + (0, 20)])], 1),  # too long
        ([(1, LEFT)], 1),  # not there
        ([(2, LEFT), (1, RIGHT)], 0),  # exchanged
        ([(1, LEFT), (-1, RIGHT)], 1),  # something else
    ],
)
def test_parts_in_their_place(written, right):
    assert places.found(parted.of_strokes(REAL), parted.of_strokes(written), 109.0) == (right, 2)


def test_the_place_is_a_share_of_the_box():
    moved = [(1, LEFT), (2, [s + (8, 0) for s in RIGHT])]
    assert places.found(parted.of_strokes(REAL), parted.of_strokes(moved), 70.0) == (1, 2)
