"""Where a training's state lives: other parameters, data or code never pick it up, and are told of it."""

import pytest

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
