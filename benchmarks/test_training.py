"""Real steps a second of the training loop, as params.yaml has it and with one thing changed, and of the plain loop.

Real steps are those of the drawings, padding not counted. Useful operations a step: two a weight of every matrix, and
three times that for forward, gradient of the input and gradient of the weight.
"""

from collections.abc import Callable
from itertools import cycle, islice

import plain
import pytest
import torch
from measuring import MatrixProduct, Row, in_turns, median, seconds, wait
from torch import nn

from pipeline.batch.holdout import BatchParams
from pipeline.batch.minibatches import Rows
from pipeline.net.model import ModelParams, WritingNet
from pipeline.seeds import generator
from pipeline.train import loop, machine

BLOCK = {"cpu": 800, "cuda": 3200}  # drawings a round
PLAIN_BLOCK = {"cpu": 1, "cuda": 16}  # minibatches of 100
ENDLESS = 1_000_000  # epochs: the schedule does not move while it is measured

FREE = {"described": False, "exemplars": False}  # as the plain loop, whose net is never told anything
# what is changed in params.yaml: name -> (batch, model, train)
CHANGES: dict[str, tuple[dict, dict, dict]] = {
    "params.yaml": ({}, {}, {}),
    "with Adam": ({}, {}, {"optimizer": "adam"}),
    "with minibatch 100": ({"size": 100}, {}, {}),
    "in float32": ({}, {}, {"precision": "32-true"}),
    "as the post: Adam, 100, dropout 0.2": (
        {"size": 100},
        {"dropout": 0.2, "dropout_per": "step", "position_input": False},
        {"optimizer": "adam", "scale_per_axis": True},
    ),
}


@pytest.fixture(scope="module", autouse=True)
def deterministic():
    """As the stage train has it."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    yield
    torch.use_deterministic_algorithms(False)
    torch.utils.deterministic.fill_uninitialized_memory = True


@pytest.fixture(scope="module")
def plain_loop(training_rows, device) -> plain.PlainLoop:
    return plain.PlainLoop(training_rows, device)


@pytest.fixture(scope="module")
def products(device) -> dict[str, MatrixProduct]:
    return {"bf16-mixed": MatrixProduct(device, torch.bfloat16), "32-true": MatrixProduct(device, torch.float32)}


def operations(net: nn.Module) -> int:
    """Useful floating-point operations of one step of training."""
    return 6 * sum(weight.numel() for weight in net.parameters() if weight.ndim == 2)


def plain_rate(loop: plain.PlainLoop, device: str) -> float:
    """Real steps a second of the plain loop's next minibatches."""
    steps = 0

    def work() -> None:
        nonlocal steps
        steps = loop.run(PLAIN_BLOCK[device])

    torch.use_deterministic_algorithms(False)
    taken = seconds(work, device)
    torch.use_deterministic_algorithms(True, warn_only=True)
    return steps / taken


def make_trainer(rows: Rows, defaults: dict, change: tuple[dict, dict, dict], device: str) -> loop.Trainer:
    of_batch, of_model, of_train = change
    changed = {**defaults["train"], "epochs": ENDLESS, "device": device, **of_train}
    options = loop.TrainParams(**changed)
    model = ModelParams(**{**defaults["model"], **FREE, **of_model})
    fabric = machine.launch(options, model.cell)
    rows = Rows(rows.points.to(fabric.device), rows.starts, rows.lengths, fabric.device)
    net = WritingNet(model, generator(1))
    return loop.Trainer(net, options, BatchParams(**{**defaults["batch"], **of_batch}), rows, rows, fabric)


def block(trainer: loop.Trainer, device: str) -> tuple[Callable[[], None], int]:
    """A function that trains on about BLOCK drawings, the same ones in each round, and the number of their steps."""
    lengths, size = trainer.lessons.rows.lengths, trainer.lessons.batch.size
    chunks = list(islice(cycle(trainer.lessons.epoch(0)), max(1, BLOCK[device] // size)))
    scaling, dropout = generator(1), generator(2, device=trainer.fabric.device)

    def work() -> None:
        sums = loop.Sums(torch.zeros(3, device=trainer.fabric.device))
        for chunk in chunks:
            trainer._minibatch(chunk, scaling, dropout, sums)
        wait(device)

    return work, sum(int(lengths[chunk].sum()) for chunk in chunks)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32], ids=["bfloat16", "float32"])
def test_matrix_product(benchmark, report, rounds, device, dtype):
    product = MatrixProduct(device, dtype)
    results = in_turns(benchmark, lambda: (product.run(), wait(device)), [], rounds)
    rate = product.operations / median([taken for (taken,) in results])
    name = str(dtype).removeprefix("torch.")
    report(Row(f"matrix product, {name}", device, "", float("nan"), flops=rate, note=f"side {len(product.a)}"))


def test_plain_loop(benchmark, report, rounds, device, plain_loop, products):
    steps = []
    product = products["32-true"]
    rates = in_turns(
        benchmark, lambda: (steps.append(plain_loop.run(PLAIN_BLOCK[device])), wait(device)), [product.rate], rounds
    )
    rates = [(count / taken, matrix) for count, (taken, matrix) in zip(steps[1:], rates, strict=True)]
    cost, rate = operations(plain_loop.net), median([rate for rate, _ in rates])
    share = median([rate * cost / matrix for rate, matrix in rates])
    note = "32-true, 100, padded to the longest"
    report(Row("training, plain loop", device, "steps", rate, 1.0, rate * cost, share, note))


@pytest.mark.parametrize("name", CHANGES)
def test_training(benchmark, report, rounds, device, plain_loop, products, training_rows, defaults, name):
    trainer = make_trainer(training_rows, defaults, CHANGES[name], device)
    work, steps = block(trainer, device)
    precision = trainer.fabric._precision.precision
    results = in_turns(benchmark, work, [products[precision].rate, lambda: plain_rate(plain_loop, device)], rounds)
    cost, rate = operations(trainer.net), median([steps / taken for taken, _, _ in results])
    epoch = trainer.lessons.steps / rate
    report(
        Row(
            f"training, {name}",
            device,
            "steps",
            rate,
            median([steps / taken / plain for taken, _, plain in results]),
            rate * cost,
            median([steps / taken * cost / matrix for taken, matrix, _ in results]),
            f"{precision}, an epoch in {epoch:.1f} s, 500 in {500 * epoch / 60:.0f} min",
        )
    )
    assert trainer.progress.skipped_in_a_row == 0
