"""Text of CSS -> declarations of the properties that matter, and notes on what is not applied.

Invalid ones are dropped here, before anything is weighed. A value with var() in it counts as valid until custom
properties are put in.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2

from pipeline.parse.svg.properties import GEOMETRY, NOT_APPLIED, PROPERTIES
from pipeline.parse.svg.tokens import Token, Tokens, keyword, path_data, significant

MAX_TOKENS = 1_000  # of a value with var() in it
WIDE = frozenset(("inherit", "initial", "unset", "revert", "revert-layer"))
SHORT = 1_000  # characters of a text that is kept parsed

ATTRIBUTES = frozenset(name for name, one in PROPERTIES.items() if one.attribute)


@dataclass(frozen=True)
class Value:
    """Of a property. attribute: written as a presentation attribute, whose numbers need no units; text is it then."""

    tokens: Tokens
    attribute: bool = False
    text: str = ""


@dataclass(frozen=True)
class Declaration:
    name: str  # in lower case, of PROPERTIES, or a custom property's with its case
    value: Value
    important: bool = False


def inline(text: str) -> tuple[tuple[Declaration, ...], tuple[str, ...]]:
    if not text:
        return (), ()
    return _kept(text) if len(text) <= SHORT else _parsed_text(text)


def _parsed_text(text: str) -> tuple[tuple[Declaration, ...], tuple[str, ...]]:
    return parsed(tinycss2.parse_component_value_list(text))


_kept = lru_cache(1024)(_parsed_text)


def parsed(content: Tokens) -> tuple[tuple[Declaration, ...], tuple[str, ...]]:
    """The valid declarations that matter, and notes on what is not applied."""
    found: list[Declaration] = []
    notes: list[str] = []
    for one in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if one.type == "declaration":
            found += _declaration(one, notes)
        elif one.type == "qualified-rule":
            notes.append("a rule inside a rule is not applied")
        elif one.type == "at-rule":
            notes.append(f"@{one.at_keyword[:40]} inside a rule is not applied")
    return tuple(found), tuple(notes)


def _declaration(one: Any, notes: list[str]) -> list[Declaration]:
    tokens = significant(one.value)
    if one.name.startswith("--"):
        return [Declaration(one.name, Value(tokens), one.important)]
    name = one.lower_name
    if name == "all" and is_wide(tokens):
        return [Declaration(each, Value(tokens), one.important) for each in PROPERTIES]
    if name in NOT_APPLIED and keyword(tokens) not in WIDE | {"none", "normal", "auto", "visible"}:
        notes.append(f"{name} is not applied")
    if name not in PROPERTIES:
        return []
    if not (is_wide(tokens) or any(map(has_var, tokens)) or PROPERTIES[name].valid(tokens)):
        notes.append(f"{name}: {tinycss2.serialize(one.value).strip()[:40]!r} is no value of it in CSS and is ignored")
        return []
    return [Declaration(name, Value(tokens, text=text_of(name, tokens)), one.important)]


def text_of(name: str, tokens: Tokens) -> str:
    """A geometry property as its attribute would have it."""
    if name not in GEOMETRY:
        return ""
    return path_data(tokens) or tinycss2.serialize(tokens)


def attribute(name: str, text: str) -> Value | None:
    return _kept_attribute(name, text) if len(text) <= SHORT else _parsed_attribute(name, text)


def _parsed_attribute(name: str, text: str) -> Value | None:
    """None where it is invalid. The grammar of the attribute transform is SVG's own, and read where it is used."""
    if name == "transform":
        return Value((), True, text)
    tokens = significant(tinycss2.parse_component_value_list(text))
    valid = PROPERTIES[name].valid
    if name == "transform-origin":
        tokens = tuple(_with_unit(token) for token in tokens)
    if is_wide(tokens) or any(map(has_var, tokens)) or valid(tokens):
        return Value(tokens, True)
    return None


_kept_attribute = lru_cache(4096)(_parsed_attribute)


def _with_unit(token: Token) -> Token:
    """A number in an attribute is a length in px."""
    if token.type != "number":
        return token
    return tinycss2.ast.DimensionToken(0, 0, token.value, token.int_value, token.representation, "px")


def is_wide(tokens: Tokens) -> bool:
    return keyword(tokens) in WIDE


# ---- custom properties ----


def has_var(token: Token) -> bool:
    """Whether var() is in a token, or in the arguments of its functions, one deep."""
    if token.type != "function":
        return False
    return token.lower_name == "var" or any(map(_is_var, token.arguments))


def _is_var(token: Token) -> bool:
    return token.type == "function" and token.lower_name == "var"


def substituted(tokens: Tokens, custom: dict[str, Tokens], depth: int = 8) -> Tokens | None:
    """With var(--name, fallback) replaced; None where one has no value, or where they never end."""
    result: list[Token] = []
    for token in tokens:
        if _is_var(token):
            more = _variable(token, custom, depth)
            if more is None:
                return None
            result += more
        elif has_var(token):
            inner = substituted(token.arguments, custom, depth - 1) if depth else None
            if inner is None:
                return None
            result.append(tinycss2.ast.FunctionBlock(0, 0, token.name, list(inner)))
        else:
            result.append(token)
        if len(result) > MAX_TOKENS:
            return None
    return result


def _variable(token: Token, custom: dict[str, Tokens], depth: int) -> Tokens | None:
    arguments = significant(token.arguments)
    if not depth or not arguments or arguments[0].type != "ident":
        return None
    found = custom.get(arguments[0].value)
    if found is None:
        found = arguments[2:] if len(arguments) > 2 else None
    return None if found is None else substituted(found, custom, depth - 1)
