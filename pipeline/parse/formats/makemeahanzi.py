"""Reader of Make Me a Hanzi's graphics.txt: a JSON object a line: `character`, and `medians` as in hanzi_writer.

(https://github.com/skishore/makemeahanzi)
"""

from collections.abc import Iterator
from typing import BinaryIO

from pipeline.parse.formats import hanzi_writer, quickdraw
from pipeline.parse.formats.sketch import FormatError, Record, Sketch, stem


def records(stream: BinaryIO, name: str) -> Iterator[Record]:
    """The lines, as `quickdraw.records` gives them."""
    return quickdraw.records(stream, name)


def read(record: Record) -> Sketch:
    values = hanzi_writer.load(record.data)
    character = values.get("character")
    if not isinstance(character, str) or not character:
        raise FormatError("has no 'character'; take the line out")
    identity = f"{stem(record.name)}/{character}"
    return hanzi_writer.sketch(character, identity, values.get("medians"))
