"""The loop: learns, resumes to the same bytes, survives what is not finite, agrees over processes."""

import os
import re
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
from pipeline.train import loop, machine
from pipeline.train.optimizers import learning_rate_factor
from tests.support import ROOT
from tests.support.trainings import ignore, same, weights


@pytest.fixture
def make(scribbles, model_params, train_params, batch_params):
    def trainer(model=None, **changes) -> loop.Trainer:
        batch = batch_params(test_percent=20, valid_percent=20)
        drawings, index = holdout.prepare(scribbles, batch)
        prepared = DrawingSet(np.concatenate(drawings), index)
        parts = [prepared.where((index["split"] == split).to_numpy()) for split in ("train", "valid")]
        options = train_params(**changes)
        net = WritingNet(model_params(**(model or {})), generator(options.seed))
        return loop.Trainer(
            net, options, batch, *(Rows.of(p) for p in parts), machine.launch(options, net.options.cell)
        )

    return trainer


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


def test_a_training_that_never_learnt_keeps_no_net(make):
    trainer = make(epochs=2, max_skipped=10**6)
    poison(trainer, set(range(10**6)))
    with pytest.raises(
        loop.TrainingError, match=r"no minibatch of 2 epochs gave a finite gradient.*train\.learning_rate"
    ):
        trainer.run(ignore, ignore)


def test_the_best_net_outlives_a_divergence(make):
    """Of four epochs the third is lost: what is kept is what two epochs alone give."""
    lost, short = make(epochs=4, max_skipped=3, schedule="constant"), make(epochs=4, schedule="constant")
    poison(lost, set(range(2 * lost.minibatches, 10**6)))
    assert re.match(
        r"training diverged in epoch 3: the offsets' loss.*Lower train\.learning_rate", lost.run(ignore, ignore)
    )
    short._waited = lambda: "enough" * (short.progress.epoch == 2)
    short.run(ignore, ignore)
    assert same(lost, short) and lost.progress.best_epoch == short.progress.best_epoch > 0


def test_single_bad_minibatches_are_skipped_and_counted(make):
    trainer = make(epochs=2, max_skipped=1)
    poison(trainer, {1, 4})
    trainer.run(ignore, ignore)
    assert sum(row["skipped"] for row in trainer.progress.history) == 2
    assert all(torch.isfinite(p).all() for p in weights(trainer))


@pytest.fixture
def worsening(make):
    """A training of six epochs, each of which its validation finds a nat a step worse than the one before."""

    def trainer(patience: int) -> loop.Trainer:
        made = make(epochs=6, patience=patience)
        validate = made._validate
        made._validate = lambda: validate() | {"valid": float(made.progress.epoch)}
        return made

    return trainer


def test_a_validation_that_only_worsens_ends_the_training_where_patience_ends(worsening):
    whole, ended = worsening(patience=0), worsening(patience=3)
    assert whole.run(ignore, ignore) == "" and whole.progress.epoch == 6
    text = ended.run(ignore, ignore)
    assert ended.progress.best_epoch == 1 and ended.progress.epoch == 4
    assert text == "ended after epoch 4: no better in 3 epochs (train.patience)"
    assert ended.progress.history == whole.progress.history[:4]


def test_a_training_that_improves_uses_no_patience(make):
    trainer = make(epochs=8, optimizer="adam", learning_rate=0.01, patience=8)
    assert trainer.run(ignore, ignore) == "" and trainer.progress.epoch == 8


def test_an_ended_training_that_is_killed_before_it_is_written_ends_at_once(worsening, tmp_path):
    first, again = worsening(patience=3), worsening(patience=3)
    text = first.run(lambda trainer: trainer.save(tmp_path / "state.safetensors"), ignore)
    again.resume(tmp_path / "state.safetensors")
    assert again.run(lambda _: pytest.fail("another epoch"), ignore) == text
    assert same(first, again)


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


def test_two_processes_give_the_losses_of_one(make, tmp_path):
    """Each with half of every minibatch, over gloo; the same epochs, losses and likelihoods."""
    script = str(ROOT / "tests" / "support" / "two_processes.py")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    losses = []
    for processes in (1, 2):
        out = tmp_path / f"{processes}.csv"
        subprocess.run([sys.executable, script, str(processes), str(out)], check=True, env=environment, timeout=120)
        losses.append(np.loadtxt(out, delimiter=","))
    # another processor's sums, in another order, differ by more than 1e-4 after three epochs
    np.testing.assert_allclose(losses[0][:, :4], losses[1][:, :4], rtol=1e-3)
    np.testing.assert_allclose(losses[0][:, 4], losses[1][:, 4], rtol=1e-3)  # the norm of the gradients
    assert len(losses[0]) == 3 and np.ptp(losses[0][:, 0]) > 0.01
