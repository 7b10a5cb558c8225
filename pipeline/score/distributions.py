"""What drawings are like in numbers anyone can check: strokes, steps, width, height; and how far two sets are apart."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance

from pipeline.dataset import DrawingSet
from pipeline.drawing import positions

MEASURES = ("strokes", "steps", "width", "height")
REACH = 1.25  # a histogram ends at this multiple of the reference's largest value; its last bin takes the rest
BINS = 40


def measures(drawings: DrawingSet, scale: float = 1.0) -> pd.DataFrame:
    """A row a drawing: strokes, steps, and the width and height of what is drawn, times `scale`."""
    boxes = [np.ptp(positions(steps, 0.0, 0.0), axis=0) * scale for steps in drawings]
    width, height = np.array(boxes, np.float64).reshape(-1, 2).T
    strokes = drawings.index["strokes"].to_numpy(np.int64)
    return pd.DataFrame({"strokes": strokes, "steps": drawings.lengths(), "width": width, "height": height})


def one_form(index: pd.DataFrame) -> NDArray[np.bool_]:
    """(B,) true for one drawing a code point, the plain form if there is one, and for all without a code point (-1).

    Variants of a character are nearly copies of it; with them a set of real drawings is less diverse than it seems.
    """
    form = pd.DataFrame({"code_point": index["code_point"].to_numpy(), "variant": index["variant"].to_numpy() != ""})
    again = form.sort_values("variant", kind="stable").duplicated("code_point").sort_index().to_numpy()
    return ~again | (form["code_point"] < 0).to_numpy()


def distances(ours: pd.DataFrame, theirs: pd.DataFrame) -> dict[str, float]:
    """Wasserstein distance of each measure, in its own unit: how far the values must be moved on average."""
    return {name: float(wasserstein_distance(ours[name], theirs[name])) for name in MEASURES}


def histogram(sets: Mapping[str, NDArray], reference: NDArray, whole_numbers: bool = False) -> pd.DataFrame:
    """Shares of each set's values in bins from 0 to a little above the reference's largest: value (middle of the bin,
    or the number itself) and a column a set, at least two bins. The bins depend on the reference alone, so that
    configurations compare; where all of it is 0 they end at 1."""
    reach = REACH * float(np.max(reference)) or 1.0
    edges = np.arange(0.5, max(reach, 2.0) + 1) if whole_numbers else np.linspace(0, reach, BINS + 1)
    table = pd.DataFrame({"value": (edges[:-1] + edges[1:]) / 2})
    for name, values in sets.items():
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        table[name] = counts / max(len(values), 1)
    return table
