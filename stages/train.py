"""data/batches -> data/model: weights, config.json, history.csv. Goes on where a killed run stopped."""

import os

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # before CUDA starts: else cuBLAS has no deterministic form

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray

from pipeline import dataset, params
from pipeline.batch import holdout
from pipeline.batch.minibatches import Rows
from pipeline.dataset import DrawingSet
from pipeline.describe import derivation, exemplars
from pipeline.describe.derivation import Told
from pipeline.describe.encoding import NOTHING
from pipeline.describe.exemplars import Library
from pipeline.describe.knowledge import Knowledge
from pipeline.files import whole_folder, write_licences
from pipeline.net import checkpoint
from pipeline.net.model import ModelParams, WritingNet
from pipeline.seeds import generator
from pipeline.train import loop, machine, recombination, telling
from pipeline.train.recombination import Recombined
from pipeline.train.state import Place
from pipeline.train.telling import Taught, Tellings, Unnamed
from stages import run

WEIGHT_STREAM = 10


@dataclass(frozen=True)
class Begun:
    """A training before its first minibatch; data: what a net must know of its drawings; knows: of descriptions."""

    trainer: loop.Trainer
    data: dict[str, Any]
    knows: Knowledge | None


def begin(prepared: Path) -> Begun:
    """The training that params.yaml asks for, on the drawings of the stage batch."""
    model, options, batch = (params.load(name) for name in ("model", "train", "batch"))
    fabric = machine.launch(options, model.cell)
    named, data = telling.tells(prepared), holdout.read_description(prepared)
    drawings = dataset.load(prepared, None if named else ("split", "style"))
    training, held_out = ((drawings.index["split"] == name).to_numpy() for name in ("train", "valid"))
    train, valid = drawings.where(training), drawings.where(held_out)
    every = derivation.descriptions(drawings.index, drawings) if model.described and named else []
    more = recombination.recombined(train, options, options.seed, _chosen(every, training))
    if options.recombinations and len(more.drawings) == len(train):
        _say(fabric, "the drawings name no components, so none are recombined")
    rows = Rows.of(more.drawings, fabric.device), Rows.of(valid, fabric.device)
    knows, told = None, None
    if model.described and named:
        knows, told = describe(model, options, drawings, every, more)
    elif model.described:
        knows, told = undescribed(model, options, train, valid)
    if knows:
        knows = replace(knows, hands=tuple(data.get("hands", ())))
    known = (knows.vocabulary, len(knows.hands)) if knows else (NOTHING, 0)
    net = WritingNet(model, generator(options.seed, WEIGHT_STREAM), *known)
    trainer = loop.Trainer(net, options, batch, *rows, fabric, drawings=len(train), told=told)
    return Begun(trainer, data, knows)


def main(row: Any, prepared: Path, out: Path) -> str:
    begun = begin(prepared)
    trainer, knows = begun.trainer, begun.knows
    options, fabric = trainer.options, trainer.fabric
    root = Path(os.environ.get("DVC_ROOT", ".")) / ".checkpoints"
    place = loop.place(root, trainer.net.options, options, trainer.lessons.batch, prepared)
    if place.file.exists():
        trainer.resume(place.file)
        _say(fabric, f"going on after epoch {trainer.progress.epoch} of {options.epochs}")
    elif others := place.others():
        _say(fabric, others)
    _say(fabric, loop.forecast(trainer))
    ended = trainer.run(
        save=lambda trainer: keep(trainer, place) if fabric.is_global_zero else None,
        watch=lambda epoch: row.metrics(epoch, step=int(epoch["epoch"])),
    )
    if fabric.is_global_zero:
        config = loop.config(trainer, begun.data, ended)
        with whole_folder(out) as folder:
            checkpoint.save_model(folder, trainer.best.state_dict(), config)
            write_licences(folder, begun.data)
            if knows:
                knows.save(folder)
            pd.DataFrame(trainer.progress.history).to_csv(folder / "history.csv", index=False, float_format="%.6g")
        shutil.rmtree(place.folder)
    fabric.barrier()
    best = trainer.progress
    return (
        f"epoch {best.best_epoch} of {options.epochs} is best: {best.best:.4f} nats a step on the validation drawings"
        + (f"; {ended}" if ended else "")
    )


def describe(
    model: ModelParams, options: loop.TrainParams, drawings: DrawingSet, every: Sequence[Told], more: Recombined
) -> tuple[Knowledge, tuple[Tellings, Tellings]]:
    """What the net is told of the training drawings, `more`, and of those for validation; every: all descriptions."""
    # a character's variants do not make its parts common
    usual = exemplars.usual_forms(drawings.index)
    training = (drawings.index["split"] == "train").to_numpy()
    learnt, others = (_chosen(every, usual & chosen) for chosen in (training, ~training))
    knows = everything = Knowledge.learn(learnt, others, options.least_known)
    if model.exemplars:
        # it is shown brush forms only while it learns from such: what it writes later is as a book has it
        each = exemplars.usual_forms(drawings.index, each_hand=True) & training
        knows = replace(knows, library=Library.learn(drawings.where(each), _chosen(every, each)))
        everything = replace(knows, library=Library.learn(drawings.where(training), _chosen(every, training)))
    valid = (drawings.index["split"] == "valid").to_numpy()
    held_out = Taught.of(Recombined.nothing(drawings.where(valid), _chosen(every, valid)))
    spelled = telling.of(Taught.of(more), everything, options, options.seed)
    return knows, (spelled, telling.canonically(held_out, everything))


def undescribed(
    model: ModelParams, options: loop.TrainParams, train: DrawingSet, valid: DrawingSet
) -> tuple[Knowledge, tuple[Tellings, Tellings]]:
    """As `describe`, of drawings that name nothing: there is nothing to know but the hands."""
    nothing = DrawingSet(np.zeros((0, 3), np.float32), pd.DataFrame({"code_point": [], "start": [], "stop": []}))
    library = Library.learn(nothing, []) if model.exemplars else exemplars.NOTHING
    knows = Knowledge.learn([], [], options.least_known, library)
    return knows, (Unnamed.of(train, options.spellings, knows), Unnamed.of(valid, 1, knows))


def _chosen(every: Sequence[Told], rows: NDArray[np.bool_]) -> list[Told]:
    """The descriptions of these rows; none, if there are none."""
    return [told for told, chosen in zip(every, rows.tolist(), strict=False) if chosen]


def keep(trainer: loop.Trainer, place: Place) -> None:
    place.note()
    trainer.save(place.file)


def _say(fabric: Fabric, text: str) -> None:
    if fabric.is_global_zero:
        print(f"train: {text}", flush=True)


if __name__ == "__main__":
    # a warning for what has no deterministic form on this device: no training ends for the sake of equal bytes
    torch.use_deterministic_algorithms(True, warn_only=True)
    # costs time, and every tensor is written before it is read; PyTorch puts a class in the place of this module
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    run("train", main)
