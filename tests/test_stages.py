"""How a stage ends when something goes wrong round it: one plain line with the cure, and nothing half-written."""

import errno
import os
import signal
import subprocess
import sys

import pytest
import torch
from ruamel.yaml import YAML

import stages
from pipeline import params
from pipeline.score.judge import judge
from tests.support import ROOT
from tests.support.drawings import FREE

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
WRITES = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin with it ignored
from pathlib import Path
import stages
from tests.support import ROOT
from pipeline.files import whole_folder
def work(out):
    with whole_folder(out) as folder:
        (folder / "half").write_text("x")
        print("working", flush=True)
        time.sleep(60)
stages._end_with_dvc("toy")
stages.run_alone("toy", work)
"""


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.ENOSPC, "free some space, then `dvc repro` goes on from here"),
        (errno.EROFS, "make it writable, then"),
        (errno.EACCES, "allow it to this user, then"),
    ],
)
def test_what_the_disk_refuses_is_said_with_its_cure(number, cure, monkeypatch, capsys):
    def work() -> str:
        raise OSError(number, os.strerror(number), "data/strokes")

    monkeypatch.setattr(sys, "argv", ["stage"])
    with pytest.raises(SystemExit, match=cure) as stopped:
        stages.run_alone("parse", work)
    assert "'data/strokes'" in str(stopped.value) and "\n" not in str(stopped.value)


CANNOT = [
    # section, key, value -> the stages that say so: those that need it and those before them
    ("train", "device", "cuda", r"train\.device is cuda", ("fetch", "batch", "train")),
    ("train", "nodes", 2, r"train\.nodes is 2", ("fetch", "batch", "train")),
    ("sample", "device", "cuda", r"sample\.device is cuda", ("fetch", "train", "export", "sample")),
    ("sample", "ids", "none.txt", r"sample\.ids: none\.txt cannot be read", ("fetch", "train", "export", "sample")),
    ("score", "device", "cuda", r"score\.device is cuda", ("fetch", "train", "sample", "score")),
    (
        "score",
        "judge",
        "latest",
        r"score\.judge is latest, but .* holds 1-\w+.*: set it to 1-",
        ("fetch", "train", "score"),
    ),
]


@pytest.mark.parametrize(("section", "key", "value", "said", "by"), CANNOT, ids=[f"{c[0]}.{c[1]}" for c in CANNOT])
def test_what_this_machine_cannot_do_is_told_by_every_stage_before(
    defaults, monkeypatch, section, key, value, said, by
):
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    needs = {"dream": "described"} if key == "ids" else {}  # what dreams freely asks no table
    changed = {**defaults, section: {**defaults[section], key: value, **needs}}
    for stage in ("fetch", "parse", "batch", "train", "export", "sample", "score"):
        stages.check_here(stage, defaults)
        if stage in by:
            with pytest.raises(params.ParamsError, match=said):
                stages.check_here(stage, changed)
    later = {"train": "export", "sample": "score"}.get(section)
    if later:  # it has run, on another machine perhaps
        stages.check_here(later, changed)


def test_a_net_that_is_never_told_is_not_trained_to_dream_so(defaults, monkeypatch):
    monkeypatch.chdir(ROOT)
    free = {**defaults, "model": {**defaults["model"], **FREE}}
    for stage in ("fetch", "train", "sample"):
        with pytest.raises(
            params.ParamsError, match=r"sample\.dream is described, but with .* set sample\.dream to free"
        ):
            stages.check_here(stage, free)
        stages.check_here(stage, {**free, "sample": {**free["sample"], "dream": "free"}})


def test_problems_of_several_sections_are_told_at_once(defaults, monkeypatch):
    monkeypatch.chdir(ROOT)
    changed = {**defaults, "train": {**defaults["train"], "devices": 10**6}}
    changed["score"] = {**defaults["score"], "judge": "latest"}
    with pytest.raises(params.ParamsError, match=r"nothing was run, because\n  train\.devices.*\n  score\.judge"):
        stages.check_here("fetch", changed)


def test_the_judge_that_is_checked_is_the_one_that_scores():
    command = YAML(typ="safe", pure=True).load(ROOT / "dvc.yaml")["stages"]["score"]["cmd"]
    assert judge.FOLDER.as_posix() in command.split()


def started(command: list[str], **variables: str) -> subprocess.Popen:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT | variables
    )
    assert process.stdout.readline() == "working\n"
    return process


def test_ctrl_c_says_how_to_go_on_and_leaves_nothing(tmp_path):
    process = started([sys.executable, "-c", WRITES, str(tmp_path / "out")])
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1] == "toy: stopped; `dvc repro` goes on from here\n"
    assert process.returncode == 1 and list(tmp_path.iterdir()) == []


def test_ctrl_c_while_modules_are_imported_is_one_line_too():
    code = "import stages; raise KeyboardInterrupt"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT)
    assert done.stderr == "stopped; `dvc repro` goes on from here\n" and done.returncode != 0


@pytest.mark.skipif(os.name != "posix", reason="a process elsewhere keeps its dead parent's number")
def test_a_stage_ends_with_the_dvc_that_started_it(tmp_path):
    launch = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]])"  # in DVC's place
    process = started([sys.executable, "-c", launch, WRITES, str(tmp_path / "out")], DVC_STAGE="toy")
    process.kill()
    said = process.communicate(timeout=60)[1]  # until the stage, too, has closed it
    assert said == "toy: DVC was killed\ntoy: stopped; `dvc repro` goes on from here\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX")
def test_what_kill_9_leaves_is_cleaned_by_the_next_run(tmp_path):
    process = started([sys.executable, "-c", WRITES, str(tmp_path / "out")])
    process.kill()
    process.communicate(timeout=60)
    assert [path.name for path in tmp_path.iterdir()] == [".out.partial"]  # and no output that is half
    again = WRITES.replace("time.sleep(60)", "")
    subprocess.run([sys.executable, "-c", again, str(tmp_path / "out")], check=True, env=ENVIRONMENT)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_keeps_the_earlier_output(tmp_path):
    """A real one: a file system in memory of a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        (disk / "out").mkdir()
        (disk / "out" / "earlier").write_text("whole")
        large = WRITES.replace('write_text("x")', "write_bytes(bytes(4_000_000))")
        command = [sys.executable, "-c", large, str(disk / "out")]
        done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
        assert "toy: [Errno 28]" in done.stderr and "free some space, then `dvc repro` goes on" in done.stderr
        assert "Traceback" not in done.stderr and done.returncode == 1
        assert [path.name for path in disk.iterdir()] == ["out"]
        assert (disk / "out" / "earlier").read_text() == "whole"
    finally:
        subprocess.run(["umount", str(disk)], check=True)
