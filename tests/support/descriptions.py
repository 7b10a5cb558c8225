"""Texts that are descriptions and texts that are none, for the reader in Python and for its twin on the page."""

from pipeline.describe.description import MOST_DEPTH, MOST_PARTS, Description


def spelled(operator, *parts):
    return Description("", operator, tuple(Description(p) if isinstance(p, str) else p for p in parts))


READ = [
    ("木", Description("木")),  # a leaf
    ("⿰木食", spelled("⿰", "木", "食")),  # two parts
    ("⿳亠口了", spelled("⿳", "亠", "口", "了")),  # three
    ("⿱⿰木木示", spelled("⿱", spelled("⿰", "木", "木"), "示")),  # nested
    ("⿻a⿻bc", spelled("⿻", "a", "b", "c")),  # overlaid: one level, in the order of writing
    ("⿻⿻abc", spelled("⿻", "a", "b", "c")),  # also from the other side
    ("⿻a⿰⿻bcd", spelled("⿻", "a", spelled("⿰", spelled("⿻", "b", "c"), "d"))),  # but not through others
    ("⿰氵？", spelled("⿰", "氵", "")),  # a part that may be anything
    ("⿰氵?", spelled("⿰", "氵", "")),  # as most keyboards write it
    ("⿱艹&CDP-8BBA;", spelled("⿱", "艹", "CDP-8BBA")),  # a part without a code point
    ("木食", spelled("⿰", "木", "食")),  # side by side
    ("木⿱日月食", spelled("⿲", "木", spelled("⿱", "日", "月"), "食")),  # three, one of them spelled
    ("木日月食", spelled("⿰", "木", spelled("⿲", "日", "月", "食"))),  # four
    (" ⿰ 木\t食\n", spelled("⿰", "木", "食")),  # spaces
    ("⿰木\ufe00食\U000e0100", spelled("⿰", "木", "食")),  # variation selectors
    ("⿰か\u3099木", spelled("⿰", "が", "木")),  # NFC
    ("⿰\ufa19木", spelled("⿰", "神", "木")),  # NFC: a compatibility ideograph
]

# text, where the error says it is, what it says
DAMAGED = [
    ("", "empty", "expected a character"),
    (" \n", "empty", "expected a character"),
    ("⿰木", "character 3, after ⿰木", "ends after 1 of the 2 parts that ⿰ at 1 needs"),
    ("⿱木⿲日月", "character 6", "ends after 2 of the 3 parts that ⿲ at 3 needs"),
    ("⿿木", "at its beginning", "⿿ is an operator of Unicode 15.1 that is not read; use one of ⿰"),
    ("⿰木⿼日月", "character 3, after ⿰木", "Unicode 15.1"),
    ("⿰木&CDP-8BBA", "character 3", "expected a name and ; after &"),
    ("⿰木&⿱;", "character 3", "expected a name and ; after &"),  # an operator is no name
    ("&？;", "character 1", "expected a name and ; after &"),
    ("⿰木&;", "character 3", "expected a name and ; after &"),
    ("⿰木&a b;", "character 3", "expected a name and ; after &"),
    ("⿰木\x07", "character 3", "U+0007 is no character"),
    ("⿰" * (MOST_DEPTH + 1) + "木" * (MOST_DEPTH + 2), "character 13", "nested deeper than 12"),
    ("木" * (MOST_PARTS + 1), "after …" + "木" * 12, "longer than 64 parts"),
    ("⿻" * 100_000, "character 64", "longer than 64 parts"),  # and no recursion without end
    ("⿰" * 100_000, "character 13", "nested deeper than 12"),
    ("木" * 15, "character 16", "15 side by side, nested deeper than 12"),
]
