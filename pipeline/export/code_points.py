"""Which code point each drawing of a set gets in a font, of outlines or of single lines, and the list of them.

A drawing of a character has its code point. All others (dreams, icons, KanjiVG's variants) get code points of the
private use areas, U+E000 and on, in the order of their ids: the same drawings always give the same map.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pandas as pd

PRIVATE = (range(0xE000, 0xF900), range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))  # Unicode 23.5, in order
UNSEEN = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")  # categories of controls, surrogates and spaces
LAST = 0x10FFFF
TOLD = ("character", "description", "reading")


class CodePointError(ValueError):
    """Drawings that cannot be told apart by code points."""


def code_points(index: pd.DataFrame, last: int = LAST) -> list[int]:
    """One for each row of a set's index, all different and at most `last`.
    Raises CodePointError: two drawings of one character, or more than there are code points for private use."""
    codes = [_own(row, last) for _, row in index.iterrows()]
    ids = index["id"].tolist()
    taken: dict[int, object] = {}
    for code, one in zip(codes, ids, strict=True):
        if code is not None and code in taken:
            raise CodePointError(
                f"{taken[code]} and {one} are both U+{code:04X} {chr(code)}; a font has one of it: take one out"
            )
        if code is not None:
            taken[code] = one
    places = sorted((i for i, code in enumerate(codes) if code is None), key=lambda i: order(ids[i]))
    free = (code for code in chain(*PRIVATE) if code <= last and code not in taken)
    private = dict(zip(places, free, strict=False))
    if len(private) < len(places):
        raise CodePointError(
            f"{len(index):,} drawings are more than this format has code points for private use; export fewer"
        )
    return [private[i] if code is None else code for i, code in enumerate(codes)]


def table(index: pd.DataFrame, codes: Sequence[int]) -> pd.DataFrame:
    """Which is which: code_point as U+XXXX, the text to copy, id, character, description, reading, "" if unknown."""
    values = {"code_point": [f"U+{code:04X}" for code in codes], "text": [chr(code) for code in codes]}
    known = {name: index[name].fillna("").astype(str).tolist() for name in ("id", *TOLD) if name in index}
    return pd.DataFrame(values | {"id": ""} | dict.fromkeys(TOLD, "") | known)


def write(listed: pd.DataFrame, path: Path) -> None:
    """A table as CSV."""
    listed.to_csv(path, index=False, lineterminator="\n", errors="backslashreplace")


def order(identity: object) -> tuple[tuple[int, int | str], ...]:
    """The key by which 2 is before 10."""
    parts = re.split(r"([0-9]+)", str(identity))
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts)


def _own(row: pd.Series, last: int) -> int | None:
    """That of its character, unless it is a variant's, could not be seen, or is beyond what the format holds."""
    code = int(row.get("code_point", -1))
    seen = 0 < code <= last and unicodedata.category(chr(code)) not in UNSEEN
    return code if seen and not row.get("variant") else None
