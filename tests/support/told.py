"""A small net that is told of parts, as a model's folder."""

from pathlib import Path

import torch

from pipeline import params
from pipeline.describe.knowledge import Knowledge
from pipeline.net import checkpoint
from pipeline.net.model import ModelParams, WritingNet
from pipeline.seeds import generator

MODEL = {"cell": "lstm", "layers": 2, "hidden_size": 16, "mixtures": 3, "position_input": True, "described": True,
         "exemplars": False, "dropout": 0.0, "dropout_per": "step"}  # fmt: skip
DATA = {"scale": 15.0, "width": 109.0, "height": 109.0, "licence": "KanjiVG, CC BY-SA"}
PEN_WEIGHTS = [0.3, 1.0, 3.0]


def a_net(knows: Knowledge) -> WritingNet:
    """Random weights that end strokes and parts now and then."""
    net = WritingNet(params.build(ModelParams, MODEL, "model"), generator(3), knows.vocabulary).eval()
    with torch.no_grad():
        net.head.bias[-3:] = torch.tensor([2.0, 3.5, 3.5])
    return net


def a_model(folder: Path, knows: Knowledge) -> Path:
    """The net and what it knows, written into a new folder."""
    folder.mkdir()
    config = {"model": MODEL, "data": DATA, "pen_weights": PEN_WEIGHTS}
    checkpoint.save_model(folder, a_net(knows).state_dict(), config)
    knows.save(folder)
    return folder
