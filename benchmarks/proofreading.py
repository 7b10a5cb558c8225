"""The table of the proof-reader in docs/check.md: faults planted into held-out characters, and which of them it finds.

    python benchmarks/proofreading.py MODEL [COUNT]        # after `dvc repro batch`

First the thresholds by COUNT clean characters of the validation split, to go into `pipeline/check/faults.py` as FREE or
TOLD: of each kind what one in a hundred is above. Then the test split, one form of each character, COUNT of them by
lot: clean, and with a fault of each kind. AUC tells clean from faulty by the kind's own cures, and by the most
suspicious of all kinds; `found` is the share above the thresholds of pipeline/check/faults.py, by any kind; `named`
by the fault's own kind first; `cured` where the proposed order is the real one.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from pipeline import dataset  # noqa: E402
from pipeline.check import evidence, faults, reading  # noqa: E402
from pipeline.check.cures import KINDS, MISSING  # noqa: E402
from pipeline.check.drawn import Case, Drawn  # noqa: E402
from pipeline.check.evidence import Evidence, Judge  # noqa: E402
from pipeline.score import distributions  # noqa: E402
from pipeline.write.writer import Writer  # noqa: E402
from tests.support.planted import planted  # noqa: E402

SEED = 3
SHARE = 0.01  # of the clean characters that are above the threshold of a kind


def main(model: str, count: str = "200") -> None:
    net = Writer.of(Path(model))
    judge = reading.judge(net)
    valid, test = (characters(split, int(count), net, judge) for split in ("valid", "test"))
    least = faults.thresholds(test[0], judge)
    start = time.perf_counter()
    clean = [faults.suspicions(one, dict.fromkeys(KINDS, 0.0)) for one in evidence.gather(judge, valid)]
    took = (time.perf_counter() - start) / len(valid)
    print(f"{len(valid)} clean valid characters, {took:.2f} s each; thresholds by them, and those in use:")
    for kind in KINDS:
        print(f"  {kind}: {np.quantile(of_kind(clean, kind), 1 - SHARE):.1f}, {least[kind]:.1f}", flush=True)
    table(judge, test, least)


def characters(split: str, count: int, net: Writer, judge: Judge) -> list[Case]:
    """One form of each, so many of them by lot."""
    stored = dataset.load(ROOT / "data" / "batches")
    part = stored.where((stored.index["split"] == split).to_numpy())
    part = part.where(distributions.one_form(part.index))
    chosen = np.random.default_rng(SEED).permutation(len(part))[:count]
    return reading.cases(part.where(np.isin(np.arange(len(part)), chosen)), 1.0, judge)


def table(judge: Judge, test: Sequence[Case], least: Mapping[str, float]) -> None:
    source = np.random.default_rng(SEED)
    clean = list(evidence.gather(judge, test))
    alarms = [faults.findings(one, least) for one in clean]
    share = np.mean([bool(one) for one in alarms])
    names = [one[0].cure.kind for one in alarms if one]
    print(f"{len(test)} clean test characters: {100 * share:.1f} false alarms a hundred, {names}", flush=True)
    print("| fault | number | AUC, its own cures | AUC, all | found | named | cured |\n|---|---|---|---|---|---|---|")
    for kind in KINDS:
        pairs = [(one, bad) for one in test if (bad := planted(one, kind, source)) is not None]
        read = list(evidence.gather(judge, [bad for _, bad in pairs]))
        print(f"| {kind} | {len(pairs)} | {row(kind, pairs, clean, read, least)} |", flush=True)


def row(
    kind: str,
    pairs: Sequence[tuple[Case, Case]],
    clean: Sequence[Evidence],
    read: Sequence[Evidence],
    least: Mapping[str, float],
) -> str:
    before, after = ([faults.suspicions(one, least) for one in many] for many in (clean, read))
    found = [faults.findings(one, least) for one in read]
    own = auc(of_kind(before, kind), of_kind(after, kind))
    everything = auc([max(one.values()) for one in before], [max(one.values()) for one in after])
    named = np.mean([bool(one) and one[0].cure.kind == kind for one in found])
    cured = np.mean([
        bool(one) and same(bad.drawn.ordered(one[0].cure.order), good.drawn)
        for one, (good, bad) in zip(found, pairs, strict=True)
    ])  # fmt: skip
    shares = [np.mean([bool(one) for one in found]), named] + ([] if kind == MISSING else [cured])
    cells = [f"{share:.0%}".replace("%", " %") for share in shares] + ([""] if kind == MISSING else [])
    return f"{own:.3f} | {everything:.3f} | {' | '.join(cells)}"


def of_kind(found: Sequence[Mapping[str, float]], kind: str) -> list[float]:
    """The highest of each drawing; very low where no cure of the kind was tried."""
    return [max(one.get(kind, -1e3), -1e3) for one in found]


def auc(clean: Sequence[float], faulty: Sequence[float]) -> float:
    return float(roc_auc_score([0] * len(clean) + [1] * len(faulty), [*clean, *faulty]))


def same(a: Drawn, b: Drawn) -> bool:
    return len(a) == len(b) and all(map(np.array_equal, a.strokes, b.strokes))


if __name__ == "__main__":
    main(*sys.argv[1:])
