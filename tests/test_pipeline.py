"""All seven stages under the real DVC on real KanjiVG files, with small parameters: bytes, reruns, kills."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from ruamel.yaml import YAML

from tests.support.workspace import SMALL, Workspace

# What is changed and which stages may then run; every one that stands after the first of them must.
RERUNS = [
    ("fetch.licence", "another", ["fetch", "parse", "batch", "train", "export", "sample", "score"]),
    ("parse.max_chords", 2, ["parse", "batch", "train", "export", "sample", "score"]),
    ("batch.scale", 10.0, ["batch", "train", "export", "sample", "score"]),
    ("model.hidden_size", 17, ["train", "export", "sample", "score"]),
    ("train.learning_rate", 0.001, ["train", "export", "sample", "score"]),
    ("sample.mixture_temperature", 0.9, ["export", "sample", "score"]),
    ("score.bootstrap", 101, ["score"]),
]


@pytest.fixture(scope="module")
def finished(tmp_path_factory, kanjivg_archive) -> Workspace:
    """A workspace after its first `dvc repro`; tests leave its parameters as they were."""
    workspace = Workspace(tmp_path_factory.mktemp("finished"), kanjivg_archive)
    assert workspace.repro() == ["fetch", "parse", "batch", "train", "export", "sample", "score"]
    return workspace


def test_every_promised_output_is_there(finished):
    data = finished.folder / "data"
    for name in (
        "raw/drawings.zip",
        "strokes/points.npy",
        "strokes/sheet.png",
        "batches/statistics.json",
        "model/weights.safetensors",
        "model/config.json",
        "model/history.csv",
        "model/descriptions.json",
        "model/exemplars.safetensors",
        "samples/acceptance.json",
        "samples/sheet.svg",
        "scores/metrics.json",
        "scores/nearest.png",
    ):
        assert (data / name).stat().st_size > 50, name
    history = pd.read_csv(data / "model" / "history.csv")
    assert list(history["epoch"]) == [1, 2, 3]
    assert history["train"].iloc[-1] < history["train"].iloc[0]
    assert not list((finished.folder / ".checkpoints").iterdir())


def test_again_there_is_nothing_to_do(finished):
    assert finished.status() == []
    assert finished.repro() == []


def test_twice_gives_the_same_bytes(finished, tmp_path, kanjivg_archive):
    again = Workspace(tmp_path, kanjivg_archive)
    again.repro()
    assert again.bytes() == finished.bytes()


def test_the_row_in_mlflow_is_complete(finished):
    rows = finished.rows()
    assert len(rows) == 1
    row = rows.iloc[0]
    assert row["status"] == "FINISHED"
    assert row["params.model.hidden_size"] == "16" and row["params.sample.count"] == "6"
    scores = json.loads((finished.folder / "data/scores/metrics.json").read_text())
    assert row["metrics.score/test.nats_per_step"] == pytest.approx(scores["test"]["nats_per_step"], rel=1e-4)


@pytest.mark.parametrize(("name", "value", "stages"), RERUNS)
def test_a_parameter_changes_the_stages_that_depend_on_it(finished, name, value, stages):
    section, key = name.split(".")
    before = YAML(typ="safe").load(finished.folder / "params.yaml")[section][key]
    finished.change({name: value})
    try:
        assert [s for s in finished.status()][:1] == stages[:1]
        command = ["dvc", "repro", "--dry", "--force-downstream"]
        out = subprocess.run(
            command, cwd=finished.folder, env=finished.environment, capture_output=True, text=True, check=True
        ).stdout
        assert re.findall(r"Running stage '(\w+)'", out) == stages
    finally:
        finished.change({name: before})
    assert finished.status() == []


def test_sampling_otherwise_runs_two_stages_and_back_runs_none(finished):
    original = finished.bytes()
    finished.change({"sample.mixture_temperature": 0.9})
    assert finished.repro() == ["export", "sample", "score"]
    assert finished.bytes() != original
    assert len(finished.rows()) == 2
    finished.change({"sample.mixture_temperature": SMALL["sample"].get("mixture_temperature", 0.25)})
    assert finished.repro() == []
    assert finished.bytes() == original


def fake_kanji(workspace: Workspace, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    command, environment = [sys.executable, "-m", "pipeline", *arguments], workspace.environment | variables
    return subprocess.run(command, cwd=workspace.folder, env=environment, capture_output=True, text=True)


def test_rows_of_commits_and_experiments_are_filled_in_later(finished):
    """Without MLflow's database, as after a clone: DVC's files are enough for every row."""
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost"]
    subprocess.run([*git, "add", "."], cwd=finished.folder, check=True)
    subprocess.run([*git, "commit", "-qm", "all"], cwd=finished.folder, check=True)
    run = ["dvc", "exp", "run", "-q", "-n", "warmer", "-S", "sample.mixture_temperature=0.8"]
    subprocess.run(run, cwd=finished.folder, env=finished.environment, check=True)
    (warmer,) = finished.rows().query("`tags.dvc.experiment` == 'warmer'").to_dict("records")
    for command in (["git", "checkout", "-q", "."], ["dvc", "checkout", "-q"]):
        subprocess.run(command, cwd=finished.folder, env=finished.environment, check=True)
    later = {"MLFLOW_TRACKING_URI": f"sqlite:///{finished.folder / 'later.db'}"}
    done = fake_kanji(finished, "track", "--sync", "--experiments", "--rev", "HEAD", "--rev", "nowhere", **later)
    assert "HEAD: its row is complete\nwarmer: its row is complete\n2 of 3 rows" in done.stdout
    assert "'nowhere' is neither a Git revision nor an experiment" in done.stderr and done.returncode == 1
    rows = finished.rows("later.db").set_index("params.sample.mixture_temperature")
    assert set(rows.index) == {"0.25", "0.8"} and (rows["status"] == "FINISHED").all()
    again = rows.loc["0.8"]
    assert again["tags.mlflow.runName"] == "warmer"
    assert again["tags.fake_kanji.key"] == warmer["tags.fake_kanji.key"]
    scores = {name: value for name, value in warmer.items() if name.startswith("metrics.score/")}
    assert len(scores) > 20
    assert {name: again[name] for name in scores} == pytest.approx(scores, rel=1e-5, nan_ok=True)


def test_a_bad_parameter_stops_before_any_work(finished):
    original = finished.bytes()
    finished.change({"train.epochs": -1, "parse.max_chords": 2})
    try:
        done = subprocess.run(
            ["dvc", "repro"], cwd=finished.folder, env=finished.environment, capture_output=True, text=True
        )
        assert done.returncode != 0
        assert "train.epochs" in done.stderr and "Traceback" not in done.stderr
    finally:
        finished.change({"train.epochs": 3, "parse.max_chords": 3})
        subprocess.run(["dvc", "checkout", "-q"], cwd=finished.folder, env=finished.environment, check=True)
    assert finished.bytes() == original


def test_a_killed_training_goes_on_and_ends_with_the_same_bytes(finished, tmp_path, kanjivg_archive):
    """kill -9 of the whole process group during training, then `dvc repro`."""
    workspace = Workspace(tmp_path / "killed", kanjivg_archive)
    workspace.change({"train.epochs": 40})
    whole = Workspace(tmp_path / "whole", kanjivg_archive)
    whole.change({"train.epochs": 40})
    whole.repro("train")
    process = subprocess.Popen(
        ["dvc", "repro", "train"],
        cwd=workspace.folder,
        env=workspace.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 600
    states = workspace.folder / ".checkpoints"
    while not list(states.glob("*/state.safetensors")) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)  # somewhere within an epoch
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert list(states.glob("*/state.safetensors")), "killed too late to show anything"
    assert not (workspace.folder / "data/model").exists()
    done = subprocess.run(
        ["dvc", "repro", "train"], cwd=workspace.folder, env=workspace.environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"going on after epoch \d+ of 40", done.stdout)
    ours, theirs = (w.bytes() for w in (workspace, whole))
    model = [name for name in theirs if name.startswith("data/model/")]
    assert len(model) == 5
    assert {name: ours[name] for name in model} == {name: theirs[name] for name in model}
