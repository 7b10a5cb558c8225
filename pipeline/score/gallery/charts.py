"""Tables -> charts as inline SVG for a page that brings the colours: classes, no styles, so that light and dark fit.

The classes are tone-<tone> of a series and line, area, steps, dots, bar (an error), gridline, axis, guide, tick, label.
Text is in units of the viewBox, which is about as wide in pixels as a chart on a phone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal, SupportsFloat

import numpy as np
import pandas as pd
from numpy.typing import NDArray

WIDTH, HEIGHT = 360, 230
LEFT, RIGHT, TOP, BOTTOM = 50, 10, 10, 40  # of the frame of the curves
MOST_TICKS = 6

Kind = Literal["area", "steps", "line", "dots"]  # area and steps: x is the middle of a bin
Tone = Literal["ours", "real", "other", "faint"]


class ChartError(ValueError):
    """A table that has not what its chart shows."""


@dataclass(frozen=True)
class Series:
    """A column of the table; error, a column of half-widths, draws a bar up and down."""

    column: str
    label: str
    kind: Kind
    tone: Tone
    error: str | None = None


@dataclass(frozen=True)
class Chart:
    """table: a row a point, `x` the column across. Series that the table has not are left out.

    diagonal: also the line y = x, and both axes from 0 to 1.
    """

    title: str
    table: pd.DataFrame
    x: str
    series: Sequence[Series]
    x_label: str
    y_label: str
    note: str = ""
    diagonal: bool = False

    def shown(self) -> list[Series]:
        return [series for series in self.series if series.column in self.table]


def figure(chart: Chart) -> str:
    """A <figure> with title, picture, legend and note. Raises ChartError: nothing to show."""
    shown = chart.shown()
    if chart.x not in chart.table or not shown or not len(chart.table):
        has = f"its table has {len(chart.table)} rows of {[*chart.table]}"
        raise ChartError(f"the chart {chart.title!r} needs {chart.x!r} and one of its series; {has}")
    legend = "".join(
        f'<li><i class="swatch {series.kind} tone-{series.tone}"></i>{escape(series.label)}</li>' for series in shown
    )
    note = f"<p>{escape(chart.note)}</p>" if chart.note else ""
    return (
        f'<figure class="chart"><figcaption><h3>{escape(chart.title)}</h3><ul class="legend">{legend}</ul></figcaption>'
        f"{svg(chart)}{note}</figure>"
    )


def svg(chart: Chart) -> str:
    """The picture alone; its text alternative names the axes and the series."""
    x = chart.table[chart.x].to_numpy(np.float64)
    frame = _Frame.round(chart, x)
    parts = [_axes(frame, chart)]
    for series in chart.shown():
        parts.append(_drawn(frame, series, x, chart.table))
    text = f"{chart.title}: {chart.y_label} against {chart.x_label}, " + ", ".join(s.label for s in chart.shown())
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(text)}">{"".join(parts)}</svg>'


def ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """At most `most` round numbers from low to high, both of them finite and low < high."""
    rough = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


@dataclass(frozen=True)
class _Frame:
    """From values to places in the picture."""

    x: tuple[float, float]
    y: tuple[float, float]

    @classmethod
    def round(cls, chart: Chart, x: NDArray) -> "_Frame":
        if chart.diagonal:
            return cls((0.0, 1.0), (0.0, 1.0))
        ys = [chart.table[series.column].to_numpy(np.float64) for series in chart.shown()]
        binned = any(series.kind in ("area", "steps") for series in chart.shown())
        half = _half_bin(x) if binned else 0.0
        low, high = _range(np.concatenate(ys), 0)
        return cls(_range(x, half), (0.0 if binned else low, high))  # bins show shares, which begin at nothing

    def across(self, value: NDArray | float) -> NDArray:
        low, high = self.x
        return LEFT + (np.asarray(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def up(self, value: NDArray | float) -> NDArray:
        low, high = self.y
        share = np.clip((np.asarray(value) - low) / (high - low), 0, 1)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _half_bin(x: NDArray) -> float:
    return float(x[1] - x[0]) / 2 if len(x) > 1 else 0.5


def _range(values: NDArray, margin: float) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if low == high and not margin:
        margin = abs(low) / 2 or 0.5
    return low - margin, high + margin


def _axes(frame: _Frame, chart: Chart) -> str:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for value in ticks(*frame.y, 5):
        y = frame.up(value)
        parts.append(f'<path class="gridline" d="M{LEFT},{_n(y)}H{right}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{_n(y + 4)}" text-anchor="end">{_number(value)}</text>')
    for value in ticks(*frame.x):
        x = _n(frame.across(value))
        parts.append(f'<path class="axis" d="M{x},{bottom}v4"/>')
        parts.append(f'<text class="tick" x="{x}" y="{bottom + 16}" text-anchor="middle">{_number(value)}</text>')
    parts.append(f'<path class="axis" d="M{LEFT},{bottom}H{right}"/>')
    middle_x, middle_y = (LEFT + right) / 2, (TOP + bottom) / 2
    parts.append(
        f'<text class="label" x="{middle_x}" y="{HEIGHT - 5}" text-anchor="middle">{escape(chart.x_label)}</text>'
        f'<text class="label" transform="translate(10 {middle_y}) rotate(-90)" text-anchor="middle">'
        f"{escape(chart.y_label)}</text>"
    )
    if chart.diagonal:
        parts.append(f'<path class="guide" d="M{LEFT},{bottom}L{right},{TOP}"/>')
    return "".join(parts)


def _drawn(frame: _Frame, series: Series, x: NDArray, table: pd.DataFrame) -> str:
    y = table[series.column].to_numpy(np.float64)
    known = np.isfinite(x) & np.isfinite(y)
    xs, ys = frame.across(x[known]), frame.up(y[known])
    if not len(xs):
        return ""
    tone = f"tone-{series.tone}"
    if series.kind in ("area", "steps"):
        return _bins(frame, series, x[known], ys)
    line = f'<path class="line {tone}" d="M{" ".join(f"{_n(a)},{_n(b)}" for a, b in zip(xs, ys, strict=True))}"/>'
    if series.kind == "line":
        return line
    bars = ""
    if series.error is not None and series.error in table:
        error = np.nan_to_num(table[series.error].to_numpy(np.float64)[known])
        tops, feet = frame.up(y[known] + error), frame.up(y[known] - error)
        data = "".join(f"M{_n(a)},{_n(b)}V{_n(c)}" for a, b, c in zip(xs, tops, feet, strict=True))
        bars = f'<path class="bar {tone}" d="{data}"/>'
    dots = [
        f'<circle class="dots {tone}" cx="{_n(a)}" cy="{_n(b)}" r="2.6"><title>{_number(u)}: {_number(v)}</title>'
        for a, b, u, v in zip(xs, ys, x[known], y[known], strict=True)
    ]
    return line + bars + "".join(f"{dot}</circle>" for dot in dots)


def _bins(frame: _Frame, series: Series, x: NDArray, ys: NDArray) -> str:
    """The outline of a histogram, from the floor and back to it."""
    edges = frame.across(np.append(x - _half_bin(x), x[-1] + _half_bin(x)))
    floor = _n(frame.up(frame.y[0]))
    steps = "".join(f"V{_n(y)}H{_n(edge)}" for y, edge in zip(ys, edges[1:], strict=True))
    return f'<path class="{series.kind} tone-{series.tone}" d="M{_n(edges[0])},{floor}{steps}V{floor}"/>'


def _number(value: float) -> str:
    text = f"{value:.4g}"
    return text.replace("-", "\N{MINUS SIGN}")


def _n(value: SupportsFloat) -> str:
    text = f"{float(value):.1f}"
    return text.removesuffix(".0") if not text.startswith("-0.0") else "0"
