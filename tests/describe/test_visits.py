"""The order of writing parts: read off drawings, learnt, foretold."""

import json

import numpy as np
import pytest

from pipeline.describe import derivation, visits
from pipeline.describe.description import Description, leaves, parse, text
from pipeline.describe.visits import Habits, Visit
from tests.support.parts import leaf, made

COUNTRY = made("⿴", leaf("囗", (0, 1), (7, 7)), leaf("玉", (2, 6)), name="国")
ROAD = made("⿺", leaf("辶", (9, 11)), leaf("首", (0, 8)), name="道")
RUN = made("⿺", leaf("走", (0, 6)), leaf("己", (7, 9)), name="起")
CLEAR = made("⿰", leaf("日", (0, 3)), leaf("月", (4, 7)), name="明")


def as_read(told):
    return parse(text(told.description))


def short(found):
    return [(visit.leaf, visit.piece) for visit in found]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (CLEAR, [Visit(0, 0, 0, 3), Visit(1, 0, 4, 7)]),  # one after the other
        (ROAD, [Visit(1, 0, 0, 8), Visit(0, 0, 9, 11)]),  # the second slot first
        (COUNTRY, [Visit(0, 0, 0, 1), Visit(1, 0, 2, 6), Visit(0, 1, 7, 7)]),  # one that is interrupted
        (leaf("木", (0, 3)), [Visit(0, 0, 0, 3)]),  # a leaf alone
    ],
)
def test_visits_of_a_drawing(told, expected):
    assert visits.of_told(told) == expected


def test_spelled_only_where_it_is_said():
    both = made("⿱", COUNTRY, made("⿰", leaf("木", (8, 11)), leaf("木", (12, 15))))
    assert text(visits.spelled(both, lambda one: True).description) == "⿱⿴囗玉⿰木木"
    assert text(visits.spelled(both, lambda one: one.description.name != "国").description) == "⿱国⿰木木"
    assert visits.spelled(both, lambda one: False) == leaf("", *both.runs)
    cut = visits.spelled(both, lambda one: one is both)
    assert text(cut.description) == "⿱国？" and short(visits.of_told(cut)) == [(0, 0), (1, 0)]


def test_overlaid_in_overlaid_is_one():
    inner = made("⿻", leaf("㇑", (1, 1)), leaf("㇒", (2, 2)), name="人")
    both = made("⿻", leaf("㇐", (0, 0)), inner)
    assert visits.spelled(both, lambda one: True).description == parse("⿻㇐⿻㇑㇒")
    assert visits.spelled(both, lambda one: one is both).description.parts[1] == Description("人")


def test_habits_are_learnt_by_operator_and_outer_part():
    habits = Habits.learn([ROAD, ROAD, RUN, COUNTRY, CLEAR])
    assert short(habits.of_description(parse("⿺辶木"))) == [(1, 0), (0, 0)]
    assert short(habits.of_description(parse("⿺走木"))) == [(0, 0), (1, 0)]
    assert short(habits.of_description(parse("⿺⻌木"))) == [(1, 0), (0, 0)]  # a form of it
    assert short(habits.of_description(parse("⿺麦木"))) == [(1, 0), (0, 0)]  # one it has not seen: the most usual
    assert short(habits.of_description(parse("⿰木⿴囗木"))) == [(0, 0), (1, 0), (2, 0), (1, 1)]
    assert all((visit.first, visit.last) == (-1, -1) for visit in habits.of_description(parse("⿴囗木")))


def test_a_part_that_is_spelled_is_interrupted_between_its_strokes():
    habits = Habits.learn([COUNTRY])
    assert short(habits.of_description(parse("⿴⿻㇑⿻㇕㇐玉"))) == [(0, 0), (1, 0), (3, 0), (2, 0)]
    # in the middle of a leaf that has all three of them
    three = made("⿰", leaf("三", (0, 2)), leaf("木", (3, 6)))
    assert short(Habits.learn([COUNTRY, three]).of_description(parse("⿴⿻三㇐玉"))) == [(0, 0), (2, 0), (0, 1), (1, 0)]


def test_without_habits_slots_are_written_in_order():
    assert short(Habits().of_description(parse("⿺辶⿰日月"))) == [(0, 0), (1, 0), (2, 0)]


def test_habits_are_json():
    habits = Habits.learn([ROAD, RUN, COUNTRY, CLEAR])
    assert Habits.from_json(json.loads(json.dumps(habits.as_json()))) == habits
    with pytest.raises(KeyError):
        Habits.from_json({"strokes": {}})


@pytest.fixture(scope="module")
def split(real_kanji):
    told = derivation.descriptions(real_kanji.index, real_kanji)
    parts = real_kanji.index["split"]
    return {name: [one for one, part in zip(told, parts, strict=True) if part == name] for name in ("train", "valid")}


@pytest.mark.parametrize("spell", [lambda one: True, lambda one: one.runs[0][0] == 0, lambda one: False])
def test_each_stroke_is_in_one_visit(split, spell):
    for one in split["train"] + split["valid"]:
        found = visits.of_told(visits.spelled(one, spell))
        assert [stroke for visit in found for stroke in range(visit.first, visit.last + 1)] == list(
            range(one.runs[0][1] + 1)
        )
        pieces = [visit.leaf for visit in found]
        assert [visit.piece for visit in found] == [pieces[:i].count(leaf) for i, leaf in enumerate(pieces)]
        assert set(pieces) == set(range(len(leaves(visits.spelled(one, spell).description))))


def test_the_order_of_held_out_characters_is_foretold(split):
    """Of their parts 98.6 %, down to their strokes 94.7 % (of test 100 % and 95.7 %), from a text that names no spelled
    part as well; without habits 96.9 % and 77.7 %."""
    habits = Habits.learn(split["train"])
    for depth, least in (("parts", 0.98), ("strokes", 0.94)):
        told = [visits.spelled(one, (lambda _: True) if depth == "strokes" else one.__eq__) for one in split["valid"]]
        right = [
            np.mean([short(known.of_description(as_read(one))) == short(visits.of_told(one)) for one in told])
            for known in (habits, Habits())
        ]
        assert right[0] > least and right[0] > right[1] + 0.01, (depth, right)
