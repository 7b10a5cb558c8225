"""Sheets of scored samples: beside their nearest training character; the most and the least believed ones."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline import drawing, render
from pipeline.score.material import Material


def nearest_sheet(material: Material, nearest: pd.DataFrame, columns: int, rows: int) -> str:
    """The first accepted samples, not picked, each beside its nearest training character, as an SVG document."""
    box, unit = (material.data["width"], material.data["height"]), drawing.unit(material.data["scale"])
    accepted, cells, labels = material.accepted, [], []
    for i, pair in enumerate(nearest.head(columns * rows).to_dict("records")):
        cells += [accepted[i], material.real[pair["nearest"]] * unit]
        labels += [pair["id"], f"{pair['nearest_id']}  {pair['distance']:.3f}{' copy' if pair['copy'] else ''}"]
    return render.sheet_svg(cells, *box, 2 * columns, labels, credit=material.credit, group=2)


def believed_sheet(material: Material, believed: NDArray[np.float64], columns: int, rows: int) -> str:
    """The accepted samples that a classifier found most real, half of the rows, and under an empty row those that it
    found least real, the least last; each with its score. Without scores the sheet is empty."""
    order = np.argsort(-believed, kind="stable")[: np.count_nonzero(~np.isnan(believed))]
    half = min(columns * max(1, rows // 2), len(order) // 2)
    blank = -half % columns + columns  # to the end of the row, and one more
    shown = [*order[:half], *[None] * blank, *order[len(order) - half :]]
    accepted, ids = material.accepted, material.accepted.index["id"]
    cells = [None if i is None else accepted[i] for i in shown]
    labels = ["" if i is None else f"{ids[i]}  {believed[i]:.2f}" for i in shown]
    return render.sheet_svg(
        cells, material.data["width"], material.data["height"], columns, labels, credit=material.credit
    )
