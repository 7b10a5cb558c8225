"""One file, or one drawing of a file of many: its row of the index and its steps, or why it cannot be read."""

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import drawing
from pipeline.drawing import Steps
from pipeline.parse import characters, readers, resampling, timelimit
from pipeline.parse.formats.sketch import FormatError, Record
from pipeline.parse.options import ParseParams
from pipeline.parse.svg import documents
from pipeline.parse.svg.paths import Curve, PathError, check


@dataclass(frozen=True)
class Manner:
    """How a source is read: the files' format, see fetch/formats.py; hand: the name of whoever drew them, where a set
    has several; side: to which the longer side of each drawing's box is brought, None: as it is."""

    form: str = "svg"
    hand: str | None = None
    side: float | None = None


@dataclass(frozen=True)
class Parsed:
    """One drawing: its row of the index without the steps' place, its steps if it is selected, or why it is
    unreadable."""

    row: dict
    steps: Steps | None = None
    paths: int = 0
    strokes: int = 0
    reason: str = ""
    outlines: int = 0
    notes: tuple[str, ...] = ()


def read(record: Record, options: ParseParams, manner: Manner) -> Parsed:
    """A drawing that takes too long is an unreadable one."""
    try:
        with timelimit.limited():
            if manner.form in readers.AS_SVG:
                found = read_file(record.name, record.data, options, record.place, manner.side)
            else:
                found = read_record(record, options, manner.form, manner.side)
    except timelimit.TimeLimitError as error:
        found = Parsed({**characters.describe(record.name), "source": record.place}, reason=str(error))
    return found if manner.hand is None else replace(found, row=_of_hand(manner.hand, found.row))


def _of_hand(hand: str, row: dict) -> dict:
    """A row as all of a set of several sources are; ids of further sources begin with the hand."""
    named = {key: f"{hand}/{row[key]}" for key in ("id", "source")} if hand else {}
    return {"label": "", "split": "", **row, **named, "hand": hand}


def read_file(name: str, data: bytes, options: ParseParams, place: str = "", side: float | None = None) -> Parsed:
    """One SVG document. An unreadable one gives a reason, not an error, so that all of them can be named."""
    row = characters.describe(name, options.names)
    try:
        document = documents.read(data, name)
        row = characters.describe(name, options.names, document.said, _element(document))
        row |= {"width": document.width, "height": document.height, "source": place or name, "types": document.types}
        row |= {"groups": json.dumps(document.groups, ensure_ascii=False, separators=(",", ":"))}
        steps = _resampled(document.curves, row, options, side) if is_selected(row, options) else None
    except (documents.SvgError, resampling.GeometryError, drawing.DrawingError) as error:
        return Parsed({**row, "source": place or name}, reason=str(error).removeprefix(f"{name}: "))
    counts = (document.paths, len(document.curves))
    return Parsed(row, steps, *counts, outlines=document.outlines, notes=tuple(document.notes))


def read_record(record: Record, options: ParseParams, form: str, side: float | None = None) -> Parsed:
    """One drawing of a file of many."""
    row: dict[str, Any] = {"id": record.place, "kind": "other", "source": record.place}
    try:
        if isinstance(record.data, FormatError):
            raise record.data
        found = readers.RECORDS[form].read(record)
        code = ord(found.character) if len(found.character) == 1 else characters.NO_CODE_POINT
        row = {
            "id": found.id, "character": found.character, "code_point": code, "variant": "",
            "kind": characters.kind(code), "width": found.width, "height": found.height, "source": record.place,
            "types": [""] * len(found.strokes), "groups": "[]", "label": found.label, "split": record.split,
        }  # fmt: skip
        check(np.concatenate(found.strokes))
        strokes = [stroke * _scale(row, side) for stroke in found.strokes] if is_selected(row, options) else None
        steps = None if strokes is None else _as_drawing(resampling.resample_lines(strokes, options), row, side)
    except (FormatError, PathError, resampling.GeometryError, drawing.DrawingError) as error:
        return Parsed(row, reason=str(error))
    return Parsed(row, steps, 0, len(found.strokes))


def is_selected(row: dict, options: ParseParams) -> bool:
    return not any(left_out_by(row, options))


def left_out_by(row: dict, options: ParseParams) -> tuple[str, bool]:
    """The kind for which parse.select, and whether parse.variants, leaves a drawing out; ("", False) for one kept."""
    if row["code_point"] == characters.NO_CODE_POINT:
        return "", False
    return "" if row["kind"] in options.select else row["kind"], bool(row["variant"]) and not options.variants


def _element(document: documents.Document) -> str:
    """The element that all strokes make, by KanjiVG's groups; "" where none is said."""
    group = next(iter(document.groups), None)
    whole = group is not None and (group["first"], group["last"]) == (0, len(document.curves) - 1)
    return group["element"] if group is not None and whole else ""


def _resampled(curves: list[Curve], row: dict, options: ParseParams, side: float | None) -> Steps:
    scale = _scale(row, side)
    curves = curves if scale == 1 else [Curve(curve.controls * scale, curve.straight) for curve in curves]
    return _as_drawing(resampling.resample_all(curves, options), row, side)


def _scale(row: dict, side: float | None) -> float:
    """By which a drawing is brought to the size of the others of its set."""
    return 1.0 if side is None else side / max(row["width"], row["height"])


def _as_drawing(strokes: list[NDArray[np.float64]], row: dict, side: float | None) -> Steps:
    """The steps; row gets the box that they are in now."""
    scale = _scale(row, side)
    row |= {"width": row["width"] * scale, "height": row["height"] * scale}
    return drawing.from_strokes(strokes, row["width"], row["height"])
