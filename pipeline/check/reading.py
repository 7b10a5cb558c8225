"""What is to be checked: an SVG file, a folder of them, or a set as the stages parse, batch and sample write it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import dataset, drawing, params
from pipeline.check.drawn import Case, case
from pipeline.check.judge import Judge
from pipeline.dataset import DrawingSet
from pipeline.describe import derivation
from pipeline.describe.derivation import Told
from pipeline.drawing import Steps
from pipeline.export import interchange
from pipeline.parse import single
from pipeline.parse.characters import NO_CODE_POINT
from pipeline.parse.options import ParseParams
from pipeline.progress import Progress, unseen
from pipeline.write import described
from pipeline.write.prefix import PARSE
from pipeline.write.writer import Writer

MOST_STROKES, MOST_STEPS = 100, 2000  # of a drawing: KanjiVG's have at most 34 and 200
TYPES, GROUPS = "types", "groups"


class CheckError(ValueError):
    """Nothing that can be checked."""


@dataclass(frozen=True)
class Read:
    """cases; left_out: a line for each drawing that cannot be checked; licence: of what they derive from, or ""."""

    cases: list[Case]
    left_out: list[str]
    licence: str = ""


def judge(net: Writer, free: bool = False) -> Judge:
    """free: is told nothing. Raises KnowledgeError, ExemplarError, CompactError."""
    told = net.net.describer is not None and not free
    return Judge(net.net, tuple(net.config["pen_weights"]), described.known(net.folder) if told else None)


def read(path: Path, net: Writer, judge: Judge, progress: Progress = unseen) -> Read:
    """Raises CheckError, ExportError, DatasetError."""
    if (path / dataset.INDEX).exists():
        return _set(path, net, judge)
    if not path.exists():
        raise CheckError(f"{path} does not exist; give an SVG file, a folder of them, or a set such as data/samples")
    paths = sorted(path.rglob("*.svg")) if path.is_dir() else [path]
    if not paths:
        raise CheckError(f"{path} holds no .svg file; give a folder of SVGs, or a set such as data/samples")
    found = [_file(one, net) for one in (progress(paths, "read files") if path.is_dir() else paths)]
    wrong = [f"{one}: {reason}" for one, (_, _, reason) in zip(paths, found, strict=True) if reason]
    rows = [(row, steps) for row, steps, reason in found if not reason]
    if not rows:
        raise CheckError(f"{wrong[0]}; nothing is left to check")
    index = pd.DataFrame([row for row, _ in rows])
    return Read(_cases(index, [steps for _, steps in rows], judge), wrong)


def cases(drawings: DrawingSet, factor: float, judge: Judge) -> list[Case]:
    """Of a set whose steps times the factor are in the net's units."""
    return _cases(drawings.index, [steps * drawing.unit(factor) for steps in drawings], judge)


def _set(path: Path, net: Writer, judge: Judge) -> Read:
    exported = interchange.read(path, rejected=False, licence=None)
    rows, steps, wrong = [], [], []
    for row, one in exported:
        if reason := _too_large(one):
            wrong.append(f"{row['id']}: {reason}")
            continue
        rows.append(row)
        steps.append(_fitted(one, float(row["width"]), float(row["height"]), net))
    if not rows:
        raise CheckError(f"{path}: {wrong[0]}; nothing is left to check")
    return Read(_cases(pd.DataFrame(rows), steps, judge), wrong, exported.licence)


def _file(path: Path, net: Writer) -> tuple[dict, Steps, str]:
    """Its row, its steps in the net's units, and why it cannot be checked, or ""."""
    nothing = drawing.from_strokes([np.zeros((1, 2))], 0, 0)
    values = PARSE | net.data.get("resampling", {}) | {"select": ["kanji", "kana", "other"]}
    options = params.build(ParseParams, values, "resampling of the net's data")
    parsed = single.read_file(path.stem, path.read_bytes(), options, str(path))
    reason = parsed.reason or ("it has no stroke" if parsed.steps is None else _too_large(parsed.steps))
    if reason or parsed.steps is None:
        return {}, nothing, reason
    return parsed.row, _fitted(parsed.steps, parsed.row["width"], parsed.row["height"], net), ""


def _too_large(steps: Steps) -> str:
    strokes = drawing.stroke_count(steps)
    if strokes <= MOST_STROKES and len(steps) <= MOST_STEPS:
        return ""
    return f"{strokes} strokes of {len(steps)} points; a drawing of at most {MOST_STROKES} and {MOST_STEPS} is checked"


def _fitted(steps: Steps, width: float, height: float, net: Writer) -> Steps:
    """In the net's units; another box is scaled to fit into the net's. Offsets begin at its middle."""
    fit = min(net.data["width"] / width, net.data["height"] / height)
    return steps / drawing.unit(net.data["scale"] / fit)


def _cases(index: pd.DataFrame, steps: list[Steps], judge: Judge) -> list[Case]:
    index = index.reset_index(drop=True)
    names = index["character"].tolist() if "character" in index else [""] * len(index)
    codes = index["code_point"].tolist() if "code_point" in index else [NO_CODE_POINT] * len(index)
    told: list[Told | None] = [None] * len(index)
    if GROUPS in index and TYPES in index:
        found = derivation.descriptions(index.assign(character=names), steps)
        told = [one if text != "[]" else None for one, text in zip(found, index[GROUPS], strict=True)]
    rows = zip(index["id"], names, codes, steps, told, strict=True)
    return [case(str(name), character, code, one, parts, judge.knows) for name, character, code, one, parts in rows]
