"""Small nets that can be asked for drawings: one that is told of parts and knows enough of them to dream, one free."""

from pathlib import Path

from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.net import checkpoint
from tests.support.told import DATA, MODEL, PEN_WEIGHTS, a_model, a_net

LEFT, RIGHT = "木氵口日土火金", "食反各寺月古主"
KNOWN = [(a, b) for i, a in enumerate(LEFT) for j, b in enumerate(RIGHT) if (i + j) % 4 == 0]  # a quarter of all
SPELLINGS = {chr(0x4E00 + i): f"⿰{a}{b}" for i, (a, b) in enumerate(KNOWN)}
KNOWS = Knowledge(Vocabulary(tuple(LEFT + RIGHT)), SPELLINGS, Habits(), tuple(SPELLINGS))


def told_model(folder: Path) -> Path:
    return a_model(folder, KNOWS)


def free_model(folder: Path) -> Path:
    folder.mkdir()
    config = {"model": MODEL | {"described": False}, "data": DATA, "pen_weights": PEN_WEIGHTS}
    checkpoint.save_model(folder, a_net(KNOWS).untold().state_dict(), config)
    return folder
