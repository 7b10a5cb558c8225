"""The tables of docs/exports.md: how near the export in KanjiVG's form comes to KanjiVG itself.

    python benchmarks/kanjivg_form.py [test | valid] [--drawings N] [--handles FILE]        # after `dvc repro batch`

Held-out real drawings, resampled as they are trained on, are fitted again and compared with KanjiVG's own curves; their
types and groups are found from what the training drawings teach, and compared with KanjiVG's. A group is found if its
element and its strokes are the same, or its position as well; the group of the whole drawing is left out.
"""

import argparse
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from pipeline import dataset, drawing, fit, handles  # noqa: E402
from pipeline.batch import holdout  # noqa: E402
from pipeline.dataset import DrawingSet  # noqa: E402
from pipeline.describe import strokes as stroke_types  # noqa: E402
from pipeline.export.interchange import Exported  # noqa: E402
from pipeline.fit import Through  # noqa: E402
from pipeline.handles import Handles  # noqa: E402
from pipeline.kanjivg.form import Teacher  # noqa: E402
from pipeline.parse.svg import documents  # noqa: E402

NEAR = 0.5  # of a box of 109
PLACES = 24  # compared on each cubic
TOLERANCES = (0.1, fit.TOLERANCE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split", nargs="?", default="test", choices=("test", "valid"))
    parser.add_argument("--drawings", type=int, default=None, help="so many, chosen by chance (all)")
    parser.add_argument("--handles", type=Path, default=handles.SHIPPED, help="what benchmarks/train_handles.py wrote")
    asked = parser.parse_args()
    stored = dataset.load(ROOT / "data" / "batches")
    scale = holdout.read_description(ROOT / "data" / "batches")["scale"]
    real = DrawingSet(np.array(stored.points), stored.index)
    rows = np.flatnonzero((real.index["split"] == asked.split).to_numpy())
    if asked.drawings and asked.drawings < len(rows):
        rows = np.random.default_rng(1).choice(rows, asked.drawings, replace=False)
    held = real.where(np.isin(np.arange(len(real)), rows))
    curves(held, scale, {"learnt": Handles.load(asked.handles).through, "smooth through the points": fit.through})
    recovered(held, real, scale)


# ---- curves


def curves(held: DrawingSet, scale: float, ways: dict[str, Through]) -> None:
    """A row a way and tolerance."""
    box = held.index.iloc[0]
    points = [s for steps in held for s in drawing.to_strokes(steps * [scale, scale, 1], box["width"], box["height"])]
    own = list(originals(held.index))
    types = np.array([stroke_types.usual(text) for texts in held.index["types"] for text in texts])
    print(f"{len(held)} drawings, {len(points)} strokes; KanjiVG's own have {mean_segments(own):.2f} segments\n")
    print("| between the points | tolerance | segments | within 0.5 | median | 95 % | largest |\n|---|" + "---|" * 6)
    for name, how in ways.items():
        for tolerance in TOLERANCES:
            fitted = [fit.fit(stroke, tolerance, how) for stroke in points]
            away = np.array([distance(a, b) for a, b in zip(fitted, own, strict=True)])
            share, (half, most) = np.mean(away <= NEAR), np.percentile(away, (50, 95))
            print(
                f"| {name} | {tolerance:g} | {mean_segments(fitted):.2f} | {share:.1%} | {half:.2f} | {most:.2f} "
                f"| {away.max():.1f} |".replace("%", " %"),
                flush=True,
            )
            if name == "learnt" and tolerance == fit.TOLERANCE:
                beyond = Counter(types[away > NEAR].tolist()).most_common(6)
                worst = ", ".join(f"{name} {count} of {np.count_nonzero(types == name)}" for name, count in beyond)
    print(f"\nbeyond 0.5, learnt, by type: {worst}\n")


def originals(index: pd.DataFrame) -> Iterable[NDArray[np.float64]]:
    with zipfile.ZipFile(ROOT / "data" / "raw" / "drawings.zip") as archive:
        for source in index["source"]:
            yield from (curve.controls for curve in documents.read(archive.read(source), source).curves)


def mean_segments(found: Sequence[NDArray[np.float64]]) -> float:
    return float(np.mean([len(controls) for controls in found]))


def distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Hausdorff's, of two strokes' curves."""
    a, b = fit.evaluate(one, PLACES), fit.evaluate(other, PLACES)
    return max(_farthest(a, b), _farthest(b, a))


def _farthest(points: NDArray[np.float64], line: NDArray[np.float64]) -> float:
    along, start = np.diff(line, axis=0), line[:-1]
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    t = np.clip(((points[:, None] - start) * along).sum(axis=2) / square, 0, 1)
    apart = points[:, None] - start - t[..., None] * along
    return float(np.sqrt((apart**2).sum(axis=2)).min(axis=1).max())


# ---- types and groups


def recovered(held: DrawingSet, real: DrawingSet, scale: float) -> None:
    """Types, and groups by the description and without it."""
    teacher = Teacher.of(real)
    bare = held.index.drop(columns=["types", "groups"])
    told = teacher.annotate(Exported(DrawingSet(held.points, bare), scale, ""))
    found = teacher.annotate(Exported(DrawingSet(held.points, bare.drop(columns="description")), scale, ""))
    own = [str(text) for texts in held.index["types"] for text in texts]
    for name, annotated in (("by the description", told), ("without it", found)):
        ours = [text for one in annotated for text in one.types]
        alike = [stroke_types.usual(a) == stroke_types.usual(b) for a, b in zip(ours, own, strict=True)]
        exact = np.mean([a == b for a, b in zip(ours, own, strict=True)])
        print(f"kvg:type {name}: {exact:.1%}; but for the letter and the second choice: {np.mean(alike):.1%}")
    print()
    print("| groups | all of a drawing's | of KanjiVG's found | of ours KanjiVG's | with their position |")
    print("|---|" + "---|" * 4)
    counts = [len(types) for types in held.index["types"]]
    own_groups = [json.loads(text) for text in held.index["groups"]]
    truth = [spans(groups, count) for groups, count in zip(own_groups, counts, strict=True)]
    there = [placed(groups) for groups in own_groups]
    for name, annotated in (("by the description", told), ("without it", found)):
        these = [spans(one.groups, count) for one, count in zip(annotated, counts, strict=True)]
        both = sum(len(a & b) for a, b in zip(these, truth, strict=True))
        whole = np.mean([a == b for a, b in zip(these, truth, strict=True)])
        stand = sum(len(placed(one.groups) & b) for one, b in zip(annotated, there, strict=True)) / sum(map(len, there))
        shares = whole, both / sum(map(len, truth)), both / sum(map(len, these)), stand
        print(f"| {name} | " + " | ".join(f"{share:.1%}".replace("%", " %") for share in shares) + " |")
    print(f"\n{len(held)} drawings, {sum(map(len, truth))} groups, {sum(map(len, there))} with a position")


def spans(groups: Iterable[dict], count: int) -> set[tuple[str, int, int]]:
    """Element, first and last stroke of each group but that of the whole drawing."""
    each = {(group["element"], group["first"], group["last"]) for group in groups}
    return {one for one in each if one[1:] != (0, count - 1)}


def placed(groups: Iterable[dict]) -> set[tuple[str, int, int, str]]:
    """Element, first and last stroke and position of each group that has a position."""
    return {(one["element"], one["first"], one["last"], one["position"]) for one in groups if one["position"]}


if __name__ == "__main__":
    main()
