"""Reader of CASIA's online handwriting, .pot: the characters that one person wrote, one after another.

Little-endian. A character: its size in bytes (uint16, itself included), its tag (4 bytes, of which the lower two hold
the GB code, or the ASCII code of a single byte), the number of strokes (uint16), then points x, y (int16 each), with
-1, 0 after each stroke and -1, -1 after the last of them. Sizes differ with the writer's hand and the page has no box:
each character is moved and scaled into a square of 109, the longer side filling it, so that the usual parameters fit.

(http://www.nlpr.ia.ac.cn/databases/handwriting/Online_database.html, table 2)
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from pipeline.parse.formats.sketch import FormatError, Points, Record, Sketch, fitted, stem

HEAD = struct.Struct("<HHHH")  # size, tag (lower, upper), strokes
POINT_BYTES = 4
SIDE = 109.0


def records(stream: BinaryIO, name: str) -> Iterator[Record]:
    """The bytes of each character. Raises FormatError: a size that cannot be, a file that ends within a character."""
    number = at = 0
    while head := stream.read(HEAD.size):
        place = f"{name}: character {number + 1}, byte {at:,}"
        size = HEAD.unpack(head)[0] if len(head) == HEAD.size else 0
        if size and (size < HEAD.size + 3 * POINT_BYTES or (size - HEAD.size) % POINT_BYTES):
            raise FormatError(f"{place}: a size of {size} bytes is none of a character; is it a .pot file?")
        body = stream.read(max(0, size - HEAD.size))
        if not size or len(body) < size - HEAD.size:
            raise FormatError(f"{place}: the file ends within it; fetch it again")
        yield Record(name, number, place, head + body)
        number, at = number + 1, at + size


def read(record: Record) -> Sketch:
    _, tag, _, count = HEAD.unpack_from(record.data)
    points = np.frombuffer(record.data, "<i2", offset=HEAD.size).reshape(-1, 2)
    if tuple(points[-1]) != (-1, -1):
        raise FormatError("does not end with -1, -1; fetch the file again")
    strokes = _strokes(points[:-1])
    if len(strokes) != count:
        raise FormatError(f"says {count} strokes and holds {len(strokes)}; fetch the file again")
    identity = f"{stem(record.name)}/{record.number:05d}"
    return Sketch(identity, fitted(strokes, SIDE), SIDE, SIDE, character=_character(tag))


def _strokes(points: np.ndarray) -> list[Points]:
    ends = np.flatnonzero((points == (-1, 0)).all(axis=1))
    if not len(ends) or ends[-1] != len(points) - 1:
        raise FormatError("its last stroke does not end with -1, 0; fetch the file again")
    strokes = [part[:-1].astype(np.float64) for part in np.split(points, ends + 1)[:-1]]
    if not all(map(len, strokes)):
        raise FormatError("holds a stroke without a point; leave the character out")
    return strokes


def _character(tag: int) -> str:
    try:
        return tag.to_bytes(2, "big").lstrip(b"\0").decode("gbk")
    except UnicodeDecodeError:
        raise FormatError(f"its tag {tag:#06x} is no GB code; is it a .pot file?") from None
