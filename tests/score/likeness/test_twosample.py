"""The two-sample test: blind where there is nothing to see, sharp where there is; its interval against oracles."""

import numpy as np
import pytest

from pipeline.score.likeness import twosample
from pipeline.score.likeness.twosample import TwoSampleError


def normal(seed, count, features=12, away=0.0):
    return np.random.default_rng(seed).normal(away, 1, (count, features))


def tell(real, generated, seed=1):
    return twosample.tell(real, generated, np.random.default_rng(seed))


@pytest.mark.parametrize("ties", [False, True])
def test_the_area_is_the_share_of_pairs_in_order(ties):
    source = np.random.default_rng(0)
    positive, negative = source.normal(0.5, 1, 37), source.normal(0, 1, 23)
    if ties:
        positive, negative = positive.round(), negative.round()
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    assert twosample.delong(positive, negative)[0] == pytest.approx(np.mean(pairs))


def test_the_variance_is_that_of_areas_of_new_scores():
    source = np.random.default_rng(1)
    drawn = [twosample.delong(source.normal(1, 1, 60), source.normal(0, 2, 40)) for _ in range(2000)]
    areas, variances = np.array(drawn).T
    assert variances.mean() == pytest.approx(areas.var(), rel=0.1)


def test_nothing_to_tell_is_one_half_and_the_interval_covers_it():
    told = [tell(normal(seed, 100), normal(1000 + seed, 100), seed) for seed in range(60)]
    assert np.mean([one.auc for one in told]) == pytest.approx(0.5, abs=0.025)
    assert np.mean([one.low <= 0.5 <= one.high for one in told]) > 0.85


def test_what_differs_is_told_and_the_odd_ones_are_least_believed():
    real, generated = normal(1, 150), np.concatenate((normal(2, 75), normal(3, 75, away=1.5)))
    told = tell(real, generated)
    assert told.low > 0.6
    assert told.generated[75:].mean() < told.generated[:75].mean() - 0.2
    assert told.real.shape == (150,) and told.generated.shape == (150,)
    far = tell(real, normal(4, 150, away=3))
    assert far.auc > 0.999 and far.high <= 1 and far.low > told.auc


def test_the_numbers_of_each_kind_do_not_decide_what_is_believed():
    told = tell(normal(1, 300), normal(2, 60))
    assert told.generated.mean() == pytest.approx(0.5, abs=0.1)


def test_no_drawing_is_judged_by_who_has_seen_it():
    """With more features than drawings a classifier knows each one it has learnt; unseen ones it cannot tell."""
    told = tell(normal(1, 100, features=600), normal(2, 100, features=600))
    assert told.low < 0.5 < told.high


def test_the_seed_decides():
    real, generated = normal(1, 60), normal(2, 60)
    one, again, other = (tell(real, generated, seed) for seed in (1, 1, 2))
    assert one.auc == again.auc != other.auc
    np.testing.assert_array_equal(one.generated, again.generated)


def test_too_few_or_no_numbers_are_refused():
    with pytest.raises(TwoSampleError, match="needs 20 drawings .* 30 real and 19 generated"):
        tell(normal(1, 30), normal(2, 19))
    with pytest.raises(TwoSampleError, match="finite"):
        tell(normal(1, 30), np.full((30, 12), np.inf))
