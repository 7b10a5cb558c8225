"""Where the strokes of kanji go between the points that are kept of them: learnt from KanjiVG's own curves.

Resampling keeps few points, of a hook often its two ends alone, so that no rule of geometry finds its way back. A small
net (two layers of tanh) foretells for each chord the two handles of the cubic over it, from the chords round it and
where in its stroke and in the box it is. It ships as pretrained/handles.safetensors, which derives from KanjiVG, (c)
Ulrich Apel, CC BY-SA 3.0, and is made by benchmarks/train_handles.py. It is for strokes that became points as KanjiVG's
do by default (`parse.rule: bezier`, chord_length 10, max_chords 3), which is how the nets that come along write.

Shapes: m points, c = m - 1 chords, F features of a chord.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from pipeline.fit import Controls, Points, Through

SHIPPED = Path(__file__).parent.parent / "pretrained" / "handles.safetensors"
BOX, CHORD = 109.0, 10.0  # the box, and the length of a chord in it, that features are measured by
ROUND = (-4, -3, -2, -1, 1, 2, 3, 4)  # the chords looked at, from each one's own
FARTHEST = 3.0  # of ln(length / length of the chord)
EDGE = 35.0  # degrees; where the tangents differ by more a stroke has a corner, else they become one
LAYERS = 3
MADE_ANEW = "`python benchmarks/train_handles.py` makes it anew"


class HandlesError(ValueError):
    """A file that holds no net of handles."""


@dataclass(frozen=True)
class Handles:
    """weights, biases: of the layers, (out, in) and (out,); of features as they are."""

    weights: tuple[NDArray[np.float64], ...]
    biases: tuple[NDArray[np.float64], ...]

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Self:
        """Raises HandlesError: none, or of other features than `features` gives."""
        try:
            tensors = {name: values.astype(np.float64) for name, values in load_file(path).items()}
            weights, biases = zip(*((tensors[f"{i}.weight"], tensors[f"{i}.bias"]) for i in range(LAYERS)), strict=True)
        except (OSError, KeyError, SafetensorError) as error:
            raise HandlesError(f"{path} holds no net of handles ({error}); it is part of the repository") from None
        if (there := weights[0].shape[1:]) != (wanted := features(np.eye(2)).shape[1:]):
            raise HandlesError(f"{path} is of {there[0]} features a chord, not {wanted[0]}; {MADE_ANEW}")
        return cls(weights, biases)

    def foretold(self, points: Points) -> NDArray[np.float64]:
        """(m, 2) points in a box of BOX, no two neighbours equal -> (c, 4): the handle at the beginning of each chord,
        along it and to its right, and that at its end, in lengths of the chord."""
        hidden = features(points)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = np.tanh(hidden @ weight.T + bias)
        return hidden @ self.weights[-1].T + self.biases[-1]

    def through(self, points: Points) -> tuple[Controls, NDArray[np.int64]]:
        """As `fit.through` asks: the curve through the points, and which of them are corners."""
        controls = placed(points, self.foretold(points))
        leave, enter = controls[1:, 1] - controls[1:, 0], controls[:-1, 3] - controls[:-1, 2]
        apart = _between(leave, enter)
        smooth = np.abs(apart) <= np.radians(EDGE)
        lengths = np.hypot(*leave.T), np.hypot(*enter.T)
        share = lengths[0] / np.maximum(lengths[0] + lengths[1], 1e-12)  # the longer handle turns less
        controls[1:, 1] = controls[1:, 0] + _turned(leave, np.where(smooth, -apart * (1 - share), 0))
        controls[:-1, 2] = controls[:-1, 3] - _turned(enter, np.where(smooth, apart * share, 0))
        return controls, np.flatnonzero(~smooth) + 1

    def inside(self, width: float, height: float) -> Through:
        """`through` for points in a box of this size."""
        unit = max(width, height) / BOX

        def through(points: Points) -> tuple[Controls, NDArray[np.int64]]:
            controls, corners = self.through(points / unit)
            return controls * unit, corners

        return through


def features(points: Points) -> NDArray[np.float64]:
    """(m, 2) -> (c, F): of each chord ln of its length and its direction; of each of those round it the direction from
    the chord's own, ln of how much longer it is, and 1, or zeros where there is none; and where in its stroke it is."""
    chords = np.diff(points, axis=0)
    lengths = np.hypot(*chords.T)
    along = chords / lengths[:, None]
    columns = [np.log(lengths / CHORD), along[:, 0], along[:, 1]]
    for offset in ROUND:
        at = np.arange(len(chords)) + offset
        there = (at >= 0) & (at < len(chords))
        other = np.where(there, at, 0)
        longer = np.clip(np.log(lengths[other] / lengths), -FARTHEST, FARTHEST)
        columns += [there * column for column in (*_in_frame(along[other], along), longer, np.ones(len(chords)))]
    return np.stack([*columns, *_whereabouts(points, lengths)], axis=1)


def _whereabouts(points: Points, lengths: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Columns, (c,) each: how long the stroke is, in all, before the chord and after it, and how many chords; where its
    ends lie from the chord's; how wide and how high it is; where the chord begins, in the box."""
    count, at = len(lengths), np.arange(len(lengths))
    total, before = lengths.sum(), np.cumsum(lengths) - lengths
    sizes = [np.full(count, total), before, total - before - lengths]
    numbers = [np.full(count, count), at, count - 1 - at]
    ends = [*(points[0] - points[:-1]).T, *(points[-1] - points[1:]).T]
    extent = [np.full(count, side) for side in np.ptp(points, axis=0)]
    return [
        *(np.log1p(size / CHORD) for size in [*sizes, *extent]), *(np.log1p(number) for number in numbers),
        *(end / (3 * CHORD) for end in ends), *(points[:-1] * (2 / BOX)).T,
    ]  # fmt: skip


def placed(points: Points, handles: NDArray[np.float64]) -> Controls:
    """Handles as `foretold` gives them -> (c, 4, 2) cubics. The inverse of `of_cubics`."""
    chords = np.diff(points, axis=0)
    across = np.stack((-chords[:, 1], chords[:, 0]), axis=1)
    first, second = (chords * handles[:, i : i + 1] + across * handles[:, i + 1 : i + 2] for i in (0, 2))
    return np.stack((points[:-1], points[:-1] + first, points[1:] + second, points[1:]), axis=1)


def of_cubics(controls: Controls) -> NDArray[np.float64]:
    """(c, 4, 2) cubics, none of no length -> their handles, (c, 4)."""
    chords = controls[:, 3] - controls[:, 0]
    lengths = np.hypot(*chords.T)[:, None]
    pairs = ((controls[:, i] - controls[:, j]) / lengths for i, j in ((1, 0), (2, 3)))
    return np.stack([part for pair in pairs for part in _in_frame(pair, chords / lengths)], axis=1)


def _in_frame(vectors: Points, along: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return (vectors * along).sum(axis=1), along[:, 0] * vectors[:, 1] - along[:, 1] * vectors[:, 0]


def _between(a: Points, b: Points) -> NDArray[np.float64]:
    """The angles from b to a."""
    return np.arctan2(b[:, 0] * a[:, 1] - b[:, 1] * a[:, 0], (a * b).sum(axis=1))


def _turned(vectors: Points, angles: NDArray[np.float64]) -> Points:
    cos, sin = np.cos(angles), np.sin(angles)
    return np.stack((cos * vectors[:, 0] - sin * vectors[:, 1], sin * vectors[:, 0] + cos * vectors[:, 1]), axis=1)
