"""What the net is told in training: spellings that partition a drawing, pens that end parts, choices from the seed."""

import numpy as np
import pytest
import torch

from pipeline.batch.minibatches import Rows
from pipeline.dataset import DrawingSet
from pipeline.describe import derivation
from pipeline.describe.encoding import UNNAMED, Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.net.model import END_OF_PART
from pipeline.train import recombination, telling
from pipeline.train.recombination import RecombinationParams
from pipeline.train.telling import Taught, TellingParams
from tests.support.drawings import grouped

OPTIONS = TellingParams(spellings=3, spelled=0.5, untold=0.25, least_known=2, unshown=0.2)
UNRECOMBINED = RecombinationParams(recombinations=0, recombined=0.0, recombined_at_end=0.0)


@pytest.fixture
def drawings(scribbles) -> DrawingSet:
    return grouped(scribbles)


def taught(drawings: DrawingSet) -> Taught:
    told = derivation.descriptions(drawings.index, drawings)
    return Taught.of(recombination.recombined(drawings, UNRECOMBINED, 1, told))


@pytest.fixture
def made(drawings) -> telling.Tellings:
    given = taught(drawings)
    knows = Knowledge.learn(given.told, [], OPTIONS.least_known)
    assert "A" in knows.vocabulary and "B" in knows.vocabulary
    return telling.of(given, knows, OPTIONS, seed=1)


def test_parts_end_where_strokes_end_and_the_drawing_s_last_part_with_it(drawings, made):
    rows = torch.arange(20)
    _, target, keep = Rows.of(drawings).gather(rows)
    for spelling in range(made.spellings):
        parted = made.parted(target, rows, torch.full_like(rows, spelling))
        told = made.telling(rows, torch.full_like(rows, spelling))
        ends = (parted[..., 2] == END_OF_PART) & keep
        assert ends.sum(dim=0).tolist() == told.visits.tolist()
        assert bool(((target[..., 2] > 0) | ~ends).all())  # never within a stroke
        last = keep.sum(dim=0) - 1
        assert bool(ends[last, rows].all())
        torch.testing.assert_close(parted[..., :2], target[..., :2])


def test_the_last_spelling_tells_nothing(made):
    rows = torch.arange(5)
    told = made.telling(rows, torch.full_like(rows, made.spellings - 1))
    assert bool(told.free.all()) and told.visits.tolist() == [1] * 5 and told.names.tolist() == [[UNNAMED] * 5]
    assert not bool(made.telling(rows, torch.zeros_like(rows)).free.any())  # the control


def test_an_epoch_s_choice_comes_from_the_seed(made):
    one, same, other = (made.chosen(0.25, 1, epoch) for epoch in (3, 3, 4))
    assert torch.equal(one, same) and not torch.equal(one, other)
    share = float((torch.stack([made.chosen(0.25, 1, e) for e in range(50)]) == made.spellings - 1).float().mean())
    assert share == pytest.approx(0.25, abs=0.03)
    assert not bool((made.chosen(0.0, 1, 0) == made.spellings - 1).any())


def test_a_rare_part_is_spelled_and_a_known_one_named_or_spelled(drawings):
    given = taught(drawings)
    nobody = telling.canonically(given, Knowledge(Vocabulary(()), {}, Habits()))
    everybody = telling.canonically(given, Knowledge(Vocabulary(("A", "B")), {}, Habits()))
    rows = torch.arange(len(drawings))
    spelled = nobody.telling(rows, torch.zeros_like(rows)).visits
    assert spelled.tolist() == drawings.index["strokes"].tolist()  # down to single strokes
    assert everybody.telling(rows, torch.zeros_like(rows)).visits.tolist() == [2] * len(drawings)


def test_lists_are_padded_with_zeros():
    lists = telling.Lists.of([np.array([1, 2, 3]), np.array([4]), np.array([5, 6])])
    assert lists.padded(torch.tensor([2, 1, 0])).tolist() == [[5, 4, 1], [6, 0, 2], [0, 0, 3]]
