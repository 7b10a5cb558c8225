"""Descriptions as numbers: tokens, paths, and the parts that are visited."""

import pytest

from pipeline.describe import encoding
from pipeline.describe.description import parse
from pipeline.describe.encoding import DEPTH, FIRST_NAME, FREE, OPERATORS, SLOTS, UNKNOWN, UNNAMED, Vocabulary
from pipeline.describe.visits import Habits, Visit

KNOWN = Vocabulary(("木", "食", "CDP-8BBA"))


def encode(text, visits=None):
    asked = parse(text)
    return encoding.encode(asked, visits or Habits().of_description(asked), KNOWN)


def place(operator, slot):
    return 1 + OPERATORS.index(operator) * SLOTS + slot


def test_operators_come_before_their_operands():
    found = encode("⿰木⿱食木")
    signs = [2 + OPERATORS.index("⿰"), FIRST_NAME, 2 + OPERATORS.index("⿱"), FIRST_NAME + 1, FIRST_NAME]
    assert found.names.tolist() == signs
    assert found.parts.tolist() == [1, 3, 4]  # the leaves, in the order of writing
    nested = [0] * (DEPTH - 2) + [place("⿰", 1), place("⿱", 0)]
    assert found.paths[3].tolist() == nested and found.paths[0].tolist() == [0] * DEPTH


def test_a_part_is_visited_again():
    found = encode("⿰木食", [Visit(0, 0), Visit(1, 0), Visit(0, 1)])
    assert found.parts.tolist() == [1, 2, 1] and found.pieces.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("name", "token"),
    [("木", FIRST_NAME), ("CDP-8BBA", FIRST_NAME + 2), ("龘", UNKNOWN), ("", UNNAMED)],
)
def test_names(name, token):
    assert KNOWN.token(name) == token and (name in KNOWN) == (token >= FIRST_NAME)


def test_deep_paths_keep_what_is_nearest():
    found = encode("⿰木" * 6 + "食")
    assert found.paths[-1].tolist() == [place("⿰", 1)] * DEPTH


def test_nothing_is_told_by_one_part_without_a_name_alone():
    assert encode("？").free and FREE.free and not encode("木").free and not encode("⿰？？").free


def test_a_vocabulary_has_what_occurs_often_enough_the_commonest_first():
    made = encoding.vocabulary(["口", "木", "木", "食", "食", "口", "口", "", "", "", "虫"], least=2)
    assert made.names == ("口", "木", "食") and made.tokens == FIRST_NAME + 3
