"""<style> elements -> the declarations that their rules give each element.

tinycss2 reads the rules and cssselect2 their selectors. Rules in @media apply for all media and for a screen; of what
else a sheet asks (@import, animations, features of a medium, selectors that are not known) there are notes.
"""

from collections.abc import Callable, Iterator
from typing import Any

import cssselect2
import tinycss2
from lxml import etree

from pipeline.parse.svg.declarations import Declaration, parsed
from pipeline.parse.svg.tokens import Tokens, reference, significant
from pipeline.parse.svg.untrusted import SVG, SvgError

MAX_SHEET = 200_000  # characters of all style sheets of a document
MAX_SELECTORS = 2_000
XHTML = "http://www.w3.org/1999/xhtml"
SILENT = frozenset(("font-face", "charset", "namespace", "page", "counter-style", "property", "font-feature-values"))

Note = Callable[[str], None]  # takes what is not applied


class Sheets:
    """The style sheets of one document. Raises SvgError: too large."""

    def __init__(self, root: etree._Element, note: Note) -> None:
        self._note = note
        self._matcher = cssselect2.Matcher()
        self._selectors = 0
        self._namespaces: dict[str | None, str] = {}
        self._found: dict[etree._Element, list[Declaration]] = {}
        sheets = list(_sheets(root, note))
        if sum(map(len, sheets)) > MAX_SHEET:
            raise SvgError(f"its style sheets are longer than {MAX_SHEET:,} characters; simplify them")
        for sheet in sheets:
            self._namespaces = {}
            self._add(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True))
        if self._selectors:
            self._match(root)

    def rules(self, element: etree._Element) -> list[Declaration]:
        """The declarations that apply to the element, the weightiest last."""
        return self._found.get(element, [])

    def _add(self, rules: list[Any]) -> None:
        for rule in rules:
            if rule.type == "at-rule":
                self._at_rule(rule)
            elif rule.type == "qualified-rule":
                self._rule(rule)
            elif rule.type == "error":
                self._note(f"a style sheet has something that is no rule ({rule.message[:60]})")

    def _at_rule(self, rule: Any) -> None:
        name = rule.lower_at_keyword
        if name == "media" and rule.content is not None:
            applies = _medium(rule.prelude)
            if applies:
                self._add(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
            if applies is not None:
                return
        if name == "namespace":
            _name_space(significant(rule.prelude), self._namespaces)
        elif name not in SILENT:
            self._note(f"@{name} {tinycss2.serialize(rule.prelude).strip()}"[:80] + " in a style sheet is not applied")

    def _rule(self, rule: Any) -> None:
        found, notes = parsed(rule.content)
        for text in notes:
            self._note(text)
        if not found:
            return
        try:
            selectors = cssselect2.compile_selector_list(rule.prelude, self._namespaces)
        # it compiles to Python: what nests too deep is none of its own errors
        except (cssselect2.SelectorError, SyntaxError, RecursionError, MemoryError, ValueError, TypeError):
            self._note(f"the selector {tinycss2.serialize(rule.prelude).strip()[:60]!r} is not understood")
            return
        self._selectors += len(selectors)
        if self._selectors > MAX_SELECTORS:
            raise SvgError(f"its style sheets have more than {MAX_SELECTORS:,} selectors; simplify them")
        for selector in selectors:
            if selector.pseudo_element is None:
                self._matcher.add_selector(selector, found)

    def _match(self, root: etree._Element) -> None:
        for wrapped in cssselect2.ElementWrapper.from_xml_root(root).iter_subtree():
            found = self._matcher.match(wrapped)
            if found:
                self._found[wrapped.etree_element] = [one for *_, payload in found for one in payload]


def _sheets(root: etree._Element, note: Note) -> Iterator[str]:
    """The text of each <style> that is CSS for a screen."""
    for element in root.iter("style", f"{{{SVG}}}style", f"{{{XHTML}}}style"):
        kind = element.get("type", "").split(";")[0].strip().lower()
        medium = _medium(tinycss2.parse_component_value_list(element.get("media", "")))
        if kind not in ("", "text/css"):
            note(f"a style sheet of the type {kind[:40]!r} is not applied")
        elif medium is None:
            note(f"a style sheet for media={element.get('media', '')[:40]!r} is not applied")
        elif medium:
            yield "".join(element.itertext())


def _medium(prelude: Tokens) -> bool | None:
    """Whether a list of media queries holds for a screen; None where it asks for more than a medium."""
    tokens = significant(prelude)
    if not tokens:
        return True
    words = [token.lower_value if token.type == "ident" else token.value if token == "," else None for token in tokens]
    if None in words:
        return None
    queries = " ".join(map(str, words)).split(" , ")
    return any(query.removeprefix("only ") in ("all", "screen") or query == "not print" for query in queries)


def _name_space(prelude: Tokens, namespaces: dict[str | None, str]) -> None:
    """@namespace: a prefix, or none, and an address."""
    prefix = prelude[0].value if len(prelude) == 2 and prelude[0].type == "ident" else None
    address = (reference(prelude[-1]) or getattr(prelude[-1], "value", None)) if prelude else None
    if isinstance(address, str):
        namespaces[prefix] = address
