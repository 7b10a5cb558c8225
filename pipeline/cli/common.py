"""What several commands share: errors in one plain line, options that say their defaults, the net that comes along."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from pipeline.progress import Progress, T

PRETRAINED = Path(__file__).parent.parent.parent / "pretrained"  # of the repository: the package is installed editable
DESCRIBED = "described"  # in it, the net that can be told what to write; the other one writes freely
STARTS = "starts.parquet"


class CommandError(ValueError):
    """A command that cannot do what it was told."""


@contextmanager
def plain_errors(command: str, code: int = 1) -> Iterator[None]:
    """An expected error, as in stages.run, ends the command in one plain line; any other is a traceback. code: that the
    command then ends with."""
    try:
        yield
    except (ValueError, OSError) as error:
        if type(error) is ValueError:
            raise
        text = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else error
        typer.echo(f"fake-kanji {command}: {text}", err=True)
        raise typer.Exit(code) from None


def option(*names: str, help: str, panel: str | None = None, metavar: str | None = None, **more: Any) -> Any:
    """An option whose help says its default itself."""
    return typer.Option(*names, help=help, rich_help_panel=panel, metavar=metavar, show_default=False, **more)


def bar(command: str) -> Progress:
    """Shows on the terminal how far a long piece of work is."""

    def shown(items: Iterable[T], text: str = "") -> Iterable[T]:
        from tqdm import tqdm

        return tqdm(items, desc=f"{command}: {text}", mininterval=1.0)

    return shown


def shipped(told: bool = False) -> Path:
    """The net that comes along: the one that can be told what to write, or the one that writes freely."""
    place = PRETRAINED / DESCRIBED if told else PRETRAINED
    if not (place / "config.json").exists():
        raise CommandError(
            f"the net that comes along is not in {place}; install the package from a clone of its repository "
            "(pip install -e .), or give a net of your own: `dvc repro` makes one, then --model data/model"
        )
    return place
