"""The beginning of a training as the stage train begins it: python benchmarks/minibatches.py data/batches 200"""

import itertools
import sys
import time
from pathlib import Path

import torch

from pipeline.seeds import generator
from pipeline.train.loop import AUGMENTATION_STREAM, DROPOUT_STREAM, Sums
from stages import train


def main(prepared: Path, count: int) -> None:
    trainer = train.begin(prepared).trainer
    seed, device = trainer.options.seed, trainer.fabric.device
    distortion, dropout = generator(seed, AUGMENTATION_STREAM, 0), generator(seed, DROPOUT_STREAM, 0, 0, device=device)
    sums, began = Sums(torch.zeros(3, device=device)), time.monotonic()
    for rows in itertools.islice(trainer.lessons.epoch(0), count):
        trainer._minibatch(rows, distortion, dropout, sums)
    offset, pen, steps = sums.losses.tolist()
    print(
        f"{count} of {trainer.minibatches:,} minibatches in {time.monotonic() - began:.0f} s, {steps:,.0f} steps, "
        f"{(offset + pen) / steps:.3f} a step"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
