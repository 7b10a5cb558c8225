"""Random distortions: what each does to a drawing, how far it goes, and that nothing else is touched."""

import numpy as np
import pytest
import torch

from pipeline.batch.minibatches import Rows
from pipeline.seeds import generator
from pipeline.train import augmentation
from pipeline.train.augmentation import Distortion

NONE = {"scale_range": 0.0, "scale_per_axis": False, "scale_per_drawing": False, "augmentation_ends": 0.9}
NONE |= {"stretch_range": 0.0, "slant_range": 0.0, "shift_range": 0.0, "stroke_shift": 0.0}


@pytest.fixture
def minibatch(scribbles):
    """target (T, B, 3), keep (T, B)"""
    _, target, keep = Rows.of(scribbles).gather(torch.arange(40))
    return target, keep


@pytest.fixture
def options(train_params):
    return lambda **changes: train_params(**{**NONE, **changes})


def distorted(target, left, options, source):
    return Distortion.of(*target.shape[:2], left, options, source).drawings(target)


def places(target):
    return target[..., :2].cumsum(dim=0)


def test_nothing_asked_changes_nothing(minibatch, options):
    target, _ = minibatch
    assert torch.equal(distorted(target, 1.0, options(), generator(1)), target)
    everything = options(scale_range=0.3, stretch_range=0.3, slant_range=0.1, shift_range=1.0, stroke_shift=0.2)
    assert torch.equal(distorted(target, 0.0, everything, generator(1)), target)
    assert not torch.equal(distorted(target, 0.5, everything, generator(1)), target)


@pytest.mark.parametrize("change", ["scale_range", "stretch_range", "slant_range", "shift_range", "stroke_shift"])
def test_pens_stay_and_the_source_decides(minibatch, options, change):
    target, _ = minibatch
    once, twice, other = (distorted(target, 1.0, options(**{change: 0.3}), generator(key)) for key in (1, 1, 2))
    assert torch.equal(once, twice) and not torch.equal(once, other)
    assert torch.equal(once[..., 2], target[..., 2])


@pytest.mark.parametrize(("per_axis", "per_drawing"), [(False, False), (True, False), (False, True), (True, True)])
def test_random_scale_is_uniform_within_its_range(per_axis, per_drawing):
    drawn = [augmentation.random_scale(6, 0.3, per_axis, per_drawing, generator(i)) for i in range(400)]
    values = torch.cat(drawn)
    assert values.shape[1:] == (6 if per_drawing else 1, 2 if per_axis else 1)
    assert 0.7 <= values.min() < 0.72 and 1.28 < values.max() <= 1.3
    assert values.mean().item() == pytest.approx(1.0, abs=0.03)


def test_stretching_and_slanting_are_one_linear_map_a_drawing(minibatch, options):
    target, keep = minibatch
    found = distorted(target, 1.0, options(stretch_range=0.35, slant_range=0.15), generator(1))
    maps = []
    for column in range(target.shape[1]):
        before, after = target[keep[:, column], column, :2], found[keep[:, column], column, :2]
        if np.linalg.matrix_rank(before.numpy()) == 2:
            solved = np.linalg.lstsq(before.numpy(), after.numpy(), rcond=None)[0]
            np.testing.assert_allclose(before.numpy() @ solved, after.numpy(), atol=1e-3)
            maps.append(solved)
    stretch = np.stack([np.diag(one) for one in maps])
    slants = np.stack([(one[0, 1] / one[0, 0], one[1, 0] / one[1, 1]) for one in maps])
    assert np.exp(-0.35) < stretch.min() < 0.8 and 1.25 < stretch.max() < np.exp(0.35)
    assert np.abs(slants).max() < 0.15 + 1e-5 and np.abs(slants).mean() == pytest.approx(0.075, abs=0.02)


def test_a_shift_moves_the_whole_drawing(minibatch, options):
    target, _ = minibatch
    moved = distorted(target, 1.0, options(shift_range=0.4), generator(1)) - target
    assert (moved[1:] == 0).all()
    assert 0.3 < moved[0, :, :2].abs().max() <= 0.4 and moved[0, :, :2].std() > 0.1


def test_strokes_move_as_they_are(minibatch, options):
    """Only the travel to a stroke's first point differs: chords on the paper, and padding, stay."""
    target, keep = minibatch
    found = distorted(target, 1.0, options(stroke_shift=0.5), generator(1))
    began = augmentation.begins(target)
    assert torch.equal(found[~began], target[~began])
    apart = (found - target)[began][:, :2]
    assert (apart != 0).all() and apart.std().item() == pytest.approx(0.5, rel=0.15)
    strokes = (target[..., 2] > 0) & keep
    assert began.sum() == strokes.sum() and not began[~keep].any()


@pytest.mark.parametrize("per_drawing", [False, True])
def test_an_exemplar_moves_as_the_drawing_does(minibatch, options, per_drawing):
    """Of a drawing that is its own exemplar each point stays on the exemplar's, of half a minibatch too."""
    target, keep = minibatch
    whole = {"scale_range": 0.3, "scale_per_axis": True, "scale_per_drawing": per_drawing, "stretch_range": 0.35}
    asked = options(**whole, slant_range=0.15, shift_range=0.4)
    mine = slice(1, None, 2)
    made = Distortion.of(*target.shape[:2], 1.0, asked, generator(1))
    moved, shown = places(made.drawings(target))[:, mine], made.points(places(target)[:, mine], mine)
    torch.testing.assert_close(shown[keep[:, mine]], moved[keep[:, mine]], rtol=1e-4, atol=1e-4)
    assert not torch.allclose(moved, places(target)[:, mine], atol=0.1)  # the control
    apart = Distortion.of(*target.shape[:2], 1.0, options(stroke_shift=0.5), generator(1))
    assert torch.equal(apart.points(places(target), slice(None)), places(target))


def test_all_of_it_fades(options):
    fading, constant = options(augmentation_ends=0.5), options(augmentation_ends=0.0)
    assert [augmentation.reach(fading, done) for done in (0.0, 0.25, 0.5, 0.9)] == [1, 0.5, 0, 0]
    assert augmentation.reach(constant, 0.99) == 1
