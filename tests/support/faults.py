"""kill -9 at random moments of every stage, then one `dvc repro`: python -m tests.support.faults --kills 50 [--seed 0]

A small workspace of real KanjiVG files is made and run once undisturbed. A round begins with its copy in which nothing
has been run yet, under its own DVC cache. `dvc repro` is started and killed at a random moment of the stage fetch,
between its start and shortly after DVC has stored what it wrote; started again and killed in parse; and so on, so that
damage adds up. Killed is one of: everything (what a power cut or a closed session does), `dvc` alone, or the stage's
process alone. With --ctrl-c it is SIGINT to all of them, as a terminal sends it. Then one last `dvc repro`, and

    repro   it ends well
    bytes   every file under data/ is as in the undisturbed run
    cache   data/ deleted and checked out of DVC's cache is the same again: no half-written entry passes as whole
    left    no partial output, no training checkpoint and no process is left

With --queue nothing is killed: two experiments are queued and taken up by two workers at once, and each must end with
the bytes of a `dvc repro` with its parameters.

One JSON line a kill and a round, or an experiment; fails if any of it went wrong.
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

from tests.support.workspace import Workspace

STAGES = ("fetch", "parse", "batch", "train", "export", "sample", "score")
VICTIMS = ("everything", "everything", "dvc", "stage")
AFTER = 1.5  # seconds after a stage's end in which DVC hashes and stores its outputs


class Copy:
    """A workspace's copy at a fixed place, with its environment."""

    def __init__(self, pristine: Path, folder: Path):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(pristine, folder, symlinks=True)

    environment, status = Workspace.environment, Workspace.status

    def bytes(self) -> dict[str, str]:
        """Of the stages' outputs; .gitignore is DVC's own."""
        return {name: digest for name, digest in Workspace.bytes(self).items() if not name.endswith(".gitignore")}

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


def wait_for(process: subprocess.Popen, stage: str) -> bool:
    """Whether the stage began."""
    return any(line.startswith(f"Running stage '{stage}'") for line in process.stdout)


def kill(process: subprocess.Popen, victim: str, stage: str) -> str:
    """Returns who was killed: a stage that has ended already cannot be."""
    if victim == "stage":
        for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []:
            if f"stages.{stage}" in child.cmdline():
                child.kill()
                return "stage"
        victim = "everything"
    if victim in ("everything", "ctrl-c"):
        try:
            os.killpg(process.pid, signal.SIGKILL if victim == "everything" else signal.SIGINT)
        except ProcessLookupError:
            return "nothing"
    else:
        process.kill()
    return victim


def disturb(copy: Copy, stage: str, seconds: float, source: random.Random, victims: tuple[str, ...]) -> dict:
    """One kill, or one Ctrl-C."""
    victim, moment = source.choice(victims), source.uniform(0, seconds + AFTER)
    process = copy.start()
    began = wait_for(process, stage)
    if began:
        time.sleep(moment)
    killed = kill(process, victim, stage) if began else "nothing"
    sent = time.monotonic()
    if killed in ("stage", "ctrl-c"):
        process.stdout.read()
    process.stdout.close()
    process.wait()
    ended = time.monotonic() - sent
    said = (copy.folder / "stderr").read_text(errors="replace").replace("\r", "\n").strip().splitlines()
    errors = [line for line in said if "ERROR" in line or "stopped" in line]
    return {
        "stage": stage,
        "killed": killed,
        "after_s": round(moment, 2),
        "stage_s": round(seconds, 2),
        "ended_s": round(ended, 2),
        "said": errors,
    }


def finish(copy: Copy, expected: dict[str, str]) -> dict:
    """The last `dvc repro` of a round, and what is there afterwards."""
    again = copy.repro()
    state = {
        "repro": again.returncode == 0,
        "said": [line for line in again.stderr.splitlines() if "ERROR" in line or "killed" in line],
        "bytes": copy.bytes() == expected,
        "left": left(copy),
    }
    metrics = "data/scores/metrics.json"  # kept in git, not in DVC's cache
    cached = {name: digest for name, digest in expected.items() if name != metrics}
    shutil.rmtree(copy.folder / "data", ignore_errors=True)
    command = ["dvc", "checkout", "-q"]
    subprocess.run(command, cwd=copy.folder, env=copy.environment, capture_output=True)
    return state | {"cache": copy.bytes() == cached}


def left(copy: Copy) -> list[str]:
    found = [str(path.relative_to(copy.folder)) for path in copy.folder.glob("data/**/.*.partial")]
    checkpoints = copy.folder / ".checkpoints"
    found += [f".checkpoints/{path.name}" for path in checkpoints.iterdir()] if checkpoints.exists() else []
    return found + [" ".join(process.cmdline())[:80] for process in copy.processes()]


def timed(workspace: Copy) -> dict[str, float]:
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
    parser.add_argument("--ctrl-c", action="store_true", help="interrupt instead of killing")
    parser.add_argument("--queue", action="store_true", help="two queued experiments, two workers")
    parser.add_argument("--archive", type=Path, default=Path("data/raw/drawings.zip"))
    options = parser.parse_args()
    source = random.Random(options.seed)
    kills = bad = 0
    with tempfile.TemporaryDirectory() as folder:
        pristine = Workspace(Path(folder, "pristine"), options.archive)
        if options.queue:
            sys.exit(bool(queued(pristine, options.archive, Path(folder), options.log)))
        whole = Copy(pristine.folder, Path(folder, "whole"))
        seconds = timed(whole)
        expected = whole.bytes()
        while kills < options.kills:
            copy = Copy(pristine.folder, Path(folder, f"round{kills}"))
            for stage in STAGES:
                state = disturb(copy, stage, seconds[stage], source, ("ctrl-c",) if options.ctrl_c else VICTIMS)
                kills += state["killed"] != "nothing"
                note(state, options.log)
            state = finish(copy, expected)
            bad += not (state["repro"] and state["bytes"] and state["cache"] and not state["left"])
            note({"kills": kills, **state}, options.log)
            if not bad:
                shutil.rmtree(copy.folder)
    print(f"{kills} kills, {bad} rounds did not end with the bytes of the undisturbed run and nothing left")
    sys.exit(bool(bad))


def working(copy: Copy) -> list[str]:
    """The folders within the copy in which stages run now."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(part.startswith("stages.") for part in process.cmdline()):
                found.append(process.cwd())
        except psutil.Error:
            continue
    return [place for place in found if place.startswith(str(copy.folder))]


EXPERIMENTS = {"warmer": {"sample.mixture_temperature": 0.8}, "wider": {"model.hidden_size": 20}}


def queued(pristine: Workspace, archive: Path, folder: Path, log: Path) -> int:
    """Run the experiments by two workers; returns how many did not end as they should."""
    copy = Copy(pristine.folder, folder / "queue")

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=copy.folder, env=copy.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("git", "add", ".")
    run("git", "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", "all")
    for name, values in EXPERIMENTS.items():
        run("dvc", "exp", "run", "--queue", "-n", name, *(f"-S{key}={value}" for key, value in values.items()))
    start = ["dvc", "queue", "start", "-j", "2"]  # the workers keep what it writes to open
    subprocess.run(start, cwd=copy.folder, env=copy.environment, check=True, stdout=subprocess.DEVNULL)
    most = ended = 0
    while ended < len(EXPERIMENTS):
        time.sleep(1)
        most = max(most, len({place for place in working(copy) if place != str(copy.folder)}))
        status = run("dvc", "queue", "status")
        ended = len(re.findall(r"Success|Failed", status))
    bad = 0
    for name, values in EXPERIMENTS.items():
        alone = Workspace(folder / name, archive)
        alone.change(values)
        alone.repro()
        run("dvc", "exp", "apply", name)
        state = {"experiment": name, "side_by_side": most, "bytes": copy.bytes() == Copy.bytes(alone)}
        state |= {"status": re.findall(rf"{name}\s.*?(\w+)\s*$", status, flags=re.MULTILINE)}
        bad += not state["bytes"]
        note(state, log)
    return bad


def note(state: dict, log: Path) -> None:
    with log.open("a") as file:
        file.write(json.dumps(state) + "\n")
    print(json.dumps(state), flush=True)


if __name__ == "__main__":
    main()
