"""Reader of KanjiVG's single file, .xml or .xml.gz as its releases have it: a <kanji> a character, in a 109 x 109 box.

Each becomes the SVG document that KanjiVG has of it, named alike, and is read as that: the same drawings, ids and
splits come out of both.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from pipeline.parse.formats.sketch import FormatError, Record
from pipeline.parse.svg.untrusted import UNTRUSTED

BOX = "0 0 109 109"
_ID = re.compile(r"kvg:kanji_([0-9a-f]{5}(?:-[\w.-]+)?)")


def records(stream: BinaryIO, name: str) -> Iterator[Record]:
    """A record a kanji: its file's name as KanjiVG has it, and the bytes of its SVG document. Raises FormatError."""
    plain = gzip.GzipFile(fileobj=stream) if _is_gzip(stream) else stream
    number = 0
    try:
        for event, element in etree.iterparse(plain, events=("start", "end"), **UNTRUSTED):
            if element.getparent() is None:
                _check_root(element, name)
            if event == "end" and element.tag == "kanji":
                yield _record(element, name, number)
                number += 1
                element.clear()
                while element.getprevious() is not None:  # else the empty elements pile up
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise FormatError(f"{name}: is not XML: {error.msg}; fetch it again") from None
    except (OSError, EOFError, zlib.error) as error:
        raise FormatError(f"{name}: is no whole gzip file ({error}); fetch it again") from None
    if not number:
        raise FormatError(f"{name}: holds no <kanji>; is it KanjiVG's?")


def _check_root(root: etree._Element, name: str) -> None:
    if root.tag != "kanjivg":
        raise FormatError(f"{name}: its root is <{root.tag}>, not <kanjivg>; is it KanjiVG's?")
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise FormatError(f"{name}: declares an XML entity, which is refused; take it out")


def _record(kanji: etree._Element, name: str, number: int) -> Record:
    found = _ID.fullmatch(kanji.get("id", ""))
    if not found:
        line = kanji.sourceline
        raise FormatError(f"{name}: line {line}: the id {kanji.get('id', '')[:60]!r} is none of KanjiVG; mend it")
    root = etree.Element("svg", nsmap=kanji.nsmap, viewBox=BOX, fill="none", stroke="black", id=kanji.get("id"))
    root.extend(kanji)
    return Record(f"{found[1]}.svg", number, f"{name}: {found[1]}", etree.tostring(root, encoding="utf-8"))


def _is_gzip(stream: BinaryIO) -> bool:
    """Whether the stream, which can look ahead or go back, begins as gzip does."""
    if isinstance(stream, io.BufferedReader):
        return stream.peek(2)[:2] == b"\x1f\x8b"
    head = stream.read(2)
    stream.seek(0)
    return head == b"\x1f\x8b"
