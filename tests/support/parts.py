"""Described drawings by hand: parts of strokes, in scaled units from the middle of the box."""

import numpy as np
import pandas as pd

from pipeline import drawing
from pipeline.dataset import DrawingSet
from pipeline.describe.derivation import Told
from pipeline.describe.description import Description


def leaf(name, *runs):
    return Told(Description(name), runs)


def made(operator, *parts, name=""):
    runs: list[tuple[int, int]] = []
    for first, last in sorted(run for part in parts for run in part.runs):
        runs.append((runs.pop()[0] if runs and runs[-1][1] == first - 1 else first, last))
    return Told(Description(name, operator, tuple(part.description for part in parts)), tuple(runs), parts)


def a_set(*drawings, ids=None):
    """(code point, strokes), each stroke its points; code point -1 where it has none."""
    steps = [drawing.from_strokes([np.array(stroke, float) for stroke in strokes], 0, 0) for _, strokes in drawings]
    stops = np.cumsum([len(one) for one in steps])
    codes = [code for code, _ in drawings]
    index = pd.DataFrame({"id": ids or [f"{code:05x}" for code in codes], "code_point": codes,
                          "start": stops - [len(one) for one in steps], "stop": stops})  # fmt: skip
    return DrawingSet(np.concatenate(steps), index)


def across(left, top, right, bottom):
    """Two strokes that fill a box: its diagonals, the second by way of the middle."""
    middle = ((left + right) / 2, (top + bottom) / 2)
    return [[(left, top), (right, bottom)], [(right, top), middle, (left, bottom)]]
