"""What the net is told of the part that it writes: its name, its place, and what the whole description says there.

Shapes: B drawings, L tokens of the longest description, V visits of parts (a part that is interrupted is visited more
than once), S steps, D = TOLD numbers that the first recurrent layer gets beside its other inputs.

A description is a sequence of tokens, operators before their operands (see `describe.encoding`). A small bidirectional
recurrent net reads it; a visit is told what that net says at the visited part, the part's own name and path, and
whether it is the first visit of it. Where the drawings are of several hands, it is told in which one to write, beside a
description or alone: the first hand is told by zeros. The pen's third state ends a part: the writer's pointer then
moves to the next visit. A drawing without description is one unnamed part, of which nothing is told (zeros): then this
is the post's net.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipeline.describe.encoding import DEPTH, PIECES, PLACES, Encoded

TOLD, EMBEDDING = 128, 64


class Telling(NamedTuple):
    """The descriptions of B drawings, filled up with zeros.

    names (L, B) and paths (L, B, DEPTH) int64: the tokens; lengths (B,) int64, on the CPU: how many of them;
    parts (V, B) and pieces (V, B) int64: the token visited and the how manieth visit of it this is; visits (B,) int64:
    how many there are; free (B,) bool: drawings without a description; hand (B,) int64: whose, 0 the first. Of
    exemplars (see `exemplar`): points (P, B, 2) float32, strokes (S + 1, B) and shown (V + 1, B) int64: where each
    stroke begins, and which is the first of each visit.
    """

    names: Tensor
    paths: Tensor
    lengths: Tensor
    parts: Tensor
    pieces: Tensor
    visits: Tensor
    free: Tensor
    hand: Tensor
    points: Tensor
    strokes: Tensor
    shown: Tensor

    def keep(self, rows: Tensor) -> "Telling":
        """The drawings for which the (B,) boolean tensor is true."""
        single = {"lengths": self.lengths[rows.cpu()]} | {
            name: getattr(self, name)[rows] for name in ("visits", "free", "hand")
        }
        return Telling(**single, **{name: getattr(self, name)[:, rows] for name in self._fields if name not in single})


class Describer(nn.Module):
    """Reads descriptions: forward gives what each visit is told. names: tokens; hands: beside the first."""

    def __init__(self, names: int, hands: int = 0):
        super().__init__()
        self.name = nn.Embedding(names, EMBEDDING)
        self.path = nn.Embedding(DEPTH * PLACES, EMBEDDING)
        self.piece = nn.Embedding(PIECES, TOLD)
        self.reader = nn.GRU(EMBEDDING, TOLD // 2, bidirectional=True)
        self.own = nn.Linear(EMBEDDING, TOLD)
        self.hand = nn.Embedding(1 + hands, TOLD, padding_idx=0) if hands else None

    @torch.no_grad()
    def initialise(self, source: torch.Generator) -> None:
        for name, parameter in self.named_parameters():
            if name.startswith("reader"):
                parameter.uniform_(-((TOLD // 2) ** -0.5), (TOLD // 2) ** -0.5, generator=source)
            elif name == "own.bias":
                parameter.zero_()
            else:
                parameter.normal_(std=EMBEDDING**-0.5, generator=source)
        if self.hand is not None:
            self.hand.weight[0] = 0  # the first, which the padding index keeps so

    def forward(self, telling: Telling) -> Tensor:
        """(V, B, D) float32; zeros where nothing is told."""
        with torch.autocast(telling.names.device.type, enabled=False):
            levels = PLACES * torch.arange(DEPTH, device=telling.paths.device)
            tokens = self.name(telling.names) + self.path(telling.paths + levels).sum(dim=2)  # (L, B, E)
            packed = nn.utils.rnn.pack_padded_sequence(tokens, telling.lengths, enforce_sorted=False)
            context, _ = nn.utils.rnn.pad_packed_sequence(self.reader(packed)[0], total_length=len(tokens))
            everywhere = context + self.own(tokens)  # (L, B, D)
            at = telling.parts.unsqueeze(-1).expand(-1, -1, TOLD)
            told = everywhere.gather(0, at) + self.piece(telling.pieces)
            told = told * ~telling.free.unsqueeze(-1)
            return told if self.hand is None else told + self.hand(telling.hand)


def telling(described: Sequence[Encoded], device: torch.device | str = "cpu") -> Telling:
    """Of B descriptions, as the net takes them."""

    def padded(parts: list[NDArray]) -> Tensor:
        return nn.utils.rnn.pad_sequence([torch.from_numpy(part) for part in parts]).to(device)

    return Telling(
        names=padded([one.names for one in described]),
        paths=padded([one.paths for one in described]),
        lengths=torch.tensor([len(one.names) for one in described]),
        parts=padded([one.parts for one in described]),
        pieces=padded([one.pieces for one in described]),
        visits=torch.tensor([len(one.parts) for one in described], device=device),
        free=torch.tensor([one.free for one in described], device=device),
        hand=torch.tensor([one.hand for one in described], device=device),
        points=padded([one.shown.points for one in described]),
        strokes=padded([one.shown.strokes for one in described]),
        shown=padded([one.shown.shown for one in described]),
    )
