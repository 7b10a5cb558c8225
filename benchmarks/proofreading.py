"""The table of the proof-reader in docs/check.md: faults planted into held-out characters, and which of them it finds.

    python benchmarks/proofreading.py MODEL [SPLIT [COUNT]]        # after `dvc repro batch`

Of the split (test), one form of each character, COUNT of them by lot or all: clean, and with a fault of each kind. AUC
tells clean from faulty by the kind's own cures, and by the most suspicious of all kinds; `found` is the share above the
thresholds of pipeline/check/faults.py, by any kind; `named` by the fault's own kind first; `cured` where the drawing
proposed is the real one, a stroke that was missing within NEAR of a box of 109 at both ends. Before the table, for the
split `valid`, what one in a hundred of the clean ones is above, of each kind: to go into pipeline/check/faults.py.
"""

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from pipeline import dataset, render  # noqa: E402
from pipeline.check import evidence, faults, reading  # noqa: E402
from pipeline.check.cures import KINDS  # noqa: E402
from pipeline.check.drawn import Case, Drawn  # noqa: E402
from pipeline.check.evidence import Evidence  # noqa: E402
from pipeline.check.judge import Judge  # noqa: E402
from pipeline.score import distributions  # noqa: E402
from pipeline.write.writer import Writer  # noqa: E402
from tests.support.planted import planted  # noqa: E402

SEED = 3
SHARE = 0.01  # of the clean characters that are above the threshold of a kind
NEAR = 10.0


def main(model: str, split: str = "test", count: str = "100000") -> None:
    net = Writer.of(Path(model))
    judge = reading.judge(net)
    cases = characters(split, int(count), net, judge)
    start, cpu = time.perf_counter(), time.process_time()
    clean = list(evidence.gather(judge, cases))
    took, busy = time.perf_counter() - start, time.process_time() - cpu
    print(
        f"{len(cases)} clean {split} characters, {took / len(cases):.3f} s each, {busy / len(cases):.3f} of the CPU's"
    )
    if split == "valid":
        highest = [faults.suspicions(one, dict.fromkeys(KINDS, 0.0)) for one in clean]
        print(", ".join(f"{kind}: {np.quantile(of_kind(highest, kind), 1 - SHARE):.1f}" for kind in KINDS), flush=True)
    table(judge, cases, clean, NEAR / render.BOX * max(net.data["width"], net.data["height"]) / net.data["scale"])


def characters(split: str, count: int, net: Writer, judge: Judge) -> list[Case]:
    """One form of each, so many of them by lot."""
    stored = dataset.load(ROOT / "data" / "batches")
    part = stored.where((stored.index["split"] == split).to_numpy())
    part = part.where(distributions.one_form(part.index))
    chosen = np.random.default_rng(SEED).permutation(len(part))[:count]
    return reading.cases(part.where(np.isin(np.arange(len(part)), chosen)), 1.0, judge)


def table(judge: Judge, cases: Sequence[Case], clean: Sequence[Evidence], near: float) -> None:
    source, least = np.random.default_rng(SEED), faults.thresholds(cases[0], judge)
    alarms = Counter(found[0].cure.kind for one in clean if (found := faults.findings(one, least)))
    print(
        f"{alarms.total()} false alarms, {100 * alarms.total() / len(cases):.1f} a hundred: {dict(alarms)}", flush=True
    )
    print("| fault | characters | AUC, own | AUC, all | found | named | cured |\n|---|---|---|---|---|---|---|")
    for kind in KINDS:
        pairs = [(one, bad) for one in cases if (bad := planted(one, kind, source)) is not None]
        read = list(evidence.gather(judge, [bad for _, bad in pairs]))
        print(f"| `{kind}` | {len(pairs)} | {row(kind, pairs, clean, read, least, near)} |", flush=True)


def row(
    kind: str,
    pairs: Sequence[tuple[Case, Case]],
    clean: Sequence[Evidence],
    read: Sequence[Evidence],
    least: Mapping[str, float],
    near: float,
) -> str:
    before, after = ([faults.suspicions(one, least) for one in many] for many in (clean, read))
    found = [faults.findings(one, least) for one in read]
    own = auc(of_kind(before, kind), of_kind(after, kind))
    everything = auc([max(one.values()) for one in before], [max(one.values()) for one in after])
    named = [bool(one) and one[0].cure.kind == kind for one in found]
    cured = [
        bool(one) and same(one[0].cure.cured(bad.drawn), good.drawn, near)
        for one, (good, bad) in zip(found, pairs, strict=True)
    ]
    shares = [f"{100 * np.mean(one):.1f} %" for one in ([bool(one) for one in found], named, cured)]
    return f"{own:.3f} | {everything:.3f} | {' | '.join(shares)}"


def of_kind(found: Sequence[Mapping[str, float]], kind: str) -> list[float]:
    """The highest of each drawing; very low where no cure of the kind was tried."""
    return [max(one.get(kind, -1e3), -1e3) for one in found]


def auc(clean: Sequence[float], faulty: Sequence[float]) -> float:
    return float(roc_auc_score([0] * len(clean) + [1] * len(faulty), [*clean, *faulty]))


def same(a: Drawn, b: Drawn, near: float) -> bool:
    """Stroke by stroke; one that was put in, so that its points are others, as far as its ends are near."""
    return len(a) == len(b) and all(
        np.array_equal(mine, theirs) or np.abs(mine[[0, -1]] - theirs[[0, -1]]).max() < near
        for mine, theirs in zip(a.strokes, b.strokes, strict=True)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
