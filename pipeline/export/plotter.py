"""Drawings on a sheet of paper for a pen plotter: plain SVG in millimetres, a <path> a stroke, in the order of writing.

The drawings stand in rows from the upper margin on, in the middle between left and right, each in a square cell of one
size. vpype, Inkscape and the programs of plotters read it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor

from pipeline.curves import number
from pipeline.export.single_line import Glyph, path_data, with_dots

PAPERS = {  # width and height in mm: ISO 216, and ANSI/ASME Y14.1
    "a2": (420.0, 594.0), "a3": (297.0, 420.0), "a4": (210.0, 297.0), "a5": (148.0, 210.0), "a6": (105.0, 148.0),
    "letter": (215.9, 279.4), "legal": (215.9, 355.6), "tabloid": (279.4, 431.8),
}  # fmt: skip
LONGEST = 10_000.0  # mm of a side
MARGIN = 15.0  # mm, unless told
GAP = 0.1  # of a cell, round the box of each drawing, so that neighbours do not touch
PEN = 0.3  # mm: how wide a line is shown; the pen decides
SHORTEST = 1.0  # mm of a cell


class PlotterError(ValueError):
    """A sheet that cannot be laid out."""


@dataclass(frozen=True)
class Sheet:
    """Paper of width x height and its margin on each side, in mm; size: of a cell, None for the largest with which all
    drawings fit."""

    width: float
    height: float
    margin: float
    size: float | None = None


def sheet(paper: str, margin: float, size: float | None, landscape: bool = False) -> Sheet:
    """paper: one of PAPERS, or WIDTHxHEIGHT in mm. Raises PlotterError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)", paper.lower())
    width, height = (float(found[1]), float(found[2])) if found else PAPERS.get(paper.lower(), (0.0, 0.0))
    if not 0 < min(width, height) <= max(width, height) <= LONGEST:
        raise PlotterError(f"--paper {paper}: must be {', '.join(PAPERS)}, or WIDTHxHEIGHT in mm, such as 200x250")
    if landscape:
        width, height = max(width, height), min(width, height)
    if not 0 <= margin <= (min(width, height) - SHORTEST) / 2:
        most = number((min(width, height) - SHORTEST) / 2)
        raise PlotterError(f"--margin {number(margin)}: must be from 0 to {most} mm on paper of this size")
    return Sheet(width, height, margin, size)


def svg(glyphs: Sequence[Glyph], page: Sheet, credit: str, smooth: bool) -> str:
    """The sheet; smooth: curves along a stroke's points, else lines. Raises PlotterError: not all fit."""
    columns, cell = _grid(len(glyphs), page)
    left = (page.width - columns * cell) / 2
    drawings = []
    for i, glyph in enumerate(glyphs):
        corner = left + i % columns * cell, page.margin + i // columns * cell
        drawings.append(_drawing(i + 1, glyph, corner, cell, smooth))
    size = f'width="{number(page.width)}mm" height="{number(page.height)}mm"'
    box = f'viewBox="0 0 {number(page.width)} {number(page.height)}"'
    pen = f'fill="none" stroke="#000000" stroke-width="{PEN}" stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>\n<metadata>{escape(credit)}</metadata>\n'
        f"<g {pen}>\n" + "\n".join(drawings) + "\n</g>\n</svg>\n"
    )


def _grid(count: int, page: Sheet) -> tuple[int, float]:
    """Columns, and the side of a cell in mm."""
    wide, high = page.width - 2 * page.margin, page.height - 2 * page.margin
    # the largest cell either fills a row or is as high as some number of rows allows
    sides = [wide / n for n in range(1, count + 1)] + [high / n for n in range(1, count + 1)]
    largest = max(side for side in sides if _fit(wide, side) * _fit(high, side) >= count)
    cell = page.size or largest
    if not SHORTEST <= cell <= largest * (1 + 1e-9):
        said = f"--size {number(page.size)}" if page.size else f"{count:,} drawings on this paper"
        if largest < SHORTEST:
            raise PlotterError(f"{said}: cells would be {number(largest)} mm; export fewer, or onto larger paper")
        most = floor(largest * 100) / 100
        raise PlotterError(f"{said}: {count:,} drawings fit with cells of {number(SHORTEST)} to {number(most)} mm")
    return _fit(wide, cell), cell


def _fit(length: float, side: float) -> int:
    return floor(length / side + 1e-9)


def _drawing(place: int, glyph: Glyph, corner: tuple[float, float], cell: float, smooth: bool) -> str:
    """Centred in its cell."""
    strokes, width, height = glyph
    scale = (1 - 2 * GAP) * cell / max(width, height)
    offset = (corner[0] + (cell - scale * width) / 2, corner[1] + (cell - scale * height) / 2)
    paths = [
        path_data(stroke, lambda points: points * scale + offset, smooth)
        for stroke in with_dots(strokes, max(width, height))
    ]
    lines = "\n".join(f'<path id="d{place}-s{i}" d="{path}"/>' for i, path in enumerate(paths, 1))
    return f'<g id="d{place}">\n{lines}\n</g>'
