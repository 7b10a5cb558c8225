"""Reader of Quick, Draw!'s .ndjson: a JSON object a line, its `drawing` a list of strokes.

A stroke is [[x, ...], [y, ...]] in the simplified files, of whole numbers in a box from 0 to 255; in the raw files
[[x, ...], [y, ...], [milliseconds, ...]] in pixels of whatever device it was drawn on. Raw drawings are moved and
scaled into that same box, longer side 255 and centred, as the published simplification scales them; how finely they
are sampled is left to the parameters of parse. `word` becomes the label and `key_id` part of the id.

(https://github.com/googlecreativelab/quickdraw-dataset)
"""

import json
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, BinaryIO

import numpy as np

from pipeline.parse.formats.sketch import FormatError, Points, Record, Sketch, fitted, stem
from pipeline.parse.svg.paths import LIMIT

SIDE = 255.0
MAX_LINE_BYTES = 16 * 1024**2
NUMBERS = frozenset((int, float))


def records(stream: BinaryIO, name: str) -> Iterator[Record]:
    """The lines that are not empty, one at a time; one without end is refused by itself."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        place = f"{name}: line {number}"
        if len(line) > MAX_LINE_BYTES:
            _skip_line(stream, line)
            too_long = f"is longer than {MAX_LINE_BYTES:,} bytes; is it .ndjson, a drawing a line?"
            yield Record(name, number, place, FormatError(too_long))
        elif line.strip():
            yield Record(name, number, place, line)


def _skip_line(stream: BinaryIO, part: bytes) -> None:
    while part and not part.endswith(b"\n"):
        part = stream.readline(MAX_LINE_BYTES)


def read(record: Record) -> Sketch:
    try:
        # what JSON itself does not have: NaN and Infinity
        values = json.loads(record.data.removeprefix(b"\xef\xbb\xbf"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is not JSON ({error}); fetch the file again, or take the line out") from None
    drawing = values.get("drawing") if isinstance(values, dict) else None
    if not isinstance(drawing, list) or not drawing:
        raise FormatError("has no list of strokes named 'drawing'; take the line out")
    strokes = _strokes(drawing)
    raw = any(len(stroke) > 2 for stroke in drawing)
    identity = values.get("key_id", record.number)
    return Sketch(
        f"{stem(record.name)}/{identity}",
        fitted(strokes, SIDE) if raw else strokes,
        SIDE,
        SIDE,
        label=str(values.get("word", "")),
    )


def _strokes(drawing: list) -> list[Points]:
    """All numbers are checked at once: for hundreds of thousands of drawings that is what reading takes."""
    rows = [_rows(stroke, number) for number, stroke in enumerate(drawing, start=1)]
    try:
        points = np.array([[v for x, _ in rows for v in x], [v for _, y in rows for v in y]], np.float64).T
    except OverflowError:  # a whole number of hundreds of digits
        points = np.array([[np.inf, np.inf]])
    if not (np.abs(points) <= LIMIT).all():
        number = next(i for i, (x, y) in enumerate(rows, start=1) if not all(abs(v) <= LIMIT for v in (*x, *y)))
        raise FormatError(f"stroke {number} holds a number that is not below {LIMIT:,.0f}; take the line out")
    stops = list(accumulate(len(x) for x, _ in rows))
    return [points[a:b] for a, b in zip([0, *stops], stops, strict=False)]


def _rows(stroke: Any, number: int) -> tuple[list, list]:
    """x and y of a stroke."""
    rows = stroke[:2] if isinstance(stroke, list) and len(stroke) in (2, 3) else None
    if rows is None or not all(isinstance(row, list) and row for row in rows) or len(rows[0]) != len(rows[1]):
        raise FormatError(f"stroke {number} is not two lists of equal length, x and y; take the line out")
    if not NUMBERS.issuperset(map(type, rows[0])) or not NUMBERS.issuperset(map(type, rows[1])):
        raise FormatError(f"stroke {number} holds something that is not a number; take the line out")
    return rows[0], rows[1]


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
