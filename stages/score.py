"""data/samples, data/batches, data/model -> data/scores: metrics, plots, sheets and the gallery of all samples."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from pipeline import dataset, params, render
from pipeline.batch import holdout
from pipeline.files import whole_file, whole_folder, write_json
from pipeline.net import checkpoint
from pipeline.score import plots, scoring, sheets
from pipeline.score.gallery import curation, density_sheet, gallery
from pipeline.score.judge import judge
from pipeline.score.material import Material
from pipeline.score.scoring import Scores
from stages import run

CELL_PX = 90  # of a sheet's PNG
MOMENTS, DENSITY_PX = 8, 1200  # pictures along a drawing, and the width of the sheet's PNG


def main(row: Any, samples: Path, prepared: Path, model: Path, reader: Path, out: Path) -> str:
    options = params.load("score")
    device = scoring.choose_device(options.device)
    net, config = checkpoint.load_model(model, device)
    trained_judge = judge.load(reader, device, name=options.judge)
    material = Material(dataset.load(samples), dataset.load(prepared), holdout.read_description(prepared))
    found = scoring.score(material, net, config["pen_weights"], trained_judge, options, show)
    with whole_folder(out / "plots") as folder:
        plots.write(found.tables, folder)
        for name in ("nearest", "samples"):
            table = getattr(found, name)
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")
    columns, rows = options.columns, options.rows
    draw(out / "nearest", sheets.nearest_sheet(material, found.nearest, columns, rows), 2 * columns * CELL_PX)
    believed = sheets.believed_sheet(material, found.samples["believed"].to_numpy(), 2 * columns, rows)
    draw(out / "believed", believed, 2 * columns * CELL_PX)
    films = curation.films_of(material, net, config["pen_weights"], options.films, options.films)
    exhibit(out, material, found, films, history(model), config)
    write_json(out / "metrics.json", found.metrics)
    row.complete()
    return scoring.sentence(found.metrics)


def exhibit(out: Path, material: Material, found: Scores, films: list, curves: Any, config: dict[str, Any]) -> None:
    """gallery.html, and density.svg and .png: where the pen may go next along a few drawings."""
    credit = material.data.get("licence") or None
    densities = [film.density for film in films]
    blank = render.sheet_svg([None], material.data["width"], material.data["height"], 1)
    draw(out / "density", density_sheet.density_svg(densities, MOMENTS, credit) if films else blank, DENSITY_PX)
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


def draw(path: Path, svg: str, width_px: int) -> None:
    """<path>.svg and <path>.png."""
    with whole_file(path.with_suffix(".svg")) as partial:
        partial.write_text(svg, encoding="utf-8")
    render.write_png(svg, path.with_suffix(".png"), width_px)


def show(items: Iterable[Any], text: str) -> Iterable[Any]:
    return tqdm(items, desc=f"score: {text}", mininterval=1.0)


if __name__ == "__main__":
    run("score", main)
