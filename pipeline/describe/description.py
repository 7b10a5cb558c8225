"""Ideographic descriptions: how a character is put together from parts, in text and as a tree.

The grammar is that of ideographic description sequences in Unicode 12.2. An operator stands before its operands:
⿰木食 is 木 left of 食, ⿱ above, ⿴⿵⿶⿷⿸⿹⿺ round the second from all sides, from above, below, the left, the
upper left, the upper right, the lower left, ⿻ over one another; ⿲ and ⿳ take three. A leaf is any other character,
&NAME; a part whose name has several (as CHISE writes those without a code point), ？ a part that has no name and may
be anything. Leaves and descriptions side by side without an operator are read as standing so: 木食 is ⿰木食.

Inside, ⿻ has two or more parts in the order of writing; in text it is nested: ⿻a⿻bc.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.describe import strokes
from pipeline.describe.components import SAME

BESIDE, BESIDE_3, BELOW, BELOW_3, OVER = "⿰", "⿲", "⿱", "⿳", "⿻"
ROUND = "⿴⿵⿶⿷⿸⿹⿺"
ARITY = {**dict.fromkeys(BESIDE + BELOW + ROUND + OVER, 2), BESIDE_3: 3, BELOW_3: 3}
NEWER = "⿼⿽⿾⿿㇯"  # operators of Unicode 15.1
UNNAMED = "？"
MOST_DEPTH, MOST_PARTS = 12, 64  # operators above a leaf, and leaves, that are read
EMPTY_PLACES = "?" + UNNAMED
_ROW = {BESIDE_3: BESIDE, BELOW_3: BELOW}  # operators that say the same of more parts
# variation selectors
_DROPPED = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810)])
SHOWN = 12  # characters of what was read that an error repeats


class DescriptionError(ValueError):
    """A text that is no description: where it stops being one, and what was expected there."""


@dataclass(frozen=True)
class Description:
    """name: one character, or an entity's name such as CDP-8BBA, "" for a part without a name; operator and parts: how
    it is spelled, "" and () where it is not. A part may have a name, a spelling, both, or neither."""

    name: str = ""
    operator: str = ""
    parts: tuple["Description", ...] = ()


def canonical(name: str) -> str:
    """The usual one of several forms of a component: 艹 for ⺾, 木 for the radical ⽊, the stroke ㇒ for 丿."""
    if len(name) == 1 and 0x2F00 <= ord(name) <= 0x2FD5:
        name = unicodedata.normalize("NFKC", name)
    return strokes.SAME.get(name) or SAME.get(name, name)


def plain(text: str) -> str:
    """A text without variation selectors, in Unicode's NFC."""
    return unicodedata.normalize("NFC", text.translate(_DROPPED))


@lru_cache(maxsize=2**14)  # a net's spellings are read again for each character that they are part of
def parse(text: str) -> Description:
    """A description from its text; spaces count for nothing. Raises DescriptionError, one line."""
    return _Reader(plain(text)).all()


class _Reader:
    """Reads one text from left to right; `at` is the next character's place."""

    def __init__(self, text: str):
        self.text, self.at = text, 0
        self.leaves = self.operators = 0

    def all(self) -> Description:
        found = []
        while self._next():
            found.append(self._one(0))
        if not found:
            raise DescriptionError("the description is empty; expected a character, or an operator and its parts")
        read = _side_by_side(found)
        if len(found) > 1 and max(len(path) for _, path in leaves(read)) > MOST_DEPTH:
            raise self._error(f"{len(found)} side by side, nested deeper than {MOST_DEPTH} operators; expected fewer")
        return read

    def _next(self) -> str:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def _one(self, depth: int) -> Description:
        """depth: operators above it; ⿻ directly in ⿻ counts once."""
        sign = self._next()
        if sign in NEWER and sign:
            raise self._error(f"{sign} is an operator of Unicode 15.1 that is not read; use one of {''.join(ARITY)}")
        if sign not in ARITY:
            return self._leaf(sign)
        if depth >= MOST_DEPTH:
            raise self._error(f"nested deeper than {MOST_DEPTH} operators; expected a character")
        return self._spelled(sign, depth)

    def _spelled(self, sign: str, depth: int) -> Description:
        self._count(operators=1)
        start, self.at = self.at, self.at + 1
        parts: list[Description] = []
        for nth in range(ARITY[sign]):
            if not self._next():
                raise self._error(f"ends after {nth} of the {ARITY[sign]} parts that {sign} at {start + 1} needs")
            flat = sign == OVER and self._next() == OVER
            part = self._one(depth if flat else depth + 1)
            parts += part.parts if flat else [part]
        return Description("", sign, tuple(parts))

    def _leaf(self, sign: str) -> Description:
        self._count(leaves=1)
        if sign == "&":
            return self._entity()
        if unicodedata.category(sign)[0] == "C" and unicodedata.category(sign) not in ("Co", "Cn"):
            raise self._error(f"U+{ord(sign):04X} is no character that can be written; expected one, or an operator")
        self.at += 1
        return Description("" if sign in EMPTY_PLACES else sign)

    def _entity(self) -> Description:
        stop = self.text.find(";", self.at)
        name = self.text[self.at + 1 : max(stop, self.at)]
        if not name or any(c.isspace() or c == "&" for c in name) or name in (*ARITY, *NEWER, *EMPTY_PLACES):
            raise self._error("expected a name and ; after &, as in &CDP-8BBA;")
        self.at = stop + 1
        return Description(name)

    def _count(self, leaves: int = 0, operators: int = 0) -> None:
        self.leaves += leaves
        self.operators += operators
        if self.leaves > MOST_PARTS or self.operators >= MOST_PARTS:
            raise self._error(f"longer than {MOST_PARTS} parts; expected the end")

    def _error(self, what: str) -> DescriptionError:
        read = self.text[: self.at]
        told = f"after {'…' * (len(read) > SHOWN)}{read[-SHOWN:]}" if read else "at its beginning"
        return DescriptionError(f"description, character {self.at + 1}, {told}: {what}")


def _side_by_side(parts: list[Description]) -> Description:
    if len(parts) == 1:
        return parts[0]
    if len(parts) <= 3:
        return Description("", BESIDE if len(parts) == 2 else BESIDE_3, tuple(parts))
    return Description("", BESIDE, (parts[0], _side_by_side(parts[1:])))


def text(description: Description, depth: int | None = None) -> str:
    """Its spelling to a depth: None as deep as it goes, 0 the name alone, where it has one."""
    if not description.operator or (depth is not None and depth <= 0 and description.name):
        return _named(description.name)
    below = None if depth is None else depth - 1
    spelled = [text(part, below) for part in description.parts]
    arity = ARITY[description.operator]
    return (
        description.operator
        + description.operator.join(spelled[: len(spelled) - arity + 1])
        + "".join(spelled[len(spelled) - arity + 1 :])
    )


def _named(name: str) -> str:
    return UNNAMED if not name else name if len(name) == 1 else f"&{name};"


def same(a: Description, b: Description) -> bool:
    """Whether two say the same up to spelling: their names are equal, or their spellings are. Forms of one component
    are equal, and so are ⿲abc and ⿰a⿰bc."""
    if a.name and canonical(a.name) == canonical(b.name):
        return True
    if not (a.operator and b.operator):
        return not (a.name or a.operator or b.name or b.operator)
    sign = _sign(a)
    return sign == _sign(b) and _same_row(list(a.parts), list(b.parts), sign)


def _same_row(one: list[Description], other: list[Description], sign: str) -> bool:
    """Parts in one row, some of which may be rows of the same kind themselves."""
    while one and other:
        a, b = one.pop(0), other.pop(0)
        if a.name and canonical(a.name) == canonical(b.name):
            continue
        rows = [_sign(part) == sign for part in (a, b)]
        if rows[0] and rows[1] and bool(a.name) != bool(b.name):
            rows = [not a.name, not b.name]  # a name may stand for itself further on
        if not any(rows) and not same(a, b):
            return False
        if any(rows):
            one[:0] = a.parts if rows[0] else (a,)
            other[:0] = b.parts if rows[1] else (b,)
    return not one and not other


def _sign(description: Description) -> str:
    return _ROW.get(description.operator, description.operator)


Path = tuple[tuple[str, int], ...]  # (operator, slot) from the root


def leaves(description: Description, path: Path = ()) -> list[tuple[Description, Path]]:
    """The parts that are not spelled, in the order of the text, and where each stands."""
    return list(_leaves(description, path))


def _leaves(description: Description, path: Path) -> Iterator[tuple[Description, Path]]:
    if not description.operator:
        yield description, path
    for slot, part in enumerate(description.parts):
        yield from _leaves(part, (*path, (description.operator, slot)))
