"""Where a training's state lives: other parameters, data or code never pick it up, and are told of it."""

import json

import numpy as np
import pytest

import stages.train
from pipeline import dataset
from pipeline.batch import holdout
from pipeline.batch.minibatches import Rows
from pipeline.net.model import WritingNet
from pipeline.seeds import generator
from pipeline.train import loop, machine


@pytest.fixture
def prepared(tmp_path):
    folder = tmp_path / "batches"
    folder.mkdir()
    (folder / "points.npy").write_bytes(b"one")
    return folder


@pytest.fixture
def place(tmp_path, prepared, model_params, train_params, batch_params):
    def at(model=None, batch=None, **changes):
        root, options = tmp_path / ".checkpoints", train_params(**changes)
        return loop.place(root, model_params(**(model or {})), options, batch_params(**(batch or {})), prepared)

    return at


@pytest.fixture
def stop(scribbles, model_params, train_params, batch_params):
    """Leave a state of a training that was stopped after one epoch."""

    def stopped(at):
        options, rows = train_params(), Rows.of(scribbles)
        net = WritingNet(model_params(), generator(1))
        trainer = loop.Trainer(net, options, batch_params(), rows, rows, machine.launch(options, "lstm"))
        trainer.progress.epoch = 1
        at.note()
        trainer.save(at.file)

    return stopped


OTHERS = [
    # what is changed -> what is said of the state that was there before
    ({"threads": 2}, "train.threads is 2 and was 1"),
    ({"seed": 9, "epochs": 4}, "train.epochs is 4 and was 3, train.seed is 9 and was 1"),
    ({"model": {"hidden_size": 17}}, "model.hidden_size is 17 and was 16"),
    ({"batch": {"length_noise": 0.5}}, "batch.length_noise is 0.5 and was 0.12"),
]


@pytest.mark.parametrize(("changes", "said"), OTHERS, ids=[said for _, said in OTHERS])
def test_other_parameters_start_anew_and_say_why(place, stop, changes, said):
    before = place()
    stop(before)
    assert place().file == before.file and place().file.exists() and place().others() == ""
    other = place(**changes)
    assert not other.file.exists()
    name = f".checkpoints/{before.folder.name}"
    assert other.others() == (
        f"starts anew: {name} holds a training stopped after epoch 1, but {said}; undo that to go on from there, or "
        f"delete {name}"
    )
    assert before.file.exists()


def test_other_data_and_code_are_named(place, stop, prepared, monkeypatch):
    stop(place())
    (prepared / "points.npy").write_bytes(b"two")
    assert "but points.npy has changed; undo" in place().others()
    monkeypatch.setattr(loop, "MODULES", loop.MODULES[1:])
    assert "but points.npy has changed, train/augmentation.py has changed; undo" in place().others()


def test_the_nearest_of_several_states_is_named(place, stop):
    near, far = place(seed=2), place(seed=2, epochs=9, optimizer="adam", average=0.5, stroke_shift=0.0)
    stop(far)
    assert "train.epochs is 3 and was 9" in place().others() and " and 2 more; undo" in place().others()
    stop(near)
    assert near.folder.name in place().others() and "but train.seed is 1 and was 2; undo" in place().others()
    assert place().others().endswith("(of 2 such)")


def test_a_state_that_does_not_say_what_it_is_of_is_told_all_the_same(place, stop):
    """As one that an earlier version left."""
    stop(place(seed=2))
    (place(seed=2).folder / "depends.json").unlink()
    assert f"delete .checkpoints/{place(seed=2).folder.name}" in place().others()


class Row:
    """In the place of MLflow's."""

    def metrics(self, values: dict, step: int) -> None:
        assert values


@pytest.fixture
def stage(tmp_path, prepared, scribbles, monkeypatch, capsys, model_params, train_params, batch_params):
    """The stage's own function on the scribbles: its summary, and what it printed."""
    batch = batch_params(test_percent=20, valid_percent=20)
    drawings, index = holdout.prepare(scribbles, batch)
    dataset.save(prepared, drawings, index)
    (prepared / holdout.DESCRIPTION).write_text(json.dumps({"scale": 15.0, "width": 109.0, "height": 109.0}))
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))

    def run(**changes):
        sections = {"model": model_params(), "train": train_params(**changes), "batch": batch}
        monkeypatch.setattr(stages.train.params, "load", sections.get)
        return stages.train.main(Row(), prepared, tmp_path / "model"), capsys.readouterr().out

    return run


def kill_after(epoch: int, monkeypatch):
    save = loop.Trainer.save

    def save_then_die(trainer, path):
        save(trainer, path)
        if trainer.progress.epoch == epoch:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop.Trainer, "save", save_then_die)


def test_the_stage_says_that_it_starts_anew_and_leaves_the_other_state(stage, tmp_path, monkeypatch):
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        kill_after(1, killed)
        stage()
    (state,) = (tmp_path / ".checkpoints").iterdir()
    _, said = stage(threads=2)
    assert (
        f"train: starts anew: .checkpoints/{state.name} holds a training stopped after epoch 1, but train.threads"
        in said
    )
    assert list((tmp_path / ".checkpoints").iterdir()) == [state]  # the other's is there, its own is gone
    _, said = stage()  # the threads as they were
    assert "train: going on after epoch 1 of 3" in said and "anew" not in said
    assert not list((tmp_path / ".checkpoints").iterdir())


def test_a_diverged_training_writes_its_best_net_and_says_so(stage, tmp_path, monkeypatch):
    judge = loop.Trainer._judge

    def lost(trainer, row):
        judge(trainer, row if row["epoch"] < 3 else row | {"valid": np.nan, "valid_pen": np.nan})

    monkeypatch.setattr(loop.Trainer, "_judge", lost)
    summary, _ = stage()
    assert "epoch 2 of 3 is best" in summary or "epoch 1 of 3 is best" in summary
    assert "training diverged in epoch 3: the pen likelihood of the validation drawings is not finite. Lower" in summary
    config = json.loads((tmp_path / "model/config.json").read_text())
    assert config["ended"] in summary and config["best_epoch"] < 3
    assert len((tmp_path / "model/history.csv").read_text().splitlines()) == 1 + 2
    assert not list((tmp_path / ".checkpoints").iterdir())
