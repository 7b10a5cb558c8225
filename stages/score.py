"""data/samples, data/batches, data/model -> data/scores: metrics, plots, sheets and the gallery of all samples."""

from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import dataset, params, render
from pipeline.batch import holdout
from pipeline.dataset import DrawingSet
from pipeline.describe.encoding import Encoded
from pipeline.describe.knowledge import Knowledge
from pipeline.files import whole_folder, write_json
from pipeline.net import checkpoint
from pipeline.progress import named
from pipeline.sample import sampler
from pipeline.score import plots, scoring, sheets
from pipeline.score.described import scores as described
from pipeline.score.gallery import curation, density_sheet, gallery
from pipeline.score.judge import judge
from pipeline.score.material import Material
from pipeline.score.scoring import Scores
from stages import bar, run

CELL_PX = 90  # of a sheet's PNG
MOMENTS, DENSITY_PX = 8, 1200  # pictures along a drawing, and the width of the sheet's PNG


def main(row: Any, samples: Path, prepared: Path, model: Path, reader: Path, out: Path) -> str:
    options = params.load("score")
    device = sampler.choose_device(options.device, "score.device")
    net, config = checkpoint.load_model(model, device)
    trained_judge = judge.load(reader, device, name=options.judge)
    sample = params.load("sample")
    real = of_hand(dataset.load(prepared), sample.hand)
    material = Material(dataset.load(samples), real, holdout.read_description(prepared))
    found = scoring.score(
        material, net, config["pen_weights"], trained_judge, options, bar("score"), untold_of(model, sample.hand)
    )
    if net.describer is not None:
        knows = Knowledge.load(model).in_hand(sample.hand)
        progress = named(bar("score"), "write described")
        told = described.described(net, knows, material, config["pen_weights"], sample, options.seed, progress)
        if told is not None:
            found.metrics.update(scoring.rounded({"described": told.numbers}))
            found.tables["described"] = told.table
    with whole_folder(out / "plots") as folder:
        plots.write(found.tables, folder)
        for name in ("nearest", "samples"):
            table = getattr(found, name)
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")
    columns, rows = options.columns, options.rows
    nearest = sheets.nearest_sheet(material, found.nearest, columns, rows)
    render.write_both(out / "nearest", nearest, 2 * columns * CELL_PX)
    believed = sheets.believed_sheet(material, found.samples["believed"].to_numpy(), 2 * columns, rows)
    render.write_both(out / "believed", believed, 2 * columns * CELL_PX)
    films = curation.films_of(material, net, config["pen_weights"], options.films, options.films)
    exhibit(out, material, found, films, history(model), config)
    write_json(out / "metrics.json", found.metrics)
    row.complete()
    return scoring.sentence(found.metrics)


def untold_of(model: Path, hand: str | None) -> Encoded | None:
    """What says to the net in which hand it is to be, where that is not the first."""
    return Knowledge.load(model).in_hand(hand).untold if hand else None


def of_hand(drawings: DrawingSet, hand: str | None) -> DrawingSet:
    """What is written in one hand is held against real drawings of that one."""
    return drawings.where((drawings.index["hand"] == (hand or "")).to_numpy()) if "hand" in drawings.index else drawings


def exhibit(out: Path, material: Material, found: Scores, films: list, curves: Any, config: dict[str, Any]) -> None:
    """gallery.html, and density.svg and .png: where the pen may go next along a few drawings."""
    along = render.sheet_svg([None], material.data["width"], material.data["height"], 1)
    if films:
        along = density_sheet.density_svg([film.density for film in films], MOMENTS, material.credit)
    render.write_both(out / "density", along, DENSITY_PX)
    shown = curation.curate(
        material,
        found,
        films,
        numbers=found.samples.drop(columns="parts", errors="ignore"),
        parts=curation.parts_of(found.parts, material.accepted.index["id"].tolist()),
        history=curves,
        parameters={name: config[name] for name in ("model", "train") if name in config},
    )
    gallery.write(shown, out / "gallery.html")


def history(model: Path) -> pd.DataFrame | None:
    path = model / "history.csv"
    return pd.read_csv(path) if path.exists() else None


if __name__ == "__main__":
    run("score", main)
