"""The training loop, on Lightning Fabric: one process on a CPU or GPU, or several, by parameter.

Every epoch's randomness (order, scaling, dropout) comes from (seed, epoch), so a run that was stopped and resumed ends
with the same bytes as one that was not. With several processes each takes an equal part of every minibatch and the
gradients are averaged: the same minibatch, the same losses.
"""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor
from tqdm import tqdm

from pipeline.batch import minibatches
from pipeline.batch.holdout import BatchParams
from pipeline.batch.minibatches import Rows
from pipeline.net import checkpoint, loss, mixture, scans
from pipeline.net import model as modelling
from pipeline.net.model import ModelParams, WritingNet
from pipeline.seeds import generator
from pipeline.train import augmentation, evaluation, lessons, machine, optimizers, recombination, telling
from pipeline.train.lessons import Lessons
from pipeline.train.options import TrainParams
from pipeline.train.state import Place
from pipeline.train.telling import Tellings

AUGMENTATION_STREAM, DROPOUT_STREAM = 1, 11  # keys of the random streams of an epoch
UPDATE_COST = 1.25  # time of a whole minibatch, optimiser and validation too, over that of its losses and gradients
MODULES = (
    augmentation,
    checkpoint,
    evaluation,
    lessons,
    loss,
    machine,
    minibatches,
    mixture,
    modelling,
    optimizers,
    recombination,
    scans,
    telling,
)  # and this trains


class TrainingError(ValueError):
    """A training that cannot go on; the text says where it stopped and which parameter to change."""


@dataclass
class Progress:
    """What a training state holds besides tensors."""

    epoch: int = 0  # epochs done
    step: int = 0  # minibatches done
    best_epoch: int = 0
    best: float = math.inf  # nats a step, valid; infinity only before the first epoch
    skipped_in_a_row: int = 0
    history: list[dict[str, float]] = field(default_factory=list)  # a row an epoch

    @property
    def skipped(self) -> float:
        """Minibatches without an update, in the epochs of the history."""
        return sum(row["skipped"] for row in self.history)


@dataclass
class Sums:
    """Of the minibatches of an epoch so far."""

    losses: Tensor  # offset, weighted pen, steps
    norm: float = 0.0
    updates: int = 0
    skipped: int = 0


class Trainer:
    """One training: `run` goes from where its progress stands to its end; `best` is the net that is kept.

    train holds so many `drawings` (all, if None) and after them their recombinations, see `recombination`. told: the
    descriptions of both sets, for a net that is told of them.
    """

    def __init__(
        self, net: WritingNet, options: TrainParams, batch: BatchParams, train: Rows, valid: Rows, fabric: Fabric,
        drawings: int | None = None, told: tuple[Tellings, Tellings] | None = None,
    ):  # fmt: skip
        drawings = len(train.lengths) if drawings is None else drawings
        self.options, self.valid, self.fabric = options, valid, fabric
        self.lessons = Lessons(train, drawings, told[0] if told else None, options, batch)
        self.told = told
        self.net = net.to(fabric.device)
        self.averaged, self.best = modelling.copied(self.net), modelling.copied(self.net)
        self.optimizers = optimizers.make(self.net, options)
        self.forward = fabric.setup_module(self.net)
        self.pen_weights = torch.tensor(options.pen_weights, device=fabric.device)
        self.progress = Progress()
        self.minibatches = len(self.lessons.epoch(0))
        # as many training drawings as there are for validation, so that the two likelihoods compare
        self.probe = torch.arange(drawings)[:: max(1, drawings // len(valid.lengths))]

    def run(self, save: Callable[["Trainer"], None], watch: Callable[[dict[str, float]], None]) -> str:
        """Train to the last epoch, or as long as train.patience allows, or until the training has diverged. `save` is
        called after each epoch, `watch` with its row and its real steps a second.

        Returns why it ended before the last epoch, "" where it did not. Raises TrainingError: there is no net to keep.
        """
        total = self.options.epochs * self.minibatches
        quiet = not self.fabric.is_global_zero
        with tqdm(total=total, initial=self.progress.step, unit="batch", disable=quiet, mininterval=1.0) as bar:
            while self.progress.epoch < self.options.epochs and not self._waited():
                try:
                    row, speed = self._whole_epoch(bar)
                except TrainingError as lost:
                    if not self.progress.best_epoch:
                        raise
                    return str(lost)
                self.progress.history.append(row)
                save(self)
                watch(row | {"steps_per_second": speed})
        if not self.progress.best_epoch:
            raise TrainingError(f"no minibatch of {self.progress.epoch} epochs gave a finite gradient. {self._cure()}")
        return self._waited()

    def _waited(self) -> str:
        """Why patience is at an end, "" where it is not."""
        patience, worse = self.options.patience, self.progress.epoch - self.progress.best_epoch
        if not patience or worse < patience or self.progress.epoch == self.options.epochs:
            return ""
        return f"ended after epoch {self.progress.epoch}: no better in {worse} epochs (train.patience)"

    def _whole_epoch(self, bar: tqdm) -> tuple[dict[str, float], float]:
        """Train one epoch and keep the net if it is the best; its row, and real steps a second."""
        began = time.perf_counter()
        row = self._train_epoch(bar)
        speed = self.lessons.steps / (time.perf_counter() - began)
        row |= self._validate()
        self._judge(row)
        return row, speed

    def _train_epoch(self, bar: tqdm) -> dict[str, float]:
        number, device = self.progress.epoch, self.fabric.device
        distortion = generator(self.options.seed, AUGMENTATION_STREAM, number)
        dropout = generator(self.options.seed, DROPOUT_STREAM, number, self.fabric.global_rank, device=device)
        sums = Sums(torch.zeros(3, device=device))
        began = time.perf_counter()
        for rows in self.lessons.epoch(number):
            self._minibatch(rows, distortion, dropout, sums)
            if bar.update():  # true when the bar is drawn again, once a second
                self._show(bar, sums, began)
        self.progress.epoch += 1
        offset, pen, steps = evaluation.summed(self.fabric, sums.losses)
        return {
            "epoch": self.progress.epoch,
            "learning_rate": self.optimizers[0].param_groups[0]["lr"],
            "loss_offset": offset / max(steps, 1),
            "loss_pen": pen / max(steps, 1),
            "gradient_norm": sums.norm / max(sums.updates, 1),
            "skipped": sums.skipped,
        }

    def _minibatch(self, rows: Tensor, distortion: torch.Generator, dropout: torch.Generator, sums: Sums) -> None:
        """One update of the weights, or none where the gradient is not finite."""
        total = self.options.epochs * self.minibatches
        factor = optimizers.learning_rate_factor(self.options, self.progress.step, total, self.minibatches)
        optimizers.set_learning_rate(self.optimizers, factor)
        left = augmentation.reach(self.options, self.progress.step / total)
        offset, pen, steps = self._losses(rows, left, distortion, dropout)
        # of the mean over the whole minibatch: processes average their gradients, so each gives its share times all
        share = self.fabric.world_size / int(self.lessons.rows.lengths[rows].sum())
        self.fabric.backward((offset + pen) * share)
        # here alone a minibatch waits for a GPU: whether there is an update is decided on the host
        norm = torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.options.gradient_clip).item()
        self.progress.step += 1
        if math.isfinite(norm):
            for optimizer in self.optimizers:
                optimizer.step()
            self._average()
            sums.losses += torch.stack((offset.detach(), pen.detach(), offset.new_full((), steps)))
            sums.norm, sums.updates, self.progress.skipped_in_a_row = sums.norm + norm, sums.updates + 1, 0
        else:
            sums.skipped += 1
            self.progress.skipped_in_a_row += 1
            self._stop_if_lost(offset.item(), pen.item())
        for optimizer in self.optimizers:
            optimizer.zero_grad()

    def _losses(
        self, rows: Tensor, left: float, distortion: torch.Generator, dropout: torch.Generator
    ) -> tuple[Tensor, Tensor, int]:
        """Sums over this process's part of the minibatch: offset, weighted pen, and the number of steps."""
        counted = self.fabric.global_rank < len(rows)
        # fewer drawings than processes: compute one all the same and count nothing of it
        mine = slice(self.fabric.global_rank, None, self.fabric.world_size) if counted else slice(1)
        lesson = self.lessons.lesson(rows, mine, left, distortion)
        raw = self.forward(lesson.previous, lesson.real, dropout, lesson.telling)
        target = lesson.target.flatten(0, 1)[lesson.real]
        offset, pen = loss.training_loss(raw, target[:, :2], target[:, 2].long(), self.pen_weights)
        return offset * counted, pen * counted, len(target) * counted

    @torch.no_grad()
    def _average(self) -> None:
        # a mean over all steps at first, so that the random start is soon forgotten
        decay = min(self.options.average, self.progress.step / (self.progress.step + 10))
        torch._foreach_lerp_(list(self.averaged.parameters()), list(self.net.parameters()), 1 - decay)

    def _stop_if_lost(self, offset: float, pen: float) -> None:
        if self.progress.skipped_in_a_row <= self.options.max_skipped:
            return
        part = "the offsets' loss" if not math.isfinite(offset) else "the pen's loss"
        part = "the gradient" if math.isfinite(offset) and math.isfinite(pen) else part
        raise TrainingError(
            f"training diverged in epoch {self.progress.epoch + 1}: {part} was not finite in "
            f"{self.progress.skipped_in_a_row} minibatches in a row. {self._cure()}"
        )

    def _cure(self) -> str:
        options = self.options
        matrix = f", train.matrix_learning_rate (now {options.matrix_learning_rate:g})" * (options.optimizer == "muon")
        return (
            f"Lower train.learning_rate (now {options.learning_rate:g}){matrix} or train.gradient_clip (now "
            f"{options.gradient_clip:g})"
        )

    def _show(self, bar: tqdm, sums: Sums, began: float) -> None:
        offset, pen, steps = sums.losses.tolist()
        speed = steps * self.fabric.world_size / (time.perf_counter() - began)
        bar.set_description(f"epoch {self.progress.epoch + 1}/{self.options.epochs}", refresh=False)
        offset, pen = offset / max(steps, 1), pen / max(steps, 1)
        text = f"loss {offset + pen:.3f} = offset {offset:.3f} + pen {pen:.3f}, {speed:,.0f} steps/s"
        bar.set_postfix_str(text, refresh=False)

    def seconds_ahead(self, tries: int = 8) -> float:
        """How long the rest will take, from timing a few minibatches whose gradients are thrown away."""
        rows = islice(self.lessons.epoch(self.progress.epoch), tries + 2)
        times = []
        for chunk in rows:
            began = time.perf_counter()
            offset, pen, steps = self._losses(chunk, 1.0, generator(0), generator(0, device=self.fabric.device))
            self.fabric.backward(offset + pen)
            offset.item()  # a GPU has then done what is timed
            times.append((time.perf_counter() - began) / max(steps, 1))
        self.net.zero_grad()
        left = (self.options.epochs - self.progress.epoch) * self.lessons.steps / self.fabric.world_size
        return UPDATE_COST * left * sorted(times)[len(times) // 2]

    def _validate(self) -> dict[str, float]:
        """Nats a step with the averaged weights."""
        row: dict[str, float] = {}
        every, told = torch.arange(len(self.valid.lengths)), self.told or (None, None)
        for name, source, rows, described in (
            ("train", self.lessons.rows, self.probe, told[0]),
            ("valid", self.valid, every, told[1]),
        ):
            offset, pen = evaluation.nats(self.averaged, source, rows, self.pen_weights, self.fabric, described)
            row |= {f"{name}_offset": offset, f"{name}_pen": pen, name: offset + pen}
        if self.told:
            given = (self.averaged, self.valid, every, self.pen_weights, self.fabric, told[1])
            row["valid_untold"] = sum(evaluation.nats(*given, spelling=self.told[1].untold))
        return row

    def _judge(self, row: dict[str, float]) -> None:
        """Keep the averaged net if it is the best that has learnt anything."""
        valid, progress = row["valid"], self.progress
        if not math.isfinite(valid):
            part = "pen" if math.isfinite(row["valid_offset"]) else "offset"
            raise TrainingError(
                f"training diverged in epoch {row['epoch']}: the {part} likelihood of the validation drawings is not "
                f"finite. {self._cure()}"
            )
        if valid < progress.best and progress.step > progress.skipped + row["skipped"]:
            progress.best, progress.best_epoch = valid, int(row["epoch"])
            self.best.load_state_dict(self.averaged.state_dict())

    def save(self, path: Path) -> None:
        """The whole state of the training, in one file that is there whole or not at all."""
        tensors = checkpoint.named("net", self.net) | checkpoint.named("averaged", self.averaged)
        tensors |= checkpoint.named("best", self.best)
        for i, optimizer in enumerate(self.optimizers):
            tensors |= checkpoint.optimizer_tensors(f"optimizer{i}", optimizer)
        checkpoint.write_tensors(path, tensors, asdict(self.progress))

    def resume(self, path: Path) -> None:
        """Go on from a state that `save` wrote. Raises CheckpointError: a file that cannot be read."""
        tensors, notes = checkpoint.read_tensors(path)
        for name, net in (("net", self.net), ("averaged", self.averaged), ("best", self.best)):
            net.load_state_dict(checkpoint.under(name, tensors))
        for i, optimizer in enumerate(self.optimizers):
            checkpoint.load_optimizer(f"optimizer{i}", optimizer, tensors)
        self.progress = Progress(**notes)


def place(root: Path, model: ModelParams, options: TrainParams, batch: BatchParams, prepared: Path) -> Place:
    """Where this training's state lives, and all that it depends on."""
    sections = {"model": asdict(model), "train": asdict(options), "batch": asdict(batch)}
    code = [*(Path(module.__file__ or "") for module in MODULES), Path(__file__)]
    return Place.of(root, sections, {"PyTorch": torch.__version__}, prepared, code)


def forecast(trainer: Trainer) -> str:
    """One line that says what is about to run, where, and for how long."""
    fabric, options = trainer.fabric, trainer.options
    weights = sum(p.numel() for p in trainer.net.parameters())
    where = f"{torch.get_num_threads()} CPU threads" if fabric.device.type == "cpu" else str(fabric.device)
    processes = f"{fabric.world_size} processes, " if fabric.world_size > 1 else ""
    minutes, epochs = trainer.seconds_ahead() / 60, options.epochs - trainer.progress.epoch
    return (
        f"{weights:,} weights, {epochs} epochs of {trainer.minibatches} minibatches on "
        f"{processes}{where}, {fabric._precision.precision}: about {minutes:.0f} min"
    )


def config(trainer: Trainer, data: dict[str, Any], ended: str) -> dict[str, Any]:
    """What stands beside the weights: parameters, the data's scale and licence, the best epoch, and what `run` said."""
    progress = trainer.progress
    return {
        "model": asdict(trainer.net.options),
        "train": asdict(trainer.options),
        "data": data,
        "pen_weights": trainer.options.pen_weights,
        "weights": sum(p.numel() for p in trainer.net.parameters()),
        "best_epoch": progress.best_epoch,
        "valid_nats_per_step": progress.best,
    } | ({"ended": ended} if ended else {})
