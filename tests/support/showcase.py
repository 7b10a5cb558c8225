"""A small gallery with what a page may meet: rejected samples, names that try to break it, missing numbers."""

import numpy as np
import pandas as pd
import torch

from pipeline.forecast import density
from pipeline.net.model import WritingNet
from pipeline.score.gallery.charts import Chart, Series
from pipeline.score.gallery.exhibits import Column, Film, Gallery, Headline, Neighbour, Part
from tests.support.drawings import scribble

NASTY = "</script><script>alert(1)</script><b onclick=\"x\" title='y'>&amp;\u2028"
COUNT = 200


def showcase(model_params, **changes) -> Gallery:
    rng = np.random.default_rng(11)
    samples = [scribble(rng, 2 + i % 7, int(rng.integers(2, 5))) for i in range(COUNT)]
    samples[1] = scribble(rng, 3, 1)  # dots
    real = [scribble(rng, 4, 3) for _ in range(3)]
    distance = rng.uniform(0.01, 0.4, COUNT)
    distance[5] = np.nan
    reasons = ["" if i % 10 else ("too_small" if i % 20 else "unfinished") for i in range(COUNT)]
    numbers = pd.DataFrame(
        {
            "id": [f"{i:04d}" for i in range(COUNT)],
            "accepted": [not reason for reason in reasons],
            "reason": reasons,
            "strokes": [2 + i % 7 for i in range(COUNT)],
            "distance": distance,
            "copy": distance < 0.05,
            "remark": [NASTY if i == 3 else "" for i in range(COUNT)],
        }
    )
    net = WritingNet(model_params(), torch.Generator().manual_seed(0)).eval()
    films = [
        Film(label, density.foresee(net, samples[i], 15, 109, 109, [1, 1, 1])) for label, i in (("a", 4), (NASTY, 8))
    ]
    values = {
        "title": "A gallery",
        "width": 109.0,
        "height": 109.0,
        "samples": samples,
        "numbers": numbers,
        "columns": {"distance": Column("distance to nearest", "small is a copy")},
        "parts": [[Part("氵", 0, 0), Part("口", 1, 1)] if i % 8 == 1 else [] for i in range(COUNT)],
        "nearest": [
            None if i % 10 == 0 else Neighbour(f"r{i % 3}", "漢字木"[i % 3], real[i % 3]) for i in range(COUNT)
        ],
        "headlines": [
            Headline("Nats a step", -3.496, "Lower is better.", low=-3.552, high=-3.442, better="lower"),
            Headline("Copies", 0.0025, "Share.", floor=0.01, percent=True),
            Headline("Frechet distance", 151.2, "Far from it.", floor=77.0),
        ],
        "charts": [
            Chart("Strokes", bins(), "value", [Series("held_out", "real", "area", "real")], "strokes", "share"),
        ],
        "films": films,
        "parameters": {"model": {"cell": "lstm", "note": NASTY}},
        "credit": "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0",
    }
    return Gallery(**{**values, **changes})


def bins() -> pd.DataFrame:
    return pd.DataFrame({"value": [1, 2, 3, 4], "held_out": [0.1, 0.5, 0.3, 0.1]})
