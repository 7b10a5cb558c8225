"""What the net is shown of the part that it writes: where the exemplar's pen would go next.

Shapes: T steps, B drawings; P points and S strokes of exemplars, V visits of parts, as in `describer.Telling`; E
numbers that the first recurrent layer gets beside its other inputs, SHOWN of them.

Stroke after stroke and point after point the exemplar is held beside what is written: for point j of stroke k of a
visit its own point j of stroke k, the last one of the stroke where the writer's is longer. It is told as seen from the
pen, so that it says where a part belongs, and from the exemplar's point before, so that it says how it is formed.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

SHOWN = 12


@dataclass(frozen=True)
class Place:
    """Where the writer is: visit, stroke within the visit and point within the stroke that comes next, (T, B) int64."""

    visit: Tensor
    stroke: Tensor
    point: Tensor


def features(points: Tensor, strokes: Tensor, shown: Tensor, at: Place, position: Tensor) -> Tensor:
    """position: (T, B, 2), where the pen is -> (T, B, E); zeros where no exemplar is shown, or it has no such stroke.

    The exemplar's next point from the pen, from its point before, its stroke's end from the pen, the point after the
    next from the next; whether the next point ends its stroke, whether that is its visit's last, whether the stroke is
    longer than the exemplar's already, and 1.
    """
    visit = at.visit.clamp(0, len(shown) - 2)
    first, stop = shown.gather(0, visit), shown.gather(0, visit + 1)
    stroke = first + at.stroke
    there = (stroke < stop) & (at.visit >= 0)
    stroke = torch.where(there, stroke, 0)
    begin, end = strokes.gather(0, stroke), strokes.gather(0, stroke + 1) - 1
    row = torch.minimum(begin + at.point, end)

    def place(rows: Tensor) -> Tensor:
        return points.gather(0, rows.unsqueeze(-1).expand(-1, -1, 2))

    following = place(row)
    flags = torch.stack((row == end, stroke == stop - 1, at.point > end - begin, there), dim=-1)
    vectors = (
        following - position,
        following - place((row - 1).clamp(min=0)),
        place(end) - position,
        place(torch.minimum(row + 1, end)) - following,
    )
    return torch.cat((*vectors, flags.to(position.dtype)), dim=-1) * there.unsqueeze(-1)
