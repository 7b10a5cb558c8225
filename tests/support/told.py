"""A small net that is told of parts, as a model's folder."""

from pathlib import Path
from typing import Any

import torch

from pipeline import params
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.net import checkpoint
from pipeline.net.model import ModelParams, WritingNet
from pipeline.seeds import generator

MODEL = {"cell": "lstm", "layers": 2, "hidden_size": 16, "mixtures": 3, "position_input": True, "described": True,
         "exemplars": False, "dropout": 0.0, "dropout_per": "step"}  # fmt: skip
DATA = {"scale": 15.0, "width": 109.0, "height": 109.0, "licence": "KanjiVG, CC BY-SA"}
PEN_WEIGHTS = [0.3, 1.0, 3.0]
LEFT, RIGHT = "木氵口日土火金", "食反各寺月古主"
KNOWN = [(a, b) for i, a in enumerate(LEFT) for j, b in enumerate(RIGHT) if (i + j) % 4 == 0]  # a quarter of all
SPELLINGS = {chr(0x4E00 + i): f"⿰{a}{b}" for i, (a, b) in enumerate(KNOWN)}
HELD_OUT = chr(0x4E00)
KNOWS = Knowledge(Vocabulary(tuple(LEFT + RIGHT)), SPELLINGS, Habits(), tuple(sorted(set(SPELLINGS) - {HELD_OUT})))


def a_net(knows: Knowledge) -> WritingNet:
    """Random weights that end strokes and parts now and then."""
    net = WritingNet(params.build(ModelParams, MODEL, "model"), generator(3), knows.vocabulary).eval()
    with torch.no_grad():
        net.head.bias[-3:] = torch.tensor([2.0, 3.5, 3.5])
    return net


def a_model(folder: Path, knows: Knowledge, **more: Any) -> Path:
    """The net and what it knows, written into a new folder; more: sections of its config."""
    folder.mkdir()
    config = {"model": MODEL, "data": DATA, "pen_weights": PEN_WEIGHTS} | more
    checkpoint.save_model(folder, a_net(knows).state_dict(), config)
    knows.save(folder)
    return folder
