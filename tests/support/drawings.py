"""Small drawings, and the sizes and inputs of small nets."""

import numpy as np

from pipeline import drawing

FREE = {"described": False, "exemplars": False}  # the post's net, that is never told anything
SMALL_MODEL = {"layers": 2, "hidden_size": 16, "mixtures": 3, **FREE}


def scribble(source: np.random.Generator, strokes: int, points: int) -> drawing.Steps:
    """A drawing of random short strokes in a 109 x 109 box."""
    starts = source.uniform(20, 90, (strokes, 1, 2))
    walks = starts + source.normal(0, 6, (strokes, points, 2)).cumsum(axis=1)
    return drawing.from_strokes(list(walks), 109, 109)
