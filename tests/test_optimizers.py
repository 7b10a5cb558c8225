"""Muon by gates: its direction against the singular value decomposition, and which weights it takes."""

import torch

from pipeline import optimizers
from pipeline.model import WritingNet
from pipeline.seeds import generator


def test_orthogonalised_is_near_the_polar_factor():
    blocks = torch.randn(4, 64, 64, generator=generator(1))
    found = optimizers.orthogonalised(blocks, *optimizers.GateMuon.COEFFICIENTS, optimizers.GateMuon.ITERATIONS)
    u, _, v = torch.linalg.svd(blocks)
    for block, polar in zip(found, u @ v, strict=True):
        values = torch.linalg.svdvals(block)
        assert values.max() < 1.3 and values.median() > 0.6
        cosine = (block * polar).sum() / block.norm() / polar.norm()
        assert cosine > 0.95
        unchanged = (blocks[0] * polar).sum() / blocks[0].norm() / polar.norm()
        assert unchanged < 0.9  # the control: a plain gradient is not that direction


def test_each_gate_is_its_own_matrix():
    weight = torch.nn.Parameter(torch.zeros(4 * 8, 8))
    weight.grad = torch.randn(32, 8, generator=generator(2))
    weight.grad[8:16] *= 1e-3  # one gate's small gradient counts as much as the others'
    optimizers.GateMuon([weight], learning_rate=0.1).step()
    norms = [gate.norm().item() for gate in weight.detach().chunk(4)]
    assert max(norms) < 1.6 * min(norms)


def test_muon_takes_the_recurrent_matrices_and_adam_the_rest(model_params, train_params):
    net = WritingNet(model_params(layers=3), generator(1))
    adam, muon = optimizers.make(net, train_params(optimizer="muon"))
    taken = {id(p) for group in muon.param_groups for p in group["params"]}
    names = {name for name, p in net.named_parameters() if id(p) in taken}
    assert names == {"layers.0.weight_hh_l0"} | {f"layers.{i}.weight_{k}_l0" for i in (1, 2) for k in ("ih", "hh")}
    assert sum(len(group["params"]) for group in adam.param_groups) + 5 == len(list(net.parameters()))
    assert len(optimizers.make(net, train_params(optimizer="adam"))) == 1
