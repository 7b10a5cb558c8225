"""`fake-kanji starts`: the file of strokes that a character can begin with."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.common import STARTS, plain_errors


@plain_errors("starts")
def starts(
    strokes: Annotated[Path, typer.Argument(metavar="FOLDER", help="What stage parse wrote.")] = Path("data/strokes"),
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The file to write.")] = Path(STARTS),
) -> None:
    """Make the file that `sample --start 氵` looks in."""
    from pipeline.write import starts as module

    count = module.build(strokes, out)
    typer.echo(f"wrote {out}: {count:,} kanji and components, {out.stat().st_size / 1e6:.2f} MB")
