"""`fake-kanji write`: characters that are described, ⿰木食, by a net that is told of parts."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import common
from pipeline.cli.common import CommandError, option, plain_errors
from pipeline.cli.sample import (
    SEEDS,
    WRITING,
    Animate,
    Colour,
    Columns,
    Hand,
    MixtureTemperature,
    Model,
    Out,
    PenTemperature,
    Seed,
    Smooth,
    Temperature,
    WidthTemperature,
    picture_kind,
)  # fmt: skip

if TYPE_CHECKING:
    from pipeline.describe.description import Description
    from pipeline.render import Look
    from pipeline.write.writer import Writer

LACKING = "Characters that the data lack"

Texts = Annotated[
    list[str] | None, typer.Argument(metavar="⿰木食 ...", help="Descriptions, or characters.", show_default=False)
]
List = Annotated[Path | None, option("--list", metavar="FILE", help="More of them, one a line.", panel=WRITING)]
Ids = Annotated[
    Path | None,
    option("--ids", metavar="FILE", help="A table of descriptions, to look characters up in.", panel=WRITING),
]
Variants = Annotated[
    int, option("--variants", min=1, max=100, metavar="N", help="So many writings of each (1).", panel=WRITING)
]
BestOf = Annotated[
    int,
    option(
        "--best-of",
        min=1,
        max=256,
        metavar="N",
        help="Write each so many times and keep the likeliest: surer, but variants grow alike (1).",
        panel=WRITING,
    ),
]
Missing = Annotated[
    str | None,
    option(
        "--missing",
        metavar="jisx0213|FILE",
        help="Write what the data lack of JIS X 0213, or of a file of characters, into a folder: an SVG each, a table, "
        "sheets. Needs --ids.",
        panel=LACKING,
    ),
]
Batches = Annotated[
    Path | None,
    option(
        "--batches",
        metavar="FOLDER",
        help="Drawings whose characters are not missing, such as data/batches (all that the net knows).",
        panel=LACKING,
    ),
]
Beside = Annotated[
    Path | None, option("--beside", metavar="FONT", help="Show the glyphs of a font on the sheets.", panel=LACKING)
]


@plain_errors("write")
def write(
    texts: Texts = None,
    listed: List = None,
    out: Out = Path("sheet.svg"),
    model: Model = None,
    ids: Ids = None,
    variants: Variants = 1,
    best_of: BestOf = 1,
    missing: Missing = None,
    batches: Batches = None,
    beside: Beside = None,
    hand: Hand = None,
    seed: Seed = None,
    temperature: Temperature = None,
    mixture_temperature: MixtureTemperature = None,
    width_temperature: WidthTemperature = None,
    pen_temperature: PenTemperature = None,
    color: Colour = True,
    columns: Columns = 10,
    smooth: Smooth = False,
    animate: Animate = False,
) -> None:
    """Write what is described: a sheet, or a picture each."""
    asked = [*(texts or [])]
    kind = picture_kind(out, animate)
    check(bool(asked or listed), variants, missing, kind, ids, batches, beside)
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    from pipeline.describe import table  # slow: numpy, torch
    from pipeline.render import Look
    from pipeline.write import described, writer

    net = writer.Writer.of(model or common.shipped(told=True))
    known = table.read(ids).descriptions if ids else {}
    temperatures = {
        "mixture_temperature": temperature if mixture_temperature is None else mixture_temperature,
        "width_temperature": temperature if width_temperature is None else width_temperature,
        "pen_temperature": pen_temperature,
    }
    job = Job(net, known, out, best_of, seed, temperatures, Look(color, smooth, animate), columns, hand)
    if missing:
        said = write_missing(job, missing, batches, beside)
    else:
        asked += described.lines(listed) if listed else []
        said = write_texts(job, asked, variants, kind)
    typer.echo(f"{said}; --seed {seed} gives the same again")


@dataclass(frozen=True)
class Job:
    """What both ways of writing take."""

    net: "Writer"
    table: "Mapping[str, Description]"
    out: Path
    best_of: int
    seed: int
    temperatures: Mapping[str, float | None]
    look: "Look"
    columns: int
    hand: str | None


def check(
    given: bool,
    variants: int,
    missing: str | None,
    kind: str,
    ids: Path | None,
    batches: Path | None,
    beside: Path | None,
) -> None:
    """Options that belong together. Raises CommandError."""
    if not missing and not given:
        raise CommandError("nothing to write; give a description such as ⿰木食, --list FILE, or --missing jisx0213")
    if not missing and (batches or beside):
        raise CommandError(f"--{'batches' if batches else 'beside'} goes with --missing; leave it out, or give both")
    if missing and (given or variants > 1):
        raise CommandError("--missing writes each character once; leave descriptions, --list and --variants out")
    if missing and kind != "folder":
        raise CommandError("--missing writes a folder; give --out FOLDER, without an ending")
    if missing and not ids:
        raise CommandError("--missing looks descriptions up; give --ids FILE, a table such as CHISE's or cjkvi-ids'")


def write_texts(job: Job, asked: list[str], variants: int, kind: str) -> str:
    """A sheet, or a picture each; what was done."""
    from pipeline.sample import sampler
    from pipeline.write import described, writer

    net, place = job.net, str(job.out)
    reader = described.Reader.of(net, job.table, job.hand)
    each = [text for text in asked for _ in range(variants)]
    wanted = [reader.encode(reader.read(text)) for text in each]
    if kind == "folder":
        writer.check_free(job.out, len(wanted), told=True)  # before the long work
    options = net.options(len(wanted), job.seed, False, 0, job.temperatures)
    drawings, nats = described.write(net, wanted, options, job.best_of)
    if kind == "folder":
        paths = writer.save_each(job.out, drawings, net.data, job.look, reader.told(each))
        place = f"{paths[0]} to {paths[-1].name}, in the order of the list"
    else:
        writer.save_sheet(job.out, drawings, net.data, job.columns, job.look)
    unended = sum(not sampler.has_ended(steps) for steps in drawings)
    cut = f", {unended} of them cut off at sample.max_steps" if unended else ""
    return (
        f"{len(drawings)} writings of {len(asked)} descriptions{cut}, {sum(nats) / len(nats):.2f} nats a step\n"
        f"wrote {place}"
    )


def write_missing(job: Job, name: str, batches: Path | None, font: Path | None) -> str:
    """A folder of what is missing; what was done."""
    from pipeline.write import described, glyphs, missing

    missing.check_new(job.out)
    reader = described.Reader.of(job.net, job.table, job.hand)
    wanted, there = missing.wanted(name), missing.there(reader.knows, batches)
    plans = [missing.plan(character, reader) for character in wanted if character not in there]
    # before the long work, so that a bad font is told at once
    outlines = glyphs.outlines(font, [one.character for one in plans], job.net.data["height"]) if font else None
    options = job.net.options(max(len(plans), 1), job.seed, False, 0, job.temperatures)
    filled = missing.fill(job.net, plans, options, job.best_of, common.bar("write"))
    missing.save(job.out, filled, job.net.data, job.look, job.columns, outlines)
    usual = filled.as_usual()
    as_usual = f" ({usual:,} as their usual form)" if usual else ""
    return (
        f"{len(plans):,} of {len(wanted):,} characters are missing; "
        f"{len(filled.drawings):,} of them written{as_usual}, "
        f"{len(plans) - len(filled.drawings):,} not: {filled.why()}\n"
        f"wrote {job.out}; {missing.TABLE} there has a row each"
    )
