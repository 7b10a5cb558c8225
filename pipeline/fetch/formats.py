"""The formats that drawings come in: their names, their files' endings, and how one is told by its content.

svg        a drawing a file
stroke-3   .npz with the arrays train, valid and test, as sketch-rnn and Quick, Draw! publish them
quickdraw  .ndjson of Quick, Draw!, simplified or raw
pot        CASIA's online handwriting, a file a writer
iam        IAM On-Line's .xml of strokes, a line of text a file
kanjivg    KanjiVG's single .xml or .xml.gz
hanzi-writer  hanzi-writer's .json, a character a file, or one of all
makemeahanzi  Make Me a Hanzi's graphics.txt, a character a line

What a format means is in its reader's docstring. How another one is added: pipeline/parse/formats/__init__.py.
"""

import re
import struct
import zlib
from typing import Literal

Format = Literal["svg", "stroke-3", "quickdraw", "pot", "iam", "kanjivg", "hanzi-writer", "makemeahanzi"]

ENDINGS: dict[str, tuple[str, ...]] = {
    "svg": (".svg", ".svgz"),
    "stroke-3": (".npz",),
    "quickdraw": (".ndjson",),
    "pot": (".pot",),
    "iam": (".xml",),
    "kanjivg": (".xml", ".xml.gz"),
    "hanzi-writer": (".json",),
    "makemeahanzi": (".txt",),
}
GENERAL = (".json", ".txt")  # endings of many things that are no drawings
ALL_ENDINGS = tuple(dict.fromkeys(ending for endings in ENDINGS.values() for ending in endings))
HEAD_BYTES = 65536  # enough of a file to tell its format

_CHARACTER = re.compile(rb'"character"\s*:')
_ROOTS = {b"<svg": "svg", b"<WhiteboardCaptureSession": "iam", b"<kanjivg": "kanjivg"}


def has_ending(name: str, wanted: str) -> bool:
    """Whether a file of this name may be of the format `wanted`, or of any for auto."""
    return name.lower().endswith(ALL_ENDINGS if wanted == "auto" else ENDINGS[wanted])


def may_be_anything(name: str) -> bool:
    """Whether a file of this name may well be no drawing, though one of its ending may be."""
    return name.lower().endswith(GENERAL)


def tell(head: bytes) -> str | None:
    """The format of a file by its first HEAD_BYTES, or None."""
    if head.startswith(b"\x1f\x8b"):
        return "kanjivg" if tell(_unzipped(head)) == "kanjivg" else None
    if head.startswith(b"PK\x03\x04"):
        return "stroke-3"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{") and b'"medians"' in text:
        return "makemeahanzi" if _CHARACTER.search(text.partition(b"\n")[0]) else "hanzi-writer"
    if text.startswith(b"{"):
        return "quickdraw"
    if text.startswith(b"<"):
        return next((name for root, name in _ROOTS.items() if root in text), None)
    return "pot" if _is_pot(head) else None


def _unzipped(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""


def _is_pot(head: bytes) -> bool:
    """The first character's size leads to its end mark."""
    if len(head) < 2:
        return False
    (size,) = struct.unpack_from("<H", head)
    return size >= 16 and head[size - 4 : size] == b"\xff\xff\xff\xff"
