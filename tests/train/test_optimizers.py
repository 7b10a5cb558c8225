"""Muon by gates: its direction against the singular value decomposition, and which weights it takes."""

import numpy as np
import pytest
import scipy.optimize
import torch

from pipeline.net.model import WritingNet
from pipeline.seeds import generator
from pipeline.train import optimizers


def test_orthogonalised_is_near_the_polar_factor():
    blocks = torch.randn(4, 64, 64, generator=generator(1))
    found = optimizers.orthogonalised(blocks)
    u, _, v = torch.linalg.svd(blocks)
    for block, polar in zip(found, u @ v, strict=True):
        values = torch.linalg.svdvals(block)
        assert values.max() < 1.55 and values.median() > 0.45  # of bfloat16
        cosine = (block * polar).sum() / block.norm() / polar.norm()
        assert cosine > 0.92
        unchanged = (blocks[0] * polar).sum() / blocks[0].norm() / polar.norm()
        assert unchanged < 0.9  # the control: a plain gradient is not that direction


def test_the_polynomials_are_the_best_of_their_intervals():
    low, high = 0.005, 1.0
    for chosen in optimizers.POLYNOMIALS:
        x = np.geomspace(low, high, 2000)
        powers = np.stack((x, x**3, x**5), axis=1)
        # least e with |1 - p(x)| <= e everywhere: variables a, b, c, e
        bounds = np.block([[powers, -np.ones((2000, 1))], [-powers, -np.ones((2000, 1))]])
        limits = np.repeat((1.0, -1.0), 2000)
        best = scipy.optimize.linprog([0, 0, 0, 1], bounds, limits, bounds=[(None, None)] * 3 + [(0, None)])
        assert chosen == pytest.approx(best.x[:3], abs=1e-3)
        low, high = 1 - best.x[3], 1 + best.x[3]
    assert low > 0.5


def test_each_gate_is_its_own_matrix():
    weight = torch.nn.Parameter(torch.zeros(4 * 8, 8))
    weight.grad = torch.randn(32, 8, generator=generator(2))
    weight.grad[8:16] *= 1e-3  # one gate's small gradient counts as much as the others'
    optimizers.GateMuon([weight], learning_rate=0.1).step()
    norms = [gate.norm().item() for gate in weight.detach().chunk(4)]
    assert max(norms) < 1.6 * min(norms)


def test_decay_shrinks_the_matrix_beside_its_gradient():
    before = torch.randn(16, 16, generator=generator(3))
    moved = []
    for decay in (0.0, 0.5):
        weight = torch.nn.Parameter(before.clone())
        weight.grad = torch.randn(16, 16, generator=generator(4))
        optimizers.GateMuon([weight], learning_rate=0.1, decay=decay).step()
        moved.append(weight.detach())
    assert moved[1] - moved[0] == pytest.approx(-0.1 * 0.5 * before, abs=1e-6)


def test_muon_takes_the_recurrent_matrices_and_adam_the_rest(model_params, train_params):
    net = WritingNet(model_params(layers=3), generator(1))
    adam, muon = optimizers.make(net, train_params(optimizer="muon"))
    taken = {id(p) for group in muon.param_groups for p in group["params"]}
    names = {name for name, p in net.named_parameters() if id(p) in taken}
    assert names == {"layers.0.weight_hh_l0"} | {f"layers.{i}.weight_{k}_l0" for i in (1, 2) for k in ("ih", "hh")}
    assert sum(len(group["params"]) for group in adam.param_groups) + 5 == len(list(net.parameters()))
    assert len(optimizers.make(net, train_params(optimizer="adam"))) == 1
