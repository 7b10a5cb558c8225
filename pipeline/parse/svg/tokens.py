"""What the tokens of a CSS value say: words, numbers, lengths, angles, addresses, colours.

Tokens are tinycss2's, without white space and comments; the library drops neither.
"""

import math
from collections.abc import Sequence
from typing import Any

from tinycss2 import color4

from pipeline.parse.svg.lengths import ABSOLUTE

Token = Any  # of tinycss2, which is untyped
Tokens = Sequence[Token]

SYSTEM_COLOURS = frozenset(
    (
        "accentcolor", "accentcolortext", "activetext", "buttonborder", "buttonface", "buttontext", "canvas",
        "canvastext", "field", "fieldtext", "graytext", "highlight", "highlighttext", "linktext", "mark", "marktext",
        "selecteditem", "selecteditemtext", "visitedtext",
    )
)  # fmt: skip
COLOUR_FUNCTIONS = frozenset(("color-mix", "light-dark", "color", "device-cmyk"))  # those taken to be seen
TURNS = {"deg": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0}  # degrees a unit
RELATIVE = frozenset(("em", "rem", "ex", "ch", "vw", "vh", "vmin", "vmax", "lh", "rlh"))  # valid, and not read


def significant(tokens: Tokens) -> tuple[Token, ...]:
    return tuple(token for token in tokens if token.type not in ("whitespace", "comment"))


def keyword(tokens: Tokens) -> str:
    """The value if it is one word, in lower case; "" for any other."""
    return tokens[0].lower_value if len(tokens) == 1 and tokens[0].type == "ident" else ""


def reference(token: Token) -> str | None:
    """The address in url(...); None for any other."""
    if token.type == "url":
        return token.value
    if token.type == "function" and token.lower_name == "url":
        return next((part.value for part in token.arguments if part.type == "string"), None)
    return None


def number(token: Token) -> float | None:
    """Of a number or a percentage, 1 being 100 %."""
    if token.type == "percentage":
        return token.value / 100
    return token.value if token.type == "number" else None


def pixels(token: Token, whole: float, unitless: bool = False) -> float | None:
    """A length in user units, a percentage being of `whole`; a number only where it may lack a unit."""
    if token.type == "percentage":
        return token.value / 100 * whole
    if token.type == "dimension" and token.lower_unit in ABSOLUTE:
        return token.value * ABSOLUTE[token.lower_unit]
    return token.value if token.type == "number" and (unitless or token.value == 0) else None


def degrees(token: Token) -> float | None:
    if token.type == "dimension" and token.lower_unit in TURNS:
        return token.value * TURNS[token.lower_unit]
    return 0.0 if token.type == "number" and token.value == 0 else None


def is_calc(token: Token) -> bool:
    return token.type == "function" and token.lower_name in ("calc", "min", "max", "clamp")


def is_length(token: Token, unitless: bool = False) -> bool:
    relative = token.type == "dimension" and token.lower_unit in RELATIVE
    return relative or pixels(token, 1.0, unitless) is not None


def path_data(tokens: Tokens) -> str | None:
    """Of d: path("...")."""
    if len(tokens) != 1 or tokens[0].type != "function" or tokens[0].lower_name != "path":
        return None
    parts = significant(tokens[0].arguments)
    return parts[0].value if len(parts) == 1 and parts[0].type == "string" else None


def alpha(tokens: Tokens) -> float | None:
    """How opaque a colour is; None for what is no colour. currentColor is taken as 1."""
    if len(tokens) != 1:
        return None
    token = tokens[0]
    if token.type == "function" and token.lower_name in COLOUR_FUNCTIONS:
        return 1.0
    colour = color4.parse_color(token)
    if colour is not None:
        return 1.0 if colour == "currentcolor" else float(colour.alpha)
    return 1.0 if keyword(tokens) in SYSTEM_COLOURS else None
