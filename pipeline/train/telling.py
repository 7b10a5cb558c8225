"""What the net is told of the drawings that it learns from: each in several spellings, or nothing.

Shapes: R rows of a split, K spellings of each, B rows of a minibatch.

A part is told whole or spelled by its own parts, so that the net can write both from a name and from a spelling. Parts
that are rare are always spelled, down to types of strokes: of a name that it has hardly seen a net learns nothing. Some
drawings come without any description, which is how the net learns to write freely.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from pipeline import params
from pipeline.dataset import DrawingSet
from pipeline.describe import encoding, visits
from pipeline.describe.derivation import Told
from pipeline.describe.encoding import DEPTH, Encoded, Vocabulary
from pipeline.describe.knowledge import canonical
from pipeline.drawing import ON_PAPER
from pipeline.net.describer import Telling
from pipeline.net.model import END_OF_PART
from pipeline.seeds import generator

SPELLING_STREAM, TELLING_STREAM = 3, 4  # keys of the random streams: of the spellings, and of an epoch's choice

Share = Annotated[float, Field(ge=0, le=1)]


@params.section
class TellingParams:
    """Of a net with model.described."""

    spellings: Annotated[int, Field(ge=1, le=64)]  # of each drawing, chosen anew each epoch
    spelled: Share  # of the parts whose name the net knows, that are spelled all the same
    untold: Share  # of the drawings that come without description
    least_known: Annotated[int, Field(ge=1)]  # how often a part must occur for its name to be known


@dataclass(frozen=True)
class Lists:
    """Many short lists one after another: list i is values[starts[i] : starts[i] + lengths[i]]."""

    values: Tensor
    starts: Tensor
    lengths: Tensor

    @classmethod
    def of(cls, lists: Sequence[NDArray[np.int64]]) -> "Lists":
        lengths = torch.tensor([len(one) for one in lists])
        return cls(torch.from_numpy(np.concatenate(lists)), lengths.cumsum(0) - lengths, lengths)

    def padded(self, rows: Tensor) -> Tensor:
        """(M, B) or (M, B, ...): the lists of these rows, one a column, filled up with zeros."""
        lengths = self.lengths[rows]
        place = torch.arange(int(lengths.max())).unsqueeze(1)
        keep = place < lengths
        found = self.values[(self.starts[rows] + place).clamp(max=len(self.values) - 1)]
        return found * keep.reshape(*keep.shape, *[1] * (found.ndim - 2))


@dataclass(frozen=True)
class Tellings:
    """The spellings of R drawings: list k R + i is spelling k of drawing i, the last of them tells nothing.

    ends: the step, from 0, with which each visit ends.
    """

    rows: int
    names: Lists
    paths: Lists
    parts: Lists
    pieces: Lists
    ends: Lists

    @property
    def spellings(self) -> int:
        return len(self.names.lengths) // self.rows

    def chosen(self, untold: float, seed: int, epoch: int) -> Tensor:
        """(R,) the spelling of each row in an epoch."""
        source = generator(seed, TELLING_STREAM, epoch)
        spelling = torch.randint(max(self.spellings - 1, 1), (self.rows,), generator=source)
        return torch.where(torch.rand(self.rows, generator=source) < untold, self.spellings - 1, spelling)

    def telling(self, rows: Tensor, spelling: Tensor, device: torch.device | str = "cpu") -> Telling:
        """Of a minibatch: rows (B,) and the spelling of each (B,)."""
        at = spelling * self.rows + rows
        return Telling(
            names=self.names.padded(at).to(device),
            paths=self.paths.padded(at).to(device),
            lengths=self.names.lengths[at],
            parts=self.parts.padded(at).to(device),
            pieces=self.pieces.padded(at).to(device),
            visits=self.parts.lengths[at].to(device),
            free=(spelling == self.spellings - 1).to(device),
        )

    def parted(self, target: Tensor, rows: Tensor, spelling: Tensor) -> Tensor:
        """A minibatch (T, B, 3) whose pens end a part where a visit ends."""
        at = spelling * self.rows + rows
        ends, visits_of = self.ends.padded(at), self.parts.lengths[at]
        real = torch.arange(len(ends)).unsqueeze(1) < visits_of  # (V, B)
        column = torch.arange(len(rows)).expand_as(ends)
        pen = target[..., 2].clone()
        pen[ends[real].to(pen.device), column[real].to(pen.device)] = END_OF_PART
        return torch.cat((target[..., :2], pen.unsqueeze(-1)), dim=-1)


def stroke_ends(drawings: DrawingSet) -> list[NDArray[np.int64]]:
    """The step, from 0, with which each stroke of each drawing ends."""
    return [np.flatnonzero(steps[:, 2] != ON_PAPER) for steps in drawings]


def of(
    told: Sequence[Told], ends: Sequence[NDArray[np.int64]], known: Vocabulary, options: TellingParams, seed: int
) -> Tellings:
    """options.spellings random ones of each drawing. ends: as `stroke_ends` gives them."""
    source = np.random.default_rng((seed, SPELLING_STREAM))

    def spell(drawing: Told) -> Callable[[Told], bool]:
        def chance(node: Told) -> bool:
            if node.description.name not in known:
                return True
            # a character that is a part of others may stand for itself, but mostly it is spelled
            return (source.random() < options.spelled) != (node is drawing)

        return chance

    spelled = [visits.spelled(one, spell(one)) for _ in range(options.spellings) for one in told]
    return _tellings(spelled, list(ends) * options.spellings, len(told), known, ends)


def canonically(told: Sequence[Told], ends: Sequence[NDArray[np.int64]], known: Vocabulary) -> Tellings:
    """One spelling of each drawing, see `knowledge.canonical`, for validation."""
    return _tellings([canonical(one, known) for one in told], list(ends), len(told), known, ends)


def _tellings(
    spelled: Sequence[Told], ends: Sequence[NDArray], rows: int, known: Vocabulary, last: Sequence[NDArray]
) -> Tellings:
    encoded: list[Encoded] = []
    stops: list[NDArray[np.int64]] = []
    for one, stops_of in zip(spelled, ends, strict=True):
        order = visits.of_told(one)
        encoded.append(encoding.encode(one.description, order, known))
        stops.append(stops_of[[visit.last for visit in order]])
    encoded += [encoding.FREE] * rows
    stops += [stops_of[-1:] for stops_of in last]
    return Tellings(
        rows,
        Lists.of([one.names for one in encoded]),
        Lists.of([one.paths.reshape(-1, DEPTH) for one in encoded]),
        Lists.of([one.parts for one in encoded]),
        Lists.of([one.pieces for one in encoded]),
        Lists.of(stops),
    )
