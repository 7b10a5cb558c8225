"""The table of recognisers in docs/scores.md: which share of distorted real characters each takes for what they are.

    python benchmarks/recognisers.py [test | valid]        # after `dvc repro batch`; half a minute

Rows are sets of held-out characters, columns recognisers: the shares whose character is the first, and among the first
five. The trained one learnt from strokes that are moved, scaled and turned, and from points that are shaken; here the
plane is bent, or parts are moved and scaled.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from pipeline import dataset, drawing  # noqa: E402
from pipeline.dataset import DrawingSet  # noqa: E402
from pipeline.describe import derivation, knowledge  # noqa: E402
from pipeline.describe.derivation import Told  # noqa: E402
from pipeline.describe.description import Description  # noqa: E402
from pipeline.describe.knowledge import Knowledge  # noqa: E402
from pipeline.drawing import Steps  # noqa: E402
from pipeline.score import distributions, novelty  # noqa: E402
from pipeline.score.described import content, directions, parted  # noqa: E402
from pipeline.score.described.content import Recogniser  # noqa: E402
from pipeline.score.described.pairs import Donors  # noqa: E402
from pipeline.score.described.parted import Parted  # noqa: E402
from tests.support import controls  # noqa: E402

SEED = 11
RECOGNISERS: dict[str, Callable[[DrawingSet], Recogniser]] = {
    "nearest picture": lambda real: Recogniser.of(real, lambda drawings: novelty.pictures(drawings, 24, 0.06)),
    "nearest directions": lambda real: Recogniser.of(real, directions.pictures),
    "trained": lambda real: content.trained(real, np.random.default_rng((1, 33))),
}


@dataclass(frozen=True)
class Asked:
    """drawings; the characters that they should be taken for; rows of the real set that each is not compared with."""

    drawings: Sequence[Steps]
    characters: NDArray[np.int64]
    without: NDArray[np.int64] | None = None


def main(split: str = "test") -> None:
    stored = dataset.load(ROOT / "data" / "batches")
    real = DrawingSet(np.array(stored.points), stored.index)
    asked, recognisers = sets(real, split), {}
    for name, make in RECOGNISERS.items():
        start = time.perf_counter()
        recognisers[name] = make(real)
        print(f"{name}: made in {time.perf_counter() - start:.1f} s")
    print(f"| {split} characters | number | {' | '.join(RECOGNISERS)} |\n|{'---|' * (len(RECOGNISERS) + 2)}")
    for name, one in asked.items():
        ranks = [each.ranks(one.drawings, one.characters, one.without) for each in recognisers.values()]
        shares = [f"{np.mean(rank < 1):.1%}, {np.mean(rank < 5):.1%}".replace("%", " %") for rank in ranks]
        print(f"| {name} | {len(one.drawings)} | {' | '.join(shares)} |", flush=True)


def sets(real: DrawingSet, split: str) -> dict[str, Asked]:
    """Every set by its name."""
    rows = np.flatnonzero((real.index["split"] == split).to_numpy())
    part = real.where((real.index["split"] == split).to_numpy())
    one = distributions.one_form(part.index)
    codes = part.index["code_point"].to_numpy(np.int64)
    held, other = part.where(one), part.where(~one)
    source = np.random.default_rng(SEED)
    drawings, forms = list(held), list(other)
    knows, told, donors = descriptions(real, held)
    parts = parted.real(held, told, knows)[0]
    pairs = [i for i, each in enumerate(told) if donors.is_pair(each.description)]
    pasted = [donors.pasted(told[i].description, knows) for i in pairs]
    wrong = [donors.pasted(wrongly(told[i].description, donors, source), knows) for i in pairs]
    return {
        "another form of the same character": Asked(forms, codes[~one], rows[~one]),
        "the same, bent by 6 %": Asked(controls.elastic(forms, source), codes[~one], rows[~one]),
        "bent by 6 %": Asked(controls.elastic(drawings, source), codes[one]),
        "bent by 9 %": Asked(controls.elastic(drawings, source, 0.09), codes[one]),
        "points shaken by 4 %": Asked(controls.jittered(drawings, source, 0.04), codes[one]),
        "parts moved by 5 %, scaled by 10 %": Asked(moved(parts, 0.05, 0.1, source), codes[one]),
        "parts moved by 10 %, scaled by 20 %": Asked(moved(parts, 0.1, 0.2, source), codes[one]),
        "parts moved by 7 %, bent by 6 %": Asked(
            controls.elastic(moved(parts, 0.07, 0.15, source), source), codes[one]
        ),
        "pasted": Asked([each.joined for each in pasted], codes[one][pairs]),
        "pasted, bent by 6 %": Asked(controls.elastic([each.joined for each in pasted], source), codes[one][pairs]),
        "control: pasted with a wrong part": Asked([each.joined for each in wrong], codes[one][pairs]),
    }


def descriptions(real: DrawingSet, held: DrawingSet) -> tuple[Knowledge, list[Told], Donors]:
    """What training tells, and the held-out characters by parts that are known from it."""
    training = real.where((real.index["split"] == "train").to_numpy())
    training = training.where(distributions.one_form(training.index))
    taught = derivation.descriptions(training.index, training)
    knows = Knowledge.learn(taught, [], 3)
    told = [knowledge.canonical(one, knows) for one in derivation.descriptions(held.index, held)]
    return knows, told, Donors.of(training, taught)


def wrongly(asked: Description, donors: Donors, source: np.random.Generator) -> Description:
    """Another part in one slot, that training has there."""
    slot, names = int(source.integers(2)), {part.name for part in asked.parts}
    others = sorted({name for sign, at, name in donors.at if (sign, at) == (asked.operator, slot)} - names)
    parts = [Description(str(source.choice(others))) if i == slot else part for i, part in enumerate(asked.parts)]
    return Description("", asked.operator, tuple(parts))


def moved(drawings: Sequence[Parted], shift: float, scale: float, source: np.random.Generator) -> list[Steps]:
    """Each part moved, standard deviation in longer sides of the drawing, and scaled along each axis, in ln."""
    found = []
    for one in drawings:
        side = np.ptp(drawing.positions(one.steps, 0, 0), axis=0).max()
        pieces = []
        for part, strokes in one.strokes():
            points = np.concatenate(strokes)
            middle = (points.min(axis=0) + points.max(axis=0)) / 2
            factor, away = np.exp(scale * source.normal(size=2)), shift * side * source.normal(size=2)
            pieces.append((part, [(stroke - middle) * factor + middle + away for stroke in strokes]))
        found.append(parted.of_strokes(pieces).joined)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
