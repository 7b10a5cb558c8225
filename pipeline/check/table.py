"""Findings as lines on a terminal, and as a CSV with a row for each finding and for each drawing without one.

Columns: drawing, character, fault, strokes (from 1; of `missing` the one before which one is missing), nats (by how
many the better order is likelier; of `missing`, beside the place of the one put in), suspicion (how many of
these are above the threshold), order (proposed; 3r is the third backwards, + a stroke that is put in), told (the
description that the net was told), stroke_nats (of each stroke, given those before).
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline import files
from pipeline.check.cures import EXTRA, MISSING, PARTS, REVERSED, SWAPPED, Cure
from pipeline.check.faults import Checked
from pipeline.describe import description as grammar


def said(cure: Cure, count: int) -> str:
    """A finding in words; count: the drawing's strokes."""
    first, last = cure.strokes[0] + 1, cure.strokes[-1] + 1
    if cure.kind == MISSING:
        return "a stroke is missing at the end" if first > count else f"a stroke is missing before stroke {first}"
    return {
        REVERSED: f"stroke {first} is drawn in the other direction",
        SWAPPED: f"strokes {first} and {last} are the other way round",
        PARTS: f"strokes {first} to {last} are two parts the other way round",
        EXTRA: f"stroke {first} is one too many",
    }[cure.kind]


def order_text(cure: Cure) -> str:
    """1 3 2r: the first stroke, the third, the second backwards; 1 + 2: one put in after the first."""
    strokes = [f"{i + 1}{'r' * back}" for i, back in cure.order]
    if cure.put is not None:
        strokes.insert(cure.strokes[0], "+")
    return " ".join(strokes)


def lines(checked: Sequence[Checked], most: int) -> list[str]:
    """One a finding, the most suspicious first, `most` of them."""
    found = [(one, each) for one in checked for each in one.findings]
    found.sort(key=lambda pair: -pair[1].suspicion)
    shown = []
    for one, each in found[:most]:
        name = f"{one.case.name:<14} {one.case.character or ' '}"
        shown.append(f"{name}  {each.gain:7.1f} nats  {said(each.cure, len(one.case.drawn))}")
    return [*shown, f"and {len(found) - most:,} more"] if len(found) > most else shown


def write_csv(path: Path, checked: Sequence[Checked]) -> None:
    """Whole or not at all."""
    rows = [row for one in checked for row in _rows(one)]
    with files.whole_file(path) as partial:
        pd.DataFrame(rows).to_csv(partial, index=False, float_format="%.2f", lineterminator="\n")


def _rows(one: Checked) -> list[dict]:
    case = one.case
    ends = {
        "told": grammar.text(case.asked) if case.asked else "",
        "stroke_nats": " ".join(f"{nats:.2f}" for nats in one.nats),
    }
    begin = {"drawing": case.name, "character": case.character}
    nothing: dict[str, object] = {"fault": "", "strokes": "", "nats": None, "suspicion": None, "order": ""}
    found: list[dict[str, object]] = [
        {
            "fault": each.cure.kind,
            "strokes": " ".join(str(i + 1) for i in each.cure.strokes),
            "nats": each.gain,
            "suspicion": each.suspicion,
            "order": order_text(each.cure),
        }
        for each in one.findings
    ]
    return [begin | each | ends for each in found or [nothing]]
