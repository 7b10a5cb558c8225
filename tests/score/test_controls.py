"""The spoiled drawings are drawings, and wrong only in what they are there for."""

import numpy as np
import pytest

from pipeline import drawing
from pipeline.drawing import stroke_count, to_strokes
from tests.support.controls import SPOILERS, copies, jittered, mirrored, reversed_strokes, scrambled, shuffled_order


def points(steps):
    """Places of all points, sorted: the same for two drawings of the same points."""
    return np.array(sorted(np.concatenate(to_strokes(steps, 0, 0)).round(3).tolist()))


@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=SPOILERS.keys())
def test_spoiled_drawings_are_drawings_that_the_seed_decides(scribbles, spoil):
    real = list(scribbles)
    spoiled, again, other = (spoil(real, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert len(spoiled) == len(real)
    for steps, same in zip(spoiled, again, strict=True):
        drawing.check(steps)
        np.testing.assert_array_equal(steps, same)
    if spoil not in (mirrored, reversed_strokes):
        assert any(not np.array_equal(steps, changed) for steps, changed in zip(spoiled, other, strict=True))
    assert sum(not np.array_equal(a, b) for a, b in zip(spoiled, real, strict=True)) > len(real) / 2


@pytest.mark.parametrize("spoil", [shuffled_order, reversed_strokes])
def test_the_picture_stays_where_only_the_order_is_wrong(scribbles, spoil):
    for steps, spoiled in zip(scribbles, spoil(list(scribbles), np.random.default_rng(1)), strict=True):
        np.testing.assert_allclose(points(spoiled), points(steps), atol=2e-3)
        assert stroke_count(spoiled) == stroke_count(steps)


def test_mirrored_twice_is_the_drawing(scribbles):
    source = np.random.default_rng(1)
    for steps, twice in zip(scribbles, mirrored(mirrored(list(scribbles), source), source), strict=True):
        np.testing.assert_allclose(twice, steps, atol=1e-3)


def test_jitter_is_a_share_of_the_drawing(scribbles):
    real = list(scribbles)
    spoiled = jittered(real, np.random.default_rng(1), amount=0.05)
    moved = [
        (drawing.positions(a, 0, 0) - drawing.positions(b, 0, 0)) / np.ptp(drawing.positions(b, 0, 0), axis=0).max()
        for a, b in zip(spoiled, real, strict=True)
    ]
    assert np.concatenate(moved).std() == pytest.approx(0.05, rel=0.1)


def test_scrambled_keeps_the_number_of_strokes_and_copies_come_once(scribbles):
    real = list(scribbles)
    assert [stroke_count(s) for s in scrambled(real, np.random.default_rng(1))] == [stroke_count(s) for s in real]
    taken = copies(real[:100], np.random.default_rng(1), real)
    assert len({steps.tobytes() for steps in taken}) == 100
