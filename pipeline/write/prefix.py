"""The strokes that a drawing begins with: those of a kanji or component, or those that a user drew as SVG.

They come in the net's writing box and resampled as its training data were, for that is what the net has learnt to go
on from. What is drawn freehand has far more points than any data: under the rule bezier, which keeps every point of the
document, such strokes are simplified first.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import drawing, params
from pipeline.drawing import END_OF_STROKE, Steps, stroke_count
from pipeline.parse import resampling
from pipeline.parse.options import ParseParams
from pipeline.parse.svg import documents
from pipeline.parse.svg.paths import Curve
from pipeline.write import starts

MOST_POINTS = 20  # of a stroke under the rule bezier; KanjiVG's have at most 17
EPSILON = 0.01  # of the box's larger side: how far a simplified stroke may be off what was drawn

# How KanjiVG's strokes are resampled by default, for a net whose config does not say it
PARSE = {
    "rule": "bezier", "chord_length": 10.0, "max_chords": 3, "spacing": 5.0, "epsilon": 1.0,
    "names": "auto", "select": ["kanji"], "variants": True, "max_unreadable": 0, "rules": {},
    "backend": "loky", "address": None,
}  # fmt: skip


class PrefixError(ValueError):
    """Strokes that no drawing can begin with."""


@dataclass(frozen=True)
class Prefix:
    """steps (m, 3) in the units of the net's box, the last END_OF_STROKE; text says where they are from."""

    steps: Steps
    text: str

    def scaled(self, scale: float) -> Steps:
        """In the net's units, as batches.prepare has them."""
        return self.steps / drawing.unit(scale)

    def keep(self, drawn: list[Steps]) -> None:
        """Put the prefix back, bit for bit, into drawings that went to the net's units and came back."""
        for steps in drawn:
            steps[: len(self.steps)] = self.steps


def read(text: str, data: dict[str, Any], starts_file: Path) -> Prefix:
    """`text` is one character, looked up in the file of starts, or the path of an SVG file.

    data is that section of the model's config: width and height of the box and, where known, resampling.
    Raises PrefixError, StartsError, SvgError.
    """
    width, height = data["width"], data["height"]
    name = _character(text)
    if name is not None:
        start = starts.find(starts_file, name, data.get("resampling"))
        return Prefix(_moved(start, width, height), _describe(name, start))
    if Path(text).suffix.lower() != ".svg":
        raise PrefixError(f"--start {text!r} is neither one character nor an .svg file")
    options = params.build(ParseParams, PARSE | data.get("resampling", {}), "resampling of the net's data")
    return drawn(Path(text), options, width, height)


def drawn(path: Path, options: ParseParams, width: float, height: float) -> Prefix:
    """The strokes of an SVG file. Another box than width x height is scaled to fit in it and centred."""
    document = documents.read(path.read_bytes(), str(path))
    curves = [curve.moved(_fit(document.width, document.height, width, height)) for curve in document.curves]
    if (document.width, document.height) == (width, height):
        curves = document.curves  # with their own digits
    try:
        strokes, simplified = _resampled(curves, options, max(width, height))
        steps = drawing.from_strokes(strokes, width, height)
    except (resampling.GeometryError, drawing.DrawingError) as error:
        raise PrefixError(f"{path}: {error}") from None
    steps[-1, 2] = END_OF_STROKE
    note = f", {simplified} of them simplified as they had more than {MOST_POINTS} points" if simplified else ""
    note += "".join(f"; {text}" for text in document.notes)
    return Prefix(steps, f"{_strokes(len(strokes))} of {path}{note}")


def _resampled(curves: list[Curve], options: ParseParams, side: float) -> tuple[list[NDArray], int]:
    """The points of each stroke, and how many strokes were simplified."""
    strokes, simplified = [], 0
    for curve in curves:
        points = resampling.resample(curve, options)
        if options.rule == "bezier" and len(points) > MOST_POINTS:
            points = resampling.resample(_simplified(curve, EPSILON * side), options)
            simplified += 1
        strokes.append(points)
    return strokes, simplified


def _simplified(curve: Curve, epsilon: float) -> Curve:
    """Few chords near the curve, each as a cubic segment, so that the rule divides the long ones as it does others."""
    points = resampling.rdp(curve, epsilon)
    thirds = np.linspace(0, 1, 4)[None, :, None]
    controls = points[:-1, None] + thirds * np.diff(points, axis=0)[:, None]  # (s, 1, 2) + (1, 4, 1) (s, 1, 2)
    return Curve(controls, np.zeros(len(controls), bool))


def _fit(width: float, height: float, box_width: float, box_height: float) -> NDArray[np.float64]:
    """The (3, 3) matrix that scales a box to fit into another, centred."""
    scale = min(box_width / width, box_height / height)
    x, y = (box_width - scale * width) / 2, (box_height - scale * height) / 2
    return np.array([[scale, 0, x], [0, scale, y], [0, 0, 1]])


def _moved(start: starts.Start, width: float, height: float) -> Steps:
    """Its steps in a width x height box. Offsets start at the centre of the box, so fitting only scales them."""
    scale = min(width / start.width, height / start.height)
    return start.steps * drawing.unit(scale)


def _character(text: str) -> str | None:
    """The character if the text is one; without the variation selector that some keyboards add."""
    plain = "".join(c for c in unicodedata.normalize("NFC", text.strip()) if not _selects(ord(c)))
    return plain if len(plain) == 1 else None


def _selects(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def _describe(name: str, start: starts.Start) -> str:
    text = f"the {_strokes(stroke_count(start.steps))} of {name}"
    if start.source == name:
        return text
    return f"{text} in {start.source}" + (f" ({start.position})" if start.position else "")


def _strokes(count: int) -> str:
    return f"{count} stroke{'s' if count > 1 else ''}"
