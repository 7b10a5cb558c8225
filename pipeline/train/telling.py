"""What the net is told of the drawings that it learns from: each in several spellings, or nothing.

Shapes: R rows of a split, K spellings of each, B rows of a minibatch.

A part is told whole or spelled by its own parts, so that the net can write both from a name and from a spelling. Parts
that are rare are always spelled, down to types of strokes: of a name that it has hardly seen a net learns nothing. Not
so those of which it is shown an exemplar. Some drawings come without any description: so it learns to write freely.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from pipeline import dataset, params
from pipeline.batch.minibatches import sent
from pipeline.dataset import DrawingSet
from pipeline.describe import encoding, exemplars, visits
from pipeline.describe.derivation import Told
from pipeline.describe.description import Description
from pipeline.describe.encoding import DEPTH, Encoded
from pipeline.describe.exemplars import Choice
from pipeline.describe.knowledge import Knowledge, canonical
from pipeline.drawing import ON_PAPER
from pipeline.net.describer import Telling
from pipeline.net.model import END_OF_PART
from pipeline.seeds import generator
from pipeline.train.recombination import Recombined

SPELLING_STREAM, TELLING_STREAM = 3, 4  # keys of the random streams: of the spellings, and of an epoch's choice

AMONG = 4  # exemplars that fit best, of which one is shown by lot

Share = Annotated[float, Field(ge=0, le=1)]


@params.section
class TellingParams:
    """Of a net with model.described."""

    spellings: Annotated[int, Field(ge=1, le=64)]  # of each drawing, chosen anew each epoch
    spelled: Share  # of the parts whose name the net knows, that are spelled all the same
    untold: Share  # of the drawings that come without description
    least_known: Annotated[int, Field(ge=1)]  # how often a part must occur for its name to be known
    unshown: Share  # of the drawings that come without exemplars, and in the others of the parts known by name


@dataclass(frozen=True)
class Lists:
    """Many short lists one after another: list i is values[starts[i] : starts[i] + lengths[i]]."""

    values: Tensor
    starts: Tensor
    lengths: Tensor

    @classmethod
    def of(cls, lists: Sequence[NDArray]) -> "Lists":
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

    ends: the step, from 0, with which each visit ends; points, strokes and shown: of exemplars; hand (R,) int64: whose
    each drawing is, 0 the first's.
    """

    rows: int
    names: Lists
    paths: Lists
    parts: Lists
    pieces: Lists
    ends: Lists
    points: Lists
    strokes: Lists
    shown: Lists
    hand: Tensor

    @property
    def untold(self) -> int:
        """The number of the spelling that tells nothing."""
        return self.spellings - 1

    @property
    def spellings(self) -> int:
        return len(self.names.lengths) // self.rows

    def chosen(self, untold: float, seed: int, epoch: int) -> Tensor:
        """(R,) the spelling of each row in an epoch."""
        source = generator(seed, TELLING_STREAM, epoch)
        spelling = torch.randint(max(self.spellings - 1, 1), (self.rows,), generator=source)
        return torch.where(torch.rand(self.rows, generator=source) < untold, self.untold, spelling)

    def telling(self, rows: Tensor, spelling: Tensor, device: torch.device | str = "cpu") -> Telling:
        """Of a minibatch: rows (B,) and the spelling of each (B,)."""
        at = self._at(rows, spelling)

        def padded(lists: Lists) -> Tensor:
            return sent(lists.padded(at), device)

        return Telling(
            names=padded(self.names),
            paths=padded(self.paths),
            lengths=self.names.lengths[at],
            parts=padded(self.parts),
            pieces=padded(self.pieces),
            visits=sent(self.parts.lengths[at], device),
            free=sent(spelling == self.untold, device),
            hand=sent(self.hand[rows], device),
            points=padded(self.points),
            strokes=padded(self.strokes),
            shown=padded(self.shown),
        )

    def parted(self, target: Tensor, rows: Tensor, spelling: Tensor) -> Tensor:
        """A minibatch (T, B, 3) whose pens end a part where a visit ends."""
        ends, visits_of = self._ends(rows, spelling), self.parts.lengths[self._at(rows, spelling)]
        real = torch.arange(len(ends)).unsqueeze(1) < visits_of  # (V, B)
        column = torch.arange(len(rows)).expand_as(ends)
        pen = target[..., 2].clone()
        pen[sent(ends[real], pen.device), sent(column[real], pen.device)] = END_OF_PART
        return torch.cat((target[..., :2], pen.unsqueeze(-1)), dim=-1)

    def _at(self, rows: Tensor, spelling: Tensor) -> Tensor:
        """(B,) which of the lists."""
        return spelling * self.rows + rows

    def _ends(self, rows: Tensor, spelling: Tensor) -> Tensor:
        """(V, B) the step with which each visit ends."""
        return self.ends.padded(self._at(rows, spelling))


@dataclass(frozen=True)
class Unnamed(Tellings):
    """Of R drawings that name nothing, each of lengths (R,) steps: what is told of them is the same, kept once."""

    lengths: Tensor

    @classmethod
    def of(cls, drawings: DrawingSet, spellings: int, knows: Knowledge) -> "Unnamed":
        """As many equal spellings, and the one that tells nothing."""
        one = Told(Description(), ((0, 0),))
        taught = Taught([one], [np.zeros(1, np.int64)], [frozenset()], [0])
        made = _tellings([one] * spellings, [Choice()] * spellings, taught, knows)
        lengths = torch.as_tensor(drawings.lengths().astype(np.int64))
        hand = torch.zeros(1, dtype=torch.long).expand(len(lengths))  # one for all
        if "style" in drawings.index:
            hand = _hands(exemplars.styles_of(drawings.index).tolist())
        return cls(**{**vars(made), "rows": len(lengths), "hand": hand}, lengths=lengths)

    @property
    def spellings(self) -> int:
        return len(self.names.lengths)

    def _at(self, rows: Tensor, spelling: Tensor) -> Tensor:
        return spelling

    def _ends(self, rows: Tensor, spelling: Tensor) -> Tensor:
        return self.lengths[rows].unsqueeze(0) - 1


def tells(folder: Path) -> bool:
    """Whether any drawing of a set on disk is of a character or names a component."""
    nothing = {"groups": "[]", "character": ""}
    return any(
        name in part.index and bool((part.index[name] != empty).any())
        for part in dataset.parts(folder, nothing)
        for name, empty in nothing.items()
    )


def stroke_ends(drawings: DrawingSet) -> list[NDArray[np.int64]]:
    """The step, from 0, with which each stroke of each drawing ends."""
    return [np.flatnonzero(steps[:, 2] != ON_PAPER) for steps in drawings]


@dataclass(frozen=True)
class Taught:
    """Drawings to learn from or to judge by: what each is, the step with which each of its strokes ends, families: of
    the characters that it is made of, of which it is shown nothing; and styles, see `exemplars.styles_of`."""

    told: list[Told]
    ends: list[NDArray[np.int64]]
    families: list[frozenset[int]]
    styles: list[int]

    @classmethod
    def of(cls, found: Recombined) -> "Taught":
        return cls(list(found.told), stroke_ends(found.drawings), found.families, found.styles)


def of(taught: Taught, knows: Knowledge, options: TellingParams, seed: int) -> Tellings:
    """options.spellings random ones of each drawing, and an exemplar for each."""
    source = np.random.default_rng((seed, SPELLING_STREAM))

    def spell(drawing: Told, families: frozenset[int]) -> Callable[[Told], bool]:
        def chance(node: Told) -> bool:
            if not knows.by_name(node.description.name, families):
                return True
            # a character that is a part of others may stand for itself, but mostly it is spelled
            return (source.random() < options.spelled) != (node is drawing)

        return chance

    spelled: list[Told] = []
    choices: list[Choice] = []
    for _ in range(options.spellings):
        for one, families, style in zip(taught.told, taught.families, taught.styles, strict=True):
            hidden = 1.0 if knows.library.names and source.random() < options.unshown else options.unshown
            spelled.append(visits.spelled(one, spell(one, families)))
            choices.append(Choice(families, style, source, AMONG, hidden))
    return _tellings(spelled, choices, taught, knows)


def canonically(taught: Taught, knows: Knowledge) -> Tellings:
    """One spelling of each drawing, see `knowledge.canonical`, for validation."""
    told = [canonical(one, knows, families) for one, families in zip(taught.told, taught.families, strict=True)]
    choices = [Choice(*one) for one in zip(taught.families, taught.styles, strict=True)]
    return _tellings(told, choices, taught, knows)


def _tellings(spelled: Sequence[Told], choices: Sequence[Choice], taught: Taught, knows: Knowledge) -> Tellings:
    encoded: list[Encoded] = []
    stops: list[NDArray[np.int64]] = []
    rows = len(taught.told)
    for i, (one, choice) in enumerate(zip(spelled, choices, strict=True)):
        order = visits.of_told(one)
        encoded.append(knows.encode(one.description, order, choice))
        stops.append(taught.ends[i % rows][[visit.last for visit in order]])
    encoded += [encoding.FREE] * rows
    stops += [ends[-1:] for ends in taught.ends]
    shown = [one.shown for one in encoded]
    return Tellings(
        rows,
        Lists.of([one.names for one in encoded]),
        Lists.of([one.paths.reshape(-1, DEPTH) for one in encoded]),
        Lists.of([one.parts for one in encoded]),
        Lists.of([one.pieces for one in encoded]),
        Lists.of(stops),
        Lists.of([one.points for one in shown]),
        Lists.of([one.strokes for one in shown]),
        Lists.of([one.shown for one in shown]),
        _hands(taught.styles),
    )


def _hands(styles: Sequence[int]) -> Tensor:
    """(R,) of each drawing whose it is."""
    return torch.tensor([exemplars.hand_of(style) for style in styles], dtype=torch.long)
