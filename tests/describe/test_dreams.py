"""New descriptions: of parts that stand where they usually do, none that is a known character's."""

import numpy as np
import pytest

from pipeline.describe import derivation, table
from pipeline.describe.description import Description, leaves, parse, same, text
from pipeline.describe.dreams import DreamError, Dreams


def character(name, spelling, **within):
    """A described character; `within`: how its parts are spelled."""
    root = parse(spelling)
    parts = tuple(
        Description(part.name, *_spelled(within[part.name])) if part.name in within else part for part in root.parts
    )
    return Description(name, root.operator, parts)


def _spelled(spelling):
    read = parse(spelling)
    return read.operator, read.parts


FEW = [
    character("明", "⿰日月"),
    character("林", "⿰木木"),
    character("相", "⿰木目"),
    character("語", "⿰言吾", 吾="⿱五口"),
    character("草", "⿱艹早"),
    character("霜", "⿱雨相", 相="⿰木目"),
]


@pytest.fixture(scope="module")
def few():
    return Dreams.learn(FEW)


def test_parts_stand_where_they_were_seen(few):
    seen = {
        (("⿰", 0),): set("日木言"),
        (("⿰", 1),): set("月木目吾"),
        (("⿱", 0),): set("艹雨"),
        (("⿱", 1),): set("早相"),
    }
    dreams = few.sample(8, np.random.default_rng(0))
    assert all(leaf.name in seen[path] for dream in dreams for leaf, path in leaves(dream))
    assert len({text(dream) for dream in dreams}) == 8


def test_there_are_no_more_than_there_are(few):
    # ⿰: 3 x 4 less the four known ones; ⿱: 2 x 2 less two
    assert len(few.sample(10, np.random.default_rng(1))) == 10
    with pytest.raises(DreamError, match="only 10 of 11 new descriptions"):
        few.sample(11, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("spelling", "known"),
    [
        ("⿰日月", True),  # a known character
        ("⿰⽇月", True),  # with another form of a part
        ("⿰言⿱五口", True),  # spelled further than it was told
        ("⿱雨⿰木目", True),
        ("⿰日木", False),
        ("⿰月日", False),
        ("⿱日月", False),
    ],
)
def test_what_is_known(few, spelling, known):
    assert few.is_known(parse(spelling)) is known


def test_rows_of_three_are_known_however_they_are_nested():
    dreams = Dreams.learn([*FEW, character("街", "⿲彳圭亍")])
    assert dreams.is_known(parse("⿰彳⿰圭亍")) and not dreams.is_known(parse("⿰彳⿱圭亍"))


@pytest.mark.parametrize(
    ("line", "dream", "known"),
    [
        ("旮 ⿰日目", "⿰日目", True),
        ("旮 ⿰⽇目", "⿰日目", True),  # another form of a part
        ("旮 ⿰日⿴囗二\n目 ⿴囗二", "⿰日目", True),  # spelled further than it is dreamt
        ("旮 ⿰日目\n目 ⿴囗二", "⿰日⿴囗二", True),  # and less far
        ("旮 ⿰木語", "⿰木⿰言⿱五口", True),  # with a spelling of those learnt from
        ("旮 ⿰日月\n目 ⿴囗二", "⿰日目", False),
        ("旮 ⿱日目", "⿰日目", False),
    ],
)
def test_a_table_s_characters_are_known_however_they_are_spelled(line, dream, known):
    learnt = Dreams.learn(FEW, table=table.of_text(line).descriptions)
    assert learnt.is_known(parse(dream)) is known
    assert learnt.is_known(parse("⿰日月")) and not Dreams.learn(FEW).is_known(parse(dream))  # the control


def test_a_table_s_characters_are_known_too(few):
    assert not few.is_known(parse("⿰日木"))
    assert Dreams.learn(FEW, [parse("⿰日木")]).is_known(parse("⿰日木"))


def test_the_same_seed_dreams_the_same(few):
    first, again, other = (few.sample(6, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first == again and first != other


def test_nothing_to_dream_of():
    with pytest.raises(DreamError, match="no description has two parts with names"):
        Dreams.learn([Description("一"), parse("⿻㇐㇑"), parse("⿰木？")])


def test_dreams_of_all_kanji(real_kanji):
    told = [one.description for one in derivation.descriptions(real_kanji.index, real_kanji)]
    dreams = Dreams.learn(told)
    made = dreams.sample(300, np.random.default_rng(0))
    names = {leaf.name for one in dreams.frames for leaf, _ in leaves(one)}
    assert {leaf.name for one in made for leaf, _ in leaves(one)} <= names
    assert not any(same(dream, one) for dream in made[:50] for one in told)
    # the control: every character is known itself, by its parts and by theirs
    for one in told[::10]:
        if one.operator:
            assert dreams.is_known(one) and dreams.is_known(parse(text(one, 1)))
