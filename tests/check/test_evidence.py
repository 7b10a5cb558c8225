"""What the net says of a drawing and of its cures, against the likelihood of whole drawings, one by one."""

from collections import Counter

import numpy as np
import pytest
import torch

from pipeline import params
from pipeline.check import evidence, faults
from pipeline.check import judge as judging
from pipeline.check.cures import EXTRA, MISSING, PARTS, REVERSED, SWAPPED
from pipeline.check.drawn import case, pens
from pipeline.check.evidence import A_POINT
from pipeline.check.judge import MOST_POINTS, Judge
from pipeline.describe.derivation import Told
from pipeline.describe.description import Description
from pipeline.describe.encoding import FREE, Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.drawing import from_strokes
from pipeline.net import describer
from pipeline.net.model import ModelParams, WritingNet
from pipeline.sample import attempts
from pipeline.seeds import generator
from tests.support.told import MODEL, PEN_WEIGHTS

KNOWS = Knowledge(Vocabulary(("木", "口")), {}, Habits())
NAMED = {name: Description(name) for name in "木口"}
TOLD = Told(
    Description("杏", "⿱", (NAMED["木"], NAMED["口"])),
    ((0, 4),),
    (Told(NAMED["木"], ((0, 2),)), Told(NAMED["口"], ((3, 4),))),
)


def judge(told=True):
    options = params.build(ModelParams, MODEL | {"described": told, "exemplars": False}, "model")
    net = WritingNet(options, generator(3), KNOWS.vocabulary).eval()
    return Judge(net, tuple(PEN_WEIGHTS), KNOWS if told else None)


def a_case(knows, told=TOLD, seed=1):
    source = np.random.default_rng(seed)
    strokes = [source.normal(size=(points, 2)) for points in (2, 3, 4, 3, 2)]
    return case("05000", "杏", 0x674F, from_strokes(strokes, 0, 0), told, knows)


def whole(judge, one, drawn, told):
    """Nats of all of a drawing, read alone."""
    steps = drawn.steps(told)
    telling = describer.telling([one.encoded(judge.knows, drawn) if told else FREE])
    with torch.no_grad():
        (mean,) = attempts.likelihoods(judge.net, [steps], telling, judge.pen_weights)
    return mean * len(steps)


@pytest.mark.parametrize("told", [True, False])
def test_gains_are_differences_of_likelihoods(told, monkeypatch):
    """Told as long as the parts come in the same order, else untold; compared to the end."""
    monkeypatch.setattr(evidence, "AFTER", 99)
    monkeypatch.setattr(evidence, "DOUBTFUL", 99)
    monkeypatch.setattr(evidence, "PLACES", 99)
    mine = judge(told)
    one = a_case(mine.knows)
    (found,) = evidence.gather(mine, [one])
    plain = {mode: whole(mine, one, one.drawn, mode) for mode in {told, False}}
    assert sum(found.nats) == pytest.approx(plain[told], abs=1e-3)
    assert Counter(cure.kind for cure, _ in found.gains) == {
        REVERSED: 5, EXTRA: 5, SWAPPED: 4, PARTS: 1, MISSING: 7 if told else 6
    }  # fmt: skip
    modes = set()
    for cure, gain in found.gains:
        cured = cure.cured(one.drawn)
        mode = told and [v.leaf for v in cured.visits()] == [v.leaf for v in one.drawn.visits()]
        beside = A_POINT * len(one.drawn.strokes[cure.strokes[0]]) if cure.kind == EXTRA else 0.0
        if cure.put is not None:
            assert mode == told and len(cured) == len(one.drawn) + 1
            beside = offsets_of(mine, one, cured, mode, cure)
        assert gain == pytest.approx(plain[mode] - whole(mine, one, cured, mode) + beside, abs=2e-3), cure
        modes.add(mode)
    assert modes == {told, False}


def test_what_comes_long_after_a_fault_does_not_count(monkeypatch):
    monkeypatch.setattr(evidence, "AFTER", 1)
    monkeypatch.setattr(evidence, "DOUBTFUL", 99)
    mine, one = judge(False), a_case(None)
    last = one.drawn.strokes[-1]
    moved = [*one.drawn.strokes[:-1], last + 5]
    other = case("b", "", -1, from_strokes(moved, 0, 0), TOLD)
    found = [dict(each.gains) for each in evidence.gather(mine, [one, other])]
    for cure in (cure for cure in found[0] if cure.kind != MISSING):
        same = found[0][cure] == pytest.approx(found[1][cure], abs=1e-4)
        assert same == (max(cure.strokes) + 1 < 4), cure  # the control: those that the last stroke follows


def raw_of(judge, one, drawn, told):
    """(n, 6 K + 3) float64: what the net foresees at each step of a drawing, one step after another."""
    steps = torch.from_numpy(drawn.steps(told))
    state = judge.net.start(1, describer.telling([one.encoded(judge.knows, drawn)]) if told else None)
    found, previous = [], judge.net.first_step(1)
    with torch.no_grad():
        for step in steps:
            raw, state = judge.net.step(previous, state)
            found.append(raw[0].double())
            previous = step.unsqueeze(0)
    return torch.stack(found), steps


def offsets_of(judge, one, cured, told, cure):
    """Nats of where the stroke that is put in goes."""
    raw, steps = raw_of(judge, one, cured, told)
    first, last = (part[cure.strokes[0]] for part in pens(cured.steps(told)))
    return -sum(float(density_of(raw[i])(steps[i, :2].double())) for i in range(first, last + 1))


@pytest.mark.parametrize("told", [True, False])
def test_a_stroke_that_is_put_in_is_the_likeliest(told):
    """Step after step the mean of the component of most weight, until the pen is likeliest lifted."""
    mine = judge(told)
    one = a_case(mine.knows)
    (found,) = evidence.gather(mine, [one])
    puts = [cure for cure, _ in found.gains if cure.put is not None]
    assert {cure.kind for cure in puts} == {MISSING} and len({cure.strokes for cure in puts}) == evidence.PLACES
    for cure in puts:
        cured = cure.cured(one.drawn)
        raw, steps = raw_of(mine, one, cured, told)
        first, last = (part[cure.strokes[0]] for part in pens(cured.steps(told)))
        k = (raw.shape[1] - 3) // 6
        for i in range(first, last + 1):
            heaviest = raw[i, :k].argmax()
            assert torch.allclose(steps[i, :2].double(), raw[i, [k + heaviest, 2 * k + heaviest]], atol=1e-4)
            lifted = bool((raw[i, -3:] - torch.tensor(PEN_WEIGHTS).log()).argmax() > 0)
            assert lifted == (i == last) or last - first == MOST_POINTS - 1


def test_a_stroke_is_put_in_where_the_pen_comes_down_unexpectedly(monkeypatch):
    monkeypatch.setattr(evidence, "PLACES", 1)
    mine, one = judge(False), a_case(None)
    for stroke in one.drawn.strokes[3:]:
        stroke[:] += 40
    (found,) = evidence.gather(mine, [one])
    assert [cure.strokes for cure, _ in found.gains if cure.put is not None] == [(3,)]


def test_what_is_below_the_likeliest_point_and_beyond_an_end():
    """Against the density at the components' means, in float64."""
    mine, one = judge(False), a_case(None)
    raw, steps = raw_of(mine, one, one.drawn, False)
    (said,) = judging.read(mine, [(one.drawn.steps(False), None)], peaks=True)
    k = (raw.shape[1] - 3) // 6
    for i in range(len(steps)):
        density = density_of(raw[i])
        means = torch.stack((raw[i, k : 2 * k], raw[i, 2 * k : 3 * k]), dim=-1)
        below = float(max(map(density, means)) - density(steps[i, :2].double()))
        assert said.below[i] == pytest.approx(max(below, 0), abs=1e-3)
        pen = torch.log_softmax(raw[i, -3:] - torch.tensor(PEN_WEIGHTS).log().double(), dim=0)
        assert said.ended[i] == pytest.approx(float(torch.logaddexp(pen[1], pen[2]) - pen[2]), abs=1e-4)
        assert said.pen[i] == pytest.approx(float(-pen[int(steps[i, 2])]), abs=1e-4)


def density_of(raw):
    """The log-density of one step's mixture, by PyTorch's distributions."""
    k = (len(raw) - 3) // 6
    logits, mx, my, lx, ly, r = raw[:-3].reshape(6, k)
    sx, sy, rho = lx.exp(), ly.exp(), r.tanh()
    covariance = torch.stack((sx * sx, rho * sx * sy, rho * sx * sy, sy * sy), dim=-1).reshape(k, 2, 2)
    normal = torch.distributions.MultivariateNormal(torch.stack((mx, my), dim=-1), covariance)
    return torch.distributions.MixtureSameFamily(torch.distributions.Categorical(logits=logits), normal).log_prob


def test_together_or_alone_makes_no_difference():
    mine = judge()
    cases = [a_case(KNOWS, seed=seed) for seed in range(evidence.AT_ONCE + 2)]
    together = list(evidence.gather(mine, cases))
    for one, found in zip(cases[-3:], together[-3:], strict=True):
        (alone,) = evidence.gather(mine, [one])
        assert [cure for cure, _ in alone.gains] == [cure for cure, _ in found.gains]
        assert np.allclose([g for _, g in alone.gains], [g for _, g in found.gains], atol=1e-3)


def test_what_cannot_be_told_is_judged_by_the_other_net():
    mine, other = judge(True), judge(False)
    told, plain = a_case(KNOWS), a_case(None, seed=2)
    (both, rest) = faults.check(mine, [plain, told], above=1e6, other=other)
    assert both.case is told and rest.case is plain  # nothing is found, and the told ones come first
    assert np.allclose(both.nats, next(evidence.gather(mine, [told])).nats, atol=1e-3)
    assert np.allclose(rest.nats, next(evidence.gather(other, [plain])).nats, atol=1e-3)
    assert not np.allclose(rest.nats, next(evidence.gather(mine, [plain])).nats, atol=1e-3)  # the control


def test_a_character_is_not_shown_itself():
    one = a_case(KNOWS)
    assert one.families == {0x674F} and one.asked == Description("杏", "⿱", (NAMED["木"], NAMED["口"]))
    assert one.drawn.leaves == (0, 0, 0, 1, 1) and one.drawn.parts[0] == (0,)
