"""A table of what is asked of a net -> a table of what it writes, for programs and for a net that is served.

asked  a row each: description, such as ⿰木食 or 明, or "" for characters that the net makes up; count, how many
out    a row a drawing, in the order of the rows: asked, the number of its row from 0; description and reading, "" of
       what is drawn freely; ended, whether the net ended it or sample.max_steps did; svg; strokes, each (m, 2) points
       x, y in the net's box, y down
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any

from pipeline import render
from pipeline.describe import description as grammar
from pipeline.drawing import Steps, to_strokes
from pipeline.render import Look
from pipeline.sample import sampler
from pipeline.sample.dreaming import Dreamer
from pipeline.write import described
from pipeline.write.described import Reader
from pipeline.write.writer import Writer

MOST_DRAWINGS, MOST_ATTEMPTS = 1000, 256  # at once, and of one description: whoever asks waits for them
COLUMNS = ("asked", "description", "reading", "ended", "svg", "strokes")


class AskingError(ValueError):
    """A table that asks for nothing, for too much, or for what the net cannot do."""


@dataclass(frozen=True)
class Asked:
    """One row."""

    description: str = ""
    count: int = 1


@dataclass(frozen=True)
class Manner:
    """How it is written. best_of: of so many writings of a description the likeliest; filtered: what the net makes up
    must pass the filters of sampling, so that fewer may come than were asked for; temperature: of offsets, None for
    the net's own."""

    seed: int = 1
    best_of: int = 1
    filtered: bool = True
    temperature: float | None = None
    smooth: bool = False
    colour: bool = False


@dataclass(frozen=True)
class Answerer:
    """A net that answers tables."""

    net: Writer

    def answer(self, rows: Sequence[Asked], manner: Manner) -> list[dict[str, Any]]:
        """A dict of COLUMNS for each drawing; the same rows and manner give the same.
        Raises AskingError, WriterError, DescribedError, DescriptionError, UnknownPartError."""
        _check(rows, manner)
        drawn = [*self._told(rows, manner), *self._made_up(rows, manner)]
        return sorted(drawn, key=lambda one: one["asked"])

    def _told(self, rows: Sequence[Asked], manner: Manner) -> list[dict[str, Any]]:
        numbers = [number for number, row in enumerate(rows) if row.description for _ in range(row.count)]
        if not numbers:
            return []
        parsed = {i: self._reader.read(rows[i].description) for i in dict.fromkeys(numbers)}
        wanted = [self._reader.encode(parsed[i]) for i in numbers]
        options = self.net.options(len(wanted), manner.seed, False, 0, _temperatures(manner))
        drawings, _ = described.write(self.net, wanted, options, manner.best_of)
        return [
            self._row(i, grammar.text(parsed[i]), self._reader.english(parsed[i]), steps, manner)
            for i, steps in zip(numbers, drawings, strict=True)
        ]

    def _made_up(self, rows: Sequence[Asked], manner: Manner) -> list[dict[str, Any]]:
        numbers = [number for number, row in enumerate(rows) if not row.description for _ in range(row.count)]
        if not numbers:
            return []
        changes = _temperatures(manner)
        found = self.net.write(len(numbers), manner.seed, manner.filtered, None, changes, self._dreamer)
        texts = [(dream.text, dream.english) for dream in found.dreams] or repeat(("", ""))
        return [
            self._row(i, *text, steps, manner)
            for i, text, steps in zip(numbers, texts, found.drawings, strict=False)  # fewer may have passed
        ]

    def _row(self, number: int, text: str, english: str, steps: Steps, manner: Manner) -> dict[str, Any]:
        box = self.net.data["width"], self.net.data["height"]
        look = Look(manner.colour, manner.smooth)
        svg = render.drawing_svg(steps, *box, look=look, credit=self.net.data.get("licence") or None)
        values = (number, text, english, sampler.has_ended(steps), svg, to_strokes(steps, *box))
        return dict(zip(COLUMNS, values, strict=True))

    @cached_property
    def _reader(self) -> Reader:
        return Reader.of(self.net, {})

    @cached_property
    def _dreamer(self) -> Dreamer | None:
        return self.net.dreamer() if self.net.net.describer is not None else None


def _check(rows: Sequence[Asked], manner: Manner) -> None:
    if wrong := [number for number, row in enumerate(rows) if row.count < 1]:
        raise AskingError(f"row {wrong[0]} asks for {rows[wrong[0]].count} drawings; a count is at least 1")
    wanted = sum(row.count for row in rows)
    if not 1 <= wanted <= MOST_DRAWINGS:
        raise AskingError(f"{wanted:,} drawings are asked for at once; ask for 1 to {MOST_DRAWINGS:,}")
    if not 1 <= manner.best_of <= MOST_ATTEMPTS:
        raise AskingError(f"best_of is {manner.best_of}; it must be from 1 to {MOST_ATTEMPTS}")
    if manner.seed < 0:
        raise AskingError(f"seed is {manner.seed}; it must not be negative")


def _temperatures(manner: Manner) -> dict[str, float | None]:
    return {"mixture_temperature": manner.temperature, "width_temperature": manner.temperature}
