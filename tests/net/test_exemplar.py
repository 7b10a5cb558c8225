"""What the net is shown: against a plain loop over points, by hand, and step by step."""

import numpy as np
import pytest
import torch

from pipeline.describe import encoding
from pipeline.describe.description import parse
from pipeline.describe.encoding import FREE, Encoded, Exemplar, Vocabulary
from pipeline.describe.visits import Habits, Visit
from pipeline.net import describer, exemplar
from pipeline.net.describer import TOLD
from pipeline.net.exemplar import SHOWN, Place
from pipeline.net.model import END_OF_PART, WritingNet
from pipeline.seeds import generator

KNOWN = Vocabulary(("木", "食", "口", "囗", "玉"))
FRAME = [Visit(0, 0), Visit(1, 0), Visit(0, 1)]  # closed after what is inside
TEXTS = [("⿰木食", None), ("⿱口⿰口木", None), ("⿴囗玉", FRAME), ("木", None), ("？", None)]


def described(text: str, order: list[Visit] | None, source: np.random.Generator) -> Encoded:
    """With random exemplars of none to three strokes a visit."""
    asked = parse(text)
    found = encoding.encode(asked, order or Habits().of_description(asked), KNOWN)
    counts = source.integers(0, 4, len(found.parts)) if not found.free else [0]
    lengths = source.integers(1, 5, sum(counts))
    if not sum(counts):
        return found
    points = source.normal(0, 1, (sum(lengths), 2)).astype(np.float32)
    shown = Exemplar(points, np.cumsum([0, *lengths]), np.cumsum([0, *counts]))
    return Encoded(found.names, found.paths, found.parts, found.pieces, shown)


def written(visits: int, source: np.random.Generator) -> np.ndarray:
    """(n, 3) previous steps: the end of what was before, then strokes of one to six points, one to four a visit."""
    pens = [END_OF_PART]
    for _ in range(visits):
        for length in (lengths := source.integers(1, 7, source.integers(1, 5))):
            pens += [0] * (length - 1) + [1]
        assert len(lengths)
        pens[-1] = END_OF_PART
    steps = np.column_stack((source.normal(0, 1, (len(pens), 2)), pens)).astype(np.float32)
    steps[0, :2] = 0
    return steps[:-1]  # what follows the last step is foreseen by nobody


def plain(shown: Exemplar, previous: np.ndarray) -> np.ndarray:
    """(n, SHOWN): one step after another, stroke after stroke, as the docstring says it."""
    found = np.zeros((len(previous), SHOWN))
    visit, stroke, point, pen = -1, 0, 0, np.zeros(2)
    for t, (dx, dy, state) in enumerate(previous.tolist()):
        pen = pen + (dx, dy)
        if state == END_OF_PART:
            visit, stroke, point = visit + 1, 0, 0
        elif state > 0:
            stroke, point = stroke + 1, 0
        else:
            point += 1
        strokes = range(shown.shown[visit], shown.shown[visit + 1])
        if stroke >= len(strokes):
            continue
        begin, stop = shown.strokes[strokes[stroke] : strokes[stroke] + 2]
        at = min(begin + point, stop - 1)
        one, end = shown.points[at], shown.points[stop - 1]
        found[t, 0:2] = one - pen
        found[t, 2:4] = one - shown.points[max(at - 1, 0)]
        found[t, 4:6] = end - pen
        found[t, 6:8] = shown.points[min(at + 1, stop - 1)] - one
        found[t, 8:] = (at == stop - 1, stroke == len(strokes) - 1, point >= stop - begin, 1)
    return found


@pytest.fixture
def net(model_params) -> WritingNet:
    return WritingNet(model_params(described=True, exemplars=True, dropout=0.0), generator(1), KNOWN)


@pytest.fixture(params=range(4))
def batch(request) -> tuple[list[Encoded], list[np.ndarray], torch.Tensor]:
    """Descriptions, previous steps of each, and these as (T, B, 3)."""
    source = np.random.default_rng(request.param)
    told = [described(text, order, source) for text, order in TEXTS]
    previous = [written(len(one.parts), source) for one in told]
    return told, previous, torch.nn.utils.rnn.pad_sequence([torch.from_numpy(steps) for steps in previous])


def test_features_are_those_of_a_plain_loop(net, batch):
    told, previous, padded = batch
    _, found = net._told(padded, describer.telling(told))
    assert found.shape == (*padded.shape[:2], SHOWN)
    seen = np.zeros(SHOWN, bool)
    for column, (one, steps) in enumerate(zip(told, previous, strict=True)):
        expected = plain(one.shown, steps)
        np.testing.assert_allclose(found[: len(steps), column].numpy(), expected, atol=1e-4)
        seen |= (expected[:, :] != 0).any(axis=0)
    assert seen.all() and not found[: len(previous[-1]), -1].any()  # all happen; without description nothing is shown


def test_features_by_hand():
    """A stroke of (0, 0) (2, 0) (2, 3), then one of (5, 5) alone; the pen at (1, 1) each time."""
    points = torch.tensor([[0, 0], [2, 0], [2, 3], [5, 5.0]]).unsqueeze(1)
    strokes, shown = torch.tensor([[0], [3], [4]]), torch.tensor([[0], [2]])
    cases = [
        # stroke, point: next from the pen, from the point before, the end from the pen, the next but one; flags
        (0, 0, [-1, -1, 0, 0, 1, 2, 2, 0, 0, 0, 0, 1]),
        (0, 1, [1, -1, 2, 0, 1, 2, 0, 3, 0, 0, 0, 1]),
        (0, 2, [1, 2, 0, 3, 1, 2, 0, 0, 1, 0, 0, 1]),
        (0, 3, [1, 2, 0, 3, 1, 2, 0, 0, 1, 0, 1, 1]),  # longer than the exemplar's
        (1, 0, [4, 4, 3, 2, 4, 4, 0, 0, 1, 1, 0, 1]),
        (2, 0, [0] * 12),  # it has no such stroke
    ]
    at = Place(*(torch.tensor([[one] for one in row]) for row in zip(*[(0, s, p) for s, p, _ in cases], strict=True)))
    found = exemplar.features(points, strokes, shown, at, torch.ones(len(cases), 1, 2))
    assert found[:, 0].tolist() == [expected for *_, expected in cases]


def test_step_by_step_equals_forward_also_for_those_that_are_kept(net, batch):
    told, _, padded = batch
    telling = describer.telling(told)
    keep = torch.ones(padded.shape[:2], dtype=torch.bool)
    expected = net(padded, keep, telling=telling).unflatten(0, keep.shape)
    state, rows = net.start(len(told), telling), torch.arange(len(told))
    for t, steps in enumerate(padded):
        if t in (5, 9):
            some = torch.arange(len(rows)) != (1 if t == 5 else 0)
            state, rows = state.keep(some), rows[some]
        output, state = net.step(steps[rows], state)
        torch.testing.assert_close(output, expected[t, rows], rtol=1e-4, atol=1e-5)
    assert len(rows) == 3


def test_without_a_description_it_is_the_net_that_is_never_told(net, batch):
    told, _, padded = batch
    keep = torch.ones(padded.shape[:2], dtype=torch.bool)
    free = net.untold()
    assert not free.options.exemplars and free.layers[0].input_size == net.layers[0].input_size - TOLD - SHOWN
    expected = free(padded, keep)
    for telling in (None, describer.telling([FREE] * len(told))):
        torch.testing.assert_close(net(padded, keep, telling=telling), expected, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(net(padded, keep, telling=describer.telling(told)), expected, atol=1e-3)  # the control


def test_exemplars_change_what_is_foreseen(net, batch):
    told, _, padded = batch
    telling = describer.telling(told)
    keep = torch.ones(padded.shape[:2], dtype=torch.bool)
    moved = telling._replace(points=telling.points + 1)
    first, other = (net(padded, keep, telling=one).unflatten(0, keep.shape) for one in (telling, moved))
    assert torch.equal(first[:, -1], other[:, -1])  # the last one is told nothing
    assert not torch.allclose(first[:, :-1], other[:, :-1], atol=1e-3)
