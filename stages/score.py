"""data/samples, data/batches, data/model -> data/scores: metrics, plots, samples beside the nearest real characters."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from pipeline import batches, checkpoint, dataset, params, plots, render, scoring
from pipeline.files import whole_file, whole_folder, write_json
from stages import run

CELL_PX = 90  # of the sheet's PNG


def main(row: Any, samples: Path, prepared: Path, model: Path, out: Path) -> str:
    options = params.load("score")
    net, config = checkpoint.load_model(model, scoring.choose_device(options.device))
    data = batches.read_description(prepared)
    material = scoring.Material(dataset.load(samples), dataset.load(prepared), data)
    found = scoring.score(material, net, config["pen_weights"], options, show)
    sheet = scoring.nearest_sheet(material, found.nearest, options.columns, options.rows)
    with whole_folder(out / "plots") as folder:
        plots.write(found.tables, folder)
        found.nearest.to_csv(folder / "nearest.csv", index=False, float_format="%.6g", lineterminator="\n")
    with whole_file(out / "nearest.svg") as partial:
        partial.write_text(sheet, encoding="utf-8")
    render.write_png(sheet, out / "nearest.png", 2 * options.columns * CELL_PX)
    write_json(out / "metrics.json", found.metrics)
    row.complete()
    return scoring.sentence(found.metrics)


def show(items: Iterable[Any], text: str) -> Iterable[Any]:
    return tqdm(items, desc=f"score: {text}", mininterval=1.0)


if __name__ == "__main__":
    run("score", main)
