"""judge/params.yaml -> pretrained/judge: the judge's weights, what it is, its card."""

import tempfile
from pathlib import Path

import torch

from pipeline.fetch import sources
from pipeline.score.judge import card, judge, training
from stages import bar, counter, run_alone


def main(values: Path, out: Path) -> str:
    plan = training.read(values)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "raw" / sources.ARCHIVE
        files = sources.fetch(plan.fetch, archive.parent)["files"]
        with counter("judge: parse", files * len(plan.resamplings), " files") as count:
            drawings, index = training.resample(archive, list(plan.resamplings.values()), count)
    task = training.lesson(drawings, index, plan.judge)
    trained = training.train(task, plan.judge, bar("judge", " minibatches"))
    card.write(out, trained, task, plan)
    return card.sentence(judge.load(out))


if __name__ == "__main__":
    torch.set_num_threads(1)  # so that the number of processors does not decide the order of sums
    torch.use_deterministic_algorithms(True)
    run_alone("judge", main)
