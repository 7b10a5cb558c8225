"""The loop: learns, resumes to the same bytes, survives what is not finite, agrees over processes."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from pipeline.batch import holdout
from pipeline.batch.minibatches import Rows
from pipeline.dataset import DrawingSet
from pipeline.net import checkpoint
from pipeline.net.model import WritingNet
from pipeline.seeds import generator
from pipeline.train import loop
from pipeline.train.optimizers import learning_rate_factor
from tests.support import ROOT


@pytest.fixture
def make(scribbles, model_params, train_params, batch_params):
    def trainer(model=None, **changes) -> loop.Trainer:
        batch = batch_params(test_percent=20, valid_percent=20)
        drawings, index = holdout.prepare(scribbles, batch)
        prepared = DrawingSet(np.concatenate(drawings), index)
        parts = [prepared.where((index["split"] == split).to_numpy()) for split in ("train", "valid")]
        options = train_params(**changes)
        net = WritingNet(model_params(**(model or {})), generator(options.seed))
        return loop.Trainer(net, options, batch, *(Rows.of(p) for p in parts), loop.launch(options))

    return trainer


def ignore(*_) -> None:
    """Nobody watches."""


def weights(trainer: loop.Trainer) -> list[torch.Tensor]:
    return list(trainer.best.state_dict().values())


def same(a: loop.Trainer, b: loop.Trainer) -> bool:
    return all(torch.equal(x, y) for x, y in zip(weights(a), weights(b), strict=True))


@pytest.mark.parametrize("optimizer", ["adam", "muon"])
def test_it_learns(make, optimizer):
    trainer = make(epochs=8, optimizer=optimizer, learning_rate=0.01)
    trainer.run(ignore, ignore)
    history = trainer.progress.history
    assert [row["epoch"] for row in history] == list(range(1, 9))
    assert history[-1]["train"] < history[0]["train"] - 0.3
    best = min(history, key=lambda row: row["valid"])
    assert trainer.progress.best_epoch == best["epoch"] and trainer.progress.best == best["valid"]


def test_same_seed_same_bytes_and_another_seed_others(make):
    first, second, other = make(), make(), make(seed=2)
    for trainer in (first, second, other):
        torch.rand(3)
        trainer.run(ignore, ignore)
    assert same(first, second) and first.progress == second.progress
    assert not same(first, other)


@pytest.mark.parametrize("optimizer", ["adam", "muon"])
def test_a_resumed_training_ends_with_the_same_bytes(make, tmp_path, optimizer):
    class Killed(Exception):
        pass

    def save_then_die(trainer):
        trainer.save(tmp_path / "state.safetensors")
        if trainer.progress.epoch == 2:
            raise Killed

    changes = {"epochs": 4, "optimizer": optimizer}
    whole, killed, resumed = (make({"dropout": 0.2}, **changes) for _ in range(3))
    whole.run(ignore, ignore)
    with pytest.raises(Killed):
        killed.run(save_then_die, ignore)
    resumed.resume(tmp_path / "state.safetensors")
    assert resumed.progress.epoch == 2
    resumed.run(ignore, ignore)
    assert same(whole, resumed)
    assert whole.progress == resumed.progress
    # the order of its names is that of history.csv's columns
    assert [list(row) for row in whole.progress.history] == [list(row) for row in resumed.progress.history]


def test_a_damaged_state_is_told_with_its_cure(make, tmp_path):
    path = tmp_path / "state.safetensors"
    make().save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(checkpoint.CheckpointError, match="delete it and run `dvc repro`"):
        make().resume(path)


def test_states_of_other_parameters_or_data_are_other_files(tmp_path, model_params, train_params):
    prepared = tmp_path / "batches"
    prepared.mkdir()
    (prepared / "points.npy").write_bytes(b"one")
    name = loop.state_file(tmp_path, model_params(), train_params(), prepared)
    assert name == loop.state_file(tmp_path, model_params(), train_params(), prepared)
    assert name != loop.state_file(tmp_path, model_params(hidden_size=17), train_params(), prepared)
    assert name != loop.state_file(tmp_path, model_params(), train_params(seed=9), prepared)
    (prepared / "points.npy").write_bytes(b"two")
    assert name != loop.state_file(tmp_path, model_params(), train_params(), prepared)


def poison(trainer: loop.Trainer, minibatches: set[int]) -> None:
    losses, calls = trainer._losses, iter(range(10**6))

    def poisoned(*args):
        offset, pen, steps = losses(*args)
        return (offset * float("nan") if next(calls) in minibatches else offset), pen, steps

    trainer._losses = poisoned


def test_a_loss_that_is_not_finite_never_reaches_the_weights(make):
    trainer = make(epochs=2, max_skipped=10)  # an epoch has ten minibatches
    before = [p.detach().clone() for p in trainer.net.parameters()]
    poison(trainer, set(range(10**6)))
    with pytest.raises(loop.TrainingError, match=r"epoch 2: the offsets' loss.*train\.learning_rate"):
        trainer.run(ignore, ignore)
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.net.parameters(), strict=True))


def test_single_bad_minibatches_are_skipped_and_counted(make):
    trainer = make(epochs=2, max_skipped=1)
    poison(trainer, {1, 4})
    trainer.run(ignore, ignore)
    assert sum(row["skipped"] for row in trainer.progress.history) == 2
    assert all(torch.isfinite(p).all() for p in weights(trainer))


def test_a_training_that_diverges_without_nans_is_stopped(make):
    trainer = make(epochs=40, optimizer="adam", learning_rate=30.0, average=0.0, gradient_clip=1e9)
    with pytest.raises(loop.TrainingError, match="diverged in epoch"):
        trainer.run(ignore, ignore)


def test_learning_rate_schedules(train_params):
    cosine = train_params(schedule="cosine", warmup_steps=10)
    assert learning_rate_factor(cosine, 0, 1000, 10) == pytest.approx(0.1, rel=1e-3)
    assert learning_rate_factor(cosine, 500, 1000, 10) == pytest.approx(0.5)
    assert learning_rate_factor(cosine, 999, 1000, 10) < 1e-4
    post = train_params(schedule="exponential", decay_per_epoch=0.01, warmup_steps=0)
    assert learning_rate_factor(post, 9, 1000, 10) == 1
    assert learning_rate_factor(post, 25, 1000, 10) == pytest.approx(0.99**2)


def test_the_forecast_says_how_long_and_changes_nothing(make):
    trainer, other = make(), make()
    text = loop.forecast(trainer)
    assert "3 epochs of" in text and "1 CPU threads" in text and "about 0 min" in text
    trainer.run(ignore, ignore)
    other.run(ignore, ignore)
    assert same(trainer, other)


def test_bfloat16_keeps_the_likelihood(make):
    single, half = make(epochs=12), make(epochs=12, precision="bf16-mixed")
    single.run(ignore, ignore)
    half.run(ignore, ignore)
    assert half.progress.best == pytest.approx(single.progress.best, abs=0.03)


def test_no_cuda_is_told(make):
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(loop.TrainingError, match=r"train\.device is cuda.*set it to auto"):
        make(device="cuda")


def test_two_processes_give_the_losses_of_one(make, tmp_path):
    """Each with half of every minibatch, over gloo; the same epochs, losses and likelihoods."""
    script = str(ROOT / "tests" / "support" / "two_processes.py")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    losses = []
    for processes in (1, 2):
        out = tmp_path / f"{processes}.csv"
        subprocess.run([sys.executable, script, str(processes), str(out)], check=True, env=environment, timeout=120)
        losses.append(np.loadtxt(out, delimiter=","))
    np.testing.assert_allclose(losses[0][:, :4], losses[1][:, :4], rtol=1e-4)
    np.testing.assert_allclose(losses[0][:, 4], losses[1][:, 4], rtol=1e-3)  # the norm of the gradients
    assert len(losses[0]) == 3 and np.ptp(losses[0][:, 0]) > 0.01
