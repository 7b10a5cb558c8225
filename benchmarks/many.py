"""A folder of many small drawings through fetch, parse and batch: python benchmarks/many.py [--drawings 100000]

Writes the folder under a temporary one, runs the three stages as `dvc repro` does, and prints of each how many drawings
a second it took and the most memory that its process and the processes it started held together. Fails above 2 GB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
from memory import held
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
STAGES = {"fetch": ("raw",), "parse": ("raw", "strokes"), "batch": ("strokes", "batches")}
LIMIT_MB = 2048
STEP = 0.3  # seconds between two looks at the memory


def write(folder: Path, count: int) -> None:
    """SVG files of three to six strokes of a few curves each, in folders of a thousand."""
    source = np.random.default_rng(1)
    for i in range(count):
        place = folder / f"{i // 1000:03d}"
        place.mkdir(parents=True, exist_ok=True)
        points = source.integers(0, 109, (int(source.integers(3, 7)), 4, 2))
        paths = "".join(
            f'<path d="M{a[0]},{a[1]}C{b[0]},{b[1]} {c[0]},{c[1]} {d[0]},{d[1]}"/>' for a, b, c, d in points
        )
        (place / f"{i}.svg").write_text(f'<svg viewBox="0 0 109 109">{paths}</svg>', encoding="utf-8")


def run(stage: str, work: Path) -> tuple[float, int]:
    """Seconds and most bytes of a stage."""
    command = [sys.executable, "-m", f"stages.{stage}", *(f"data/{name}" for name in STAGES[stage])]
    began, most = time.monotonic(), 0
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MLFLOW_TRACKING_URI": f"sqlite:///{work}/mlflow.db"}
    child = psutil.Popen(command, cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = []
    reader = threading.Thread(target=lambda: said.extend(child.communicate()))
    reader.start()
    while reader.is_alive():
        try:
            most = max(most, held(child, "uss"))
        except psutil.NoSuchProcess:
            break
        reader.join(STEP)
    reader.join()
    if child.returncode:
        sys.exit(f"{stage} failed: {said[1]}")
    return time.monotonic() - began, most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drawings", type=int, default=100_000)
    count = parser.parse_args().drawings
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write(work / "svg", count)
        values = YAML(typ="safe", pure=True).load(ROOT / "params.yaml")
        values["fetch"] |= {"source": "folder", "path": str(work / "svg"), "licence": "made by a random generator"}
        YAML().dump(values, work / "params.yaml")
        (work / "data").mkdir()
        highest = 0.0
        for stage in STAGES:
            seconds, most = run(stage, work)
            highest = max(highest, most / 2**20)
            print(f"{stage}: {count / seconds:,.0f} drawings/s, {most / 2**20:,.0f} MB", flush=True)
    if highest > LIMIT_MB:
        sys.exit(f"{highest:,.0f} MB are more than {LIMIT_MB:,}")


if __name__ == "__main__":
    main()
