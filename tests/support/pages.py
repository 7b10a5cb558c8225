"""The page with a small net, for tests, and what they do on it."""

from pipeline.net.model import WritingNet
from pipeline.seeds import generator

DATA = {"scale": 15.0, "width": 109.0, "height": 109.0, "licence": "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"}
SAMPLE = {"pen_temperature": 1.0, "mixture_temperature": 0.5, "width_temperature": 0.5, "max_steps": 40,
          "min_size": 1.0, "min_strokes": 1, "max_strokes": 30, "margin": 1e4}  # fmt: skip
FINISHED = "document.querySelectorAll('#sheet .cell').length && !document.querySelector('#sheet .cell[disabled]')"
FIRST = "#sheet .cell >> nth=0"


def small(model_params, **changes):
    """A net that is told nothing, and its configuration."""
    net = WritingNet(model_params(**{"described": False, "exemplars": False, **changes}), generator(1, 2)).eval()
    return net, {"data": DATA, "pen_weights": [0.3, 1.0, 3.0], "sample": SAMPLE}


def opened(visit, place, hosts=(), hash="#seed=7", **options):
    """The page once its sheet is written."""
    page = visit(place.resolve().as_uri() + hash if not isinstance(place, str) else place + hash, hosts, **options)
    page.wait_for_function(FINISHED)
    return page


def stroke(page, points):
    """Drawn on the pad with the mouse; points in shares of its sides."""
    box = page.locator("#pad").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=9)
    page.mouse.up()


def steps_of(page, what="sheet"):
    return page.evaluate(f"Object.values(fakeKanji.state().{what}).map((c) => c.steps)")
