"""`fake-kanji export`: drawings for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.common import CommandError, option, plain_errors

LINES = "Single lines"

Smooth = Annotated[bool, option("--smooth", help="plotter, svgfont: curves through a stroke's points.", panel=LINES)]
Paper = Annotated[
    str,
    option("--paper", metavar="SIZE", help="plotter: a2 to a6, letter, legal, tabloid or 200x250 (a4).", panel=LINES),
]
Margin = Annotated[float, option("--margin", metavar="MM", help="plotter: round the sheet (15).", panel=LINES)]
Size = Annotated[
    float | None,
    option("--size", metavar="MM", help="plotter: of a drawing's cell (the largest with which all fit).", panel=LINES),
]
Landscape = Annotated[bool, option("--landscape", help="plotter: the long side across.", panel=LINES)]


@plain_errors("export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What stage parse, batch or sample wrote.")] = Path(
        "data/samples"
    ),
    kind: Annotated[
        str, option("--format", "-f", metavar="svg|npz|ndjson|json|plotter|svgfont|jhf", help="What to write (svg).")
    ] = "svg",
    out: Annotated[
        Path | None, option("--out", "-o", metavar="PATH", help="The file or, for svg, the folder (drawings.FORMAT).")
    ] = None,
    rejected: Annotated[bool, option("--rejected", help="Also samples that the filters left out.")] = False,
    licence: Annotated[str | None, option("--licence", metavar="TEXT", help="Credit to write (the data's).")] = None,
    smooth: Smooth = False,
    paper: Paper = "a4",
    margin: Margin = 15.0,
    size: Size = None,
    landscape: Landscape = False,
) -> None:
    """Write drawings for other tools: svg, npz, ndjson, json; single lines: plotter, svgfont, jhf.

    npz is sketch-rnn's, ndjson Quick, Draw!'s simplified one; plotter is a sheet of paper, a path a stroke; svgfont is
    what Inkscape's Hershey Text reads, jhf Hershey's own form.
    """
    from pipeline.export import interchange as module
    from pipeline.export import plotter

    if kind not in module.KINDS:
        raise CommandError(f"--format {kind}: must be one of {', '.join(module.KINDS)}")
    place = out or Path("drawings" if kind == "svg" else f"drawings{module.LINES.get(kind, f'.{kind}')}")
    if kind in module.LINES and place.suffix.lower() != module.LINES[kind]:
        raise CommandError(f"--out {place}: {kind} is written as a {module.LINES[kind]} file")
    page = plotter.sheet(paper, margin, size, landscape)
    count = module.write(module.read(folder, rejected, licence), kind, place, page, smooth)
    renamed = f"; {place / module.NAMES} says which of them are not named by their ids" if kind == "svg" else ""
    listed = f"; {place.with_suffix('.csv')} says which is which" if kind in module.FONTS else ""
    typer.echo(f"wrote {place}: {count:,} drawings{renamed if (place / module.NAMES).exists() else ''}{listed}")
