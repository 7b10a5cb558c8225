"""The plain loop, which the pipeline's own is measured against: what one writes first after reading the 2015 post.

float32, minibatches of 100 padded to the longest drawing of the whole set, nn.LSTM of two layers with dropout 0.2 in
between, Adam, and the loss as its formulas stand in the paper (A. Graves, arXiv:1308.0850, eq. 18-26), padding computed
and then masked. Shapes: B drawings, T steps of the longest of all, K mixture components.
"""

import math

import torch
from torch import Tensor, nn

from pipeline.batch.minibatches import Rows

SIZE, HIDDEN, LAYERS, DROPOUT, MIXTURES = 100, 256, 2, 0.2, 24


class PlainNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, HIDDEN, LAYERS, dropout=DROPOUT, batch_first=True)
        self.head = nn.Linear(HIDDEN, 6 * MIXTURES + 3)

    def forward(self, previous: Tensor) -> Tensor:
        """(B, T, 3) -> (B, T, 6 K + 3)."""
        pen = nn.functional.one_hot(previous[..., 2].long(), 3).float()
        hidden, _ = self.lstm(torch.cat((previous[..., :2], pen), dim=-1))
        return self.head(hidden)


def plain_loss(raw: Tensor, target: Tensor, keep: Tensor) -> Tensor:
    """Mean over the real steps of offset and weighted pen loss: raw (B, T, 6 K + 3), target (B, T, 3), keep (B, T)."""
    logits, mean_x, mean_y, log_sx, log_sy, r = raw[..., :-3].chunk(6, dim=-1)
    sx, sy, rho = torch.exp(log_sx), torch.exp(log_sy), torch.tanh(r)
    x, y = (target[..., :1] - mean_x) / sx, (target[..., 1:2] - mean_y) / sy
    z = x**2 + y**2 - 2 * rho * x * y
    normal = torch.exp(-z / (2 * (1 - rho**2))) / (2 * math.pi * sx * sy * torch.sqrt(1 - rho**2))
    offset = -torch.log((torch.softmax(logits, dim=-1) * normal).sum(-1) + 1e-6)
    weights = torch.tensor([1.0, 10.0, 100.0], device=raw.device)
    pen = nn.functional.cross_entropy(raw[..., -3:].transpose(1, 2), target[..., 2].long(), weights, reduction="none")
    return ((offset + pen) * keep).sum() / keep.sum()


class PlainLoop:
    """`run` trains on the next minibatches and gives the number of their real steps."""

    def __init__(self, rows: Rows, device: str):
        torch.manual_seed(1)
        # (T, B, 3) of all drawings -> (B, T, 3), padded to the longest once and for all
        self.previous, self.target, self.keep = (
            part.transpose(0, 1).contiguous().to(device) for part in rows.gather(torch.arange(len(rows.lengths)))
        )
        self.lengths = rows.lengths
        self.net = PlainNet().to(device)
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=0.005)
        self.order: list[Tensor] = []

    def run(self, minibatches: int) -> int:
        return sum(self._minibatch() for _ in range(minibatches))

    def _minibatch(self) -> int:
        if not self.order:
            self.order = list(torch.randperm(len(self.lengths)).split(SIZE)[:-1])
        chosen = self.order.pop()
        self.optimizer.zero_grad()
        at = chosen.to(self.previous.device)
        loss = plain_loss(self.net(self.previous[at]), self.target[at], self.keep[at])
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        return int(self.lengths[chosen].sum())
