"""Resampling against svgpathtools, closed forms and dense sampling."""

import math
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest
import svgpathtools
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.parse import resampling
from pipeline.parse.reading import ParseParams
from pipeline.parse.resampling import GeometryError, arclength, bezier, flatten, rdp, resample
from pipeline.parse.svg.paths import Curve, subpaths

CIRCLE = "M40 0A40 40 0 0 1 0 40A40 40 0 0 1-40 0A40 40 0 0 1 0-40A40 40 0 0 1 40 0Z"

settings.register_profile("geometry", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("geometry")

coordinate = st.integers(-5000, 15000).map(lambda value: value / 100)  # KanjiVG's grid
point = st.tuples(coordinate, coordinate)


@st.composite
def curves(draw):
    """One to four cubics, joined, none of no extent."""
    points = draw(st.lists(point, min_size=4, max_size=13, unique=True))
    points = np.array(points[: 1 + 3 * ((len(points) - 1) // 3)])
    return Curve(np.stack([points[i : i + 4] for i in range(0, len(points) - 3, 3)]), np.zeros(len(points) // 3, bool))


def curve(d):
    (found,) = subpaths(d)
    return found


def dense(controls, count=2001):
    """The Bernstein form, not Horner's as in geometry: (s * count, 2)."""
    t = np.linspace(0, 1, count)[None, :, None]
    a, b, c, d = (controls[:, i, None] for i in range(4))
    return (a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3).reshape(-1, 2)


def distances(points, line):
    """Of each point to a polyline: (n,)."""
    a, b = line[:-1][None], line[1:][None]
    along = b - a
    square = np.maximum((along**2).sum(-1), 1e-300)
    share = np.clip(((points[:, None] - a) * along).sum(-1) / square, 0, 1)
    return np.linalg.norm(points[:, None] - (a + share[..., None] * along), axis=-1).min(axis=1)


# ---- bezier


@given(curves(), st.sampled_from([1.0, 3.0, 10.0]), st.integers(1, 6))
def test_bezier_is_the_posts_rule_to_the_last_bit(found, chord_length, max_chords):
    expected = [complex(*found.controls[0, 0])]
    for controls in found.controls:
        segment = svgpathtools.CubicBezier(*(complex(*control) for control in controls))
        count = min(max_chords, 1 + int(abs(segment.end - segment.start) // chord_length))
        expected += [segment.point(i / count) for i in range(1, count + 1)]
    got = bezier(found, chord_length, max_chords)
    assert got.tolist() == [[point.real, point.imag] for point in expected]


@pytest.mark.parametrize(("length", "chords"), [(9.99, 1), (10, 2), (19.99, 2), (20, 3), (29, 3), (30, 3), (1000, 3)])
def test_one_chord_more_for_every_ten_units(length, chords):
    assert len(bezier(curve(f"M0 0C{length / 3} 1 {length / 2} 1 {length} 0"), 10.0, 3)) == 1 + chords


def test_a_line_is_one_chord():
    np.testing.assert_array_equal(bezier(curve("M0 0H90V80"), 10.0, 3), [(0, 0), (90, 0), (90, 80)])


def test_all_rules_keep_the_ends_of_quadratics_and_arcs():
    found = curve("M3 4Q20 60 41 7A30 20 10 0 1 77 77")
    for points in (bezier(found, 10.0, 3), arclength(found, 4.0), rdp(found, 0.5)):
        np.testing.assert_allclose(points[[0, -1]], [(3, 4), (77, 77)], atol=1e-12)


# ---- arclength


@pytest.mark.parametrize("spacing", [0.5, 3.0, 10.0, 100.0])
def test_points_on_a_circle_are_at_equal_angles(spacing):
    points = arclength(curve(CIRCLE), spacing)
    count = math.ceil(2 * math.pi * 40 / spacing)
    assert len(points) == count + 1
    angles = np.unwrap(np.arctan2(points[:, 1], points[:, 0]))
    np.testing.assert_allclose(np.diff(angles), 2 * math.pi / count, rtol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 40, rtol=5e-4)


@pytest.mark.parametrize(
    ("d", "spacing", "count"),
    [
        ("M0 0H20", 10, 2),
        ("M0 0H20.5", 10, 3),
        ("M0 0H3", 10, 1),  # shorter than the spacing: its two ends
        ("M0 0L3 4V15", 4, 4),  # 5 and 11 units
        ("M0 0C10 0 20 0 30 0", 10, 3),  # a cubic that is straight
    ],
)
def test_spacing_of_straight_paths(d, spacing, count):
    points = arclength(curve(d), spacing)
    assert len(points) == 1 + count


def test_points_of_a_bent_line_are_where_they_must_be():
    points = arclength(curve("M0 0H6V6"), 4.0)
    np.testing.assert_allclose(points, [(0, 0), (4, 0), (6, 2), (6, 6)], atol=1e-9)


@given(curves(), st.sampled_from([1.0, 5.0, 20.0]))
def test_distances_along_the_path_are_equal_and_no_longer_than_spacing(found, spacing):
    points = arclength(found, spacing)
    line = dense(found.controls)
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    wanted = np.linspace(0, along[-1], len(points))
    assert along[-1] / (len(points) - 1) <= spacing * 1.001
    assert len(points) <= 2 or along[-1] / (len(points) - 2) > spacing * 0.999
    expected = np.stack([np.interp(wanted, along, line[:, axis]) for axis in (0, 1)], axis=1)
    # 1 % of the spacing: the length of chords falls short of the curve's, mostly at cusps
    assert np.linalg.norm(points - expected, axis=1).max() < 0.01 * spacing + 1e-4 * along[-1]
    assert points[0].tolist() == found.controls[0, 0].tolist()
    assert points[-1].tolist() == found.controls[-1, 3].tolist()


def test_length_of_a_cubic_against_svgpathtools():
    found = curve("M10 10C90 0 0 90 80 80")
    exact = svgpathtools.CubicBezier(10 + 10j, 90, 90j, 80 + 80j).length(error=1e-10)
    assert len(arclength(found, exact / 20 * 1.0005)) == 21
    assert len(arclength(found, exact / 20 * 0.9995)) == 22


# ---- rdp


@given(curves(), st.sampled_from([0.1, 1.0, 5.0]))
def test_rdp_stays_within_epsilon(found, epsilon):
    points = rdp(found, epsilon)
    assert distances(dense(found.controls, 201), points).max() <= epsilon * (1 + resampling.FLAT_SHARE) + 1e-9
    assert points[0].tolist() == found.controls[0, 0].tolist()
    assert points[-1].tolist() == found.controls[-1, 3].tolist()


def test_rdp_keeps_corners_and_drops_what_is_straight():
    points = rdp(curve("M0 0L10 0L20 0L20 30C20 40 20 50 20 60"), 0.5)
    np.testing.assert_allclose(points, [(0, 0), (20, 0), (20, 60)], atol=1e-9)


def test_rdp_of_a_closed_curve_is_not_a_point():
    points = rdp(curve(CIRCLE), 1.0)
    assert len(points) > 8 and points[0].tolist() == points[-1].tolist()


def test_a_larger_epsilon_gives_fewer_points():
    counts = [len(rdp(curve(CIRCLE), epsilon)) for epsilon in (0.05, 0.5, 5.0)]
    assert counts == sorted(counts, reverse=True) and counts[0] > 2 * counts[-1]


# ---- flatten, resample


@given(curves(), st.sampled_from([0.01, 0.3, 10.0]))
def test_flattening_keeps_its_tolerance(found, tolerance):
    assert distances(dense(found.controls, 101), flatten(found, tolerance)).max() <= tolerance + 1e-9


def test_control_flattening_with_half_the_chords_is_seen():
    # a curve of constant second difference, for which the formula is sharp
    found = curve("M0 0Q50 100 100 0")
    fine = flatten(found, 0.1)
    assert distances(dense(found.controls, 101), fine[::2]).max() > 0.15


def options(rule, **changes):
    values = {"chord_length": 10.0, "max_chords": 3, "spacing": 5.0, "epsilon": 1.0, **changes}
    return SimpleNamespace(rule=rule, **values)


@pytest.mark.parametrize("rule", resampling.RULES)
@pytest.mark.parametrize("d", ["M5 6Z", "M5 6l0 0", "M5 6h0v0z", "M5 6c0 0 0 0 0 0"])
def test_a_curve_of_no_extent_is_one_point(rule, d):
    assert resample(curve(d), options(rule)).tolist() == [[5, 6]]


def test_resample_hands_each_rule_its_parameters():
    found = curve("M0 0C10 40 60 40 70 0")
    np.testing.assert_array_equal(resample(found, options("bezier", max_chords=2)), bezier(found, 10.0, 2))
    np.testing.assert_array_equal(resample(found, options("arclength", spacing=7.0)), arclength(found, 7.0))
    np.testing.assert_array_equal(resample(found, options("rdp", epsilon=0.2)), rdp(found, 0.2))


def test_the_rules_are_those_of_the_parameter():
    assert set(resampling.RULES) == set(get_args(ParseParams.__dataclass_fields__["rule"].type))


def test_a_stroke_of_too_many_points_is_refused():
    with pytest.raises(GeometryError, match=r"900,000 units long has .* raise parse.spacing"):
        arclength(curve("M0 0H900000"), 0.01)
