"""Which code point each drawing of a set gets in a font: that of its character, else one for private use.

The same set gives the same map. A second drawing of a character, as a variant is, gets one for private use too.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pandas as pd

PRIVATE = (range(0xE000, 0xF900), range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))  # Unicode 23.5, in order
LAST = 0x10FFFF


class CodePointError(ValueError):
    """More drawings than a font has code points for."""


def code_points(index: pd.DataFrame, last: int = LAST) -> list[int]:
    """One for each row of a set's index, all different and at most `last`. Raises CodePointError."""
    names = index["character"] if "character" in index else [""] * len(index)
    own = [ord(name) if isinstance(name, str) and len(name) == 1 and ord(name) <= last else None for name in names]
    first = {code: row for row, code in reversed(list(enumerate(own))) if code is not None}
    private = _private(set(first), last)
    try:
        return [code if code is not None and first[code] == row else next(private) for row, code in enumerate(own)]
    except StopIteration:
        raise CodePointError(
            f"{len(index):,} drawings are more than this format has code points for private use; export fewer"
        ) from None


def table(index: pd.DataFrame, codes: list[int]) -> pd.DataFrame:
    """A row each: code_point as U+XXXX, id, and as far as known character, description and reading."""
    known = [name for name in ("id", "character", "description", "reading") if name in index]
    named = index[known].fillna("").astype(str)
    named.insert(0, "code_point", [f"U+{code:04X}" for code in codes])
    return named


def write(index: pd.DataFrame, codes: list[int], path: Path) -> None:
    """`table` as CSV."""
    table(index, codes).to_csv(path, index=False, lineterminator="\n", errors="backslashreplace")


def _private(taken: set[int], last: int) -> Iterator[int]:
    return (code for code in chain(*PRIVATE) if code <= last and code not in taken)
