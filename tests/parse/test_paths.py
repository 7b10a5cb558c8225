"""Path data and shapes: tables of cases, svgpathtools and the pixels of resvg as oracles."""

import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline import render
from pipeline.parse.svg.paths import LIMIT, PathError, subpaths
from pipeline.parse.svg.shapes import SHAPES

NO_NUMBER = ["nan", "inf", "1_0", "1.", "1.e1", ".", "0x1", "--1", "1e", "٣"]


def ends(d):
    """The points between segments of each subpath, as lists of pairs."""
    return [[tuple(c.controls[0, 0]), *map(tuple, c.controls[:, 3])] for c in subpaths(d)]


def shape(name, **attributes):
    return SHAPES[name](lambda key: attributes.get(key))


# ---- which points


POINTS = [
    ("M1 2L3 4", [[(1, 2), (3, 4)]]),
    ("m1 2l3 4", [[(1, 2), (4, 6)]]),  # the first m is absolute, l is relative
    ("M1 2 3 4 5 6", [[(1, 2), (3, 4), (5, 6)]]),  # more pairs after M are lines
    ("m1 2 3 4 5 6", [[(1, 2), (4, 6), (9, 12)]]),
    ("M1,2H5V6h-1v-2", [[(1, 2), (5, 2), (5, 6), (4, 6), (4, 4)]]),
    ("M0 0 h1 2 3", [[(0, 0), (1, 0), (3, 0), (6, 0)]]),  # a command's letter may be left out
    ("M0 0L10 0 10 10Z", [[(0, 0), (10, 0), (10, 10), (0, 0)]]),
    ("M0 0L10 0 0 0Z", [[(0, 0), (10, 0), (0, 0)]]),  # closed already: no line of no length
    ("M0 0L9 0M9 0L9 9", [[(0, 0), (9, 0)], [(9, 0), (9, 9)]]),  # lifted, though it goes on where it was
    ("M1 1L9 1zl0 8", [[(1, 1), (9, 1), (1, 1)], [(1, 1), (1, 9)]]),  # after z: from the subpath's start
    ("M1 1h8zm2 2h1", [[(1, 1), (9, 1), (1, 1)], [(3, 3), (4, 3)]]),  # m after z: relative to that start
    ("M5 5m1 1h2", [[(6, 6), (8, 6)]]),  # a moveto by itself draws nothing
    ("M5 5", []),
    ("M5 5Z", [[(5, 5), (5, 5)]]),  # closed it is a dot
    ("M5 5l0 0", [[(5, 5), (5, 5)]]),
    ("M5 5zM7 7z", [[(5, 5), (5, 5)], [(7, 7), (7, 7)]]),
    ("M0 0C1 1 2 1 3 0S5-1 6 0", [[(0, 0), (3, 0), (6, 0)]]),
    ("M0 0Q1 1 2 0T4 0", [[(0, 0), (2, 0), (4, 0)]]),
    ("M0 0A1 1 0 0 1 2 0L3 3", [[(0, 0), (1, -1), (2, 0), (3, 3)]]),  # half a circle is two pieces
    ("M0 0a5 0 0 0 1 2 0", [[(0, 0), (2, 0)]]),  # no radius: a line
    ("M0 0h1a5 5 0 0 1 0 0h1", [[(0, 0), (1, 0), (2, 0)]]),  # no distance: nothing
    ("M0 0a1 1 0 0120 0 2 2 0 0110 0", [[(0, 0), (10, -10), (20, 0), (25, -5), (30, 0)]]),  # flags without gaps; grows
    ("M.5.5-1-1", [[(0.5, 0.5), (-1, -1)]]),  # numbers without gaps
    ("M1e1,1E+1l-1e-1.5", [[(10, 10), (9.9, 10.5)]]),
    ("\n M 1\t2 L3\r\n4 , 5 6 ", [[(1, 2), (3, 4), (5, 6)]]),
    ("", []),
]


@pytest.mark.parametrize(("d", "expected"), POINTS)
def test_points_of_path_data(d, expected):
    got = ends(d)
    assert [len(part) for part in got] == [len(part) for part in expected]
    for part, wanted in zip(got, expected, strict=True):
        np.testing.assert_allclose(part, wanted, atol=1e-12)


@pytest.mark.parametrize(
    ("d", "first_control"),
    [
        ("M0 0C1 5 2 5 3 0S5-1 6 0", (4, -5)),  # S mirrors the last control point of a C
        ("M0 0C1 5 2 5 3 0 M3 0S5-1 6 0", (3, 0)),  # not across a moveto
        ("M0 0Q1 5 3 0S5-1 6 0", (3, 0)),  # nor that of a Q
        ("M0 0Q2 3 3 0T6 0", (3 + 2 / 3, -2)),  # T mirrors that of a Q: (4, -3), elevated
        ("M0 0C1 5 2 5 3 0T6 0", (3, 0)),
        ("M0 0A1.5 1.5 0 0 1 3 0S5-1 6 0", (3, 0)),  # nothing to mirror after an arc
    ],
)
def test_smooth_commands_mirror_the_right_control_point(d, first_control):
    np.testing.assert_allclose(subpaths(d)[-1].controls[-1, 1], first_control, atol=1e-12)


def test_only_what_was_written_as_a_line_is_straight():
    (curve,) = subpaths("M0 0L1 0H2V3C2 4 2 5 2 6Q1 6 0 6A3 3 0 0 1 0 0A0 1 0 0 1 5 5Z")
    assert curve.straight.tolist() == [True] * 3 + [False] * 4 + [True] * 2


def test_a_quadratic_keeps_its_form():
    (curve,) = subpaths("M1 2Q8 -3 4 9")
    t = np.linspace(0, 1, 11)[:, None]
    a, b, c, d = curve.controls[0]
    cubic = a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3
    quadratic = np.array([1, 2]) * (1 - t) ** 2 + 2 * np.array([8, -3]) * t * (1 - t) + np.array([4, 9]) * t**2
    np.testing.assert_allclose(cubic, quadratic, atol=1e-13)


@given(st.floats(0.5, 50), st.floats(0.5, 50), st.floats(-400, 400), st.booleans(), st.booleans(), st.floats(1, 90))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_arcs_lie_on_their_ellipse(rx, ry, turn, large, sweep, distance):
    (curve,) = subpaths(f"M10 10A{rx!r} {ry!r} {turn!r} {large:d} {sweep:d} {10 + distance!r} 10")
    assert tuple(curve.controls[0, 0]) == (10, 10) and tuple(curve.controls[-1, 3]) == (10 + distance, 10)
    # in the ellipse's own units, where it is a circle, possibly grown: all points are as far from one centre
    angle = math.radians(turn)
    own = np.array([[math.cos(angle) / rx, math.sin(angle) / rx], [-math.sin(angle) / ry, math.cos(angle) / ry]])
    t = np.linspace(0, 1, 9)[None, :, None]
    a, b, c, d = ((curve.controls @ own.T)[:, i, None] for i in range(4))
    points = (a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3).reshape(-1, 2)
    fit = np.linalg.lstsq(np.c_[2 * points, np.ones(len(points))], (points**2).sum(axis=1), rcond=None)[0]
    radius = math.sqrt(fit[2] + fit[:2] @ fit[:2])
    chord = np.linalg.norm(own @ [distance, 0])
    assert radius == pytest.approx(max(1, chord / 2), rel=5e-3)  # SVG: too small radii grow until they reach
    off = np.abs(np.linalg.norm(points - fit[:2], axis=1) - radius)
    assert off.max() < 4e-4 * radius


# ---- what is refused


@pytest.mark.parametrize("number", NO_NUMBER)
@pytest.mark.parametrize("before", ["M", "M0 0L1 ", "M0 0C0 0 1 1 2 ", "M0 0A1 1 0 0 1 ", "M0 0H"])
def test_what_is_no_number_is_refused(before, number):
    with pytest.raises(PathError, match="path data, character"):
        subpaths(f"{before}{number} 5")


@pytest.mark.parametrize(
    ("d", "reason"),
    [
        ("L1 1", "must begin with M or m, not with 'L1 1'"),
        ("1 1", "must begin with M"),
        ("M1", r"character 1: 'M1' lacks numbers, M takes 2"),
        ("M0 0 L 5", r"character 6: 'L 5' lacks numbers, L takes 2"),
        ("M0 0C1 1 2 2 3", "lacks numbers, C takes 6"),
        ("M0 0L1 1 2", r"character 10: '2' is neither a command nor its number"),  # half a pair
        ("M0 0L1 1,", r"character 9: ',' is neither"),
        ("M0 0L1,,1", "lacks numbers"),
        ("M0 0Z5 5", "character 6: '5 5' is neither"),
        ("M0 0A1 1 0 2 1 5 5", "lacks numbers, A takes 7"),  # a flag is 0 or 1
        ("M0 0B1 1", "'B1 1' is neither a command nor"),
        ("M0 0 L 12", "lacks numbers"),  # 12 is one number, not 1 and 2
        ("M0 0 L" + "1" * 4000, "lacks numbers"),  # and refusing that takes no time
        ("M0 0L1e999 1", "coordinate is not a number below"),
        ("M0 0A1e999 1 0 0 1 5 5", "coordinate is not a number below|no curve can be computed"),
        ("M0 0A1e-300 1e-300 0 0 1 5 5", "coordinate is not a number below"),
        (f"M0 0L{LIMIT * 1.01} 0", "coordinate is not a number below 1,000,000"),
    ],
)
def test_damaged_path_data_says_where_and_why(d, reason):
    with pytest.raises(PathError, match=reason):
        subpaths(d)


# ---- shapes


@pytest.mark.parametrize(
    ("name", "attributes", "points"),
    [
        ("line", {"x1": "1", "y2": "4mm"}, [(1, 0), (0, 4 * 96 / 25.4)]),
        ("polyline", {"points": " 1,2 3-4, 5 6 "}, [(1, 2), (3, -4), (5, 6)]),
        ("polygon", {"points": "0,0 9,0 9,9"}, [(0, 0), (9, 0), (9, 9), (0, 0)]),
        ("rect", {"x": "1", "y": "2", "width": "3px", "height": "4"}, [(1, 2), (4, 2), (4, 6), (1, 6), (1, 2)]),
        ("circle", {"cx": "5", "cy": "6", "r": "2"}, [(7, 6), (5, 8), (3, 6), (5, 4), (7, 6)]),
        ("ellipse", {"rx": "3", "ry": "2"}, [(3, 0), (0, 2), (-3, 0), (0, -2), (3, 0)]),
        ("ellipse", {"rx": "3", "ry": "auto"}, [(3, 0), (0, 3), (-3, 0), (0, -3), (3, 0)]),
        # radii above half the side are cut to it, one given stands for both: an ellipse without straight parts
        ("rect", {"width": "4", "height": "4", "rx": "9"}, [(2, 0), (2, 0), (4, 2), (4, 2), (2, 4), (2, 4), (0, 2)]),
    ],
)
def test_points_of_shapes(name, attributes, points):
    (got,) = ends(shape(name, **attributes))
    np.testing.assert_allclose(got[: len(points)], points, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("rect", {"width": "0", "height": "4"}),
        ("rect", {}),
        ("circle", {"r": "0"}),
        ("ellipse", {"rx": "auto"}),
        ("polyline", {"points": " "}),
        ("polygon", {}),
        ("path", {}),
        ("path", {"d": "none"}),
        ("polyline", {"points": "3 3"}),  # one point by itself: as a moveto by itself
    ],
)
def test_shapes_of_no_size_draw_nothing(name, attributes):
    assert subpaths(shape(name, **attributes)) == []


@pytest.mark.parametrize(
    ("name", "attributes", "reason"),
    [
        ("circle", {"r": "-1"}, "r='-1' is negative"),
        ("rect", {"width": "-2", "height": "1"}, "width='-2' is negative"),
        ("line", {"x1": "50%"}, "x1='50%' is not a length"),
        ("line", {"x1": "nan"}, "x1='nan' is not a length"),
        ("polyline", {"points": "1 2 3"}, "3 numbers, an odd count"),
        ("polyline", {"points": "1 2 x"}, "not a number"),
    ],
)
def test_damaged_shapes_say_why(name, attributes, reason):
    with pytest.raises(PathError, match=reason):
        shape(name, **attributes)


# ---- pixels


FILLED = [
    "M10 10H90V90H10Z",
    "M10 50C10 0 90 0 90 50S50 100 50 60",
    "M10 50q20-60 40 0t40 0L50 95z",
    "M50 10a40 40 0 1 0 1 0z",  # the long way round
    "M50 10a40 40 0 1 1 1 0z",
    "M10 50a5 5 0 1120 20A3 2 40 0190 50L50 90z",  # radii too small, flags without gaps
    "M20 50A50 40 30 1 0 80 40Z",
    "M20 50A40 20 -70 0 1 80 40T20 90Z",
    "M5 5h40v40h-40zm50 50h40v40h-40zL30 90 5 95z",
    shape("rect", x="10", y="20", width="80", height="50", rx="10", ry="25"),
    shape("rect", x="10", y="20", width="80", height="50", ry="10"),
    shape("ellipse", cx="50", cy="40", rx="45", ry="20"),
]


def pixels(data):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100" viewBox="0 0 100 100">{data}</svg>'
    return np.asarray(Image.open(io.BytesIO(render.png_bytes(svg, 200))).convert("L")).astype(int)


def written(curves):
    """Curves as cubic path data, drawn with nothing but M and C."""
    return "".join(
        f"M{c.controls[0, 0, 0]} {c.controls[0, 0, 1]}C" + " ".join(map(str, c.controls[:, 1:].ravel())) for c in curves
    )


@pytest.mark.parametrize("d", FILLED)
def test_cubics_fill_the_pixels_that_the_commands_fill(d):
    wanted, got = pixels(f'<path d="{d}"/>'), pixels(f'<path d="{written(subpaths(d))}"/>')
    assert (wanted < 128).sum() > 500
    assert np.abs(wanted - got).mean() < 0.3


def test_control_a_wrong_flag_is_seen_in_the_pixels():
    wrong = written(subpaths("M20 50A50 40 30 0 0 80 40Z"))
    assert np.abs(pixels('<path d="M20 50A50 40 30 1 0 80 40Z"/>') - pixels(f'<path d="{wrong}"/>')).mean() > 1
