"""Sets larger than memory: what is read, made and written part by part is what it is all at once."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch

from pipeline import dataset
from pipeline.batch import holdout, minibatches
from pipeline.batch.minibatches import Rows
from pipeline.dataset import DatasetError, DrawingSet
from pipeline.describe import derivation
from pipeline.describe.knowledge import Knowledge
from pipeline.parse import resampling
from pipeline.parse.tally import ADDED, Ids
from pipeline.seeds import generator
from pipeline.train import recombination, telling
from pipeline.train.recombination import RecombinationParams
from pipeline.train.telling import Taught, TellingParams, Unnamed
from stages import batch as stage


@pytest.fixture
def small(monkeypatch) -> None:
    """Blocks and row groups of a few drawings."""
    monkeypatch.setattr(dataset, "BLOCK", 7)
    monkeypatch.setattr(dataset, "ROW_GROUP", 30)


@pytest.fixture
def whole(tmp_path, scribbles) -> Path:
    folder = tmp_path / "whole"
    folder.mkdir()
    types = [["㇐"] * n for n in scribbles.index["strokes"]]
    dataset.save(folder, scribbles, scribbles.index.assign(types=types, groups="[]"))
    return folder


# ---- the set on disk


def test_row_groups_hold_the_same_index(tmp_path, whole, small):
    with dataset.Writer(tmp_path) as writer:
        for part in dataset.parts(whole):
            writer.add_steps(part.joined(), part.lengths(), part.index)
    one, other = dataset.load(whole), dataset.load(tmp_path)
    assert (tmp_path / dataset.POINTS).read_bytes() == (whole / dataset.POINTS).read_bytes()
    pd.testing.assert_frame_equal(one.index, other.index)
    assert pq.ParquetFile(tmp_path / dataset.INDEX).metadata.num_row_groups == 4  # the control: in groups


def test_parts_are_the_set(whole, small):
    everything, parts = dataset.load(whole), list(dataset.parts(whole, ("id",)))
    assert [len(part) for part in parts] == [7] * 17 + [1]
    assert list(parts[0].index.columns) == ["id", "start", "stop", "strokes"]
    for drawing, same in zip(everything, (one for part in parts for one in part), strict=True):
        np.testing.assert_array_equal(drawing, same)


def test_only_the_columns_that_are_asked_for_are_read(whole):
    assert list(dataset.load(whole, ("id", "no such")).index.columns) == ["id", "start", "stop", "strokes"]


def test_drawings_are_joined_without_a_copy_where_they_stand_together(scribbles, small):
    every, some = scribbles.joined(), scribbles.where(np.arange(120) % 3 > 0)
    assert np.shares_memory(every, scribbles.points) and len(every) == len(scribbles.points)
    np.testing.assert_array_equal(some.joined(), np.concatenate(list(some)))
    assert not np.shares_memory(some.joined(), scribbles.points)
    np.testing.assert_array_equal(np.concatenate([block.joined() for block in some.blocks()]), some.joined())
    assert len(scribbles.where(np.zeros(120, bool)).joined()) == 0


def test_a_writer_wants_a_row_a_drawing(tmp_path, scribbles):
    with pytest.raises(DatasetError, match="2 drawings but 3 rows"), dataset.Writer(tmp_path) as writer:
        writer.add(list(scribbles)[:2], scribbles.index.iloc[:3])


# ---- batch


def test_splits_are_those_of_each_drawing_alone(small, batch_params):
    options = batch_params(test_percent=20, valid_percent=30)
    codes = [0x4E00 + i // 3 if i % 4 else -1 for i in range(200)]
    index = pd.DataFrame({"code_point": codes, "id": [f"cat/{i // 2}" + f"{ADDED}2" * (i % 2) for i in range(200)]})
    expected = [holdout.split_of(*row, 20, 30) for row in zip(index["code_point"], index["id"], strict=True)]
    assert holdout.splits(index, options) == expected
    given = ["valid" if i < 5 else "" for i in range(200)]  # so of the others none is added to valid
    assert holdout.splits(index.assign(split=given), options) == [
        "valid" if i < 5 else "train" if split == "valid" else split for i, split in enumerate(expected)
    ]


@pytest.mark.parametrize("scale", [15.0, "auto"])
def test_the_stage_writes_what_all_at_once_gives(tmp_path, whole, small, batch_params, scale):
    parsed, options = dataset.load(whole), batch_params(test_percent=20, valid_percent=20, scale=scale)
    options = holdout.resolved(parsed, options)
    drawings, index = holdout.prepare(parsed, options)
    out = tmp_path / "out"
    out.mkdir()
    stage.write(
        out, whole, holdout.split_numbers([part.index for part in dataset.parts(whole)], options), options.scale
    )
    made = dataset.load(out)
    np.testing.assert_array_equal(made.points, np.concatenate(list(drawings)))
    pd.testing.assert_frame_equal(made.index.drop(columns="description"), index[made.index.columns.drop("description")])
    pens = np.concatenate([s[:, 2] for s in made.where((made.index["split"] == "train").to_numpy())])
    assert holdout.statistics(made, options)["train"]["pen_on_paper"] == round(float((pens == 0).mean()), 6)


# ---- training


def test_an_epoch_is_made_of_slices_of_one_order():
    lengths = torch.randint(10, 130, (301,), generator=generator(5))
    order, source = minibatches.minibatches(lengths, 32, 0.12, generator(7)), generator(7)
    chunks = torch.argsort(lengths * (1 + 0.12 * torch.rand(301, generator=source))).split(32)
    expected = [chunks[i] for i in torch.randperm(len(chunks), generator=source).tolist()]
    assert len(order) == len(expected) == 10 and all(torch.equal(*pair) for pair in zip(order, expected, strict=True))
    rows = torch.arange(301) + 1000
    assert all(torch.equal(a, rows[b]) for a, b in zip(order.of(rows), expected, strict=True))


def test_a_minibatch_comes_from_the_file_where_the_set_is_too_large_to_copy(whole):
    drawings = dataset.load(whole).where(np.arange(120) % 3 > 0)
    copied, mapped = Rows.of(drawings), Rows.of(drawings, most=0)
    assert isinstance(copied.points, torch.Tensor) and mapped.points is drawings.points
    rows = torch.tensor([3, 79, 0, 41])
    for one, other in zip(copied.gather(rows), mapped.gather(rows), strict=True):
        assert torch.equal(one, other)


def test_drawings_that_name_nothing_share_what_is_told(scribbles):
    options = TellingParams(spellings=3, spelled=0.5, untold=0.25, least_known=2, unshown=0.2)
    bare = scribbles.index.assign(groups="[]", character="", code_point=-1, types=[[""]] * len(scribbles))
    told = derivation.descriptions(bare, scribbles)
    unchanged = RecombinationParams(recombinations=0, recombined=0.0, recombined_at_end=0.0)
    taught = Taught.of(recombination.recombined(DrawingSet(scribbles.points, bare), unchanged, 1, told))
    knows = Knowledge.learn(told, [], options.least_known)
    assert knows == Knowledge.learn([], [], options.least_known)
    rows = Rows.of(scribbles)
    each, shared = telling.of(taught, knows, options, 1), Unnamed.of(scribbles, options.spellings, knows)
    assert len(shared.names.values) == shared.spellings == each.spellings == 4
    some, spelling = torch.tensor([5, 119, 0, 60, 61]), each.chosen(options.untold, 1, 2)
    assert torch.equal(spelling, shared.chosen(options.untold, 1, 2)) and len(spelling[some].unique()) > 1
    for one, other in zip(each.telling(some, spelling[some]), shared.telling(some, spelling[some]), strict=True):
        assert torch.equal(one, other)
    _, target, _ = rows.gather(some)
    assert torch.equal(each.parted(target, some, spelling[some]), shared.parted(target, some, spelling[some]))
    canonical, first = telling.canonically(taught, knows), torch.zeros_like(some)
    only = Unnamed.of(scribbles, 1, knows)
    assert torch.equal(canonical.telling(some, first).names, only.telling(some, first).names)


@pytest.mark.parametrize("change, expected", [({}, False), ({"character": "字"}, True), ({"groups": "[1]"}, True)])
def test_a_set_tells_where_one_drawing_does(tmp_path, scribbles, small, change, expected):
    index = scribbles.index.assign(groups="[]", character="")
    for column, value in change.items():
        index.loc[100, column] = value
    dataset.save(tmp_path, scribbles, index)
    assert telling.tells(tmp_path) is expected


# ---- parse


def test_ids_are_distinct_as_by_a_set_of_them():
    source = np.random.default_rng(1)
    wanted = [f"{source.integers(900)}" + f"{ADDED}2" * int(source.integers(2)) for _ in range(4000)]
    taken: set[str] = set()
    last: dict[str, int] = defaultdict(lambda: 1)
    ids = Ids()
    for name in wanted:
        found = name
        while found in taken:
            last[name] += 1
            found = f"{name}{ADDED}{last[name]}"
        taken.add(found)
        assert ids.distinct(name) == found
    assert len(taken) == len(wanted)  # the table grew twice meanwhile


@pytest.mark.parametrize("rule", ["bezier", "arclength", "rdp"])
def test_lines_are_resampled_as_the_curves_that_they_are(defaults, rule):
    from pipeline.parse.options import ParseParams

    options = ParseParams(**{**defaults["parse"], "rule": rule})
    source = np.random.default_rng(2)
    strokes = [np.cumsum(source.integers(-9, 10, (n, 2)), axis=0) + 0.5 for n in (2, 3, 30, 200)]
    curves = [resampling.polyline(stroke) for stroke in strokes]
    for line, curve in zip(
        resampling.resample_lines(strokes, options), resampling.resample_all(curves, options), strict=True
    ):
        np.testing.assert_array_equal(line, curve)


@pytest.mark.parametrize("rule", ["bezier", "arclength", "rdp"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_line_of_no_extent_is_one_point(defaults, rule, count):
    from pipeline.parse.options import ParseParams

    options = ParseParams(**{**defaults["parse"], "rule": rule})
    (dot,) = resampling.resample_lines([np.full((count, 2), (178.0, 31.0))], options)
    assert dot.tolist() == [[178.0, 31.0]]
