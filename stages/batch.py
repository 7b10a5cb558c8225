"""data/strokes -> data/batches: hold-out split, scale, descriptions, statistics."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import dataset, params
from pipeline.batch import holdout
from pipeline.batch.holdout import Scaled
from pipeline.dataset import Writer
from pipeline.describe import borrowing, derivation
from pipeline.describe.borrowing import Lenders
from pipeline.drawing import unit
from pipeline.files import whole_folder, write_json
from stages import run


def main(row: Any, strokes: Path, out: Path) -> str:
    asked = params.load("batch")
    numbers = holdout.split_numbers((part.index for part in dataset.parts(strokes, holdout.COLUMNS)), asked)
    options = holdout.resolved(dataset.load(strokes, ()), asked, numbers)
    source = json.loads((strokes / "summary.json").read_text(encoding="utf-8"))
    hands = source.get("hands", [])
    with whole_folder(out) as folder:
        taken = write(folder, strokes, numbers, float(options.scale), hands)
        prepared = dataset.load(folder, ("split", "width", "height"))
        statistics = holdout.statistics(prepared, options)
        write_json(folder / "statistics.json", statistics)
        write_json(folder / "batches.json", holdout.description(prepared, options, source))
    train = statistics["train"]
    told = f"; {taken:,} described as the first hand's" if hands else ""
    return (
        f"{train['drawings']:,} drawings ({train['steps']:,} steps) to train on, {statistics['valid']['drawings']} to "
        f"validate, {statistics['test']['drawings']} to test; scale {options.scale:g}; padding "
        f"{train['padding']:.1%}{told}"
    )


def write(folder: Path, strokes: Path, numbers: NDArray[np.int8], scale: float, hands: Sequence[str] = ()) -> int:
    """The set, part by part: each drawing's split and description beside its row of the index, its offsets scaled.

    Returns for how many drawings of further hands the first hand's description holds.
    """
    at = taken = 0
    lenders = Lenders.of(strokes) if hands else None
    with Writer(folder) as writer:
        for part in dataset.parts(strokes):
            split = holdout.names_of(numbers[at : (at := at + len(part))])
            scaled, index = Scaled(part, scale), part.index
            if lenders is not None:
                index = lenders.lend(part).assign(style=borrowing.styles(hands, index))
                taken += int(index["borrowed"].sum())
            index = index.assign(split=split, description=derivation.texts(index, scaled))
            writer.add_steps(part.joined() / unit(scale), part.lengths(), index)
    return taken


if __name__ == "__main__":
    run("batch", main)
