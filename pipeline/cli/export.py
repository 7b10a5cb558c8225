"""`fake-kanji export`: drawings for other tools."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import common
from pipeline.cli.common import CommandError, option, plain_errors
from pipeline.export import formats
from pipeline.export.formats import FORMATS, KANJIVG

if TYPE_CHECKING:
    from pipeline.export.interchange import Exported

IN_KANJIVG_S_FORM = "KanjiVG's form"

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


@plain_errors("export")
def export(
    folder: Folder = Path("data/samples"),
    kind: Kind = "svg",
    out: Out = None,
    rejected: Rejected = False,
    licence: Licence = None,
    known: Known = None,
    made_by: MadeBy = None,
) -> None:
    """Write drawings for other tools.

    Folders: svg, kanjivg (KanjiVG's own form: curves, types, groups, numbers), hanzi-writer (for learners). Files: npz
    (sketch-rnn's), ndjson (Quick, Draw!'s), json.
    """
    form = formats.check(kind, {"known": known, "made_by": made_by})
    from pipeline.export import interchange as module  # slow: numpy, pandas

    place = out or Path("drawings" if form.folder else f"drawings{form.ending}")
    exported = module.read(folder, rejected, licence)
    if kind == KANJIVG:
        count = in_kanjivg_s_form(exported, folder, known or Path("data/batches"), made_by, place)
    else:
        count = module.write(exported, kind, place)
    renamed = f"; {place / module.NAMES} says which of them are not named by their ids"
    typer.echo(f"wrote {place}: {count:,} drawings{renamed if (place / module.NAMES).exists() else ''}")


def in_kanjivg_s_form(exported: "Exported", folder: Path, known: Path, made_by: str | None, place: Path) -> int:
    """Writes the folder; how many drawings."""
    from pipeline import dataset
    from pipeline.export import interchange
    from pipeline.kanjivg import form

    if place.exists():  # before the long work
        raise CommandError(f"--out {place} exists already; name a folder that does not")
    origin = made_by or form.origin(interchange.about(folder), "accepted" in exported.drawings.index)
    return form.write(exported, dataset.load(known), origin, place, common.bar("export"))
