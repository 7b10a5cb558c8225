"""Dreams with a plan: a new description first, then the net writes it.

A dream is the description of no character that is known; what the net draws of it is sampled and filtered as any other.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.describe import description as grammar
from pipeline.describe import reading
from pipeline.describe.dreams import Dreams
from pipeline.describe.encoding import Encoded
from pipeline.describe.knowledge import Knowledge

DREAM_STREAM = 23  # key of the random streams of dreams


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
    def of(cls, knows: Knowledge) -> "Dreamer":
        """Raises DreamError: the net knows too few descriptions."""
        learnt, every = ([knows.described(name) for name in names] for names in (knows.characters, knows.spellings))
        return cls(knows, Dreams.learn(learnt, every))

    def batch(self, count: int, seed: int, number: int) -> list[Dream]:
        """So many, all different within the batch; a function of the seed and the batch's number. Raises DreamError,
        UnknownPartError."""
        source = np.random.default_rng((seed, DREAM_STREAM, number))
        return [
            Dream(
                grammar.text(one),
                reading.english(one, self.dreams.spellings),
                self.knows.encode(self.knows.spelled(one)),
            )
            for one in self.dreams.sample(count, source)
        ]
