"""data/raw -> data/strokes: every stroke resampled, a sheet of examples, and what could not be read."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import dataset, files, params, render
from pipeline.dataset import DrawingSet, Writer
from pipeline.fetch import sources
from pipeline.parse import characters, reading
from stages import counter, run

ROWS, COLUMNS, CELL_PX = 8, 16, 110  # of the sheet
SHOWN = 10  # notes told


def main(row: Any, raw: Path, out: Path) -> str:
    archive = raw / sources.ARCHIVE
    source = json.loads((raw / sources.SOURCE).read_text(encoding="utf-8"))
    form = source.get("format", "svg")
    asked = params.load("parse")
    options = replace(asked, names=characters.settled(asked.names, source))
    total = len(reading.names(archive)) if form == "svg" else None
    with files.whole_folder(out) as folder:
        with counter("parse", total, " drawings") as count, Writer(folder) as writer:
            found = reading.parse_into(writer.add, archive, options, progress=count, form=form)
        found.unreadable.to_csv(folder / "unreadable.csv", index=False)
        found.notes.to_csv(folder / "notes.csv", index=False)
        about = {"licence": source["licence"], "resampling": reading.how_resampled(options)}
        files.write_json(folder / "summary.json", found.summary | about)
        draw_sheet(folder, dataset.load(folder, ("width", "height")), source["licence"])
    for remark in found.remarks():
        print(f"parse: {remark}", file=sys.stderr)
    for file, reason in found.unreadable.itertuples(index=False):
        print(f"parse: unreadable: {file}: {reason}", file=sys.stderr)
    tell(found.notes, found.summary["noted_files"], out)
    return sentence(found.summary, out)


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
