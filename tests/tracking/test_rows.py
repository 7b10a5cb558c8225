"""Rows in a real MLflow: SQLite files, and one real server."""

import copy
import itertools
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from PIL import Image
from ruamel.yaml import YAML

from pipeline.tracking import address, contents, rows, store, ui, view
from tests.support import ROOT

# of MLflow's libraries, where a test asks MLflow itself; the modules under test silence them
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

EPOCHS = 5
SCORES = {"test": {"nats_per_step": 1.25, "offset": 1.0}, "name": "not a number", "list": [1, 2], "flag": True}
serial = itertools.count(1)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A repository's root whose database is made once, as that takes seconds."""
    root = tmp_path_factory.mktemp("root")
    with store.opened(f"sqlite:///{root / 'mlflow.db'}"):
        pass
    return root


@pytest.fixture
def work(place, tmp_path, monkeypatch, defaults) -> Path:
    """An empty working folder with a params.yaml of its own, so that no other test has its key."""
    for name in ("MLFLOW_TRACKING_URI", "DVC_EXP_NAME", "RANK", "LOCAL_RANK", "NODE_RANK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DVC_ROOT", str(place))
    monkeypatch.chdir(tmp_path)
    values = copy.deepcopy(defaults)
    values["train"]["seed"] = 1000 + next(serial)
    write_params(values)
    return tmp_path


def write_params(values: dict[str, Any]) -> None:
    with Path("params.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(values, file)


def change_params(section: str, name: str, value: Any) -> None:
    values = contents.read_params(Path("params.yaml"))
    values[section][name] = value
    write_params(values)


def history() -> list[dict[str, float]]:
    return [{"epoch": e, "valid": 3 + 1 / (3 * e), "train": 2 + 1 / (7 * e)} for e in range(1, EPOCHS + 1)]


def write_outputs(root: Path, colour: str = "red") -> None:
    """What DVC restores of the stages before score, and what score writes."""
    for name in rows.STAGES.values():
        (root / name).mkdir(parents=True, exist_ok=True)
    lines = ["epoch,valid,train", *(f"{row['epoch']},{row['valid']:.6g},{row['train']:.6g}" for row in history())]
    (root / "data/model/history.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "data/model/config.json").write_text("{}", encoding="utf-8")
    (root / "data/model/weights.safetensors").write_bytes(b"weights")
    (root / "data/batches/statistics.json").write_text('{"train": {"drawings": 7}}', encoding="utf-8")
    (root / "data/samples/acceptance.json").write_text('{"accepted": 3, "rejected": {"wide": 2}}', encoding="utf-8")
    (root / "data/scores/metrics.json").write_text(json.dumps(SCORES), encoding="utf-8")
    for path in contents.SHEETS.values():
        Image.new("RGB", (8, 4), colour).save(root / path)


def recorded(place: Path, where: str = "") -> list[Any]:
    """The rows of the working folder's parameters, the newest first."""
    key = contents.key(contents.read_params(Path("params.yaml")), Path("."))
    with store.opened(f"sqlite:///{place / 'mlflow.db'}") as kept:
        query = f"tags.`fake_kanji.key` = '{key}'{where}"
        return list(kept.client.search_runs([kept.experiment], query, order_by=["attributes.start_time DESC"]))


def client(place: Path) -> Any:
    with store.opened(f"sqlite:///{place / 'mlflow.db'}") as kept:
        return kept.client


def run_stages(*names: str) -> None:
    for name in names:
        with rows.stage(name):
            pass


def python(code: str, **environment: str) -> subprocess.Popen:
    settings = {k: v for k, v in os.environ.items() if k not in store.QUIET} | environment
    command = [sys.executable, "-c", code]
    return subprocess.Popen(
        command, env=settings | {"PYTHONPATH": str(ROOT)}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


# ---- the key ----


@pytest.fixture
def code(tmp_path) -> Path:
    for name in (
        "pipeline/net/model.py",
        "pipeline/tracking/rows.py",
        "pipeline/cli/sample.py",
        "stages/train.py",
        "README.md",
    ):
        (tmp_path / "code" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "code" / name).write_text("x = 1\n", encoding="utf-8")
    return tmp_path / "code"


def test_every_parameter_is_in_the_key(defaults, tmp_path, code):
    """Changing any one value, whatever its section, gives another key; the old value gives the old key."""
    first = contents.key(defaults, tmp_path, code)
    keys = {first}
    names = [(section, name) for section, part in defaults.items() for name in part]
    for section, name in names:
        values = copy.deepcopy(defaults)
        values[section][name] = ["changed"]
        keys.add(contents.key(values, tmp_path, code))
    assert len(keys) == len(names) + 1
    assert contents.key(copy.deepcopy(defaults), tmp_path, code) == first


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("pipeline/net/model.py", True),
        ("stages/train.py", True),
        ("stages/new.py", True),  # a file more
        ("pipeline/tracking/rows.py", False),  # what shows results cannot change them
        ("pipeline/cli/sample.py", False),
        ("README.md", False),
    ],
)
def test_code_in_the_key(defaults, tmp_path, code, file, counts):
    before = contents.key(defaults, tmp_path, code)
    (code / file).write_text("x = 2\n", encoding="utf-8")
    assert (contents.key(defaults, tmp_path, code) != before) == counts


def test_a_folder_of_drawings_is_told_by_its_manifest(defaults, tmp_path, code):
    folder = copy.deepcopy(defaults)
    folder["fetch"]["source"] = "folder"
    manifest = tmp_path / contents.MANIFEST
    keys = {source: [contents.key(v, tmp_path, code)] for source, v in (("package", defaults), ("folder", folder))}
    manifest.parent.mkdir(parents=True)
    for text in ("a", "b"):
        manifest.write_text(text, encoding="utf-8")
        keys["package"].append(contents.key(defaults, tmp_path, code))
        keys["folder"].append(contents.key(folder, tmp_path, code))
    assert len(set(keys["folder"])) == 3
    assert len(set(keys["package"])) == 1  # the version and the hash in params.yaml say it all


def test_one_and_one_point_nought_are_the_same_value(defaults, tmp_path, code):
    values = copy.deepcopy(defaults)
    values["batch"]["scale"] = int(values["batch"]["scale"])
    assert values["batch"]["scale"] == defaults["batch"]["scale"]
    assert contents.key(values, tmp_path, code) == contents.key(defaults, tmp_path, code)


# ---- one row ----


def test_all_stages_share_one_row(place, work):
    seen = []
    for name in rows.STAGES:
        with rows.stage(name) as row:
            (inside,) = recorded(place)
            assert inside.info.status == "RUNNING" and inside.data.tags[f"stage.{name}"] == "running"
            seen.append(row.id)
        (after,) = recorded(place)
        assert after.data.tags[f"stage.{name}"] == "done"
        assert after.info.status == ("FINISHED" if name == "score" else "SCHEDULED")
    assert len(set(seen)) == 1
    assert after.info.run_name.startswith("lstm-2x256-e")


def test_export_after_score_leaves_the_row_finished(place, work):
    run_stages(*rows.STAGES, "export")
    (row,) = recorded(place)
    assert row.info.status == "FINISHED" and row.data.tags["stage.export"] == "done"
    run_stages("sample")  # the control: any other stage begins what score has to end
    assert recorded(place)[0].info.status == "SCHEDULED"


def test_a_change_of_sampling_makes_a_second_row(place, work):
    run_stages("train", "sample")
    change_params("sample", "seed", 999)
    run_stages("sample")
    (second,) = recorded(place)
    assert "stage.train" not in second.data.tags and second.data.params["sample.seed"] == "999"


def test_a_folder_is_known_after_fetch(place, work):
    """The row is opened when the manifest is there, so that fetch and parse have the same one."""
    change_params("fetch", "source", "folder")
    with rows.stage("fetch") as row:
        assert row.id == "" and recorded(place) == []
        Path(contents.MANIFEST).parent.mkdir(parents=True)
        Path(contents.MANIFEST).write_text("name,bytes,sha256\n", encoding="utf-8")
    run_stages("parse")
    (only,) = recorded(place)
    assert only.data.tags["stage.fetch"] == only.data.tags["stage.parse"] == "done"


def test_a_failure_is_shown_and_gone_when_it_is_mended(place, work):
    with pytest.raises(ValueError, match="first line"), rows.stage("train"):
        raise ValueError("first line\nsecond line")
    (failed,) = recorded(place)
    assert failed.info.status == "FAILED" and failed.data.tags["stage.train"] == "failed"
    assert failed.data.tags["error"] == "train: first line"
    run_stages("train")
    (mended,) = recorded(place)
    assert mended.info.run_id == failed.info.run_id and "error" not in mended.data.tags
    assert mended.info.status == "SCHEDULED"


def test_ctrl_c_is_shown(place, work):
    with pytest.raises(KeyboardInterrupt), rows.stage("train"):
        raise KeyboardInterrupt
    (row,) = recorded(place)
    assert row.info.status == "KILLED" and row.data.tags["stage.train"] == "interrupted"


def test_a_resumed_training_goes_on_in_its_row(place, work):
    """Points that the killed process had recorded are not recorded twice."""
    killed = rows.stage("train").__enter__()  # never left, as after kill -9
    for values in history()[:3]:
        killed.metrics_of_epoch(values)
    with rows.stage("train") as row:
        for values in history()[2:]:
            row.metrics_of_epoch(values)
    (only,) = recorded(place)
    points = client(place).get_metric_history(only.info.run_id, "train/valid")
    assert sorted(point.step for point in points) == [1, 2, 3, 4, 5]
    assert only.data.tags["stage.train"] == "done"


def test_a_forced_training_retires_the_old_row(place, work):
    run_stages(*rows.STAGES)
    run_stages("fetch", "parse", "batch", "train")
    (new,), (old,) = recorded(place, " and tags.superseded = 'no'"), recorded(place, " and tags.superseded = 'yes'")
    assert new.data.tags["stage.batch"] == "done" and new.info.status == "SCHEDULED"
    run_stages("sample", "score", "sample", "score")  # sampling again is no new row
    assert len(recorded(place)) == 2
    assert client(place).get_run(old.info.run_id).data.tags["stage.train"] == "done"


def test_an_experiments_name(place, work, monkeypatch):
    monkeypatch.setenv("DVC_EXP_NAME", "wide-net")
    run_stages("parse")
    (row,) = recorded(place)
    assert row.info.run_name == "wide-net" and row.data.tags["dvc.experiment"] == "wide-net"
    assert len(row.data.tags["mlflow.source.git.commit"]) == 40 and row.data.tags["git.dirty"] in ("yes", "no")


def test_other_processes_of_a_training_are_silent(place, work, monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "1")
    with rows.stage("train") as row:
        row.metrics({"valid": 1.0}, step=1)
    assert recorded(place) == []


# ---- completeness ----


def test_a_row_is_complete_although_its_training_was_cached(place, work):
    write_outputs(work)
    run_stages("score")
    (row,) = recorded(place)
    data = row.data
    values = contents.read_params(Path("params.yaml"))
    assert set(data.params) == {f"{s}.{n}" for s, part in values.items() for n in part}
    assert (
        json.loads(data.params["train.pen_weights"]) == values["train"]["pen_weights"]
        and data.params["batch.scale"] == "15.0"
    )
    points = client(place).get_metric_history(row.info.run_id, "train/valid")
    assert [(p.step, p.value) for p in points] == [(h["epoch"], pytest.approx(h["valid"], rel=1e-5)) for h in history()]
    numbers = {"score/test.nats_per_step": 1.25, "sample/rejected.wide": 2.0, "batch/train.drawings": 7.0}
    assert numbers.items() <= data.metrics.items()
    assert not {"score/name", "score/list", "score/flag"} & data.metrics.keys()
    assert {data.tags[f"stage.{name}"] for name in rows.STAGES if name != "score"} == {"cached"}
    assert row.info.status == "FINISHED" and data.tags["stage.score"] == "done"
    assert stored(place, row) == {
        "training.png",
        "samples.png",
        "nearest.png",
        "believed.png",
        "density.png",
        "images",
        "model/config.json",
        "model/weights.safetensors",
    }


def stored(place: Path, row: Any) -> set[str]:
    listed = [item for folder in (None, "model") for item in client(place).list_artifacts(row.info.run_id, folder)]
    return {item.path for item in listed if item.path != "model"}


def counts(place: Path, row: Any) -> tuple[int, int]:
    """Points and pictures that a row holds."""
    with closing(sqlite3.connect(place / "mlflow.db")) as database:
        (points,) = database.execute("select count(*) from metrics where run_uuid = ?", [row.info.run_id]).fetchone()
    return points, len(client(place).list_artifacts(row.info.run_id, "images"))


def test_completing_twice_is_completing_once(place, work):
    with rows.stage("train") as row:
        for values in history():
            row.metrics_of_epoch(values)
    write_outputs(work)  # the history with fewer digits than what was recorded
    run_stages("score")
    (first,) = recorded(place)
    once = counts(place, first)
    assert once[0] == 2 * EPOCHS + len(contents.numbers(work))
    run_stages("score")
    assert rows.sync()
    (second,) = recorded(place)
    assert counts(place, second) == once and second.info.status == "FINISHED"
    write_outputs(work, "blue")  # control: other pictures are sent
    assert rows.sync()
    assert counts(place, second) == (once[0], once[1] + 2 * len(contents.SHEETS))


def test_long_curves_are_sent_in_parts(place, work):
    with rows.stage("train") as row:
        row._attempt(lambda record: record.add([("train/long", step, float(step)) for step in range(2345)]))
    assert row.errors == 0
    assert counts(place, recorded(place)[0])[0] == 2345


def test_note_and_image(place, work):
    Image.new("RGB", (4, 4)).save(work / "sheet.png")
    with rows.stage("parse") as row:
        row.note("tried with a wider net")
        row.image("sheet.png", "training.png")
        row.metrics({"files": 3, "bad": float("nan")})
    (only,) = recorded(place)
    assert only.data.tags["mlflow.note.content"] == "tried with a wider net"
    assert "training.png" in stored(place, only) and only.data.metrics == {"parse/files": 3.0}


# ---- the view ----


def test_the_view_is_stored_with_the_experiment(place, work):
    with store.opened(address.address()) as kept:
        tags = kept.client.get_experiment(kept.experiment).tags
    saved = json.loads(tags["mlflow.sharedViewState.fake-kanji"])
    assert {"name", "createdAt", "state"} <= saved.keys()
    state = json.loads(saved["state"])
    shown = set(state["selectedColumns"])
    assert {f"params.`{name}`" for name in view.PARAMS} < shown
    assert {f"metrics.`{name}`" for name in view.METRICS} < shown
    assert state["orderByKey"] == "metrics.`score/likeness.frechet`" and state["orderByAsc"] is True
    sections = {section["uuid"] for section in state["compareRunSections"]}
    assert {chart["metricSectionId"] for chart in state["compareRunCharts"]} == sections
    assert len({chart["uuid"] for chart in state["compareRunCharts"]}) == len(state["compareRunCharts"])


def test_the_views_columns_exist(defaults):
    """Every parameter is one of params.yaml, every sheet one that is sent."""
    assert set(view.PARAMS) <= set(contents.parameters(defaults))
    assert {f"{name}.png" for name in view.PICTURES} == set(contents.SHEETS)
    assert view.BEST in view.METRICS


def test_the_views_filter_leaves_superseded_rows_out(place, work):
    run_stages("train", "train")
    with store.opened(address.address()) as kept:
        shown = {row.info.run_id for row in kept.client.search_runs([kept.experiment], view.FILTER)}
    assert len(recorded(place)) == 2 and len(shown & {row.info.run_id for row in recorded(place)}) == 1


# ---- several processes, and trouble ----

FOUR = """
import json, pathlib, sys
from pipeline.tracking import rows
with rows.stage("parse") as row:
    row.metrics({"files": 1})
print(row.id, row.errors)
"""


def test_four_processes_on_a_fresh_database(tmp_path, work):
    """Two keys, two processes each: two rows, nothing said on stderr."""
    root = tmp_path / "fresh"
    root.mkdir()
    folders = [tmp_path / name for name in "aabb"]
    for folder in folders:
        folder.mkdir(exist_ok=True)
        (folder / "params.yaml").write_text(f"model: {{cell: {folder.name}}}\n", encoding="utf-8")
    started = [python(f"import os; os.chdir({str(f)!r})\n{FOUR}", DVC_ROOT=str(root)) for f in folders]
    ended = [process.communicate(timeout=120) for process in started]
    assert [error for _, error in ended] == [""] * 4
    assert [out.split()[1] for out, _ in ended] == ["0"] * 4
    assert len({out.split()[0] for out, _ in ended}) == 2
    assert sorted(path.name for path in root.iterdir()) == ["mlflow.db", "mlflow.db.lock"]


def test_importing_tracking_does_not_import_mlflow():
    code = "import sys, pipeline.tracking; print('mlflow' in sys.modules, 'torch' in sys.modules)"
    assert python(code).communicate(timeout=60) == ("False False\n", "")


def test_a_locked_database_costs_one_warning(place, work, monkeypatch, capsys):
    monkeypatch.setattr(address, "LOCKED_AFTER", 0.2)
    with rows.stage("train") as row:
        with closing(sqlite3.connect(place / "mlflow.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            for values in history():
                row.metrics_of_epoch(values)
            assert time.monotonic() - began < 2
        assert row.errors == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "database is locked" in line and "Cure:" in line and "mlflow.db" in line
    (only,) = recorded(place)
    assert only.data.tags["stage.train"] == "done"  # the last try, after the lock is gone
    write_outputs(work)
    run_stages("score")
    assert counts(place, only)[0] == 2 * EPOCHS + len(contents.numbers(work))


@pytest.mark.parametrize(
    ("uri", "named"),
    [
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),  # nobody listens
        ("http://me:secret@127.0.0.1:1", "http://127.0.0.1:1"),  # a password is not repeated
        ("sqlite:////proc/none/mlflow.db", "/proc/none"),  # nobody can write there
    ],
)
def test_an_unreachable_address_costs_one_warning(work, monkeypatch, capsys, uri, named):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    began = time.monotonic()
    with rows.stage("train") as row:
        for values in history():
            row.metrics_of_epoch(values)
        row.image("no such file.png")
        row.complete()
    assert time.monotonic() - began < 20
    (line,) = capsys.readouterr().err.splitlines()
    assert named in line and "Cure:" in line and "secret" not in line
    assert not rows.sync()


def test_a_server_that_hangs_costs_seconds(work, monkeypatch, capsys):
    """It listens but never accepts: connections beyond its queue wait until they are given up."""
    monkeypatch.setattr(address, "CONNECTED_AFTER", 0.3)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent, socket.socket() as waiting:
        waiting.connect(silent.getsockname())
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        run_stages("train")
        assert time.monotonic() - began < 5
    assert "timed out" in capsys.readouterr().err


@pytest.fixture
def server(place, work, monkeypatch) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """The address of a real server on a copy of the database, what kills it, and what starts it again."""
    with (
        closing(sqlite3.connect(place / "mlflow.db")) as source,
        closing(sqlite3.connect(work / "mlflow.db")) as copied,
    ):
        source.backup(copied)
    monkeypatch.setenv("DVC_ROOT", str(work))
    port = ui.free_port()
    where = ui.environment(address.sqlite_uri(work / "mlflow.db"))
    processes: list[subprocess.Popen] = []

    def start() -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        processes.append(subprocess.Popen(ui.command(port), env=where, start_new_session=True, **quiet))
        ui._wait(processes[-1], port)

    def kill() -> None:
        if processes[-1].poll() is None:
            os.killpg(processes[-1].pid, signal.SIGKILL)
            processes[-1].wait()

    try:
        start()
        yield f"http://127.0.0.1:{port}", kill, start
    finally:
        kill()


def epochs_in(database: Path, run: str) -> list[int]:
    with closing(sqlite3.connect(database)) as source:
        found = source.execute("select step from metrics where key = 'train/valid' and run_uuid = ?", [run])
        return sorted(step for (step,) in found)


def test_training_goes_on_when_the_server_is_killed_and_sync_fills_its_row(server, work, monkeypatch, capsys):
    address, kill, start = server
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    trained = []
    assert ui.main([]) == 0  # of a server that runs already, the address of the view
    printed = capsys.readouterr().out.strip()
    assert printed.startswith(address) and printed.endswith("viewStateShareKey=fake-kanji")
    assert urlopen(printed.partition("#")[0]).status == 200
    with rows.stage("train") as row:
        for values in history():
            row.metrics_of_epoch(values)
            trained.append(values["epoch"])
            if values["epoch"] == 2:
                assert row.errors == 0
                kill()
    assert trained == [1, 2, 3, 4, 5]
    (line,) = capsys.readouterr().err.splitlines()
    assert address in line and "start the server or unset MLFLOW_TRACKING_URI" in line
    assert epochs_in(work / "mlflow.db", row.id) == [1, 2]
    write_outputs(work)  # what the stages wrote meanwhile
    assert not rows.sync()  # control: the server is still down
    start()
    assert rows.sync()
    assert epochs_in(work / "mlflow.db", row.id) == [1, 2, 3, 4, 5]
    with store.opened(address) as kept:
        run = kept.client.get_run(row.id)
    assert run.info.status == "FINISHED" and run.data.tags["stage.train"] == "done"
    assert run.data.metrics["score/test.nats_per_step"] == contents.numbers(work)["score/test.nats_per_step"]


# ---- the UI ----


def test_the_ui_is_on_loopback_only(work):
    command = ui.command(5123)
    assert command[command.index("--host") + 1] == "127.0.0.1" and command[command.index("--port") + 1] == "5123"
    assert ui.environment(address.address())["MLFLOW_BACKEND_STORE_URI"] == address.address()


def test_a_server_that_does_not_start_is_named(monkeypatch, capfd):
    monkeypatch.setattr(ui, "command", lambda port: [sys.executable, "-c", "raise SystemExit(3)"])
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(ui.UiError, match="did not start on port 5999.*another --port"):
            ui.serve("sqlite:///x.db", "1", 5999)
    finally:
        signal.signal(signal.SIGTERM, before)
