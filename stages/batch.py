"""data/strokes -> data/batches: hold-out split, scale, descriptions, statistics."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import dataset, params
from pipeline.batch import holdout
from pipeline.batch.holdout import Scaled
from pipeline.dataset import Writer
from pipeline.describe import derivation
from pipeline.drawing import unit
from pipeline.files import whole_folder, write_json
from stages import run


def main(row: Any, strokes: Path, out: Path) -> str:
    asked = params.load("batch")
    numbers = holdout.split_numbers((part.index for part in dataset.parts(strokes, holdout.COLUMNS)), asked)
    options = holdout.resolved(dataset.load(strokes, ()), asked, numbers)
    source = json.loads((strokes / "summary.json").read_text(encoding="utf-8"))
    with whole_folder(out) as folder:
        write(folder, strokes, numbers, float(options.scale))
        prepared = dataset.load(folder, ("split", "width", "height"))
        statistics = holdout.statistics(prepared, options)
        write_json(folder / "statistics.json", statistics)
        write_json(folder / "batches.json", holdout.description(prepared, options, source))
    train = statistics["train"]
    return (
        f"{train['drawings']:,} drawings ({train['steps']:,} steps) to train on, {statistics['valid']['drawings']} to "
        f"validate, {statistics['test']['drawings']} to test; scale {options.scale:g}; padding {train['padding']:.1%}"
    )


def write(folder: Path, strokes: Path, numbers: NDArray[np.int8], scale: float) -> None:
    """The set, part by part: each drawing's split and description beside its row of the index, its offsets scaled."""
    at = 0
    with Writer(folder) as writer:
        for part in dataset.parts(strokes):
            split = holdout.names_of(numbers[at : (at := at + len(part))])
            scaled = Scaled(part, scale)
            index = part.index.assign(split=split, description=derivation.texts(part.index, scaled))
            writer.add_steps(part.joined() / unit(scale), part.lengths(), index)


if __name__ == "__main__":
    run("batch", main)
