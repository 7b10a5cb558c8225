"""Small drawings, and the sizes and inputs of small nets."""

import json
from typing import Any

import numpy as np

from pipeline import drawing
from pipeline.dataset import DrawingSet

FREE = {"described": False, "exemplars": False}  # the post's net, that is never told anything
SMALL_MODEL = {"layers": 2, "hidden_size": 16, "mixtures": 3, **FREE}


def scribble(source: np.random.Generator, strokes: int, points: int) -> drawing.Steps:
    """A drawing of random short strokes in a 109 x 109 box."""
    starts = source.uniform(20, 90, (strokes, 1, 2))
    walks = starts + source.normal(0, 6, (strokes, points, 2)).cumsum(axis=1)
    return drawing.from_strokes(list(walks), 109, 109)


def grouped(drawings: DrawingSet) -> DrawingSet:
    """Those of at least two strokes, each A left of B, the last stroke."""
    several = drawings.where((drawings.index["strokes"] > 1).to_numpy())
    rows = [
        json.dumps([_group(character, 0, n - 1), _group("A", 0, n - 2, "left"), _group("B", n - 1, n - 1, "right")])
        for character, n in zip(several.index["character"], several.index["strokes"], strict=True)
    ]
    types = [["㇐"] * n for n in several.index["strokes"]]
    return DrawingSet(several.points, several.index.assign(groups=rows, types=types))


def _group(element: str, first: int, last: int, position: str = "") -> dict[str, Any]:
    return {"element": element, "original": "", "position": position, "part": "", "variant": "", "first": first,
            "last": last}  # fmt: skip
