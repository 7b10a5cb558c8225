"""Outlines against an independent oracle: discs along the centre line, drawn by resvg."""

import io

import numpy as np
import pytest
from PIL import Image

from pipeline import fit, render
from pipeline.brush import manners, outlines, shapes
from pipeline.brush.outlines import Brush
from tests.support.kanji import TREE

CASES = {
    "a line": [(100, 500), (900, 500)],
    "a bend": [(100, 100), (500, 150), (800, 400), (850, 800)],
    "a corner": [(100, 200), (500, 190), (800, 200), (790, 500), (780, 800)],
    "a sharp hook": [(500, 100), (500, 500), (500, 850), (420, 780)],
    "a loop": [(200, 200), (800, 300), (700, 700), (300, 650), (350, 250), (850, 150)],
    "a bend narrower than the brush": [(400, 100), (420, 500), (440, 520), (460, 500), (480, 100)],
    "a dot": [(500, 500)],
}
PIXELS = 500


def path(contours: list[shapes.Contour]) -> str:
    """As path data of an SVG."""
    parts = []
    for contour in contours:
        (x, y, _), handle = contour[-1], ""
        parts.append(f"M{x} {y}")
        for x, y, on in contour:
            parts.append(f"{'Q' if handle else 'L'}{handle}{x} {y}" if on else "")
            handle = "" if on else f"{x} {y} "
        parts.append("Z")
    return "".join(parts)


def ink(body: str) -> np.ndarray:
    """(PIXELS, PIXELS) bool of what is drawn in a box of 1000."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="1000" viewBox="0 0 1000 1000">{body}</svg>'
    return np.array(Image.open(io.BytesIO(bytes(render.png_bytes(svg, PIXELS)))).convert("L")) < 128


def grown(mask: np.ndarray, by: int) -> np.ndarray:
    from scipy.ndimage import binary_dilation

    return binary_dilation(mask, iterations=by)


def shape(strokes, brush, endings) -> list[shapes.Contour]:
    return shapes.shape([outlines.outline(s, brush, e) for s, e in zip(strokes, endings, strict=True)])


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [30.0, 60.0])
def test_a_felt_pen_fills_what_a_round_pen_does(name, width):
    """No spike outside and no hole inside, to three pixels, 6 of 1000 units."""
    points = np.array(CASES[name], float)
    filled = ink(f'<path d="{path(shape([points], Brush(width, mono=True), ["S"]))}"/>')
    line = fit.path(fit.fit(points))
    round_pen = 'fill="none" stroke="#000" stroke-linecap="round" stroke-linejoin="round"'
    expected = ink(f'<path d="{line}" {round_pen} stroke-width="{width}"/>')
    assert expected.any() or name == "a dot"
    if name != "a dot":
        assert not (filled & ~grown(expected, 3)).any() and not (expected & ~grown(filled, 3)).any()


@pytest.mark.parametrize("ending", manners.ENDINGS)
@pytest.mark.parametrize("name", CASES)
def test_a_brush_s_outline_has_no_overlap_and_no_spike(name, ending):
    points = np.array(CASES[name], float)
    contours = shape([points], Brush(60), [ending])
    nonzero, evenodd = (ink(f'<path d="{path(contours)}" fill-rule="{rule}"/>') for rule in ("nonzero", "evenodd"))
    assert (nonzero ^ evenodd).sum() <= 2 and nonzero.any()
    widest = 60 * 1.25 * (1 + 2 * outlines.PRESS) + 60 * outlines.SLANT
    line = fit.path(fit.fit(points))
    near = ink(f'<path d="{line}" fill="none" stroke="#000" stroke-linecap="round" stroke-width="{widest}"/>')
    assert not (nonzero & ~grown(near, 3)).any() or name == "a dot"


def test_strokes_become_one_shape():
    """Of 木, one contour with as much ink as the four outlines together; outer contours run clockwise, y up."""
    strokes = [np.array(points, float) * 1000 / 109 for _, points in TREE]
    endings = [manners.ending(np.array(points, float), 109, kind) for kind, points in TREE]
    assert endings == ["S", "S", "P", "N"]
    single = [shape([s], Brush(60), [e]) for s, e in zip(strokes, endings, strict=True)]
    upright = [outlines.outline(s, Brush(60), e) * (1, -1) for s, e in zip(strokes, endings, strict=True)]
    whole = shapes.shape(upright)
    flipped = [[(x, -y, on) for x, y, on in contour] for contour in whole]
    expected = np.any([ink(f'<path d="{path(one)}"/>') for one in single], axis=0)
    assert (ink(f'<path d="{path(flipped)}" fill-rule="evenodd"/>') ^ expected).sum() < 0.01 * expected.sum()
    areas = [shapes.area(contour) for contour in whole]
    assert max(areas, key=abs) < 0 and all(area < 0 or abs(area) < max(map(abs, areas)) / 2 for area in areas)


def test_types_say_how_strokes_end():
    line = np.array([(10, 50), (90, 50)], float)
    cases = {
        "㇐": "S",
        "㇑a": "S",
        "㇒": "P",
        "㇏": "N",
        "㇔/㇏": "D",
        "㇀": "T",
        "㇆a": "G",
        "㇇": "P",
        "㇕c": "S",
        "㇙": "T",
    }
    assert {kind: manners.ending(line, 109, kind) for kind in cases} == cases


def test_shapes_say_it_where_no_type_is_known():
    for kind, points in TREE:
        stroke = np.array(points, float)
        assert manners.ending(stroke * 3, 327) == manners.ending(stroke, 109, kind)
    assert manners.ending(np.array([(55, 10), (55, 60), (55, 92), (46, 90)], float), 109) == "G"
    assert manners.ending(np.array([(50, 12), (58, 20)], float), 109) == "D"
    assert manners.ending(np.array([(12, 80), (40, 66)], float), 109) == "T"


def test_many_strokes_are_thinner():
    assert Brush(60).among(4).width == 60 > Brush(60).among(20).width > Brush(60).among(30).width > 40
