"""The judge: what ships is what its card says; training is decided by its seed; a damaged one is refused."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from pipeline.params import ParamsError
from pipeline.score.judge import card, judge, training
from pipeline.score.judge.judge import Answers, JudgeError
from pipeline.score.judge.training import JudgeParams, JudgeTrainingError
from tests.support import ROOT

SHIPPED = ROOT / "pretrained" / "judge"
VALUES = ROOT / "judge" / "params.yaml"
SMALL = {"size": 16, "widths": [4, 4, 4, 4], "features": 8, "min_instances": 5, "epochs": 6, "batch_size": 8}
SMALL |= {"test_percent": 15, "valid_percent": 15}


@pytest.fixture
def options():
    values = training.read(VALUES).judge
    fields = {name: getattr(values, name) for name in values.__dataclass_fields__}
    return lambda **changes: JudgeParams(**{**fields, **SMALL, **changes})


@pytest.fixture
def index(scribbles):
    """Half of the scribbles hold the component A, all of them B, three code points C."""
    named = [["A", "B"] if code % 2 else ["B"] + ["C"] * (code < 0x4E06) for code in scribbles.index["code_point"]]
    return scribbles.index.assign(groups=[json.dumps([{"element": name} for name in names]) for names in named])


@pytest.fixture
def task(scribbles, index, options):
    return training.lesson([list(scribbles)] * 2, index, options())


def still(items, text):
    return items


def test_what_ships_is_what_its_card_says():
    found = judge.load(SHIPPED)
    sizes = [path.stat().st_size for path in SHIPPED.iterdir()]
    assert sum(sizes) < 4e6
    assert found.name in (SHIPPED / "card.md").read_text(encoding="utf-8")
    assert card.text(found) == (SHIPPED / "card.md").read_text(encoding="utf-8")
    assert "Ulrich Apel" in found.card["licence"]
    plan = training.read(VALUES)
    assert found.card["version"] == plan.judge.version and found.card["data"]["sha256"] == plan.fetch.sha256
    assert found.shape.features == plan.judge.features and found.shape.widths == plan.judge.widths


def test_the_lesson_is_by_code_point_and_frequency(task, index):
    assert task.components == ["A", "B"]  # C is in too few
    np.testing.assert_array_equal(task.present[:, 0], index["code_point"] % 2 == 1)
    assert task.present[:, 1].all()
    split = pd.Series(task.index["split"].to_numpy()).groupby(index["code_point"].to_numpy()).nunique()
    assert (split == 1).all() and set(task.index["split"]) == {"train", "valid", "test"}


def test_nothing_to_learn_is_refused(scribbles, index, options):
    with pytest.raises(JudgeTrainingError, match=r"0 components in 99 .* lower judge\.min_instances"):
        training.lesson([list(scribbles)], index, options(min_instances=99))


def test_training_is_decided_by_the_seed(task, options, tmp_path):
    names = []
    for number, seed in enumerate((1, 1, 2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        trained = training.train(task, options(seed=seed), still)
        judge.save(folder, trained.net, trained.shape, {"version": "0"})
        names.append(judge.load(folder).name)
    assert names[0] == names[1] != names[2]


def test_training_learns_to_count(task, options):
    rows = task.rows("train")
    drawings, strokes = [task.drawings[0][i] for i in rows], task.strokes[rows]
    learnt = training.train(task, options(epochs=40, widths=[8, 16, 16, 16]), still)
    constant = np.abs(strokes - np.median(strokes)).mean()
    assert np.abs(learnt.answer(drawings).strokes - strokes).mean() < 0.8 * constant
    with_one_epoch = training.train(task, options(epochs=1), still)  # the control
    assert np.abs(with_one_epoch.answer(drawings).strokes - strokes).mean() > constant


def test_two_resamplings_may_be_drawn_together(task, options):
    trained = training.train(task, options(agreement=1.0, epochs=2), still)
    assert np.isfinite(trained.embed(task.drawings[0])).all()


def test_f1_is_scikit_learn_s():
    source = np.random.default_rng(0)
    probability, present = source.random((60, 7)).astype(np.float32), source.random((60, 7)) < 0.3
    present[:, 6] = False  # does not occur: not in the mean
    strokes = source.integers(1, 20, 60)
    found = card.quality(Answers(probability, (strokes + 0.4).astype(np.float32)), present, strokes)
    assert found["f1_micro"] == pytest.approx(f1_score(present, probability > 0.5, average="micro"))
    assert found["f1_macro"] == pytest.approx(f1_score(present[:, :6], probability[:, :6] > 0.5, average="macro"))
    assert found["stroke_error"] == pytest.approx(0.4, abs=1e-5) and found["strokes_right"] == 1


def test_agreement_of_the_same_and_of_others():
    source = np.random.default_rng(0)
    one = source.normal(size=(400, 30))
    found = card.agreement({"a": one, "b": 2 * one, "c": source.normal(size=(400, 30))})
    assert found["a-b"]["same"] == pytest.approx(1) and abs(found["a-b"]["different"]) < 0.1
    assert found["a-c"]["same"] == pytest.approx(found["a-c"]["different"], abs=0.1)
    assert found["a-c"]["distance_share"] == pytest.approx(1, abs=0.1)


def test_features_do_not_depend_on_the_other_drawings(scribbles, monkeypatch):
    found = judge.load(SHIPPED)
    whole, described = found.embed(list(scribbles)), found.describe(list(scribbles))
    monkeypatch.setattr(judge, "BLOCK", 7)
    np.testing.assert_allclose(found.embed(list(scribbles)), whole, atol=1e-4)
    np.testing.assert_allclose(described[:, -whole.shape[1] :], whole, atol=1e-4)
    assert found.embed([]).shape == (0, found.shape.features)
    answers = found.answer(list(scribbles))
    assert answers.components.shape == (120, len(found.shape.components))
    assert ((answers.components >= 0) & (answers.components <= 1)).all()


def change_card(folder, **changes):
    card = json.loads((folder / judge.CARD).read_text(encoding="utf-8"))
    (folder / judge.CARD).write_text(json.dumps({**card, **changes}), encoding="utf-8")


def flip_a_byte(folder):
    data = bytearray((folder / judge.WEIGHTS).read_bytes())
    data[-1] ^= 1
    (folder / judge.WEIGHTS).write_bytes(data)


DAMAGES = {
    "no weights": (lambda folder: (folder / judge.WEIGHTS).unlink(), "holds no judge"),
    "no card": (lambda folder: (folder / judge.CARD).unlink(), "holds no judge"),
    "card cut off": (lambda folder: (folder / judge.CARD).write_text('{"version": '), "holds no judge"),
    "card of a list": (lambda folder: (folder / judge.CARD).write_text("[]"), "holds no judge"),
    "other weights": (flip_a_byte, "is not what judge.json names"),
    "other pictures": (lambda folder: change_card(folder, raster={"margin": 0.5}), "was trained on other pictures"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_judge_is_refused(tmp_path, damage, message):
    folder = tmp_path / "judge"
    shutil.copytree(SHIPPED, folder)
    judge.load(folder)  # the control
    damage(folder)
    with pytest.raises(JudgeError, match=f"{message}.*dvc repro judge/dvc.yaml"):
        judge.load(folder)


def test_a_shape_that_does_not_fit_is_refused(tmp_path):
    folder = tmp_path / "judge"
    shutil.copytree(SHIPPED, folder)
    shape = judge.load(folder).card["shape"]
    change_card(folder, shape=shape | {"features": 17})
    with pytest.raises(JudgeError, match="do not belong together"):
        judge.load(folder)
    change_card(folder, shape=shape | {"depth": 3})
    with pytest.raises(ParamsError, match=r"shape\.depth: unknown key"):
        judge.load(folder)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("epochs: 12", "epochs: many", r"judge\.epochs: .*is 'many'"),
        ("seed: 1", "seeds: 1", r"judge\.seeds: unknown key"),
        ("\njudge:", "\njudged:", "must hold the sections fetch, coarse, fine, even, straight, judge"),
        ("fetch:", "fetch: [", "cannot be read"),
    ],
)
def test_wrong_values_are_named(tmp_path, before, after, message):
    text = VALUES.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "params.yaml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ParamsError, match=message):
        training.read(path)
