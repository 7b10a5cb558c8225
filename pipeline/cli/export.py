"""`fake-kanji export`: drawings for other tools."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import common
from pipeline.cli.common import CommandError, option, plain_errors
from pipeline.export import formats
from pipeline.export.formats import FORMATS, KANJIVG

if TYPE_CHECKING:
    from pipeline.export.interchange import Exported

IN_KANJIVG_S_FORM = "KanjiVG's form"
LINES = "Single lines"

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="What stage parse, batch or sample wrote, or a folder of SVGs.")
]
Kind = Annotated[str, option("--format", "-f", metavar="|".join(FORMATS), help="What to write (svg).")]
Out = Annotated[
    Path | None,
    option("--out", "-o", metavar="PATH", help="The file or, for a file a drawing, the folder (drawings.*, drawings)."),
]
Rejected = Annotated[bool, option("--rejected", help="Also samples that the filters left out.")]
Licence = Annotated[str | None, option("--licence", metavar="TEXT", help="Credit to write (the data's).")]
Known = Annotated[
    Path | None,
    option(
        "--known",
        metavar="FOLDER",
        help="Real drawings that say types and groups, as stage batch wrote them (data/batches).",
        panel=IN_KANJIVG_S_FORM,
    ),
]
MadeBy = Annotated[
    str | None,
    option(
        "--made-by",
        metavar="TEXT",
        help="What the comment says of the origin (the net and seed of data/samples).",
        panel=IN_KANJIVG_S_FORM,
    ),
]
Smooth = Annotated[bool, option("--smooth", help="plotter, svgfont: curves along a stroke's points.", panel=LINES)]
Paper = Annotated[
    str | None,
    option("--paper", metavar="SIZE", help="plotter: a2 to a6, letter, legal, tabloid or 200x250 (a4).", panel=LINES),
]
Margin = Annotated[float | None, option("--margin", metavar="MM", help="plotter: round the sheet (15).", panel=LINES)]
Size = Annotated[
    float | None,
    option("--size", metavar="MM", help="plotter: of a drawing's cell (the largest with which all fit).", panel=LINES),
]
Landscape = Annotated[bool, option("--landscape", help="plotter: the long side across.", panel=LINES)]


@plain_errors("export")
def export(
    folder: Folder = Path("data/samples"),
    kind: Kind = "svg",
    out: Out = None,
    rejected: Rejected = False,
    licence: Licence = None,
    known: Known = None,
    made_by: MadeBy = None,
    smooth: Smooth = False,
    paper: Paper = None,
    margin: Margin = None,
    size: Size = None,
    landscape: Landscape = False,
) -> None:
    """Write drawings for other tools.

    Folders: svg, kanjivg (KanjiVG's own form: curves, types, groups, numbers), hanzi-writer (for learners). Files: npz
    (sketch-rnn's), ndjson (Quick, Draw!'s), json. Files of single lines: plotter (a sheet of paper), svgfont (what
    Inkscape's Hershey Text reads), jhf (Hershey's own form).
    """
    sheet: dict[str, object] = {"paper": paper, "margin": margin, "size": size, "landscape": landscape}
    form = formats.check(kind, {"known": known, "made_by": made_by, "smooth": smooth} | sheet)
    from pipeline.export import interchange as module  # slow: numpy, pandas
    from pipeline.export import plotter

    place = out or Path("drawings" if form.folder else f"drawings{form.ending}")
    formats.check_name(kind, place)
    how: dict[str, Any] = {"smooth": smooth} if "smooth" in form.options else {}
    if kind == "plotter":
        how["page"] = plotter.sheet(paper or "a4", plotter.MARGIN if margin is None else margin, size, landscape)
    exported = module.read(folder, rejected, licence)
    if kind == KANJIVG:
        count = in_kanjivg_s_form(exported, folder, known or Path("data/batches"), made_by, place)
    else:
        count = module.write(exported, kind, place, **how)
    renamed = f"; {place / module.NAMES} says which of them are not named by their ids"
    listed = f"; {place.with_suffix('.csv')} says which is which" if form.listed else ""
    typer.echo(f"wrote {place}: {count:,} drawings{renamed if (place / module.NAMES).exists() else listed}")


def in_kanjivg_s_form(exported: "Exported", folder: Path, known: Path, made_by: str | None, place: Path) -> int:
    """Writes the folder; how many drawings."""
    from pipeline import dataset
    from pipeline.export import interchange
    from pipeline.kanjivg import form

    if place.exists():  # before the long work
        raise CommandError(f"--out {place} exists already; name a folder that does not")
    origin = made_by or form.origin(interchange.about(folder), "accepted" in exported.drawings.index)
    return form.write(exported, dataset.load(known), origin, place, common.bar("export"))
