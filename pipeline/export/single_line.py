"""Fonts whose glyphs are strokes and not outlines: for plotters, engravers, embroidery.

svgfont  a font of SVG 1.1 (chapter 20), what Inkscape's extension Hershey Text reads: an em of 1000, y up, a subpath a
         stroke, in order
jhf      J. Hurt's form of the fonts of A. V. Hershey (the "Usenet Font Consortium" of 1986): a line a glyph, its number
         in 5 columns, the number of pairs in 3, then pairs of characters, each a coordinate as its distance from "R", y
         down: left and right side, then points; " R" lifts the pen
"""

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from pipeline import fit
from pipeline.brush.squares import EM
from pipeline.curves import chords
from pipeline.drawing import Stroke

FAMILY = "Fake Kanji"
DOT = 0.01  # of the box's larger side: the length of a line that stands for a stroke of one place

HALF = 42  # of a glyph of a .jhf, so that what goes two hundredths of its box out of it is still in its range
LEAST, MOST = -49, 44  # coordinates that are printable, without -50, which lifts the pen
LIFT = " R"
MOST_PAIRS, MOST_NUMBER = 999, 99_999  # that its columns hold

Points = NDArray[np.float64]
Glyph = tuple[list[Stroke], float, float]  # strokes, each (m, 2) points, in a width x height box, y down


class SingleLineError(ValueError):
    """A drawing that is no glyph of the format."""


def svg_font(glyphs: Sequence[Glyph], codes: Sequence[int], credit: str, smooth: bool) -> str:
    """An SVG document with one font. smooth: curves through a stroke's points, else lines."""
    shown = "\n".join(_glyph(glyph, code, smooth) for glyph, code in zip(glyphs, codes, strict=True))
    face = f'font-family="{FAMILY}" units-per-em="{EM.side}" ascent="{EM.top}" descent="{EM.top - EM.side}"'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" version="1.1">\n'
        f"<metadata>{escape(credit)}</metadata>\n"
        f'<defs>\n<font id="FakeKanji" horiz-adv-x="{EM.side}">\n<font-face {face}/>\n'
        f'<missing-glyph horiz-adv-x="{EM.side}"/>\n<glyph unicode=" " glyph-name="space" horiz-adv-x="{EM.side}"/>\n'
        f"{shown}\n</font>\n</defs>\n</svg>\n"
    )


def jhf(glyphs: Sequence[Glyph], numbers: Sequence[int], ids: Sequence[str]) -> str:
    """A line for each glyph; ids name a drawing in an error. Raises SingleLineError."""
    lines = [_hershey(*one) for one in zip(glyphs, numbers, ids, strict=True)]
    return "\n".join([*lines, ""])


def with_dots(strokes: Sequence[Stroke], side: float) -> list[Stroke]:
    """Strokes of no length as short lines, which a pen can draw and no reader drops."""
    half = np.array([[-0.5, 0.0], [0.5, 0.0]]) * DOT * side
    return [one if np.ptp(one, axis=0).any() else one[:1] + half for one in strokes]


def path_data(stroke: Stroke, place: Callable[[Points], Points], smooth: bool) -> str:
    """(m, 2) points -> path data; place: (..., 2) points of the box -> of the page. smooth: few cubics that follow the
    stroke closely, else a line from point to point."""
    return fit.path(place(fit.fit(stroke))) if smooth else chords(place(stroke))


def _glyph(glyph: Glyph, code: int, smooth: bool) -> str:
    strokes, width, height = glyph

    def place(points: Points) -> Points:
        return EM.upright(EM.place(points, width, height))

    paths = [path_data(stroke, place, smooth) for stroke in with_dots(strokes, max(width, height))]
    name = f'unicode="&#x{code:X};" glyph-name="u{code:04X}" horiz-adv-x="{EM.side}"'
    return f'<glyph {name} d="{"".join(paths)}"/>'


def _hershey(glyph: Glyph, number: int, identity: str) -> str:
    strokes, width, height = glyph
    lines = [_on_grid((stroke - (width / 2, height / 2)) * (2 * HALF / max(width, height))) for stroke in strokes]
    count = sum(map(len, lines)) + len(lines)  # the sides, and a pair between two strokes
    if count > MOST_PAIRS:
        raise SingleLineError(f"{identity}: {count:,} pairs are more than the {MOST_PAIRS} that jhf can count")
    inked = np.concatenate(lines)
    if inked.min() < LEAST or inked.max() > MOST:
        raise SingleLineError(f"{identity}: it goes out of its box further than jhf has coordinates; leave it out")
    return f"{number:5d}{count:3d}{_pairs(np.array([[-HALF, HALF]]))}" + LIFT.join(map(_pairs, lines))


def _on_grid(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers, none twice in a row; a stroke of one place is one unit long."""
    whole = np.rint(points).astype(np.int64)
    whole = whole[np.r_[True, (np.diff(whole, axis=0) != 0).any(axis=1)]]
    return whole if len(whole) > 1 else np.concatenate([whole - (1, 0), whole])


def _pairs(points: NDArray[np.int64]) -> str:
    return "".join(chr(ord("R") + value) for value in points.ravel())
