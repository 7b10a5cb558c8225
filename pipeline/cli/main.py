"""The command `fake-kanji`. Every command says what it wrote; an expected error is one plain line and exit code 1.

A command is a file here, named in COMMANDS in the order of the help. torch and all that needs it is imported by the
commands when they run, not with this module, so that --help answers at once.
"""

import gc
from collections.abc import Callable

import typer

from pipeline.cli.check import check
from pipeline.cli.export import export
from pipeline.cli.export_web import export_web
from pipeline.cli.font import font
from pipeline.cli.sample import sample
from pipeline.cli.set import set_
from pipeline.cli.starts import starts
from pipeline.cli.track import track
from pipeline.cli.ui import ui
from pipeline.cli.write import write
from pipeline.console import forgive

COMMANDS: dict[str, Callable[..., None]] = {
    "sample": sample,
    "write": write,
    "set": set_,
    "export-web": export_web,
    "starts": starts,
    "track": track,
    "export": export,
    "check": check,
    "font": font,
    "ui": ui,
}

app = typer.Typer(
    help="Kanji that do not exist, written stroke by stroke by a recurrent net.\n\n"
    "A trained one comes along: `fake-kanji sample` writes a sheet at once. To train one, run `make repro`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def main() -> None:
    gc.set_threshold(200_000)  # else a fifth of a short command is spent looking through what torch's import made
    forgive()
    app()
