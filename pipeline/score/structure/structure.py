"""How drawings are built, beside held-out real ones: of known parts, of known strokes, drawn forward and in order.

Each number is a share of something summed over drawings, with a bootstrap interval over drawings, as what belongs to
one drawing goes together. It stands beside its floor, what held-out drawings have; a share means little without it.

parts   share            of a drawing's strokes that are explained by known parts, the mean over drawings
        large            the same of parts of at least LARGE strokes: small ones are met by chance more often
        whole            of the drawings of which parts explain every stroke
        placed           of the parts that stand where training drawings have such a part
        strokes_per_part strokes of a part; many small parts explain less than few large ones
strokes known            of the strokes that are near one of the alphabet
        forward          of the strokes that are drawn in the usual direction
        left_to_right    of the pairs of strokes in one row, in the usual order; top_to_bottom in one column
        types_apart      total variation between the types of strokes and those of held-out drawings
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.dataset import DrawingSet
from pipeline.drawing import Steps
from pipeline.forecast import bootstrap
from pipeline.progress import Progress, unseen
from pipeline.score.structure import parts, stroke_order, traces
from pipeline.score.structure.parts import Found, Library
from pipeline.score.structure.stroke_order import Alphabet, Reading

COMMONEST = 100  # parts in the table
LARGE = 4  # strokes

Ratio = tuple[NDArray, NDArray]  # (B,) how often it is so in each drawing, and how often it could be


@dataclass(frozen=True)
class Yardstick:
    """What drawings are held against: the library is None where the training drawings tell of no components."""

    library: Library | None
    alphabet: Alphabet


@dataclass(frozen=True)
class Structure:
    """What was found in B drawings."""

    parts: Found | None
    strokes: Reading
    ratios: dict[str, dict[str, Ratio]]  # section -> name -> Ratio


def yardstick(training: DrawingSet, held_out: DrawingSet, source: np.random.Generator) -> Yardstick:
    """From training drawings; held-out ones, not those of the floor, say how far a known stroke may be."""
    library = parts.library(training) if parts.tells_parts(training.index) else None
    return Yardstick(library, stroke_order.alphabet(training, held_out, source))


def look(drawings: Sequence[Steps], against: Yardstick, progress: Progress = unseen) -> Structure:
    """B drawings, (n, 3) steps in any unit."""
    strokes = stroke_order.read(drawings, against.alphabet)
    in_order, pairs = stroke_order.stroke_order(traces.of(drawings))
    ratios = {
        "strokes": {
            "known": strokes.per_drawing(strokes.known),
            "forward": strokes.per_drawing(strokes.forward),
            "left_to_right": (in_order[:, 0], pairs[:, 0]),
            "top_to_bottom": (in_order[:, 1], pairs[:, 1]),
        }
    }
    found = None
    if against.library is not None:
        found = parts.find(drawings, against.library, progress)
        ratios["parts"] = _of_parts(found)
    return Structure(found, strokes, ratios)


def numbers(
    ours: Structure, held_out: Structure, resamples: int, source: np.random.Generator
) -> dict[str, dict[str, float]]:
    """section -> name, name_low, name_high, name_floor -> number. What no drawing gives a chance to is left out."""
    found: dict[str, dict[str, float]] = {}
    for section, ratios in ours.ratios.items():
        found[section] = {}
        for name, ratio in ratios.items():
            floor = held_out.ratios[section][name]
            if ratio[1].any() and floor[1].any():
                low, high = interval(ratio, resamples, source)
                values = {name: value(ratio), f"{name}_low": low, f"{name}_high": high, f"{name}_floor": value(floor)}
                found[section] |= values
    return found


def types_apart(ours: Structure, held_out: Structure) -> float | None:
    """Total variation between the types of strokes; None where the training drawings tell of no types."""
    kinds = ours.strokes.kind, held_out.strokes.kind
    return stroke_order.total_variation(*kinds) if all((kind != "").any() for kind in kinds) else None


def value(ratio: Ratio) -> float:
    return float(ratio[0].sum() / ratio[1].sum())


def interval(ratio: Ratio, resamples: int, source: np.random.Generator) -> tuple[float, float]:
    """Bootstrap interval, 95 %, over the drawings that give a chance."""
    true, all_ = (part[ratio[1] > 0].astype(np.float64) for part in ratio)
    return bootstrap.of_ratio(true, all_, resamples, source)


def commonest(ours: Structure, held_out: Structure) -> pd.DataFrame:
    """The parts found most often: element, and the share of our drawings and of held-out ones that have it."""
    shares = {"samples": _having(ours.parts), "held_out": _having(held_out.parts)}
    table = pd.DataFrame(shares).fillna(0.0).rename_axis("element").reset_index()
    return table.sort_values(
        ["samples", "held_out", "element"], ascending=[False, False, True], ignore_index=True
    ).head(COMMONEST)


def types_table(ours: Structure, held_out: Structure) -> pd.DataFrame:
    """type, and the share of our strokes and of held-out ones that are of it, the commonest of held-out ones first."""
    sets = {"samples": ours, "held_out": held_out}
    shares = {name: pd.Series(one.strokes.kind).value_counts(normalize=True) for name, one in sets.items()}
    table = pd.DataFrame(shares).fillna(0.0).rename_axis("type").reset_index()
    return table.sort_values(["held_out", "type"], ascending=[False, True], ignore_index=True)


def per_drawing(found: Structure) -> pd.DataFrame:
    """A row a drawing: parts (their names, 木 + 口), and each ratio of it alone, NaN where it has no chance."""
    columns: dict[str, Any] = {} if found.parts is None else {"parts": found.parts.names()}
    for section, ratios in found.ratios.items():
        for name, (true, all_) in ratios.items():
            columns[f"{section}_{name}"] = np.where(all_ > 0, true / np.maximum(all_, 1), np.nan)
    return pd.DataFrame(columns)


def _of_parts(found: Found) -> dict[str, Ratio]:
    drawings = len(found.strokes)
    owner = found.table["drawing"].to_numpy(np.int64)
    number = np.bincount(owner, minlength=drawings)
    first = np.concatenate(([0], np.cumsum(number)))
    boxes = found.table[["left", "top", "right", "bottom"]].to_numpy()
    in_order, pairs = stroke_order.order(boxes, first)
    placed = owner[found.table["away"].to_numpy() < parts.PLACE]
    size = (found.table["last"] - found.table["first"] + 1).to_numpy(np.int64)
    large = np.bincount(owner, np.where(size >= LARGE, size, 0), minlength=drawings)
    one = np.ones(drawings)
    return {
        "share": (found.share, one),
        "large": (large / found.strokes, one),
        "whole": ((found.explained == found.strokes) * one, one),
        "placed": (np.bincount(placed, minlength=drawings), number),
        "strokes_per_part": (found.explained, number),
        "left_to_right": (in_order[:, 0], pairs[:, 0]),
        "top_to_bottom": (in_order[:, 1], pairs[:, 1]),
    }


def _having(found: Found | None) -> pd.Series:
    """Share of the drawings that have each part at least once."""
    if found is None:
        return pd.Series(dtype=float)
    having = found.table.drop_duplicates(["drawing", "element"])["element"].value_counts()
    return having / max(len(found.strokes), 1)
