"""data/raw -> data/strokes: every stroke resampled, a sheet of examples, and what could not be read."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import dataset, files, params, render
from pipeline.dataset import DrawingSet, Writer
from pipeline.fetch import sources
from pipeline.parse import characters, reading
from pipeline.parse.reading import Other, ParseError, ParseParams
from stages import counter, run

ROWS, COLUMNS, CELL_PX = 8, 16, 110  # of the sheet
SHOWN = 10  # notes told


def main(row: Any, raw: Path, out: Path) -> str:
    asked, brought = params.load("parse"), sources.fetched(raw)
    first, *others = [source(one, asked) for one in brought]
    if unknown := sorted(set(asked.rules) - {one.hand for one in others}):
        raise ParseError(f"parse.rules names {unknown[0]!r}, fetch.hands does not; correct either")
    total = sum(len(reading.names(one.archive)) for one in (first, *others)) if first.form == "svg" else None
    licence = "; ".join(dict.fromkeys(one.about["licence"] for one in brought if one.about["licence"]))
    with files.whole_folder(out) as folder:
        with counter("parse", total, " drawings") as count, Writer(folder) as writer:
            given = (writer.add, first.archive, first.options)
            found = reading.parse_into(*given, progress=count, form=first.form, others=others)
        found.unreadable.to_csv(folder / "unreadable.csv", index=False)
        found.notes.to_csv(folder / "notes.csv", index=False)
        about = {"licence": licence, "resampling": reading.how_resampled(first.options)}
        about |= {"hands": [one.hand for one in brought[1:]]} if others else {}
        files.write_json(folder / "summary.json", found.summary | about | licence_texts(brought))
        draw_sheet(folder, dataset.load(folder, ("width", "height")), licence)
    for remark in found.remarks():
        print(f"parse: {remark}", file=sys.stderr)
    for file, reason in found.unreadable.itertuples(index=False):
        print(f"parse: unreadable: {file}: {reason}", file=sys.stderr)
    tell(found.notes, found.summary["noted_files"], out)
    return sentence(found.summary, out)


def source(one: sources.Fetched, asked: ParseParams) -> Other:
    """How a source is read: by its hand's own rule, if it has one."""
    form = one.about.get("format", "svg")
    rule = asked.rules.get(one.hand, asked.rule)
    options = replace(asked, names=characters.settled(asked.names, one.about), rule=rule)
    return Other(one.archive, options, form, one.hand)


def licence_texts(brought: Sequence[sources.Fetched]) -> dict[str, dict[str, str]]:
    """What the licences that came along say, by whose drawings they are of; nothing, if none came."""
    texts = {one.about["licence"]: one.about["licence_text"] for one in brought if one.about.get("licence_text")}
    return {"licence_texts": texts} if texts else {}


def tell(notes: pd.DataFrame, noted_files: int, out: Path) -> None:
    """What was read without something that the file asks for: some of it here, the rest in its table."""
    for file, note in notes.head(SHOWN).itertuples(index=False):
        print(f"parse: {file}: {note}", file=sys.stderr)
    if len(notes) > SHOWN:
        print(f"parse: notes on {noted_files:,} files in all, see {out / 'notes.csv'}", file=sys.stderr)


def draw_sheet(folder: Path, drawings: DrawingSet, licence: str) -> None:
    """Training examples at equal distances in the set, which is in the order of the characters."""
    chosen = np.unique(np.linspace(0, len(drawings) - 1, ROWS * COLUMNS).round().astype(int))
    width, height = (float(drawings.index[side].iloc[chosen].max()) for side in ("width", "height"))
    sheet = render.sheet_svg([drawings[i] for i in chosen], width, height, COLUMNS, credit=licence or None)
    render.write_both(folder / "sheet", sheet, CELL_PX * COLUMNS)


def sentence(counts: dict, out: Path) -> str:
    kept = counts["selected"]
    outlines = (
        f", {counts['outlines']:,} of them outlines of what is filled and not stroked" if counts["outlines"] else ""
    )
    return (
        f"{counts['readable']:,} of {counts['files']:,} files read ({counts['strokes']:,} strokes{outlines}), "
        f"{kept['drawings']:,} selected ({kept['strokes']:,} strokes, {kept['steps']:,} steps) -> {out}"
    )


if __name__ == "__main__":
    run("parse", main)
