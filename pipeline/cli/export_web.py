"""`fake-kanji export-web`: a net for the browser."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import common
from pipeline.cli.common import CommandError, option, plain_errors


@plain_errors("export-web")
def export_web(
    model: Annotated[
        Path | None, option("--model", "-m", metavar="FOLDER", help="A net (the one that comes along).")
    ] = None,
    out: Annotated[
        Path,
        option("--out", "-o", metavar="PATH", help="net.json, the page as .html, or a folder for all (net.json)."),
    ] = Path("net.json"),
    prepared: Annotated[
        Path,
        option("--batches", metavar="FOLDER", help="Drawings to measure and compare with (data/batches, if there)."),
    ] = Path("data/batches"),
) -> None:
    """Write a net for the browser: one JSON file, its weights rounded, and one of the exemplars that it is shown."""
    kind = "folder" if out.is_dir() or not out.suffix else out.suffix.lower()
    if kind not in ("folder", ".json", ".html"):
        raise CommandError(
            f"--out {out}: a net is written as .json, the whole page as .html; without an ending a folder"
        )
    from pipeline import files
    from pipeline.export import web
    from pipeline.net import checkpoint

    source = model or common.shipped()
    net, config = checkpoint.load_model(source)
    made = web.make(net, config, prepared if prepared.is_dir() else None, web.known(net, source))
    if kind == "folder":
        with files.whole_folder(out) as folder:
            web.write(folder, made)
    elif kind == ".html":
        with files.whole_file(out) as partial:
            partial.write_text(web.page(made), encoding="utf-8")
    else:
        made.write_net(out)
    typer.echo(f"{made.sentence}; wrote {out}")
