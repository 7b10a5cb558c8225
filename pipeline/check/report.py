"""Findings as one HTML page with pictures, which needs nothing from elsewhere.

Each finding has the drawing as it is, with what is suspicious marked, beside it as it would be right, with a
stroke that is put in marked. Strokes are coloured and numbered in their order; a number stands where the pen comes
down.
"""

from collections.abc import Collection, Sequence
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import curves, files, render
from pipeline.check import table
from pipeline.check.drawn import Drawn
from pipeline.check.faults import Checked, Finding
from pipeline.curves import number as _n

MARK, PUT = "#ffd7d7", "#c9efc9"
NUMBER, CLEAR = 6.5, 4.0  # of a box of 109: the height of a stroke's number, how far it stands from the pen
STYLE = """body{font:16px/1.4 sans-serif;margin:2em;color:#222;background:#fff}h1{font-size:1.3em}
.all{display:flex;flex-wrap:wrap;gap:1.2em}figure{margin:0;padding:.8em;border:1px solid #d8d8d8;border-radius:6px}
figure>div{display:flex;gap:.6em}svg{width:170px;height:auto;border:1px solid #eee}figcaption{max-width:352px}
small{color:#666}b{font-size:1.3em;font-weight:normal}"""


def write_html(path: Path, checked: Sequence[Checked], side: float, credit: str, most: int) -> None:
    """side: of the writing box, in the net's units; most: drawings that are shown. Whole or not at all."""
    with files.whole_file(path) as partial:
        partial.write_text(html(checked, side, credit, most), encoding="utf-8")


def html(checked: Sequence[Checked], side: float, credit: str, most: int) -> str:
    found = [one for one in checked if one.findings]
    more = f", the {most} most suspicious of them here" if len(found) > most else ""
    figures = "\n".join(_figure(one, side) for one in found[:most])
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Stroke orders checked</title><style>{STYLE}</style></head><body>
<h1>{len(found):,} of {len(checked):,} drawings are suspicious{more}</h1>
<p>Left as it is drawn, with what is suspicious on red, where a stroke seems to be missing the next one. Right as the
net would expect it, a stroke that it puts in on green. Violet comes first, red last. A net is no authority: it knows
what is usual.</p>
<div class="all">
{figures}
</div>
<p><small>{escape(credit)}</small></p>
</body></html>
"""


def _figure(one: Checked, side: float) -> str:
    best, drawn = one.findings[0], one.case.drawn
    right = picture(best.cure.cured(drawn), side, best.cure.strokes if best.cure.put else (), PUT)
    said = "".join(f"<br>{escape(_sentence(each, len(drawn)))}" for each in one.findings)
    title = f"<b>{escape(one.case.character)}</b> {escape(one.case.name)}<small>{said}</small>"
    left = picture(drawn, side, best.cure.strokes)
    return f"<figure><div>{left}{right}</div><figcaption>{title}</figcaption></figure>"


def _sentence(each: Finding, count: int) -> str:
    return f"{table.said(each.cure, count)}: {each.gain:.1f} nats, {each.suspicion:.1f} above the threshold"


def picture(drawn: Drawn, side: float, marks: Collection[int], colour: str = MARK) -> str:
    """An <svg> of it; marks: strokes that stand on `colour`, by number; one beyond the last marks nothing."""
    unit = side / render.BOX
    colours = render.stroke_colours(len(drawn))
    paths = [curves.chords(stroke / unit + render.BOX / 2) for stroke in drawn.strokes]
    under = [f'<path d="{paths[i]}" stroke="{colour}" stroke-width="12"/>' for i in sorted(marks) if i < len(drawn)]
    over = [f'<path d="{path}" stroke="{own}"/>' for path, own in zip(paths, colours, strict=True)]
    numbers = [
        f'<text x="{_n(x)}" y="{_n(y)}" fill="{own}">{i}</text>'
        for i, (stroke, own) in enumerate(zip(drawn.strokes, colours, strict=True), start=1)
        for x, y in [_beside(stroke / unit + render.BOX / 2)]
    ]
    box = f"0 0 {_n(render.BOX)} {_n(render.BOX)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" fill="none" '
        f'stroke-width="{_n(render.PEN)}" stroke-linecap="round" stroke-linejoin="round">'
        + "".join([*under, *over])
        + f'<g stroke="none" font-family="DejaVu Sans, sans-serif" font-size="{NUMBER}" text-anchor="middle">'
        + "".join(numbers)
        + "</g></svg>"
    )


def _beside(stroke: NDArray[np.float64]) -> tuple[float, float]:
    """Where a number stands: before the pen comes down, seen from where it goes."""
    ahead = stroke[min(1, len(stroke) - 1)] - stroke[0]
    length = float(np.linalg.norm(ahead))
    x, y = stroke[0] - CLEAR * ahead / length if length else stroke[0]
    return float(np.clip(x, 3, render.BOX - 3)), float(np.clip(y + 0.35 * NUMBER, NUMBER, render.BOX - 1))
