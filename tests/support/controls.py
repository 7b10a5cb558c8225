"""Spoiled drawings: each is wrong in one way that a score must see, and like the real ones in the rest.

A spoiler takes B drawings, lists of (n, 3) steps in any unit, and a random generator, and gives B drawings. SPOILERS
has those that need nothing else. `copies` needs the training drawings, `parsed` and `kana` the archive of SVG files.
"""

import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from pipeline.drawing import END_OF_CHARACTER, END_OF_STROKE, Steps, from_strokes, to_strokes
from pipeline.parse import characters, reading
from pipeline.parse.reading import ParseParams

JITTER = 0.03  # standard deviation of a jittered point as a share of the drawing's longer side
ELASTIC = 0.06  # of an elastically moved one
SMOOTH, WAVES = 0.35, 12  # how far apart points move alike, in longer sides; waves that a displacement is the sum of


def shuffled_order(drawings: Sequence[Steps], source: np.random.Generator) -> list[Steps]:
    """The same strokes where they were, in random order: the picture is the same."""
    return [_joined([strokes[i] for i in source.permutation(len(strokes))]) for strokes in map(_strokes, drawings)]


def reversed_strokes(drawings: Sequence[Steps], source: np.random.Generator) -> list[Steps]:
    """Every stroke drawn from its end to its beginning, in the same order: the picture is the same."""
    return [_joined([stroke[::-1] for stroke in strokes]) for strokes in map(_strokes, drawings)]


def mirrored(drawings: Sequence[Steps], source: np.random.Generator) -> list[Steps]:
    """Left and right exchanged within the drawing's own box."""
    found = []
    for strokes in map(_strokes, drawings):
        x = np.concatenate(strokes)[:, 0]
        found.append(_joined([(x.min() + x.max(), 0) + stroke * (-1, 1) for stroke in strokes]))
    return found


def jittered(drawings: Sequence[Steps], source: np.random.Generator, amount: float = JITTER) -> list[Steps]:
    """Every point moved by itself, `amount` of the drawing's longer side."""
    found = []
    for strokes in map(_strokes, drawings):
        reach = amount * np.ptp(np.concatenate(strokes), axis=0).max()
        found.append(_joined([stroke + source.normal(0, reach, stroke.shape) for stroke in strokes]))
    return found


def elastic(drawings: Sequence[Steps], source: np.random.Generator, amount: float = ELASTIC) -> list[Steps]:
    """The whole plane bent smoothly, as a sheet of rubber: places near each other move alike. `amount` is the standard
    deviation of a point's displacement along each axis, a share of the drawing's longer side."""
    found = []
    for strokes in map(_strokes, drawings):
        side = np.ptp(np.concatenate(strokes), axis=0).max()
        waves = source.normal(size=(WAVES, 2)) / (SMOOTH * side)
        phases, heights = source.uniform(0, 2 * np.pi, WAVES), source.normal(size=(WAVES, 2))
        heights *= amount * side * np.sqrt(2 / WAVES)
        found.append(_joined([stroke + np.cos(stroke @ waves.T + phases) @ heights for stroke in strokes]))
    return found


def rambling(drawings: Sequence[Steps], source: np.random.Generator) -> list[Steps]:
    """A net that finds no end: after the character come two others, each begun where the pen happens to be."""
    others = source.integers(len(drawings), size=(len(drawings), 2))
    return [_one_character([steps, *(drawings[i] for i in two)]) for steps, two in zip(drawings, others, strict=True)]


def scrambled(drawings: Sequence[Steps], source: np.random.Generator) -> list[Steps]:
    """Strokes that are real, each from a random drawing where it was there; as many as the drawing has."""
    pool = [stroke for steps in drawings for stroke in _strokes(steps)]
    return [
        _joined([pool[i] for i in source.integers(len(pool), size=len(strokes))]) for strokes in map(_strokes, drawings)
    ]


def repeated(drawings: Sequence[Steps], source: np.random.Generator) -> list[Steps]:
    """One real character as often as there were drawings."""
    return [drawings[int(source.integers(len(drawings)))]] * len(drawings)


SPOILERS: dict[str, Callable[[Sequence[Steps], np.random.Generator], list[Steps]]] = {
    "shuffled order": shuffled_order,
    "reversed strokes": reversed_strokes,
    "mirrored": mirrored,
    "jittered": jittered,
    "rambling": rambling,
    "scrambled": scrambled,
    "repeated": repeated,
}


def copies(drawings: Sequence[Steps], source: np.random.Generator, training: Sequence[Steps]) -> list[Steps]:
    """As many training drawings, each once: what a net that has learnt by heart writes."""
    return [training[i] for i in source.choice(len(training), len(drawings), replace=False)]


def parsed(archive: Path, files: Iterable[str], options: ParseParams) -> list[Steps]:
    """Files of the archive of SVGs, in the given order, resampled as `options` says; in the units of the source."""
    with zipfile.ZipFile(archive) as opened:
        read = [reading.read_file(name, opened.read(name), options) for name in files]
    assert not any(one.reason or one.steps is None for one in read)
    return [one.steps for one in read if one.steps is not None]


def kana(archive: Path, options: ParseParams) -> list[Steps]:
    """All kana of the archive, one form each."""
    rows = [characters.describe(name, "hex") | {"file": name} for name in reading.names(archive)]
    files = [row["file"] for row in rows if row["kind"] == "kana" and not row["variant"]]
    return parsed(archive, files, _selecting(options, "kana"))


def _selecting(options: ParseParams, kind: str) -> ParseParams:
    return ParseParams(**{name: getattr(options, name) for name in options.__dataclass_fields__} | {"select": [kind]})


def _strokes(steps: Steps) -> list[np.ndarray]:
    return to_strokes(steps, 0.0, 0.0)  # the box's centre is the origin


def _joined(strokes: Sequence[np.ndarray]) -> Steps:
    return from_strokes(strokes, 0.0, 0.0)


def _one_character(parts: Sequence[Steps]) -> Steps:
    steps = np.concatenate(parts)
    steps[steps[:, 2] == END_OF_CHARACTER, 2] = END_OF_STROKE
    steps[-1, 2] = END_OF_CHARACTER
    return steps
