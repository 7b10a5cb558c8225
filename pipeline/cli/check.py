"""`fake-kanji check`: a proof-reader of stroke orders."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import common
from pipeline.cli.common import CommandError, option, plain_errors
from pipeline.cli.sample import Model

FOUND, FAILED = 1, 2  # exit codes
OUTPUT = "What is written"

Place = Annotated[
    Path, typer.Argument(metavar="FILE|FOLDER", help="An SVG, a folder of them, or a set.", show_default=False)
]
Report = Annotated[
    Path | None, option("--html", metavar="FILE", help="A report with pictures, worst first.", panel=OUTPUT)
]
Table = Annotated[
    Path | None, option("--csv", metavar="FILE", help="A row a finding, and a drawing without one.", panel=OUTPUT)
]
Top = Annotated[
    int, option("--top", min=1, metavar="N", help="So many findings on the terminal, drawings in the report (200).")
]
Above = Annotated[
    float, option("--above", metavar="NATS", help="More than so many nats above the usual thresholds (0).")
]
Free = Annotated[bool, option("--free", help="Tell the net nothing, though it can be told what is drawn.")]


@plain_errors("check", code=FAILED)
def check(
    place: Place,
    html: Report = None,
    csv: Table = None,
    model: Model = None,
    free: Free = False,
    above: Above = 0.0,
    top: Top = 200,
) -> None:
    """Look for strokes in an unusual direction or order, one too many or missing, as a net sees it.

    Drawings that say what their parts are, as KanjiVG's do, are judged by the net that comes along and can be told so,
    others by the one that writes freely.

    Exit code 0: nothing found; 1: something found; 2: it could not be checked.
    """
    if html and html.suffix.lower() not in (".html", ".htm"):
        raise CommandError(f"--html {html}: the report is a page; give a name that ends in .html")
    from pipeline.check import faults, reading, report, table  # slow: numpy, torch
    from pipeline.write.writer import Writer

    net = Writer.of(model or common.shipped(told=not free))
    judge = reading.judge(net, free)
    other = None if model or free else reading.judge(Writer.of(common.shipped()))
    progress = common.bar("check")
    read = reading.read(place, net, judge, progress)
    for line in read.left_out:
        typer.echo(f"left out: {line}", err=True)
    found = faults.check(judge, read.cases, above, progress, other)
    for line in table.lines(found, top):
        typer.echo(line)
    if csv:
        table.write_csv(csv, found)
    if html:
        side = max(net.data["width"], net.data["height"]) / net.data["scale"]
        report.write_html(html, found, side, read.licence, top)
    suspicious = sum(bool(one.findings) for one in found)
    written = " and ".join(str(path) for path in (csv, html) if path)
    typer.echo(f"{suspicious:,} of {len(found):,} drawings are suspicious" + (f"; wrote {written}" if written else ""))
    raise typer.Exit(FOUND if suspicious else 0)
