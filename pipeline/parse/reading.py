"""parse: the archive of files -> a set of drawings, resampled, with what is known of each.

Drawings are read one after another, in chunks that go to the processes and from them to whoever keeps them: a set may
be larger than the memory.

What character a drawing is of its name says (characters.py); one of no character is selected always. In the formats of
many drawings a file (readers.py) the reader says it, and the index has two columns more: label, and the split that came
with the data.
"""

import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from pydantic import AfterValidator, Field

from pipeline import drawing, params
from pipeline.drawing import Steps
from pipeline.parse import characters, readers, resampling, timelimit
from pipeline.parse.formats import sketch
from pipeline.parse.formats.sketch import FormatError, Record
from pipeline.parse.svg import documents
from pipeline.parse.svg.paths import Curve, PathError

SHOWN = 5  # unreadable files named in an error
MAX_NOTES = 10_000  # kept, of all files
CHUNK = 128  # files a task: some hundredths of a second of sending for some tenths of work


class ParseError(ValueError):
    """An archive that does not give a set of drawings."""


def _unique(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("must name each kind once")
    return values


Length = Annotated[float, Field(ge=0.01, le=1e6)]


@params.section
class ParseParams:
    """rule            how strokes become points: see resampling.py, which has one function a rule
    chord_length, max_chords  of the rule bezier; spacing of arclength; epsilon of rdp; in the source's units
    select          the kinds of characters kept
    variants        whether KanjiVG's variants ("05b57-Kaisho") are kept
    max_unreadable  how many drawings may be unreadable before the stage fails
    """

    rule: Literal["bezier", "arclength", "rdp"]
    chord_length: Length
    max_chords: Annotated[int, Field(ge=1, le=1000)]
    spacing: Length
    epsilon: Length
    select: Annotated[list[Literal["kanji", "kana", "other"]], Field(min_length=1), AfterValidator(_unique)]
    variants: bool
    max_unreadable: Annotated[int, Field(ge=0)]


def how_resampled(options: ParseParams) -> dict[str, Any]:
    """The part of the parameters that says how curves became points: a net's own input must be resampled alike."""
    keys = ("rule", *(name for _, names in resampling.RULES.values() for name in names))
    return {key: getattr(options, key) for key in keys}


@dataclass(frozen=True)
class Parsed:
    """One file: its row of the index without the steps' place, its steps if it is selected, or why it is unreadable."""

    row: dict
    steps: Steps | None = None
    paths: int = 0
    strokes: int = 0
    reason: str = ""
    outlines: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class Result:
    """The selected drawings with their index, the unreadable ones with their reasons, what was not applied of the
    others, and the counts of it all."""

    drawings: list[Steps]
    index: pd.DataFrame
    unreadable: pd.DataFrame
    notes: pd.DataFrame
    summary: dict


Keep = Callable[[list[Steps], pd.DataFrame], None]  # takes some drawings and their rows of the index


def parse(
    archive: Path,
    options: ParseParams,
    jobs: int = -1,
    progress: Callable[[int], None] = lambda done: None,
    form: str = "svg",
) -> Result:
    """All in memory; see `parse_into`."""
    drawings: list[Steps] = []
    parts: list[pd.DataFrame] = []

    def keep(some: list[Steps], index: pd.DataFrame) -> None:
        drawings.extend(some)
        parts.append(index)

    tally = parse_into(keep, archive, options, jobs, progress, form)
    return Result(drawings, pd.concat(parts, ignore_index=True), tally.unreadable, tally.notes, tally.summary)


def parse_into(
    keep: Keep,
    archive: Path,
    options: ParseParams,
    jobs: int = -1,
    progress: Callable[[int], None] = lambda done: None,
    form: str = "svg",
) -> "Tally":
    """Read all drawings of the archive, in order of the files' names, whatever the number of jobs, and hand the
    selected ones to `keep`, chunk by chunk.

    jobs      processes (-1: one a processor); joblib's own settings decide where they run
    progress  called with the number of drawings done since the last call
    form      the files' format, see fetch/formats.py
    Raises ParseError: no archive, more unreadable drawings than options.max_unreadable, or nothing selected;
    FormatError: a file that is not of the format.
    """
    tally = Tally()
    for chunk in _work(archive, options, jobs, form):
        tally.add(chunk, options.max_unreadable)
        selected = [one for one in chunk if one.steps is not None]
        if selected and tally.failed <= options.max_unreadable:
            keep([one.steps for one in selected if one.steps is not None], _index([one.row for one in selected]))
        progress(len(chunk))
    if tally.failed > options.max_unreadable:
        raise ParseError(tally.too_many(options.max_unreadable))
    if not tally.kept:
        kinds = ", ".join(f"{count} {kind}" for kind, count in tally.kinds.items())
        raise ParseError(f"none of the {tally.files} files ({kinds}) is selected; widen parse.select or parse.variants")
    return tally


def names(archive: Path) -> list[str]:
    """The files of the archive in order. Raises ParseError."""
    try:
        with zipfile.ZipFile(archive) as file:
            return sorted(file.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise ParseError(f"{archive} is not an archive of drawings ({error}); run `dvc repro fetch`") from None


def _work(archive: Path, options: ParseParams, jobs: int, form: str) -> Iterator[list[Parsed]]:
    tasks = (delayed(read_chunk)(chunk, options, form) for chunk in _chunks(archive, form))
    return Parallel(n_jobs=jobs, return_as="generator")(tasks)


def _chunks(archive: Path, form: str) -> Iterator[list[Record]]:
    """Read here and sent to the tasks: a job on another machine need not see the archive."""
    source = _records(archive, form)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _records(archive: Path, form: str) -> Iterator[Record]:
    files = names(archive)
    with zipfile.ZipFile(archive) as packed:
        for name in files:
            if form == "svg":
                yield Record(name, 0, name, packed.read(name))
                continue
            try:
                with packed.open(name) as stream:
                    yield from readers.RECORDS[form].records(stream, name)
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise ParseError(f"{archive}: {name} is damaged ({error}); run `dvc repro --force fetch`") from None


def read_chunk(chunk: Sequence[Record], options: ParseParams, form: str = "svg") -> list[Parsed]:
    """The work of one task: parse some drawings."""
    return [_limited(record, options, form) for record in chunk]


def _limited(record: Record, options: ParseParams, form: str) -> Parsed:
    """A drawing that takes too long is an unreadable one."""
    try:
        with timelimit.limited():
            if form in readers.AS_SVG:
                return read_file(record.name, record.data, options, record.place)
            return read_record(record, options, form)
    except timelimit.TimeLimitError as error:
        return Parsed({**characters.describe(record.name), "source": record.place}, reason=str(error))


def read_file(name: str, data: bytes, options: ParseParams, place: str = "") -> Parsed:
    """One SVG document. An unreadable one gives a reason, not an error, so that all of them can be named."""
    row = characters.describe(name)
    try:
        document = documents.read(data, name)
        row |= {"width": document.width, "height": document.height, "source": place or name, "types": document.types}
        row |= {"groups": json.dumps(document.groups, ensure_ascii=False, separators=(",", ":"))}
        steps = _steps(document, options) if is_selected(row, options) else None
    except (documents.SvgError, resampling.GeometryError, drawing.DrawingError) as error:
        return Parsed({**row, "source": place or name}, reason=str(error).removeprefix(f"{name}: "))
    counts = (document.paths, len(document.curves))
    return Parsed(row, steps, *counts, outlines=document.outlines, notes=tuple(document.notes))


def read_record(record: Record, options: ParseParams, form: str) -> Parsed:
    """One drawing of a file of many."""
    row = {"id": record.place, "kind": "other", "source": record.place}
    try:
        found = readers.RECORDS[form].read(record)
        code = ord(found.character) if len(found.character) == 1 else characters.NO_CODE_POINT
        row = {
            "id": found.id, "character": found.character, "code_point": code, "variant": "",
            "kind": characters.kind(code), "width": found.width, "height": found.height, "source": record.place,
            "types": [""] * len(found.strokes), "groups": "[]", "label": found.label, "split": record.split,
        }  # fmt: skip
        curves = [sketch.polyline(stroke) for stroke in found.strokes]
        steps = _resampled(curves, found.width, found.height, options) if is_selected(row, options) else None
    except (FormatError, PathError, resampling.GeometryError, drawing.DrawingError) as error:
        return Parsed(row, reason=str(error))
    return Parsed(row, steps, 0, len(curves))


def _steps(document: documents.Document, options: ParseParams) -> Steps:
    return _resampled(document.curves, document.width, document.height, options)


def _resampled(curves: list[Curve], width: float, height: float, options: ParseParams) -> Steps:
    return drawing.from_strokes(resampling.resample_all(curves, options), width, height)


def is_selected(row: dict, options: ParseParams) -> bool:
    if row["code_point"] == characters.NO_CODE_POINT:
        return True
    return row["kind"] in options.select and (options.variants or not row["variant"])


# ---- tables ----


def _index(rows: list[dict]) -> pd.DataFrame:
    index = pd.DataFrame(rows)
    return index.astype({"code_point": np.int64, "width": np.float32, "height": np.float32})


@dataclass
class Tally:
    """Counts of what was read. files, and the rest up to strokes, are of all; kept_* of the selected drawings."""

    files: int = 0
    failed: int = 0
    paths: int = 0
    strokes: int = 0
    outlines: int = 0
    kept: int = 0
    kept_strokes: int = 0
    kept_steps: int = 0
    kinds: Counter = field(default_factory=Counter)  # of all
    kept_kinds: Counter = field(default_factory=Counter)
    reasons: list[tuple[str, str]] = field(default_factory=list)  # source and reason, no more than can be told
    noted: list[tuple[str, str]] = field(default_factory=list)  # source and what is not applied of it
    noted_files: int = 0

    def add(self, chunk: list[Parsed], allowed: int) -> None:
        for one in chunk:
            self.files += 1
            self.kinds[one.row["kind"]] += 1
            self.paths += one.paths
            self.strokes += one.strokes
            self.outlines += one.outlines
            self.noted_files += bool(one.notes)
            self.noted += [(one.row["source"], text) for text in one.notes[: MAX_NOTES - len(self.noted)]]
            if one.reason:
                self.failed += 1
                if self.failed <= allowed + SHOWN:
                    self.reasons.append((one.row["source"], one.reason))
            elif one.steps is not None:
                self.kept += 1
                self.kept_kinds[one.row["kind"]] += 1
                self.kept_strokes += one.strokes
                self.kept_steps += len(one.steps)

    @property
    def unreadable(self) -> pd.DataFrame:
        return pd.DataFrame(self.reasons, columns=["file", "reason"], dtype="str")

    @property
    def notes(self) -> pd.DataFrame:
        return pd.DataFrame(self.noted, columns=["file", "note"], dtype="str")

    def too_many(self, allowed: int) -> str:
        shown = [f"  {source}: {reason}" for source, reason in self.reasons[:SHOWN]]
        more = [f"  and {self.failed - SHOWN} more"] if self.failed > SHOWN else []
        head = f"{self.failed} files cannot be read, parse.max_unreadable allows {allowed}; mend them or raise it:"
        return "\n".join([head, *shown, *more])

    @property
    def summary(self) -> dict:
        """path_elements, strokes, outlines (those of the strokes that go round what is filled and not stroked) and
        noted_files are of all readable files; drawings, their strokes and steps of the selected."""
        return {
            "files": self.files,
            "readable": self.files - self.failed,
            "unreadable": self.failed,
            "path_elements": self.paths,
            "strokes": self.strokes,
            "outlines": self.outlines,
            "noted_files": self.noted_files,
            "selected": {
                "drawings": self.kept,
                **{kind: self.kept_kinds[kind] for kind in characters.KINDS},
                "strokes": self.kept_strokes,
                "steps": self.kept_steps,
            },
        }
