"""Characters a second of sampling, with a trained net of two layers of 256 where the repository has one.

Else with one that ends a character as often as the real ones do, by chance: such characters are as long in the mean,
but the longest of a batch, which it waits for, are longer.
"""

from pathlib import Path

import pytest
import torch
from measuring import Row, in_turns, median, wait

from pipeline.net import checkpoint
from pipeline.net.loss import PEN_STATES
from pipeline.net.model import ModelParams, WritingNet
from pipeline.sample import sampler
from pipeline.seeds import generator

ROOT = Path(__file__).parent.parent
TRAINED = [ROOT / "data" / "model", ROOT / "pretrained"]
SIZE = {"layers": 2, "hidden_size": 256}
FREE = {"described": False, "exemplars": False}
REAL_PEN = [0.802, 0.183, 0.015]  # share of the pen states in KanjiVG


@pytest.fixture
def net(defaults, device) -> tuple[WritingNet, list[float], str]:
    """A net, the pen weights of its training, and what it is."""
    for folder in TRAINED:
        if (folder / checkpoint.CONFIG).exists():
            trained, config = checkpoint.load_model(folder, device)
            if all(config["model"][key] == value for key, value in SIZE.items()):
                return trained, config["pen_weights"], f"net in {folder.relative_to(ROOT)}"
    made = WritingNet(ModelParams(**{**defaults["model"], **SIZE, **FREE}), generator(1))
    with torch.no_grad():
        made.head.weight[-PEN_STATES:] = 0
        made.head.bias[-PEN_STATES:] = torch.log(torch.tensor(REAL_PEN))
    return made.to(device).eval(), [1.0, 1.0, 1.0], "untrained net, ends by chance"


def test_sampling(benchmark, report, rounds, defaults, device, net):
    made, pen_weights, what = net
    options = sampler.SampleParams(**defaults["sample"])
    drawn: list[int] = []

    def work() -> None:
        source = generator(len(drawn), device=device)
        drawings = sampler.generate(made, options.batch_size, options, pen_weights, source)
        drawn.append(sum(map(len, drawings)))
        wait(device)

    rate = options.batch_size / median([taken for (taken,) in in_turns(benchmark, work, [], rounds)])
    mean = sum(drawn) / len(drawn) / options.batch_size
    note = f"2 x 256, batches of {options.batch_size}, {mean:.0f} steps each, {what}"
    report(Row("sampling", device, "characters", rate, note=note))
    assert 5 < mean < options.max_steps
