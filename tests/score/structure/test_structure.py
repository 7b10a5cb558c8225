"""Scores of how drawings are built: sums over drawings, intervals, floors; the spoiled drawings are in another file."""

import numpy as np
import pandas as pd
import pytest

from pipeline.score.structure import structure
from pipeline.score.structure.parts import Found
from pipeline.score.structure.stroke_order import Reading
from pipeline.score.structure.structure import Structure


def reading(kinds):
    """A drawing a text, a stroke a letter; capitals are known, all are forward."""
    owner = np.repeat(np.arange(len(kinds)), [len(text) for text in kinds])
    letters = np.array(list("".join(kinds)), dtype="<U1")
    known = np.char.isupper(letters)
    return Reading(len(kinds), owner, letters, np.zeros(len(letters), np.float32), known, np.ones(len(letters), bool))


def found(strokes, *rows):
    """rows: drawing, element, first, last, away"""
    table = pd.DataFrame(rows, columns=["drawing", "element", "first", "last", "away"])
    side = 0.1 * np.arange(len(table))  # each part right of the one before
    table = table.assign(distance=0.01, left=side, top=0.0, right=side + 0.05, bottom=1.0)
    explained = np.zeros(len(strokes), np.int64)
    for row in table.itertuples():
        explained[row.drawing] += row.last - row.first + 1
    return Found(table, np.array(strokes), explained)


def built(parts, kinds):
    strokes = reading(kinds)
    ratios = {"strokes": {"known": strokes.per_drawing(strokes.known)}, "parts": structure._of_parts(parts)}
    return Structure(parts, strokes, ratios)


@pytest.fixture
def ours():
    parts = found([5, 4, 2], (0, "口", 0, 2, 0.0), (0, "十", 3, 4, 0.5), (1, "个", 0, 3, 0.05))
    return built(parts, ["AAAAa", "AAaa", "bb"])


@pytest.fixture
def real():
    return built(found([5, 3], (0, "口", 0, 2, 0.0), (1, "十", 0, 1, 0.0)), ["AAAAA", "ABB"])


def test_numbers_and_floors(ours, real):
    numbers = structure.numbers(ours, real, 200, np.random.default_rng(0))
    parts = numbers["parts"]
    assert parts["share"] == pytest.approx(2 / 3) and parts["share_floor"] == pytest.approx((3 / 5 + 2 / 3) / 2)
    assert parts["large"] == pytest.approx(1 / 3) and parts["large_floor"] == 0
    assert parts["whole"] == pytest.approx(2 / 3) and parts["whole_floor"] == 0
    assert parts["placed"] == pytest.approx(2 / 3) and parts["placed_floor"] == 1
    assert parts["strokes_per_part"] == pytest.approx(3) and parts["strokes_per_part_floor"] == 2.5
    assert numbers["strokes"]["known"] == pytest.approx(6 / 11)
    assert parts["share_low"] < parts["share"] < parts["share_high"]
    # no pair of held-out parts is in one row: there is nothing to stand beside
    assert "left_to_right" not in parts and "top_to_bottom" not in parts
    assert all(np.isfinite(value) for section in numbers.values() for value in section.values())


def test_the_interval_is_that_of_a_mean():
    source = np.random.default_rng(0)
    share = source.random(400)
    low, high = structure.interval((share, np.ones(400)), 2000, source)
    width = 2 * 1.96 * share.std() / np.sqrt(400)  # the normal approximation
    assert high - low == pytest.approx(width, rel=0.1) and low < share.mean() < high
    # a drawing without a chance changes nothing
    again = structure.interval((np.append(share, 0), np.append(np.ones(400), 0)), 2000, np.random.default_rng(0))
    assert again == structure.interval((share, np.ones(400)), 2000, np.random.default_rng(0))
    assert structure.interval((np.ones(3), np.ones(3)), 100, source) == (1, 1)


def test_a_drawing_counts_as_a_whole_in_the_interval():
    """Ten strokes of one drawing agree: as independent ones they would make the interval too narrow."""
    source = np.random.default_rng(0)
    good = source.random(60) < 0.5
    few = structure.interval((10 * good, np.full(60, 10)), 2000, np.random.default_rng(1))
    assert few == structure.interval((good, np.ones(60)), 2000, np.random.default_rng(1))


def test_tables(ours, real):
    common = structure.commonest(ours, real)
    assert common["element"].tolist() == ["十", "口", "个"]  # of two as common the first by code point
    np.testing.assert_allclose(common[["samples", "held_out"]], [[1 / 3, 1 / 2], [1 / 3, 1 / 2], [1 / 3, 0]])
    kinds = structure.types_table(ours, real).set_index("type")
    assert kinds.loc["A"].tolist() == [pytest.approx(6 / 11), pytest.approx(6 / 8)]
    assert kinds.loc["B"].tolist() == [0, pytest.approx(2 / 8)]
    rows = structure.per_drawing(ours)
    assert rows["parts"].tolist() == ["口 + 十", "个", ""]
    assert rows["parts_share"].tolist() == [1, 1, 0] and rows["strokes_known"].tolist() == [0.8, 0.5, 0]
    assert rows["parts_placed"].isna().tolist() == [False, False, True]


def test_types_apart(ours, real):
    assert structure.types_apart(ours, ours) == 0
    # A 6/11 against 6/8, B 0 against 2/8, a 3/11 and b 2/11 against 0
    expected = (abs(6 / 11 - 6 / 8) + 2 / 8 + 3 / 11 + 2 / 11) / 2
    assert structure.types_apart(ours, real) == pytest.approx(expected)


def test_drawings_of_which_nothing_is_known_but_their_strokes(scribbles):
    parts_of = [scribbles.where(np.arange(len(scribbles)) % 3 == i) for i in range(3)]
    against = structure.yardstick(parts_of[0], parts_of[1], np.random.default_rng(0))
    seen = structure.look(list(parts_of[2]), against)
    numbers = structure.numbers(seen, seen, 100, np.random.default_rng(0))
    assert against.library is None and seen.parts is None and set(numbers) == {"strokes"}
    assert structure.types_apart(seen, seen) is None
    assert len(structure.commonest(seen, seen)) == 0 and "parts" not in structure.per_drawing(seen)


def test_no_sample(scribbles):
    against = structure.yardstick(scribbles, scribbles, np.random.default_rng(0))
    nothing, seen = structure.look([], against), structure.look(list(scribbles), against)
    assert structure.numbers(nothing, seen, 100, np.random.default_rng(0)) == {"strokes": {}}
    assert len(structure.per_drawing(nothing)) == 0
