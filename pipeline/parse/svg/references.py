"""What <use>, clip paths and paint refer to: elements of the same document, by their ids. Nothing else is opened."""

import re

from lxml import etree

from pipeline.parse.svg.untrusted import SvgError

XLINK = "{http://www.w3.org/1999/xlink}href"
_PIECE = re.compile(r"url\(#([^()]*[0-9])[a-z]\)")


def ids(root: etree._Element) -> dict[str, etree._Element]:
    """The first element of each id."""
    found: dict[str, etree._Element] = {}
    for element in root.iter(etree.Element):
        if (text := element.get("id")) is not None:
            found.setdefault(text, element)
    return found


def address(element: etree._Element) -> str | None:
    """href, or xlink:href where it is absent."""
    return element.get("href", element.get(XLINK))


def internal(text: str, found: dict[str, etree._Element]) -> etree._Element | None:
    """The element that an address names; None where it is of another document or not there."""
    return found.get(text.strip()[1:]) if text.strip().startswith("#") else None


def used(element: etree._Element, found: dict[str, etree._Element]) -> etree._Element | None:
    """What a <use> draws; None without an address. Raises SvgError: of another document, or not there."""
    text = address(element)
    if text is None or not text.strip():
        return None
    target = internal(text, found)
    if target is None and text.strip().startswith("#"):
        raise SvgError(f"refers to {text.strip()[:60]!r}, which is not in the document; put it there or take it out")
    if target is None:
        raise SvgError(f"refers to {text.strip()[:60]!r}, another document, which is not opened; copy it into this one")
    return target


def later_pieces(root: etree._Element) -> frozenset[etree._Element]:
    """Of strokes that are drawn in pieces, each in its own clip path (#z12354c3a, #z12354c3b), all but the first piece:
    animCJK draws a stroke that crosses itself so, and the first piece's line is the whole stroke."""
    seen: set[str] = set()
    later = set()
    for element in root.iter(etree.Element):
        if found := _PIECE.fullmatch(element.get("clip-path", "")):
            if found[1] in seen:
                later.add(element)
            seen.add(found[1])
    return frozenset(later)
