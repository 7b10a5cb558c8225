"""Where MLflow keeps the rows: address, client, experiment, the row of a key. Only tracking*.py import mlflow.

The address is MLFLOW_TRACKING_URI, else mlflow.db and mlartifacts/ at the repository's root. DVC names that root in
DVC_ROOT, which for an experiment in a temporary folder is the repository it came from.
"""

import getpass
import logging
import os
import socket
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pipeline.tracking import contents, view

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

KEY, SUPERSEDED = "fake_kanji.key", "superseded"
DATABASE, ARTIFACTS = "mlflow.db", "mlartifacts"
LOCKED_AFTER, CREATED_AFTER = 5.0, 60.0  # seconds to wait for other programs: for a write, for the first creation
CONNECTED_AFTER = 3.0  # seconds to wait for a server
PORTS = {"http": 80, "https": 443}

QUIET = {  # set before mlflow is imported; what the user has set stays
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # a server that does not answer costs seconds
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}


@dataclass(frozen=True)
class Store:
    """An open place for rows: its client and the id of the experiment in it."""

    client: "MlflowClient"
    experiment: str


def repository() -> Path:
    """The folder that holds the rows of every run: DVC_ROOT, else the nearest folder above with dvc.yaml."""
    if root := os.environ.get("DVC_ROOT"):
        return Path(root)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "dvc.yaml").exists()), here)


def address() -> str:
    """MLFLOW_TRACKING_URI, else the database at the repository's root."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{repository().resolve() / DATABASE}"


def probe(uri: str) -> None:
    """Raise OSError or sqlite3.OperationalError within seconds where MLflow would try for minutes: a database that
    another program holds, a server that nobody can connect to."""
    path = _database(uri)
    if path is not None and path.exists():
        with closing(sqlite3.connect(path, timeout=LOCKED_AFTER, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    server = urlsplit(uri)
    through_proxy = server.scheme in getproxies() and not proxy_bypass(server.hostname or "")
    if server.scheme in PORTS and not through_proxy:
        socket.create_connection((server.hostname, server.port or PORTS[server.scheme]), CONNECTED_AFTER).close()


@contextmanager
def opened(uri: str) -> Iterator[Store]:
    """The store, its experiment and view made if they are not there.

    One process at a time is in the block when the store is a file: the first creation of the database does not stand a
    second one beside it, and two processes do not make two rows for one key.
    """
    with silence(), _lock(uri):
        probe(uri)
        client = _client(uri)
        yield Store(client, _experiment(client, uri))


def find(store: Store, key: str) -> "Run | None":
    """The newest row of the key that is not superseded."""
    query = f"tags.`{KEY}` = '{key}' and tags.{SUPERSEDED} = 'no'"
    runs = store.client.search_runs([store.experiment], query, max_results=1, order_by=["attributes.start_time DESC"])
    return runs[0] if runs else None


def create(store: Store, key: str, values: dict[str, Any], extra: dict[str, str], experiment: str) -> "Run":
    """A row for the key, with its parameters, named as the experiment if it is one."""
    name = experiment or contents.row_name(values, key)
    tags = {KEY: key, SUPERSEDED: "no", "mlflow.source.name": "dvc repro", "mlflow.user": _user(), **extra}
    run = store.client.create_run(store.experiment, tags=tags, run_name=name)
    log_params(store.client, run.info.run_id, contents.parameters(values))
    return run


def log_params(client: "MlflowClient", row: str, values: dict[str, str]) -> None:
    """Those that the row does not have yet; a parameter of a row never changes, as it is part of the key."""
    from mlflow.entities import Param

    known = client.get_run(row).data.params
    missing = [Param(name, value) for name, value in values.items() if name not in known]
    for i in range(0, len(missing), 100):  # the most that MLflow takes at once
        client.log_batch(row, params=missing[i : i + 100])


def run_tags(code: Path, experiment: str) -> dict[str, str]:
    """What is known of the code and of the experiment that runs it."""
    return contents.git_tags(code) | ({"dvc.experiment": experiment} if experiment else {})


@contextmanager
def silence() -> Iterator[None]:
    """Nothing said to the user by MLflow: no telemetry, no log lines, no warnings of its libraries; and short waits."""
    for name, value in QUIET.items():  # read when mlflow is imported
        os.environ.setdefault(name, value)
    for name in ("alembic", "mlflow.store.db.utils"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _client(uri: str) -> "MlflowClient":
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri)


def _experiment(client: "MlflowClient", uri: str) -> str:
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(view.EXPERIMENT)
    if found is None:
        try:
            client.create_experiment(view.EXPERIMENT, _artifact_location(uri))
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":  # by another machine, on the same server
                raise
        found = client.get_experiment_by_name(view.EXPERIMENT)
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    for name, value in view.tags().items():
        if found.tags.get(name) != value:
            client.set_experiment_tag(found.experiment_id, name, value)
    return found.experiment_id


def _artifact_location(uri: str) -> str | None:
    """Beside the database; a server has a place of its own."""
    path = _database(uri)
    return None if path is None else (path.resolve().parent / ARTIFACTS).as_uri()


def _database(uri: str) -> Path | None:
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None


def _lock(uri: str) -> Any:
    path = _database(uri)
    if path is None:
        return nullcontext()
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(f"{path}.lock", timeout=CREATED_AFTER)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "unknown"
