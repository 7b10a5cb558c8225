"""docs/kanjivg-form.png: drawings as they are sampled, and below each the SVG that the export makes of it.

    fake-kanji export data/samples --format kanjivg --out dreams
    python benchmarks/kanjivg_sheet.py dreams data/samples docs/kanjivg-form.png        # after `dvc repro`

The first twelve files of the folder, each drawn from its own path data and numbers. What belongs to one outermost group
has one colour; each group has a box, and below, its element as KanjiVG writes it, first those outermost.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lxml import etree

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from pipeline import curves, dataset, drawing, fit, render  # noqa: E402
from pipeline.batch import holdout  # noqa: E402
from pipeline.drawing import Stroke  # noqa: E402
from pipeline.parse.svg import paths  # noqa: E402

COUNT, COLUMNS, SIDE, PEN = 12, 6, 109, 3
HIGH = 2 * SIDE + 32  # of a drawing, its export and its elements
BIG, SMALL, GAP = 22, 15, 3  # elements
COLOURS = ("#1c45c2", "#ce6b07", "#018455", "#9b1fa7", "#7a6a00", "#b8253a")
LOOSE = "#404040"  # strokes of no group
KVG = "{https://kanjivg.tagaini.net}"
Glyphs = dict[str, list[Stroke]]


@dataclass(frozen=True)
class Group:
    """A group of a file within the outermost: its element, its paths' data, how many groups it is in."""

    element: str
    data: list[str]
    depth: int
    colour: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exported", type=Path)
    parser.add_argument("samples", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    samples, known = dataset.load(asked.samples), glyphs()
    drawn = dict(zip(samples.index["id"], samples, strict=True))
    cells = []
    for i, path in enumerate(sorted(asked.exported.glob("*.svg"))[:COUNT]):
        at = i % COLUMNS * (SIDE + 8) + 4, i // COLUMNS * (HIGH + 8) + 4
        sampled = "".join(_ink(curves.chords(s), "#000000") for s in drawing.to_strokes(drawn[path.stem], SIDE, SIDE))
        exported, legend = cell(path, known)
        cells += [_at(*at, sampled), _at(at[0], at[1] + SIDE, exported), _at(at[0], at[1] + 2 * SIDE, legend)]
    width, height = COLUMNS * (SIDE + 8), COUNT // COLUMNS * (HIGH + 8)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="DejaVu Sans">'
    render.write_png("\n".join([head, *cells, "</svg>"]), asked.out, 3 * width)


def glyphs() -> Glyphs:
    """Of each character and component that KanjiVG draws, its strokes in a box of SIDE."""
    real, scale = dataset.load(ROOT / "data" / "batches"), holdout.read_description(ROOT / "data" / "batches")["scale"]
    found: Glyphs = {}
    for name, variant, steps in zip(real.index["character"], real.index["variant"], real, strict=True):
        if name not in found or not variant:
            found[name] = drawing.to_strokes(steps * drawing.unit(scale), SIDE, SIDE)
    return found


def cell(path: Path, known: Glyphs) -> tuple[str, str]:
    """The drawing of a file and its elements."""
    root = etree.parse(path).getroot()
    (outermost,) = next(element for element in root if "StrokePaths" in element.get("id", ""))
    found = list(groups(outermost))
    colour = {data: one.colour for one in found for data in one.data}
    ink = [_ink(data, colour.get(data, LOOSE)) for data in _paths(outermost)]
    numbers = [
        f'<text transform="{one.get("transform")}" style="{one.getparent().get("style")}">{one.text}</text>'
        for one in root.iter("{*}text")
    ]
    return "".join([*map(_box, found), *ink, *numbers]), _legend(found, known)


def groups(outer: etree._Element, depth: int = 0, colour: str = "") -> Iterator[Group]:
    """Those in an element, the outer first."""
    for i, element in enumerate(outer.iterchildren("{*}g")):
        own = colour or COLOURS[i % len(COLOURS)]
        yield Group(element.get(f"{KVG}element") or element.get(f"{KVG.replace('https', 'http')}element", ""),
                    _paths(element), depth, own)  # fmt: skip
        yield from groups(element, depth + 1, own)


def _paths(element: etree._Element) -> list[str]:
    return [path.get("d") for path in element.iter("{*}path")]


def _legend(found: Sequence[Group], known: Glyphs) -> str:
    """The elements in a row as wide as the box."""
    sizes = [SMALL if one.depth else BIG for one in found]
    unit = min(1.0, SIDE / (sum(sizes) + GAP * len(sizes)))
    lefts = np.cumsum([0, *(size + GAP for size in sizes[:-1])])
    elements = [
        _element(one, known, left * unit, (BIG - size) * unit, size * unit)
        for one, left, size in zip(found, lefts.tolist(), sizes, strict=True)
    ]
    return "".join(elements)


def _ink(data: str, colour: str) -> str:
    style = f'stroke-width="{PEN}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{data}" fill="none" stroke="{colour}" {style}/>'


def _box(group: Group) -> str:
    """Round what a group has, the outer ones wider."""
    points = np.concatenate([fit.evaluate(c.controls) for data in group.data for c in paths.subpaths(data)])
    (left, top), (width, height) = points.min(axis=0), np.ptp(points, axis=0)
    more = 3.2 - 0.7 * min(group.depth, 3)
    size = f'width="{width + 2 * more:.2f}" height="{height + 2 * more:.2f}"'
    look = f'fill="none" stroke="{group.colour}" stroke-width="0.5" stroke-dasharray="2 1.5" opacity="0.8"'
    return f'<rect x="{left - more:.2f}" y="{top - more:.2f}" {size} {look}/>'


def _element(group: Group, known: Glyphs, x: float, y: float, size: float) -> str:
    if group.element not in known:
        return f'<text x="{x:.2f}" y="{y + size:.2f}" font-size="{size:.2f}" fill="{group.colour}">?</text>'
    scaled: Sequence[str] = [curves.smooth(stroke * (size / SIDE)) for stroke in known[group.element]]
    ink = "".join(f'<path d="{data}"/>' for data in scaled)
    look = f'fill="none" stroke="{group.colour}" stroke-width="{size / 18:.2f}" stroke-linecap="round"'
    return f'<g transform="translate({x:.2f} {y:.2f})" {look}>{ink}</g>'


def _at(x: float, y: float, body: str) -> str:
    return f'<g transform="translate({x} {y})">{body}</g>'


if __name__ == "__main__":
    main()
