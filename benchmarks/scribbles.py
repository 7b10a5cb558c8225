"""Synthetic drawings in the form of Quick, Draw!'s simplified .ndjson: python benchmarks/scribbles.py FOLDER

One to twelve strokes of two to some thirty points in a box from 0 to 255, a walk that turns, about thirty points a
drawing; a file a word. The same seed and count give the same bytes.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WORDS = ("anvil", "bird", "cat", "door", "eye", "fish", "grapes", "house", "ice cream", "key")
BLOCK = 10_000  # drawings made at once
SIDE = 255


def write(folder: Path, count: int, seed: int = 1) -> None:
    """So many drawings, shared out among WORDS."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, word in enumerate(WORDS):
        mine = count // len(WORDS) + (number < count % len(WORDS))
        with (folder / f"{word}.ndjson").open("w", encoding="ascii") as file:
            for at in range(0, mine, BLOCK):
                file.writelines(lines(word, number, at, min(BLOCK, mine - at), seed))


def lines(word: str, number: int, at: int, count: int, seed: int) -> Iterator[str]:
    """The drawings `at` and on of a word, each a line of JSON."""
    source = np.random.default_rng((seed, number, at))
    strokes = np.minimum(source.geometric(0.22, count), 12)  # of each drawing, 4.3 on average
    points = np.minimum(1 + source.geometric(0.13, int(strokes.sum())), 32)  # of each stroke
    x, y = walks(points, source)
    stops = np.cumsum(points)
    texts = [_stroke(x[a:b], y[a:b]) for a, b in zip((stops - points).tolist(), stops.tolist(), strict=True)]
    keys = source.integers(2**52, 2**53, count).tolist()
    ends = np.cumsum(strokes).tolist()
    for i, (key, first, last) in enumerate(zip(keys, [0, *ends], ends, strict=False)):
        head = f'{{"word":"{word}","countrycode":"CH","timestamp":"2017-03-{1 + i % 28:02d} 10:00:00.00000 UTC",'
        yield f'{head}"recognized":true,"key_id":"{key}","drawing":[{",".join(texts[first:last])}]}}\n'


def walks(points: NDArray[np.int64], source: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """x and y of all strokes, one after another: each begins anywhere and turns a little at each point."""
    total = int(points.sum())
    starts = np.cumsum(points) - points
    heading = np.cumsum(source.normal(0, 0.5, total))
    step = source.gamma(2.0, 8.0, total)
    found = []
    for offset in (step * np.cos(heading), step * np.sin(heading)):
        place = np.cumsum(offset)
        place += np.repeat(source.uniform(0, SIDE, len(points)) - place[starts], points)
        found.append(np.abs(np.rint(place) % (2 * SIDE) - SIDE).astype(np.int64))  # thrown back by the box
    return found[0], found[1]


def _stroke(x: NDArray[np.int64], y: NDArray[np.int64]) -> str:
    return str([x.tolist(), y.tolist()]).replace(" ", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=20_000)
    asked = parser.parse_args()
    write(asked.folder, asked.count)


if __name__ == "__main__":
    main()
