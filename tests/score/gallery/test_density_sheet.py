"""The still picture of the density: its cells, its ellipses, its captions."""

from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from pipeline import render
from pipeline.forecast import density
from pipeline.net.model import WritingNet
from pipeline.score.gallery import density_sheet
from tests.support.drawings import scribble

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def told(model_params):
    net = WritingNet(model_params(), torch.Generator().manual_seed(1)).eval()

    def made(strokes: int, points: int = 3):
        steps = scribble(np.random.default_rng(strokes), strokes, points)
        return density.foresee(net, steps, 15, 109, 109, [1, 1, 1])

    return made


def test_a_row_a_drawing_and_a_cell_a_stroke_from_the_second_on(told):
    picture = ElementTree.fromstring(density_sheet.density_svg([told(6), told(3), told(1)], 4, "(c) <A & B>"))
    captions = [text.text for text in picture.iter(f"{SVG}text")]
    assert len(captions) == 4 + 2 + 1 and captions[-1] == "at the beginning"
    assert [caption.split(":")[0] for caption in captions[4:6]] == ["after 1", "after 2"]
    assert picture.find(f"{SVG}metadata").text == "(c) <A & B>"


def test_a_cell_has_the_ink_the_ellipses_and_the_ring(told):
    found = told(2)
    cell = ElementTree.fromstring(density_sheet.density_svg([found], 1)).find(f"{SVG}svg")
    assert cell.find(f"{SVG}path").get("d").count("M") == 1  # one stroke has been drawn
    ring = cell.find(f"{SVG}circle")
    np.testing.assert_allclose([float(ring.get("cx")), float(ring.get("cy"))], found.points[3], atol=0.01)
    ellipses = cell.findall(f"{SVG}ellipse")
    assert len(ellipses) == 2 * (found.weights[3] >= density_sheet.LEAST_WEIGHT).sum()
    heaviest, axes = int(found.weights[3].argmax()), found.ellipses()[0]
    top = ellipses[-1]  # on top, of one standard deviation
    np.testing.assert_allclose([float(top.get("rx")), float(top.get("ry"))], axes[3, heaviest], atol=0.01)
    np.testing.assert_allclose([float(top.get("cx")), float(top.get("cy"))], found.means[3, heaviest], atol=0.01)
    assert float(ellipses[-2].get("rx")) == pytest.approx(2 * axes[3, heaviest, 0], abs=0.01)


def test_it_is_the_same_every_time_and_becomes_a_png(told, tmp_path):
    picture = density_sheet.density_svg([told(4)], 3)
    assert picture == density_sheet.density_svg([told(4)], 3) != density_sheet.density_svg([told(5)], 3)
    render.write_png(picture, tmp_path / "density.png", 300)
    assert (tmp_path / "density.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("moments", [0, 3])
def test_nothing_to_show_is_refused(told, moments):
    with pytest.raises(density.DensityError, match="needs a drawing and a moment"):
        density_sheet.density_svg([] if moments else [told(2)], moments)
