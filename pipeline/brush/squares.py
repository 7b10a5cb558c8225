"""Drawings -> inked strokes in the square that a font, or a program, gives each character."""

from dataclasses import dataclass

import pandas as pd
from numpy.typing import NDArray

from pipeline.brush import manners, outlines
from pipeline.brush.outlines import Brush
from pipeline.drawing import Steps, Stroke, to_strokes
from pipeline.fit import Controls

Points = NDArray


@dataclass(frozen=True)
class Square:
    """side: its width and height; top: y of its upper edge, with y up and zero on the baseline."""

    side: float
    top: float

    def place(self, points: Points, width: float, height: float) -> Points:
        """(..., 2) points of a width x height box -> of the square, y down; the longer side fills it."""
        longer = max(width, height)
        return (points + ((longer - width) / 2, (longer - height) / 2)) * (self.side / longer)

    def upright(self, points: Points) -> Points:
        """(..., 2) points of the square, y down from its upper edge -> y up from the baseline."""
        return points * (1, -1) + (0, self.top)


EM = Square(1000, 880)  # as most CJK fonts have it: the box stands on -120


def inked(row: pd.Series, steps: Steps, square: Square, brush: Brush) -> tuple[list[Stroke], list[Controls]]:
    """A drawing in the units of its box, with its row of the index -> centre lines (m, 2) and outlines (s, 4, 2) in
    the square, y down; the brush is thinner where strokes are many."""
    width, height = float(row["width"]), float(row["height"])
    strokes = to_strokes(steps, width, height)
    used, types = brush.among(len(strokes)), own_types(row, len(strokes))
    endings = [manners.ending(one, max(width, height), text) for one, text in zip(strokes, types, strict=True)]
    lines = [square.place(stroke, width, height) for stroke in strokes]
    return lines, [outlines.outline(line, used, ending) for line, ending in zip(lines, endings, strict=True)]


def own_types(row: pd.Series, count: int) -> list[str]:
    """KanjiVG's kvg:type of each stroke, "" where none is known."""
    types = row.get("types")
    return [str(one) for one in types] if types is not None and len(types) == count else [""] * count
