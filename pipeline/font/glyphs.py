"""Drawings -> glyphs: outlines in an em square, and a code point each.

Which code point is said by export/code_points.py. The drawing's box fills the em square (brush/squares.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline import fit
from pipeline.brush import shapes, squares
from pipeline.brush.outlines import Brush
from pipeline.brush.shapes import Contour
from pipeline.brush.squares import EM
from pipeline.drawing import Steps, to_strokes
from pipeline.export import code_points
from pipeline.fit import Controls

MOST_GLYPHS = 65_000  # a font has at most 65,535, some of which are not drawings
OUTSIDE = 1.0  # of the em: how far beyond its box a glyph may reach
SKELETON_TOLERANCE = 2.0  # units
SPACES = (0x20, 0x3000)  # every font has them


class GlyphError(ValueError):
    """Drawings that make no glyphs."""


@dataclass(frozen=True)
class Glyph:
    """code: its code point; told: character, description and reading, as far as known; skeleton: a curve a stroke, each
    (s, 4, 2). Coordinates are units of the em, y up."""

    code: int
    id: str
    told: dict[str, str]
    contours: list[Contour]
    skeleton: list[Controls]

    @property
    def name(self) -> str:
        """As Adobe's glyph list for new fonts has it."""
        return f"uni{self.code:04X}" if self.code <= 0xFFFF else f"u{self.code:X}"


def plan(rows: Iterable[tuple[pd.Series, Steps]], count: int) -> list[tuple[pd.Series, Steps, int]]:
    """`count` drawings with their rows of the index -> the same in the order of the font, each with its code point.
    Raises GlyphError, CodePointError."""
    if count > MOST_GLYPHS:
        raise GlyphError(f"{count:,} drawings are more than the {MOST_GLYPHS:,} glyphs that a font holds; give fewer")
    whole = sorted(rows, key=lambda one: code_points.order(one[0]["id"]))
    for row, steps in whole:
        _check_size(row, steps)
    codes = code_points.code_points(pd.DataFrame([row for row, _ in whole]))
    return [(row, steps, code) for (row, steps), code in zip(whole, codes, strict=True)]


def _check_size(row: pd.Series, steps: Steps) -> None:
    width, height = float(row["width"]), float(row["height"])
    points = EM.place(np.concatenate(to_strokes(steps, width, height)), width, height)
    reach = float(np.abs(points / EM.side - 0.5).max()) - 0.5
    if reach > OUTSIDE:
        raise GlyphError(f"{row['id']}: reaches {reach:.1f} times its box beyond it; take it out")


def glyph(row: pd.Series, steps: Steps, code: int, brush: Brush) -> Glyph:
    """One drawing; brush: its width in units of the em. Raises GlyphError."""
    lines, inked = squares.inked(row, steps, EM, brush)
    try:
        contours = shapes.shape([EM.upright(outline) for outline in inked])
    except shapes.ShapeError as error:
        raise GlyphError(f"{row['id']}: {error}; take it out, or give another --weight") from None
    skeleton = [EM.upright(fit.fit(line, SKELETON_TOLERANCE)) for line in lines]
    told = {name: str(row.get(name) or "") for name in code_points.TOLD}
    return Glyph(code, str(row["id"]), told, contours, skeleton)
