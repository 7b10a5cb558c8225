"""What a drawing can begin with: for each kanji and each component of kanji the strokes of one typical instance.

A file of starts is one Parquet table, a row an element: element (one character), source (the character it is taken
from), position (KanjiVG's: left, top, kamae, ... or ""), and its steps as lists dx, dy (in units of GRID) and pen.
Its metadata, JSON under the key KEY: width and height of the writing box, licence, and how strokes were resampled.

Drawings begin with a start, so instances that stand first in the order of strokes come first: of 氵 those at the left.
Among them the commonest position is taken, and there the instance whose box is nearest to the median of their boxes.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import dataset, drawing
from pipeline.dataset import DrawingSet
from pipeline.describe import components
from pipeline.describe.components import Instance
from pipeline.drawing import END_OF_STROKE, ON_PAPER, Steps
from pipeline.files import whole_file
from pipeline.parse.resampling import RULES

GRID, BOX = 0.02, 109.0  # in a box of 109 (scaled with other boxes); KanjiVG itself is written in 0.01
KEY = b"fake_kanji.starts"


class StartsError(ValueError):
    """Strokes to begin with that are not to be had."""


@dataclass(frozen=True)
class Start:
    """steps (m, 3) in a width x height box, the last END_OF_STROKE; source and position as in the file."""

    steps: Steps
    width: float
    height: float
    source: str = ""
    position: str = ""


def build(strokes: Path, out: Path) -> int:
    """From the set that stage parse wrote to a file of starts; returns how many elements it has.

    Raises StartsError: drawings without characters or components, as those of another source than KanjiVG are.
    """
    drawings = dataset.load(strokes)
    if not {"character", "variant", "groups"} <= set(drawings.index.columns):
        raise StartsError(f"{strokes} says nothing of characters; give what stage parse wrote of KanjiVG, data/strokes")
    summary = _summary(strokes)
    # variants are written like their kanji, mostly; without them no kanji counts twice
    drawings = drawings.where((drawings.index["variant"] == "").to_numpy())
    chosen = {element: _typical(drawings, found) for element, found in sorted(components.instances(drawings).items())}
    if not chosen:
        raise StartsError(f"{strokes} holds no drawing of a character; choose some with parse.select")
    box = drawings.index.iloc[0][["width", "height"]]
    facts = {"width": float(box["width"]), "height": float(box["height"]), **summary}
    with whole_file(out) as partial:
        pq.write_table(_table(drawings, chosen, facts), partial, compression="zstd", compression_level=19,
                       use_dictionary=False)  # fmt: skip
    return len(chosen)


def find(path: Path, element: str, resampling: dict[str, Any] | None = None) -> Start:
    """The start that the file has for a kanji or component, one character.

    resampling: how the strokes of the net's data became points, where that is known. Raises StartsError.
    """
    table, facts = _read(path)
    own = facts.get("resampling")
    if resampling and own and _rule(resampling) != _rule(own):
        raise StartsError(
            f"{path} was resampled by {_rule(own)}, the net's data by {_rule(resampling)}: make starts of "
            "its data with `fake-kanji starts data/strokes --out FILE` and give --starts FILE"
        )
    elements = table["element"].to_pylist()
    name = next((name for name in (element, components.SAME.get(element)) if name in elements), None)
    if name is None:
        raise StartsError(
            f"{path} has no strokes for {element!r} (U+{ord(element):04X}) among its {len(elements):,} kanji and "
            "components; give --start an SVG file with strokes of your own"
        )
    row = table.slice(elements.index(name), 1).to_pylist()[0]
    steps = np.array([row["dx"], row["dy"], row["pen"]], np.float64).T
    steps[:, :2] *= GRID * facts["width"] / BOX
    return Start(steps.astype(np.float32), facts["width"], facts["height"], row["source"], row["position"])


# ---- choosing


def _typical(drawings: DrawingSet, found: list[Instance]) -> Instance:
    place = min(instance.place for instance in found)
    kinds: dict[tuple[str, int], list[Instance]] = defaultdict(list)
    for instance in found:
        if instance.place == place:
            kinds[instance.position, instance.last - instance.first].append(instance)
    # the commonest position; of two as common the first by name, so that the file is always the same
    alike = max(sorted(kinds.items()), key=lambda kind: len(kind[1]))[1]
    boxes = np.array([_box(drawings, instance) for instance in alike])
    away = np.abs(boxes - np.median(boxes, axis=0)).sum(axis=1)
    return alike[int(away.argmin())]


def _strokes(drawings: DrawingSet, instance: Instance) -> list[NDArray[np.float64]]:
    width, height = (float(drawings.index[side].to_numpy()[instance.drawing]) for side in ("width", "height"))
    return drawing.to_strokes(drawings[instance.drawing], width, height)[instance.first : instance.last + 1]


def _box(drawings: DrawingSet, instance: Instance) -> NDArray[np.float64]:
    points = np.concatenate(_strokes(drawings, instance))
    return np.concatenate((points.min(axis=0), points.max(axis=0)))


# ---- the file


def _table(drawings: DrawingSet, chosen: dict[str, Instance], facts: dict[str, Any]) -> pa.Table:
    unit = GRID * facts["width"] / BOX
    columns: dict[str, list] = {name: [] for name in ("element", "source", "position", "dx", "dy", "pen")}
    for element, instance in chosen.items():
        strokes = _strokes(drawings, instance)
        points = np.concatenate(strokes) - (facts["width"] / 2, facts["height"] / 2)
        # points on the grid and then offsets, so that no error adds up
        offsets = np.diff(np.rint(points / unit), axis=0, prepend=[[0, 0]]).astype(np.int16)
        pen = np.full(len(points), ON_PAPER, np.int8)
        pen[np.cumsum([len(stroke) for stroke in strokes]) - 1] = END_OF_STROKE
        values = (element, drawings.index["character"].iat[instance.drawing], instance.position, *offsets.T, pen)
        for name, value in zip(columns, values, strict=True):
            columns[name].append(value)
    kinds = {"dx": pa.list_(pa.int16()), "dy": pa.list_(pa.int16()), "pen": pa.list_(pa.int8())}
    table = pa.table({name: pa.array(values, kinds.get(name, pa.string())) for name, values in columns.items()})
    return table.replace_schema_metadata({KEY: json.dumps(facts, sort_keys=True, ensure_ascii=False)})


def _summary(strokes: Path) -> dict[str, Any]:
    """What parse tells of its output: the licence, and how it resampled where that is written."""
    summary = json.loads((strokes / "summary.json").read_text(encoding="utf-8"))
    return {name: summary[name] for name in ("licence", "resampling") if name in summary}


def _read(path: Path) -> tuple[pa.Table, dict[str, Any]]:
    try:
        table = pq.read_table(path)
        return table, json.loads(table.schema.metadata[KEY])
    except (OSError, pa.ArrowException, KeyError, TypeError) as error:
        cure = f"make it with `fake-kanji starts data/strokes --out {path}`, or give --start an SVG file"
        raise StartsError(f"{path} is no file of starts ({str(error).splitlines()[0]}); {cure}") from None


def _rule(resampling: dict[str, Any]) -> str:
    names = RULES[resampling["rule"]][1]
    return ", ".join([resampling["rule"], *(f"{name} {resampling[name]:g}" for name in names)])
