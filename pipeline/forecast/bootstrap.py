"""How sure a number is that was taken over drawings: whole ones are drawn anew, as what belongs to one goes together.

Shapes: B drawings, N resamples.
"""

import numpy as np
from numpy.typing import NDArray

INTERVAL = (2.5, 97.5)  # percentiles of a 95 % interval


def resampled(drawings: int, resamples: int, source: np.random.Generator) -> NDArray[np.int64]:
    """(N, B): how often each drawing is in each resample."""
    return source.multinomial(drawings, np.full(drawings, 1 / drawings), size=resamples)


def of_ratio(parts: NDArray, wholes: NDArray, resamples: int, source: np.random.Generator) -> tuple[float, float]:
    """95 % interval of sum(parts) / sum(wholes), (B,) each."""
    counts = resampled(len(parts), resamples, source)
    low, high = np.percentile((counts @ parts) / (counts @ wholes), INTERVAL)
    return float(low), float(high)
