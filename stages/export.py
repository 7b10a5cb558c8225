"""data/model, data/batches, web -> data/web: the net for the browser, real kanji, and the page as one file."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pipeline import params
from pipeline.export import web
from pipeline.files import whole_folder
from pipeline.net import checkpoint
from stages import run


def main(row: Any, model: Path, prepared: Path, out: Path) -> str:
    options = params.load("sample")
    net, config = checkpoint.load_model(model)
    # the page is given away: no path of this machine
    made = web.make(net, config | {"sample": asdict(replace(options, ids=None))}, prepared, web.known(net, model))
    with whole_folder(out) as folder:
        web.write(folder, made)
    return f"{made.sentence} -> {out}"


if __name__ == "__main__":
    run("export", main)
