"""Dreams with a plan: a new description first, then the net writes it.

A dream is the description of no character that is known, to the net or to a table that the user has; what the net draws
of it is sampled and filtered as any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from pipeline.describe import description as grammar
from pipeline.describe import reading, table
from pipeline.describe.description import Description
from pipeline.describe.dreams import Dreams
from pipeline.describe.encoding import Encoded
from pipeline.describe.knowledge import Knowledge, UnknownPartError
from pipeline.net.model import WritingNet

DREAM_STREAM = 23  # key of the random streams of dreams
CAPTION, LATIN_ENDS = 17, "\u0250"  # characters that fit under a cell, and the first that is no Latin letter


class UntoldError(ValueError):
    """A net that cannot be told what to write."""


@dataclass(frozen=True)
class Dream:
    """text: its description; english: how it reads; encoded: what the net is told."""

    text: str
    english: str
    encoded: Encoded


@dataclass(frozen=True)
class Dreamer:
    """Dreams by the parts that a net knows."""

    knows: Knowledge
    dreams: Dreams

    @classmethod
    def load(cls, model: Path, net: WritingNet, ids: Path | str | None = None, hand: str | None = None) -> Self:
        """For the net of that folder; ids: a table of characters that must not come out; hand: to write in.
        Raises UntoldError, TableError, KnowledgeError, DreamError, UnknownHandError."""
        if net.describer is None:
            raise UntoldError(
                f"the net in {model} is never told what to write, so it can only dream freely (sample.dream: free); "
                "set model.described: true and train one that is"
            )
        return cls.of(Knowledge.load(model).in_hand(hand), listed(ids))

    @classmethod
    def of(cls, knows: Knowledge, others: Mapping[str, Description] | None = None) -> Self:
        """others: descriptions by character that must not come out. Raises DreamError: the net knows too few."""
        not_learnt = sorted(set(knows.spellings) - set(knows.characters))
        learnt, known = ([knows.described(name) for name in names] for names in (knows.characters, not_learnt))
        return cls(knows, Dreams.learn(learnt, known, lambda name: _can_tell(knows, name), others))

    def batch(self, count: int, seed: int, number: int) -> list[Dream]:
        """So many, all different within the batch; a function of the seed and the batch's number. Raises DreamError."""
        source = np.random.default_rng((seed, DREAM_STREAM, number))
        return [
            Dream(
                grammar.text(one),
                reading.english(one, self.dreams.spellings),
                self.knows.encode(self.knows.spelled(one)),
            )
            for one in self.dreams.sample(count, source)
        ]


def listed(ids: Path | str | None) -> Mapping[str, Description]:
    """The descriptions of a table, if there is one. Raises TableError."""
    return table.read(ids).descriptions if ids else {}


def _can_tell(knows: Knowledge, name: str) -> bool:
    """Whether the net knows a part by name or can spell it, not so the ⺄ of 虱."""
    try:
        knows.spelled(Description("", grammar.BESIDE, (Description(name), Description())))
    except UnknownPartError:
        return False
    return True


def captions(dreams: Sequence[Dream]) -> list[str]:
    """How they read, cut to what stands under a cell. A part without an English name is …, as a PNG's font has no
    ideographs."""
    plain = ["".join(c if c < LATIN_ENDS else "…" for c in dream.english) for dream in dreams]
    return [text if len(text) <= CAPTION else text[: CAPTION - 1] + "…" for text in plain]
