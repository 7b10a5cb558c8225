"""The net that is told of parts: without a description it is the net that is never told; with one, each part counts."""

import numpy as np
import pytest
import torch

from pipeline.batch.minibatches import Rows, previous_of
from pipeline.describe import encoding
from pipeline.describe.description import parse
from pipeline.describe.encoding import FREE, Encoded, Vocabulary
from pipeline.describe.visits import Habits
from pipeline.net import describer
from pipeline.net.describer import TOLD
from pipeline.net.model import END_OF_PART, WritingNet
from pipeline.seeds import generator

KNOWN = Vocabulary(("木", "食", "口", "囗", "玉"))


def described(text: str) -> Encoded:
    asked = parse(text)
    return encoding.encode(asked, Habits().of_description(asked), KNOWN)


@pytest.fixture
def net(model_params) -> WritingNet:
    return WritingNet(model_params(described=True, dropout=0.0), generator(1), KNOWN)


@pytest.fixture
def target(scribbles) -> torch.Tensor:
    """(T, B, 3) of four drawings of at least two strokes, of which the first stroke ends a part."""
    rows = torch.tensor(np.flatnonzero(scribbles.index["strokes"] >= 2)[:4])
    _, target, _ = Rows.of(scribbles).gather(rows)
    for column in target.unbind(dim=1):
        column[int((column[:, 2] > 0).nonzero()[0]), 2] = END_OF_PART
    return target


def raw(net: WritingNet, target: torch.Tensor, telling: describer.Telling | None) -> torch.Tensor:
    keep = torch.ones(target.shape[:2], dtype=torch.bool)
    return net(previous_of(target), keep, telling=telling).unflatten(0, keep.shape)


def test_without_a_description_it_is_the_net_that_is_never_told(net, target):
    """The oracle: the same weights without the describer's columns, in a net that has none."""
    plain = net.untold()
    assert plain.options.described is False and plain.describer is None
    expected = raw(plain, target, None)
    free = describer.telling([FREE] * 4)
    for telling in (None, free):
        torch.testing.assert_close(raw(net, target, telling), expected, rtol=1e-4, atol=1e-5)
    told = raw(net, target, describer.telling([described("⿰木食")] * 4))
    assert not torch.allclose(told, expected, atol=1e-3)  # the control


def test_step_by_step_equals_forward(net, target):
    telling = describer.telling([described(text) for text in ("⿰木食", "⿱口⿰口木", "⿴囗玉", "？")])
    expected = raw(net, target, telling)
    state = net.start(4, telling)
    for t, step in enumerate(previous_of(target)):
        output, state = net.step(step, state)
        torch.testing.assert_close(output, expected[t], rtol=1e-4, atol=1e-5)


def test_a_part_counts_from_where_it_begins(net, target):
    """What is said of the second part changes nothing of the first but by the context, here held still."""
    telling = describer.telling([described("⿰木食")] * 4)
    told = net.describer(telling)
    assert told.shape == (2, 4, TOLD)
    state = net.start(4, telling)
    visits = []
    for step in previous_of(target):
        _, state = net.step(step, state)
        visits.append(state.visit.clone())
    ends = [int((column[:, 2] == END_OF_PART).nonzero()[0]) for column in target.unbind(dim=1)]
    for column, end in enumerate(ends):
        assert [int(visit[column]) for visit in visits[: end + 1]] == [0] * (end + 1)
        assert int(visits[end + 1][column]) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("⿰木食", "⿰食木"),  # the order of the parts
        ("⿰木食", "⿱木食"),  # the operator
        ("⿰木食", "⿰木口"),  # a part that is not being written
        ("⿱口⿰口木", "⿰⿱口口木"),  # the same parts, nested otherwise
        ("⿰木？", "⿰木䲔"),  # a part without a name is not one whose name is not known
    ],
)
def test_descriptions_are_told_apart(net, one, other):
    told = net.describer(describer.telling([described(one), described(other)]))
    assert not torch.allclose(told[0, 0], told[0, 1], atol=1e-3)


def test_neighbours_in_the_batch_change_nothing(net):
    texts = ("⿰木食", "⿱口⿰口⿰木⿱食木", "木")
    together = net.describer(describer.telling([described(text) for text in texts]))
    for column, text in enumerate(texts):
        alone = net.describer(describer.telling([described(text)]))
        torch.testing.assert_close(together[: len(alone), column], alone[:, 0], rtol=1e-5, atol=1e-6)


def test_the_second_visit_of_a_part_is_told_apart(net):
    asked = described("⿴囗玉")
    again = Encoded(asked.names, asked.paths, np.append(asked.parts, asked.parts[0]), np.append(asked.pieces, 1))
    told = net.describer(describer.telling([again]))[:, 0]
    assert not torch.allclose(told[0], told[2], atol=1e-3)


def test_a_seed_gives_the_same_weights_and_an_untold_net_those_of_before(model_params):
    options = model_params(described=True)
    one, other = (WritingNet(options, generator(4), KNOWN).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert set(WritingNet(model_params(), generator(4)).state_dict()) == {n for n in one if "describer" not in n}
