"""parse: the archive of files -> a set of drawings, resampled, with what is known of each.

Drawings are read one after another, in chunks that go to the processes and from them to whoever keeps them: a set may
be larger than the memory.

What character an SVG file is of, the file or its name says (characters.py); one of no character is selected always. In
the formats of many drawings a file (readers.py) the reader says it, and the index has two columns more: label, and the
split that came with the data. Ids are distinct: the second drawing of one id gets "~2" added, in the order they are
read.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, effective_n_jobs

from pipeline.drawing import Steps
from pipeline.parse import engine, readers, single
from pipeline.parse.formats.sketch import Record
from pipeline.parse.options import ParseParams, how_resampled
from pipeline.parse.single import Manner, Parsed, read_file, read_record
from pipeline.parse.tally import Tally

__all__ = [
    "Manner", "Other", "ParseError", "ParseParams", "Parsed", "Result", "Tally", "how_resampled", "names", "parse",
    "parse_into", "read_chunk", "read_file", "read_record",
]  # fmt: skip

AS_IT_IS = Manner()
# a task: some hundredths of a second of sending for some tenths of work
CHUNK, MANY = 128, 1024  # files; drawings of the formats of many a file
WINDOW = 16_384  # drawings a process that are under way or wait to be kept; what is read runs no further ahead


class ParseError(ValueError):
    """An archive that does not give a set of drawings."""


@dataclass
class Result:
    """The selected drawings with their index, the unreadable ones with their reasons, what was not applied of the
    others, and the counts of it all."""

    drawings: list[Steps]
    index: pd.DataFrame
    unreadable: pd.DataFrame
    notes: pd.DataFrame
    summary: dict


@dataclass(frozen=True)
class Other:
    """A source: its archive, how it is read, its files' format, and whose hand it is."""

    archive: Path
    options: ParseParams
    form: str
    hand: str | None


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
    others: Sequence[Other] = (),
) -> Tally:
    """Read all drawings of the archive, in order of the files' names, whatever the number of jobs, and hand the
    selected ones to `keep`, chunk by chunk.

    jobs      processes (-1: one a processor) of loky; a cluster's workers are as many as it has
    progress  called with the number of drawings done since the last call
    form      the files' format, see fetch/formats.py
    others    further sources, read after it; their drawings are brought to the size of its first one's box
    Raises ParseError: no archive, more unreadable drawings than options.max_unreadable, or nothing selected;
    FormatError: a file that is not of the format.
    """
    tally = Tally(options)
    side: float | None = None
    for part in (Other(archive, options, form, "" if others else None), *others):
        tally.of_names = part.form in readers.AS_SVG
        for chunk in _work(part, Manner(part.form, part.hand, side if part.hand else None), jobs):
            tally.add(chunk)
            selected = [one for one in chunk if one.steps is not None]
            if selected and tally.failed <= options.max_unreadable:
                keep([one.steps for one in selected if one.steps is not None], _index([one.row for one in selected]))
                side = side or max(selected[0].row["width"], selected[0].row["height"])
            progress(len(chunk))
    if tally.failed > options.max_unreadable:
        raise ParseError(tally.too_many())
    if not tally.kept:
        raise ParseError(tally.none_kept())
    return tally


def names(archive: Path) -> list[str]:
    """The files of the archive in order. Raises ParseError."""
    try:
        with zipfile.ZipFile(archive) as file:
            return sorted(file.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise ParseError(f"{archive} is not an archive of drawings ({error}); run `dvc repro fetch`") from None


def _work(part: Other, manner: Manner, jobs: int) -> Iterator[list[Parsed]]:
    source, options = _chunks(part.archive, part.form), part.options
    with engine.engine(options.backend, options.address), Parallel(n_jobs=jobs, return_as="generator") as parallel:
        window = max(1, WINDOW // _size(part.form)) * effective_n_jobs(jobs)
        while chunks := list(islice(source, window)):
            yield from parallel(delayed(read_chunk)(chunk, options, manner) for chunk in chunks)


def _chunks(archive: Path, form: str) -> Iterator[list[Record]]:
    """Read here and sent to the tasks: a job on another machine need not see the archive."""
    source = _records(archive, form)
    while chunk := list(islice(source, _size(form))):
        yield chunk


def _size(form: str) -> int:
    return CHUNK if form in readers.AS_SVG else MANY


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


def read_chunk(chunk: Sequence[Record], options: ParseParams, manner: Manner = AS_IT_IS) -> list[Parsed]:
    """The work of one task: parse some drawings."""
    return [single.read(record, options, manner) for record in chunk]


def _index(rows: list[dict]) -> pd.DataFrame:
    index = pd.DataFrame(rows)
    return index.astype({"code_point": np.int64, "width": np.float32, "height": np.float32})
