"""Sampling against exact probabilities (a net of constant outputs) and against the training's own forward pass."""

import dataclasses
import json
import math

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy import stats

from pipeline import dataset, drawing, params, seeds
from pipeline.net import checkpoint, mixture
from pipeline.net.model import ModelParams, WritingNet
from pipeline.sample import sampler
from pipeline.sample.filters import REJECTIONS
from pipeline.sample.sampler import SampleParams, SamplingError
from stages import sample

WEIGHTS = [1.0, 10.0, 100.0]
PEN = np.array([0.75, 0.2, 0.05])
VALUES = {"dream": "free", "ids": None, "hand": None,
    "count": 20, "max_attempts": 100, "batch_size": 64, "max_steps": 100,
    "pen_temperature": 1.0, "mixture_temperature": 1.0, "width_temperature": 1.0, "divide_pen_weights": True,
    "margin": 0.0, "min_size": 5.0, "min_strokes": 1, "max_strokes": 40, "min_distance": 0.5,
    "columns": 5, "rows": 2, "seed": 7, "device": "cpu",
}  # fmt: skip
OPTIONS = params.build(SampleParams, VALUES, "sample")
DATA = {"scale": 15.0, "width": 109.0, "height": 109.0, "licence": "CC0 & test"}


def options(**changes):
    return dataclasses.replace(OPTIONS, **changes)


@dataclasses.dataclass
class FakeState:
    rows: torch.Tensor
    visit: None = None  # it is never told of parts

    def keep(self, mask):
        return FakeState(self.rows[mask])


class FakeNet:
    """Foresees the same at every step; a component of weight 0.3 at (-1, 0), one of 0.7 at (2, 1), correlated 0.6."""

    def __init__(self, pen=PEN, trained_weights=WEIGHTS):
        logits = torch.log(torch.tensor(pen * np.array(trained_weights), dtype=torch.float32))
        blocks = [np.log([0.3, 0.7]), [-1, 2], [0, 1], np.log([0.5, 0.25]), np.log([0.1, 0.4]), np.arctanh([0, 0.6])]
        self.raw = torch.cat((torch.tensor(np.concatenate(blocks), dtype=torch.float32), logits))
        self.seen = []

    def start(self, batch, telling=None):
        return FakeState(torch.arange(batch))

    def first_step(self, batch):
        return torch.tensor([0.0, 0.0, 2.0]).expand(batch, 3)

    def step(self, previous, state):
        assert len(previous) == len(state.rows)
        self.seen.append(previous.clone())
        return self.raw.expand(len(previous), -1), state


def small_net(seed=3, **changes):
    values = {"cell": "lstm", "layers": 2, "hidden_size": 24, "mixtures": 3, "position_input": True, "dropout": 0.5,
              "dropout_per": "step", "described": False, "exemplars": False} | changes  # fmt: skip
    net = WritingNet(params.build(ModelParams, values, "model"), seeds.generator(seed)).eval()
    with torch.no_grad():
        net.head.weight.mul_(3)  # so that what the net foresees depends on what it wrote
        net.head.bias[-3:] = torch.tensor([2.0, 3.5, 4.0])
    return net


def first_steps(net, count=20_000, **changes):
    """(count, 3): independent draws of one step."""
    made = sampler.generate(net, count, options(max_steps=1, **changes), WEIGHTS, seeds.generator(11))
    return np.concatenate(made)


def pen_fits(pen, probabilities):
    observed = np.bincount(pen.astype(int), minlength=3)
    return stats.chisquare(observed, probabilities / probabilities.sum() * len(pen)).pvalue


# ---- what is drawn, against the exact probabilities


@pytest.mark.parametrize(
    ("divide", "temperature", "expected"),
    [
        (True, 1.0, PEN),
        (False, 1.0, PEN * WEIGHTS),
        (True, 0.5, PEN**2),
        (True, 2.0, PEN**0.5),
        (False, 0.5, (PEN * WEIGHTS) ** 2),
    ],
)
def test_pen_states_have_the_exact_frequencies(divide, temperature, expected):
    pen = first_steps(FakeNet(), divide_pen_weights=divide, pen_temperature=temperature)[:, 2]
    assert pen_fits(pen, np.array(expected)) > 1e-3
    assert pen_fits(pen, np.array(expected) + 0.05 * np.sum(expected)) < 1e-6, "control: other probabilities"


def mixture_cdf(temperature, width, axis):
    weights = np.array([0.3, 0.7]) ** (1 / temperature)
    means, sigmas = [[-1, 2], [0, 1]][axis], [[0.5, 0.25], [0.1, 0.4]][axis]

    def cdf(x):
        parts = [stats.norm.cdf(x, m, s * math.sqrt(width)) for m, s in zip(means, sigmas, strict=True)]
        return weights @ np.array(parts) / weights.sum()

    return cdf


@pytest.mark.parametrize(("temperature", "width"), [(1.0, 1.0), (0.5, 1.0), (1.0, 0.25)])
def test_offsets_have_the_exact_distribution(temperature, width):
    made = first_steps(FakeNet(), mixture_temperature=temperature, width_temperature=width)
    for axis in (0, 1):
        assert stats.kstest(made[:, axis], mixture_cdf(temperature, width, axis)).pvalue > 1e-3
        assert stats.kstest(made[:, axis], mixture_cdf(temperature * 1.5, width, axis)).pvalue < 1e-6
    second = made[made[:, 0] > 1]  # the two components lie apart
    assert np.corrcoef(second[:, :2].T)[0, 1] == pytest.approx(0.6, abs=0.03)


def test_lengths_are_geometric_whatever_leaves_the_batch():
    made = sampler.generate(FakeNet(), 4000, options(max_steps=400), WEIGHTS, seeds.generator(5))
    lengths = np.array([len(steps) for steps in made])
    edges = stats.geom.ppf(np.linspace(0, 1, 11)[1:-1], PEN[2])
    expected = np.diff(stats.geom.cdf(np.r_[0, edges, np.inf], PEN[2])) * len(lengths)
    observed = np.histogram(lengths, np.r_[0, edges, np.inf] + 0.5)[0]
    assert stats.chisquare(observed, expected).pvalue > 1e-3
    assert all(sampler.has_ended(steps) for steps in made)
    for steps in made:
        drawing.check(steps)


def test_low_temperatures_take_the_likeliest():
    net = FakeNet(pen=np.array([0.4, 0.35, 0.25]))
    cold = {"pen_temperature": 1e-3, "mixture_temperature": 1e-3, "width_temperature": 0.0}
    assert np.array_equal(first_steps(net, 500, **cold), np.tile(np.float32([2, 1, 0]), (500, 1)))
    cold["divide_pen_weights"] = False  # the weights make the end likeliest
    assert (first_steps(net, 500, **cold)[:, 2] == 2).all()


def test_what_does_not_end_is_cut_off_and_marked():
    made = sampler.generate(FakeNet(np.array([0.5, 0.5, 1e-9])), 10, options(max_steps=7), WEIGHTS, seeds.generator(1))
    assert [len(steps) for steps in made] == [7] * 10
    assert not any(sampler.has_ended(steps) for steps in made)


# ---- against the training's forward pass


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("with_start", [False, True])
def test_each_step_is_what_the_forward_pass_foresees_after_those_before(cell, with_start):
    """With one component and no noise each offset must be its mean, whichever drawings left the batch before."""
    net = small_net(cell=cell, mixtures=1)
    start = np.array([[0.5, -0.5, 0], [1, 1, 1], [-2, 0.25, 0], [0, 1, 1]], np.float32) if with_start else None
    still = options(width_temperature=0.0, max_steps=60)
    made = sampler.generate(net, 50, still, WEIGHTS, seeds.generator(2), start)
    assert len({len(steps) for steps in made}) > 10, "drawings ended at many different steps"
    begin = len(start) if with_start else 0
    for steps in made:
        target = torch.from_numpy(steps)
        previous = torch.cat((net.first_step(1), target[:-1])).unsqueeze(1)  # (n, 1, 3)
        with torch.no_grad():
            raw = net(previous, torch.ones(len(steps), 1, dtype=torch.bool))
        _, mean_x, mean_y, *_ = mixture.split(raw[:, :-3])
        expected = torch.cat((mean_x, mean_y), dim=-1)
        torch.testing.assert_close(target[begin:, :2], expected[begin:], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(steps[:begin], start if with_start else steps[:0], rtol=0, atol=0)


def test_drawings_in_one_batch_differ():
    made = sampler.generate(small_net(), 20, OPTIONS, WEIGHTS, seeds.generator(2))
    assert len({steps.tobytes() for steps in made}) == 20


def test_finished_drawings_leave_the_batch():
    net = FakeNet()
    made = sampler.generate(net, 400, options(max_steps=400), WEIGHTS, seeds.generator(5))
    rows, needed = sum(len(previous) for previous in net.seen), sum(len(steps) for steps in made)
    assert needed <= rows < needed / (1 - sampler.COMPACT_AT)
    assert len(net.seen) == max(len(steps) for steps in made), "nothing is computed after the last has ended"


# ---- a start


def test_a_start_is_fed_to_the_net_and_kept_bit_for_bit():
    start = np.array([[0.1, 0.2, 0], [0.3, -1 / 3, 1]], np.float32)
    net = FakeNet()
    made = sampler.generate(net, 30, OPTIONS, WEIGHTS, seeds.generator(1), start)
    assert all(np.array_equal(steps[:2], start) and len(steps) > 2 for steps in made)
    fed = torch.stack(net.seen[:3])
    expected = torch.tensor([[0, 0, 2.0], *start.tolist()]).unsqueeze(1).expand(3, 30, 3)
    assert torch.equal(fed, expected)


@pytest.mark.parametrize(
    ("start", "text"),
    [
        (np.zeros((0, 3), np.float32), r"\(m, 3\) float32"),
        (np.array([[0, 0, 1]], np.float64), r"\(m, 3\) float32"),
        (np.array([[0, 0, 0]], np.float32), "whole strokes"),
        (np.array([[0, 0, 2]], np.float32), "whole strokes"),
        (np.array([[0, 0, 2], [0, 0, 1]], np.float32), "whole strokes"),
        (np.array([[0, np.nan, 1]], np.float32), "not finite"),
        (np.ones((100, 3), np.float32), "raise sample.max_steps, now 100"),
    ],
)
def test_a_start_that_is_none(start, text):
    with pytest.raises(SamplingError, match=text):
        sampler.generate(FakeNet(), 2, OPTIONS, WEIGHTS, seeds.generator(1), start)


# ---- collecting


def test_collecting_stops_at_the_count_and_at_the_attempts():
    calls = []
    found = sampler.collect(FakeNet(), options(margin=1e9), DATA, WEIGHTS, progress=lambda *now: calls.append(now))
    assert len(found.accepted) == OPTIONS.count and found.reasons[-1] == ""
    assert calls[-1] == (OPTIONS.count, len(found.drawn))
    assert len(found.drawn) == len(found.accepted) + found.rejected.total()
    few = sampler.collect(FakeNet(), options(min_size=1e6, margin=1e9), DATA, WEIGHTS)
    assert (len(few.accepted), len(few.drawn)) == (0, OPTIONS.max_attempts)
    assert few.rejected.keys() <= {"too_small", "unfinished"}


def test_drawings_come_in_the_units_of_the_data():
    made = sampler.generate(FakeNet(), 32, OPTIONS, WEIGHTS, seeds.generator(OPTIONS.seed, sampler.SAMPLE_STREAM, 0))
    found = sampler.collect(FakeNet(), options(count=16, margin=1e9, min_distance=0.0, min_size=0.0), DATA, WEIGHTS)
    for scaled, steps in zip(made, found.drawn, strict=False):
        assert np.array_equal(steps, scaled * np.float32([15, 15, 1])) and steps.dtype == np.float32


def test_same_seed_same_bytes():
    net = small_net()
    free = options(margin=1e9, min_size=0.0, count=40, batch_size=16)
    one, two = (sampler.collect(net, free, DATA, WEIGHTS) for _ in range(2))
    assert [d.tobytes() for d in one.drawn] == [d.tobytes() for d in two.drawn] and one.reasons == two.reasons
    other = sampler.collect(net, dataclasses.replace(free, seed=8), DATA, WEIGHTS)
    assert {d.tobytes() for d in one.drawn}.isdisjoint(d.tobytes() for d in other.drawn)
    assert len({d.tobytes() for d in one.drawn}) == len(one.drawn), "each batch has a stream of its own"


def test_a_broken_net_is_told():
    net = small_net()
    with torch.no_grad():
        net.head.bias[0] = math.nan
    with pytest.raises(SamplingError, match="not finite.*train it anew"):
        sampler.collect(net, OPTIONS, DATA, WEIGHTS)


# ---- parameters


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pen_temperature", 0.0),
        ("mixture_temperature", -1.0),
        ("width_temperature", math.inf),
        ("batch_size", 0),
        ("device", "tpu"),
        ("max_attempts", 19),
        ("max_strokes", 0),
        ("min_strokes", 41),
        ("unknown", 1),
    ],
)
def test_bad_parameters_are_refused_by_name(key, value):
    with pytest.raises(params.ParamsError, match=key):
        params.build(SampleParams, VALUES | {key: value}, "sample")


def test_replacing_a_parameter_checks_it_too():
    with pytest.raises(ValidationError):
        options(pen_temperature=-1.0)


def test_a_gpu_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert sampler.choose_device("auto").type == sampler.choose_device("cpu").type == "cpu"
    with pytest.raises(SamplingError, match="set it to auto or cpu"):
        sampler.choose_device("cuda")


# ---- the stage


def run_stage(monkeypatch, folder, **changes):
    """Both folders of the stage lie in `folder`; the folder written and the summary."""
    net = small_net()
    config = {"model": dataclasses.asdict(net.options), "data": DATA, "pen_weights": WEIGHTS}
    (folder / "model").mkdir(parents=True)
    checkpoint.save_model(folder / "model", net.state_dict(), config)
    monkeypatch.setattr(params, "load", lambda name: options(**changes))
    return folder / "samples", sample.main(None, folder / "model", folder / "samples")


def test_the_stage_writes_svgs_the_set_the_counts_and_the_sheet(monkeypatch, tmp_path):
    out, said = run_stage(monkeypatch, tmp_path, margin=20.0, min_distance=0.0, max_attempts=1000)
    counts = json.loads((out / "acceptance.json").read_text())
    assert counts["accepted"] == 20 and list(counts["rejected"]) == sorted(REJECTIONS)
    assert counts["drawn"] == 20 + sum(counts["rejected"].values())
    made = dataset.load(out)
    assert len(made) == counts["drawn"] and made.index["id"].is_unique
    kept = made.where(made.index["accepted"].to_numpy())
    assert list(kept.index["id"]) == [path.stem for path in sorted((out / "svg").iterdir())]
    assert set(kept.index["reason"]) == {""} and "" not in set(made.index["reason"][~made.index["accepted"]])
    for steps in kept:
        drawing.check(steps)
    assert (out / "svg" / "0001.svg").read_text().count("<path") == kept.index["strokes"][0]
    assert "<metadata>CC0 &amp; test</metadata>" in (out / "svg" / "0001.svg").read_text()
    assert (out / "sheet.svg").read_text().count("<svg") == 1 + 10, "a cell each of 5 columns and 2 rows"
    assert (out / "sheet.png").read_bytes().startswith(b"\x89PNG")
    assert said.startswith(f"20 accepted of {counts['drawn']} drawn, rejected: ") and "\n" not in said


def test_the_stage_says_when_it_has_too_few_and_writes_the_same_bytes_twice(monkeypatch, tmp_path):
    outs, said = zip(*(run_stage(monkeypatch, tmp_path / name, min_size=1e6) for name in "ab"), strict=True)
    assert "0 accepted (20 wanted; sample.max_attempts reached) of 100 drawn" in said[0]
    names = [sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file()) for out in outs]
    assert names[0] == names[1] and len(names[0]) == 6
    for name in names[0]:
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
