"""A description read aloud in English, by Unicode's names of the radicals: ⿰木食 is "tree beside eat".

The names are those of U+2F00 to 2FD5 ("KANGXI RADICAL TREE") and of the supplement at U+2E80 ("CJK RADICAL WATER ONE"),
so no table is needed. A part without such a name is read by its spelling where that is known, else as itself.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from pipeline.describe.components import SAME
from pipeline.describe.description import BELOW, BESIDE, OVER, Description, canonical, text

# WATER of WATER ONE, but ONE, and TWO HANDS
_RADICAL = re.compile(r"(?:KANGXI|CJK) RADICAL (?:(?:[CJ]-)?SIMPLIFIED )?(.+?)(?: (?:ONE|TWO|THREE|FOUR))?")
ROWS = {"⿲": BESIDE, "⿳": BELOW}
BETWEEN = {BESIDE: " beside ", BELOW: " over ", OVER: " across "}
WORDS = (*BETWEEN.values(), " in ")
DEEPEST = 3  # spellings that are looked up one in another


@cache
def radicals() -> dict[str, str]:
    """English by character: of the radicals themselves and of the ideographs that they are."""
    found: dict[str, str] = {}
    for code in [*range(0x2F00, 0x2FD6), *range(0x2E80, 0x2EF4)]:
        match = _RADICAL.fullmatch(unicodedata.name(chr(code), ""))
        if match:
            for form in (chr(code), unicodedata.normalize("NFKC", chr(code)), SAME.get(chr(code), "")):
                found.setdefault(form, match[1].lower())
    found.pop("", None)
    return found


def english(description: Description, spellings: Mapping[str, Description] | None = None) -> str:
    """In words. `spellings` of characters tell how to read those that are no radicals."""
    return _read(description, spellings or {}, DEEPEST)


def _read(description: Description, spellings: Mapping[str, Description], depth: int) -> str:
    known = radicals().get(description.name) or radicals().get(canonical(description.name))
    if known:
        return known
    if not description.operator and depth and (spelled := spellings.get(description.name)):
        description, depth = spelled, depth - 1
    if not description.operator:
        return text(description) if description.name else "anything"
    parts = [_read(part, spellings, depth) for part in description.parts]
    parts = [f"({part})" if any(word in part for word in WORDS) else part for part in parts]
    sign = ROWS.get(description.operator, description.operator)
    return BETWEEN[sign].join(parts) if sign in BETWEEN else f"{parts[1]} in {parts[0]}"
