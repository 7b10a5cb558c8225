"""Pictures against the pixels that resvg makes of them, and SVG against an XML parser and svgpathtools."""

import io
import re

import numpy as np
import pytest
import svgpathtools
from lxml import etree
from PIL import Image

from pipeline import drawing, render
from pipeline.render import Look

SVG = "{http://www.w3.org/2000/svg}"
SMOOTH, MOVING = Look(colour=False, smooth=True), Look(colour=False, animate=True)
L_SHAPE = [[(20, 20), (20, 80), (80, 80)], [(60, 30)]]


def steps(strokes, box=109.0):
    return drawing.from_strokes([np.array(stroke, float) for stroke in strokes], box, box)


def parsed(svg):
    return etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))


def paths(svg):
    return list(parsed(svg).iter(f"{SVG}path"))


def pixels(svg, width):
    """(height, width, 3) in 0..255."""
    return np.asarray(Image.open(io.BytesIO(render.png_bytes(svg, width))).convert("RGB")).astype(int)


# ---- one drawing


def test_a_path_a_stroke_in_the_drawings_own_box():
    svg = render.drawing_svg(steps(L_SHAPE), 109, 109, name="k1")
    root = parsed(svg)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("109", "109", "0 0 109 109")
    pen = root.find(f"{SVG}g")
    assert pen.get("stroke-width") == "3" and pen.get("fill") == "none"
    assert pen.get("stroke-linecap") == pen.get("stroke-linejoin") == "round"
    assert [(p.get("id"), p.get("d")) for p in paths(svg)] == [
        ("k1-s1", "M20,20L20,80 80,80"),
        ("k1-s2", "M60,30h0"),
    ]
    assert [p.get("id") for p in paths(render.drawing_svg(steps(L_SHAPE), 109, 109))] == ["s1", "s2"]


def test_the_pen_scales_with_the_box():
    assert parsed(render.drawing_svg(steps([[(1, 1)]], 545), 545, 300)).find(f"{SVG}g").get("stroke-width") == "15"


def test_coordinates_come_back_with_two_decimals():
    rng = np.random.default_rng(5)
    strokes = [rng.uniform(0, 109, (n, 2)) for n in (2, 9, 30)]
    svg = render.drawing_svg(steps(strokes), 109, 109)
    data = "".join(element.get("d") for element in paths(svg))
    assert re.fullmatch(r"(([ML]|(?<!^) )-?\d+(\.\d?[1-9])?,-?\d+(\.\d?[1-9])?)+", data)
    for element, stroke in zip(paths(svg), strokes, strict=True):
        path = svgpathtools.parse_path(element.get("d"))
        points = np.array([path[0].start, *(segment.end for segment in path)])
        assert np.abs(points - (stroke @ [1, 1j])).max() < 0.008


def test_a_line_is_where_it_should_be():
    """Horizontal, 3 wide, round caps: 10 pixels a unit."""
    found = pixels(render.drawing_svg(steps([[(20, 50), (80, 50)]]), 109, 109), 1090)
    assert found.shape == (1090, 1090, 3)
    dark = found.mean(axis=-1) < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    assert (rows[0], rows[-1]) == (485, 514) and (columns[0], columns[-1]) == (185, 814)
    assert dark[485:515, 200:800].all()
    assert not dark[486, 186], "the cap is round"


def test_a_stroke_of_one_point_is_a_dot():
    for look in (render.IN_BLACK, SMOOTH):
        dark = pixels(render.drawing_svg(steps([[(30, 70)]]), 109, 109, look=look), 1090).mean(axis=-1) < 128
        at = np.argwhere(dark)
        assert np.allclose(at.mean(axis=0), (699.5, 299.5), atol=0.6)
        assert dark.sum() == pytest.approx(np.pi * 15**2, rel=0.03)


def test_a_credit_is_kept_as_text():
    text = 'Derived from KanjiVG, (c) Ulrich Apel <a@b>, CC BY-SA 3.0 & "more"'
    assert parsed(render.drawing_svg(steps(L_SHAPE), 109, 109, credit=text)).findtext(f"{SVG}metadata") == text
    assert parsed(render.sheet_svg([steps(L_SHAPE)], 109, 109, 1, credit=text)).findtext(f"{SVG}metadata") == text
    assert "metadata" not in render.drawing_svg(steps(L_SHAPE), 109, 109)


@pytest.mark.parametrize("look", [render.IN_BLACK, SMOOTH, MOVING, render.IN_COLOUR])
def test_same_input_same_bytes(look, tmp_path):
    svgs = [render.drawing_svg(steps(L_SHAPE), 109, 109, look=look) for _ in range(2)]
    assert svgs[0] == svgs[1]
    for name in ("a.png", "b.png"):
        render.write_png(svgs[0], tmp_path / name, 200)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_both_files_are_those_of_one_document(tmp_path):
    svg = render.drawing_svg(steps(L_SHAPE), 109, 109)
    render.write_both(tmp_path / "sheet", svg, 200)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.png", "sheet.svg"]
    assert (tmp_path / "sheet.svg").read_text(encoding="utf-8") == svg
    assert (tmp_path / "sheet.png").read_bytes() == render.png_bytes(svg, 200)


# ---- colour


def test_colours_are_ordered_by_lightness_and_readable_on_white():
    colours = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in render.stroke_colours(30)])
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance) > -0.003).all(), "later strokes are lighter"
    assert (1.05 / (luminance + 0.05)).min() > 3.4, "contrast on white, WCAG 2"


def test_colours_begin_and_end_alike_and_differ_between_neighbours():
    assert render.stroke_colours(0) == []
    assert render.stroke_colours(1) == [render.PALETTE[0]]
    assert render.stroke_colours(9) == list(render.PALETTE)
    for count in range(2, 31):
        colours = render.stroke_colours(count)
        assert (colours[0], colours[-1], len(set(colours))) == (render.PALETTE[0], render.PALETTE[-1], count)


def test_colour_or_black():
    strokes = [[(20, 30), (80, 30)], [(20, 70), (80, 70)]]
    looks = render.IN_COLOUR, render.IN_BLACK
    colour, black = (pixels(render.drawing_svg(steps(strokes), 109, 109, look=look), 109) for look in looks)
    assert (black == black[..., :1]).all() and black[30, 50].max() < 10
    for row, expected in ((30, render.PALETTE[0]), (70, render.PALETTE[-1])):
        assert np.abs(colour[row, 50] - [int(expected[i : i + 2], 16) for i in (1, 3, 5)]).max() <= 2


# ---- curves


def bezier_points(svg, per_segment=20):
    path = svgpathtools.parse_path(paths(svg)[0].get("d"))
    return np.array([segment.point(t) for segment in path for t in np.linspace(0, 1, per_segment)])


def test_curves_pass_through_the_points():
    points = np.array([(10, 50), (30, 20), (60, 30), (62, 33), (90, 80)], float)
    path = svgpathtools.parse_path(paths(render.drawing_svg(steps([points]), 109, 109, look=SMOOTH))[0].get("d"))
    ends = np.array([path[0].start, *(segment.end for segment in path)])
    assert np.abs(ends - points @ [1, 1j]).max() < 0.01


def test_curves_follow_a_circle_better_than_chords():
    angle = np.linspace(0, np.pi, 6)
    arc = np.stack([54.5 + 40 * np.cos(angle), 54.5 + 40 * np.sin(angle)], axis=1)
    error = {}
    for smooth in (True, False):
        found = bezier_points(render.drawing_svg(steps([arc]), 109, 109, look=Look(colour=False, smooth=smooth)))
        error[smooth] = np.abs(np.abs(found - (54.5 + 54.5j)) - 40).max()
    assert error[False] > 1.9, "control: a chord of 36 degrees is 40 (1 - cos 18) inside"
    assert error[True] < 0.35


def barry_goldman(points, share):
    """A point of the centripetal Catmull-Rom curve between the middle two of four, by repeated interpolation
    (P. Barry, R. Goldman, "A recursive evaluation algorithm for a class of Catmull-Rom splines", 1988)."""
    knots = np.r_[0, np.cumsum(np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1)))]
    t = knots[1] + share * (knots[2] - knots[1])
    level = list(points)
    for reach in (1, 2, 2):
        left = knots[: len(level) - 1] if reach < 2 or len(level) == 3 else knots[1:2]
        right = knots[reach:] if len(level) > 2 else knots[2:3]
        level = [
            a + (b - a) * (t - lo) / (hi - lo) for a, b, lo, hi in zip(level, level[1:], left, right, strict=False)
        ]
    return level[0]


def test_curves_are_centripetal_catmull_rom():
    points = np.array([(10, 60), (14, 52), (50, 30), (60, 31), (100, 60)], float)
    path = svgpathtools.parse_path(paths(render.drawing_svg(steps([points]), 109, 109, look=SMOOTH))[0].get("d"))
    for i in (1, 2):  # the segments with a neighbour at either side
        for share in (0.25, 0.5, 0.9):
            expected = barry_goldman(points[i - 1 : i + 3], share)
            assert abs(path[i].point(share) - expected @ [1, 1j]) < 0.02


def test_corners_stay_and_nothing_overshoots():
    corner = [(20, 20), (50, 20), (80, 20), (80, 50), (80, 80)]
    found = bezier_points(render.drawing_svg(steps([corner]), 109, 109, look=SMOOTH))
    assert (np.minimum(np.abs(found.imag - 20), np.abs(found.real - 80)) < 0.01).all()
    zigzag = [(20, 20), (80, 25), (20, 30), (80, 35)]
    found = bezier_points(render.drawing_svg(steps([zigzag]), 109, 109, look=SMOOTH))
    assert found.real.min() >= 20 and found.real.max() <= 80


@pytest.mark.parametrize(
    "stroke",
    [
        [(10, 10), (10, 10)],  # a point twice
        [(10, 10), (10, 10), (50, 50), (50, 50), (50, 50.001), (90, 10)],  # repeats amid a stroke
        [(10, 10), (50, 50), (10, 10)],  # there and back
        [(10, 10), (10.02, 10), (90, 90), (90, 90.02)],  # hundredfold different chords
    ],
)
def test_curves_of_awkward_strokes_are_finite(stroke):
    svg = render.drawing_svg(steps([stroke]), 109, 109, look=SMOOTH)
    assert not re.search("nan|inf", svg)
    assert (pixels(svg, 109) < 128).any()
    if len(stroke) > 2:
        found = bezier_points(svg)
        assert found.real.min() > 0 and found.real.max() < 109 and found.imag.max() < 109


# ---- animation


def test_an_animation_has_no_script_and_draws_in_order_at_one_speed():
    svg = render.drawing_svg(steps([[(10, 10), (70, 10)], [(10, 30), (40, 30)], [(5, 5)]]), 109, 109, look=MOVING)
    assert "script" not in svg and "prefers-reduced-motion" in svg
    times = [re.findall(r"(?:delay|duration):([\d.]+)s", p.get("style")) for p in paths(svg)]
    delay, duration = np.array(times, float).T
    assert duration[0] == pytest.approx(60 / 109 / render.HAND_SPEED, abs=0.006)
    assert duration[1] == pytest.approx(duration[0] / 2, abs=0.01)
    assert np.allclose(delay[1:], (delay + duration)[:-1] + render.LIFT_SECONDS, atol=0.011)
    assert [p.get("class") for p in paths(svg)] == ["fk-line", "fk-line", "fk-dot"]
    assert paths(svg)[0].get("pathLength") == "1"


def test_an_animation_as_a_still_picture_is_the_whole_drawing():
    still, moving = (render.drawing_svg(steps(L_SHAPE), 109, 109, look=look) for look in (render.IN_BLACK, MOVING))
    assert still != moving
    assert np.array_equal(pixels(still, 200), pixels(moving, 200))


# ---- sheets


def test_a_sheet_puts_each_drawing_into_its_cell():
    lines = [steps([[(10, y), (99, y)]]) for y in (20, 50, 80)]
    svg = render.sheet_svg(lines, 109, 109, 2, look=render.IN_BLACK)
    root = parsed(svg)
    wide, high = float(root.get("width")), float(root.get("height"))
    assert (wide, high) == (pytest.approx(109 * (2 * 1.12 + 0.12), abs=0.01),) * 2
    found = pixels(svg, round(4 * wide)).mean(axis=-1)
    for i, y in enumerate((20, 50, 80)):
        middle = (0.06 + 1.12 * (i % 2) + 0.56) * 109
        column = found[:, round(4 * middle)]
        top = (0.06 + 1.12 * (i // 2) + 0.06) * 109
        assert column[round(4 * (top + y))] < 20, f"drawing {i} is in its cell"
    assert (found[:, round(4 * (0.06 + 1.12 + 0.56) * 109)] < 20).sum() < 16, "the fourth cell is empty"


def test_a_drawing_outside_its_cell_is_cut_off():
    far = steps([[(10, 50), (500, 50)]])
    empty = pixels(render.sheet_svg([None, None], 109, 109, 2), 600)
    found = pixels(render.sheet_svg([far, None], 109, 109, 2), 600)
    changed = np.flatnonzero((empty != found).any(axis=(0, 2)))
    assert 270 < changed.max() <= 301


def test_groups_have_gaps_between_them():
    dot = steps([[(54.5, 54.5)]])
    boxes = [
        [float(rect.get("x")) for rect in parsed(svg).iter(f"{SVG}rect") if rect.get("x")]
        for svg in (render.sheet_svg([dot] * 4, 109, 109, 4), render.sheet_svg([dot] * 4, 109, 109, 4, group=2))
    ]
    plain, paired = np.diff(boxes[0]), np.diff(boxes[1])
    assert np.allclose(plain, 1.12 * 109, atol=0.02)
    assert np.allclose(paired - plain, [0, render.GROUP_GAP * 109, 0], atol=0.02)


def test_labels_stand_below_their_cells_and_do_not_need_the_systems_fonts():
    svg = render.sheet_svg([None, None], 109, 109, 2, labels=["0.25 <&>", ""])
    assert [text.text for text in parsed(svg).iter(f"{SVG}text")] == ["0.25 <&>", None]
    found = pixels(svg, 1000).mean(axis=-1) < 180
    ink = np.argwhere(found)
    scale = 1000 / float(parsed(svg).get("width"))
    assert len(ink) > 300
    assert ink[:, 0].min() > scale * 1.18 * 109 and ink[:, 1].max() < scale * 1.18 * 109
    assert (ink[:, 1].min() + ink[:, 1].max()) / 2 == pytest.approx(scale * 0.62 * 109, abs=3)


def test_a_sheet_of_nothing_is_a_picture():
    assert pixels(render.sheet_svg([], 109, 109, 10), 300).shape[1] == 300


def test_an_unfinished_drawing_is_shown_to_its_last_point():
    cut = steps([[(20, 50), (80, 50)]])
    cut[-1, 2] = drawing.ON_PAPER
    assert [p.get("d") for p in paths(render.drawing_svg(cut, 109, 109))] == ["M20,50L80,50"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"columns": 2, "labels": ["a"]}, "2 drawings has 1 labels"),
        ({"columns": 3, "group": 2}, "3 columns cannot hold groups of 2"),
        ({"columns": 0}, "0 columns"),
    ],
)
def test_sheets_that_cannot_be_made(arguments, text):
    with pytest.raises(render.RenderError, match=text):
        render.sheet_svg([None, None], 109, 109, **arguments)


def test_a_png_of_what_is_no_svg():
    with pytest.raises(render.RenderError, match="PNG of 100 pixels"):
        render.png_bytes("<svg", 100)
