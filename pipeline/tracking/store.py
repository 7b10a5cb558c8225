"""MLflow's store, open: client, experiment, the row of a key."""

import getpass
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.tracking import address, contents, relocation, view

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment, Run

KEY, SUPERSEDED = "fake_kanji.key", "superseded"
CREATED_AFTER = 60.0  # seconds to wait for another process that makes the database

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


@contextmanager
def opened(uri: str) -> Iterator[Store]:
    """The store, its experiment and view made if they are not there, its artifacts beside the database.

    One process at a time is in the block when the store is a file: the first creation of the database does not stand a
    second one beside it, and two processes do not make two rows for one key.
    """
    path = address.database(uri)
    with silence(), _lock(path):
        address.probe(uri)
        if path is not None and not path.exists():
            path.touch()  # else SQLite makes it, without the group's right to write that the umask may give
        client = _client(uri)
        experiment = _experiment(client, path)
        if path is not None:
            relocation.relocate(path)
        yield Store(client, experiment)


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


def _experiment(client: "MlflowClient", database: Path | None) -> str:
    """The experiment's id; its artifacts are beside a database, a server has a place of its own."""
    found = client.get_experiment_by_name(view.EXPERIMENT) or _created(client, database)
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    for name, value in view.tags().items():
        if found.tags.get(name) != value:
            client.set_experiment_tag(found.experiment_id, name, value)
    return found.experiment_id


def _created(client: "MlflowClient", database: Path | None) -> "Experiment":
    from mlflow.exceptions import MlflowException

    try:
        place = None if database is None else relocation.artifacts(database)
        return client.get_experiment(client.create_experiment(view.EXPERIMENT, place))
    except MlflowException as error:
        found = client.get_experiment_by_name(view.EXPERIMENT)
        if error.error_code != "RESOURCE_ALREADY_EXISTS" or found is None:  # by another machine, on the same server
            raise
        return found


def _lock(database: Path | None) -> AbstractContextManager[object]:
    if database is None:
        return nullcontext()
    from filelock import FileLock

    database.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(f"{database}.lock", timeout=CREATED_AFTER)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "unknown"
