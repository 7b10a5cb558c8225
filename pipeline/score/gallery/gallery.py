"""The gallery: one page that shows every sample with its numbers, opens from a disk and asks no network for anything.

The page is gallery.html with gallery.css and gallery.js put in, the data as JSON, and the scores and charts as SVG. A
Content-Security-Policy in it lets the browser load nothing and run no script and no style but these two, told by
their hashes. The same gallery gives the same bytes.
"""

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from pipeline.files import whole_file
from pipeline.score.gallery import charts, exhibits
from pipeline.score.gallery.exhibits import Gallery, Headline

HERE = Path(__file__).parent
FILES = ("gallery.html", "gallery.css", "gallery.js")  # package data; a stage that writes the page depends on them
SCALE_WIDTH, SCALE_END = 200, 6  # of a headline's scale, in units of its picture


def write(gallery: Gallery, path: Path | str) -> None:
    """The page as a file, whole or not at all."""
    with whole_file(path) as partial:
        partial.write_text(page(gallery), encoding="utf-8", newline="\n")


def page(gallery: Gallery) -> str:
    """The page as one HTML document."""
    frame, style, script = (HERE.joinpath(name).read_text(encoding="utf-8") for name in FILES)
    policy = f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; base-uri 'none'"
    return Template(frame).substitute(
        policy=policy,
        style=style,
        script=script,
        title=escape(gallery.title),
        summary=escape(_summary(gallery)),
        headlines="\n".join(_headline(score) for score in gallery.headlines),
        no_headlines=_hidden(gallery.headlines),
        no_charts=_hidden(gallery.charts),
        no_parameters=_hidden(gallery.parameters),
        charts="\n".join(charts.figure(chart) for chart in gallery.charts),
        parameters="\n".join(_section(name, values) for name, values in gallery.parameters.items()),
        credit=escape(gallery.credit),
        data=_embedded(exhibits.as_json(gallery)),
    )


def _embedded(values: Any) -> str:
    """JSON that cannot end the element it stands in, whatever names it holds."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _hidden(content: Any) -> str:
    return "" if content else " hidden"


def _summary(gallery: Gallery) -> str:
    count = len(gallery.samples)
    text = f"{count:,} character{'' if count == 1 else 's'}"
    if "accepted" in gallery.numbers:
        text = f"{text} drawn, {int(gallery.numbers['accepted'].sum()):,} accepted"
    return text


def _section(name: str, values: Mapping[str, Any]) -> str:
    texts = {key: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for key, v in values.items()}
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(text)}</dd>" for key, text in texts.items())
    return f"<section><h3>{escape(name)}</h3><dl>{rows}</dl></section>"


# ---- headline scores


def _headline(score: Headline) -> str:
    places = _places(score.value)

    def number(value: float) -> str:
        text = f"{100 * value:.3g} %" if score.percent else f"{value:,.{places}f}"
        return text.replace("-", "\N{MINUS SIGN}")

    facts = []
    if score.low is not None and score.high is not None:
        facts.append(f"<dt>95 % interval</dt><dd>{number(score.low)} to {number(score.high)}</dd>")
    if score.floor is not None:
        facts.append(f"<dt>{escape(score.floor_label)}</dt><dd>{number(score.floor)}</dd>")
    better = f'<span class="better">{escape(score.better)} is better</span>' if score.better else ""
    return (
        f'<article class="score"><h3>{escape(score.label)}</h3><p class="value">{number(score.value)}</p>'
        f"{_scale(score)}<dl>{''.join(facts)}</dl><p>{escape(score.meaning)} {better}</p></article>"
    )


def _places(value: float) -> int:
    """Decimals that show three digits of a value, and three of any below 10."""
    size = math.floor(math.log10(abs(value))) if value else 0
    return min(max(2 - size, 3 if size < 1 else 0), 8)


def _scale(score: Headline) -> str:
    """The value as a dot, its interval as a bar, the floor as a mark, on a line from 0 unless one is below it."""
    known = [value for value in (score.value, score.floor, score.low, score.high) if value is not None]
    if len(known) == 1:
        return ""
    low, high = min(known), max(known)
    margin = (high - low) / 4 or 1.0
    low = 0.0 if low >= 0 else low - margin
    high = 1.0 if score.percent and score.better == "higher" else high + margin

    def at(value: float) -> str:
        return f"{SCALE_END + (value - low) / (high - low) * (SCALE_WIDTH - 2 * SCALE_END):.1f}"

    parts = [f'<path class="axis" d="M0,10H{SCALE_WIDTH}"/>']
    if score.low is not None and score.high is not None:
        parts.append(f'<path class="interval" d="M{at(score.low)},10H{at(score.high)}"/>')
    if score.floor is not None:
        parts.append(f'<path class="floor" d="M{at(score.floor)},3v14"/>')
    parts.append(f'<circle class="dot" cx="{at(score.value)}" cy="10" r="4.5"/>')
    return f'<svg class="scale" viewBox="0 0 {SCALE_WIDTH} 20" aria-hidden="true">{"".join(parts)}</svg>'
