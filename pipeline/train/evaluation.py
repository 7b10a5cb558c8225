"""How likely a net finds drawings while it is trained: nats a step, without distortion and dropout."""

import torch
from lightning_fabric import Fabric
from torch import Tensor

from pipeline.batch.minibatches import Rows, previous_of
from pipeline.net import loss
from pipeline.net.model import WritingNet
from pipeline.train.telling import Tellings

ROWS = 128  # drawings at once, more than in training, as no gradients are kept


@torch.no_grad()
def nats(
    net: WritingNet,
    source: Rows,
    rows: Tensor,
    pen_weights: Tensor,
    fabric: Fabric,
    told: Tellings | None = None,
    spelling: int = 0,
) -> tuple[float, float]:
    """Means over all steps of the given rows: of the offset, and of the pen with its weights divided out.
    Each process reads a part of them. told: their descriptions, of which one spelling is used."""
    sums = torch.zeros(3, dtype=torch.float64, device=fabric.device)
    by_length = rows[torch.argsort(source.lengths[rows], stable=True)]
    for part in by_length.split(ROWS)[fabric.global_rank :: fabric.world_size]:
        previous, target, keep = source.gather(part)
        telling = None
        if told is not None:
            chosen = torch.full_like(part, spelling)
            target = told.parted(target, part, chosen)
            previous, telling = previous_of(target), told.telling(part, chosen, target.device)
        with fabric.autocast():
            raw = net(previous, keep, telling=telling)
        target = target[keep]
        steps = loss.step_losses(raw, target[:, :2], target[:, 2].long(), pen_weights)
        sums += torch.stack((steps.offset.sum(), steps.pen.sum(), steps.pen.new_full((), len(target))))
    offset, pen, count = summed(fabric, sums)
    return offset / count, pen / count


def summed(fabric: Fabric, numbers: Tensor) -> list[float]:
    """(N,) -> its sum over all processes."""
    total = fabric.all_reduce(numbers, reduce_op="sum")
    assert isinstance(total, Tensor)  # it reduces collections too, and gives back what it got
    return total.tolist()
