"""`fake-kanji write`: characters that are described, ⿰木食, by a net that is told of parts."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import common
from pipeline.cli.common import CommandError, option, plain_errors
from pipeline.cli.sample import (
    SEEDS,
    WRITING,
    Animate,
    Colour,
    Columns,
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


@plain_errors("write")
def write(
    texts: Texts = None,
    listed: List = None,
    out: Out = Path("sheet.svg"),
    model: Model = None,
    ids: Ids = None,
    variants: Variants = 1,
    best_of: BestOf = 1,
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
    """Write what is described: a sheet, or a picture each. Needs a net with model.described."""
    if not texts and not listed:
        raise CommandError("nothing to write; give a description such as ⿰木食, or --list FILE")
    kind = picture_kind(out, animate)
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    from pipeline.describe import table  # slow: numpy, torch
    from pipeline.render import Look
    from pipeline.sample import sampler
    from pipeline.write import described, writer

    net = writer.Writer.of(model or common.shipped())
    reader = described.Reader.of(net, table.read(ids).descriptions if ids else {})
    asked = [*(texts or []), *(described.lines(listed) if listed else [])]
    wanted = [reader.encode(reader.read(text)) for text in asked for _ in range(variants)]
    temperatures = {
        "mixture_temperature": temperature if mixture_temperature is None else mixture_temperature,
        "width_temperature": temperature if width_temperature is None else width_temperature,
        "pen_temperature": pen_temperature,
    }
    options = net.options(len(wanted), seed, False, 0, temperatures)
    drawings, nats = described.write(net, wanted, options, best_of)
    look, place = Look(color, smooth, animate), str(out)
    if kind == "folder":
        paths = writer.save_each(out, drawings, net.data, look)
        place = f"{paths[0]} to {paths[-1].name}, in the order of the list"
    else:
        writer.save_sheet(out, drawings, net.data, columns, look)
    unended = sum(not sampler.has_ended(steps) for steps in drawings)
    cut = f", {unended} of them cut off at sample.max_steps" if unended else ""
    typer.echo(
        f"{len(drawings)} writings of {len(asked)} descriptions{cut}, {sum(nats) / len(nats):.2f} nats a step\n"
        f"wrote {place}; --seed {seed} gives the same again"
    )
