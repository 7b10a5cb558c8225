"""The net: writing step by step is training's forward pass; state; dropout; sizes."""

import pytest
import torch

from pipeline.batch.minibatches import Rows
from pipeline.net.model import WritingNet, copied
from pipeline.seeds import generator


@pytest.fixture
def minibatch(scribbles):
    return Rows.of(scribbles).gather(torch.tensor([1, 5, 9, 30]))


def make(options) -> WritingNet:
    return WritingNet(options, generator(1))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("position_input", [True, False])
def test_step_by_step_equals_forward(minibatch, model_params, cell, position_input):
    net = make(model_params(cell=cell, position_input=position_input))
    previous, _, keep = minibatch
    everywhere = torch.ones_like(keep)
    expected = net(previous, everywhere).unflatten(0, keep.shape)  # (T B, out) -> (T, B, out)
    state = net.start(previous.shape[1])
    for t, step in enumerate(previous):
        raw, state = net.step(step, state)
        torch.testing.assert_close(raw, expected[t], rtol=1e-4, atol=1e-5)


def test_padding_and_neighbours_change_nothing(minibatch, model_params):
    net = make(model_params())
    previous, _, keep = minibatch
    together = net(previous, keep)
    order = keep.nonzero()[:, 1]
    for column in range(previous.shape[1]):
        length = int(keep[:, column].sum())
        alone = net(previous[:length, column : column + 1], keep[:length, column : column + 1])
        torch.testing.assert_close(together[order == column], alone, rtol=1e-4, atol=1e-5)


def test_position_inputs_are_sums_of_the_offsets(model_params):
    net = make(model_params(position_input=True))
    # first point, second of the stroke (end), first of the next stroke, its second
    previous = torch.tensor([[0, 0, 2.0], [1, 2, 0], [3, 0, 1], [0, 5, 0], [1, 1, 0]]).unsqueeze(1)
    features = net.features(previous)[:, 0]
    assert features[:, 5:7].tolist() == [[0, 0], [1, 2], [4, 2], [4, 7], [5, 8]]
    assert features[:, 7:9].tolist() == [[0, 0], [0, 0], [3, 0], [0, 0], [1, 1]]
    assert features[:, 2:5].argmax(dim=1).tolist() == [2, 0, 1, 0, 0]


def test_state_keeps_the_chosen_drawings(minibatch, model_params):
    net = make(model_params())
    previous, _, _ = minibatch
    state = net.start(4)
    for step in previous[:3]:
        _, state = net.step(step, state)
    chosen = torch.tensor([True, False, True, False])
    full, _ = net.step(previous[3], state)
    part, _ = net.step(previous[3][chosen], state.keep(chosen))
    torch.testing.assert_close(part, full[chosen])


@pytest.mark.parametrize("per", ["step", "drawing"])
def test_dropout_acts_with_a_generator_only_and_comes_from_it(minibatch, model_params, per):
    net = make(model_params(dropout=0.5, dropout_per=per))
    previous, _, keep = minibatch
    plain = net(previous, keep)
    assert torch.equal(plain, net(previous, keep))
    dropped = net(previous, keep, generator(4))
    assert not torch.allclose(plain, dropped)
    assert torch.equal(dropped, net(previous, keep, generator(4)))
    assert not torch.equal(dropped, net(previous, keep, generator(5)))


def test_dropout_keeps_the_mean(model_params):
    net = make(model_params(dropout=0.2, dropout_per="step"))
    kept = net._drop(torch.ones(200, 50, 16), generator(0))
    assert kept.mean().item() == pytest.approx(1.0, abs=0.01)
    assert (kept == 0).float().mean().item() == pytest.approx(0.2, abs=0.01)


def test_the_post_s_net_has_its_number_of_weights(model_params):
    net = make(model_params(layers=2, hidden_size=256, mixtures=24, position_input=False))
    recurrent = 4 * 256 * (5 + 256 + 2) + 4 * 256 * (256 + 256 + 2)
    assert sum(p.numel() for p in net.parameters()) == recurrent + (256 + 1) * (6 * 24 + 3)


def test_a_copy_is_its_own_and_its_layers_lie_in_one_piece(model_params, monkeypatch):
    """On a GPU cuDNN warns of a copy's layers, and copies their weights at every call, unless they are told."""
    net, flat = make(model_params(described=True)), set()
    monkeypatch.setattr(torch.nn.RNNBase, "flatten_parameters", lambda layer: flat.add(layer))
    copy = copied(net)
    assert copy.describer and flat == {*copy.layers, copy.describer.reader}
    before = [weight.clone() for weight in net.parameters()]
    with torch.no_grad():
        for weight in copy.parameters():
            weight.add_(1)
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
