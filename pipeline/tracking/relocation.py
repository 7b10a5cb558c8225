"""Artifacts follow the database: MLflow stores the absolute place of every row's files, a repository may move.

A place that ends in mlartifacts/... and is not beside the database is rewritten to the same place beside it, where the
files are there, or are not in the old place either. A copied repository therefore has its own files, and a database
that was copied alone still shows those of the old place. MLflow itself has no command for this.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pipeline.tracking import address, view

ARTIFACTS = "mlartifacts"  # beside the database
PLACES = (  # tables and columns of MLflow's schema that hold them
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
    ("trace_tags", "value"),
)


def artifacts(database: Path) -> str:
    """The address of the folder beside the database."""
    return (database.resolve().parent / ARTIFACTS).as_uri()


def relocate(database: Path) -> int:
    """Bring stored places up to date; how many were. To be called while no other process opens the store."""
    here = artifacts(database)
    with closing(sqlite3.connect(database, timeout=address.LOCKED_AFTER)) as connection, connection:
        changed = _experiment(connection, here)
        for table, column in PLACES:
            if _has(connection, table, column):
                moved = list(_moved(connection, table, column, here))
                connection.executemany(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", moved)
                changed += len(moved)
    return changed


def _experiment(connection: sqlite3.Connection, here: str) -> int:
    """Rows to come are made beside the database; an experiment that somebody put elsewhere stays there."""
    if not _has(connection, "experiments", "artifact_location"):
        return 0
    return connection.execute(
        "UPDATE experiments SET artifact_location = ? WHERE name = ? AND artifact_location != ?"
        " AND artifact_location LIKE 'file:%/' || ?",
        (here, view.EXPERIMENT, here, ARTIFACTS),
    ).rowcount


def _moved(connection: sqlite3.Connection, table: str, column: str, here: str) -> Iterator[tuple[str, str]]:
    """(new, old) of every place that is to be rewritten."""
    query = f"SELECT DISTINCT {column} FROM {table} WHERE {column} LIKE ? AND substr({column}, 1, ?) != ?"
    found = connection.execute(query, (f"file:%/{ARTIFACTS}/%", len(here) + 1, f"{here}/")).fetchall()
    for (old,) in found:
        new = f"{here}/{old.rpartition(f'/{ARTIFACTS}/')[2]}"
        if _folder(new).exists() or not _folder(old).exists():
            yield new, old


def _folder(uri: str) -> Path:
    return Path(url2pathname(urlsplit(uri).path))


def _has(connection: sqlite3.Connection, table: str, column: str) -> bool:
    return column in {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
