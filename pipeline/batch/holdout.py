"""Hold-out split and scale: a set of drawings -> the same set with the column `split`, its offsets scaled.

A character is held out by a hash of its code point, so that its variants never straddle the splits.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from pydantic import Field

from pipeline import params
from pipeline.batch import minibatches
from pipeline.dataset import BLOCK, DrawingSet
from pipeline.drawing import unit

SPLITS = ("train", "valid", "test")
TRAIN, VALID, TEST, NOT_SAID = 0, 1, 2, -1  # numbers of splits
COLUMNS = ("id", "code_point", "split", "width", "height")  # of the index, that are read here
DESCRIPTION = "batches.json"
MOST_PERCENT = 49  # held out for either purpose
_ADDED = re.compile(r"(?:~[0-9]+)+$")


class BatchError(ValueError):
    """A set of drawings that no net can be trained on."""


@params.section
class BatchParams:
    """scale   offsets are divided by it; auto: such that the training drawings' have the root mean square 1"""

    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] | Literal["auto"]
    size: Annotated[int, Field(ge=1)]
    length_noise: Annotated[float, Field(ge=0, le=1)]
    test_percent: Annotated[int, Field(ge=1, le=MOST_PERCENT)]
    valid_percent: Annotated[int, Field(ge=1, le=MOST_PERCENT)]


def split_of(code_point: int, name: str, test_percent: int, valid_percent: int) -> str:
    """The split of a drawing: a hash of its code point, so that variants of a character never straddle it and every
    release of the data has the same one; of its name where there is no code point (-1), without the number by which
    parse tells it from an earlier drawing of that name."""
    percent = percent_of(code_point, name)
    if percent < test_percent:
        return "test"
    return "valid" if percent < test_percent + valid_percent else "train"


def percent_of(code_point: int, name: str) -> int:
    """The hash that `split_of` splits by, 0 to 99."""
    text = f"{code_point:05x}" if code_point >= 0 else _ADDED.sub("", name)
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 100


def splits(index: pd.DataFrame, options: BatchParams) -> list[str]:
    """The split of each drawing of an index by name, see `split_numbers`."""
    return names_of(split_numbers(index, options))


def names_of(numbers: NDArray[np.int8]) -> list[str]:
    return [SPLITS[number] for number in numbers.tolist()]


def split_numbers(index: pd.DataFrame, options: BatchParams) -> NDArray[np.int8]:
    """(B,) the split of each drawing of an index, its place in SPLITS.

    A drawing that comes with a split (column `split`, "" where none) as valid or test keeps it. The others are split by
    `split_of`, but nothing is added to a valid or test that came with the data.
    Raises BatchError: an unknown split, or one left empty.
    """
    said = _said(index)
    percents = _percents(index)
    test, valid = options.test_percent, options.test_percent + options.valid_percent
    hashed = np.where(percents < test, TEST, np.where(percents < valid, VALID, TRAIN)).astype(np.int8)
    came = [number for number in (VALID, TEST) if (said == number).any()]
    chosen = np.where(np.isin(hashed, came), np.int8(TRAIN), hashed)
    chosen = np.where(np.isin(said, came), said, chosen)
    counts = np.bincount(chosen, minlength=len(SPLITS))
    if empty := [split for split, count in zip(SPLITS, counts, strict=True) if not count]:
        names = {SPLITS[number] for number in came}
        raise BatchError(f"{len(index)} drawings, none in {' or '.join(empty)}; {_needed(percents, options, names)}")
    return chosen


def _said(index: pd.DataFrame) -> NDArray[np.int8]:
    """(B,) the split that each drawing came with, NOT_SAID where none. Raises BatchError."""
    if "split" not in index:
        return np.full(len(index), NOT_SAID, np.int8)
    numbers = pd.Index([*SPLITS, ""]).get_indexer(index["split"])
    if (numbers < 0).any():
        unknown = sorted(set(index["split"][numbers < 0]))
        raise BatchError(f"the data names the split {unknown[0]!r}; allowed are {', '.join(SPLITS)}")
    return np.where(numbers == len(SPLITS), NOT_SAID, numbers).astype(np.int8)


def _percents(index: pd.DataFrame) -> NDArray[np.int8]:
    """(B,) the hash of each drawing, see `percent_of`; of a code point that many share once."""
    codes = index["code_point"].to_numpy(np.int64)
    found = np.zeros(len(index), np.int8)
    coded = codes >= 0
    distinct, which = np.unique(codes[coded], return_inverse=True)
    found[coded] = np.array([percent_of(code, "") for code in distinct.tolist()], np.int8)[which]
    rows = np.flatnonzero(~coded)
    for at in range(0, len(rows), BLOCK):
        some = rows[at : at + BLOCK]
        found[some] = [percent_of(-1, name) for name in index["id"].iloc[some].tolist()]
    return found


def _needed(percents: NDArray[np.int8], options: BatchParams, came: set[str]) -> str:
    """What fills all splits: percentages if any do, those nearest to the options, else more drawings."""
    present = set(percents.tolist())
    fill = [
        (test, valid)
        for test in range(1, MOST_PERCENT + 1)
        for valid in range(1, MOST_PERCENT + 1)
        if {0, 1, 2} == {(percent >= test) + (percent >= test + valid) for percent in present}
    ]
    if fill and not came:
        asked = (options.test_percent, options.valid_percent)
        test, valid = min(fill, key=lambda pair: sum(abs(a - b) for a, b in zip(pair, asked, strict=True)))
        return f"give more drawings, or set batch.test_percent to {test} and batch.valid_percent to {valid}"
    return "at least 3 are needed: train, valid and test have different characters, told by lot; give more drawings"


def resolved(drawings: DrawingSet, options: BatchParams, numbers: NDArray[np.int8] | None = None) -> BatchParams:
    """The options with a number for the scale, see `scale_of`. Raises BatchError."""
    return replace(options, scale=scale_of(drawings, options, numbers))


def scale_of(drawings: DrawingSet, options: BatchParams, numbers: NDArray[np.int8] | None = None) -> float:
    """What the offsets are divided by; numbers: the `split_numbers`, where they are known.

    auto is sqrt(mean of (dx^2 + dy^2) / 2) over all steps of the training drawings, travels through the air included,
    in 6 significant digits: their offsets, divided by it, have the root mean square 1. Raises BatchError.
    """
    if options.scale != "auto":
        return options.scale
    numbers = split_numbers(drawings.index, options) if numbers is None else numbers
    total = count = 0.0
    for block in drawings.where(numbers == TRAIN).blocks():
        steps = block.joined()
        total += float(np.square(steps[:, :2], dtype=np.float64).sum())
        count += len(steps)
    if not total > 0:
        raise BatchError("batch.scale: auto needs drawings that have a size; all offsets are 0; set a number")
    return float(f"{math.sqrt(total / count / 2):.6g}")


@dataclass(frozen=True)
class Scaled(Sequence[np.ndarray]):
    """Drawings with their offsets divided by `scale`, each made when it is asked for."""

    drawings: DrawingSet
    scale: float

    def __len__(self) -> int:
        return len(self.drawings)

    def __getitem__(self, i: int) -> np.ndarray:  # type: ignore[override]
        return self.drawings[i] / unit(self.scale)

    def __iter__(self) -> Iterator[np.ndarray]:
        return (steps / unit(self.scale) for steps in self.drawings)


def prepare(drawings: DrawingSet, options: BatchParams) -> tuple[Scaled, pd.DataFrame]:
    """Scaled drawings, offsets / scale, and their index with the column `split`. Raises BatchError: an empty split."""
    index = drawings.index.assign(split=splits(drawings.index, options))
    return Scaled(drawings, scale_of(drawings, options)), index


def statistics(drawings: DrawingSet, options: BatchParams) -> dict[str, Any]:
    """What the data is: drawings, steps, lengths, pen states, padding, for each split."""
    summary: dict[str, Any] = {}
    for split in SPLITS:
        part = drawings.where((drawings.index["split"] == split).to_numpy())
        lengths = torch.as_tensor(part.lengths().astype(np.int64))
        pen = sum(np.bincount(block.joined()[:, 2].astype(np.int64), minlength=3) for block in part.blocks())
        batches = minibatches.epoch(lengths, options.size, options.length_noise, seed=0, number=0)
        summary[split] = {
            "drawings": len(part),
            "steps": int(lengths.sum()),
            "mean_length": round(float(lengths.double().mean()), 3),
            "longest": int(lengths.max()),
            "pen_on_paper": round(float(pen[0] / pen.sum()), 6),
            "pen_end_of_stroke": round(float(pen[1] / pen.sum()), 6),
            "pen_end_of_character": round(float(pen[2] / pen.sum()), 6),
            "minibatches": len(batches),
            "padding": round(minibatches.padding(lengths, batches), 6),
        }
    return summary


def description(drawings: DrawingSet, options: BatchParams, source: dict[str, Any]) -> dict[str, Any]:
    """What a net must know of its data to read and write in the source's units, and its user of the data's licence.

    options: with a number for the scale, see `resolved`. source: the summary that the stage parse wrote, and the names
    of hands beside the first, if the drawings have several.
    """
    boxes = drawings.index[["width", "height"]].median()
    box = {"width": float(boxes["width"]), "height": float(boxes["height"])}
    told = {"scale": options.scale, "licence": source["licence"], "resampling": source["resampling"], **box}
    return told | {key: source[key] for key in ("hands", "licence_texts") if key in source}


def read_description(folder: Path) -> dict[str, Any]:
    """The `description` in a folder that the stage batch wrote. Raises BatchError."""
    try:
        return json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise BatchError(f"{folder / DESCRIPTION} cannot be read ({error}); `dvc repro batch` makes it") from None
