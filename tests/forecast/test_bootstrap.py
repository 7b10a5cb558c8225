"""The bootstrap against SciPy's, which resamples in its own way."""

import numpy as np
import pytest
from scipy import stats

from pipeline.forecast import bootstrap


def test_every_resample_has_as_many_drawings():
    counts = bootstrap.resampled(7, 50, np.random.default_rng(0))
    assert counts.shape == (50, 7) and (counts.sum(axis=1) == 7).all() and counts.max() > 1


def test_the_interval_of_a_ratio_is_scipy_s():
    source = np.random.default_rng(1)
    wholes = source.integers(1, 30, size=80).astype(float)
    parts = wholes * source.random(80)
    found = bootstrap.of_ratio(parts, wholes, 20_000, np.random.default_rng(2))
    expected = stats.bootstrap(
        (parts, wholes),
        lambda parts, wholes, axis: parts.sum(axis=axis) / wholes.sum(axis=axis),
        paired=True,
        method="percentile",
        n_resamples=20_000,
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert found == pytest.approx((expected.low, expected.high), abs=0.003)
    assert found[1] - found[0] > 0.05, "control: the bound is much narrower than the interval"
