"""What a number is, once for path data, points, transforms, lengths and boxes: SVG 2's grammar (9.3.9), with exponents.

    number  [+-]? ([0-9]+ | [0-9]* "." [0-9]+) ([eE] [+-]? [0-9]+)?

A point wants a digit after it: "1." is none, though SVG 1.1 had it so and Python has it still. What is read is handed
on as Python's own shortest text of it, so that no library that reads it again can take it for another number.
"""

import math
import re

# Atomic groups: "12" is one number, never "1" and "2" after backtracking.
NUMBER = r"(?>[+-]?(?>[0-9]*\.[0-9]+|[0-9]+)(?>[eE][+-]?[0-9]+)?)"
SPACE, GAP = r"[ \t\r\n\f]*+", r"(?>[ \t\r\n\f]*,?[ \t\r\n\f]*)"

_NUMBER = re.compile(NUMBER)


class NumberError(ValueError):
    """Text that is no number, or one beyond double precision."""


def number(text: str) -> float:
    """The value of a text that is one number and nothing else, white space aside. Raises NumberError."""
    if _NUMBER.fullmatch(text.strip(" \t\r\n\f")) is None:
        raise NumberError(f"{text[:40]!r} is not a number")
    return _finite(text)


def numbers(text: str) -> list[float]:
    """The numbers in a text whose grammar has been checked. Raises NumberError."""
    return [_finite(token) for token in _NUMBER.findall(text)]


def plain(values: list[float]) -> str:
    """Numbers as text that every reader of SVG takes for the same."""
    return " ".join(map(repr, values))


def _finite(token: str) -> float:
    value = float(token)
    if not math.isfinite(value):
        raise NumberError(f"the number {token[:16]} is too large")
    return value
