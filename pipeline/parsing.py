"""parse: the archive of SVG files -> a set of drawings, resampled, with what is known of each.

A file named as KanjiVG names its own ("05b57.svg", "05b57-Kaisho.svg") is of a character: its code point, its variant
and one of the kinds kanji, kana and other follow from the name. Any other file (a folder of one's own) has no
character: code point -1, kind "other", and it is selected always.
"""

import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from pydantic import AfterValidator, Field

from pipeline import drawing, geometry, params, svg
from pipeline.drawing import Steps

KINDS = ("kanji", "kana", "other")
# Unicode blocks: the unified ideographs with extension A, the compatibility ideographs, and planes 2 and 3
KANJI = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
KANA = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
NO_CODE_POINT = -1
CHUNK = 128  # files a task: some hundredths of a second of sending for some tenths of work

_KANJIVG_NAME = re.compile(r"([0-9a-f]{5})(?:-(.+))?")


class ParseError(ValueError):
    """An archive that does not give a set of drawings."""


def _unique(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("must name each kind once")
    return values


Length = Annotated[float, Field(ge=0.01, le=1e6)]


@params.section
class ParseParams:
    """rule            how strokes become points: see geometry.py, which has one function a rule
    chord_length, max_chords  of the rule bezier; spacing of arclength; epsilon of rdp; in the source's units
    select          the kinds of characters kept
    variants        whether KanjiVG's variants ("05b57-Kaisho") are kept
    max_unreadable  how many files may be unreadable before the stage fails
    """

    rule: Literal["bezier", "arclength", "rdp"]
    chord_length: Length
    max_chords: Annotated[int, Field(ge=1, le=1000)]
    spacing: Length
    epsilon: Length
    select: Annotated[list[Literal["kanji", "kana", "other"]], Field(min_length=1), AfterValidator(_unique)]
    variants: bool
    max_unreadable: Annotated[int, Field(ge=0)]


def resampling(options: ParseParams) -> dict[str, Any]:
    """The part of the parameters that says how curves became points: a net's own input must be resampled alike."""
    return {key: getattr(options, key) for key in ("rule", "chord_length", "max_chords", "spacing", "epsilon")}


@dataclass(frozen=True)
class Parsed:
    """One file: its row of the index without the steps' place, its steps if it is selected, or why it is unreadable."""

    row: dict
    steps: Steps | None = None
    paths: int = 0
    strokes: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Result:
    """The selected drawings with their index, the unreadable files with their reasons, and the counts of it all."""

    drawings: list[Steps]
    index: pd.DataFrame
    unreadable: pd.DataFrame
    summary: dict


def parse(
    archive: Path, options: ParseParams, jobs: int = -1, progress: Callable[[int], None] = lambda done: None
) -> Result:
    """Read all files of the archive, in order of their names, whatever the number of jobs.

    jobs      processes (-1: one a processor); joblib's own settings decide where they run
    progress  called with the number of files done since the last call
    Raises ParseError: no archive, more unreadable files than options.max_unreadable, or nothing selected.
    """
    parsed: list[Parsed] = []
    for chunk in _work(archive, options, jobs):
        parsed += chunk
        progress(len(chunk))
    unreadable = [one for one in parsed if one.reason]
    if len(unreadable) > options.max_unreadable:
        raise ParseError(_too_many(unreadable, options.max_unreadable))
    selected = [one for one in parsed if one.steps is not None]
    if not selected:
        kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(one.row["kind"] for one in parsed).items())
        raise ParseError(f"none of the {len(parsed)} files ({kinds}) is selected; widen parse.select or parse.variants")
    return Result(
        drawings=[one.steps for one in selected if one.steps is not None],
        index=_index([one.row for one in selected]),
        unreadable=pd.DataFrame({"file": [one.row["source"] for one in unreadable], "reason": _reasons(unreadable)}),
        summary=_summary(parsed, selected),
    )


def names(archive: Path) -> list[str]:
    """The files of the archive in order. Raises ParseError."""
    try:
        with zipfile.ZipFile(archive) as file:
            return sorted(file.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise ParseError(f"{archive} is not an archive of drawings ({error}); run `dvc repro fetch`") from None


def _work(archive: Path, options: ParseParams, jobs: int) -> Iterator[list[Parsed]]:
    tasks = (delayed(read_chunk)(chunk, options) for chunk in _chunks(archive))
    return Parallel(n_jobs=jobs, return_as="generator")(tasks)


def _chunks(archive: Path) -> Iterator[list[tuple[str, bytes]]]:
    """Read here and sent to the tasks: a job on another machine need not see the archive."""
    files = names(archive)
    with zipfile.ZipFile(archive) as file:
        for i in range(0, len(files), CHUNK):
            yield [(name, file.read(name)) for name in files[i : i + CHUNK]]


def read_chunk(chunk: Sequence[tuple[str, bytes]], options: ParseParams) -> list[Parsed]:
    """The work of one task: parse some files, each a name and its bytes."""
    return [read_file(name, data, options) for name, data in chunk]


def read_file(name: str, data: bytes, options: ParseParams) -> Parsed:
    """One file. An unreadable one gives a reason, not an error, so that all of them can be named."""
    row = describe(name)
    try:
        document = svg.read(data, name)
        row |= {"width": document.width, "height": document.height, "source": name, "types": document.types}
        row |= {"groups": json.dumps(document.groups, ensure_ascii=False, separators=(",", ":"))}
        steps = _steps(document, options) if is_selected(row, options) else None
    except (svg.SvgError, geometry.GeometryError, drawing.DrawingError) as error:
        return Parsed({**row, "source": name}, reason=str(error).removeprefix(f"{name}: "))
    return Parsed(row, steps, document.paths, len(document.curves))


def _steps(document: svg.Document, options: ParseParams) -> Steps:
    strokes = [geometry.resample(curve, options) for curve in document.curves]
    return drawing.from_strokes(strokes, document.width, document.height)


# ---- what a name tells ----


def describe(name: str) -> dict:
    """id, character, code_point, variant and kind of a file by its name."""
    path = PurePosixPath(name)
    match = _KANJIVG_NAME.fullmatch(path.stem)
    if match and 0xD800 <= int(match[1], 16) <= 0xDFFF:
        match = None  # half a character is none
    code = int(match[1], 16) if match else NO_CODE_POINT
    return {
        "id": path.with_suffix("").as_posix(),
        "character": chr(code) if match else "",
        "code_point": code,
        "variant": (match[2] or "") if match else "",
        "kind": kind(code),
    }


def kind(code_point: int) -> str:
    """kanji, kana or other."""
    for name, blocks in (("kanji", KANJI), ("kana", KANA)):
        if any(first <= code_point <= last for first, last in blocks):
            return name
    return "other"


def is_selected(row: dict, options: ParseParams) -> bool:
    if row["code_point"] == NO_CODE_POINT:
        return True
    return row["kind"] in options.select and (options.variants or not row["variant"])


# ---- tables ----


def _index(rows: list[dict]) -> pd.DataFrame:
    index = pd.DataFrame(rows)
    return index.astype({"code_point": np.int64, "width": np.float32, "height": np.float32})


def _reasons(unreadable: list[Parsed]) -> list[str]:
    return [one.reason for one in unreadable]


def _too_many(unreadable: list[Parsed], allowed: int) -> str:
    shown = [f"  {one.row['source']}: {one.reason}" for one in unreadable[:5]]
    more = [f"  and {len(unreadable) - 5} more"] if len(unreadable) > 5 else []
    head = f"{len(unreadable)} files cannot be read, parse.max_unreadable allows {allowed}; mend them or raise it:"
    return "\n".join([head, *shown, *more])


def _summary(parsed: list[Parsed], selected: list[Parsed]) -> dict:
    """paths and strokes are of all readable files; drawings, their strokes and steps of the selected ones."""
    steps = [one.steps for one in selected if one.steps is not None]
    return {
        "files": len(parsed),
        "readable": sum(not one.reason for one in parsed),
        "unreadable": sum(bool(one.reason) for one in parsed),
        "path_elements": sum(one.paths for one in parsed),
        "strokes": sum(one.strokes for one in parsed),
        "selected": {
            "drawings": len(selected),
            **{kind: sum(one.row["kind"] == kind for one in selected) for kind in KINDS},
            "strokes": sum(one.strokes for one in selected),
            "steps": sum(map(len, steps)),
        },
    }
