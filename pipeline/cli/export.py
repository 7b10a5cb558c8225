"""`fake-kanji export`: drawings for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.common import CommandError, option, plain_errors


@plain_errors("export")
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="What stage parse, batch or sample wrote, or SVGs.")
    ] = Path("data/samples"),
    kind: Annotated[
        str, option("--format", "-f", metavar="svg|npz|ndjson|json|hanzi-writer", help="What to write (svg).")
    ] = "svg",
    out: Annotated[
        Path | None, option("--out", "-o", metavar="PATH", help="The file or, for a file each, the folder (drawings).")
    ] = None,
    rejected: Annotated[bool, option("--rejected", help="Also samples that the filters left out.")] = False,
    licence: Annotated[str | None, option("--licence", metavar="TEXT", help="Credit to write (the data's).")] = None,
) -> None:
    """Write drawings for other tools: svg, npz, ndjson, json, hanzi-writer.

    npz is sketch-rnn's, ndjson Quick, Draw!'s simplified one.
    """
    from pipeline.export import interchange as module

    if kind not in module.KINDS:
        raise CommandError(f"--format {kind}: must be one of {', '.join(module.KINDS)}")
    place = out or Path("drawings" if kind in module.FOLDERS else f"drawings.{kind}")
    count = module.write(module.read(folder, rejected, licence), kind, place)
    renamed = (
        f"; {place / module.NAMES} says which of them are not named by their ids" if kind in module.FOLDERS else ""
    )
    typer.echo(f"wrote {place}: {count:,} drawings{renamed if (place / module.NAMES).exists() else ''}")
