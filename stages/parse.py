"""data/raw -> data/strokes: every stroke resampled, a sheet of examples, and what could not be read."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from pipeline import dataset, files, params, parsing, render, sources
from stages import run

ROWS, COLUMNS, CELL_PX = 8, 16, 110  # of the sheet


def main(row: Any, raw: Path, out: Path) -> str:
    options = params.load("parse")
    archive = raw / sources.ARCHIVE
    with tqdm(total=len(parsing.names(archive)), desc="parse", unit=" files", file=sys.stderr) as bar:
        result = parsing.parse(archive, options, progress=bar.update)
    source = json.loads((raw / sources.SOURCE).read_text(encoding="utf-8"))
    with files.whole_folder(out) as folder:
        dataset.save(folder, result.drawings, result.index)
        result.unreadable.to_csv(folder / "unreadable.csv", index=False)
        about = {"licence": source["licence"], "resampling": parsing.resampling(options)}
        files.write_json(folder / "summary.json", result.summary | about)
        draw_sheet(folder, result, source["licence"])
    for file, reason in result.unreadable.itertuples(index=False):
        print(f"parse: unreadable: {file}: {reason}", file=sys.stderr)
    return sentence(result.summary, out)


def draw_sheet(folder: Path, result: parsing.Result, licence: str) -> None:
    """Training examples at equal distances in the set, which is in the order of the characters."""
    chosen = np.unique(np.linspace(0, len(result.drawings) - 1, ROWS * COLUMNS).round().astype(int))
    width, height = (float(result.index[side].iloc[chosen].max()) for side in ("width", "height"))
    sheet = render.sheet_svg([result.drawings[i] for i in chosen], width, height, COLUMNS, credit=licence or None)
    (folder / "sheet.svg").write_text(sheet, encoding="utf-8")
    render.write_png(sheet, folder / "sheet.png", CELL_PX * COLUMNS)


def sentence(counts: dict, out: Path) -> str:
    kept = counts["selected"]
    return (
        f"{counts['readable']:,} of {counts['files']:,} files read ({counts['strokes']:,} strokes), "
        f"{kept['drawings']:,} selected ({kept['strokes']:,} strokes, {kept['steps']:,} steps) -> {out}"
    )


if __name__ == "__main__":
    run("parse", main)
