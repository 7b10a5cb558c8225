"""What MLflow, a database or a server raises -> one line for people that says what it is and what to do about it."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

from pipeline.tracking import address
from pipeline.tracking.address import VARIABLE, redacted

LONGEST = 300  # characters of what is repeated of an error

SCHEMA = r"found version (\w+), but expected|Can't locate revision identified by '(\w+)'"  # MLflow's words, Alembic's
BUSY = "see that no other program holds the database and that the disk is not full"


def one_line(error: BaseException) -> str:
    """An error's first line, or its kind where it says nothing, without secrets."""
    lines = str(error).strip().splitlines()
    return redacted(lines[0] if lines else type(error).__name__)[:LONGEST]


def explained(error: Exception) -> tuple[str, str]:
    """What happened, and the cure, each without a full stop."""
    uri = address.address()
    place = address.database(uri)
    text = str(error)
    if found := re.search(SCHEMA, text):
        return _schema(found[1] or found[2], uri, place)
    for pattern, cure in CURES.items():
        if re.search(pattern, f"{type(error).__name__}: {text}", re.IGNORECASE):
            return one_line(error), cure(uri, place)
    if address.is_server(uri):
        return one_line(error), _server(uri, place)
    return one_line(error), BUSY if place else f"see that {VARIABLE} is right and its server runs, or unset it"


def _schema(revision: str, uri: str, place: Path | None) -> tuple[str, str]:
    import mlflow

    if _known(revision):
        named = shlex.quote(uri) if redacted(uri) == uri else f'"${VARIABLE}"'  # the shell puts the secret in
        return f"the database is of an older MLflow than this one, {mlflow.__version__}", (
            f"keep a copy of it, then `mlflow db upgrade {named}`"
        )
    return f"the database is of a newer MLflow than this one, {mlflow.__version__}, which cannot read it", (
        f"{_aside(uri, place)}; or go on with the newer MLflow in the environment that made it"
    )


def _known(revision: str) -> bool:
    """Whether this MLflow has a way from the revision to its own."""
    import mlflow
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(mlflow.__file__).parent / "store" / "db_migrations"))
    return revision in {script.revision for script in scripts.walk_revisions()}


def _aside(uri: str, place: Path | None) -> str:
    if place is None:
        return f"set {VARIABLE} to another place, or unset it"
    return f"`mv {shlex.quote(str(place))} {shlex.quote(f'{place}.old')}`, and a new one is made"


def _server(uri: str, place: Path | None) -> str:
    return f"start the server or unset {VARIABLE}"


def _access(uri: str, place: Path | None) -> str:
    return f"allow this user to write to {place} and to its folder" if place else _server(uri, place)


CURES: dict[str, Callable[[str, Path | None], str]] = {  # what an error says -> the cure; the first that fits
    r"file is not a database|database disk image is malformed": _aside,
    r"readonly database|Permission ?denied|Read-only file system": _access,
    r"unable to open database file|Is a directory|NotADirectory": lambda uri, place: (
        f"{place} is a folder: {_aside(uri, place)}" if place and place.is_dir() else _access(uri, place)
    ),
    r"database is locked|^Timeout": lambda uri, place: "see that no other program holds the database",
    r"No space left": lambda uri, place: "free some space",
    r"ModuleNotFoundError.*No module named": lambda uri, place: (
        f"install that driver beside MLflow (`pip install`), or unset {VARIABLE}"
    ),
    r"\b40[13]\b|Unauthorized|Forbidden|authentication failed": lambda uri, place: (
        "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD to what the server knows"
    ),
    r"ArgumentError|UnsupportedModelRegistryStoreURI|InvalidUrl|Invalid database URI|valid schemes|Port could not": (
        lambda uri, place: f"write {VARIABLE} as http://HOST:PORT or sqlite:////absolute/path, or unset it"
    ),
}
