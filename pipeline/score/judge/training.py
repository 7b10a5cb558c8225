"""How the judge is trained and measured: `dvc repro judge/dvc.yaml`.

Shapes: R resamplings of the same B drawings, K components, S pixels a side.

Each time a drawing is read it is one of its R resamplings, drawn anew, under a small affine map. Whole code points are
held out by the same hash as in the main pipeline, so that with its default shares the judge has seen no held-out one.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from pydantic import Field
from ruamel.yaml import YAML, YAMLError
from torch import Tensor

from pipeline.batch.holdout import split_of
from pipeline.drawing import Steps, stroke_count
from pipeline.fetch.sources import FetchParams
from pipeline.params import ParamsError, build, section
from pipeline.parse import reading
from pipeline.parse.options import ParseParams
from pipeline.progress import Progress
from pipeline.score.judge import rasters
from pipeline.score.judge.judge import STROKES_UNIT, Judge, JudgeNet, JudgeShape
from pipeline.seeds import generator

WEIGHT_STREAM, ORDER_STREAM = 0, 1  # keys of the random streams
WARMUP = 0.1  # share of the training in which the learning rate rises
T = TypeVar("T")
RESAMPLINGS = ("coarse", "fine", "even", "straight")


class JudgeTrainingError(ValueError):
    """Drawings that no judge can be trained on."""


@section
class JudgeParams:
    """version         of the judge, which every score names
    size, widths, features  the net's: see judge.JudgeShape
    min_instances   training characters that a component must be in to be learnt
    test_percent, valid_percent  held-out code points, as in the section `batch`
    stroke_weight   weight of the stroke count's loss beside the components'
    agreement       weight of the distance between the features of two resamplings of a drawing
    scale, slant, shift  reach of the random affine map: share of the size, share of the size, pixels
    """

    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.]+$")]
    size: Annotated[int, Field(ge=16, le=128, multiple_of=8)]
    widths: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=4, max_length=4)]
    features: Annotated[int, Field(ge=2)]
    min_instances: Annotated[int, Field(ge=1)]
    test_percent: Annotated[int, Field(ge=1, le=49)]
    valid_percent: Annotated[int, Field(ge=1, le=49)]
    epochs: Annotated[int, Field(ge=1)]
    batch_size: Annotated[int, Field(ge=2)]
    learning_rate: Annotated[float, Field(gt=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    stroke_weight: Annotated[float, Field(ge=0)]
    agreement: Annotated[float, Field(ge=0)]
    scale: Annotated[float, Field(ge=0, le=0.3)]
    slant: Annotated[float, Field(ge=0, le=0.3)]
    shift: Annotated[float, Field(ge=0, le=4)]
    seed: Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Plan:
    """All of judge/params.yaml: what is fetched, the R resamplings by name, the training."""

    fetch: FetchParams
    resamplings: dict[str, ParseParams]
    judge: JudgeParams


def read(path: Path) -> Plan:
    """judge/params.yaml, as strictly as params.yaml is read. Raises ParamsError."""
    try:
        values = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError) as error:
        raise ParamsError(f"{path} cannot be read ({error}); `git checkout {path}` brings it back") from None
    names = ("fetch", *RESAMPLINGS, "judge")
    if not isinstance(values, dict) or set(values) != set(names):
        raise ParamsError(f"{path} must hold the sections {', '.join(names)}, and only those")

    def built(name: str, kind: type[T]) -> T:
        return build(kind, values[name] or {}, f"{path}: {name}")

    resamplings = {name: built(name, ParseParams) for name in RESAMPLINGS}
    return Plan(built("fetch", FetchParams), resamplings, built("judge", JudgeParams))


@dataclass(frozen=True)
class Lesson:
    """drawings: R lists of B; index: a row a drawing, with `split`; components: K names; present (B, K) bool;
    strokes (B,)."""

    drawings: list[list[Steps]]
    index: pd.DataFrame
    components: list[str]
    present: NDArray[np.bool_]
    strokes: NDArray[np.int64]

    def rows(self, split: str) -> NDArray[np.int64]:
        return np.flatnonzero((self.index["split"] == split).to_numpy())


def resample(
    archive: Path, resamplings: Sequence[ParseParams], progress: Callable[[int], None]
) -> tuple[list[list[Steps]], pd.DataFrame]:
    """The archive's drawings, each resampled R times, and their index. Raises ParseError, JudgeTrainingError."""
    results = [reading.parse(archive, options, progress=progress) for options in resamplings]
    if any(list(one.index["id"]) != list(results[0].index["id"]) for one in results):
        raise JudgeTrainingError("the resamplings of judge/params.yaml select different drawings; give all one select")
    return [one.drawings for one in results], results[0].index


def lesson(drawings: list[list[Steps]], index: pd.DataFrame, options: JudgeParams) -> Lesson:
    """What there is to learn. Raises JudgeTrainingError: no component is frequent enough, or a split is empty."""
    split = [
        split_of(code, name, options.test_percent, options.valid_percent)
        for code, name in zip(index["code_point"], index["id"], strict=True)
    ]
    index = index.assign(split=split)
    named = [{group["element"] for group in json.loads(text)} - {""} for text in index["groups"]]
    seen = {(name, code) for names, code, where in zip(named, index["code_point"], split, strict=True)
            if where == "train" for name in names}  # fmt: skip
    counts = Counter(name for name, _ in seen)
    components = sorted(name for name, count in counts.items() if count >= options.min_instances)
    missing = {"train", "valid", "test"} - set(split)
    if not components or missing:
        raise JudgeTrainingError(
            f"{len(index)} drawings have {len(components)} components in {options.min_instances} training characters "
            f"or more, and no drawing in {sorted(missing)}; bring more drawings or lower judge.min_instances"
        )
    present = np.array([[name in names for name in components] for names in named])
    strokes = np.array([stroke_count(steps) for steps in drawings[0]])
    return Lesson(drawings, index, components, present, strokes)


def train(task: Lesson, options: JudgeParams, progress: Progress) -> Judge:
    """A judge without a card, from the training drawings and the seed."""
    shape = JudgeShape(options.size, options.widths, options.features, task.components)
    net = JudgeNet(shape, generator(options.seed, WEIGHT_STREAM)).train()
    rows, size = task.rows("train"), options.batch_size
    steps = options.epochs * (len(rows) // size or 1)
    optimizer = torch.optim.AdamW(net.parameters(), options.learning_rate, weight_decay=options.weight_decay)
    course = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _course(step, steps))
    source = np.random.default_rng((options.seed, ORDER_STREAM))
    batches = _batches(rows, size, options.epochs, source)
    for batch in progress(batches, "train"):
        loss = _loss(net, task, batch, options, source)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        course.step()
    return Judge(net.eval(), shape, {})


def _course(step: int, steps: int) -> float:
    """The learning rate's share: a straight rise, then half a cosine to 0."""
    rise = max(1, round(WARMUP * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - rise) / max(1, steps - rise))))


def _batches(rows: NDArray, size: int, epochs: int, source: np.random.Generator) -> list[NDArray]:
    """Every epoch all rows in a new order; the few that do not fill a batch wait for the next epoch."""
    count = len(rows) // size or 1
    return [part for _ in range(epochs) for part in np.split(source.permutation(rows)[: count * size], count)]


def _loss(net: JudgeNet, task: Lesson, batch: NDArray, options: JudgeParams, source: np.random.Generator) -> Tensor:
    """Both halves of the double batch are the same drawings, each resampled and moved by itself."""
    twice = np.concatenate((batch, batch)) if options.agreement else batch
    chosen = source.integers(len(task.drawings), size=len(twice))
    drawings = [task.drawings[which][row] for which, row in zip(chosen, twice, strict=True)]
    pictures = torch.from_numpy(rasters.ordered(drawings, options.size, _moves(len(twice), options, source)))
    with torch.autocast("cpu", torch.bfloat16):
        maps, features = net.maps(pictures)
    logits, strokes = net.answers(features.float())
    present = torch.from_numpy(task.present[twice]).float()
    counts = torch.from_numpy(task.strokes[twice]).float() / STROKES_UNIT
    naming = torch.nn.functional.binary_cross_entropy_with_logits(logits, present, reduction="none").sum(1).mean()
    counting = torch.nn.functional.huber_loss(strokes, counts, delta=0.2)
    loss = naming + options.stroke_weight * counting
    if options.agreement:
        one, other = features.float().chunk(2)
        loss = loss + options.agreement * ((one - other) ** 2).mean()
    return loss


def _moves(count: int, options: JudgeParams, source: np.random.Generator) -> NDArray[np.float64]:
    """(B, 2, 3) affine maps near the identity."""

    def reach(amount: float, *shape: int) -> NDArray:
        return source.uniform(-amount, amount, (count, *shape))

    moves = np.zeros((count, 2, 3))
    moves[:, [0, 1], [0, 1]] = 1 + reach(options.scale, 2)
    moves[:, [0, 1], [1, 0]] = reach(options.slant, 2)
    moves[:, :, 2] = reach(options.shift, 2)
    return moves
