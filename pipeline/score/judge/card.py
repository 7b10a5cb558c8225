"""What is measured of a judge, and its card.

Shapes: B drawings, K components, D features.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.fetch import sources
from pipeline.files import whole_file
from pipeline.score.judge import judge
from pipeline.score.judge.judge import Answers, Judge
from pipeline.score.judge.training import RESAMPLINGS, Lesson, Plan

SURE = 0.5  # a component is named if its probability is above this
DIGITS = 4  # decimals kept


def write(folder: Path, trained: Judge, task: Lesson, plan: Plan) -> None:
    """The judge's folder: weights rounded to float16, measured as they are then, judge.json and card.md."""
    folder.mkdir(parents=True, exist_ok=True)
    fetch = plan.fetch
    data = {"package": fetch.package, "version": fetch.version, "sha256": fetch.sha256}
    card = {
        "version": plan.judge.version,
        "data": data,
        "licence": fetch.licence or sources.KANJIVG_LICENCE,
        "weights": sum(one.numel() for one in trained.net.parameters()),
    }
    judge.save(folder, trained.net, trained.shape, card)
    card["measured"] = rounded(measure(judge.load(folder), task))
    judge.save(folder, trained.net, trained.shape, card)
    with whole_file(folder / "card.md") as partial:
        partial.write_text(text(judge.load(folder)), encoding="utf-8")


def sentence(found: Judge) -> str:
    """The card in one line."""
    parts = found.card["measured"]["held_out"].values()
    f1, off = (", ".join(f"{part[name]:.3f}" for part in parts) for name in ("f1_micro", "stroke_error"))
    return f"{found.name}: on held-out drawings, by resampling, F1 of components {f1}; strokes off by {off}"


def measure(judge: Judge, task: Lesson, names: Sequence[str] = RESAMPLINGS) -> dict[str, Any]:
    """On the held-out drawings (valid and test): F1 and stroke-count error under each resampling, and how alike the
    features of two resamplings of a drawing are, beside those of two drawings."""
    rows = np.concatenate([task.rows(split) for split in ("valid", "test")])
    parts = {name: [part[i] for i in rows] for name, part in zip(names, task.drawings, strict=True)}
    read = {name: quality(judge.answer(part), task.present[rows], task.strokes[rows]) for name, part in parts.items()}
    train = task.rows("train")[:: max(1, len(task.rows("train")) // len(rows))]
    seen = judge.answer([task.drawings[0][i] for i in train])
    features = {name: judge.embed(part) for name, part in parts.items()}
    return {
        "held_out": read,
        "training": quality(seen, task.present[train], task.strokes[train]),
        "agreement": agreement(features),
        "drawings": {"train": len(task.rows("train")), "held_out": len(rows)},
    }


def quality(answers: Answers, present: NDArray[np.bool_], strokes: NDArray) -> dict[str, float]:
    """F1 over all answers (micro), mean F1 of the components that occur (macro), mean error of the stroke count and the
    share of drawings whose count is right when rounded."""
    named = answers.components > SURE
    true, false, missed = (named & present).sum(0), (named & ~present).sum(0), (~named & present).sum(0)
    occur = present.any(axis=0)
    f1 = 2 * true / np.maximum(2 * true + false + missed, 1)
    off = np.abs(answers.strokes - strokes)
    return {
        "f1_micro": float(2 * true.sum() / max(2 * true.sum() + false.sum() + missed.sum(), 1)),
        "f1_macro": float(f1[occur].mean()),
        "components": int(occur.sum()),
        "stroke_error": float(off.mean()),
        "strokes_right": float((off < 0.5).mean()),
    }


def agreement(features: dict[str, NDArray]) -> dict[str, dict[str, float]]:
    """Of each pair of resamplings: the cosine of the same drawing's features (mean, 5th percentile), that of different
    drawings' (mean), and the squared distance as a share of that between different drawings."""
    found, names = {}, list(features)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            a, b = features[one], features[other]
            same, different = _cosine(a, b), _cosine(a, np.roll(b, 1, axis=0))
            apart = ((a - b) ** 2).sum(1).mean() / ((a - np.roll(b, 1, axis=0)) ** 2).sum(1).mean()
            found[f"{one}-{other}"] = {
                "same": float(same.mean()),
                "same_low": float(np.percentile(same, 5)),
                "different": float(different.mean()),
                "distance_share": float(apart),
            }
    return found


def _cosine(a: NDArray, b: NDArray) -> NDArray:
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def rounded(values: Any) -> Any:
    """The same with every float cut to DIGITS decimals."""
    if isinstance(values, dict):
        return {name: rounded(value) for name, value in values.items()}
    return round(values, DIGITS) if isinstance(values, float) else values


def text(found: Judge) -> str:
    """card.md from what judge.json says."""
    card, measured = found.card, found.card["measured"]
    quality_names = ("f1_micro", "f1_macro", "stroke_error", "strokes_right")
    parts = measured["held_out"] | {"training drawings, coarse": measured["training"]}
    pairs = {pair.replace("-", ", "): part for pair, part in measured["agreement"].items()}
    return _CARD.format(
        name=found.name,
        weights=card["weights"],
        components=len(found.shape.components),
        size=found.shape.size,
        features=found.shape.features,
        licence=card["licence"],
        **measured["drawings"],
        quality=_rows(parts, quality_names),
        pairs=_rows(pairs, ("same", "same_low", "different", "distance_share")),
    )


def _rows(table: dict[str, dict[str, float]], names: Sequence[str]) -> str:
    return "\n".join(f"| {row} | {' | '.join(f'{part[name]:.3f}' for name in names)} |" for row, part in table.items())


_CARD = """# The judge

Version and weights: `{name}`.

A convolutional net of {weights:,} numbers. It reads a drawing as {size} x {size} pictures that keep the order and
direction of the strokes (`pipeline/score/judge/rasters.py`), names {components} components (KanjiVG's `kvg:element`)
and counts the strokes. The {features} features before its answers are what samples and real characters are compared in.
It is fixed: scores compare that name the same judge.

Trained by `dvc repro judge/dvc.yaml` on {train:,} drawings, each time resampled by another rule of
`judge/params.yaml` and moved a little. Whole code points are held out, variants and all, {held_out:,} drawings: those
that the main pipeline holds out at its default shares. A drawing has no line width; its place and size are taken off
before it is read.

## Held-out drawings

F1 over all answers, and the mean of the components that occur; the stroke count's mean error, and the share of
drawings whose count is right.

| resampling | F1 micro | F1 macro | error, strokes | count right |
|---|---|---|---|---|
{quality}

## The same drawing resampled otherwise

Cosine of the features of one held-out drawing under two resamplings, mean and 5th percentile; of two different
drawings; and the mean squared distance of the former as a share of the latter's.

| resamplings | same drawing | 5th percentile | different drawings | share of distance |
|---|---|---|---|---|
{pairs}

## Licence

The weights derive from {licence}, and are under the same licence.
"""
