"""A folder of samples as the stage leaves it, and the command that exports it."""

import json
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from pipeline import dataset
from pipeline.cli import main
from pipeline.dataset import DrawingSet

CREDIT = "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"


def save_samples(folder: Path, drawings: DrawingSet) -> Path:
    """In a new folder; the filters have left out every fourth."""
    folder.mkdir()
    index = drawings.index.drop(columns=["start", "stop", "strokes"])
    dataset.save(folder, list(drawings), index.assign(accepted=np.arange(len(drawings)) % 4 > 0))
    (folder / "data.json").write_text(json.dumps({"licence": CREDIT}), encoding="utf-8")
    return folder


def kept(folder: Path) -> DrawingSet:
    drawings = dataset.load(folder)
    return drawings.where(drawings.index["accepted"].to_numpy())


def export(*arguments: object) -> tuple[int, str]:
    """Exit code, and what was said."""
    result = CliRunner().invoke(main.app, ["export", *map(str, arguments)])
    return result.exit_code, result.output
