"""judge/params.yaml -> pretrained/judge: the judge's weights, what it is, its card."""

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from pipeline.fetch import sources
from pipeline.score.judge import card, judge, training
from stages import run_alone


def main(values: Path, out: Path) -> str:
    plan = training.read(values)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "raw" / sources.ARCHIVE
        files = sources.fetch(plan.fetch, archive.parent)["files"]
        with tqdm(total=files * len(plan.resamplings), desc="judge: parse", unit=" files", file=sys.stderr) as bar:
            drawings, index = training.resample(archive, list(plan.resamplings.values()), bar.update)
    task = training.lesson(drawings, index, plan.judge)
    trained = training.train(task, plan.judge, show)
    card.write(out, trained, task, plan)
    return card.sentence(judge.load(out))


def show(items: Iterable[Any], text: str) -> Iterable[Any]:
    return tqdm(items, desc=f"judge: {text}", unit=" minibatches", mininterval=1.0)


if __name__ == "__main__":
    torch.set_num_threads(1)  # so that the number of processors does not decide the order of sums
    torch.use_deterministic_algorithms(True)
    run_alone("judge", main)
