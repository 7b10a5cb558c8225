"""Lengths (CSS Values 4; SVG 2, 8.9) -> user units: units, and percentages of the viewport.

`get` is how an attribute or a geometry property is read: its text, or None where it is absent.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.parse.svg.paths import NUMBER, UNITS, PathError

Get = Callable[[str], str | None]

ABSOLUTE = UNITS | {"q": 96 / 101.6}  # pixels a unit, in lower case: units have no case
ALONG_X = frozenset(("x", "cx", "rx", "x1", "x2", "width"))
ALONG_Y = frozenset(("y", "cy", "ry", "y1", "y2", "height"))
ALONG_BOTH = frozenset(("r",))

_LENGTH = re.compile(rf"\s*+({NUMBER})\s*+([a-zA-Z%]*+)\s*+")


@dataclass(frozen=True)
class Viewport:
    """The size in user units that percentages are of."""

    width: float
    height: float

    def side(self, name: str) -> float:
        """What 100 % of the attribute is: the width, the height, or for r the diagonal over the root of 2."""
        if name in ALONG_X:
            return self.width
        return self.height if name in ALONG_Y else math.hypot(self.width, self.height) / math.sqrt(2)


def length(get: Get, name: str, default: float | None = None) -> float:
    """An attribute in user units. Raises PathError: absent without a default, not a length, or a relative one."""
    text = get(name)
    if text is None:
        if default is None:
            raise PathError(f"{name} is missing")
        return default
    match = _LENGTH.fullmatch(text)
    if match is None or match[2].lower() not in ABSOLUTE:
        units = ", ".join(filter(None, UNITS))
        raise PathError(f"{name}={text[:40]!r} is not a length; write a number, or one in {units}")
    return float(match[1]) * ABSOLUTE[match[2].lower()]


def size(get: Get, name: str, default: float = 0.0) -> float:
    """The same of a width, height or radius. Raises PathError if it is negative, too."""
    value = length(get, name, default)
    if value < 0:
        raise PathError(f"{name}={get(name)!r} is negative")
    return value


def in_viewport(get: Get, viewport: Viewport) -> Get:
    """`get` with percentages of the viewport made numbers; what has none keeps its text."""

    def resolved(name: str) -> str | None:
        text = get(name)
        if text is None or "%" not in text or name not in ALONG_X | ALONG_Y | ALONG_BOTH:
            return text
        match = _LENGTH.fullmatch(text)
        if match is None or match[2] != "%":
            return text
        return repr(float(match[1]) / 100 * viewport.side(name))

    return resolved
