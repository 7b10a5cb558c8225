"""IDS tables as people have them, whole and damaged."""

import pytest

from pipeline.describe import table
from pipeline.describe.description import Description, parse, text
from pipeline.describe.table import TableError


@pytest.mark.parametrize(
    ("line", "character", "expected"),
    [
        ("U+660E\t明\t⿰日月", "明", "⿰日月"),  # CHISE and cjkvi-ids
        ("U+533B\t医\t⿷匚矢[GJK]\t⿷匸矢[T]", "医", "⿷匚矢"),  # several, for several sources: the first
        ("U-00026E40\t\U00026e40\t⿰卤&CDP-8BBA;\t@apparent=⿰日月", "\U00026e40", "⿰卤&CDP-8BBA;"),  # CHISE's plane 2
        ("明 ⿰日月", "明", "⿰日月"),  # plain
        ("明\t⿰日月", "明", "⿰日月"),
        ("\ufa19 ⿰礻申", "\ufa19", "⿰礻申"),  # a compatibility ideograph, which may differ from its usual form
        ("明\ufe00 ⿰日\ufa19", "明", "⿰日神"),  # a part is read as its usual form, a variation selector not at all
        ("U+660E\t明\t⿰日月\r", "明", "⿰日月"),  # written on Windows
    ],
)
def test_lines(line, character, expected):
    read = table.of_text(f"# a comment\n;; another\n\n{line}\n")
    assert read.damaged == ()
    assert {name: text(one) for name, one in read.descriptions.items()} == {character: expected}


@pytest.mark.parametrize(
    ("lines", "character", "expected"),
    [
        ("\ufa19 ⿰示申\n神 ⿰礻申", "\ufa19", "⿰示申"),
        ("\ufa19 ⿰示申", "\ufa19", "⿰示申"),
        ("神 ⿰礻申", "\ufa19", None),
        ("\ufa19 \ufa19\n神 ⿰礻申", "\ufa19", None),  # not spelled
        ("神 ⿰礻申", "神", None),  # no compatibility ideograph
    ],
)
def test_what_is_a_compatibility_ideograph_s_own(lines, character, expected):
    found = table.own(character, table.of_text(lines).descriptions)
    assert (found and text(found)) == expected


def test_a_character_that_is_not_spelled_is_not_described():
    assert table.of_text("U+8A00\t言\t言\nU+4E00\t一\t一") == table.Table({}, ())


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("U+660E\t明", "expected a character and its description"),
        ("明", "expected a character and its description"),
        ("U+660E\t明月\t⿰日月", "expected one character, found '明月'"),
        ("U+660F\t明\t⿰日月", "明 is not U+660F"),
        ("U+FFFFFFFF\t明\t⿰日月", "明 is not U+FFFFFFFF"),
        ("U+660E\t明\t⿰日", "ends after 1 of the 2 parts"),
        ("U+660E\t明\t⿼日月", "Unicode 15.1"),
        ("U+660E\t明\t", "expected a character and its description"),
    ],
)
def test_damaged_lines_are_named_and_passed_over(line, what):
    read = table.of_text(f"U+56FD\t国\t⿴囗玉\n{line}\n")
    assert list(read.descriptions) == ["国"]
    ((number, told),) = read.damaged
    assert number == 2 and what in told
    assert f"1 characters described, 1 lines passed over (line 2: {told})" == read.summary()


def test_a_file(tmp_path):
    path = tmp_path / "ids.txt"
    path.write_bytes("\ufeffU+660E\t明\t⿰日月\n".encode())
    assert table.read(path).descriptions == {"明": parse("⿰日月")}
    assert table.read(path).summary() == "1 characters described"


@pytest.mark.parametrize(
    ("content", "what"),
    [(None, "cannot be read: No such file"), (b"\xff\xfe", "is not UTF-8: byte 0"), (b"", "describes no character")],
)
def test_what_is_no_table(tmp_path, content, what):
    path = tmp_path / "ids.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TableError, match=what):
        table.read(path)


def test_names_are_spelled_by_the_table():
    known = table.of_text("語 ⿰言吾\n吾 ⿱五口\n環 ⿰環王\n").descriptions
    spelled = table.spelled(parse("⿰亻語"), known)
    assert text(spelled) == "⿰亻⿰言⿱五口" and text(spelled, 1) == "⿰亻語"
    assert table.spelled(Description("木"), known) == Description("木")
    assert len(text(table.spelled(Description("環"), known, depth=3))) == 7  # one that names itself comes to an end
