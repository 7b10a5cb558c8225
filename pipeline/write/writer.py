"""New characters on demand: a model's folder -> drawings -> a sheet or a picture each, as `fake-kanji sample` does it.

How they are sampled and filtered is the model's: the section `sample` of its config, else the defaults here.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pipeline import files, params, render
from pipeline.drawing import Steps
from pipeline.export import compact, library
from pipeline.export.formats import INDEX
from pipeline.net import checkpoint
from pipeline.net.model import WritingNet
from pipeline.render import Look
from pipeline.sample import sampler
from pipeline.sample.dreaming import Dream, Dreamer, captions, listed
from pipeline.sample.sampler import Collected, SampleParams

if TYPE_CHECKING:
    from pipeline.write.prefix import Prefix  # slow: it reads SVG and tables

# For a net whose config has no section `sample`: what params.yaml has, which a test compares
SAMPLE = {
    "batch_size": 256, "max_steps": 250, "pen_temperature": 1.0, "mixture_temperature": 0.25, "width_temperature": 0.25,
    "divide_pen_weights": True, "margin": 2.0, "min_size": 30.0, "min_strokes": 2, "max_strokes": 30,
    "min_distance": 2.0,
}  # fmt: skip
# A CPU, so that a seed gives the same characters wherever it is used; the sheet has its own columns
FIXED = {"dream": "free", "ids": None, "hand": None, "device": "cpu", "columns": 1, "rows": 1}

ATTEMPTS, LEAST_ATTEMPTS = 10, 200  # drawings drawn for each one wanted, before giving up
CELL_PX, MOST_PX = 128, 16_000  # of a sheet's PNG: width of a cell, and the most in either direction


class WriterError(ValueError):
    """Characters that could not be written."""


@dataclass(frozen=True)
class Written:
    """Drawings in the units of the net's box, what became of those that were drawn, in one line, and what each was told
    to be; none of what is drawn freely."""

    drawings: list[Steps]
    sentence: str
    dreams: list[Dream]


@dataclass(frozen=True)
class Writer:
    """A net and its config, from `folder`."""

    net: WritingNet
    config: dict[str, Any]
    folder: Path

    @classmethod
    def of(cls, folder: Path) -> Self:
        """folder: a model's, or the file of `compact`. Raises CheckpointError, CompactError, WriterError."""
        net, config = compact.load(folder) if folder.is_file() else checkpoint.load_model(folder)
        missing = [f"data.{name}" for name in ("scale", "width", "height") if name not in config.get("data", {})]
        missing += [] if "pen_weights" in config else ["pen_weights"]
        if missing:
            raise WriterError(
                f"{folder / checkpoint.CONFIG} lacks {', '.join(missing)}; `dvc repro` makes a whole one, data/model"
            )
        return cls(net, config, folder)

    @property
    def data(self) -> dict[str, Any]:
        """scale, width, height, and where known licence and resampling."""
        return self.config["data"]

    def dreamer(self, ids: Path | None = None, hand: str | None = None) -> Dreamer:
        """Says what is to be written, no character of the table `ids`, and in which hand. Raises UntoldError,
        TableError, KnowledgeError, CompactError, DreamError, UnknownHandError."""
        if self.folder.is_file() and self.net.describer is not None:
            return Dreamer.of(library.known(self.folder).in_hand(hand), listed(ids))
        return Dreamer.load(self.folder, self.net, ids, hand)

    def write(
        self,
        count: int,
        seed: int,
        filtered: bool,
        begin: "Prefix | None",
        changes: Mapping[str, float | None],
        dreamer: Dreamer | None = None,
    ) -> Written:
        """`count` characters, or as many as passed the filters; each begins with `begin`, bit for bit.

        changes: parameters of sampling by name, None for the model's own. dreamer: says what each is to be.
        Raises WriterError: none passed.
        """
        options = self.options(count, seed, filtered, len(begin.steps) if begin else 0, changes)
        start = begin.scaled(self.data["scale"]) if begin else None
        found = sampler.collect(self.net, options, self.data, self.config["pen_weights"], start=start, dreamer=dreamer)
        if begin:
            begin.keep(found.drawn)
        drawings = found.accepted if filtered else found.drawn
        if not drawings:
            raise WriterError(
                f"none of {len(found.drawn)} characters passed the filters ({_reasons(found)}); --no-filter shows them"
            )
        begun = f", begun with {begin.text}" if begin else ""
        dreams = found.accepted_dreams if filtered else found.dreams
        return Written(drawings, _sentence(found, count, filtered, begun), dreams)

    def options(
        self, count: int, seed: int, filtered: bool, room: int, changes: Mapping[str, float | None]
    ) -> SampleParams:
        """The parameters of sampling; room: steps that the start takes of a drawing."""
        values = SAMPLE | self.config.get("sample", {})
        values |= {name: value for name, value in changes.items() if value is not None}
        attempts = max(LEAST_ATTEMPTS, ATTEMPTS * count) if filtered else count
        values |= {"count": count, "max_attempts": attempts, "max_steps": values["max_steps"] + room, "seed": seed}
        return params.build(SampleParams, values | FIXED, f"{self.folder / checkpoint.CONFIG}: sample")


def save_sheet(
    path: Path, drawings: list[Steps], data: dict[str, Any], columns: int, look: Look, dreams: Sequence[Dream] = ()
) -> None:
    """A sheet as .svg or .png, by the path's ending; dreams: of each drawing, how it reads stands below it."""
    columns = min(columns, len(drawings))
    sheet = render.sheet_svg(
        drawings, data["width"], data["height"], columns, captions(dreams) or None, credit=data.get("licence") or None,
        look=look,
    )  # fmt: skip
    if path.suffix.lower() == ".png":
        rows = -(-len(drawings) // columns)
        render.write_png(sheet, path, columns * max(1, min(CELL_PX, MOST_PX // max(columns, rows))))
    else:
        with files.whole_file(path) as partial:
            partial.write_text(sheet, encoding="utf-8")


def save_each(
    folder: Path,
    drawings: list[Steps],
    data: dict[str, Any],
    look: Look,
    told: Mapping[str, Sequence[str]] | None = None,
) -> list[Path]:
    """An SVG a drawing, 0001.svg and on, and a table of what each was told to be; what else the folder holds stays.
    told: columns of that table beside file, as export/pictures.py reads it back. Raises WriterError: one is there
    already."""
    check_free(folder, len(drawings), bool(told))
    paths = _each(folder, len(drawings))
    for path, steps in zip(paths, drawings, strict=True):
        picture = render.drawing_svg(
            steps, data["width"], data["height"], credit=data.get("licence") or None, look=look
        )
        with files.whole_file(path) as partial:
            partial.write_text(picture, encoding="utf-8")
    if told:
        import pandas as pd  # slow, and a sheet needs none

        table = {"file": [path.name for path in paths], **told}
        with files.whole_file(folder / INDEX) as partial:
            pd.DataFrame(table).to_csv(partial, index=False, lineterminator="\n")
    return paths


def check_free(folder: Path, count: int, told: bool = False) -> None:
    """Raise WriterError where one of so many pictures, or the table of what they were told, would be written over
    another."""
    paths = [*_each(folder, count), *([folder / INDEX] if told else [])]
    if there := [path.name for path in paths if os.path.lexists(path)]:
        raise WriterError(f"--out {folder} holds {there[0]} already, and nothing is written over; name another folder")


def _each(folder: Path, count: int) -> list[Path]:
    return [folder / f"{sampler.name(number)}.svg" for number in range(1, count + 1)]


def _reasons(found: Collected) -> str:
    return ", ".join(f"{number} {reason.replace('_', ' ')}" for reason, number in found.rejected.most_common())


def _sentence(found: Collected, count: int, filtered: bool, begun: str) -> str:
    if not filtered:
        return f"{len(found.drawn)} characters, unfiltered{begun}"
    wanted = f" of {count} wanted" if len(found.accepted) < count else ""
    return f"{len(found.accepted)} characters{wanted}{begun}; left out: {_reasons(found) or 'none'}"
