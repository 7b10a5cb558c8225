"""Where the pen may go next, against torch.distributions, the net's own steps and the training's likelihood."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from pipeline import drawing
from pipeline.forecast import density
from pipeline.forecast.density import Density
from pipeline.net import loss
from pipeline.net.model import WritingNet
from pipeline.sample import sampler
from tests.support.drawings import scribble

SCALE, WEIGHTS = 15.0, [0.3, 1.0, 3.0]


@pytest.fixture(params=[True, False], ids=["with position", "without"])
def net(request, model_params):
    return WritingNet(model_params(position_input=request.param), torch.Generator().manual_seed(3)).eval()


@pytest.fixture
def steps():
    return scribble(np.random.default_rng(5), 4, 5)


def told(net, steps) -> Density:
    return density.foresee(net, steps, SCALE, 109, 109, WEIGHTS)


def one(weights, means, sigmas, rho) -> Density:
    """A density of one step by hand."""
    arrays = [np.array([part], np.float64) for part in (weights, means, sigmas, rho)]
    steps = np.array([[0, 0, 2]], np.float32)
    return Density(steps, 109, 109, drawing.positions(steps, 109, 109), *arrays, np.array([[0.5, 0.25, 0.25]]))


def test_the_likelihood_of_each_point_is_the_loss_s(net, steps):
    """In the box's units the density is that of the net's units over scale squared."""
    found = told(net, steps)
    scaled = torch.as_tensor(steps / np.array([SCALE, SCALE, 1], np.float32))
    previous = torch.cat((net.first_step(1), scaled[:-1])).unsqueeze(1)
    raw = net(previous, torch.ones(len(steps), 1, dtype=torch.bool)).detach()
    losses = loss.step_losses(raw, scaled[:, :2], scaled[:, 2].long(), torch.tensor(WEIGHTS))
    ours = [-found.log_density(i, found.points[i : i + 1])[0] - 2 * np.log(SCALE) for i in range(len(steps))]
    np.testing.assert_allclose(ours, losses.offset.numpy(), atol=1e-4)
    np.testing.assert_allclose(
        -np.log(found.pen[range(len(steps)), steps[:, 2].astype(int)]), losses.pen.numpy(), atol=1e-5
    )


def test_it_is_what_the_net_foresees_writing_step_by_step(net, steps):
    found, state, previous = told(net, steps), net.start(1), net.first_step(1)
    place = np.array([54.5, 54.5])
    for i, step in enumerate(steps):
        raw, state = net.step(previous, state)
        means = raw[0, 3:9].detach().reshape(2, 3).T.numpy()  # K = 3: blocks 1 and 2 are mean x and mean y
        np.testing.assert_allclose(found.means[i], place + SCALE * means, atol=1e-3)
        place = place + step[:2]
        previous = torch.tensor([[*(step[:2] / SCALE), step[2]]])


def test_the_density_agrees_with_torch_distributions():
    rng = np.random.default_rng(0)
    k = 6
    found = one(
        rng.dirichlet(np.ones(k)), rng.uniform(0, 109, (k, 2)), rng.uniform(1, 20, (k, 2)), rng.uniform(-1, 1, k)
    )
    normals = MultivariateNormal(torch.tensor(found.means[0]), covariance_matrix=torch.tensor(found.covariances()[0]))
    oracle = MixtureSameFamily(Categorical(torch.tensor(found.weights[0])), normals)
    points = rng.uniform(0, 109, (50, 2))
    np.testing.assert_allclose(found.log_density(0, points), oracle.log_prob(torch.tensor(points)).numpy(), rtol=1e-9)
    mirrored = one(found.weights[0], found.means[0], found.sigmas[0], -found.rho[0])
    assert not np.allclose(mirrored.log_density(0, points), found.log_density(0, points), rtol=0.01)  # the control


@given(st.floats(0.01, 50), st.floats(0.01, 50), st.floats(-0.999, 0.999), st.floats(0, 2 * np.pi), st.floats(0.5, 3))
def test_points_of_an_ellipse_are_so_many_standard_deviations_away(sx, sy, rho, turn, sigma):
    found = one([1.0], [(40.0, 60.0)], [(sx, sy)], [rho])
    (longer, shorter), angle = found.ellipses()[0][0, 0], np.radians(found.ellipses()[1][0, 0])
    assert longer >= shorter and -90 <= found.ellipses()[1][0, 0] <= 90
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    offset = sigma * (longer * np.cos(turn) * along + shorter * np.sin(turn) * across)
    distance = np.sqrt(offset @ np.linalg.solve(found.covariances()[0, 0], offset))
    assert distance == pytest.approx(sigma, rel=1e-3)


def test_chances_and_weights_are_shares(net, steps):
    found = told(net, steps)
    np.testing.assert_allclose(found.pen.sum(-1), 1, atol=1e-6)
    np.testing.assert_allclose(found.weights.sum(-1), 1, atol=1e-6)
    assert len(found) == len(steps) and found.sigmas.min() > 0


def test_a_drawing_that_did_not_end_has_a_density_too(net, steps):
    open_ended = steps[:-1].copy()
    np.testing.assert_allclose(told(net, open_ended).means, told(net, steps).means[:-1], atol=1e-3)
    assert not sampler.has_ended(open_ended)


@pytest.mark.parametrize("bad", [np.zeros((0, 3)), np.zeros((4, 2)), np.full((3, 3), np.nan)])
def test_what_is_no_drawing_is_refused(net, bad):
    with pytest.raises(density.DensityError, match=r"\(n, 3\) finite steps"):
        told(net, bad.astype(np.float32))


def test_a_net_that_gives_no_numbers_is_named(net, steps):
    with torch.no_grad():
        net.head.bias[0] = float("nan")
    with pytest.raises(density.DensityError, match="learning_rate"):
        told(net, steps)
