"""What a training and its net do on a real GPU. Skipped where there is none: test_cuda.py beside it runs everywhere."""

import warnings

import numpy as np
import pytest
import torch

from pipeline.batch.minibatches import Rows
from pipeline.dataset import DrawingSet
from pipeline.net.model import WritingNet
from pipeline.sample import sampler
from pipeline.seeds import generator
from pipeline.train import evaluation, loop, machine
from tests.support.drawings import grouped
from tests.support.trainings import ignore, same, taught

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


@pytest.fixture(autouse=True)
def deterministic():
    """As the stage train has it."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.fixture
def exact():
    """cuDNN's recurrent layers round what goes into them to TF32 unless told."""
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


@pytest.fixture
def make(scribbles, model_params, train_params, batch_params):
    """A training of the default configuration, small, told and shown."""

    def trainer(device: str, precision: str = "bf16-mixed", **model) -> loop.Trainer:
        drawings: DrawingSet = grouped(scribbles)
        options = train_params(device=device, precision=precision)
        knows, said = taught(drawings, options)
        of_model = model_params(**{"hidden_size": 32, "described": True, "exemplars": True, "dropout": 0.1} | model)
        net = WritingNet(of_model, generator(1), knows.vocabulary)
        fabric = machine.launch(options, of_model.cell)
        rows = Rows.of(drawings, fabric.device)
        return loop.Trainer(net, options, batch_params(), rows, rows, fabric, told=(said, said))

    return trainer


@pytest.mark.parametrize("precision", ["bf16-mixed", "32-true"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_it_learns_without_a_warning_and_twice_the_same(make, cell, precision):
    """A warning is an operation without a deterministic form: pytest makes an error of it."""
    first, second = make("cuda", precision, cell=cell), make("cuda", precision, cell=cell)
    first.run(ignore, ignore)
    second.run(ignore, ignore)
    history = first.progress.history
    assert history[-1]["train"] < history[0]["train"]
    assert same(first, second) and history == second.progress.history


def warns(work) -> bool:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        work(torch.ones(4, 3, device="cuda"))
    return any("deterministic" in str(one.message) for one in caught)


def test_the_controls_warn():
    """PyTorch has less and less that warns: 2.11 has a running sum that does not. One of these is enough."""
    assert any([warns(lambda x: x.median(0)), warns(lambda x: x.histc()), warns(lambda x: x[:, 0].kthvalue(1))])


def test_it_goes_on_with_the_same_bytes(make, tmp_path):
    whole = make("cuda")
    whole.run(lambda trainer: trainer.save(tmp_path / str(trainer.progress.epoch)), ignore)
    rest = make("cuda")
    rest.resume(tmp_path / "1")
    rest.run(ignore, ignore)
    assert rest.progress.history == whole.progress.history and same(rest, whole)


def test_a_state_of_a_cpu_goes_on_there(make, tmp_path):
    first, there = make("cpu", "32-true"), make("cuda", "32-true")
    first.run(lambda trainer: trainer.save(tmp_path / "state"), ignore)
    there.resume(tmp_path / "state")
    assert {weight.device.type for weight in there.best.state_dict().values()} == {"cuda"} and same(there, first)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_losses_and_gradients_are_those_of_a_cpu(make, exact, cell):
    """In float32, of the same weights and minibatch, without dropout; the CPU is the oracle."""
    found = []
    for device in ("cpu", "cuda"):
        trainer = make(device, "32-true", cell=cell, dropout=0.0)
        rows = trainer.lessons.epoch(0)[0]
        offset, pen, steps = trainer._losses(rows, 1.0, generator(1), generator(2, device=trainer.fabric.device))
        (offset + pen).backward()
        gradients = [weight.grad.cpu() for weight in trainer.net.parameters()]
        found.append((offset.item() / steps, pen.item() / steps, gradients))
    (offset, pen, slopes), (offset_there, pen_there, slopes_there) = found
    assert offset_there == pytest.approx(offset, rel=1e-4) and pen_there == pytest.approx(pen, rel=1e-4)
    for a, b in zip(slopes, slopes_there, strict=True):
        torch.testing.assert_close(b, a, rtol=1e-3, atol=1e-3 * float(a.abs().max()) + 1e-6)


def test_step_by_step_is_as_at_once(make, exact):
    """What writes, on a GPU, is the net that was trained: each step of a drawing has the numbers of `forward`."""
    trainer = make("cuda", "32-true", dropout=0.0)
    net, rows = trainer.net.eval(), trainer.lessons.epoch(0)[0]
    lesson = trainer.lessons.lesson(rows, slice(None), 0.0, generator(1))
    with torch.no_grad():
        everywhere = torch.ones(lesson.previous.shape[:2], dtype=torch.bool, device="cuda")
        at_once = net(lesson.previous, everywhere, telling=lesson.telling).unflatten(0, everywhere.shape)
        state, found = net.start(len(rows), lesson.telling), []
        for previous in lesson.previous:
            raw, state = net.step(previous, state)
            found.append(raw)
    real = lesson.real  # what a pointer does in padding is nobody's
    torch.testing.assert_close(
        torch.stack(found).flatten(0, 1)[real], at_once.flatten(0, 1)[real], rtol=1e-3, atol=1e-4
    )


def test_it_writes_there_and_a_cpu_finds_it_as_likely(make, exact, defaults):
    trainer = make("cuda", "32-true")
    trainer.run(ignore, ignore)
    net = trainer.best.eval()
    options = sampler.SampleParams(**defaults["sample"] | {"max_steps": 40})
    drawings = sampler.generate(net, 30, options, trainer.options.pen_weights, generator(3, device="cuda"))
    assert len(drawings) == 30 and all(len(steps) and np.isfinite(steps).all() for steps in drawings)
    every = torch.arange(len(trainer.valid.lengths))
    known = evaluation.nats(net, trainer.valid, every, trainer.pen_weights, trainer.fabric, trainer.told[1])
    on_cpu = make("cpu", "32-true")
    on_cpu.best.load_state_dict({name: weight.cpu() for name, weight in net.state_dict().items()})
    as_cpu = evaluation.nats(on_cpu.best, on_cpu.valid, every, on_cpu.pen_weights, on_cpu.fabric, on_cpu.told[1])
    assert known == pytest.approx(as_cpu, rel=1e-3)
