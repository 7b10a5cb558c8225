"""Rows and artifacts wherever the repository is and whatever it is called, in a real MLflow and its real server."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from PIL import Image

from pipeline.tracking import address, relocation, rows, store, view
from tests.support.servers import rows_served

# of MLflow's libraries, where a test asks MLflow itself; the modules under test silence them
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

NAMES = [
    "feature%2Fstrokes",  # as git-worktree tools name the folder of a branch
    "100%",
    "a%20b%",
    "c#sharp",
    "what?",
    "a?b=c&d#e",
    "two  spaces ",
    "漢字 が",
    'it\'s "quoted"',
    "-dash",
    "semi;colon,comma",
    "[brackets]{braces}",
    "back\\slash",
    "plus+and=at@",
    "a..b",
    "~home$HOME`x`",
    "line\nfeed\ttab",
    "é" + "x" * 200,
]


@pytest.fixture(autouse=True)
def alone(monkeypatch) -> None:
    for name in ("MLFLOW_TRACKING_URI", "DVC_ROOT", "DVC_EXP_NAME", "RANK", "LOCAL_RANK", "NODE_RANK"):
        monkeypatch.delenv(name, raising=False)


def repository(folder: Path, database: Path, params: str = "model: {cell: lstm}\n") -> Path:
    folder.mkdir(parents=True)
    shutil.copy(database, folder)
    (folder / "dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    (folder / "params.yaml").write_text(params, encoding="utf-8")
    return folder


def keep_a_row(name: str = "parse", colour: str = "red") -> str:
    """A row with a sheet, of the working folder's params.yaml; its id."""
    Image.new("RGB", (8, 4), colour).save("sheet.png")
    with rows.stage(name) as row:
        row.metrics({"files": 3})
        row.image("sheet.png", "training.png")
    assert row.errors == 0
    return row.id


def read_back(run: str) -> tuple[float, bytes]:
    """A metric, and the bytes of the sheet, by MLflow's own client."""
    from mlflow.artifacts import download_artifacts

    with store.opened(address.address()) as kept:
        found = kept.client.get_run(run)
        sheet = download_artifacts(run_id=run, artifact_path="training.png", tracking_uri=address.address())
    return found.data.metrics["parse/files"], Path(sheet).read_bytes()


def picture(server: str, run: str) -> bytes:
    with urlopen(f"{server}/get-artifact?path=training.png&run_uuid={run}") as answer:
        return answer.read()


@pytest.mark.parametrize("name", NAMES)
def test_rows_and_artifacts_in_a_folder_of_any_name(database, tmp_path, monkeypatch, name):
    """They are where they belong, are read back, and no other folder appears."""
    monkeypatch.chdir(repository(tmp_path / name, database))
    run = keep_a_row()
    assert read_back(run) == (3.0, Path("sheet.png").read_bytes())
    (sheet,) = Path(relocation.ARTIFACTS).rglob("training.png")
    assert sheet.read_bytes() == Path("sheet.png").read_bytes() and run in sheet.parts
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert address.database(address.address()) == Path.cwd() / "mlflow.db"


@pytest.mark.parametrize(
    ("folder", "uri"),
    [
        ("plain", "sqlite:////srv/plain/mlflow.db"),  # as it always was
        ("50%", "sqlite+pysqlite:////srv/50%25/mlflow.db"),
        ("a?b", "sqlite+pysqlite:////srv/a%3Fb/mlflow.db"),
    ],
)
def test_the_address_of_a_database(folder, uri):
    path = Path("/srv", folder, "mlflow.db")
    assert address.sqlite_uri(path) == uri
    assert address.database(uri) == path


@pytest.mark.parametrize("uri", ["sqlite:///:memory:", "sqlite://", "http://host/sqlite:///x", "postgresql://h/d"])
def test_addresses_that_are_no_file(uri):
    assert address.database(uri) is None


def test_artifacts_follow_the_repository(database, tmp_path, monkeypatch):
    """Moved between two stages: the page serves what was written before and after, and nothing appears in the old
    place. The new one has a name that MLflow has to be told with care."""
    monkeypatch.chdir(repository(tmp_path / "old" / "kanji", database))
    before = keep_a_row()
    (tmp_path / "new home").mkdir()
    (tmp_path / "old" / "kanji").rename(tmp_path / "new home" / "feature%2Fstrokes #1?")
    monkeypatch.chdir(tmp_path / "new home" / "feature%2Fstrokes #1?")
    Path("params.yaml").write_text("model: {cell: gru}\n", encoding="utf-8")
    after = keep_a_row(colour="blue")
    assert before != after and read_back(before) != read_back(after)
    with rows_served() as server:
        assert picture(server, before) != picture(server, after) == Path("sheet.png").read_bytes()
    assert list((tmp_path / "old").iterdir()) == []


def test_a_row_that_goes_on_after_the_move_writes_to_the_new_place(database, tmp_path, monkeypatch):
    monkeypatch.chdir(repository(tmp_path / "old", database))
    with rows.stage("fetch") as row:  # no artifact yet, so no folder of it
        first = row.id
    (tmp_path / "old").rename(tmp_path / "new")
    monkeypatch.chdir(tmp_path / "new")
    assert keep_a_row() == first
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_copy_has_its_own_artifacts(database, tmp_path, monkeypatch):
    """`cp -r`: the copy's new files are its own, and the first one stays as it was."""
    monkeypatch.chdir(repository(tmp_path / "first", database))
    run = keep_a_row()
    shutil.copytree(tmp_path / "first", tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    with store.opened(address.address()) as kept:
        assert kept.client.get_run(run).info.artifact_uri.startswith((tmp_path / "copy").as_uri())
    (tmp_path / "alone").mkdir()
    shutil.copy(tmp_path / "first" / "mlflow.db", tmp_path / "alone")  # the control: a database without its artifacts
    with store.opened(address.sqlite_uri(tmp_path / "alone" / "mlflow.db")) as kept:
        assert kept.client.get_run(run).info.artifact_uri.startswith((tmp_path / "first").as_uri())


def test_what_is_not_ours_is_not_moved(database, tmp_path):
    """An experiment whose artifacts somebody put elsewhere, and a row's in a bucket, stay."""
    shutil.copy(database, tmp_path)
    places = ["s3://bucket/mlartifacts/1", "file:///elsewhere/pictures", "mlflow-artifacts:/1"]
    for place in places:
        with closing(sqlite3.connect(tmp_path / "mlflow.db")) as connection, connection:
            changed = "UPDATE experiments SET artifact_location = ? WHERE name = ?"
            connection.execute(changed, (place, view.EXPERIMENT))
        assert relocation.relocate(tmp_path / "mlflow.db") == 0
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as connection, connection:
        old = f"file:///{quote('gone')}/mlartifacts"
        connection.execute(changed, (old, view.EXPERIMENT))
    assert relocation.relocate(tmp_path / "mlflow.db") == 1  # the control: ours, from a place that is gone
    assert relocation.relocate(tmp_path / "mlflow.db") == 0
