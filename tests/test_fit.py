"""Few cubics for many points: against curves that are known, and an independent reader of paths."""

import numpy as np
import pytest
from svgpathtools import CubicBezier, parse_path

from pipeline import fit
from pipeline.parse.svg import paths

ARC = np.array([[10.0, 10.0], [40.0, 5.0], [70.0, 20.0], [90.0, 60.0]])


def sampled(cubic, count):
    """By svgpathtools."""
    curve = CubicBezier(*(complex(*point) for point in cubic))
    points = [curve.point(t) for t in np.linspace(0, 1, count)]
    return np.array([[point.real, point.imag] for point in points])


def away(points, line):
    """The largest distance of points from a line of chords."""
    a, along = line[:-1], np.diff(line, axis=0)
    t = np.clip(((points[:, None] - a) * along).sum(2) / (along**2).sum(1), 0, 1)
    return np.linalg.norm(points[:, None] - a - t[..., None] * along, axis=2).min(1).max()


@pytest.mark.parametrize("count", [5, 9, 40])
def test_points_of_one_cubic_are_one_cubic(count):
    found = fit.fit(sampled(ARC, count))
    assert found.shape == (1, 4, 2)
    known = sampled(ARC, 200)
    assert away(known, fit.evaluate(found, 200)) < 0.5 and away(fit.evaluate(found, 50), known) < 0.5
    np.testing.assert_allclose(found[0, [0, 3]], ARC[[0, 3]])


def test_a_wave_takes_more_the_finer_the_tolerance():
    x = np.linspace(0, 100, 30)
    wave = np.stack((x, 20 * np.sin(x / 8)), axis=1)
    counts = []
    for tolerance in (2.0, 0.5, 0.05):
        found = fit.fit(wave, tolerance)
        counts.append(len(found))
        smooth = fit.evaluate(fit.interpolate(wave), 50)
        assert away(smooth, fit.evaluate(found, 100)) <= tolerance + 1e-3
        inner, outer = found[1:, 1] - found[1:, 0], found[:-1, 3] - found[:-1, 2]
        cross = inner[:, 0] * outer[:, 1] - inner[:, 1] * outer[:, 0]
        np.testing.assert_allclose(cross, 0, atol=1e-6)  # the tangent is shared where two meet
    assert counts == sorted(counts) and counts[0] < counts[-1]


def test_a_corner_stays_one_and_lines_stay_lines():
    points = np.array([[10.0, 20.0], [40.0, 20.0], [80.0, 20.0], [80.0, 50.0], [80.0, 90.0], [70.0, 84.0]])
    found = fit.fit(points)
    assert found[:, 3].tolist() == [[80, 20], [80, 90], [70, 84]]
    assert fit.path(found) == "M10,20L80,20L80,90L70,84"
    rounded = fit.fit(points, corner=180)  # the control
    assert "L" not in fit.path(rounded)


@pytest.mark.parametrize(
    ("points", "text"),
    [
        ([[5, 5]], "M5,5L5,5"),  # a dot
        ([[5, 5], [5, 5]], "M5,5L5,5"),
        ([[5, 5], [20.25, 7]], "M5,5L20.25,7"),
        ([[5, 5], [5, 5], [20, 7]], "M5,5L20,7"),
        ([[0, 0], [10, 0], [0, 0]], "M0,0L10,0L0,0"),  # there and back
    ],
)
def test_short_strokes(points, text):
    assert fit.path(fit.fit(np.array(points, float))) == text


def test_a_path_is_read_back_as_the_same_curve():
    found = fit.fit(np.array([[10, 20], [30, 18], [60, 30], [61, 60], [55, 90], [40, 80]], float), 0.1)
    (curve,) = paths.subpaths(fit.path(found))
    np.testing.assert_allclose(curve.controls, found, atol=0.0051)
    other = parse_path(fit.path(found))
    assert len(other) == len(found)
    for segment, part in zip(other, found, strict=True):
        here = fit.evaluate(part[None], 2)[1]
        assert abs(segment.point(0.5) - complex(*here)) < 0.01


def test_points_in_any_unit_fit_alike():
    points = np.random.default_rng(3).normal(size=(9, 2)).cumsum(axis=0)
    np.testing.assert_allclose(fit.fit(points * 1000, 250), fit.fit(points, 0.25) * 1000, rtol=1e-6)
