"""Likelihood against torch.distributions in float64; calibration against data that are calibrated by construction."""

import math

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import torch
from torch import distributions

from pipeline import dataset
from pipeline.forecast import likelihood
from pipeline.forecast.likelihood import Forecast
from pipeline.net.model import ModelParams, WritingNet
from pipeline.seeds import generator

K, WEIGHTS, SCALE = 3, [1.0, 10.0, 100.0], 15.0


def a_net(cell="lstm"):
    options = ModelParams(
        cell=cell,
        layers=2,
        hidden_size=8,
        mixtures=K,
        position_input=True,
        described=False,
        exemplars=False,
        dropout=0.5,
        dropout_per="step",
    )
    return WritingNet(options, generator(1)).eval()


def a_set(lengths, folder, seed=0):
    """Drawings of random steps, some strokes of one point among them."""
    rng = np.random.default_rng(seed)
    drawings = []
    for n in lengths:
        steps = np.zeros((n, 3), np.float32)
        steps[:, :2] = rng.normal(size=(n, 2))
        steps[:, 2] = rng.random(n) < 0.3
        steps[-1, 2] = 2
        drawings.append(steps)
    dataset.save(folder, drawings, pd.DataFrame({"id": [f"{i}" for i in range(len(lengths))]}))
    return dataset.load(folder)


def mixture_of(raw, unit=1.0):
    """The mixture of one step's 6 K + 3 outputs, in float64, with the net's units times `unit`."""
    weight, mx, my, sx, sy, r = raw[: 6 * K].double().reshape(6, K)
    sx, sy, rho = sx.exp() * unit, sy.exp() * unit, torch.tanh(r)
    covariance = torch.stack((sx**2, rho * sx * sy, rho * sx * sy, sy**2), -1).reshape(K, 2, 2)
    means = torch.stack((mx, my), -1) * unit
    return distributions.MixtureSameFamily(
        distributions.Categorical(logits=weight), distributions.MultivariateNormal(means, covariance)
    )


def by_hand(net, drawings, unit=1.0):
    """One drawing and one step at a time: (N, 3) of offset, pen with the weights divided out, pen as trained."""
    rows, weights = [], torch.tensor(WEIGHTS, dtype=torch.float64)
    for steps in drawings:
        state, previous = net.start(1), net.first_step(1)
        for step in torch.as_tensor(np.array(steps)):
            with torch.no_grad():
                raw, state = net.step(previous, state)
            trained = torch.softmax(raw[0, 6 * K :].double(), -1)
            divided = (trained / weights) / (trained / weights).sum()
            pen = int(step[2])
            density = mixture_of(raw[0], unit).log_prob(step[:2].double() * unit)
            rows.append((-density.item(), -math.log(divided[pen]), -math.log(trained[pen])))
            previous = step.unsqueeze(0)
    return np.array(rows)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_forecast_is_what_a_walk_through_each_drawing_gives(tmp_path, cell):
    net, drawings = a_net(cell), a_set([5, 1, 9, 5, 2, 12], tmp_path)
    found, hand = likelihood.forecast(net, drawings, WEIGHTS), by_hand(net, drawings)
    np.testing.assert_allclose(np.stack((found.offset, found.pen, found.pen_trained), -1), hand, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(found.state, drawings.points[:, 2])
    np.testing.assert_array_equal(found.lengths, [5, 1, 9, 5, 2, 12])
    taken = np.take_along_axis(found.probability, found.state[:, None], axis=1)[:, 0]
    np.testing.assert_allclose(-np.log(taken), found.pen, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.probability.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(found.probability_trained.sum(axis=1), 1, rtol=1e-6)


def test_the_size_of_a_minibatch_does_not_matter(tmp_path, monkeypatch):
    net, drawings = a_net(), a_set([5, 1, 9, 5, 2, 12, 40, 3], tmp_path)
    whole = likelihood.forecast(net, drawings, WEIGHTS)
    monkeypatch.setattr(likelihood, "ROWS", 2)
    seen = []
    pairs = likelihood.forecast(net, drawings, WEIGHTS, lambda items: [seen.append(1) or item for item in items])
    assert len(seen) == 4
    np.testing.assert_allclose(pairs.offset, whole.offset, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(pairs.probability, whole.probability, rtol=1e-5, atol=1e-7)


def test_summary_is_means_over_steps_and_over_drawings(tmp_path):
    net, drawings = a_net(), a_set([5, 1, 9], tmp_path)
    found, hand = likelihood.summary(likelihood.forecast(net, drawings, WEIGHTS), SCALE), by_hand(net, drawings)
    assert found["offset"] == pytest.approx(hand[:, 0].mean(), rel=1e-5)
    assert found["pen"] == pytest.approx(hand[:, 1].mean(), rel=1e-5)
    assert found["pen_as_trained"] == pytest.approx(hand[:, 2].mean(), rel=1e-5)
    assert found["nats_per_step"] == pytest.approx(hand[:, :2].sum() / 15, rel=1e-5)
    assert found["nats_per_character"] == pytest.approx(hand[:, :2].sum() / 3, rel=1e-5)
    # the density of the same steps in the units of the data, from Gaussians in those units
    source = by_hand(net, drawings, SCALE)
    assert found["nats_per_step_source_units"] == pytest.approx(source[:, :2].sum() / 15, rel=1e-5)


def test_weights_that_are_not_finite_are_an_error(tmp_path):
    net, drawings = a_net(), a_set([5, 3], tmp_path)
    with torch.no_grad():
        net.head.bias[0] = math.nan
    with pytest.raises(likelihood.LikelihoodError, match=r"not finite.*lower train\.learning_rate"):
        likelihood.forecast(net, drawings, WEIGHTS)


def a_forecast(totals, lengths):
    """Drawings whose steps share their total equally."""
    steps = np.repeat(np.asarray(totals, np.float64) / lengths, lengths)
    empty = np.zeros((len(steps), 3))
    return Forecast(steps, 0 * steps, 0 * steps, empty, empty, np.zeros(len(steps), np.int64), np.asarray(lengths))


def test_interval_is_the_percentile_bootstrap_over_drawings():
    rng = np.random.default_rng(0)
    lengths = rng.integers(10, 90, 150)
    totals = lengths * rng.normal(-2, 1, 150)
    low, high = likelihood.interval(a_forecast(totals, lengths), 4000, np.random.default_rng(1))
    oracle = scipy.stats.bootstrap(
        (totals, lengths), lambda t, n, axis: t.sum(axis) / n.sum(axis), paired=True, vectorized=True,
        n_resamples=4000, method="percentile", rng=np.random.default_rng(2),
    ).confidence_interval  # fmt: skip
    assert (low, high) == pytest.approx((oracle.low, oracle.high), abs=0.1 * (oracle.high - oracle.low))
    assert (low, high) == likelihood.interval(a_forecast(totals, lengths), 4000, np.random.default_rng(1))
    assert low < totals.sum() / lengths.sum() < high


def test_interval_of_equal_drawings_has_no_width():
    assert likelihood.interval(a_forecast([-6, -6, -6], [3, 3, 3]), 100, np.random.default_rng(0)) == (-2, -2)


# ---- calibration


def pen_of_a_good_net(steps, seed=0):
    """True probabilities of the three pen states, mostly near certain as a trained net's are, and what happened."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, (steps, 3)) + np.log([0.78, 0.2, 0.02])
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    state = (p.cumsum(axis=1) < rng.random((steps, 1))).sum(axis=1)
    return p, state


@pytest.mark.parametrize("state", [1, 2])
def test_true_probabilities_have_the_error_of_chance_and_weighted_ones_do_not(state):
    p, happened = pen_of_a_good_net(60_000)
    weighted = p * WEIGHTS / (p * WEIGHTS).sum(axis=1, keepdims=True)
    table = likelihood.reliability(p[:, state], happened == state, 20)
    floor = likelihood.calibration_floor(table)
    assert likelihood.calibration_error(table) < 2 * floor < 0.01
    # the control that must fail: the pen as it is learnt under the weights
    distorted = likelihood.reliability(weighted[:, state], happened == state, 20)
    assert likelihood.calibration_error(distorted) > 10 * floor


def test_floor_is_the_mean_error_of_many_calibrated_worlds():
    p, _ = pen_of_a_good_net(5_000)
    rng = np.random.default_rng(3)
    tables = [likelihood.reliability(p[:, 1], rng.random(len(p)) < p[:, 1], 15) for _ in range(200)]
    mean = np.mean([likelihood.calibration_error(table) for table in tables])
    assert likelihood.calibration_floor(tables[0]) == pytest.approx(mean, rel=0.1)


def test_bins_hold_every_step_once_and_equal_shares_of_the_variance():
    p, state = pen_of_a_good_net(20_000)
    table = likelihood.reliability(p[:, 1], state == 1, 10)
    assert list(table["steps"].index) == list(range(10)) and table["steps"].sum() == len(p)
    assert np.average(table["predicted"], weights=table["steps"]) == pytest.approx(p[:, 1].mean())
    assert np.average(table["observed"], weights=table["steps"]) == pytest.approx((state == 1).mean())
    assert table["predicted"].is_monotonic_increasing
    variance = (table["error"] * table["steps"]) ** 2
    np.testing.assert_allclose(variance, (p[:, 1] * (1 - p[:, 1])).sum() / 10, rtol=0.01)


# probabilities, what happened, bins, expected error
CASES = [
    ([0.25] * 4, [1, 0, 0, 0], 1, 0.0),  # one bin, exactly true
    ([0.9] * 4, [0, 0, 0, 0], 1, 0.9),  # sure and wrong
    ([0.0, 0.0, 1.0, 1.0], [0, 0, 1, 1], 2, 0.0),  # certain and right: no variance at all
    ([0.0, 0.0, 1.0, 1.0], [1, 1, 0, 0], 2, 1.0),  # certain and wrong
    ([0.3], [1], 20, 0.7),  # fewer steps than bins
]


@pytest.mark.parametrize("p, happened, bins, error", CASES)
def test_small_tables(p, happened, bins, error):
    table = likelihood.reliability(np.array(p), np.array(happened, bool), bins)
    assert likelihood.calibration_error(table) == pytest.approx(error)
    assert np.isfinite(table.to_numpy()).all()
