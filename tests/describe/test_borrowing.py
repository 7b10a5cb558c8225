"""Groups that one hand's drawing takes from another's of the same character, and when it does not."""

import numpy as np
import pandas as pd
import pytest

from pipeline import drawing
from pipeline.dataset import DrawingSet
from pipeline.describe import borrowing, exemplars

LEFT, MIDDLE, RIGHT = [[10, 10], [10, 90]], [[50, 10], [50, 90]], [[90, 10], [90, 90]]
GROUPS, TYPES = '[{"element": "川"}]', ["㇒", "㇑", "㇑"]


def drawn(*strokes):
    return drawing.from_strokes([np.array(stroke, float) for stroke in strokes], 100, 100)


def a_set(*rows):
    """rows: (hand, code point, variant, groups, strokes)."""
    steps = [drawn(*strokes) for *_, strokes in rows]
    stops = np.cumsum([len(one) for one in steps])
    index = pd.DataFrame([row[:4] for row in rows], columns=["hand", "code_point", "variant", "groups"])
    types = [TYPES if row[3] != "[]" else [""] * len(row[4]) for row in rows]
    return DrawingSet(
        np.concatenate(steps), index.assign(types=types, start=stops - [len(s) for s in steps], stop=stops)
    )


def lent(drawings):
    return borrowing.Lenders.among(drawings).lend(drawings)


OWN = ("", 1, "", GROUPS, (LEFT, MIDDLE, RIGHT))
WIDER = [[[x * 1.2, y * 0.9 + 3] for x, y in stroke] for stroke in (LEFT, MIDDLE, RIGHT)]


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        (("b", 1, "", "[]", WIDER), True),  # elsewhere in the box and larger: the same strokes
        (("b", 2, "", "[]", WIDER), False),  # another character
        (("b", 1, "", "[]", WIDER[:2]), False),  # a stroke less
        (("b", 1, "", "[]", WIDER[::-1]), False),  # another order
        (("b", 1, "", "[]", [WIDER[0], WIDER[1][::-1], WIDER[2]]), False),  # a stroke the other way
        (("b", -1, "", "[]", WIDER), False),  # of no character
        (("b", 1, "", '["its own"]', WIDER), False),
    ],
)
def test_groups_are_taken_where_the_strokes_are_the_same(row, taken):
    found = lent(a_set(OWN, row))
    assert found["borrowed"].tolist() == [False, taken]
    assert found["groups"].tolist() == [GROUPS, GROUPS if taken else row[3]]
    assert (found["types"].iat[1] == TYPES) == (taken or row[3] != "[]")


def test_no_variant_lends():
    variant = ("", 1, "Kaisho", GROUPS, OWN[4])
    assert not lent(a_set(variant, ("b", 1, "", "[]", WIDER)))["borrowed"].any()


def test_styles_are_one_a_hand_after_the_first_ones():
    index = a_set(OWN, ("b", 1, "", "[]", WIDER), ("a", 1, "", "[]", WIDER)).index
    found = borrowing.styles(("a", "b"), index)
    assert found.tolist() == [0, exemplars.STYLES + 1, exemplars.STYLES]
    assert [exemplars.hand_of(style) for style in (0, 1, *found[1:])] == [0, 0, 2, 1]
    assert exemplars.styles_of(index.assign(style=found)).tolist() == found.tolist()


def test_usual_forms_of_each_hand():
    index = a_set(OWN, ("", 1, "Kaisho", GROUPS, OWN[4]), ("b", 1, "", "[]", WIDER), ("b", 2, "", "[]", WIDER)).index
    index = index.assign(style=borrowing.styles(("b",), index))
    assert exemplars.usual_forms(index).tolist() == [True, False, False, True]
    assert exemplars.usual_forms(index, each_hand=True).tolist() == [True, False, True, True]
