"""A net of several hands: the first is told by zeros, the others change what is written, with and without words."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from pipeline.cli import main
from pipeline.describe import exemplars
from pipeline.describe.description import parse
from pipeline.describe.knowledge import Knowledge, UnknownHandError
from pipeline.net import checkpoint, describer
from pipeline.net.model import ModelParams, WritingNet
from pipeline.sample import sampler
from pipeline.seeds import generator
from tests.support.told import DATA, KNOWS, MODEL, PEN_WEIGHTS, a_model

HANDS = replace(KNOWS, hands=("arphic", "own"))


def net_of(hands: int) -> WritingNet:
    return WritingNet(ModelParams(**MODEL), generator(1), KNOWS.vocabulary, hands).eval()


@pytest.fixture
def folder(tmp_path):
    folder = a_model(tmp_path / "model", KNOWS)
    net = net_of(2)
    checkpoint.save_model(folder, net.state_dict(), {"model": MODEL, "data": DATA, "pen_weights": PEN_WEIGHTS})
    HANDS.save(folder)
    return folder


def raw(net, *told):
    previous = torch.randn(7, len(told), 3, generator=generator(2))
    previous[..., 2] = torch.tensor([2, 0, 1, 0, 0, 1, 0]).unsqueeze(1)
    return net(previous, torch.ones(7, len(told), dtype=torch.bool), telling=describer.telling(told))


def test_the_first_hand_is_the_net_without_hands():
    """Bit for bit: what it is told of the first hand is nothing."""
    one, several = net_of(0), net_of(2)
    weights = several.state_dict()
    assert not weights["describer.hand.weight"][0].any() and weights["describer.hand.weight"][1:].all(dim=1).all()
    one.load_state_dict({name: tensor for name, tensor in weights.items() if name != "describer.hand.weight"})
    told = HANDS.encode(parse("⿰木食"))
    assert torch.equal(raw(one, told, HANDS.untold), raw(several, told, HANDS.untold))


def test_each_hand_is_told_beside_a_description_and_alone():
    net = net_of(2)
    for told in (lambda knows: knows.encode(parse("⿰木食")), lambda knows: knows.untold):
        outputs = [raw(net, told(HANDS.in_hand(hand))) for hand in (None, "arphic", "own")]
        assert not any(torch.equal(outputs[i], outputs[j]) for i, j in ((0, 1), (0, 2), (1, 2)))


def test_step_by_step_as_all_at_once():
    net, told = net_of(2), [HANDS.in_hand("own").encode(parse("⿰木食")), HANDS.untold]
    previous = torch.zeros(5, 2, 3)
    previous[0, :, 2] = 2
    at_once = net(previous, torch.ones(5, 2, dtype=torch.bool), telling=describer.telling(told)).reshape(5, 2, -1)
    state = net.start(2, describer.telling(told))
    for row in range(5):
        found, state = net.step(previous[row], state)
        assert torch.allclose(found, at_once[row], atol=1e-5)
    assert state.keep(torch.tensor([True, False])).told.shape[1] == 1


def test_a_folder_keeps_the_hands(folder):
    net, _ = checkpoint.load_model(folder)
    knows = Knowledge.load(folder)
    assert knows.hands == ("arphic", "own") and net.describer.hand.num_embeddings == 3
    assert knows.in_hand("own").style == exemplars.STYLES + 1 and knows.in_hand(None).style == 0
    assert knows.first_hand().hands == ()
    with pytest.raises(UnknownHandError, match="no hand 'x'; it knows arphic, own beside its first: name another"):
        knows.in_hand("x")
    with pytest.raises(UnknownHandError, match="it knows one alone"):
        KNOWS.in_hand("arphic")


def test_the_commands_write_in_a_hand(folder, tmp_path):
    """As drawn by the library in that hand, and another way in the first."""
    runner, sheets = CliRunner(), []
    for more in ([], ["--hand", "own"]):
        for name, command in (("w", ["write", "⿰木食"]), ("s", ["sample", "-n", "3", "--no-filter"])):
            out = tmp_path / f"{name}{len(more)}.svg"
            given = [*command, "--model", str(folder), "--seed", "1", "--out", str(out), *more]
            assert runner.invoke(main.app, given).exit_code == 0
            sheets.append(out.read_text())
    assert len(set(sheets)) == 4
    refused = runner.invoke(main.app, ["write", "⿰木食", "--model", str(folder), "--hand", "x"])
    assert refused.exit_code == 1 and "the net has learnt no hand 'x'" in refused.stderr
    refused = runner.invoke(main.app, ["sample", "--dream", "free", "--model", str(folder), "--hand", "own"])
    assert refused.exit_code == 1 and "--hand goes with" in refused.stderr


def test_free_dreams_in_a_hand(folder, defaults):
    """Told the hand and nothing else, drawings differ; told the first, they are those of a net that is told nothing."""
    net, config = checkpoint.load_model(folder)
    options = sampler.SampleParams(**{**defaults["sample"], "count": 2, "max_attempts": 2, "dream": "free"})
    drawn = [
        sampler.collect(net, options, config["data"], PEN_WEIGHTS, untold=untold).drawn
        for untold in (None, HANDS.untold, HANDS.in_hand("own").untold)
    ]
    assert all(np.array_equal(a, b) for a, b in zip(drawn[0], drawn[1], strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(drawn[0], drawn[2], strict=True))
