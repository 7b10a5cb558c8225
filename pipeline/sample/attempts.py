"""Writing what is described, in several attempts of which the likeliest is kept; how likely a net finds a drawing that
it was told of.

Shapes: B drawings, T steps of the longest.
"""

from collections.abc import Iterator, Sequence

import torch

from pipeline import seeds
from pipeline.batch.minibatches import previous_of
from pipeline.describe.encoding import Encoded
from pipeline.drawing import Steps
from pipeline.net import describer, loss
from pipeline.net.describer import Telling
from pipeline.net.model import WritingNet
from pipeline.progress import Progress, unseen
from pipeline.sample import sampler
from pipeline.sample.sampler import SampleParams


def likeliest(
    net: WritingNet,
    wanted: Sequence[Encoded],
    options: SampleParams,
    pen_weights: Sequence[float],
    best_of: int,
    key: tuple[int, ...],
    progress: Progress = unseen,
) -> Iterator[tuple[Steps, float]]:
    """A drawing of each, scaled, its pen ending parts, the likeliest of `best_of` attempts; and its nats a step.

    One that ended is before those that did not. key: of the random streams. Raises SamplingError.
    """
    device = net.first_step(1).device
    size = max(1, options.batch_size // best_of)
    for at in progress(range(0, len(wanted), size), "write"):
        part = [one for one in wanted[at : at + size] for _ in range(best_of)]
        source, telling = seeds.generator(*key, at, device=device), describer.telling(part, device)
        found = sampler.generate(net, len(part), options, pen_weights, source, telling=telling)
        nats = likelihoods(net, found, telling, pen_weights)
        for first in range(0, len(part), best_of):
            best = min(range(first, first + best_of), key=lambda i: (not sampler.has_ended(found[i]), nats[i]))
            yield found[best], nats[best]


@torch.no_grad()
def likelihoods(
    net: WritingNet, drawings: Sequence[Steps], telling: Telling, pen_weights: Sequence[float]
) -> list[float]:
    """Nats a step of each drawing as it was told, the pen weights divided out; pens that end parts, scaled units."""
    device = net.first_step(1).device
    lengths = torch.tensor([len(steps) for steps in drawings])
    target = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(steps) for steps in drawings]).to(device)  # (T, B, 3)
    keep = (torch.arange(len(target)).unsqueeze(1) < lengths).to(device)
    raw, goal = net(previous_of(target), keep, telling=telling), target[keep]
    weights = torch.tensor(list(pen_weights), device=device)
    found = loss.step_losses(raw, goal[:, :2], goal[:, 2].long(), weights)
    nats = (found.offset + found.pen).double()
    sums = torch.zeros(len(drawings), dtype=nats.dtype, device=device)
    return (sums.index_add(0, torch.nonzero(keep)[:, 1], nats).cpu() / lengths).tolist()
