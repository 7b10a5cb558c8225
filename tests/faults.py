"""kill -9 at random moments of every stage, then one `dvc repro`: python tests/faults.py --kills 50 [--seed 0] [--log FILE]

A small workspace of real KanjiVG files is made and run once undisturbed. Each trial is a copy of it in which one stage
has never run: its outputs, its entries of DVC's lock, cache and run cache are gone. `dvc repro` is started, killed at a
random moment between the start of that stage and shortly after DVC has stored what it wrote, and started again. Killed
is one of: everything (what a power cut or a closed session does), `dvc` alone, or the stage's process alone. Then

    bytes   every file under data/ is as in the undisturbed run
    cache   data/ deleted and checked out of DVC's cache is the same again: no half-written entry passes as whole
    left    no partial output, no training checkpoint and no process is left

One JSON line a trial; fails if any of it went wrong.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from ruamel.yaml import YAML
from test_pipeline import Workspace

STAGES = ("fetch", "parse", "batch", "train", "sample", "score")
VICTIMS = ("everything", "everything", "dvc", "stage")
AFTER = 1.5  # seconds after a stage's end in which DVC hashes and stores its outputs


class Copy:
    """A workspace's copy at a fixed place, with its environment."""

    def __init__(self, whole: Workspace, folder: Path):
        self.whole, self.folder = whole, folder
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole.folder, folder, symlinks=True)

    environment, bytes, status = Workspace.environment, Workspace.bytes, Workspace.status

    def forget(self, stage: str) -> None:
        """As if the stage, and those after it, had never run."""
        yaml = YAML()
        lock = yaml.load(self.folder / "dvc.lock")
        for name in STAGES[STAGES.index(stage) :]:
            for out in lock["stages"].pop(name)["outs"]:
                path = self.folder / out["path"]
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                digest = out.get("md5", "")
                if digest:
                    (self.folder / ".dvc/cache/files/md5" / digest[:2] / digest[2:]).unlink(missing_ok=True)
        yaml.dump(lock, self.folder / "dvc.lock")
        shutil.rmtree(self.folder / ".dvc/cache/runs", ignore_errors=True)
        self.drop_unused()

    def drop_unused(self) -> None:
        done = subprocess.run(["dvc", "gc", "-w", "-f", "-q"], cwd=self.folder, env=self.environment, check=False)
        assert done.returncode == 0

    def start(self) -> subprocess.Popen:
        return subprocess.Popen(
            ["dvc", "repro"], cwd=self.folder, env=self.environment, start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=(self.folder / "stderr").open("w"),
        )  # fmt: skip

    def repro(self) -> subprocess.CompletedProcess:
        command = ["dvc", "repro"]
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)

    def processes(self) -> list[psutil.Process]:
        """What runs in this folder."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.cwd() == str(self.folder) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


def wait_for(process: subprocess.Popen, stage: str) -> None:
    for line in process.stdout:
        if line.startswith(f"Running stage '{stage}'"):
            return
    raise AssertionError(f"{stage} did not start")


def kill(process: subprocess.Popen, victim: str, stage: str) -> str:
    """Returns who was killed: a stage that has ended already cannot be."""
    if victim == "stage":
        for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []:
            if f"stages.{stage}" in child.cmdline():
                child.kill()
                return "stage"
        victim = "everything"
    if victim == "everything":
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return "nothing"
    else:
        process.kill()
    return victim


def trial(whole: Workspace, expected: dict, folder: Path, stage: str, seconds: float, source: random.Random) -> dict:
    copy = Copy(whole, folder)
    copy.forget(stage)
    victim, moment = source.choice(VICTIMS), source.uniform(0, seconds + AFTER)
    process = copy.start()
    wait_for(process, stage)
    time.sleep(moment)
    killed = kill(process, victim, stage)
    process.stdout.read() if killed == "stage" else None
    process.stdout.close()
    process.wait()
    state = {"stage": stage, "killed": killed, "after_s": round(moment, 2), "stage_s": round(seconds, 2)}
    again = copy.repro()
    state["said"] = "" if again.returncode == 0 else (again.stderr.strip().splitlines() or ["nothing"])[0]
    state["repro"] = again.returncode == 0
    state["bytes"] = copy.bytes() == expected
    state["left"] = left(copy)
    shutil.rmtree(folder / "data", ignore_errors=True)
    subprocess.run(["git", "checkout", "-q", "data"], cwd=folder, capture_output=True)
    out = subprocess.run(["dvc", "checkout", "-q"], cwd=folder, env=copy.environment, capture_output=True, text=True)
    metrics = "data/scores/metrics.json"  # kept in git, not in DVC's cache
    cached = {name: digest for name, digest in expected.items() if name != metrics}
    state["cache"] = {k: v for k, v in copy.bytes().items() if k != metrics} == cached and out.returncode == 0
    return state


def left(copy: Copy) -> list[str]:
    found = [str(path.relative_to(copy.folder)) for path in copy.folder.glob("data/**/.*.partial")]
    checkpoints = copy.folder / ".checkpoints"
    found += [f".checkpoints/{path.name}" for path in checkpoints.iterdir()] if checkpoints.exists() else []
    return found + [" ".join(process.cmdline())[:80] for process in copy.processes()]


def timed(workspace: Workspace) -> dict[str, float]:
    """Run everything; seconds from each stage's first line to the next's."""
    process = subprocess.Popen(
        ["dvc", "repro"], cwd=workspace.folder, env=workspace.environment, stdout=subprocess.PIPE, text=True
    )
    began: dict[str, float] = {}
    for line in process.stdout:
        if match := re.match(r"Running stage '(\w+)'", line):
            began[match[1]] = time.monotonic()
    assert process.wait() == 0
    ends = [*list(began.values())[1:], time.monotonic()]
    return {name: end - start for (name, start), end in zip(began.items(), ends, strict=True)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--log", type=Path, default=Path("faults.jsonl"))
    parser.add_argument("--archive", type=Path, default=Path("data/raw/drawings.zip"))
    options = parser.parse_args()
    source = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole = Workspace(Path(folder, "whole"), options.archive)
        seconds = timed(whole)
        expected = whole.bytes()
        bad = 0
        for number in range(options.kills):
            stage = STAGES[number % len(STAGES)]
            state = trial(whole, expected, Path(folder, "trial"), stage, seconds[stage], source)
            bad += not (state["repro"] and state["bytes"] and state["cache"] and not state["left"])
            with options.log.open("a") as log:
                log.write(json.dumps(state) + "\n")
            print(json.dumps(state), flush=True)
    print(f"{options.kills} kills, {options.kills - bad} ended with the bytes of the undisturbed run and nothing left")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
