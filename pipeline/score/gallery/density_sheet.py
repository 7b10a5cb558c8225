"""A still picture of where the pen may go next: a row a drawing, a cell a moment, as an SVG document on white.

In a cell: the ink so far in black, each component's ellipses of one and two standard deviations in red, the more opaque
the heavier, a ring where the next point was put. The moments are those before a stroke begins, where the net is least
sure; below stand the chances that it gave, at the last point of the stroke before, to the pen's lifting and ending.
"""

from collections.abc import Sequence
from html import escape

import numpy as np

from pipeline.curves import number as _n
from pipeline.drawing import END_OF_CHARACTER, END_OF_STROKE, ON_PAPER, Steps, stroke_count, to_strokes
from pipeline.forecast.density import Density, DensityError
from pipeline.render import BLACK, BOX, HAIRLINE, LABEL, PEN

RED = "#ad2f1d"
LEAST_WEIGHT = 0.01  # lighter components are not seen
MARGIN, GAP, LABEL_HIGH = 0.06, 0.08, 0.16  # of the box's longer side
SIGMAS = ((2, 0.16), (1, 0.42))  # standard deviations, and the opacity of the area


def density_svg(densities: Sequence[Density], moments: int, credit: str | None = None) -> str:
    """`moments` cells a drawing, evenly spread over its strokes from the second on; fewer where it has fewer strokes.

    Raises DensityError: nothing to show.
    """
    if not densities or moments < 1:
        raise DensityError(
            f"a sheet of densities needs a drawing and a moment; there are {len(densities)} and {moments}"
        )
    side = max(max(found.width, found.height) for found in densities)
    cell, high = side * (1 + 2 * MARGIN), side * (1 + 2 * MARGIN + LABEL_HIGH)
    gap = side * GAP
    width, height = moments * (cell + gap) + gap, len(densities) * (high + gap) + gap
    body = [
        _cell(found, i, gap + column * (cell + gap), gap + row * (high + gap), side)
        for row, found in enumerate(densities)
        for column, i in enumerate(spread(found.steps, moments))
    ]
    size = f'width="{_n(width)}" height="{_n(height)}" viewBox="0 0 {_n(width)} {_n(height)}"'
    meta = f"<metadata>{escape(credit)}</metadata>\n" if credit else ""
    paper = f'<rect width="{_n(width)}" height="{_n(height)}" fill="#ffffff"/>'
    drawn = "\n".join(body)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{meta}{paper}\n{drawn}\n</svg>\n'


def spread(steps: Steps, moments: int) -> list[int]:
    """The steps shown, each the first of a stroke; of a drawing of one stroke its first."""
    begins = np.flatnonzero(np.append(END_OF_STROKE, steps[:-1, 2]) != ON_PAPER)
    first, last = min(1, len(begins) - 1), len(begins) - 1
    return begins[np.unique(np.linspace(first, last, moments).round().astype(int))].tolist()


def caption(found: Density, i: int) -> str:
    """What is said below the cell of step i, the first of a stroke."""
    if i == 0:
        return "at the beginning"
    lifts, ends = found.pen[i - 1, END_OF_STROKE], found.pen[i - 1, END_OF_CHARACTER]
    return f"after {stroke_count(found.steps[:i])}: lifts {lifts:.0%}, ends {ends:.0%}"


def _cell(found: Density, i: int, x: float, y: float, side: float) -> str:
    wide, pad = side * (1 + 2 * MARGIN), side * MARGIN
    pen = PEN * side / BOX
    at_x, at_y = found.points[i]
    style = f'fill="none" stroke="{BLACK}" stroke-width="{_n(pen)}" stroke-linecap="round" stroke-linejoin="round"'
    return "\n".join(
        [
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(wide)}" fill="none" stroke="{HAIRLINE}" '
            f'stroke-width="{_n(0.005 * side)}"/>',
            f'<svg x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(wide)}" '
            f'viewBox="{_n(-pad)} {_n(-pad)} {_n(wide)} {_n(wide)}">',
            f'<path d="{_ink(found.steps[:i], found)}" {style}/>',
            *_ellipses(found, i, side),
            f'<circle cx="{_n(at_x)}" cy="{_n(at_y)}" r="{_n(pen)}" fill="none" stroke="{BLACK}" '
            f'stroke-width="{_n(pen / 3)}"/>',
            "</svg>",
            f'<text x="{_n(x + wide / 2)}" y="{_n(y + wide + 0.11 * side)}" font-family="DejaVu Sans, sans-serif" '
            f'font-size="{_n(0.075 * side)}" text-anchor="middle" fill="{LABEL}">'
            f"{caption(found, i)}</text>",
        ]
    )


def _ellipses(found: Density, i: int, side: float) -> list[str]:
    """Heaviest last, so that it is on top."""
    axes, angles = found.ellipses()
    parts = []
    for k in np.argsort(found.weights[i], kind="stable"):
        if found.weights[i, k] < LEAST_WEIGHT:
            continue
        (x, y), (longer, shorter) = found.means[i, k], axes[i, k]
        parts += [
            f'<ellipse cx="{_n(x)}" cy="{_n(y)}" rx="{_n(max(sigma * longer, 0.3))}" '
            f'ry="{_n(max(sigma * shorter, 0.3))}" transform="rotate({_n(angles[i, k])} {_n(x)} {_n(y)})" '
            f'fill="{RED}" fill-opacity="{opacity}" stroke="{RED}" stroke-width="{_n(0.004 * side)}" '
            f'opacity="{_n(np.sqrt(found.weights[i, k]))}"/>'
            for sigma, opacity in SIGMAS
        ]
    return parts


def _ink(steps: Steps, found: Density) -> str:
    """Path data of the strokes so far; the last may be unfinished."""
    if not len(steps):
        return "M0,0"
    return "".join(
        f"M{'L'.join(f'{_n(x)},{_n(y)}' for x, y in stroke)}" + ("h0" if len(stroke) == 1 else "")
        for stroke in to_strokes(steps, found.width, found.height)
    )
