"""Sets larger than memory: python benchmarks/size.py [20000 200000 2000000]

For each number it makes so many synthetic drawings (scribbles.py) and runs fetch, parse and batch on them as
`dvc repro` does, and 200 minibatches of training. A row each: seconds by the clock and of processors, the most memory
that the process and those it started held together, mapped files included and each shared page counted once, and the
most that one of them had. Fails above 2 GB. What it makes is kept in the folder --work, if there is one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import scribbles
from memory import held
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
STAGES = {"fetch": ("raw",), "parse": ("raw", "strokes"), "batch": ("strokes", "batches")}
PARSE = {"rule": "rdp", "epsilon": 2.0}
MINIBATCHES = 200
LIMIT_MB = 2048
STEP = 0.2  # seconds between two looks at the memory at first, later a hundredth of the time since the beginning


@dataclass(frozen=True)
class Measured:
    """Of a stage: seconds by the clock and of processors; together: most bytes of the process and those it started;
    single: most of one of them."""

    seconds: float
    busy: float
    together: int
    single: int


def run(command: list[str], work: Path) -> Measured:
    """Ends the program where the command fails."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MLFLOW_TRACKING_URI": f"sqlite:///{work}/mlflow.db"}
    with (work / "said.txt").open("w+") as said:
        began, most = time.monotonic(), 0
        child = subprocess.Popen(command, cwd=work, env=environment, stdout=said, stderr=said)
        process = psutil.Process(child.pid)
        while not (ended := os.wait4(child.pid, os.WNOHANG))[0]:
            most = max(most, held(process, "pss"))
            time.sleep(max(STEP, (time.monotonic() - began) / 100))
        seconds = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(ended[1])
        if child.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(command)} failed: {said.read()[-3000:]}")
    busy = ended[2].ru_utime + ended[2].ru_stime
    return Measured(seconds, busy, most, ended[2].ru_maxrss * 1024)


def prepare(work: Path, count: int, changes: list[str]) -> None:
    """The drawings, where they are not there, and params.yaml; changes: section.key=value."""
    if not (work / "drawings").exists():
        scribbles.write(work / "drawings", count)
    (work / "data").mkdir(exist_ok=True)
    if not (work / "pretrained").exists():
        (work / "pretrained").symlink_to(ROOT / "pretrained")
    yaml = YAML(typ="safe", pure=True)
    values = yaml.load(ROOT / "params.yaml")
    values["fetch"] |= {"source": "folder", "path": str(work / "drawings"), "licence": "made by a random generator"}
    values["parse"] |= PARSE
    values["batch"] |= {"scale": "auto"}
    for change in changes:
        name, _, text = change.partition("=")
        section, _, key = name.partition(".")
        values[section][key] = yaml.load(text)
    YAML().dump(values, work / "params.yaml")


def measure(work: Path, count: int, stages: list[str]) -> float:
    """Prints a row a stage; the most memory of all, in MB."""
    highest = 0.0
    for stage in stages:
        command = [sys.executable, "-m", f"stages.{stage}", *(f"data/{name}" for name in STAGES.get(stage, ()))]
        if stage == "train":
            command = [sys.executable, str(ROOT / "benchmarks" / "minibatches.py"), "data/batches", str(MINIBATCHES)]
        found = run(command, work)
        highest = max(highest, found.together / 2**20)
        print(
            f"| {count:,} | {stage} | {found.seconds:,.0f} | {found.busy:,.0f} | {found.together / 2**20:,.0f} | "
            f"{found.single / 2**20:,.0f} |",
            flush=True,
        )
    return highest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drawings", type=int, nargs="*", default=[20_000, 200_000, 2_000_000])
    parser.add_argument("--stages", nargs="+", choices=[*STAGES, "train"], default=[*STAGES, "train"])
    parser.add_argument("-S", "--set", action="append", default=[], metavar="SECTION.KEY=VALUE", dest="changes")
    parser.add_argument("--work", type=Path)
    asked = parser.parse_args()
    print("| drawings | stage | seconds | of processors | most MB together | most MB of one process |")
    print("|---:|---|---:|---:|---:|---:|", flush=True)
    highest = 0.0
    for count in asked.drawings:
        with tempfile.TemporaryDirectory() as temporary:
            work = (asked.work or Path(temporary)).resolve() / str(count)
            work.mkdir(parents=True, exist_ok=True)
            prepare(work, count, asked.changes)
            highest = max(highest, measure(work, count, asked.stages))
    if highest > LIMIT_MB:
        sys.exit(f"{highest:,.0f} MB are more than {LIMIT_MB:,}")


if __name__ == "__main__":
    main()
