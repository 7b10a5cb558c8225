"""The cascade (CSS Cascade 5) -> what each element's properties are: style sheets, style attributes, presentation
attributes, inheritance.

In order of weight: presentation attributes, the rules of <style> by specificity and order, the attribute style; then
what is !important of the rules and of the attribute. Rules match an element where it stands, also when <use> draws it
elsewhere.
"""

from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from pipeline.parse.svg import declarations
from pipeline.parse.svg.declarations import Value
from pipeline.parse.svg.properties import NOT_APPLIED, PROPERTIES
from pipeline.parse.svg.sheets import Note, Sheets
from pipeline.parse.svg.tokens import Tokens, keyword

Values = dict[str, Value]


@dataclass(frozen=True)
class Style:
    """The computed values of an element, those that are initial left out; custom are its custom properties."""

    values: Values = field(default_factory=dict)
    custom: dict[str, Tokens] = field(default_factory=dict)

    def tokens(self, name: str) -> Tokens:
        value = self.values.get(name)
        return () if value is None else value.tokens

    def word(self, name: str) -> str:
        """The value if it is one word, "" where it is initial or another."""
        return keyword(self.tokens(name))

    @cached_property
    def inherited(self) -> "Style":
        """What an element in it has that says nothing itself; one object for all of them."""
        return Style({name: value for name, value in self.values.items() if PROPERTIES[name].inherited}, self.custom)

    def without(self, *names: str) -> "Style":
        """The same with these properties initial."""
        return Style({name: value for name, value in self.values.items() if name not in names}, self.custom)


class Cascade:
    """The style sheets of one document. Raises SvgError: too large."""

    def __init__(self, root: etree._Element, note: Note) -> None:
        self._note = note
        self._sheets = Sheets(root, note)

    def style(self, element: etree._Element, parent: Style) -> Style:
        """The element's computed values, given those of what it inherits from."""
        declared = self._declared(element)
        if not declared:
            return parent.inherited
        custom = parent.custom | {
            name: value.tokens for name, value in declared.items() if name.startswith("--") and value.tokens
        }
        values = dict(parent.inherited.values)
        for name, value in declared.items():
            if not name.startswith("--"):
                self._compute(name, value, values, parent, custom)
        return Style(values, custom)

    def _compute(self, name: str, value: Value, values: Values, parent: Style, custom: dict[str, Tokens]) -> None:
        if any(map(declarations.has_var, value.tokens)):
            tokens = declarations.substituted(value.tokens, custom)
            value = Value(tokens or (), value.attribute, declarations.text_of(name, tokens or ()))
            if not tokens or not (declarations.is_wide(tokens) or PROPERTIES[name].valid(tokens)):
                self._note(f"{name}: a var() in it gives no value of it")
                return  # as unset
        word = keyword(value.tokens)
        if word not in declarations.WIDE:
            values[name] = value
        elif word == "inherit" and name in parent.values:
            values[name] = parent.values[name]
        elif word in ("inherit", "initial") or not PROPERTIES[name].inherited:
            values.pop(name, None)

    def _declared(self, element: etree._Element) -> Values:
        """The winning declaration of each property."""
        declared: Values = {}
        for name, text in element.items():
            if name in declarations.ATTRIBUTES:
                if (value := declarations.attribute(name, text)) is not None:
                    declared[name] = value
                elif text.strip():
                    self._note(f"{name}={text[:40]!r} is no value of it and is ignored")
            elif name in NOT_APPLIED and text.strip() not in ("", "none"):
                self._note(f"{name} is not applied")
        rules = self._sheets.rules(element)
        inline, notes = declarations.inline(element.get("style", ""))
        for text in notes:
            self._note(text)
        for important in (False, True):
            for one in (*rules, *inline):
                if one.important == important:
                    declared[one.name] = one.value
        return declared
