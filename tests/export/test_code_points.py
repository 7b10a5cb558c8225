"""Code points of the drawings in a font."""

import pandas as pd
import pytest

from pipeline.export import code_points, single_line
from pipeline.export.code_points import LAST, CodePointError
from pipeline.export.single_line import MOST_NUMBER


@pytest.mark.parametrize(
    ("rows", "last", "expected"),
    [  # rows: id, code point, variant
        ([("a", 0x6728, ""), ("b", -1, ""), ("c", 0x98DF, "")], LAST, [0x6728, 0xE000, 0x98DF]),
        ([("a", 0x6728, ""), ("a-Kaisho", 0x6728, "Kaisho"), ("b", -1, "")], LAST, [0x6728, 0xE000, 0xE001]),
        ([("d10", -1, ""), ("d2", -1, "")], LAST, [0xE001, 0xE000]),  # by their ids, 2 before 10
        ([("a", 0xE000, ""), ("b", -1, ""), ("c", 0xE001, "")], LAST, [0xE000, 0xE002, 0xE001]),  # taken ones stay
        ([("a", 0x20000, ""), ("b", 0x6728, "")], LAST, [0x20000, 0x6728]),
        ([("a", 0x20000, ""), ("b", 0x6728, "")], MOST_NUMBER, [0xE000, 0x6728]),  # more than five digits
        ([("a", 0x20, ""), ("b", 0xD800, ""), ("c", 0, "")], LAST, [0xE000, 0xE001, 0xE002]),  # cannot be seen
    ],
)
def test_code_points(rows, last, expected):
    index = pd.DataFrame(rows, columns=["id", "code_point", "variant"])
    assert code_points.code_points(index, last) == expected
    shuffled = index.sample(frac=1, random_state=1)  # the same set, the same map
    again = dict(zip(shuffled["id"], code_points.code_points(shuffled, last), strict=True))
    assert [again[one] for one in index["id"]] == expected


def test_a_set_without_characters_goes_on_in_the_next_plane_and_ends():
    many = pd.DataFrame({"id": range(6402)})
    codes = code_points.code_points(many)
    assert codes[6399:] == [0xF8FF, 0xF0000, 0xF0001] and len(set(codes)) == 6402
    with pytest.raises(CodePointError, match="6,402 drawings are more than this format has code points"):
        code_points.code_points(many, single_line.MOST_NUMBER)


def test_a_character_twice():
    with pytest.raises(CodePointError, match="one and two are both U\\+6728 木; a font has one of it: take one out"):
        code_points.code_points(pd.DataFrame({"id": ["one", "two"], "code_point": 0x6728}))
