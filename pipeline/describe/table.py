"""Descriptions by character, from a table that the user has: an IDS table as CHISE and its derivatives write it.

A line is "U+4E00", the character and its description, separated by tabs, with other descriptions behind, each followed
by the sources that it holds for ("⿷匚矢[GJK]"): the first of all counts. Or it is the character and its description,
separated by any space. Lines that begin with # or ; and empty ones count for nothing. A compatibility ideograph, which
Unicode's NFC takes for its usual form, has a description of its own where the table gives it one: see `own`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.describe.description import MOST_DEPTH, Description, DescriptionError, parse, plain

MOST_BYTES = 50_000_000  # CHISE's largest table has a tenth of that
NAMED = 3  # damaged lines that a summary repeats
_SOURCES = re.compile(r"\[[A-Za-z,.+ ]*\]$")
_CODE_POINT = re.compile(r"U[+-]([0-9A-Fa-f]{4,8})")


class TableError(ValueError):
    """A file that is no table of descriptions."""


@dataclass(frozen=True)
class Table:
    """descriptions: of each character that is spelled; damaged: (line, what is wrong) of those passed over."""

    descriptions: dict[str, Description]
    damaged: tuple[tuple[int, str], ...]

    def summary(self) -> str:
        """One line: how many there are, how many are damaged, and the first of these."""
        text = f"{len(self.descriptions)} characters described"
        if not self.damaged:
            return text
        named = "; ".join(f"line {line}: {what}" for line, what in self.damaged[:NAMED])
        return f"{text}, {len(self.damaged)} lines passed over ({named}{'; ...' if len(self.damaged) > NAMED else ''})"


def read(path: Path | str) -> Table:
    """A table from a UTF-8 file. Raises TableError: it cannot be read, is too large, or describes nothing."""
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TableError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB; is it a table of descriptions?")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise TableError(f"{path} is not UTF-8: byte {error.start}") from None
    table = of_text(text)
    if not table.descriptions:
        raise TableError(f"{path} describes no character; expected lines such as U+660E, 明, ⿰日月 with tabs between")
    return table


def of_text(text: str) -> Table:
    """A table from its text; a character that two lines describe keeps the first."""
    found: dict[str, Description] = {}
    damaged: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.startswith(("#", ";")):
            continue
        try:
            character, description = _line(line.strip())
        except DescriptionError as error:
            damaged.append((number, str(error)))
            continue
        if description.operator:
            found.setdefault(character, description)
    return Table(found, tuple(damaged))


def own(character: str, known: Mapping[str, Description]) -> Description | None:
    """What a table has of a compatibility ideograph, which the grammar reads as its usual form."""
    return known.get(character) if character != plain(character) else None


def _line(line: str) -> tuple[str, Description]:
    """The character, and its description: itself where it is not spelled."""
    fields = line.split("\t") if "\t" in line else line.split(maxsplit=1)
    code = _CODE_POINT.fullmatch(fields[0])
    if code:
        fields = fields[1:]
    if len(fields) < 2:
        raise DescriptionError("expected a character and its description")
    given = fields[0].strip()
    character = given if len(given) == 1 else plain(given)
    if len(character) != 1:
        raise DescriptionError(f"expected one character, found {given[:20]!r}")
    if code and chr(min(int(code[1], 16), 0x10FFFF)) != given:
        raise DescriptionError(f"{given[:20]} is not {code[0]}")
    return character, parse(_SOURCES.sub("", fields[1].strip()))


def spelled(description: Description, known: Mapping[str, Description], depth: int = MOST_DEPTH) -> Description:
    """With the spellings that a table knows put in below its names, down to a depth."""
    if not description.operator and depth > 0 and (found := known.get(description.name)):
        description = replace(found, name=description.name)
    parts = tuple(spelled(part, known, depth - 1) for part in description.parts)
    return replace(description, parts=parts)
