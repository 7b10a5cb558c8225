"""`fake-kanji ui`: MLflow's page on this machine."""

import os
from typing import Annotated

import typer

from pipeline.cli.common import option, plain_errors


@plain_errors("ui")
def ui(
    port: Annotated[int | None, option("--port", metavar="N", help="Port on this machine (a free one).")] = None,
) -> None:
    """Show the rows in MLflow's UI, until Ctrl-C."""
    os.environ.setdefault("PYTHONWARNINGS", "ignore")  # of the server's own libraries
    from pipeline.tracking import ui as module

    raise typer.Exit(module.main([] if port is None else ["--port", str(port)]))
