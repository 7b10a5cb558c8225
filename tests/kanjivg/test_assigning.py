"""Which strokes are whose: the types of strokes decide where numbers and order leave it open."""

import numpy as np
import pytest

from pipeline.describe import description as grammar
from pipeline.describe.arrangement import Told
from pipeline.describe.description import Description
from pipeline.describe.visits import Habits
from pipeline.kanjivg import assigning

TREE, BOX, FIRE = "㇐㇑㇒㇏", "㇑㇕㇐", "㇔㇒㇒㇏"
HABITS = Habits({"⿰": ((1, 0), (0, 0))}, {"木": 4, "口": 3, "火": 4})  # of two beside one another the right one first


def known():
    """木 in two forms, 口 and 火."""
    drawings = [("木", TREE), ("木", "㇐㇚㇒㇏"), ("木", TREE + "㇔"), ("口", BOX), ("火", FIRE)]
    told = [Told(Description(name), ((0, len(types) - 1),)) for name, types in drawings]
    return assigning.seen(told, [[lettered(one) for one in types] for _, types in drawings])


def lettered(one):
    return f"{one}a/㇖"


def assigned(text, types, boxes=None):
    boxes = np.tile([0.0, 0, 10, 10], (len(types), 1)) if boxes is None else np.array(boxes, float)
    told = assigning.assigned(grammar.parse(text), HABITS, known(), tuple(types), boxes)
    return told and [part.runs for part in told.parts]


@pytest.mark.parametrize(
    ("text", "types", "runs"),
    [
        ("⿰木口", BOX + TREE, [((3, 6),), ((0, 2),)]),  # as the habit has it
        ("⿰木口", TREE + BOX, [((0, 3),), ((4, 6),)]),  # against the habit
        ("⿰木火", TREE + FIRE, [((0, 3),), ((4, 7),)]),  # as many strokes, so only their types tell
        ("⿱木口", TREE + "㇔" + BOX, [((0, 4),), ((5, 7),)]),  # one stroke more, in a form that is known
        ("⿱木㇐", "㇐㇚㇒㇏㇐", [((0, 3),), ((4, 4),)]),  # a stroke is its own type
        ("⿱口木", BOX, None),  # no stroke is left for 木
    ],
)
def test_types_tell_whose_strokes_are(text, types, runs):
    assert assigned(text, types) == runs


def test_of_equal_types_the_smaller_boxes():
    """One stroke more than ⿱口口 has, of a type of no known one: it goes where it lies."""
    left, right = [0, 0, 10, 10], [90, 90, 99, 99]
    for near, runs in ((left, [((0, 3),), ((4, 6),)]), (right, [((0, 2),), ((3, 6),)])):
        assert assigned("⿱口口", BOX + "㇟" + BOX, [left] * 3 + [near] + [right] * 3) == runs


def test_what_is_seen_is_by_name_and_number():
    assert set(known()["木", 4]) == {tuple(TREE), tuple("㇐㇚㇒㇏")} and set(known()["木", 5]) == {tuple(TREE + "㇔")}


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        ("㇐㇑㇒㇏", TREE),
        ("㇐㇑㇒㇔", TREE),  # one of four is another: as those known
        ("㇐㇚㇒㇏", "㇐㇚㇒㇏"),  # there are such, too
        ("㇐㇟㇒㇔", None),  # two are others
        ("㇐㇑㇒㇏㇔㇔", None),  # none of as many strokes is known
    ],
)
def test_types_are_those_of_the_part_in_known_drawings(types, wanted):
    told = Told(Description("木"), ((0, len(types) - 1),))
    found = assigning.typed(told, known(), [f"{one}b" for one in types])
    assert found == ([lettered(one) for one in wanted] if wanted else [f"{one}b" for one in types])
