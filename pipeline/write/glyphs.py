"""Glyphs of a font, to stand beside drawings on a sheet."""

from collections.abc import Sequence
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont, TTLibError
from lxml import etree

from pipeline.curves import number

SVG = "{http://www.w3.org/2000/svg}"
INK = "#000000"


class FontError(ValueError):
    """A file that holds no outlines of glyphs."""


def outlines(path: Path, characters: Sequence[str], side: float) -> dict[str, str]:
    """Path data of each character's glyph, its em square filling a box of that side, y down; "" where the font has
    none. Of a collection the first font. Raises FontError."""
    try:
        with path.open("rb") as file, TTFont(file, fontNumber=0, lazy=True) as font:
            glyphs, names = font.getGlyphSet(), font.getBestCmap() or {}
            scale = side / font["head"].unitsPerEm
            # the em square stands about the middle between ascender and descender: 0.88 and -0.12 in most CJK fonts
            middle = (font["hhea"].ascent + font["hhea"].descent) / 2
            if "OS/2" in font:
                middle = (font["OS/2"].sTypoAscender + font["OS/2"].sTypoDescender) / 2
            found = {}
            for character in characters:
                pen = SVGPathPen(glyphs, ntos=number)
                if name := names.get(ord(character)):
                    place = ((side - scale * glyphs[name].width) / 2, side / 2 + scale * middle)
                    glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, *place)))
                found[character] = pen.getCommands()
            return found
    except (OSError, TTLibError, KeyError, AssertionError) as error:
        raise FontError(
            f"--beside {path}: no font that can be read ({error}); give a .ttf, .otf or .ttc with outlines"
        ) from None


def beside(sheet: str, paths: Sequence[str], width: float) -> str:
    """A sheet whose every second cell is empty -> the same with an outline in each. width: of a drawing's box.

    A sheet has a <rect> for its ground and one for each cell, in order.
    """
    root = etree.fromstring(sheet.encode())
    _, *cells = root.iter(f"{SVG}rect")
    for cell, path in zip(cells[1::2], paths, strict=True):
        x, y, wide = (float(cell.get(name)) for name in ("x", "y", "width"))
        padding = (wide - width) / 2
        place = f"translate({number(x + padding)} {number(y + padding)})"
        etree.SubElement(root, f"{SVG}path", d=path, fill=INK, transform=place)
    return etree.tostring(root, encoding="unicode") + "\n"
