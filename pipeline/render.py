"""Pictures of drawings: the SVG of one drawing in its own box, a sheet of many, and PNG.

One drawing is written as KanjiVG writes its own: a <path> a stroke in stroke order, ids numbered from 1, round caps
and joins, stroke-width 3 in a box of 109 (scaled with other boxes), coordinates with at most two decimals.
A colour a stroke tells the order: hues from violet over blue, green and ochre to red, ever lighter (so that the order
survives in grey), each with a contrast of at least 3.4 to 1 on white.
The same input gives the same bytes; a PNG too, as its labels use one font file and never the system's fonts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

from pipeline import curves, files
from pipeline.curves import number as _n
from pipeline.drawing import Steps, Stroke, to_strokes

# OKLCH with lightness 0.42 to 0.66 and hue 300 to 20 degrees in equal steps, chroma 0.2 or what sRGB still holds
PALETTE = ("#611ba7", "#1c45c2", "#066788", "#057575", "#018455", "#648504", "#9c7c03", "#ce6b07", "#f44f5d")
BLACK, HAIRLINE, LABEL = "#000000", "#d8d8d8", "#707070"

BOX, PEN = 109.0, 3.0  # KanjiVG's box, and the width of its pen in it
PADDING = 0.06  # of the box's larger side, round the box of each cell of a sheet
GROUP_GAP = 0.35  # of the box's larger side, between groups of cells
LABEL_SIZE = 0.11  # of the box's larger side

HAND_SPEED = 1.1  # animation: box sides a second
LIFT_SECONDS = 0.15  # animation: from one stroke to the next

# Dashes of 1 with gaps of 1.1, moved by 1.05: neither end of the hidden dash touches the path, so no cap shows early.
# Who prefers no motion, and what knows no CSS animation (PNG), sees the whole drawing.
ANIMATION = (
    "<style>@media (prefers-reduced-motion:no-preference){"
    ".fk-line{stroke-dasharray:1 1.1;stroke-dashoffset:1.05;animation:fk-draw linear forwards}"
    ".fk-dot{opacity:0;animation:fk-show step-end forwards}}"
    "@keyframes fk-draw{to{stroke-dashoffset:0}}@keyframes fk-show{to{opacity:1}}</style>"
)


class RenderError(ValueError):
    """A picture that cannot be made."""


@dataclass(frozen=True)
class Look:
    """How strokes look: a colour a stroke or black; curves through the points or chords; drawn in order or still."""

    colour: bool = True
    smooth: bool = False
    animate: bool = False


IN_COLOUR, IN_BLACK = Look(), Look(colour=False)


def drawing_svg(
    steps: Steps,
    width: float,
    height: float,
    *,
    look: Look = IN_BLACK,
    credit: str | None = None,
    name: str = "",
) -> str:
    """One drawing, (n, 3) in the units of its width x height box -> an SVG document of that box.

    Stroke i gets the id `s<i>`, or `<name>-s<i>`; credit, the source and licence of the data, goes into <metadata>.
    """
    paths = "\n".join(_paths(to_strokes(steps, width, height), width, height, look, f"{name}-s" if name else "s"))
    return _document(width, height, f"{_pen(width, height)}\n{paths}\n</g>", look, credit)


def sheet_svg(
    drawings: Sequence[Steps | None],
    width: float,
    height: float,
    columns: int,
    labels: Sequence[str] | None = None,
    *,
    look: Look = IN_COLOUR,
    credit: str | None = None,
    group: int = 1,
) -> str:
    """Many drawings of one width x height box -> an SVG document of cells, row by row.

    columns is the number of cells a row; None leaves a cell empty; labels stand below the cells, one each.
    With group = g > 1 each g cells in a row belong together and a gap follows them: (sample, nearest, sample, nearest)
    with group=2 shows pairs. What a drawing has outside its cell is cut off.
    Raises RenderError: labels or columns that do not fit.
    """
    if labels is not None and len(labels) != len(drawings):
        raise RenderError(f"a sheet of {len(drawings)} drawings has {len(labels)} labels; give one each")
    if columns < 1 or group < 1 or columns % group:
        raise RenderError(f"a sheet of {columns} columns cannot hold groups of {group}; make columns a multiple of it")
    grid = _Grid(width, height, columns, group, labels is not None)
    cells = [f'<rect width="{_n(grid.total(columns))}" height="{_n(grid.rows(len(drawings)))}" fill="#ffffff"/>']
    cells.append(_pen(width, height))
    for i, steps in enumerate(drawings):
        cells.append(_cell(grid, i, steps, look))
    cells.append("</g>")
    if labels is not None:
        cells += _labels(grid, labels)
    return _document(grid.total(columns), grid.rows(len(drawings)), "\n".join(cells), look, credit)


def stroke_colours(count: int) -> list[str]:
    """The palette spread over `count` strokes, first to last, as #rrggbb."""
    anchors = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in PALETTE], np.float64)
    at = np.linspace(0, len(PALETTE) - 1, count) if count > 1 else np.zeros(count)
    mixed = np.stack([np.interp(at, range(len(PALETTE)), channel) for channel in anchors.T], axis=-1)
    return ["#" + "".join(f"{round(value):02x}" for value in row) for row in mixed]


def png_bytes(svg: str, width_px: int) -> bytes:
    """An SVG document -> a PNG of that width on white. Labels show what DejaVu Sans has: Latin, Greek, Cyrillic and
    symbols; in a browser the same labels show every script. Raises RenderError when the document is no SVG."""
    import matplotlib  # for its font file; both imports are slow, and SVG needs neither
    import resvg_py

    font = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    try:
        return resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width_px,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[str(font)],
            font_family="DejaVu Sans",
        )
    except ValueError as error:
        raise RenderError(f"a PNG of {width_px} pixels' width could not be made: {error}") from None


def write_png(svg: str, path: Path | str, width_px: int) -> None:
    """Write an SVG document as a PNG of that width; the file appears whole or not at all."""
    with files.whole_file(path) as partial:
        partial.write_bytes(png_bytes(svg, width_px))


def write_both(path: Path, svg: str, width_px: int) -> None:
    """<path>.svg and <path>.png."""
    with files.whole_file(path.with_suffix(".svg")) as partial:
        partial.write_text(svg, encoding="utf-8")
    write_png(svg, path.with_suffix(".png"), width_px)


# ---- the document and its cells


@dataclass(frozen=True)
class _Grid:
    """Where the cells of a sheet are, in the units of the drawings."""

    width: float
    height: float
    columns: int
    group: int
    labelled: bool

    @property
    def side(self) -> float:
        return max(self.width, self.height)

    @property
    def cell(self) -> tuple[float, float]:
        return self.width + 2 * PADDING * self.side, self.height + 2 * PADDING * self.side

    @property
    def row(self) -> float:
        return self.cell[1] + (1.6 * LABEL_SIZE * self.side if self.labelled else 0.0)

    def left(self, column: int) -> float:
        gaps = column // self.group if self.group > 1 else 0
        return PADDING * self.side + column * self.cell[0] + gaps * GROUP_GAP * self.side

    def place(self, i: int) -> tuple[float, float]:
        """The upper left corner of cell i."""
        return self.left(i % self.columns), PADDING * self.side + i // self.columns * self.row

    def total(self, columns: int) -> float:
        return self.left(columns - 1) + self.cell[0] + PADDING * self.side

    def rows(self, count: int) -> float:
        return 2 * PADDING * self.side + -(-count // self.columns) * self.row


def _document(width: float, height: float, body: str, look: Look, credit: str | None) -> str:
    size = f'width="{_n(width)}" height="{_n(height)}" viewBox="0 0 {_n(width)} {_n(height)}"'
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}>']
    if credit:
        head.append(f"<metadata>{escape(credit)}</metadata>")
    if look.animate:
        head.append(ANIMATION)
    return "\n".join([*head, body, "</svg>"]) + "\n"


def _pen(width: float, height: float) -> str:
    pen = PEN * max(width, height) / BOX
    return f'<g fill="none" stroke="{BLACK}" stroke-width="{_n(pen)}" stroke-linecap="round" stroke-linejoin="round">'


def _cell(grid: _Grid, i: int, steps: Steps | None, look: Look) -> str:
    """A frame of hairlines and the drawing in it; an <svg> within an <svg> cuts off what is outside."""
    (x, y), (wide, high), pad = grid.place(i), grid.cell, PADDING * grid.side
    line = f'stroke="{HAIRLINE}" stroke-width="{_n(0.005 * grid.side)}"'
    frame = f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" {line}/>'
    if steps is None:
        return frame
    view = f'viewBox="{_n(-pad)} {_n(-pad)} {_n(wide)} {_n(high)}"'
    inner = f'<svg x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" {view}>'
    strokes = to_strokes(steps, grid.width, grid.height)
    return "\n".join([frame, inner, *_paths(strokes, grid.width, grid.height, look, None), "</svg>"])


def _labels(grid: _Grid, labels: Sequence[str]) -> list[str]:
    size = LABEL_SIZE * grid.side
    style = f'font-family="DejaVu Sans, sans-serif" font-size="{_n(size)}" text-anchor="middle" fill="{LABEL}"'
    texts = []
    for i, label in enumerate(labels):
        x, y = grid.place(i)
        at = f'x="{_n(x + grid.cell[0] / 2)}" y="{_n(y + grid.cell[1] + 1.15 * size)}"'
        texts.append(f"<text {at}>{escape(label)}</text>")
    return [f"<g {style}>", *texts, "</g>"]


# ---- strokes


def _paths(strokes: list[Stroke], width: float, height: float, look: Look, prefix: str | None) -> list[str]:
    """A <path> a stroke; prefix is put before the stroke's number to make its id, None gives no ids."""
    colours = stroke_colours(len(strokes)) if look.colour else [""] * len(strokes)
    paths, clock = [], 0.0
    for i, (stroke, colour) in enumerate(zip(strokes, colours, strict=True), start=1):
        attributes = [] if prefix is None else [f'id="{escape(prefix)}{i}"']
        attributes += [f'stroke="{colour}"'] if colour else []
        if look.animate:
            length = float(np.linalg.norm(np.diff(stroke, axis=0), axis=1).sum())
            seconds = max(length / (HAND_SPEED * max(width, height)), 0.05)
            kind = 'class="fk-line" pathLength="1"' if length > 0 else 'class="fk-dot"'
            attributes.append(f'{kind} style="animation-delay:{_n(clock)}s;animation-duration:{_n(seconds)}s"')
            clock += seconds + LIFT_SECONDS
        path = curves.smooth(stroke) if look.smooth else curves.chords(stroke)
        paths.append(" ".join(["<path", *attributes, f'd="{path}"/>']))
    return paths
