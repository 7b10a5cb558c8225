"""Distances between sets against closed forms and plain loops."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.score.likeness import fidelity
from pipeline.score.likeness.fidelity import FidelityError, K

SCORES = ("precision", "recall", "density", "coverage")


def clouds(seed, real=80, generated=60, features=5, away=0.5):
    source = np.random.default_rng(seed)
    mix = source.normal(size=(features, features))
    return source.normal(size=(real, features)), source.normal(size=(generated, features)) @ mix + away


def by_the_book(real, generated):
    """The definitions, loop by loop."""

    def far(a, b):
        return float(np.sqrt(((a - b) ** 2).sum()))

    def reach(those):
        return [sorted(far(a, b) for j, b in enumerate(those) if j != i)[K - 1] for i, a in enumerate(those)]

    ours, theirs = reach(real), reach(generated)
    precise = [any(far(g, r) <= d for r, d in zip(real, ours, strict=True)) for g in generated]
    recalled = [any(far(g, r) <= d for g, d in zip(generated, theirs, strict=True)) for r in real]
    balls = [sum(far(g, r) <= d for r, d in zip(real, ours, strict=True)) for g in generated]
    covered = [any(far(g, r) <= d for g in generated) for r, d in zip(real, ours, strict=True)]
    return np.mean(precise), np.mean(recalled), np.mean(balls) / K, np.mean(covered)


@pytest.mark.parametrize("seed", range(4))
def test_frechet_is_the_closed_form(seed):
    real, generated = clouds(seed)
    one, other = np.cov(real.T), np.cov(generated.T)
    root = scipy.linalg.sqrtm(one @ other)
    expected = ((real.mean(0) - generated.mean(0)) ** 2).sum() + np.trace(one + other - 2 * root.real)
    assert fidelity.frechet(real, generated) == pytest.approx(expected, rel=1e-9)


def test_frechet_where_covariances_have_no_full_rank():
    real, generated = clouds(0, real=12, generated=12, features=30)
    flat = fidelity.frechet(real, real + np.eye(30)[0])
    assert flat == pytest.approx(1, abs=1e-6)  # only the mean has moved
    assert fidelity.frechet(real, generated) == pytest.approx(fidelity.frechet(generated, real), rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_manifolds_are_the_definitions(seed):
    real, generated = clouds(seed, real=40, generated=30, features=3)
    found = fidelity.manifold(real, generated)
    np.testing.assert_allclose([found[name] for name in SCORES], by_the_book(real, generated))


def test_the_same_set_and_a_far_one():
    real, _ = clouds(1)
    same, far = fidelity.manifold(real, real), fidelity.manifold(real, real + 1e3)
    assert [same[name] for name in SCORES if name != "density"] == [1, 1, 1]
    assert list(far.values()) == [0, 0, 0, 0]
    assert fidelity.frechet(real, real) == pytest.approx(0, abs=1e-9)


def test_one_drawing_many_times_is_precise_and_recalls_nothing():
    real, _ = clouds(2)
    found = fidelity.manifold(real, np.repeat(real[:1], len(real), axis=0))
    assert found["precision"] == 1
    assert found["recall"] == pytest.approx(1 / len(real))  # itself
    assert found["coverage"] < 0.2


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), weight=st.integers(2, 4))
def test_weights_are_repeats(seed, weight):
    """A drawing of weight w counts as w drawings, as far as the balls, which stay, go."""
    real, generated = clouds(seed, 12, 9, 2)
    ours, theirs = np.ones(12), np.ones(9)
    ours[:3], theirs[:2] = weight, weight
    twice = np.repeat(real, ours.astype(int), axis=0), np.repeat(generated, theirs.astype(int), axis=0)
    found = fidelity._frechet_resampled(real, generated, ours[None], theirs[None])[0]
    assert found == pytest.approx(fidelity.frechet(*twice), rel=1e-7)
    balls = fidelity._Balls.of(real, generated)
    inside = balls.in_real[:, np.repeat(np.arange(9), theirs.astype(int))]
    density = np.average(inside, axis=0, weights=ours) * 12 / K
    expected = density.mean() * ours.sum() / 12
    assert balls.scores(ours[None], theirs[None])["density"][0] == pytest.approx(expected)


def test_the_interval_is_as_wide_as_new_sets_differ():
    """The bootstrap's spread against that of the score over sets drawn anew."""
    source = np.random.default_rng(5)

    def draw():
        return source.normal(size=(100, 3)), source.normal(size=(100, 3)) * 1.3 + 0.7

    anew = [{"frechet": fidelity.frechet(*pair), **fidelity.manifold(*pair)} for pair in (draw() for _ in range(60))]
    found = [fidelity.compare(*draw(), 100, source) for _ in range(10)]
    for name in ("frechet", "precision", "density", "recall"):
        wide = np.mean([one[name].high - one[name].low for one in found]) / (2 * 1.96)
        assert 0.6 < wide / np.std([one[name] for one in anew]) < 1.8, name


def test_estimates_lie_in_their_intervals_and_the_seed_decides():
    pair = clouds(3)
    one, again, other = (fidelity.compare(*pair, 100, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == again and one != other
    for name in fidelity.NAMES:
        assert 0 <= one[name].low <= one[name].value <= one[name].high
        assert one[name].value == other[name].value


def test_blocks_do_not_matter(monkeypatch):
    pair = clouds(4)
    whole = fidelity.compare(*pair, 60, np.random.default_rng(1))
    monkeypatch.setattr(fidelity, "BLOCK", 7)
    for name, found in fidelity.compare(*pair, 60, np.random.default_rng(1)).items():
        assert (found.value, found.low, found.high) == pytest.approx(
            (whole[name].value, whole[name].low, whole[name].high)
        )


def test_sets_are_cut_to_the_smallest():
    one, other = clouds(0, 30, 20)
    cut = fidelity.equal([one, other], np.random.default_rng(1))
    assert [len(part) for part in cut] == [20, 20]
    assert {row.tobytes() for row in cut[0]} < {row.tobytes() for row in one}
    np.testing.assert_array_equal(cut[1], other)
    with pytest.raises(FidelityError, match=r"needs 6 drawings in each, the smallest has 3; raise sample\.count"):
        fidelity.equal([one, other[:3]], np.random.default_rng(1))


def test_what_is_no_number_is_refused():
    one, other = clouds(0)
    other[3, 2] = np.nan
    with pytest.raises(FidelityError, match="finite"):
        fidelity.compare(one, other, 100, np.random.default_rng(1))
