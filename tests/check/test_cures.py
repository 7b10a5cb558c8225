"""Orders of strokes: what may be wrong with a drawing, and the order that would cure it."""

import numpy as np
import pytest

from pipeline.check.cures import EXTRA, KINDS, MISSING, PARTS, REVERSED, SWAPPED, Cure, Put, cures
from pipeline.check.drawn import Drawn, blocks, pens, straight
from pipeline.drawing import to_strokes
from tests.support.planted import FAULTS


def drawn(*parts, leaves=None):
    """A stroke of two points for each part."""
    strokes = tuple(np.array([[i, 0.0], [i, 1.0 + i]]) for i in range(len(parts)))
    return Drawn(strokes, parts, tuple(leaves or [0] * len(parts)))


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        # not known: any cut; of two strokes it would be an exchange of neighbours
        ([(), (), ()], [(0, 1, 3), (0, 2, 3)]),
        ([(), ()], []),
        # two parts side by side, and parts of parts
        ([(0,), (0,), (1,)], [(0, 2, 3)]),
        ([(0,), (0,), (1, 0), (1, 0), (1, 1)], [(0, 2, 5), (2, 4, 5)]),
        # single strokes are neighbours, which SWAPPED has
        ([(0,), (1,)], []),
        ([(0,), (1, 0), (1, 1)], [(0, 1, 3)]),
        # a frame that is closed later: each piece may change places with what is inside
        ([(0,), (0,), (1,), (1,), (0,)], [(0, 2, 4), (2, 4, 5)]),
    ],
)
def test_parts_that_stand_one_after_another(parts, found):
    assert blocks(parts) == found


def test_every_kind_of_cure_of_doubtful_strokes():
    one = drawn((0,), (0,), (1,))
    found = {(cure.kind, cure.strokes): cure.order for cure in cures(one, [1])}
    assert found == {
        (REVERSED, (1,)): ((0, False), (1, True), (2, False)),
        (EXTRA, (1,)): ((0, False), (2, False)),
        (SWAPPED, (1, 2)): ((0, False), (2, False), (1, False)),
        (PARTS, (0, 1, 2)): ((2, False), (0, False), (1, False)),
    }


def test_a_point_has_no_direction_and_two_strokes_lose_none():
    one = Drawn((np.zeros((1, 2)), np.ones((2, 2))), ((), ()), (0, 0))
    assert {(cure.kind, cure.strokes) for cure in cures(one, [0, 1])} == {(REVERSED, (1,)), (SWAPPED, (0, 1))}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != MISSING])
def test_a_planted_fault_has_a_cure_that_gives_the_drawing_back(kind):
    one = drawn((0,), (0,), (1, 0), (1, 0), (1, 1))
    for seed in range(20):
        bad = one.ordered(FAULTS[kind](one, np.random.default_rng(seed)))
        cured = [bad.ordered(cure.order) for cure in cures(bad, range(len(bad))) if cure.kind == kind]
        assert any(len(each) == len(one) and all(map(np.array_equal, each.strokes, one.strokes)) for each in cured)


def test_an_order_takes_parts_along_and_turns_points():
    one = drawn((0,), (1,), (2,), leaves=[5, 6, 7]).ordered(((2, False), (0, True)))
    assert one.parts == ((2,), (0,)) and one.leaves == (7, 5)
    assert one.strokes[1].tolist() == [[0, 1], [0, 0]]


def test_a_stroke_that_is_put_in_is_of_the_part_of_another():
    one, new = drawn((0,), (1,), leaves=[5, 6]), np.array([[7.0, 8.0]])
    cured = Cure(MISSING, (1,), straight(2), Put(new, 1)).cured(one)
    assert cured.parts == ((0,), (1,), (1,)) and cured.leaves == (5, 6, 6)
    assert [len(stroke) for stroke in cured.strokes] == [2, 1, 2] and cured.strokes[1] is new


def test_steps_end_parts_where_visits_end():
    one = drawn((), (), (), (), leaves=[0, 0, 1, 0])
    assert [(visit.leaf, visit.piece) for visit in one.visits()] == [(0, 0), (1, 0), (0, 1)]
    told, untold = one.steps(True), one.steps(False)
    assert told[1::2, 2].tolist() == [1, 2, 2, 2] and untold[1::2, 2].tolist() == [1, 1, 1, 2]
    assert [part.tolist() for part in pens(told)] == [[0, 2, 4, 6], [1, 3, 5, 7]]
    assert all(map(np.array_equal, to_strokes(told, 0, 0), one.strokes))
