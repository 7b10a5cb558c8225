"""The CSS properties that decide whether and where something is drawn: which are inherited, and which values are valid.

A value is its tokens (tinycss2's), without white space and comments. Invalid ones are as if never written (CSS Cascade
5, 4.1), so that an earlier valid one holds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.parse.svg.tokens import (
    Tokens,
    alpha,
    is_calc,
    is_length,
    keyword,
    number,
    path_data,
    reference,
)
from pipeline.parse.svg.transforms import is_origin, is_rotate, is_scale, is_transform, is_translate

BOXES = frozenset(("view-box", "fill-box", "stroke-box", "content-box", "border-box"))


@dataclass(frozen=True)
class Property:
    valid: Callable[[Tokens], bool]
    inherited: bool = False
    attribute: bool = True  # whether it is a presentation attribute, too


# ---- what is valid ----


def one_of(*words: str) -> Callable[[Tokens], bool]:
    return lambda tokens: keyword(tokens) in words


def any_words(tokens: Tokens) -> bool:
    return bool(tokens) and all(token.type == "ident" for token in tokens)


def anything(tokens: Tokens) -> bool:
    return bool(tokens)


def is_opacity(tokens: Tokens) -> bool:
    return len(tokens) == 1 and (number(tokens[0]) is not None or is_calc(tokens[0]))


def is_colour(tokens: Tokens) -> bool:
    return alpha(tokens) is not None


def is_paint(tokens: Tokens) -> bool:
    """none, a colour, url(...) with one of them behind it, or the paint of what refers to it."""
    if keyword(tokens) in ("none", "context-fill", "context-stroke"):
        return True
    if tokens and reference(tokens[0]) is not None:
        return len(tokens) == 1 or is_paint(tokens[1:])
    return is_colour(tokens)


def is_width(tokens: Tokens) -> bool:
    if len(tokens) != 1:
        return False
    token = tokens[0]
    return is_calc(token) or is_length(token, unitless=True) and token.value >= 0


def is_place(tokens: Tokens) -> bool:
    return len(tokens) == 1 and (is_length(tokens[0]) or is_calc(tokens[0]))


def is_size(tokens: Tokens) -> bool:
    return keyword(tokens) == "auto" or is_place(tokens) and (is_calc(tokens[0]) or tokens[0].value >= 0)


def is_path(tokens: Tokens) -> bool:
    return keyword(tokens) == "none" or path_data(tokens) is not None


PROPERTIES: dict[str, Property] = {
    "display": Property(any_words),
    "visibility": Property(one_of("visible", "hidden", "collapse"), inherited=True),
    "opacity": Property(is_opacity),
    "color": Property(is_colour, inherited=True),
    "stroke": Property(is_paint, inherited=True),
    "stroke-opacity": Property(is_opacity, inherited=True),
    "stroke-width": Property(is_width, inherited=True),
    "fill": Property(is_paint, inherited=True),
    "fill-opacity": Property(is_opacity, inherited=True),
    "stop-color": Property(is_colour),
    "stop-opacity": Property(is_opacity),
    "overflow": Property(any_words),
    "clip-path": Property(anything),
    "mask": Property(anything),
    "filter": Property(anything),
    "transform": Property(is_transform),
    "transform-origin": Property(is_origin),
    "transform-box": Property(lambda tokens: keyword(tokens) in BOXES),
    "translate": Property(is_translate, attribute=False),
    "rotate": Property(is_rotate, attribute=False),
    "scale": Property(is_scale, attribute=False),
    "x": Property(is_place, attribute=False),  # the attributes are read as such: their grammar is another
    "y": Property(is_place, attribute=False),
    "cx": Property(is_place, attribute=False),
    "cy": Property(is_place, attribute=False),
    "r": Property(is_size, attribute=False),
    "rx": Property(is_size, attribute=False),
    "ry": Property(is_size, attribute=False),
    "width": Property(is_size, attribute=False),
    "height": Property(is_size, attribute=False),
    "d": Property(is_path, attribute=False),
}
GEOMETRY = frozenset(("x", "y", "cx", "cy", "r", "rx", "ry", "width", "height", "d"))
# they move, hide or add ink, and are not applied
NOT_APPLIED = frozenset(
    (
        "animation", "animation-name", "offset", "offset-path", "offset-distance", "zoom", "content-visibility",
        "marker", "marker-start", "marker-mid", "marker-end", "perspective", "mask-image", "-webkit-mask",
        "-webkit-mask-image",
    )
)  # fmt: skip
