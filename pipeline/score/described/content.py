"""A recogniser of all characters: the nearest real drawing, of any form, held-out ones among them.

It compares `novelty`'s pictures of ink and its direction. A character is as near as the nearest of its drawings.

Shapes: B drawings, M real ones, C characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.dataset import DrawingSet
from pipeline.drawing import Steps
from pipeline.score import novelty


@dataclass(frozen=True)
class Recogniser:
    """pictures (M, P) in the order of their characters; rows (M,): which of the real set each is; names (C,) code
    points and first (C,), where each one's drawings begin."""

    pictures: NDArray[np.float32]
    rows: NDArray[np.int64]
    names: NDArray[np.int64]
    first: NDArray[np.int64]
    size: int
    blur: float

    @classmethod
    def of(cls, real: DrawingSet, size: int, blur: float) -> "Recogniser":
        """size, blur: as for `novelty.pictures`."""
        codes = real.index["code_point"].to_numpy(np.int64)
        rows = np.argsort(codes, kind="stable")
        names, first = np.unique(codes[rows], return_index=True)
        pictures = novelty.pictures([real[i] for i in rows], size, blur)
        return cls(pictures, rows, names, first, size, blur)

    def ranks(
        self, drawings: Sequence[Steps], characters: NDArray[np.int64], without: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """(B,): how many characters are nearer to each drawing than its own, a code point; 0 is recognised.

        without: the row of the real set that each is not compared with, itself.
        """
        alike = novelty.pictures(drawings, self.size, self.blur) @ self.pictures.T  # (B, M)
        if without is not None:
            alike[np.arange(len(alike)), np.argsort(self.rows)[without]] = -np.inf
        each = np.maximum.reduceat(alike, self.first, axis=1)  # (B, M) -> (B, C)
        own = each[np.arange(len(each)), np.searchsorted(self.names, characters)]
        return (each > own[:, None]).sum(axis=1)
