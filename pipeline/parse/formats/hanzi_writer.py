"""Reader of hanzi-writer's .json: a character a file, named by it (字.json), or all of them in one, {"字": {...}, ...}.

`medians` has a list of points [x, y] a stroke, in the order of writing: the centre line. y points up, in a box of 1024
from -124 to 900; here it points down, from 0. `strokes`, the outlines, are left aside.

(https://github.com/chanind/hanzi-writer-data, https://github.com/skishore/makemeahanzi)
"""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import numpy as np

from pipeline.parse.formats.sketch import FormatError, Points, Record, Sketch, stem
from pipeline.parse.svg.paths import LIMIT

SIDE, TOP = 1024.0, 900.0
MAX_BYTES = 1024**3  # of a file of all characters; that of 9,574 has 30 million


def records(stream: BinaryIO, name: str) -> Iterator[Record]:
    """The file's character, or its characters. Raises FormatError: a huge file."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FormatError(f"{name}: is larger than {MAX_BYTES:,} bytes; is it hanzi-writer's?")
    try:
        values = load(data)
    except FormatError as error:
        yield Record(name, 0, name, error)
        return
    if "medians" in values or not all(isinstance(value, dict) for value in values.values()):
        yield Record(name, 0, name, (PurePosixPath(stem(name)).name, stem(name), values.get("medians")))
        return
    for number, (character, value) in enumerate(values.items()):
        yield Record(
            name, number, f"{name}: {character}", (character, f"{stem(name)}/{character}", value.get("medians"))
        )


def read(record: Record) -> Sketch:
    return sketch(*record.data)


def sketch(character: str, identity: str, medians: Any) -> Sketch:
    """Raises FormatError."""
    if not isinstance(medians, list) or not medians:
        raise FormatError("has no list of centre lines named 'medians'; fetch the file again, or take it out")
    strokes = [_stroke(median, number) for number, median in enumerate(medians, start=1)]
    return Sketch(identity, strokes, SIDE, SIDE, character=character)


def load(data: bytes) -> dict[str, Any]:
    """A JSON object. Raises FormatError."""
    try:
        values = json.loads(data.removeprefix(b"\xef\xbb\xbf"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is not JSON ({error}); fetch the file again, or take it out") from None
    if not isinstance(values, dict):
        raise FormatError("is no JSON object; fetch the file again, or take it out")
    return values


def _stroke(median: Any, number: int) -> Points:
    """(m, 2), y down."""
    if not isinstance(median, list) or not median:
        raise FormatError(f"stroke {number} is no list of points; fetch the file again, or take it out")
    if not all(isinstance(point, list) and len(point) == 2 for point in median):
        raise FormatError(f"stroke {number} has something that is no point [x, y]; fetch the file again")
    if not all(type(value) in (int, float) and abs(value) <= LIMIT for point in median for value in point):
        raise FormatError(f"stroke {number} holds something that is no number below {LIMIT:,.0f}; fetch the file again")
    return np.array(median, np.float64) * [1, -1] + [0, TOP]


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
