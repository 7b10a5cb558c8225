"""Ancestral sampling: the net writes many drawings at once, each step drawn from what it foresees after those before.

Shapes: B drawings in a batch, A of them still being written, K mixture components, n steps of one drawing.
Drawings are in scaled units, as the net sees them, until `collect` gives them in the units of the data.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
import torch
from pydantic import Field, model_validator
from torch import Tensor

from pipeline import params, seeds
from pipeline.describe import table
from pipeline.describe.encoding import Encoded
from pipeline.describe.table import TableError
from pipeline.drawing import END_OF_CHARACTER, END_OF_STROKE, ON_PAPER, Steps
from pipeline.net import describer, mixture
from pipeline.net.describer import Telling
from pipeline.net.loss import PEN_STATES, pen_log_probabilities
from pipeline.net.model import END_OF_PART, State, WritingNet
from pipeline.sample.dreaming import Dream, Dreamer
from pipeline.sample.filters import ACCEPTED, REJECTIONS, Limits, Sieve

if TYPE_CHECKING:
    import pandas as pd  # slow, and who writes at once reads no table

COMPACT_AT = 0.25  # share of finished drawings in a batch at which they leave it
SAMPLE_STREAM = 21  # key of the random streams of sampling
BOX = 109.0  # KanjiVG's; the limits of sampling are given in it
SMALLEST_BATCH = 32  # fewer drawings take as long

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Length = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


class SamplingError(ValueError):
    """A net that cannot be sampled from, or strokes that cannot be gone on from."""


@params.section
class SampleParams:
    """A temperature below 1 makes the likely likelier, 1 is what the net learnt. Lengths (margin, min_size,
    min_distance) are those in a box whose longer side is BOX; another box scales them."""

    dream: Literal["free", "described"]  # as the post's net does, or a description first
    ids: Annotated[str, Field(min_length=1)] | None  # a table of characters that described dreams must not be
    hand: Annotated[str, Field(min_length=1)] | None  # of fetch.hands, in which to write; null: the first one
    count: Count  # accepted drawings wanted
    max_attempts: Count
    batch_size: Count
    max_steps: Count  # of one drawing
    pen_temperature: Positive
    mixture_temperature: Positive
    width_temperature: Length  # of the variances; 0 takes each component's mean
    divide_pen_weights: bool  # undo the training's pen weights
    margin: Length
    min_size: Length
    min_strokes: Count
    max_strokes: Count
    min_distance: Length
    columns: Count  # of the sheet
    rows: Count
    seed: Annotated[int, Field(ge=0)]
    device: Literal["auto", "cpu", "cuda"]

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.max_attempts < self.count:
            raise ValueError(f"max_attempts ({self.max_attempts}) must be at least sample.count ({self.count})")
        if self.max_strokes < self.min_strokes:
            raise ValueError(f"max_strokes ({self.max_strokes}) must be at least min_strokes ({self.min_strokes})")
        if self.max_steps < self.min_strokes:
            raise ValueError(f"max_steps ({self.max_steps}) must be at least min_strokes ({self.min_strokes})")
        return self

    def check_here(self, sections: Mapping[str, Any]) -> None:
        """Raises SamplingError: a device that this machine has not, a net that is never told what it is to dream, a
        table that cannot be read."""
        choose_device(self.device)
        if self.dream == "described" and "model" in sections and not sections["model"].described:
            raise SamplingError(
                "sample.dream is described, but with model.described: false the net is never told what to write; "
                "set sample.dream to free"
            )
        if self.ids and self.dream == "described":
            try:
                table.read(self.ids)
            except TableError as error:
                raise SamplingError(f"sample.ids: {error}; name another table, or set it to null") from None

    def limits(self, width: float, height: float) -> Limits:
        """In the units of a width x height box."""
        unit = max(width, height) / BOX
        lengths = (self.margin * unit, self.min_size * unit, self.min_distance * unit)
        return Limits(lengths[0], lengths[1], self.min_strokes, self.max_strokes, lengths[2])


@dataclass(frozen=True)
class Collected:
    """What was drawn, in this order, in the units of the data, and why each was rejected (ACCEPTED: it was not)."""

    drawn: list[Steps] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    dreams: list[Dream] = field(default_factory=list)  # what each was told to be; none of what is drawn freely

    @property
    def accepted(self) -> list[Steps]:
        return [steps for steps, reason in zip(self.drawn, self.reasons, strict=True) if reason == ACCEPTED]

    @property
    def accepted_dreams(self) -> list[Dream]:
        """What the accepted were told to be; none of what is drawn freely."""
        return [dream for dream, reason in zip(self.dreams, self.reasons, strict=False) if reason == ACCEPTED]

    @property
    def rejected(self) -> Counter[str]:
        """How many were rejected, by reason."""
        return Counter(reason for reason in self.reasons if reason != ACCEPTED)

    @property
    def ended(self) -> list[bool]:
        return [has_ended(steps) for steps in self.drawn]


def has_ended(steps: Steps) -> bool:
    """Whether the net ended the drawing by itself; one that was cut off has another pen state at its last step."""
    return bool(steps[-1, 2] == END_OF_CHARACTER)


def choose_device(name: str, parameter: str = "sample.device") -> torch.device:
    """auto: a GPU where there is one. Raises SamplingError: cuda without a GPU."""
    if name == "cuda" and not torch.cuda.is_available():
        raise SamplingError(f"{parameter} is cuda, but no GPU is to be had here; set it to auto or cpu")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


@torch.inference_mode()
def generate(
    net: WritingNet,
    count: int,
    options: SampleParams,
    pen_weights: Sequence[float],
    source: torch.Generator,
    start: Steps | None = None,
    telling: Telling | None = None,
) -> list[Steps]:
    """`count` drawings, (n, 3) float32 in scaled units, n at most options.max_steps; see `has_ended`.

    pen_weights are those of the training. The generator must be on the net's device.
    start: (m, 3) scaled steps of whole strokes, the last with END_OF_STROKE; each drawing begins with it, bit for bit.
    telling: of `count` drawings, for a net that is told what to write; the pen's third state then ends each part of it,
    and the drawing ends with the last: see `joined`.
    Raises SamplingError: numbers that are not finite, or a start that is none.
    """
    state, previous = net.start(count, telling), net.first_step(count)
    written = torch.zeros(options.max_steps, count, 3, device=previous.device)
    begin = 0
    if start is not None:
        _check_start(start, options.max_steps)
        for begin, step in enumerate(torch.as_tensor(start, device=previous.device), start=1):
            _, state = net.step(previous, state)
            previous = step.expand(count, 3)
            written[begin - 1] = previous
    weights = torch.tensor(pen_weights, dtype=torch.float32, device=previous.device)
    draw = _Draw(options, weights if options.divide_pen_weights else torch.ones_like(weights), source)
    visits = torch.ones(count, dtype=torch.long, device=previous.device) if telling is None else telling.visits
    lengths = _write(net, previous, state, written, begin, draw, visits)
    steps = written.transpose(0, 1).cpu().numpy()  # (max_steps, B, 3) -> (B, max_steps, 3)
    return [drawing[:length].copy() for drawing, length in zip(steps, lengths, strict=True)]


def collect(
    net: WritingNet,
    options: SampleParams,
    data: dict[str, Any],
    pen_weights: Sequence[float],
    *,
    start: Steps | None = None,
    dreamer: Dreamer | None = None,
    untold: Encoded | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Collected:
    """Draw until options.count drawings are accepted or options.max_attempts are drawn.

    data holds scale (units of the data in one of the net's), width and height of the writing box.
    start as in `generate`. dreamer: says what each drawing is to be, else they are drawn freely, told `untold` where
    that is the hand to write in. progress is called
    after each batch with how many were accepted and drawn so far.
    Batch i has a generator of its own, from (seed, SAMPLE_STREAM, i).
    """
    sieve = Sieve(options.limits(data["width"], data["height"]), data["width"], data["height"])
    found, batch = Collected(), 0
    while sieve.accepted < options.count and len(found.drawn) < options.max_attempts:
        wanted = max(SMALLEST_BATCH, 2 * (options.count - sieve.accepted))
        size = min(wanted, options.batch_size, options.max_attempts - len(found.drawn))
        source = seeds.generator(options.seed, SAMPLE_STREAM, batch, device=net.first_step(1).device)
        dreams = dreamer.batch(size, options.seed, batch) if dreamer else []
        told_each = [dream.encoded for dream in dreams] if dreams or untold is None else [untold] * size
        telling = describer.telling(told_each, source.device) if told_each else None
        for i, scaled in enumerate(generate(net, size, options, pen_weights, source, start, telling)):
            found.drawn.append(unscaled(joined(scaled), data["scale"]))
            found.dreams.extend(dreams[i : i + 1])
            found.reasons.append(sieve.reason(found.drawn[-1]))
            if sieve.accepted == options.count:
                break
        batch += 1
        if progress is not None:
            progress(sieve.accepted, len(found.drawn))
    return found


def index(found: Collected, data: dict[str, Any]) -> "pd.DataFrame":
    """A row a drawing for `dataset.save`: id, accepted, reason, ended, width, height; of dreams description, reading.

    Accepted drawings are numbered in their order, as their pictures are; rejected ones by themselves, after an r.
    """
    import pandas as pd

    kept = np.array([reason == ACCEPTED for reason in found.reasons], bool)
    numbers = np.where(kept, np.cumsum(kept), np.cumsum(~kept))
    return pd.DataFrame(
        {
            "id": [name(n) if ok else f"r{name(n)}" for ok, n in zip(kept, numbers, strict=True)],
            "accepted": kept,
            "reason": pd.Series(found.reasons, dtype="str"),
            "ended": np.array(found.ended, bool),
            "width": np.float32(data["width"]),
            "height": np.float32(data["height"]),
        }
        | (told(found.dreams) if found.dreams else {})
    )


def told(dreams: Sequence[Dream]) -> dict[str, list[str]]:
    """As columns: the description of each, and how it reads."""
    return {"description": [dream.text for dream in dreams], "reading": [dream.english for dream in dreams]}


def name(number: int) -> str:
    """How the accepted drawing of this number, from 1, is called."""
    return f"{number:04d}"


def acceptance(found: Collected) -> dict[str, Any]:
    """Counts and shares of the drawings drawn; every reason is there."""
    drawn = len(found.drawn)
    return {
        "drawn": drawn,
        "accepted": len(found.accepted),
        "accepted_share": len(found.accepted) / drawn,
        "ended_share": sum(found.ended) / drawn,
        "rejected": {reason: found.rejected[reason] for reason in REJECTIONS},
    }


def sentence(found: Collected, options: SampleParams) -> str:
    """What was drawn and why some was rejected, in one line."""
    counts = acceptance(found)
    reasons = ", ".join(f"{number} {reason}" for reason, number in counts["rejected"].items() if number) or "none"
    wanted = "" if counts["accepted"] == options.count else f" ({options.count} wanted; sample.max_attempts reached)"
    return (
        f"{counts['accepted']} accepted{wanted} of {counts['drawn']} drawn, rejected: {reasons}; "
        f"{counts['ended_share']:.1%} ended by themselves"
    )


def joined(steps: Steps) -> Steps:
    """Steps whose pen ends parts -> a drawing, whose third pen state stands at its end alone."""
    pen = np.minimum(steps[:, 2], END_OF_STROKE)
    pen[-1] = steps[-1, 2]
    return np.column_stack((steps[:, :2], pen))


def unscaled(steps: Steps, scale: float) -> Steps:
    """Steps in the net's units -> steps in the units of the data."""
    return steps * np.array([scale, scale, 1.0], np.float32)


@dataclass(frozen=True)
class _Draw:
    """How one step is drawn."""

    options: SampleParams
    pen_weights: Tensor
    source: torch.Generator

    def __call__(self, raw: Tensor) -> Tensor:
        """(A, 6 K + 3) outputs -> (A, 3) steps."""
        raw = raw.float()
        if not torch.isfinite(raw).all():
            raise SamplingError(
                "the net gave a number that is not finite: its training diverged or its weights are damaged; "
                "train it anew with a lower train.learning_rate"
            )
        o = self.options
        pen_log = pen_log_probabilities(raw[:, -PEN_STATES:], self.pen_weights)
        pen = torch.multinomial(torch.softmax(pen_log / o.pen_temperature, dim=-1), 1, generator=self.source)
        offsets = mixture.sample(raw[:, :-PEN_STATES], self.source, o.mixture_temperature, o.width_temperature)
        return torch.cat((offsets, pen.to(offsets.dtype)), dim=-1)


def _write(
    net: WritingNet, previous: Tensor, state: State, written: Tensor, begin: int, draw: _Draw, visits: Tensor
) -> list[int]:
    """Fill written (max_steps, B, 3) from row `begin` on until every drawing ended; their B lengths. visits (B,): how
    many visits of parts each drawing has; each but the last ends with the pen's third state too."""
    most, count, _ = written.shape
    lengths = torch.full((count,), most, device=written.device)
    active = torch.arange(count, device=written.device)  # (A,) column of each row of the batch
    writing = torch.ones_like(active, dtype=torch.bool)  # (A,) not ended yet
    for row in range(begin, most):
        raw, state = net.step(previous, state)
        previous = draw(raw)
        ends = writing & (previous[:, 2] == END_OF_PART)
        if state.visit is not None:
            ends &= state.visit + 1 >= visits[active]
        written[row, active] = previous
        lengths[active[ends]] = row + 1
        writing = writing & ~ends
        going = int(writing.sum())
        if going == 0:
            break
        if going <= (1 - COMPACT_AT) * len(writing):
            state, previous, active = state.keep(writing), previous[writing], active[writing]
            writing = torch.ones_like(active, dtype=torch.bool)
    return lengths.tolist()


def _check_start(start: Steps, max_steps: int) -> None:
    if start.ndim != 2 or start.shape[1] != 3 or start.dtype != np.float32 or len(start) == 0:
        raise SamplingError(f"a start is an (m, 3) float32 array of steps, this is {start.shape} {start.dtype}")
    if not np.isfinite(start).all():
        raise SamplingError("a start holds a number that is not finite")
    if not np.isin(start[:, 2], (ON_PAPER, END_OF_STROKE)).all() or start[-1, 2] != END_OF_STROKE:
        raise SamplingError("a start is whole strokes: its last pen state is 1 (end of stroke), and none is 2")
    if len(start) >= max_steps:
        raise SamplingError(f"a start of {len(start)} steps leaves no room: raise sample.max_steps, now {max_steps}")
