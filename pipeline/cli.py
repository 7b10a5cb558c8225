"""The command `fake-kanji`. Every command says what it wrote; an expected error is one plain line and exit code 1.

`sample` writes with the net in pretrained/ unless told otherwise. torch and all that needs it is imported by the
commands, not here, so that --help answers at once.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

PRETRAINED = Path(__file__).parent.parent / "pretrained"  # of the repository, for the package is installed editable
STARTS = "starts.parquet"
SEEDS = 10**9  # random seeds are below

app = typer.Typer(
    help="Kanji that do not exist, written stroke by stroke by a recurrent net.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class CommandError(ValueError):
    """A command that cannot do what it was told."""


@contextmanager
def plain_errors(command: str) -> Iterator[None]:
    """An expected error, as in stages.run, ends the command in one plain line; any other is a traceback."""
    try:
        yield
    except (ValueError, OSError) as error:
        if type(error) is ValueError:
            raise
        text = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else error
        typer.echo(f"fake-kanji {command}: {text}", err=True)
        raise typer.Exit(1) from None


# ---- sample


def _option(*names: str, help: str, panel: str | None = None, metavar: str | None = None, **more: Any) -> Any:
    """An option whose help says its default itself."""
    return typer.Option(*names, help=help, rich_help_panel=panel, metavar=metavar, show_default=False, **more)


WRITING, LOOKS = "How the net writes", "How it looks"
Count = Annotated[int, _option("--count", "-n", min=1, metavar="N", help="How many characters (20).")]
Out = Annotated[
    Path,
    _option("--out", "-o", metavar="PATH", help="A sheet as .svg or .png, or a folder for an SVG each (sheet.svg)."),
]
Model = Annotated[
    Path | None,
    _option(
        "--model", "-m", metavar="FOLDER", help="A net of your own, such as data/model (the one that comes along)."
    ),
]
Seed = Annotated[
    int | None,
    _option("--seed", min=0, metavar="N", help="The same seed and options give the same characters (random, told)."),
]
Start = Annotated[
    str | None,
    _option(
        "--start",
        metavar="氵|FILE.svg",
        help="Begin with the strokes of a kanji or component, or with those that you drew.",
        panel=WRITING,
    ),
]
StartsFile = Annotated[
    Path | None,
    _option(
        "--starts", metavar="FILE", help="Where to look 氵 up, see `fake-kanji starts` (the net's).", panel=WRITING
    ),
]
Temperature = Annotated[
    float | None,
    _option(
        "--temperature",
        "-t",
        min=0.01,
        metavar="T",
        help="Sets the next two: near 0 only the likeliest shapes, 1 all that the net learnt, above 1 wilder (0.5). "
        "The pen keeps its own, so that strokes and characters end as often as real ones.",
        panel=WRITING,
    ),
]
MixtureTemperature = Annotated[
    float | None,
    _option("--mixture-temperature", min=0.01, metavar="T", help="Of the choice where to go (0.5).", panel=WRITING),
]
WidthTemperature = Annotated[
    float | None,
    _option("--width-temperature", min=0, metavar="T", help="Of the spread about that place (0.5).", panel=WRITING),
]
PenTemperature = Annotated[
    float | None,
    _option("--pen-temperature", min=0.01, metavar="T", help="Of when strokes and characters end (1).", panel=WRITING),
]
Filtered = Annotated[
    bool,
    _option(
        "--filter/--no-filter",
        help="Leave out what does not end, leaves the box, is tiny, has too few or too many strokes or is a copy "
        "of another (yes).",
        panel=WRITING,
    ),
]
Colour = Annotated[
    bool, _option("--color/--black", help="A color a stroke, violet first and red last (yes).", panel=LOOKS)
]
Columns = Annotated[int, _option("--columns", min=1, metavar="N", help="Columns of the sheet (10).", panel=LOOKS)]
Smooth = Annotated[bool, _option("--smooth", help="Curves through the points instead of chords.", panel=LOOKS)]
Animate = Annotated[
    bool, _option("--animate", help="Draw the strokes in order where the SVG is shown, in a browser.", panel=LOOKS)
]


@app.command()
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
    filtered: Filtered = True,
    color: Colour = True,
    columns: Columns = 10,
    smooth: Smooth = False,
    animate: Animate = False,
) -> None:
    """Write new characters: a sheet, or a picture each."""
    kind = _kind(out, animate)
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    from pipeline import prefix, writer  # slow: torch

    folder = model or _shipped()
    net = writer.Writer.of(folder)
    begin = prefix.read(start, net.data, _starts_of(folder, starts_file)) if start else None
    temperatures = {
        "mixture_temperature": temperature if mixture_temperature is None else mixture_temperature,
        "width_temperature": temperature if width_temperature is None else width_temperature,
        "pen_temperature": pen_temperature,
    }
    written = net.write(count, seed, filtered, begin, temperatures)
    look = {"colour": color, "smooth": smooth, "animate": animate}
    place = str(out)
    if kind == "folder":
        paths = writer.save_each(out, written.drawings, net.data, look)
        place = f"{paths[0]} to {paths[-1].name}"
    else:
        writer.save_sheet(out, written.drawings, net.data, columns, look)
    typer.echo(f"{written.sentence}\nwrote {place}; --seed {seed} gives the same again")


def _kind(out: Path, animate: bool) -> str:
    """folder, .svg or .png. Raises CommandError."""
    kind = "folder" if out.is_dir() or not out.suffix else out.suffix.lower()
    if kind not in ("folder", ".svg", ".png"):
        raise CommandError(f"--out {out}: a picture is written as .svg or .png; without an ending it is a folder")
    if kind == "folder" and out.exists() and not out.is_dir():
        raise CommandError(f"--out {out} is a file, not a folder; name another, or end it in .svg or .png")
    if kind == ".png" and animate:
        raise CommandError(f"--out {out}: a PNG does not move; write an .svg, or leave --animate out")
    return kind


def _shipped() -> Path:
    if not (PRETRAINED / "config.json").exists():
        raise CommandError(
            f"the net that comes along is not in {PRETRAINED}; install the package from a clone of its repository "
            "(pip install -e .), or give a net of your own: `dvc repro` makes one, then --model data/model"
        )
    return PRETRAINED


def _starts_of(folder: Path, chosen: Path | None) -> Path:
    """The file of starts: the one named, else the model's, else the one that comes along."""
    beside = (folder.parent if folder.is_file() else folder) / STARTS
    return chosen or (beside if beside.exists() else PRETRAINED / STARTS)


# ---- export-web, starts, track, ui


@app.command("export-web")
@plain_errors("export-web")
def export_web(
    model: Annotated[
        Path | None, _option("--model", "-m", metavar="FOLDER", help="A net (the one that comes along).")
    ] = None,
    out: Annotated[
        Path,
        _option("--out", "-o", metavar="PATH", help="net.json, the page as .html, or a folder for all (net.json)."),
    ] = Path("net.json"),
    prepared: Annotated[
        Path,
        _option("--batches", metavar="FOLDER", help="Drawings to measure and compare with (data/batches, if there)."),
    ] = Path("data/batches"),
) -> None:
    """Write a net for the browser: its weights rounded, one JSON file."""
    kind = "folder" if out.is_dir() or not out.suffix else out.suffix.lower()
    if kind not in ("folder", ".json", ".html"):
        raise CommandError(
            f"--out {out}: a net is written as .json, the whole page as .html; without an ending a folder"
        )
    from pipeline import checkpoint, compact, files, web_export

    net, config = checkpoint.load_model(model or _shipped())
    made = web_export.make(net, config, prepared if prepared.is_dir() else None)
    if kind == "folder":
        with files.whole_folder(out) as folder:
            web_export.write(folder, made)
    elif kind == ".html":
        with files.whole_file(out) as partial:
            partial.write_text(web_export.page(made.net, made.kanji), encoding="utf-8")
    else:
        compact.write(out, made.net)
    typer.echo(f"{made.sentence}; wrote {out}")


# ---- starts


@app.command()
@plain_errors("starts")
def starts(
    strokes: Annotated[Path, typer.Argument(metavar="FOLDER", help="What stage parse wrote.")] = Path("data/strokes"),
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The file to write.")] = Path(STARTS),
) -> None:
    """Make the file that `sample --start 氵` looks in, from KanjiVG's strokes."""
    from pipeline import starts as module

    count = module.build(strokes, out)
    typer.echo(f"wrote {out}: {count:,} kanji and components, {out.stat().st_size / 1e6:.2f} MB")


@app.command()
@plain_errors("track")
def track(
    sync: Annotated[bool, typer.Option("--sync", help="Fill in rows from the files of DVC.")] = False,
    revisions: Annotated[
        list[str] | None,
        typer.Option("--rev", metavar="REV", help="Of a commit, branch, tag or experiment; may be given again."),
    ] = None,
    experiments: Annotated[bool, typer.Option("--experiments", help="Of every DVC experiment kept here.")] = False,
) -> None:
    """Fill in rows in MLflow that could not be kept while the stages ran; without --rev, that of params.yaml."""
    if not sync:
        raise CommandError("nothing to do; --sync fills in the row of params.yaml, with --rev or --experiments others")
    from pipeline import revisions as module

    root = Path()
    known = module.experiments(root) if experiments or revisions else {}
    names = list(dict.fromkeys([*(revisions or []), *(known if experiments else {})]))
    if names or experiments:
        _sync_each(root, names, known)
    else:
        _sync_here(root)


def _sync_here(root: Path) -> None:
    from pipeline import revisions, tracking

    revisions.check_clean(root)
    if not tracking.sync():  # it has said why
        raise typer.Exit(1)
    typer.echo("the row of params.yaml in MLflow is complete; `fake-kanji ui` shows it")


def _sync_each(root: Path, names: list[str], known: dict[str, str]) -> None:
    """A line a revision; one that cannot be had does not keep the others from their rows, but ends in exit code 1."""
    from pipeline import revisions, tracking

    complete = 0
    for name in names:
        try:
            with revisions.checked_out(root, name) as folder:
                if not tracking.sync(folder / "params.yaml", folder, name if name in known else ""):
                    raise typer.Exit(1)
            complete += 1
            typer.echo(f"{name}: its row is complete")
        except revisions.RevisionError as error:
            typer.echo(f"fake-kanji track: {error}", err=True)
    typer.echo(f"{complete} of {len(names)} rows in MLflow are complete; `fake-kanji ui` shows them")
    if complete < len(names):
        raise typer.Exit(1)


@app.command()
@plain_errors("export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What stage parse, batch or sample wrote.")] = Path(
        "data/samples"
    ),
    kind: Annotated[str, _option("--format", "-f", metavar="svg|npz|ndjson|json", help="What to write (svg).")] = "svg",
    out: Annotated[
        Path | None, _option("--out", "-o", metavar="PATH", help="The file or, for svg, the folder (drawings.FORMAT).")
    ] = None,
    rejected: Annotated[bool, _option("--rejected", help="Also samples that the filters left out.")] = False,
    licence: Annotated[str | None, _option("--licence", metavar="TEXT", help="Credit to write (the data's).")] = None,
) -> None:
    """Write drawings for other tools: pictures, sketch-rnn's npz, Quick, Draw!'s ndjson, plain json."""
    from pipeline import export as module

    if kind not in module.KINDS:
        raise CommandError(f"--format {kind}: must be one of {', '.join(module.KINDS)}")
    place = out or Path("drawings" if kind == "svg" else f"drawings.{kind}")
    count = module.write(module.read(folder, rejected, licence), kind, place)
    typer.echo(f"wrote {place}: {count:,} drawings")


@app.command()
@plain_errors("ui")
def ui(port: Annotated[int | None, _option("--port", metavar="N", help="Port on this machine (a free one).")] = None):
    """Show the rows in MLflow's UI, until Ctrl-C."""
    os.environ.setdefault("PYTHONWARNINGS", "ignore")  # of the server's own libraries
    from pipeline import ui as module

    raise typer.Exit(module.main([] if port is None else ["--port", str(port)]))
