"""A store that cannot be had, or holds what it should not tell: one line with the cure, which leads out; no secret."""

import base64
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from pipeline.cli import main
from pipeline.tracking import address, cures, rows, store, ui
from tests.support import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of MLflow's libraries


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """The root of a repository without rows, in a folder whose name needs care."""
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "DVC_"))]:
        monkeypatch.delenv(name)
    folder = tmp_path / "50% of it"
    folder.mkdir()
    (folder / "dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    (folder / "params.yaml").write_text("model: {cell: lstm}\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def stage() -> int:
    """Errors of a stage that keeps its row."""
    with rows.stage("parse") as row:
        row.metrics({"files": 3})
    return row.errors


def later_stage() -> int:
    """In a process of its own, as stages are: MLflow keeps a database open."""
    work = "from pipeline.tracking import rows\nwith rows.stage('parse') as row: pass\nraise SystemExit(row.errors)"
    return subprocess.run([sys.executable, "-c", work], env=os.environ | {"PYTHONPATH": str(ROOT)}).returncode


def ui_says() -> str:
    """What `fake-kanji ui` says where it cannot show anything."""
    result = CliRunner().invoke(main.app, ["ui"])
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert len(result.stderr.splitlines()) == 1 and "Traceback" not in result.output
    return result.stderr


def told(capsys) -> str:
    """The one warning of a stage; `fake-kanji track` and `ui` say the same of it."""
    assert stage() > 0
    (warning,) = capsys.readouterr().err.splitlines()
    assert not rows.sync()
    assert capsys.readouterr().err.splitlines() == [warning]
    what, cure = re.search(
        r"records \((.*)\); the run goes on without. Cure: (.*); `fake-kanji track", warning
    ).groups()
    assert ui_says() == f"fake-kanji ui: MLflow at {address.shown()} cannot be shown ({what}). Cure: {cure}\n"
    return f"{what}: {cure}"


def commands(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def shell(command: str) -> None:
    scripts = str(Path(sys.executable).parent)
    done = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": f"{scripts}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stderr


def set_revision(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])


# ---- other databases ----


def head() -> tuple[str, str]:
    """MLflow's revision of the schema, and the one before."""
    import mlflow
    from alembic.script import ScriptDirectory

    last = next(ScriptDirectory(str(Path(mlflow.__file__).parent / "store" / "db_migrations")).walk_revisions())
    return last.revision, last.down_revision


def test_a_database_of_an_older_mlflow(home, database, capsys):
    """MLflow's own cure, word for word as a shell takes it."""
    shutil.copy(database, home)
    set_revision(home / "mlflow.db", head()[1])
    said = told(capsys)
    assert "is of an older MLflow than this one" in said
    (command,) = commands(said)
    assert command == f"mlflow db upgrade {address.address()}" and "%25" in command
    _as_before_the_last_revision(home / "mlflow.db")
    shell(command)
    assert later_stage() == 0


def _as_before_the_last_revision(path: Path) -> None:
    """What the older one had: a database made from nothing up to it."""
    import sqlalchemy
    from alembic import command
    from mlflow.store.db import utils
    from mlflow.store.tracking.dbmodels.initial_models import Base

    path.unlink()
    engine = sqlalchemy.create_engine(address.sqlite_uri(path))
    Base.metadata.create_all(engine)
    config = utils._get_alembic_config("")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, head()[1])
    engine.dispose()


@pytest.mark.parametrize("revision", ["ffffffffffff", "deadbeef"])
def test_a_database_of_a_newer_mlflow(home, database, capsys, revision):
    shutil.copy(database, home)
    set_revision(home / "mlflow.db", revision)
    said = told(capsys)
    assert "is of a newer MLflow than this one" in said and "db upgrade" not in said
    shell(commands(said)[0])
    assert later_stage() == 0 and (home / "mlflow.db.old").exists()


def test_a_file_that_is_no_database(home, capsys):
    (home / "mlflow.db").write_text("a letter to my aunt " * 100, encoding="utf-8")
    said = told(capsys)
    assert said.startswith("file is not a database: `mv ")
    shell(commands(said)[0])
    assert stage() == 0


def test_a_folder_of_that_name(home, capsys):
    (home / "mlflow.db").mkdir()
    said = told(capsys)
    assert "mlflow.db is a folder: `mv " in said
    shell(commands(said)[0])
    assert stage() == 0


def test_an_empty_file_becomes_a_database(home):
    (home / "mlflow.db").touch()
    assert stage() == 0


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        (sqlite3.OperationalError("attempt to write a readonly database"), "allow this user to write to .*mlflow.db"),
        (PermissionError(13, "Permission denied", "mlflow.db.lock"), "allow this user to write to .*mlflow.db and to"),
        (sqlite3.OperationalError("database is locked"), "no other program holds"),
        (sqlite3.DatabaseError("database disk image is malformed"), "`mv "),
        (OSError(28, "No space left on device"), "free some space"),
        (TimeoutError("mlflow.db.lock"), "no other program holds"),
        (RuntimeError("what nobody foresaw"), "no other program holds the database and that the disk is not full"),
    ],
)
def test_cures_of_a_database(home, error, cure):
    assert re.search(cure, cures.explained(error)[1])


@pytest.mark.parametrize(
    ("uri", "error", "cure"),
    [
        ("http://h:1", ConnectionRefusedError(111, "Connection refused"), "start the server or unset MLFLOW"),
        ("http://h:1", RuntimeError("API request failed with error code 401"), "MLFLOW_TRACKING_USERNAME and"),
        ("postgresql://h/d", ModuleNotFoundError("No module named 'psycopg2'"), "install that driver"),
        ("htp://h", RuntimeError("InvalidUrl: htp"), "http://HOST:PORT or sqlite:////absolute/path"),
    ],
)
def test_cures_of_a_server(home, monkeypatch, uri, error, cure):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert cure in cures.explained(error)[1]


# ---- secrets ----

SECRETS = ["s3cr3t-Word", "p@ss/w:rd", "a%20b%40c", "x&y z", "ünï漢字", "s3", "quo'te\"d"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "form",
    [
        "http://me:{}@127.0.0.1:1",
        "postgresql://me:{}@127.0.0.1:1/rows",
        "mysql+pymysql://me:{}@127.0.0.1:1/rows",
        "postgresql://127.0.0.1:1/rows?user=me&password={}",
        "mssql+pyodbc://127.0.0.1:1/rows?driver=x&PWD={}",
        "http://127.0.0.1:1/?access_token={}",
    ],
)
def test_no_secret_is_in_what_is_said(monkeypatch, form, secret):
    """As it stands in the address, decoded, as Python shows it, and in HTTP's own form."""
    sent = base64.b64encode(f"me:{secret}".encode()).decode()
    written = {quote(secret, safe="")} | ({secret} if "?" not in form and "%" not in secret else set())
    for each in written:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", form.format(each))
        logins = [sent] if "?" not in form else []
        said = address.redacted(f"cannot reach {form.format(each)}: {secret}, {secret!r}, {each}, {logins} refused")
        for hidden in (secret, repr(secret)[1:-1], each, *logins):
            assert hidden not in said
        assert "cannot reach" in said and "127.0.0.1:1" in said and "refused" in said
        assert secret not in address.shown() and each not in address.shown()


def test_ordinary_texts_stay(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:a@host:5000/?sslmode=require")
    text = "a database at host, sslmode=require; viewStateShareKey=fake-kanji; mail me@example.org"
    assert address.redacted(text).replace("***", "a") == text


LEAK = "Geheim-7531"


@pytest.mark.parametrize(
    "variables",
    [
        {"MLFLOW_TRACKING_URI": f"http://me:{LEAK}@127.0.0.1:1"},
        {"MLFLOW_TRACKING_URI": f"postgresql://me:{LEAK}@127.0.0.1:1/rows"},
        {
            "MLFLOW_TRACKING_URI": "http://127.0.0.1:1",
            "MLFLOW_TRACKING_PASSWORD": LEAK,
            "MLFLOW_TRACKING_USERNAME": "m",
        },
    ],
)
def test_nothing_printed_or_written_holds_the_password(home, variables):
    """A stage, `fake-kanji track` and `fake-kanji ui` in processes of their own, with MLflow's log lines shown."""
    settings = os.environ | variables | {"PYTHONPATH": str(ROOT), "MLFLOW_LOGGING_LEVEL": "DEBUG"}
    work = "from pipeline.tracking import rows\nwith rows.stage('parse') as row: row.metrics({'files': 1})\nrows.sync()"
    outputs = [
        subprocess.run(command, capture_output=True, text=True, env=settings, timeout=300)
        for command in ([sys.executable, "-c", work], [sys.executable, "-m", "pipeline", "ui"])
    ]
    for done in outputs:
        assert "Cure:" in done.stderr and LEAK not in done.stdout + done.stderr and "Traceback" not in done.stderr
    for path in home.rglob("*"):
        assert not path.is_file() or LEAK.encode() not in path.read_bytes()


def test_a_stage_s_error_in_a_tag_has_no_password(home, database, monkeypatch):
    shutil.copy(database, home)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", LEAK)
    with pytest.raises(ValueError), rows.stage("parse") as row:
        row.note(f"the password is {LEAK}")
        raise ValueError(f"no drawings at https://me:other@example.org/?token=abc for {LEAK}")
    with store.opened(address.address()) as kept:
        tags = kept.client.get_run(row.id).data.tags
    assert tags["error"] == "parse: no drawings at https://example.org/?token=*** for ***"
    assert tags["mlflow.note.content"] == "the password is ***"
    assert LEAK.encode() not in (home / "mlflow.db").read_bytes()


def test_the_server_s_command_line_has_no_address(monkeypatch):
    uri = f"postgresql://me:{LEAK}@127.0.0.1/rows"
    assert LEAK not in " ".join(ui.command(5123)) and ui.environment(uri)["MLFLOW_BACKEND_STORE_URI"] == uri


def test_what_the_server_says_is_repeated_without_secrets(monkeypatch, capfd):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"postgresql://me:{LEAK}@127.0.0.1/rows")
    code = "import os; print('cannot reach', os.environ['MLFLOW_BACKEND_STORE_URI']); raise SystemExit(3)"
    monkeypatch.setattr(ui, "command", lambda port: [sys.executable, "-c", code])
    monkeypatch.setattr(ui.signal, "signal", lambda *_: None)
    with pytest.raises(ui.UiError, match="did not start"):
        ui.serve(address.address(), "1", 5999)
    assert "cannot reach postgresql://127.0.0.1/rows" in capfd.readouterr().err


def test_the_address_of_a_server_is_printed_without_password(monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"https://me:{LEAK}@example.org/mlflow/")
    monkeypatch.setattr(ui, "_experiment", lambda uri: "7")
    assert ui.main([]) == 0
    assert capsys.readouterr().out.startswith("https://example.org/mlflow/#/experiments/7/")
