"""Descriptions read in English, by Unicode's names of the radicals."""

import pytest

from pipeline.describe.description import Description, parse
from pipeline.describe.reading import english, radicals

SPELLINGS = {"明": parse("⿰日月"), "環": parse("⿰環王")}


@pytest.mark.parametrize(
    ("spelling", "words"),
    [
        ("⿰木食", "tree beside eat"),
        ("⿱草鬼", "草 over ghost"),  # no radical, and nobody tells how it is spelled
        ("⿱艹鬼", "grass over ghost"),  # a form of a radical
        ("⿰氵⿱日月", "water beside (sun over moon)"),
        ("⿲彳土亍", "step beside earth beside 亍"),
        ("⿳亠口子", "lid over mouth over child"),
        ("⿴囗木", "tree in enclosure"),
        ("⿺辶首", "head in walk"),
        ("⿻木日", "tree across sun"),
        ("⿰明木", "(sun beside moon) beside tree"),  # spelled by who knows
        ("⿰木？", "tree beside anything"),
        ("⿰木&CDP-8BBA;", "tree beside &CDP-8BBA;"),
        ("一", "one"),
        ("⿱二廾", "two over two hands"),
        (
            "⿰木⿱？⿱？⿱？⿱？⿱？日",
            "tree beside (anything over (anything over (anything over (anything over (anything over sun)))))",
        ),
    ],
)
def test_reading(spelling, words):
    assert english(parse(spelling), SPELLINGS) == words


def test_a_name_that_spells_itself_comes_to_an_end():
    assert english(Description("環"), SPELLINGS).startswith("((環 beside jade)")


def test_all_radicals_have_words():
    assert len({chr(code) for code in range(0x2F00, 0x2FD6)} & set(radicals())) == 214
    assert all(meaning == meaning.lower() and meaning.strip() for meaning in radicals().values())
    assert "吾" not in radicals() and "" not in radicals()
