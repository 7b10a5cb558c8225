"""Glyphs -> a font: its sources as UFO has them, and those compiled to TrueType.

Full width: every glyph is as wide as the em, and as high where text runs downwards. Nothing is read of the clock, so
the same glyphs give the same bytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import ufo2ft
import ufoLib2
from fontTools.ttLib import TTFont
from ufoLib2.objects import Font, Layer
from ufoLib2.objects import Glyph as Drawn

from pipeline.brush.shapes import Contour
from pipeline.brush.squares import EM as SQUARE
from pipeline.font.glyphs import SPACES, Glyph

EM, ASCENT, DESCENT = SQUARE.side, SQUARE.top, SQUARE.top - SQUARE.side
SKELETONS = "skeletons"  # the UFO's layer of centre lines, an open curve a stroke, in order
CREATED = "2015/12/28 00:00:00"  # a font's own date, which must not be today's: that of the post
VERSION = (1, 0)
SMOOTH_EVERYWHERE = [{"rangeMaxPPEM": 0xFFFF, "rangeGaspBehavior": [1, 3]}]
LICENCES = {"CC BY-SA 3.0": "https://creativecommons.org/licenses/by-sa/3.0/"}
NOTDEF = (60, 20)  # units: margin and width of the frame that stands for what is missing


@dataclass(frozen=True)
class Names:
    """family: the font's; style: such as Regular; licence: credit and licence of what it derives from, "" where none is
    known; made: how it was made."""

    family: str
    style: str
    licence: str
    made: str


def sources(found: Iterable[Glyph], names: Names) -> Font:
    """The outlines, and in a layer of its own the skeletons, so that a designer can go on."""
    font = ufoLib2.Font()
    _inform(font.info, names)
    skeletons = font.newLayer(SKELETONS)
    _draw_frame(font.newGlyph(".notdef"))
    for code in SPACES:
        space = font.newGlyph("space" if code == 0x20 else f"uni{code:04X}")
        space.unicodes, space.width, space.height = [code], EM // (4 if code == 0x20 else 1), EM
    for glyph in found:
        drawn = font.newGlyph(glyph.name)
        drawn.unicodes, drawn.width, drawn.height, drawn.note = [glyph.code], EM, EM, glyph.id
        for contour in glyph.contours:
            _draw(drawn, contour)
        _draw_skeleton(skeletons, glyph)
    font.glyphOrder = list(font.keys())
    font.lib["public.glyphOrder"] = font.glyphOrder
    return font


def compiled(font: Font) -> TTFont:
    """As TrueType, with metrics for text that runs downwards."""
    made = ufo2ft.compileTTF(font, removeOverlaps=False, useProductionNames=False, dropImpliedOnCurves=True)
    made.recalcTimestamp = False
    made["head"].modified = made["head"].created
    return made


def _inform(info: Any, names: Names) -> None:
    info.familyName, info.styleName = names.family, names.style
    info.versionMajor, info.versionMinor = VERSION
    info.unitsPerEm, info.ascender, info.descender = EM, ASCENT, DESCENT
    info.xHeight, info.capHeight, info.italicAngle = EM // 2, EM * 3 // 4, 0
    info.openTypeHeadCreated = CREATED
    info.openTypeNameDescription = names.made
    info.openTypeOS2Type = []  # may be embedded
    info.openTypeOS2VendorID = "NONE"
    info.openTypeOS2TypoAscender, info.openTypeOS2TypoDescender, info.openTypeOS2TypoLineGap = ASCENT, DESCENT, 0
    info.openTypeHheaAscender, info.openTypeHheaDescender, info.openTypeHheaLineGap = ASCENT, DESCENT, EM // 2
    info.openTypeOS2WinAscent, info.openTypeOS2WinDescent = ASCENT, -DESCENT
    info.openTypeVheaVertTypoAscender, info.openTypeVheaVertTypoDescender = EM // 2, -EM // 2
    info.openTypeVheaVertTypoLineGap = 0
    info.openTypeVheaCaretSlopeRise, info.openTypeVheaCaretSlopeRun, info.openTypeVheaCaretOffset = 0, 1, 0
    info.openTypeGaspRangeRecords = SMOOTH_EVERYWHERE
    if names.licence:
        info.copyright = f"Derived from {names.licence}"
        info.openTypeNameLicense = names.licence
        info.openTypeNameLicenseURL = next((url for name, url in LICENCES.items() if name in names.licence), None)


def _draw(drawn: Drawn, contour: Contour) -> None:
    """Backwards: sources run counter-clockwise, and ufo2ft turns them round for TrueType."""
    pen = drawn.getPointPen()
    pen.beginPath()
    handled = not contour[0][2]
    for x, y, on in reversed(contour):
        pen.addPoint((x, y), ("qcurve" if handled else "line") if on else None)
        handled = not on
    pen.endPath()


def _draw_skeleton(layer: Layer, glyph: Glyph) -> None:
    drawn = layer.newGlyph(glyph.name)
    drawn.width, drawn.height = EM, EM
    pen = drawn.getPen()
    for curve in glyph.skeleton:
        rounded = [[(round(float(x), 1), round(float(y), 1)) for x, y in cubic] for cubic in curve]
        pen.moveTo(rounded[0][0])
        for cubic in rounded:
            pen.curveTo(*cubic[1:])
        pen.endPath()


def _draw_frame(drawn: Drawn) -> None:
    drawn.width, drawn.height = EM, EM
    pen = drawn.getPen()
    for inset, direction in ((NOTDEF[0], -1), (sum(NOTDEF), 1)):
        low, high, left, right = DESCENT + inset, ASCENT - inset, inset, EM - inset
        corners = [(left, low), (left, high), (right, high), (right, low)][::direction]  # counter-clockwise outside
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
