"""Drawings -> glyphs: outlines in an em square, and a code point each.

A drawing of a character has its code point. All others (dreams, icons, KanjiVG's variants) get code points of the
private use areas, U+E000 and on, in the order of their ids: the same drawings always give the same map.

The em square is EM units wide and high, the drawing's box fills it, and it stands on DESCENT, as in most CJK fonts.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline import fit
from pipeline.brush import manners, outlines, shapes
from pipeline.brush.outlines import Brush
from pipeline.brush.shapes import Contour
from pipeline.drawing import Steps, Stroke, to_strokes
from pipeline.fit import Controls

EM, ASCENT, DESCENT = 1000, 880, -120
MOST_GLYPHS = 65_000  # a font has at most 65,535, some of which are not drawings
OUTSIDE = 1.0  # of the em: how far beyond its box a glyph may reach
SKELETON_TOLERANCE = 2.0  # units
PRIVATE = (range(0xE000, 0xF900), range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))
UNSEEN = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")  # categories of controls, surrogates and spaces
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
    Raises GlyphError."""
    if count > MOST_GLYPHS:
        raise GlyphError(f"{count:,} drawings are more than the {MOST_GLYPHS:,} glyphs that a font holds; give fewer")
    whole = sorted(rows, key=lambda one: _order(one[0]["id"]))
    for row, steps in whole:
        _check_size(row, steps)
    codes = code_points([row for row, _ in whole])
    return [(row, steps, code) for (row, steps), code in zip(whole, codes, strict=True)]


def code_points(rows: list[pd.Series]) -> list[int]:
    """Of drawings in the order of their ids. Raises GlyphError: two drawings of one character."""
    own = [_own(row) for row in rows]
    taken: dict[int, str] = {}
    for row, code in zip(rows, own, strict=True):
        if code is not None and code in taken:
            raise GlyphError(
                f"{taken[code]} and {row['id']} are both U+{code:04X} {chr(code)}; a font has one of it: take one out"
            )
        if code is not None:
            taken[code] = str(row["id"])
    free = (code for code in chain(*PRIVATE) if code not in taken)
    return [next(free) if code is None else code for code in own]


def _check_size(row: pd.Series, steps: Steps) -> None:
    width, height = float(row["width"]), float(row["height"])
    points = in_em(np.concatenate(to_strokes(steps, width, height)), width, height)
    reach = float(np.abs(points - EM / 2).max()) - EM / 2
    if reach > OUTSIDE * EM:
        raise GlyphError(f"{row['id']}: reaches {reach / EM:.1f} times its box beyond it; take it out")


def _own(row: pd.Series) -> int | None:
    """That of its character, unless it is a variant's or could not be seen."""
    code = int(row.get("code_point", -1))
    seen = code > 0 and unicodedata.category(chr(code)) not in UNSEEN
    return code if seen and not row.get("variant") else None


def _order(identity: object) -> tuple[tuple[int, int | str], ...]:
    """2 before 10."""
    parts = re.split(r"([0-9]+)", str(identity))
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts)


def glyph(row: pd.Series, steps: Steps, code: int, brush: Brush) -> Glyph:
    """One drawing; brush: its width in units of the em. Raises GlyphError."""
    width, height = float(row["width"]), float(row["height"])
    side = max(width, height)
    strokes = to_strokes(steps, width, height)
    lines = [in_em(stroke, width, height) for stroke in strokes]
    types = _types(row, len(strokes))
    endings = [manners.ending(stroke, side, text) for stroke, text in zip(strokes, types, strict=True)]
    used = brush.among(len(strokes))
    inked = [outlines.outline(line, used, ending) for line, ending in zip(lines, endings, strict=True)]
    try:
        contours = shapes.shape([upright(outline) for outline in inked])
    except shapes.ShapeError as error:
        raise GlyphError(f"{row['id']}: {error}; take it out, or give another --weight") from None
    skeleton = [upright(fit.fit(line, SKELETON_TOLERANCE)) for line in lines]
    told = {name: str(row.get(name) or "") for name in ("character", "description", "reading")}
    return Glyph(code, str(row["id"]), told, contours, skeleton)


def in_em(stroke: Stroke, width: float, height: float) -> Stroke:
    """(m, 2) points of a box -> in the em square, still y down; a box that is no square stands in its middle."""
    side = max(width, height)
    return (stroke + ((side - width) / 2, (side - height) / 2)) * (EM / side)


def upright(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 2) in the em square with y down -> y up, zero on the baseline."""
    return points * (1, -1) + (0, ASCENT)


def _types(row: pd.Series, count: int) -> list[str]:
    types = row.get("types")
    return list(types) if types is not None and len(types) == count else [""] * count
