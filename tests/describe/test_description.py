"""Ideographic descriptions: read, written, compared; what is none is told in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.describe import description
from pipeline.describe.description import (
    ARITY,
    MOST_DEPTH,
    MOST_PARTS,
    OVER,
    Description,
    DescriptionError,
    canonical,
    leaves,
    parse,
    same,
    text,
)
from tests.support.descriptions import DAMAGED, READ, spelled

NAMES = st.sampled_from([*"木日月口言𠂉⺕㇐丶", "CDP-8BBA", ""])


def flat(operator, parts):
    """⻿ directly in ⻿ is one ⻿."""
    inner = [q for p in parts for q in (p.parts if operator == p.operator == OVER else (p,))]
    return Description("", operator, tuple(inner))


def compositions(parts):
    by_arity = {n: st.sampled_from([sign for sign, m in ARITY.items() if m == n]) for n in (2, 3)}
    pair, triple = (st.tuples(by_arity[n], st.tuples(*[parts] * n)) for n in (2, 3))
    over = st.tuples(st.just(OVER), st.lists(parts, min_size=2, max_size=4))
    return st.one_of(pair, triple, over).map(lambda made: flat(*made))


DESCRIPTIONS = st.recursive(NAMES.map(Description), compositions, max_leaves=12)


@pytest.mark.parametrize(("given_text", "expected"), READ)
def test_descriptions_are_read(given_text, expected):
    assert parse(given_text) == expected


@pytest.mark.parametrize(("damaged", "where", "what"), DAMAGED)
def test_what_is_no_description_is_told_in_one_line(damaged, where, what):
    with pytest.raises(DescriptionError) as caught:
        parse(damaged)
    assert where in str(caught.value) and what in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 160


def test_the_most_that_is_read():
    # the controls: one less than what is refused above
    assert len(leaves(parse("⿰" * MOST_DEPTH + "木" * (MOST_DEPTH + 1)))) == MOST_DEPTH + 1
    assert len(leaves(parse("木" * 14))) == 14
    assert len(parse("⿻" * (MOST_PARTS - 1) + "木" * MOST_PARTS).parts) == MOST_PARTS


@given(DESCRIPTIONS)
def test_what_is_written_is_read_back(made):
    assert parse(text(made)) == made
    assert same(made, parse(text(made)))


@given(st.text(alphabet=[*ARITY, *"木&;？ ⿼a"], max_size=30))
def test_any_text_is_read_or_told(given_text):
    try:
        read = parse(given_text)
    except DescriptionError:
        return
    assert parse(text(read)) == read


GO = Description("吾", "⿱", (Description("五"), Description("口", "⿻", (Description("㇑"), Description("㇕")))))
WORD = Description("語", "⿰", (Description("言"), GO))


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (None, "⿰言⿱五⿻㇑㇕"),
        (0, "語"),
        (1, "⿰言吾"),
        (2, "⿰言⿱五口"),
        (3, "⿰言⿱五⿻㇑㇕"),
        (9, "⿰言⿱五⿻㇑㇕"),
    ],
)
def test_a_spelling_to_a_depth(depth, expected):
    assert text(WORD, depth) == expected


def test_a_part_without_a_name_is_spelled_at_any_depth():
    assert text(spelled("⿰", spelled("⿱", "日", "月"), WORD), 1) == "⿰⿱日月語"
    assert text(Description("", "", ())) == "？"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (WORD, parse("⿰言吾"), True),  # a name on one side, its spelling on the other
        (WORD, parse("⿰言⿱五口"), True),
        (WORD, Description("語"), True),
        (WORD, parse("⿰吾言"), False),  # the order
        (WORD, parse("⿱言吾"), False),  # the operator
        (WORD, parse("⿰言悟"), False),  # a part
        (Description("語"), parse("⿰言吾"), False),  # nothing tells how it is spelled
        (parse("⿲彳圭亍"), parse("⿰彳⿰圭亍"), True),  # three in a row
        (parse("⿲彳圭亍"), parse("⿰⿰彳圭亍"), True),
        (parse("⿳亠口了"), parse("⿱亠⿱口了"), True),
        (parse("⿲彳圭亍"), parse("⿰彳⿱圭亍"), False),
        (parse("⿲彳圭亍"), parse("⿰彳圭"), False),
        (parse("⿰言吾"), parse("⿰訁吾"), True),  # forms of one component
        (parse("⿺⻌首"), parse("⿺辶首"), True),
        (parse("⿰⽊食"), parse("⿰木食"), True),  # the radical's own code point
        (parse("⿰木？"), parse("⿰木？"), True),
        (parse("⿰木？"), parse("⿰木食"), False),  # a part without a name is not every part
        (spelled("⿰", "氵", Description("明", "⿰", (Description("日"), Description("月")))), parse("⿲氵日月"), True),
    ],
)
def test_equality_up_to_spelling(one, other, equal):
    assert same(one, other) is equal and same(other, one) is equal


def test_leaves_and_their_paths():
    found = leaves(parse("⿱⿰木日⿻㇐⿻㇑㇒"))
    assert [(leaf.name, path) for leaf, path in found] == [
        ("木", (("⿱", 0), ("⿰", 0))),
        ("日", (("⿱", 0), ("⿰", 1))),
        ("㇐", (("⿱", 1), ("⿻", 0))),
        ("㇑", (("⿱", 1), ("⿻", 1))),
        ("㇒", (("⿱", 1), ("⿻", 2))),
    ]
    assert leaves(WORD)[0] == (Description("言"), (("⿰", 0),))
    assert leaves(Description("木")) == [(Description("木"), ())]


def test_forms_of_a_component():
    assert [canonical(name) for name in ("⺾", "⻌", "⽊", "木", "CDP-8BBA", "")] == [*"艹辶木木", "CDP-8BBA", ""]
    assert [canonical(name) for name in "丿一⼀丨丶乙㇐㇓"] == [
        *"㇒㇐㇐㇑㇔㇠㇐㇓"
    ]  # a stroke and the ideograph that it is
    assert same(parse("⿱丿木"), parse("⿱㇒木")) and not same(parse("⿱丿木"), parse("⿱㇐木"))
    assert set(description.ARITY) == set("⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻")
