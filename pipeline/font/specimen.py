"""A page that shows a font: lines in several sizes, from left to right and from top to bottom, and every glyph with its
code point and how it reads. The font is in the page, which needs no network."""

import base64
from collections.abc import Sequence
from html import escape

from pipeline.font.building import Names
from pipeline.font.glyphs import Glyph

SIZES = (96, 48, 32, 20)  # pixels
LINE = 60  # glyphs of a line, of which as many are shown as fit
TALL = (4, 8)  # columns of text that runs downwards, and glyphs of each

STYLE = """
body{margin:2.5rem auto;max-width:70rem;padding:0 1.5rem;font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0}p{margin:.2rem 0;color:#555}
.f{font-family:"specimen";color:#000}
.line{overflow:hidden;line-break:anywhere;line-height:1.25;height:1.25em;margin:.3rem 0}
.tall{writing-mode:vertical-rl;font-size:40px;line-height:1.3;height:calc(40px*8);margin:1.5rem 0}
.all{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:1px}
.all div{outline:1px solid #ddd;padding:.5rem .3rem;text-align:center;overflow:hidden;overflow-wrap:anywhere}
.all .f{display:block;font-size:64px;line-height:1.15}
.all small{display:block;color:#555;font-size:11px;line-height:1.3}
"""


def page(woff2: bytes, found: Sequence[Glyph], names: Names) -> str:
    """The document; woff2: the font's bytes."""
    data = base64.b64encode(woff2).decode()
    face = f'@font-face{{font-family:"specimen";src:url(data:font/woff2;base64,{data}) format("woff2")}}'
    title = escape(f"{names.family} {names.style}")
    about = [f"{len(found):,} glyphs, {len(woff2) / 1000:,.0f} kB as WOFF2. {names.made}."]
    about += [f"Derived from {names.licence}."] if names.licence else []
    texts = "".join(f"<p>{escape(one)}</p>" for one in about)
    return (
        f'<!doctype html>\n<html lang="ja"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{face}{STYLE}</style></head>\n'
        f"<body><h1>{title}</h1>{texts}\n{_lines(found)}\n{_tall(found)}\n"
        f'<div class="all">\n{_all(found)}\n</div></body></html>\n'
    )


def _lines(found: Sequence[Glyph]) -> str:
    """Those that do not fit wrap below the line, out of sight, so that none is cut."""
    shown = []
    for i, size in enumerate(SIZES):
        start = i * LINE % max(len(found), 1)
        text = "".join(chr(glyph.code) for glyph in [*found[start:], *found[:start]][:LINE])
        shown.append(f'<div class="f line" style="font-size:{size}px">{escape(text)}</div>')
    return "\n".join(shown)


def _tall(found: Sequence[Glyph]) -> str:
    columns, high = TALL
    texts = ["".join(chr(one.code) for one in found[i * high : (i + 1) * high]) for i in range(columns)]
    return (
        f'<div class="f tall">{"<br>".join(map(escape, texts))}</div>'  # no browser breaks lines of private characters
    )


def _all(found: Sequence[Glyph]) -> str:
    cells = []
    for glyph in found:
        below = [f"U+{glyph.code:04X}", *(glyph.told[name] for name in ("description", "reading") if glyph.told[name])]
        notes = "".join(f"<small>{escape(text)}</small>" for text in below)
        cells.append(f'<div title="{escape(glyph.id)}"><span class="f">{escape(chr(glyph.code))}</span>{notes}</div>')
    return "\n".join(cells)
