"""What the gallery shows, as plain data, and the compact JSON that its page reads.

A drawing is packed as text: four characters a point, two of base 64 for x and two for y, a dot between strokes. A
coordinate is a whole number of 1024ths of the box's longer side, from 1.5 sides before the box to 2.5 behind its
start; what is farther away stands at that edge. So a point is exact to 0.05 units of a box of 109, errors do not add
up, and no character of it means anything in HTML or JSON.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline.drawing import Steps, to_strokes
from pipeline.forecast.density import Density
from pipeline.score.gallery.charts import Chart

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
GRID, BEFORE = 1024, 1536  # steps a side, and of them before the box
MOST = len(ALPHABET) ** 2 - 1
DIGITS = 4  # significant, of a number in the page
LEAST_WEIGHT, MOST_COMPONENTS = 0.01, 12  # what the page shows of a mixture


class ExhibitError(ValueError):
    """Parts of a gallery that do not fit together."""


@dataclass(frozen=True)
class Part:
    """A known component found in a sample: its character, and its first and last stroke, from 0, both included."""

    element: str
    first: int
    last: int


@dataclass(frozen=True)
class Neighbour:
    """The nearest real drawing of a sample, in the units of the gallery's box."""

    id: str
    character: str
    steps: Steps


@dataclass(frozen=True)
class Column:
    """How a column of Gallery.numbers is named and explained."""

    label: str
    meaning: str = ""


@dataclass(frozen=True)
class Headline:
    """A score, what the same score gives for real drawings (floor), its interval, and a word of what it means.

    better: "lower", "higher", or "" where neither is. percent: all numbers are shares.
    """

    label: str
    value: float
    meaning: str
    floor: float | None = None
    low: float | None = None
    high: float | None = None
    better: str = ""
    percent: bool = False
    floor_label: str = "real against real"


@dataclass(frozen=True)
class Film:
    """The density along one drawing, and what the drawing is."""

    label: str
    density: Density


@dataclass(frozen=True)
class Gallery:
    """samples: drawings in the units of a width x height box, in order. numbers: a row a sample; must have `id`; may
    have `accepted` (bool), `reason` (why rejected), `description` and `reading` (captions); any other column of numbers
    can be sorted by, of booleans ticked, of text searched. parts, nearest: one for each sample, or empty when they are
    not known; a sample without has an empty list, a None. parameters: section -> name -> value.
    """

    title: str
    width: float
    height: float
    samples: Sequence[Steps]
    numbers: pd.DataFrame
    columns: Mapping[str, Column] = field(default_factory=dict)
    parts: Sequence[Sequence[Part]] = ()
    nearest: Sequence[Neighbour | None] = ()
    headlines: Sequence[Headline] = ()
    charts: Sequence[Chart] = ()
    films: Sequence[Film] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    credit: str = ""

    def __post_init__(self) -> None:
        if "id" not in self.numbers or len(self.numbers) != len(self.samples):
            raise ExhibitError(
                f"a gallery of {len(self.samples)} samples needs numbers with a row each and a column 'id'; "
                f"there are {len(self.numbers)} rows of {[*self.numbers]}"
            )
        for name, given in (("parts", self.parts), ("nearest", self.nearest)):
            if len(given) not in (0, len(self.samples)):
                raise ExhibitError(f"a gallery of {len(self.samples)} samples has {len(given)} {name}; give one each")


def pack(steps: Steps, width: float, height: float) -> str:
    """A drawing as text; see above."""
    unit = GRID / max(width, height)
    return ".".join(
        "".join(_coordinate(value * unit) for value in stroke.ravel().tolist())
        for stroke in to_strokes(steps, width, height)
    )


def as_json(gallery: Gallery) -> dict[str, Any]:
    """What the page's script reads. No number that is not finite: such a one is null."""
    box = gallery.width, gallery.height
    reals: dict[str, int] = {}  # a real drawing is written once, however many samples are near it
    drawn: list[list[str]] = []
    for neighbour in gallery.nearest:
        if neighbour is not None and neighbour.id not in reals:
            reals[neighbour.id] = len(drawn)
            drawn.append([neighbour.id, neighbour.character, pack(neighbour.steps, *box)])
    return {
        "box": [_short(side) for side in box],
        "grid": [GRID / max(box), BEFORE],
        "ids": [str(name) for name in gallery.numbers["id"]],
        "samples": [pack(steps, *box) for steps in gallery.samples],
        "columns": [_column(gallery, str(name)) for name in gallery.numbers if name != "id"],
        "parts": [[[part.element, part.first, part.last] for part in parts] for parts in gallery.parts],
        "nearest": [-1 if neighbour is None else reals[neighbour.id] for neighbour in gallery.nearest],
        "reals": drawn,
        "films": [_film(film, box) for film in gallery.films],
    }


def _column(gallery: Gallery, name: str) -> dict[str, Any]:
    values, how = gallery.numbers[name], gallery.columns.get(name, Column(name.replace("_", " ")))
    kind = "text"
    plain: Sequence[str | float | None] = ["" if value is None or value != value else str(value) for value in values]
    if pd.api.types.is_bool_dtype(values):
        kind, plain = "flag", [int(value) for value in values]
    elif pd.api.types.is_numeric_dtype(values):
        kind, plain = "number", [_short(value) for value in values]
    return {"name": name, "label": how.label, "meaning": how.meaning, "kind": kind, "values": plain}


def _film(film: Film, box: tuple[float, float]) -> dict[str, Any]:
    """steps: for each, the chances of lifting and of ending, and the components that matter, heaviest first, as
    [weight, x, y, longer semi-axis, shorter, angle] of their ellipse of one standard deviation."""
    found = film.density
    axes, angles = found.ellipses()
    lengths = np.concatenate((found.means, axes), axis=-1).round(1).tolist()  # (n, K, 4)
    steps = []
    for i, weights in enumerate(found.weights):
        order = np.argsort(-weights, kind="stable")[:MOST_COMPONENTS]
        heavy = [k for k in order if weights[k] >= LEAST_WEIGHT]
        numbers = [[_short(weights[k], 3), *map(_short, lengths[i][k]), round(angles[i, k])] for k in heavy]
        steps.append([_short(found.pen[i, 1], 3), _short(found.pen[i, 2], 3), numbers])
    return {"label": film.label, "drawing": pack(found.steps, *box), "steps": steps}


def _coordinate(value: float) -> str:
    whole = min(max(round(value) + BEFORE, 0), MOST)
    return ALPHABET[whole >> 6] + ALPHABET[whole & 63]


def _short(value: float, digits: int = DIGITS) -> float | int | None:
    """The number to so many significant digits; whole numbers stay whole."""
    number = float(value)
    if not math.isfinite(number):
        return None
    if number == int(number) and abs(number) < 1e9:
        return int(number)
    return float(f"{number:.{digits}g}")
