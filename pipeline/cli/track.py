"""`fake-kanji track`: rows in MLflow from what DVC keeps."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.common import CommandError, plain_errors


@plain_errors("track")
def track(
    sync: Annotated[bool, typer.Option("--sync", help="Fill in rows from the files of DVC.")] = False,
    revisions: Annotated[
        list[str] | None,
        typer.Option("--rev", metavar="REV", help="Of a commit, branch, tag or experiment; may be given again."),
    ] = None,
    experiments: Annotated[bool, typer.Option("--experiments", help="Of every DVC experiment kept here.")] = False,
) -> None:
    """Fill in rows of MLflow from what DVC keeps.

    That of params.yaml, or those of --rev and --experiments: what could not be kept while the stages ran.
    """
    if not sync:
        raise CommandError("nothing to do; --sync fills in the row of params.yaml, with --rev or --experiments others")
    from pipeline.tracking import revisions as module

    root = Path()
    module.check_root(root)
    known = module.experiments(root) if experiments or revisions else {}
    names = list(dict.fromkeys([*(revisions or []), *(known if experiments else {})]))
    if names or experiments:
        _sync_each(root, names, known)
    else:
        _sync_here(root)


def _sync_here(root: Path) -> None:
    from pipeline.tracking import revisions, rows

    revisions.check_clean(root)
    if not rows.sync():  # it has said why
        raise typer.Exit(1)
    typer.echo("the row of params.yaml in MLflow is complete; `fake-kanji ui` shows it")


def _sync_each(root: Path, names: list[str], known: dict[str, str]) -> None:
    """A line a revision; one that cannot be had does not keep the others from their rows, but ends in exit code 1."""
    from pipeline.tracking import revisions, rows

    complete = 0
    for name in names:
        try:
            with revisions.checked_out(root, name) as folder:
                if not rows.sync(folder / "params.yaml", folder, name if name in known else ""):
                    raise typer.Exit(1)
            complete += 1
            typer.echo(f"{name}: its row is complete")
        except revisions.RevisionError as error:
            typer.echo(f"fake-kanji track: {error}", err=True)
    typer.echo(f"{complete} of {len(names)} rows in MLflow are complete; `fake-kanji ui` shows them")
    if complete < len(names):
        raise typer.Exit(1)
