"""Types of strokes: the characters of Unicode's block of CJK strokes, as KanjiVG's kvg:type begins with."""

UNICODE_STROKES = range(0x31C0, 0x31E6)
# Ideographs that are a stroke, by Unicode's EquivalentUnifiedIdeograph.txt; of ㇒ and ㇓, ㇏ and ㇝ the usual one
SAME = dict(zip("一丨丿丶乀乙乚乛亅𠃊𠃋𠃌𠃍𠃎𠃑𠄌𠄎𡿨", "㇐㇑㇒㇔㇏㇠㇟㇖㇚㇗㇜㇆㇕㇘㇞㇙㇡㇛", strict=True))


def types(text: str) -> tuple[str, ...]:
    """The types that a kvg:type allows, the usual one first, without the letters after it: "㇔a/㇏" is ㇔ or ㇏."""
    names = (SAME.get(part[:1], part[:1]) for part in text.split("/"))
    return tuple(name for name in names if name and ord(name) in UNICODE_STROKES)


def usual(text: str) -> str:
    """The usual one, "" where it gives none."""
    return (types(text) or ("",))[0]
