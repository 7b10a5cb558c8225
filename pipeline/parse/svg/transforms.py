"""Transforms -> (3, 3) matrices: the attribute's grammar (SVG 2, 8.5) and CSS's (CSS Transforms 1, and translate,
rotate and scale of 2), about an origin. None is the identity: coordinates without a transform keep their digits.

In CSS a length or angle needs its unit and arguments their commas; what lacks them is invalid, that is ignored.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from svgpathtools.parser import parse_transform

from pipeline.parse.svg.paths import NUMBER
from pipeline.parse.svg.tokens import RELATIVE, Token, Tokens, degrees, is_calc, keyword, number, pixels, significant
from pipeline.parse.svg.untrusted import SvgError
from pipeline.parse.svg.viewports import Box, shift, times


class InvalidError(ValueError):
    """A value that CSS says to ignore."""


def attribute(text: str) -> NDArray | None:
    """Of the attribute transform. Raises ValueError."""
    if not text.strip():
        return None
    with np.errstate(all="ignore"):  # what is not finite is refused with its place
        # svgpathtools wants its numbers apart, "1-2" is two as well
        return parse_transform(re.sub(NUMBER, r" \g<0> ", text), strict=True)


def css(tokens: Tokens, box: Box) -> NDArray | None:
    """Of the property transform; percentages are of the box. Raises InvalidError; SvgError: what is not read."""
    if keyword(tokens) == "none":
        return None
    if not tokens:
        raise InvalidError
    matrix = None
    for token in tokens:
        if token.type != "function":
            raise InvalidError
        matrix = times(matrix, _function(token.lower_name, _arguments(token), box))
    return matrix


def about(origin: tuple[float, float], matrix: NDArray | None) -> NDArray | None:
    """The transform about a point."""
    if matrix is None or origin == (0.0, 0.0):
        return matrix
    return times(shift(*origin), times(matrix, shift(-origin[0], -origin[1])))


# ---- functions ----


def _plane(a: float, b: float, c: float, d: float, e: float, f: float) -> NDArray:
    return np.array([[a, c, e], [b, d, f], [0.0, 0.0, 1.0]])


def _rotate(angle: float) -> NDArray:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return _plane(cos, sin, -sin, cos, 0, 0)


def _skew(x: float, y: float = 0.0) -> NDArray:
    return _plane(1, math.tan(math.radians(y)), math.tan(math.radians(x)), 1, 0, 0)


def _scale(x: float, y: float | None = None) -> NDArray:
    return _plane(x, 0, 0, x if y is None else y, 0, 0)


def _translate(x: float, y: float = 0.0) -> NDArray:
    return _plane(1, 0, 0, 1, x, y)


@dataclass(frozen=True)
class Function:
    """kinds  of the arguments: x, y, z a length along that axis, n a number, s a number or percentage, a an angle
    least  how many there must be
    """

    kinds: str
    least: int
    build: Callable[..., NDArray]


FUNCTIONS = {
    "matrix": Function("nnnnnn", 6, _plane),
    "translate": Function("xy", 1, _translate),
    "translatex": Function("x", 1, _translate),
    "translatey": Function("y", 1, lambda y: _translate(0.0, y)),
    "translatez": Function("z", 1, lambda z: np.eye(3)),  # seen from the front depth is nothing
    "translate3d": Function("xyz", 3, lambda x, y, z: _translate(x, y)),
    "scale": Function("ss", 1, _scale),
    "scalex": Function("s", 1, lambda x: _scale(x, 1.0)),
    "scaley": Function("s", 1, lambda y: _scale(1.0, y)),
    "scalez": Function("s", 1, lambda z: np.eye(3)),
    "scale3d": Function("sss", 3, lambda x, y, z: _scale(x, y)),
    "rotate": Function("a", 1, _rotate),
    "rotatez": Function("a", 1, _rotate),
    "skew": Function("aa", 1, _skew),
    "skewx": Function("a", 1, _skew),
    "skewy": Function("a", 1, lambda y: _skew(0.0, y)),
}
IN_SPACE = frozenset(("matrix3d", "rotatex", "rotatey", "rotate3d", "perspective"))


def _arguments(function: Token) -> list[Token]:
    parts = significant(function.arguments)
    if any(part.type != "literal" or part.value != "," for part in parts[1::2]) or parts and len(parts) % 2 == 0:
        raise InvalidError
    return list(parts[::2])


def _function(name: str, arguments: Tokens, box: Box) -> NDArray:
    if name in IN_SPACE:
        raise SvgError(f"the transform {name}() leaves the plane and is not read; write a matrix()")
    function = FUNCTIONS.get(name)
    if function is None or not function.least <= len(arguments) <= len(function.kinds):
        raise InvalidError
    with np.errstate(all="ignore"):
        return function.build(*map(lambda token, kind: _value(token, kind, box), arguments, function.kinds))


def _value(token: Token, kind: str, box: Box) -> float:
    if is_calc(token) or token.type == "dimension" and token.lower_unit in RELATIVE:
        raise SvgError("calc() and relative lengths in a transform are not read; write px")
    if kind in "xyz":
        value = pixels(token, {"x": box[2], "y": box[3], "z": 0.0}[kind])
    elif kind == "a":
        value = degrees(token)
    else:
        value = number(token) if kind == "s" or token.type == "number" else None
    if value is None:
        raise InvalidError
    return value


# ---- translate, rotate and scale as properties ----


def translate(tokens: Tokens, box: Box) -> NDArray | None:
    return None if keyword(tokens) == "none" else _listed("xyz", _translate, tokens, box)


def scale(tokens: Tokens, box: Box) -> NDArray | None:
    return None if keyword(tokens) == "none" else _listed("sss", _scale, tokens, box)


def rotate(tokens: Tokens, box: Box) -> NDArray | None:
    if keyword(tokens) == "none":
        return None
    angles = [token for token in tokens if token.type != "ident" or token.lower_value != "z"]
    if len(angles) != 1 or len(tokens) > 2:
        raise SvgError("the property rotate leaves the plane and is not read; write an angle alone")
    return _rotate(_value(angles[0], "a", box))


def _listed(kinds: str, build: Callable[..., NDArray], tokens: Tokens, box: Box) -> NDArray:
    if not 1 <= len(tokens) <= 3:
        raise InvalidError
    return build(*[_value(token, kind, box) for token, kind in zip(tokens, kinds, strict=False)][:2])


# ---- the origin ----

SIDES = {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}


def origin(tokens: Tokens, box: Box, unitless: bool = False) -> tuple[float, float]:
    """The point that transform-origin names in the box. Raises InvalidError, SvgError."""
    if not 1 <= len(tokens) <= 3:
        raise InvalidError
    words = [keyword((token,)) for token in tokens[:2]]
    x, y = tokens[0], tokens[1] if len(tokens) > 1 else None
    if words[0] in ("top", "bottom") or words[1:] in (["left"], ["right"]):
        if len(tokens) > 1 and not all(words):
            raise InvalidError
        x, y = y, x
    return (
        _along(x, ("left", "center", "right"), box[0], box[2], unitless),
        _along(y, ("top", "center", "bottom"), box[1], box[3], unitless),
    )


def _along(token: Token | None, words: tuple[str, ...], start: float, side: float, unitless: bool) -> float:
    if token is None:
        return start + side / 2
    if (word := keyword((token,))) in words:
        return start + SIDES[word] * side
    if is_calc(token) or token.type == "dimension" and token.lower_unit in RELATIVE:
        raise SvgError("calc() and relative lengths in transform-origin are not read; write px")
    value = pixels(token, side, unitless)
    if value is None:
        raise InvalidError
    return start + value


# ---- what is valid ----


def _is(compute: Callable[[Tokens, Box], object]) -> Callable[[Tokens], bool]:
    def valid(tokens: Tokens) -> bool:
        try:
            compute(tokens, (0.0, 0.0, 1.0, 1.0))
        except InvalidError:
            return False
        except (ValueError, ArithmeticError):  # valid, and refused where it is used
            return True
        return True

    return valid


is_transform, is_origin = _is(css), _is(origin)
is_translate, is_rotate, is_scale = _is(translate), _is(rotate), _is(scale)
