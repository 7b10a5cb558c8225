"""The mixture density against torch.distributions in float64, its gradient, its limits, and its draws."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from pipeline.net import mixture

K = 5


def oracle(raw: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    logits, mx, my, lsx, lsy, r = raw.chunk(6, dim=-1)
    sx, sy, rho = lsx.exp(), lsy.exp(), torch.tanh(r)
    covariance = torch.stack((sx * sx, rho * sx * sy, rho * sx * sy, sy * sy), dim=-1).unflatten(-1, (2, 2))
    normals = MultivariateNormal(torch.stack((mx, my), dim=-1), covariance_matrix=covariance)
    return -MixtureSameFamily(Categorical(logits=logits), normals).log_prob(offsets)


def draw(n: int = 64, dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    source = torch.Generator().manual_seed(0)
    raw = torch.randn(n, 6 * K, generator=source, dtype=dtype)
    return raw, 3 * torch.randn(n, 2, generator=source, dtype=dtype)


def test_likelihood_and_gradient_agree_with_torch_distributions():
    raw, offsets = draw()
    ours, theirs = raw.clone().requires_grad_(), raw.clone().requires_grad_()
    loss, expected = mixture.negative_log_likelihood(ours, offsets), oracle(theirs, offsets)
    torch.testing.assert_close(loss, expected, rtol=1e-6, atol=0)
    weights = torch.linspace(0.5, 2, len(raw), dtype=torch.float64)
    (loss * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-6, atol=1e-12)


def test_gradient_agrees_with_finite_differences():
    raw, offsets = draw(4)
    assert torch.autograd.gradcheck(lambda x: mixture.negative_log_likelihood(x, offsets), raw.requires_grad_())


def test_a_wrong_correlation_would_be_noticed():
    raw, offsets = draw()
    wrong = raw.clone()
    wrong[:, -K:] *= -1
    assert not torch.allclose(mixture.negative_log_likelihood(wrong, offsets), oracle(raw, offsets), rtol=1e-3)


def test_float32_is_close_to_float64():
    raw, offsets = draw(1000)
    single = mixture.negative_log_likelihood(raw.float(), offsets.float())
    torch.testing.assert_close(single.double(), mixture.negative_log_likelihood(raw, offsets), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("an offset of ten thousand", lambda raw, offsets: offsets.fill_(1e4)),
        ("correlation of nearly one", lambda raw, offsets: raw[:, -K:].fill_(50.0)),
        ("correlation of nearly minus one", lambda raw, offsets: raw[:, -K:].fill_(-50.0)),
        ("vanishing widths", lambda raw, offsets: raw[:, 3 * K : 5 * K].fill_(-80.0)),
        ("huge widths", lambda raw, offsets: raw[:, 3 * K : 5 * K].fill_(80.0)),
        ("all weight on one component", lambda raw, offsets: raw[:, 0].fill_(1e30)),
        ("weights far apart", lambda raw, offsets: raw[:, :K].mul_(1e20)),
    ],
)
def test_loss_and_gradient_stay_finite(name, change):
    raw, offsets = draw(dtype=torch.float32)
    change(raw, offsets)
    raw.requires_grad_()
    loss = mixture.negative_log_likelihood(raw, offsets)
    loss.sum().backward()
    assert torch.isfinite(loss).all(), name
    assert torch.isfinite(raw.grad).all(), name


def test_nearly_full_correlation_is_exact():
    # x = y to within 1e-3: log N along the diagonal, by SciPy in the rotated, uncorrelated axes
    r = 7.0
    rho = np.tanh(r)
    raw = torch.tensor([[0.0, 0, 0, 0, 0, r]], dtype=torch.float64)
    loss = mixture.negative_log_likelihood(raw, torch.tensor([[0.3, 0.3]], dtype=torch.float64))
    along = stats.norm.logpdf(0.3 * 2**0.5, scale=np.sqrt(1 + rho))
    across = stats.norm.logpdf(0.0, scale=np.sqrt(1 - rho))
    assert loss.item() == pytest.approx(-(along + across), rel=1e-9)


def sampled(raw_row: list[float], n: int, mixture_temperature: float = 1.0, width_temperature: float = 1.0):
    raw = torch.tensor([raw_row]).expand(n, -1)
    return mixture.sample(raw, torch.Generator().manual_seed(1), mixture_temperature, width_temperature).numpy()


def test_draws_have_the_component_s_moments():
    drawn = sampled([0.0, 2.0, -1.0, np.log(0.5), np.log(2.0), 0.8], 40_000)
    rho = np.tanh(0.8)
    assert drawn.mean(axis=0) == pytest.approx([2.0, -1.0], abs=0.04)
    assert np.cov(drawn.T) == pytest.approx(np.array([[0.25, rho], [rho, 4.0]]), rel=0.05)
    assert stats.kstest(drawn[:, 0], stats.norm(2.0, 0.5).cdf).pvalue > 0.001
    assert stats.kstest(drawn[:, 0], stats.norm(2.0, 0.6).cdf).pvalue < 1e-6  # the control


def test_components_are_drawn_by_weight_and_temperature():
    # two narrow components at x = 0 and x = 10, weights 1 : 3
    row = [0.0, np.log(3.0), 0, 10, 0, 0, -5, -5, -5, -5, 0, 0]
    for temperature, share in ((1.0, 3 / 4), (0.5, 9 / 10), (1e-3, 1.0)):
        chosen = (sampled(row, 20_000, mixture_temperature=temperature)[:, 0] > 5).mean()
        assert chosen == pytest.approx(share, abs=0.015)


def test_width_temperature_scales_the_variance():
    row = [0.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    assert sampled(row, 20_000, width_temperature=0.25).std(axis=0) == pytest.approx([0.5, 0.5], rel=0.03)
    assert np.array_equal(sampled(row, 3, width_temperature=0.0), np.ones((3, 2), np.float32))
