"""The bytes of an XML document that nobody vouches for -> its tree.

Its size is limited before it is parsed, packed (.svgz) or not, entity declarations are refused, and nothing outside it
is opened.
"""

import re
import zlib

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
# how lxml parses what nobody vouches for: nothing outside the document is opened, nothing in it grows
UNTRUSTED = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
MAX_BYTES = 4 * 1024 * 1024  # of a document, unpacked; a kanji has four thousand
MAX_TAGS = 50_000  # a tree of them fits a worker's memory

_ENCODING = re.compile(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_DECLARATION = re.compile(r"\s*<\?xml\s.*?\?>", re.DOTALL)
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z_:][\w.:-]*;")


class SvgError(ValueError):
    """A document that cannot be read as strokes; the text names the file, the place and the reason."""


def parse_xml(data: bytes, instructions: bool = False) -> etree._Element:
    """The root of an untrusted XML document; entities are refused. Raises SvgError.

    instructions  whether processing instructions are kept, which may name a style sheet
    """
    text = _decode(_unpacked(data))
    if (tags := text.count("<")) > MAX_TAGS:
        raise SvgError(f"has {tags:,} tags, above {MAX_TAGS:,}; split it or take it out")
    if "<!ENTITY" in text:
        raise SvgError("declares an XML entity, which is refused; save it as plain SVG")
    if reference := _REFERENCE.search(text):
        raise SvgError(f"refers to the XML entity {reference.group()}, which is refused; save it as plain SVG")
    try:
        parser = etree.XMLParser(encoding="utf-8", **(UNTRUSTED | {"remove_pis": not instructions}))
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise SvgError(f"is not XML: {' '.join((error.msg or 'it is empty').split())}") from None


def _unpacked(data: bytes) -> bytes:
    """What gzip has packed (.svgz), as far as MAX_BYTES. Raises SvgError: damaged, or too large."""
    if data.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            data = unpacker.decompress(data, MAX_BYTES + 1)
        except zlib.error as error:
            raise SvgError(f"is packed by gzip and damaged ({error})") from None
        if not unpacker.eof and len(data) <= MAX_BYTES:
            raise SvgError("is packed by gzip and cut short")
    if len(data) > MAX_BYTES:
        raise SvgError(f"is larger than {MAX_BYTES:,} bytes; simplify it or take it out")
    return data


def _decode(data: bytes) -> str:
    """To text, without the XML declaration: what is searched for entities is then exactly what is parsed."""
    declared = _ENCODING.match(data)
    encoding = "utf-8-sig" if declared is None else declared[1].decode("ascii")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith((b"<\0", b"\0<")):  # without its mark; XML 1.0, appendix F
        encoding = "utf-16-le" if data[1] == 0 else "utf-16-be"
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
        if declaration := _DECLARATION.match(text):  # at the start alone: to search for it takes the square of the size
            text = text[declaration.end() :]
        text.encode("utf-8")  # what some encodings yield cannot be written in another
        return text
    except (UnicodeError, LookupError) as error:
        raise SvgError(f"is not XML: its text is not {encoding} ({error})") from None


def name(element: etree._Element) -> str:
    """The name of an SVG element, with or without the namespace; "" for any other."""
    namespace, _, name = element.tag.rpartition("}") if isinstance(element.tag, str) else ("{", "", "")
    return name if namespace in ("", "{" + SVG) else ""


def place(element: etree._Element) -> str:
    """Where an element stands, for errors."""
    return f"line {element.sourceline}, <{etree.QName(element).localname}>"
