"""data/strokes -> data/batches: hold-out split, scale, descriptions, statistics."""

import json
from pathlib import Path
from typing import Any

from pipeline import dataset, params
from pipeline.batch import holdout
from pipeline.dataset import DrawingSet
from pipeline.describe import borrowing, derivation
from pipeline.files import whole_folder, write_json
from stages import run


def main(row: Any, strokes: Path, out: Path) -> str:
    parsed = dataset.load(strokes)
    options = holdout.resolved(parsed, params.load("batch"))
    drawings, index = holdout.prepare(parsed, options)
    source = json.loads((strokes / "summary.json").read_text(encoding="utf-8"))
    hands = tuple(sorted(set(index["hand"]) - {""})) if "hand" in index else ()
    if hands:
        index = borrowing.borrowed(DrawingSet(parsed.points, index)).assign(style=borrowing.styles(hands, index))
        source |= {"hands": hands}
    index = index.assign(description=derivation.texts(index, drawings))
    with whole_folder(out) as folder:
        dataset.save(folder, drawings, index)
        prepared: DrawingSet = dataset.load(folder)
        statistics = holdout.statistics(prepared, options)
        write_json(folder / "statistics.json", statistics)
        write_json(folder / "batches.json", holdout.description(prepared, options, source))
    train = statistics["train"]
    told = f"; {index['borrowed'].sum():,} described as the first hand's" if hands else ""
    return (
        f"{train['drawings']:,} drawings ({train['steps']:,} steps) to train on, {statistics['valid']['drawings']} to "
        f"validate, {statistics['test']['drawings']} to test; scale {options.scale:g}; padding "
        f"{train['padding']:.1%}{told}"
    )


if __name__ == "__main__":
    run("batch", main)
