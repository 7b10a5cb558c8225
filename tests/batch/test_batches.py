"""Hold-out split, minibatches of whole drawings, and random scaling."""

import hashlib
import re

import numpy as np
import pytest
import torch

from pipeline import dataset
from pipeline.batch import holdout, minibatches
from pipeline.batch.minibatches import Rows
from pipeline.seeds import generator


def test_split_is_the_documented_hash_of_the_code_point():
    for code in (0x4E00, 0x5B57, 0x9F8D, 0x2000B):
        percent = int(hashlib.sha256(b"%05x" % code).hexdigest()[:8], 16) % 100
        expected = "test" if percent < 5 else "valid" if percent < 10 else "train"
        assert holdout.split_of(code, "whatever", 5, 5) == expected
    # fixed examples, so that no release of the code moves a character
    assert [holdout.split_of(code, "", 5, 5) for code in (0x4E00, 0x4E01, 0x4E02)] == ["train", "train", "train"]


def test_variants_never_straddle_the_split(scribbles, batch_params):
    _, index = holdout.prepare(scribbles, batch_params(test_percent=20, valid_percent=20))
    assert (index.groupby("code_point")["split"].nunique() == 1).all()
    assert set(index["split"]) == set(holdout.SPLITS)


def test_without_code_points_the_name_decides(scribbles, batch_params):
    named = scribbles.index.assign(code_point=-1)
    _, index = holdout.prepare(dataset.DrawingSet(scribbles.points, named), batch_params(test_percent=20))
    assert (index.groupby(scribbles.index["code_point"])["split"].nunique() > 1).any()


def test_an_empty_split_is_an_error_with_the_number_that_is_needed(scribbles, batch_params):
    two = scribbles.where(np.arange(120) < 2)  # of one character
    with pytest.raises(holdout.BatchError, match="2 drawings, none in valid or test; at least 3 are needed"):
        holdout.prepare(two, batch_params())


@pytest.mark.parametrize(("test", "valid"), [(1, 1), (49, 1), (1, 49), (49, 49)])
@pytest.mark.parametrize("count", [6, 10, 20])
def test_the_cure_of_an_empty_split_cures(scribbles, batch_params, count, test, valid):
    few = scribbles.where(np.arange(120) < count)
    try:
        holdout.prepare(few, batch_params(test_percent=test, valid_percent=valid))
    except holdout.BatchError as error:
        named = re.search(r"set batch\.test_percent to (\d+) and batch\.valid_percent to (\d+)$", str(error))
        cured = dict(zip(("test_percent", "valid_percent"), map(int, named.groups()), strict=True))
        _, index = holdout.prepare(few, batch_params(**cured))
        assert set(index["split"]) == set(holdout.SPLITS)


def test_scale_divides_offsets_and_leaves_the_pen(scribbles, batch_params):
    drawings, _ = holdout.prepare(scribbles, batch_params(scale=15.0, test_percent=20, valid_percent=20))
    for prepared, original in zip(drawings, scribbles, strict=True):
        np.testing.assert_array_equal(prepared[:, :2], original[:, :2] / np.float32(15))
        np.testing.assert_array_equal(prepared[:, 2], original[:, 2])


def test_an_epoch_holds_every_row_once_and_pads_little():
    lengths = torch.randint(10, 130, (3001,), generator=generator(5))
    order = minibatches.epoch(lengths, 32, 0.12, seed=1, number=0)
    assert torch.cat(list(order)).sort().values.tolist() == list(range(3001))
    assert sorted(len(rows) for rows in order)[0] == 3001 % 32
    assert minibatches.padding(lengths, order) <= 0.10
    unsorted = torch.randperm(3001, generator=generator(5)).split(32)
    assert minibatches.padding(lengths, unsorted) > 0.3  # the control: what buckets save


def test_epochs_differ_and_come_from_the_seed_alone():
    lengths = torch.randint(10, 130, (500,), generator=generator(5))
    first = torch.cat(list(minibatches.epoch(lengths, 32, 0.12, seed=1, number=0)))
    torch.rand(7)  # the global random state plays no part
    assert torch.equal(first, torch.cat(list(minibatches.epoch(lengths, 32, 0.12, seed=1, number=0))))
    assert not torch.equal(first, torch.cat(list(minibatches.epoch(lengths, 32, 0.12, seed=1, number=1))))
    assert not torch.equal(first, torch.cat(list(minibatches.epoch(lengths, 32, 0.12, seed=2, number=0))))


def test_gather_gives_whole_drawings_and_what_stood_before_each_step(scribbles):
    rows = torch.tensor([3, 0, 77])
    previous, target, keep = Rows.of(scribbles).gather(rows)
    for column, row in enumerate(rows.tolist()):
        steps = torch.as_tensor(np.array(scribbles[row]))
        assert torch.equal(target[keep[:, column], column], steps)
        assert keep[:, column].sum() == len(steps)
        assert previous[0, column].tolist() == [0.0, 0.0, 2.0]
        assert torch.equal(previous[1 : len(steps), column], steps[:-1])
    assert not target[~keep].any()


def test_statistics_count_what_is_there(scribbles, batch_params):
    options = batch_params(test_percent=20, valid_percent=20)
    drawings, index = holdout.prepare(scribbles, options)
    summary = holdout.statistics(dataset.DrawingSet(np.concatenate(drawings), index), options)
    assert sum(part["drawings"] for part in summary.values()) == 120
    assert sum(part["steps"] for part in summary.values()) == len(scribbles.points)
    train = summary["train"]
    assert train["pen_end_of_character"] == pytest.approx(train["drawings"] / train["steps"], abs=1e-6)
