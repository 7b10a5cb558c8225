"""hanzi-writer's JSON, by the package itself in a real browser: it animates a drawing and accepts its strokes."""

import json

import numpy as np
import pandas as pd
import pytest

from pipeline import drawing
from pipeline.export import quiz
from tests.support.hanzi_writer import hanzi_writer  # noqa: F401 (fixture)
from tests.support.kanji import TREE

PAGE = """<!doctype html><meta charset="utf-8"><div id="target"></div><script>%s</script><script>
const data = %s;
const seen = {correct: [], wrong: 0, done: false, animated: false};
const writer = HanziWriter.create("target", "x", {
  width: 300, height: 300, padding: 0, showCharacter: false, strokeAnimationSpeed: 20, delayBetweenStrokes: 0,
  charDataLoader: (character, done) => done(data),
});
</script>"""
SIDE = 300


@pytest.fixture
def made():
    row = pd.Series({"id": "tree", "width": 109.0, "height": 109.0, "types": [one for one, _ in TREE]})
    steps = drawing.from_strokes([np.array(points, float) for _, points in TREE], 109, 109)
    return quiz.character(row, steps, "CC BY-SA 3.0")


def on_page(x: float, y: float) -> tuple[float, float]:
    """A point of hanzi-writer's box -> of its 300 x 300 picture."""
    return x * SIDE / 1024, (900 - y) * SIDE / 1024


def test_it_is_what_makemeahanzi_has(made):
    assert set(made) == {"strokes", "medians", "licence"} and len(made["strokes"]) == len(made["medians"]) == 4
    for path, median, (_, points) in zip(made["strokes"], made["medians"], TREE, strict=True):
        assert path.startswith("M ") and path.endswith("Z") and all(type(x) is int for point in median for x in point)
        expected = np.array(points) * 1024 / 109 * (1, -1) + (0, 900)
        np.testing.assert_allclose(median, expected, atol=0.51)
        numbers = np.array([float(part) for part in path.split() if part not in "MCZ"]).reshape(-1, 2)
        assert numbers.min() > -124 and numbers.max() < 1024


def test_the_package_animates_it_and_accepts_its_strokes(made, visit, hanzi_writer, tmp_path):  # noqa: F811
    path = tmp_path / "quiz.html"
    path.write_text(PAGE % (hanzi_writer, json.dumps(made)), encoding="utf-8")
    page = visit(path, viewport={"width": 320, "height": 320})
    page.evaluate("writer.animateCharacter({onComplete: () => { seen.animated = true; }})")
    page.wait_for_function("seen.animated")
    page.evaluate(
        "writer.quiz({onMistake: () => { seen.wrong += 1; }, onCorrectStroke: s => seen.correct.push(s.strokeNum),"
        " onComplete: () => { seen.done = true; }})"
    )
    corner = page.locator("#target svg").bounding_box()

    def draw(points):
        places = [(corner["x"] + x, corner["y"] + y) for x, y in (on_page(*point) for point in points)]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=5)
        page.mouse.up()

    draw(made["medians"][1])  # the control: the second stroke first
    page.wait_for_function("seen.wrong == 1")
    for i, median in enumerate(made["medians"]):
        draw(median)
        page.wait_for_function(f"seen.correct.length == {i + 1}")
    page.wait_for_function("seen.done")
    assert page.evaluate("seen.correct") == [0, 1, 2, 3] and page.evaluate("seen.wrong") == 1
