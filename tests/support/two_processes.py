"""Run by train/test_loop: train on N processes and write each epoch's losses to a file."""

import sys
from pathlib import Path

import numpy as np
import torch
from ruamel.yaml import YAML

from pipeline.batch import minibatches
from pipeline.batch.holdout import BatchParams
from pipeline.batch.minibatches import Rows
from pipeline.net.model import ModelParams, WritingNet
from pipeline.seeds import generator
from pipeline.train import loop, machine
from tests.support import ROOT
from tests.support.drawings import SMALL_MODEL

processes, out = int(sys.argv[1]), Path(sys.argv[2])
values = YAML(typ="safe", pure=True).load(ROOT / "params.yaml")
changes = {"epochs": 3, "devices": processes, "device": "cpu", "precision": "32-true", "threads": 1, "warmup_steps": 2}
options = loop.TrainParams(**{**values["train"], **changes, "strategy": "ddp" if processes > 1 else "auto"})
fabric = machine.launch(options, "lstm")

lengths = torch.randint(5, 30, (61,), generator=generator(1))  # odd, so that the last minibatch cannot be halved
points = torch.randn(int(lengths.sum()), 3, generator=generator(2))
points[:, 2] = 0
points[lengths.cumsum(0) - 1, 2] = 2
rows = Rows(points, lengths.cumsum(0) - lengths, lengths)
# dropout is drawn by each process for itself
model = ModelParams(**{**values["model"], **SMALL_MODEL, "dropout": 0.0})
batch = BatchParams(**{**values["batch"], "size": 10})
trainer = loop.Trainer(WritingNet(model, generator(3)), options, batch, rows, rows, fabric)
assert fabric.world_size == processes and len(minibatches.epoch(lengths, 10, 0.1, 1, 0)[-1]) <= 10
trainer.run(lambda _: None, lambda _: None)
if fabric.is_global_zero:
    names = ("loss_offset", "loss_pen", "train", "valid", "gradient_norm")
    np.savetxt(out, [[row[name] for name in names] for row in trainer.progress.history], delimiter=",")
