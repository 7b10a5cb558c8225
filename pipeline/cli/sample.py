"""`fake-kanji sample`: new characters, as a sheet or a picture each."""

import secrets
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import common
from pipeline.cli.common import STARTS, CommandError, option, plain_errors

if TYPE_CHECKING:
    from pipeline.write.prefix import Prefix

SEEDS = 10**9  # random seeds are below


class Kind(StrEnum):
    """How the net dreams."""

    FREE = "free"
    DESCRIBED = "described"


WRITING, LOOKS = "How the net writes", "How it looks"
Count = Annotated[int, option("--count", "-n", min=1, metavar="N", help="How many characters (20).")]
Out = Annotated[
    Path,
    option("--out", "-o", metavar="PATH", help="A sheet as .svg or .png, or a folder for an SVG each (sheet.svg)."),
]
Model = Annotated[
    Path | None,
    option("--model", "-m", metavar="FOLDER", help="A net of your own, such as data/model (the one that comes along)."),
]
Seed = Annotated[
    int | None,
    option("--seed", min=0, metavar="N", help="The same seed and options give the same characters (random, told)."),
]
Hand = Annotated[
    str | None,
    option(
        "--hand",
        metavar="NAME",
        help="Write in this hand, of a net that has learnt several (the first).",
        panel=WRITING,
    ),
]
Start = Annotated[
    str | None,
    option(
        "--start",
        metavar="氵|FILE.svg",
        help="Begin with the strokes of a kanji or component, or with those that you drew.",
        panel=WRITING,
    ),
]
StartsFile = Annotated[
    Path | None,
    option("--starts", metavar="FILE", help="Where to look 氵 up, see `fake-kanji starts` (the net's).", panel=WRITING),
]
Temperature = Annotated[
    float | None,
    option(
        "--temperature",
        "-t",
        min=0.01,
        metavar="T",
        help="Sets the next two: near 0 only the likeliest shapes, 1 all that the net learnt, above 1 wilder (0.25). "
        "The pen keeps its own, so that strokes and characters end as often as real ones.",
        panel=WRITING,
    ),
]
MixtureTemperature = Annotated[
    float | None,
    option("--mixture-temperature", min=0.01, metavar="T", help="Of the choice where to go (0.25).", panel=WRITING),
]
WidthTemperature = Annotated[
    float | None,
    option("--width-temperature", min=0, metavar="T", help="Of the spread about that place (0.25).", panel=WRITING),
]
PenTemperature = Annotated[
    float | None,
    option("--pen-temperature", min=0.01, metavar="T", help="Of when strokes and characters end (1).", panel=WRITING),
]
Dream = Annotated[
    Kind | None,
    option(
        "--dream",
        metavar="free|described",
        help="Free as the post's net, or a new description first, which a net that is told of parts then writes; how "
        "it reads stands below each (described, where the net can and no --start is given).",
        panel=WRITING,
    ),
]
Ids = Annotated[
    Path | None,
    option(
        "--ids",
        metavar="FILE",
        help="A table of descriptions: nothing is dreamt that is a character of it. With --dream described.",
        panel=WRITING,
    ),
]
Filtered = Annotated[
    bool,
    option(
        "--filter/--no-filter",
        help="Leave out what does not end, leaves the box, is tiny, has too few or too many strokes or is a copy "
        "of another (yes).",
        panel=WRITING,
    ),
]
Colour = Annotated[
    bool, option("--color/--black", help="A color a stroke, violet first and red last (yes).", panel=LOOKS)
]
Columns = Annotated[int, option("--columns", min=1, metavar="N", help="Columns of the sheet (10).", panel=LOOKS)]
Smooth = Annotated[bool, option("--smooth", help="Curves through the points instead of chords.", panel=LOOKS)]
Animate = Annotated[
    bool, option("--animate", help="Draw the strokes in order where the SVG is shown, in a browser.", panel=LOOKS)
]


@plain_errors("sample")
def sample(
    count: Count = 20,
    out: Out = Path("sheet.svg"),
    model: Model = None,
    seed: Seed = None,
    start: Start = None,
    starts_file: StartsFile = None,
    temperature: Temperature = None,
    mixture_temperature: MixtureTemperature = None,
    width_temperature: WidthTemperature = None,
    pen_temperature: PenTemperature = None,
    dream: Dream = None,
    ids: Ids = None,
    hand: Hand = None,
    filtered: Filtered = True,
    color: Colour = True,
    columns: Columns = 10,
    smooth: Smooth = False,
    animate: Animate = False,
) -> None:
    """Write new characters: a sheet, or a picture each."""
    kind = picture_kind(out, animate)
    if dream is Kind.DESCRIBED and start:
        raise CommandError("--start begins what is dreamt freely; leave it out, or --dream described")
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    from pipeline.render import Look  # slow: numpy, torch
    from pipeline.sample import sampler
    from pipeline.write import writer

    free = dream is Kind.FREE or bool(start)
    folder = model or common.shipped(told=not free)
    net = writer.Writer.of(folder)
    planned = dream is Kind.DESCRIBED or (not free and net.net.describer is not None)
    if ids and not planned:
        raise CommandError("--ids goes with --dream described; leave it out, or give both")
    if kind == "folder":
        writer.check_free(out, count, planned)
    if hand and not planned:
        raise CommandError("--hand goes with what is described first; leave it out, or --start and --dream free")
    dreamer = net.dreamer(ids, hand) if planned else None
    begin = _begin(start, net.data, _starts_of(folder, starts_file)) if start else None
    temperatures = {
        "mixture_temperature": temperature if mixture_temperature is None else mixture_temperature,
        "width_temperature": temperature if width_temperature is None else width_temperature,
        "pen_temperature": pen_temperature,
    }
    written = net.write(count, seed, filtered, begin, temperatures, dreamer)
    look = Look(color, smooth, animate)
    place = str(out)
    if kind == "folder":
        told = sampler.told(written.dreams) if written.dreams else None
        paths = writer.save_each(out, written.drawings, net.data, look, told)
        place = f"{paths[0]} to {paths[-1].name}"
    else:
        writer.save_sheet(out, written.drawings, net.data, columns, look, written.dreams)
    typer.echo(f"{written.sentence}\nwrote {place}; --seed {seed} gives the same again")


def picture_kind(out: Path, animate: bool) -> str:
    """folder, .svg or .png. Raises CommandError."""
    kind = "folder" if out.is_dir() or not out.suffix else out.suffix.lower()
    if kind not in ("folder", ".svg", ".png"):
        raise CommandError(f"--out {out}: a picture is written as .svg or .png; without an ending it is a folder")
    if kind == "folder" and out.exists() and not out.is_dir():
        raise CommandError(f"--out {out} is a file, not a folder; name another, or end it in .svg or .png")
    if kind == ".png" and animate:
        raise CommandError(f"--out {out}: a PNG does not move; write an .svg, or leave --animate out")
    return kind


def _begin(start: str, data: dict[str, Any], starts_file: Path) -> "Prefix":
    """What each character begins with, see `prefix.read`."""
    from pipeline.write import prefix  # slow: it reads SVG and tables

    return prefix.read(start, data, starts_file)


def _starts_of(folder: Path, chosen: Path | None) -> Path:
    """The file of starts: the one named, else the model's, else the one that comes along."""
    beside = (folder.parent if folder.is_file() else folder) / STARTS
    return chosen or (beside if beside.exists() else common.PRETRAINED / STARTS)
