"""Tables as inline SVG: where points stand, what is left out, and what is refused."""

import re
from html import escape
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.score.gallery import charts
from pipeline.score.gallery.charts import Chart, ChartError, Series

TABLE = pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [0.1, 0.4, 0.2, 0.3], "error": [0.05] * 4})


def chart(kind: str = "line", table: pd.DataFrame = TABLE, **changes) -> Chart:
    values = {"series": [Series("y", "ours", kind, "ours", "error")], "x_label": "steps", "y_label": "share", **changes}
    return Chart("A chart", table, "x", **values)


def places(picture: str, name: str) -> list[tuple[float, float]]:
    data = re.search(rf'class="{name} tone-ours" d="([^"]*)"', picture).group(1)
    return [(float(a), float(b)) for a, b in re.findall(r"([\d.]+),([\d.]+)", data)]


def test_a_line_goes_through_its_points():
    picture = charts.svg(chart())
    (x0, low), (x1, high), _, (x3, _) = places(picture, "line")
    assert (x0, x3) == (charts.LEFT, charts.WIDTH - charts.RIGHT) and x1 - x0 == pytest.approx((x3 - x0) / 3, abs=0.1)
    assert (low, high) == (charts.HEIGHT - charts.BOTTOM, charts.TOP)  # smallest at the foot, largest at the top


@pytest.mark.parametrize("kind", ["area", "steps", "line", "dots"])
def test_every_kind_is_a_picture_with_a_text_in_its_stead(kind):
    picture = ElementTree.fromstring(charts.svg(chart(kind)))
    assert picture.get("role") == "img" and picture.get("aria-label") == "A chart: share against steps, ours"
    assert [text.text for text in picture.iter("text")][-2:] == ["steps", "share"]


def test_bins_begin_at_nothing_and_are_as_wide_as_their_distance():
    picture = charts.svg(chart("steps"))
    data = re.search(r'class="steps tone-ours" d="([^"]*)"', picture).group(1)
    assert data.startswith(f"M{charts.LEFT},{charts.HEIGHT - charts.BOTTOM}V") and data.count("H") == 4
    edges = [float(x) for x in re.findall(r"H([\d.]+)", data)]
    np.testing.assert_allclose(np.diff(edges), (charts.WIDTH - charts.LEFT - charts.RIGHT) / 4, atol=0.1)


def test_the_diagonal_has_both_axes_from_nothing_to_one():
    picture = charts.svg(chart("dots", TABLE.assign(x=[0.0, 0.5, 0.7, 1.0]), diagonal=True))
    assert 'class="guide"' in picture and picture.count("<circle") == 4 and 'class="bar tone-ours"' in picture
    assert places(picture, "line")[1][0] == pytest.approx((charts.LEFT + charts.WIDTH - charts.RIGHT) / 2)


def test_what_is_not_finite_is_left_out():
    gaps = TABLE.assign(y=[0.1, np.nan, np.inf, 0.3])
    assert len(places(charts.svg(chart(table=gaps)), "line")) == 2
    assert "nan" not in charts.svg(chart(table=gaps)) and "inf" not in charts.svg(chart(table=gaps))
    nothing = charts.svg(chart(table=TABLE.assign(y=np.nan)))
    assert 'class="line' not in nothing


@pytest.mark.parametrize("rows", [TABLE.head(1), TABLE.assign(y=0.0), TABLE.assign(y=5.0), TABLE.head(1).assign(x=7.0)])
@pytest.mark.parametrize("kind", ["area", "line", "dots"])
def test_one_point_and_no_spread_are_a_picture(rows, kind):
    assert "nan" not in charts.svg(chart(kind, rows))


def test_a_series_that_is_not_there_is_left_out():
    two = [Series("y", "ours", "line", "ours"), Series("gone", "theirs", "line", "real")]
    assert "theirs" not in charts.figure(chart(series=two))


def test_texts_are_escaped():
    nasty = '<b a="1">&'
    found = charts.figure(Chart(nasty, TABLE, "x", [Series("y", nasty, "line", "ours")], nasty, nasty, nasty))
    assert nasty not in found and found.count(escape(nasty)) >= 6


@pytest.mark.parametrize("bad", [TABLE.drop(columns="x"), TABLE.drop(columns="y"), TABLE.head(0)])
def test_nothing_to_show_is_refused(bad):
    with pytest.raises(ChartError, match="A chart"):
        charts.figure(chart(table=bad))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(3, 8))
def test_ticks_are_round_few_and_inside(low, width, most):
    found = charts.ticks(low, low + width, most)
    assert 1 <= len(found) <= most
    assert low - 1e-6 * width <= found[0] and found[-1] <= low + width * (1 + 1e-6)
    gaps = np.diff(found)
    if len(gaps):
        np.testing.assert_allclose(gaps, gaps[0], rtol=1e-3)
        lead = gaps[0] / 10 ** np.floor(np.log10(gaps[0] * 1.0001))
        assert min(abs(lead - m) for m in (1, 2, 2.5, 5, 10)) < 0.01
