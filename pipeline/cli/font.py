"""`fake-kanji font`: a font of drawings."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import common
from pipeline.cli.common import option, plain_errors

LOOKS = "How it looks"


@plain_errors("font")
def font(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="What stage parse, batch or sample wrote, or a folder of SVGs."),
    ] = Path("data/samples"),
    out: Annotated[
        Path, option("--out", "-o", metavar="FILE", help="A .ttf, a .woff2, or a .ufo with skeletons (dream.ttf).")
    ] = Path("dream.ttf"),
    name: Annotated[str | None, option("--name", metavar="TEXT", help="The family's name (the file's).")] = None,
    weight: Annotated[
        float,
        option(
            "--weight", "-w", min=8, max=200, metavar="N",
            help="The width of a plain stroke, in thousandths of the em; of many strokes less (60).", panel=LOOKS,
        ),
    ] = 60,
    mono: Annotated[bool, option("--mono/--brush", help="The same width everywhere (no).", panel=LOOKS)] = False,
    names: Annotated[
        str,
        option("--names", metavar="auto|none|hex|decimal|character", help="How SVGs are named, as parse.names (auto)."),
    ] = "auto",
    rejected: Annotated[bool, option("--rejected", help="Also samples that the filters left out.")] = False,
    licence: Annotated[str | None, option("--licence", metavar="TEXT", help="Credit to write (the data's).")] = None,
) -> None:  # fmt: skip
    """Make a font of drawings: .ttf, .woff2 or .ufo.

    Beside it come a list of its glyphs, .csv, and a specimen, .html. A drawing of a character has its code point, any
    other one of the private use areas.
    """
    from pipeline.font import writing  # slow: numpy, fontTools

    writing.check(out)
    from pipeline.brush.outlines import Brush
    from pipeline.export import interchange
    from pipeline.font.building import Names

    exported = interchange.read(folder, rejected, licence, interchange.check_names(names))
    style = "Mono" if mono else "Regular"
    made = f"Strokes of {len(exported.drawings):,} drawings, inked by fake-kanji"
    about = Names(name or out.stem, style, exported.licence, made)
    written = writing.write(exported, out, about, Brush(weight, mono), common.bar("font"))
    typer.echo(f"wrote {written.paths[0]}: {written.count:,} glyphs, {written.size:,} bytes")
    typer.echo(f"wrote {written.paths[1]}, which glyph is which, and {written.paths[2]}, a specimen")
