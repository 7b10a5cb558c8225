"""Drawings -> the characters of hanzi-writer, which animates them and asks learners to draw them: a JSON file each.

strokes  an outline a stroke, as path data, each filled by itself: strokes are animated one by one
medians  points a stroke, which it draws along, and compares a learner's stroke with
licence  credit, where it is known; hanzi-writer passes over it, and over id, description and reading, which
         interchange.py adds

In its box x goes from 0 to 1024 and y from 900 at the top down to -124, as in makemeahanzi's data.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.brush import squares
from pipeline.brush.outlines import Brush
from pipeline.brush.squares import Square
from pipeline.drawing import Steps
from pipeline.fit import Controls

SQUARE = Square(1024.0, 900.0)
BRUSH = Brush(60.0)
Points = NDArray[np.float64]


def character(row: pd.Series, steps: Steps, licence: str) -> dict[str, Any]:
    """One drawing in the units of its box -> what hanzi-writer loads."""
    lines, inked = squares.inked(row, steps, SQUARE, BRUSH)
    values = {
        "strokes": [_path(SQUARE.upright(one)) for one in inked],
        "medians": [_median(SQUARE.upright(one)) for one in lines],
    }
    return values | ({"licence": licence} if licence else {})


def _median(points: Points) -> list[list[int]]:
    """It wants two points at least: those of a dot lie beside one another."""
    whole = [[round(x), round(y)] for x, y in points]
    return whole if len(whole) > 1 else [*whole, [whole[0][0] + 1, whole[0][1] - 1]]


def _path(outline: Controls) -> str:
    """A closed contour, (s, 4, 2), as path data in whole numbers."""
    start, *_ = outline[0]
    curves = "".join("C " + " ".join(f"{round(x)} {round(y)}" for x, y in cubic[1:]) + " " for cubic in outline)
    return f"M {round(start[0])} {round(start[1])} {curves}Z"
