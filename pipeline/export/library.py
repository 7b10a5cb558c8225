"""The exemplars that a net is shown, as a file beside that of the net: net.json and net.exemplars.json.

It holds all of `describe.exemplars.Library`. What goes on from row to row is kept as differences, and of each column
the lowest bytes stand together, then the next ones, so that zlib finds more that is alike:

    {"format": "fake-kanji exemplars", "version": 1, "id": "...",                       as "exemplars" in the net's file
     "licence": "..." or null, "names": [name, ...],
     "arrays": [["points", "int16", [N, 2]], ...],      those of the library, and "counts": the strokes of each name
     "values": "one zlib stream of all of them in this order"}                                 in base64, little-endian
"""

import binascii
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.describe.description import canonical
from pipeline.describe.exemplars import NOTHING, Library
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.export import compact
from pipeline.export.compact import CompactError

FORMAT, VERSION, ENDING = "fake-kanji exemplars", 1, ".exemplars.json"
COUNTS = "counts"
KINDS = {name: array.dtype for name, array in NOTHING.arrays.items()} | {COUNTS: np.dtype(np.int32)}
WIDE = {"points": np.dtype(np.int32)}  # where they are far out
DIFFERENCES = ("points", "strokes", "drawings", "families", "drawing", "runs")  # of a row from the one before
CURE = "export the net again"


class Part(NamedTuple):
    """An array of the file."""

    name: str
    kind: np.dtype
    shape: tuple[int, ...]

    @property
    def is_usual(self) -> bool:
        return self.kind in (KINDS[self.name], WIDE.get(self.name))

    @property
    def size(self) -> int:
        """Bytes."""
        return int(np.prod(self.shape)) * self.kind.itemsize


def beside(net: Path) -> Path:
    """Where the exemplars of a net's file are."""
    return net.with_suffix(ENDING)


def pack(knows: Knowledge, licence: str | None) -> dict[str, Any] | None:
    """The file's content; None where there are no exemplars."""
    library = knows.library
    if not library.names:
        return None
    counts = np.array([knows.habits.count(name) for name in library.names], np.int32)
    arrays = {name: (library.arrays | {COUNTS: counts})[name] for name in KINDS}
    stream = b"".join(_bytes(name, array) for name, array in arrays.items())
    return {
        "format": FORMAT,
        "version": VERSION,
        "id": compact.identity(library),
        "licence": licence,
        "names": list(library.names),
        "arrays": [[name, array.dtype.name, list(array.shape)] for name, array in arrays.items()],
        "values": compact.encode(np.frombuffer(zlib.compress(stream, 9), np.uint8)),
    }


def unpack(content: Any, where: str) -> tuple[Library, dict[str, int]]:
    """The library, and the strokes of its names by their usual form; the inverse of `pack`. Raises CompactError."""
    if not isinstance(content, dict) or content.get("format") != FORMAT or content.get("version") != VERSION:
        raise CompactError(f"{where} holds no exemplars that this reads; {CURE}")
    try:
        parts = [Part(name, np.dtype(kind), tuple(map(int, shape))) for name, kind, shape in content["arrays"]]
        if [part.name for part in parts] != list(KINDS) or not all(part.is_usual for part in parts):
            raise ValueError("other arrays than there are")
        arrays = _arrays(parts, compact.decode(content["values"], "u1").tobytes())
        names, counts = tuple(map(str, content["names"])), arrays.pop(COUNTS).tolist()
        library = Library(names, arrays)
        if compact.identity(library) != content["id"]:
            raise ValueError("its id is another's")
        return library, {canonical(name): count for name, count in zip(names, counts, strict=True)}
    except (ValueError, KeyError, TypeError, zlib.error, binascii.Error) as error:
        raise CompactError(f"{where}: the exemplars are damaged ({error}); {CURE}") from None


def known(net: Path) -> Knowledge:
    """What the net of such a file knows, with its exemplars. Without their file the net is shown none, and a line on
    stderr says so. Raises CompactError."""
    content, place = compact.read(net), beside(net)
    knows = compact.knowledge(content, str(net))
    wanted = content.get("exemplars")
    if not wanted:
        return knows
    if not place.exists():
        cure = "`fake-kanji export-web` writes both files"
        print(f"warning: {place} is not there, so the net is shown no exemplars; {cure}", file=sys.stderr, flush=True)
        return knows
    library, counts = unpack(compact.read(place), str(place))
    if compact.identity(library) != wanted:
        raise CompactError(f"{place} holds the exemplars of another net than {net}; {CURE}")
    return replace(knows, library=library, habits=Habits(knows.habits.ways, counts | knows.habits.strokes))


def _bytes(name: str, array: NDArray) -> bytes:
    """Column by column, of each the lowest bytes first; whole numbers wrap round."""
    if name in DIFFERENCES:
        array = np.diff(array, axis=0, prepend=np.zeros_like(array[:1])).astype(array.dtype)
    columns = np.ascontiguousarray(array.reshape(len(array), -1).T, array.dtype.newbyteorder("<"))
    planes = columns.view(np.uint8).reshape(*columns.shape, -1)  # (columns, rows, bytes)
    return np.ascontiguousarray(planes.transpose(0, 2, 1)).tobytes()


def _arrays(parts: list[Part], packed: bytes) -> dict[str, NDArray]:
    """Raises ValueError, zlib.error: other bytes than these parts take."""
    total = sum(part.size for part in parts)
    inflater = zlib.decompressobj()
    stream = inflater.decompress(packed, total + 1)
    if len(stream) != total or not inflater.eof:
        raise ValueError(f"not {total:,} bytes")
    found, at = {}, 0
    for part in parts:
        found[part.name] = _array(stream[at : at + part.size], part)
        at += part.size
    return found


def _array(stream: bytes, part: Part) -> NDArray:
    """The inverse of `_bytes`."""
    rows, columns = part.shape[0], int(np.prod(part.shape[1:]))
    planes = np.frombuffer(stream, np.uint8).reshape(columns, part.kind.itemsize, rows)
    values = np.ascontiguousarray(planes.transpose(2, 0, 1)).view(part.kind.newbyteorder("<"))  # (rows, columns, 1)
    array = values.reshape(part.shape).astype(part.kind)
    return np.cumsum(array, axis=0, dtype=part.kind) if part.name in DIFFERENCES else array
