"""What a GPU would see of a training, without one: no operation that raises where only deterministic ones are allowed,
no tensors of two devices in one operation, no waiting but where it has to be. See tests/support/pretended.py."""

import subprocess
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from pipeline.batch.holdout import BatchParams
from pipeline.batch.minibatches import Rows, real_steps
from pipeline.dataset import DrawingSet
from pipeline.net import scans
from pipeline.net.model import ModelParams, WritingNet
from pipeline.seeds import generator
from pipeline.train import loop
from pipeline.train.optimizers import GateMuon, is_recurrent_matrix
from tests.support import ROOT
from tests.support.drawings import grouped
from tests.support.pretended import DEVICE, MixedDevices, Pretended
from tests.support.trainings import taught

PACKING = 2  # of nn.utils.rnn, which brings the order of the lengths to the device and back


@pytest.fixture
def make(scribbles, defaults, model_params, train_params, monkeypatch):
    """A training of the default configuration, small, told and shown, on the device that is not there."""

    def on(optimizer: torch.nn.Module, options: loop.TrainParams) -> list[torch.optim.Optimizer]:
        """As `optimizers.make`, but that Adam is not fused, which asks for a real device."""
        matrices = [p for name, p in optimizer.named_parameters() if is_recurrent_matrix(name, p)]
        rest = [p for name, p in optimizer.named_parameters() if not is_recurrent_matrix(name, p)]
        made = [torch.optim.Adam(rest, lr=options.learning_rate), GateMuon(matrices, options.matrix_learning_rate)]
        for group in (group for one in made for group in one.param_groups):
            group["initial_lr"] = group["lr"]
        return made

    monkeypatch.setattr(loop.optimizers, "make", on)
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())  # which asks for a real device, too
    fabric = SimpleNamespace(
        device=DEVICE, global_rank=0, world_size=1, setup_module=lambda net: net, backward=lambda loss: loss.backward()
    )

    def trainer() -> loop.Trainer:
        drawings: DrawingSet = grouped(scribbles)
        options, model = train_params(), model_params(described=True, exemplars=True, dropout=0.1)
        knows, said = taught(drawings, options)
        net = WritingNet(ModelParams(**vars(model)), generator(1), knows.vocabulary)
        rows = Rows.of(drawings, DEVICE)
        made = loop.Trainer(net, options, BatchParams(**defaults["batch"]), rows, rows, fabric, told=(said, said))
        made.pen_weights = torch.tensor(options.pen_weights).to(DEVICE)  # torch.tensor asks for a real device
        return made

    return trainer


def test_a_minibatch_on_a_gpu(make):
    with Pretended() as pretended:
        trainer = make()
        before = [p.held.clone() for p in trainer.net.parameters()]
        rows, sums = trainer.lessons.epoch(0)[0], loop.Sums(torch.zeros(3, device=DEVICE))
        pretended.waits.clear(), pretended.ran.clear()
        trainer._minibatch(rows, generator(1), generator(2), sums)
        waits, ran = list(pretended.waits), {name for name, _ in pretended.ran}
        after = [p.held for p in trainer.net.parameters()]
    assert sums.updates == 1 and not any(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert pretended.raising() == set()
    assert {"gather", "embedding_dense_backward", "index_put_"} & ran  # the controls: it has seen the whole of it
    assert waits.count("_local_scalar_dense") == 1 and len(waits) == 1 + PACKING


def losses_by_pytorch(raw: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(raw, torch.zeros(len(raw), dtype=torch.long, device=DEVICE))


@pytest.mark.parametrize(
    ("work", "named"),
    [
        (lambda x: x.cumsum(0), "cumsum"),
        (losses_by_pytorch, "nll_loss_forward"),
        (lambda x: x.clone().put_(torch.zeros(1, dtype=torch.long, device=DEVICE), x[0, :1]), "put_"),
        (lambda x: x.scatter_reduce(0, torch.zeros_like(x).long(), x, "prod"), "scatter_reduce"),
        (lambda x: x.median(0), "median"),
    ],
)
def test_what_would_raise_is_caught(work, named):
    with Pretended() as pretended:
        work(torch.ones(4, 3, device=DEVICE))
    assert pretended.raising() == {named}


def test_whole_numbers_are_summed_as_they_are():
    with Pretended() as pretended:
        torch.ones(4, 3, device=DEVICE).long().cumsum(0)
    assert not pretended.raising()


def test_tensors_of_two_devices_are_caught():
    with Pretended(), pytest.raises(MixedDevices):
        torch.ones(4, device=DEVICE)[torch.tensor([1, 2])]


@pytest.mark.parametrize(
    "work",
    [
        lambda x: x.sum().item(),
        lambda x: x[x > 0],
        lambda x: x.to("cpu"),
        lambda x: torch.ones(3).to(DEVICE),
    ],
)
def test_waits_are_counted(work):
    with Pretended() as pretended:
        work(torch.ones(4, 3, device=DEVICE))
    assert len(pretended.waits) == 1


@pytest.mark.parametrize("steps", [1, 2, 3, 64, 201])
def test_running_sums(steps):
    """As NumPy's in float64, on a CPU and as on a GPU."""
    values = torch.randn(steps, 5, 2, generator=generator(1))
    exact = np.cumsum(values.double().numpy(), axis=0)
    for found in (scans.running_sum(values), scans.sum_by_doubling(values)):
        np.testing.assert_allclose(found, exact, atol=2e-5)


def test_real_steps_are_those_of_the_mask(scribbles):
    rows = torch.tensor([5, 0, 17, 3])
    set_of = Rows.of(scribbles)
    _, target, keep = set_of.gather(rows)
    real = real_steps(set_of.lengths[rows], len(target))
    assert torch.equal(target[keep], target.flatten(0, 1)[real])


def test_the_stage_tells_cublas_to_be_deterministic_before_torch_is_loaded():
    code = (
        "import os, sys; os.environ.pop('CUBLAS_WORKSPACE_CONFIG', None)\n"
        "class Look:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'torch': print(os.environ.get('CUBLAS_WORKSPACE_CONFIG')); raise SystemExit\n"
        "sys.meta_path.insert(0, Look()); import stages.train"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == ":4096:8\n"
