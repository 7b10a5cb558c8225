"""Damaged path data and damaged SVG documents, as long as wanted: python -m tests.support.fuzz --seconds 60 [--seed 0]

Each input is a good one (drawings of the archive, and a few lines of everything that the grammar has) with one to six
changes. Allowed are curves that are finite, and a PathError or SvgError; anything else is a finding, and so is an input
that takes longer than SLOW seconds of the processor. Prints the counts and the findings; fails if there are any.
"""

import argparse
import random
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline.parse.svg import documents
from pipeline.parse.svg.paths import LIMIT, PathError, subpaths

SLOW = 2.0
GOOD = (
    "M10,20 L30,40 h5 v-5 H1 V2 l1,1z",
    "m1.5.5-3e1 2c1,2 3,4 5,6s7,8 9,10q1,2 3,4t5,6z m3,3 4,4",
    "M0 0A10 5 30 0 1 20 20a5,5 0 11-3,4 5 5 0 0010 10Z",
    "M 1e5 -1e-5 C 1 2 3 4 5 6 7 8 9 10 11 12 S 1 1 2 2 Q 1 2 3 4 T 5 5 6 6",
)
TOKENS = (
    *"MmLlHhVvCcSsQqTtAaZz,.-+eE \t\n0123456789", "1e999", "-1e308", "1e-400", "nan", "inf", "1e6", "999999.9", "0 0",
    ".", "--", "1.2.3", "\0", "\u0661", "\u00a0", "M0,0", "a0,0 0 00 0,0", "A1e-300 1e300 1e9 1 1 1e5 1", "1" * 400,
)  # fmt: skip
MARKUP = (
    '<g transform="rotate(30)">', "</g>", '<svg viewBox="0 0 1 1" width="5" height="5">', "</svg>", "<!--", "-->",
    "<![CDATA[", "]]>", "&amp;", "&x;", "&#0;", "&#xD800;", '<rect x="1" width="3" height="4" rx="1"/>', "<use/>",
    '<circle r="5"/>', '<ellipse rx="auto" ry="1e5"/>', '<polyline points="1,2 3,4 5"/>', ' transform="scale(0)"',
    ' transform="matrix(1 0 0 1e300 0 0)"', ' transform="skewX(90)"', ' style="display:none"', ' d="M0 0L1 1"', "<",
    ' id="a"', '<use href="#a"/>', '<use href="#a" x="10%" width="5"/>', '<symbol id="a" viewBox="0 0 9 9">',
    "</symbol>",
    '<clipPath id="a">', "</clipPath>", ' clip-path="url(#a)"', ' mask="url(#a)"', ' fill="url(#a) none"',
    ' style="transform: rotate(9deg) translate(5%); transform-box: fill-box; transform-origin: 50% top"', ' class="a"',
    "<style>.a, g > path:nth-child(2) { stroke: var(--b, none) !important; --b: red }</style>", "<style>", "</style>",
    "@media print {", "{", "}", "(", ":is(", "var(--b)", "1e999deg", "<switch>", "</switch>", ' systemLanguage="de"',
    ">", '"', "<?x y?>", "<!DOCTYPE svg>", "\ufeff", "\0", "\ud800",
)  # fmt: skip
PAGE = '<svg viewBox="0 0 109 109"><g transform="scale(2) rotate(3,1,2)">{}</g></svg>'


def changed(text: str, source: random.Random, tokens: tuple[str, ...]) -> str:
    for _ in range(source.randint(1, 6)):
        at, length = source.randint(0, len(text)), source.choice((0, 0, 1, 1, 3, 10, 50))
        new = source.choice((source.choice(tokens), "", text[at : at + length] * source.choice((2, 2, 20))))
        text = text[:at] + new + text[at + length :]
    return text


def try_path(d: str) -> str:
    """What came of it. Raises what must not happen."""
    try:
        curves = subpaths(d)
    except PathError:
        return "refused"
    for curve in curves:
        assert len(curve.controls) == len(curve.straight) > 0 and np.abs(curve.controls).max() <= LIMIT
    return "read"


def try_document(text: str) -> str:
    try:
        found = documents.read(text.encode("utf-8", "surrogatepass"), "fuzz.svg")
    except documents.SvgError as error:
        assert str(error).startswith("fuzz.svg: ")
        return "refused"
    assert len(found.curves) == len(found.types) > 0
    assert all(np.abs(curve.controls).max() <= LIMIT for curve in found.curves)
    assert all(0 <= group["first"] <= group["last"] < len(found.curves) for group in found.groups)
    return "read"


def run(seconds: float, seed: int, documents: list[str], stop_at: int = 10) -> tuple[Counter, list[str]]:
    """Counts by kind and outcome, and the findings."""
    source, counts, findings = random.Random(seed), Counter(), []
    kinds: dict[str, tuple[Callable[[str], str], list[str], tuple[str, ...]]] = {
        "path": (try_path, [*GOOD], TOKENS),
        "document": (try_document, [*documents, *(PAGE.format(f'<path d="{d}"/>') for d in GOOD)], TOKENS + MARKUP),
    }
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(findings) < stop_at:
        kind = source.choice(("path", "document"))
        attempt, good, tokens = kinds[kind]
        text, began = changed(source.choice(good), source, tokens), time.process_time()
        try:
            outcome = attempt(text)
        except Exception:
            findings.append(f"{kind} {text!r}\n{traceback.format_exc()}")
            outcome = "finding"
        if time.process_time() - began > SLOW:
            findings.append(f"{kind} slow: {time.process_time() - began:.1f} s: {text[:2000]!r}")
        counts[f"{kind} {outcome}"] += 1
    return counts, findings


def real(archive: Path, count: int = 40) -> list[str]:
    """Some drawings of the archive that the stage fetch writes, if it is there."""
    if not archive.exists():
        return []
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        return [packed.read(name).decode("utf-8") for name in names[:: max(1, len(names) // count)]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts, findings = run(options.seconds, options.seed, real(Path("data/raw/drawings.zip")))
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{sum(counts.values()):,} inputs in {options.seconds:g} s: {len(findings)} findings")
    print(", ".join(f"{name}: {count:,}" for name, count in sorted(counts.items())))
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
