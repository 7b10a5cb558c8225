"""What is scored: samples, and the real drawings that they are held against."""

from dataclasses import dataclass
from typing import Any

from pipeline.dataset import DrawingSet
from pipeline.sample.filters import ACCEPTED
from pipeline.score import distributions


@dataclass(frozen=True)
class Material:
    """What is scored: samples in the units of the data, accepted and rejected ones; the real drawings in the net's
    units, with their splits; and what batches.json says of the data (scale, width, height, licence)."""

    samples: DrawingSet
    real: DrawingSet
    data: dict[str, Any]

    @property
    def accepted(self) -> DrawingSet:
        return self.samples.where((self.samples.index["reason"] == ACCEPTED).to_numpy())

    @property
    def credit(self) -> str | None:
        """Source and licence of the data, for pictures."""
        return self.data.get("licence") or None

    def split(self, name: str) -> DrawingSet:
        return self.real.where((self.real.index["split"] == name).to_numpy())

    def held_out(self, name: str) -> DrawingSet:
        """A split with one form a code point, to compare samples with."""
        part = self.split(name)
        return part.where(distributions.one_form(part.index))
