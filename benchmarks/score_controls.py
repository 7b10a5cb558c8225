"""The table of controls in docs/scores.md: every score of real held-out drawings and of spoiled ones, as Markdown.

    python benchmarks/score_controls.py        # after `dvc repro batch`; a few minutes

The validation characters are spoiled and held against the test characters, one form a code point, with the code that
scores samples. Rows are sets, columns the scores that are there for something.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from pipeline import dataset, params  # noqa: E402
from pipeline.dataset import DrawingSet  # noqa: E402
from pipeline.drawing import Steps  # noqa: E402
from pipeline.parse.reading import ParseParams  # noqa: E402
from pipeline.score import distributions, novelty  # noqa: E402
from pipeline.score.judge import judge  # noqa: E402
from pipeline.score.likeness import resemblance  # noqa: E402
from pipeline.score.likeness.resemblance import Sets  # noqa: E402
from pipeline.score.structure import structure  # noqa: E402
from tests.support import controls  # noqa: E402

RESAMPLES, SEED = 1000, 1
RESAMPLINGS = {
    "real, bezier in more chords": {"chord_length": 3.0, "max_chords": 12},
    "real, arclength": {"rule": "arclength"},
    "real, rdp": {"rule": "rdp"},
}
COLUMNS = ("frechet", "precision", "recall", "coverage", "auc", "share", "placed", "known", "forward")
COLUMNS += ("left_to_right", "top_to_bottom", "types_apart", "copies", "duplicates")


def main() -> None:
    drawings = dataset.load(ROOT / "data" / "batches")
    held_out = {name: _split(drawings, name) for name in ("train", "valid", "test")}
    real = {name: part.where(distributions.one_form(part.index)) for name, part in held_out.items() if name != "train"}
    scorer = Scorer(held_out["train"], real["valid"], real["test"])
    print(f"| set | {' | '.join(COLUMNS)} |\n|{'---|' * (len(COLUMNS) + 1)}")
    for name, spoiled in sets(real, held_out["train"]):
        found = scorer(spoiled)
        print(f"| {name} | {' | '.join(f'{found[c]:.3g}' if c in found else '–' for c in COLUMNS)} |", flush=True)


def sets(real: dict[str, DrawingSet], training: DrawingSet) -> Iterable[tuple[str, Sequence[Steps]]]:
    """Every set by its name, those made of the archive too."""
    archive, options = ROOT / "data" / "raw" / "drawings.zip", params.read(ROOT / "params.yaml")["parse"]
    valid = list(real["valid"])
    yield "real (the floor)", valid
    for name, changes in RESAMPLINGS.items():
        yield name, controls.parsed(archive, real["valid"].index["source"], ParseParams(**options | changes))
    for name, spoil in controls.SPOILERS.items():
        yield name, spoil(valid, np.random.default_rng(SEED))
    yield "copies of training", controls.copies(valid, np.random.default_rng(SEED), list(training))
    yield "kana", controls.kana(archive, ParseParams(**options))


class Scorer:
    """A set of drawings -> the scores of COLUMNS, as `scoring.score` takes them."""

    def __init__(self, training: DrawingSet, valid: DrawingSet, test: DrawingSet):
        values = params.load("score", ROOT / "params.yaml")
        self.picture = lambda drawings: novelty.pictures(list(drawings), values.raster, values.blur)
        self.judge = judge.load(ROOT / "pretrained" / "judge", name=values.judge)
        self.valid, self.test, self.training = list(valid), list(test), self.picture(training)
        self.limit = novelty.copy_threshold(novelty.nearest(self.picture(test), self.training).distance)
        self.against = structure.yardstick(training, valid, np.random.default_rng(SEED))
        self.held_out = structure.look(self.test, self.against)

    def __call__(self, drawings: Sequence[Steps]) -> dict[str, float]:
        # those spoiled are on one side only: the test characters alone stand for real ones in the two-sample test
        alike = resemblance.resemblance(self.judge, Sets(self.test, [], drawings, drawings), RESAMPLES, SEED, _quiet)
        seen = structure.look(drawings, self.against)
        built = structure.numbers(seen, self.held_out, 100, np.random.default_rng(SEED))
        pictures = self.picture(drawings)
        near, other = novelty.nearest(pictures, self.training), novelty.nearest_other(pictures)
        apart = structure.types_apart(seen, self.held_out)
        new = {"copies": np.mean(near.distance < self.limit), "duplicates": np.mean(other.distance < self.limit)}
        return alike.metrics | built.get("strokes", {}) | _parts(built) | {"types_apart": apart} | new


def _parts(built: dict[str, dict[str, float]]) -> dict[str, float]:
    return {name: built["parts"][name] for name in ("share", "placed") if name in built["parts"]}


def _split(drawings: DrawingSet, name: str) -> DrawingSet:
    return drawings.where((drawings.index["split"] == name).to_numpy())


def _quiet(items: Iterable, text: str) -> Iterable:
    return items


if __name__ == "__main__":
    main()
