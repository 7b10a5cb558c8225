"""The recogniser: its axes against scikit-learn's, copies as another hand writes them, and real characters that were
bent, taken for what they are more often than by the nearest picture."""

import numpy as np
import pandas as pd
import pytest
import scipy.linalg
from scipy.linalg import subspace_angles
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from pipeline import drawing
from pipeline.dataset import DrawingSet
from pipeline.parse import characters, reading
from pipeline.parse.reading import ParseParams
from pipeline.score import novelty
from pipeline.score.described import content
from pipeline.score.described.content import Recogniser
from tests.support import controls

DISTORTIONS = ("MOVED", "SCALED", "TURNED", "SHAKEN", "SLANTED")
EVERY = 32  # one of so many characters of KanjiVG, with all forms


def a_set(drawings, codes, splits):
    stops = np.cumsum([len(one) for one in drawings])
    index = {"code_point": codes, "split": splits, "start": stops - [len(one) for one in drawings], "stop": stops}
    return DrawingSet(np.concatenate(drawings), pd.DataFrame(index))


@pytest.fixture(scope="module")
def some(kanjivg_archive, defaults):
    """About 350 real drawings; every fourth character is held out."""
    index = pd.DataFrame([characters.describe(name, "hex") | {"file": name} for name in reading.names(kanjivg_archive)])
    index = index[(index["kind"] == "kanji") & (index["code_point"] % EVERY == 0)]
    drawings = controls.parsed(kanjivg_archive, list(index["file"]), ParseParams(**defaults["parse"]))
    codes = index["code_point"].to_numpy()
    return a_set(drawings, codes, np.where(codes // EVERY % 4 == 0, "test", "train"))


@pytest.fixture(scope="module")
def recogniser(some):
    return content.trained(some, np.random.default_rng(1))


def plain(real):
    """The control: whatever is nearest in novelty's pictures."""
    return Recogniser.of(real, lambda drawings: novelty.pictures(drawings, 24, 0.06))


def test_real_drawings_are_recognised_by_other_forms(some, recogniser):
    """The held-out characters', of which nothing was learnt; a drawing itself is not compared with."""
    codes = some.index["code_point"].to_numpy()
    twice = np.flatnonzero(some.index.duplicated("code_point", keep=False) & (some.index["split"] == "test"))
    assert len(twice) > 25
    drawings = [some[i] for i in twice]
    assert (recogniser.ranks(drawings, codes[twice]) == 0).all()
    assert np.mean(recogniser.ranks(drawings, codes[twice], twice) == 0) > 0.97
    assert (recogniser.ranks(drawings, np.roll(codes[twice], 7)) > 0).mean() > 0.9  # the control: others' names


def test_a_character_of_one_drawing_is_not_found_without_it(some, recogniser):
    codes = some.index["code_point"].to_numpy()
    once = np.flatnonzero(~some.index.duplicated("code_point", keep=False))[:20]
    ranks = recogniser.ranks([some[i] for i in once], codes[once], once)
    assert (ranks == len(set(codes)) - 1).all()


def test_what_is_bent_is_recognised_more_often_than_by_the_nearest_picture(some, recogniser):
    """It did not learn from such distortions."""
    held = np.flatnonzero(some.index["split"] == "test")
    bent = controls.elastic([some[i] for i in held], np.random.default_rng(2), 0.12)
    codes = some.index["code_point"].to_numpy()[held]
    ours, theirs = (np.mean(one.ranks(bent, codes) == 0) for one in (recogniser, plain(some)))
    assert ours > theirs + 0.1


def test_the_same_seed_gives_the_same_recogniser(some, recogniser):
    np.testing.assert_array_equal(content.trained(some, np.random.default_rng(1)).real, recogniser.real)


def test_held_out_drawings_teach_nothing(some, recogniser):
    """Other drawings in their place leave the axes as they were."""
    held = (some.index["split"] == "test").to_numpy()
    drawings = [some[i][:, [1, 0, 2]] if out else some[i] for i, out in enumerate(held)]  # mirrored at the diagonal
    again = content.trained(a_set(drawings, some.index["code_point"], some.index["split"]), np.random.default_rng(1))
    taught = ~held[recogniser.rows]
    np.testing.assert_allclose(again.real[taught], recogniser.real[taught], atol=1e-5)
    assert not np.allclose(again.real[~taught], recogniser.real[~taught], atol=1e-2)


def test_axes_are_those_of_discriminant_analysis(monkeypatch):
    monkeypatch.setattr(content, "RIDGE", 0.0)
    monkeypatch.setattr(content, "FLOOR", 0.0)
    monkeypatch.setattr(content, "AXES", 3)
    source = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 50)
    points = source.normal(size=(4, 6))[labels] + source.normal(size=(200, 6)) @ source.normal(size=(6, 6))
    means = np.array([points[labels == one].mean(axis=0) for one in range(4)])
    within, total = content._scatter(points - means[labels]), content._scatter(points - points.mean(axis=0))
    found = content.axes(total, within)
    theirs = LinearDiscriminantAnalysis(solver="eigen").fit(points, labels).scalings_[:, :3]
    assert subspace_angles(found, theirs).max() < 1e-4
    np.testing.assert_allclose(found.T @ within @ found, np.eye(3), atol=1e-4)  # Mahalanobis's distance along them


def test_the_ridge_holds_where_nothing_varies():
    found = content.axes(np.eye(5), np.zeros((5, 5)))
    assert found.shape == (5, 5) and np.isfinite(found).all()


def test_copies_have_the_same_strokes_each_moved_turned_and_scaled(monkeypatch):
    """Each stroke of a copy is an affine image of the real one, and nothing else is changed."""
    monkeypatch.setattr(content, "SHAKEN", 0.0)
    source = np.random.default_rng(0)
    strokes = [source.uniform(0, 109, (5, 2)) for _ in range(4)] + [np.array([[50.0, 60.0]])]
    steps = drawing.from_strokes(strokes, 109, 109)
    copy = content.distorted(steps, source)
    assert copy.dtype == np.float32 and np.array_equal(copy[:, 2], steps[:, 2])
    for ours, theirs in zip(drawing.to_strokes(copy, 109, 109), strokes, strict=True):
        known = np.column_stack((theirs, np.ones(len(theirs))))
        map_, *_ = scipy.linalg.lstsq(known, ours)
        np.testing.assert_allclose(known @ map_, ours, atol=1e-3)
        assert np.abs(ours - theirs).max() > 0.01


def test_without_distortion_a_copy_is_the_drawing(monkeypatch):
    for name in DISTORTIONS:
        monkeypatch.setattr(content, name, 0.0)
    steps = drawing.from_strokes([np.array([[10.0, 20.0], [90.0, 30.0]]), np.array([[5.0, 5.0]])], 109, 109)
    np.testing.assert_allclose(content.distorted(steps, np.random.default_rng(0)), steps, atol=1e-5)


@pytest.mark.parametrize(("name", "along"), [("MOVED", False), ("SHAKEN", True)])
def test_how_far_strokes_and_points_are_moved(monkeypatch, name, along):
    """A stroke that is moved keeps its own offsets; points that are shaken do not."""
    for other in set(DISTORTIONS) - {name}:
        monkeypatch.setattr(content, other, 0.0)
    steps = drawing.from_strokes([np.array([[0.0, 0.0], [100.0, 50.0]])] * 2, 0, 0)
    source = np.random.default_rng(0)
    copies = np.array([content.distorted(steps, source)[:, :2] for _ in range(2000)])
    np.testing.assert_allclose(copies[:, 0].std(axis=0), getattr(content, name) * 100, rtol=0.05)
    assert (copies[:, 1].std(axis=0).max() > 1) == along
