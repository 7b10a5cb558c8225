"""Characters that are described to the net: a text -> a description of parts that it knows -> drawings.

A leaf that the net does not know by name is spelled, if its own description is known: from the training drawings or
from a table that the user has. Of several attempts the likeliest can be kept: that costs variety, as the likeliest of
many are alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from pipeline import seeds
from pipeline.batch.minibatches import previous_of
from pipeline.describe import description as grammar
from pipeline.describe.description import Description
from pipeline.describe.encoding import Encoded
from pipeline.describe.knowledge import Knowledge
from pipeline.drawing import Steps
from pipeline.export import compact
from pipeline.net import describer, loss
from pipeline.net.describer import Telling
from pipeline.sample import sampler
from pipeline.sample.sampler import SampleParams
from pipeline.write.writer import Writer

WRITE_STREAM = 22  # key of the random streams of writing what is described


class DescribedError(ValueError):
    """A description that the net cannot write."""


@dataclass(frozen=True)
class Reader:
    """Turns texts into what the net can be told. table: descriptions that the user has, by character."""

    knows: Knowledge
    table: Mapping[str, Description]

    @classmethod
    def of(cls, net: Writer, table: Mapping[str, Description]) -> "Reader":
        """Raises DescribedError: a net that is never told anything; KnowledgeError."""
        if net.net.describer is None:
            raise DescribedError(
                f"the net in {net.folder} writes freely and cannot be told what; train one with "
                "`dvc exp run -S model.described=true` and give --model data/model"
            )
        return cls(_known(net.folder), table)

    def read(self, text: str) -> Description:
        """Spelled down to parts that the net knows. Raises DescriptionError, UnknownPartError."""
        return self.knows.spelled(grammar.parse(text), self.table)

    def encode(self, asked: Description) -> Encoded:
        return self.knows.encode(asked)


def _known(place: Path) -> Knowledge:
    """place: a model's folder, or the file of `compact`."""
    return compact.knowledge(compact.read(place), str(place)) if place.is_file() else Knowledge.load(place)


@torch.inference_mode()
def write(
    net: Writer, wanted: Sequence[Encoded], options: SampleParams, best_of: int
) -> tuple[list[Steps], list[float]]:
    """A drawing of each, in the units of the data, the likeliest of `best_of` attempts; and its nats a step.

    One that does not end within options.max_steps is cut off there: `sampler.has_ended`.
    """
    drawings: list[Steps] = []
    nats: list[float] = []
    size = max(1, options.batch_size // best_of)
    for at in range(0, len(wanted), size):
        part = [one for one in wanted[at : at + size] for _ in range(best_of)]
        source = seeds.generator(options.seed, WRITE_STREAM, at)
        telling = describer.telling(part)
        found = sampler.generate(net.net, len(part), options, net.config["pen_weights"], source, telling=telling)
        scores = likelihoods(net, found, telling)
        for first in range(0, len(part), best_of):
            best = min(range(first, first + best_of), key=lambda i: (not sampler.has_ended(found[i]), scores[i]))
            drawings.append(sampler.unscaled(sampler.joined(found[best]), net.data["scale"]))
            nats.append(scores[best])
    return drawings, nats


@torch.no_grad()
def likelihoods(net: Writer, drawings: Sequence[Steps], telling: Telling) -> list[float]:
    """Nats a step of each drawing as it was told, the pen weights divided out; pens that end parts, scaled units."""
    lengths = torch.tensor([len(steps) for steps in drawings])
    target = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(steps) for steps in drawings])  # (T, B, 3)
    keep = torch.arange(len(target)).unsqueeze(1) < lengths
    raw = net.net(previous_of(target), keep, telling=telling)
    real = target[keep]
    weights = torch.tensor(net.config["pen_weights"])
    found = loss.step_losses(raw, real[:, :2], real[:, 2].long(), weights)
    sums = torch.zeros(len(drawings)).index_add(0, torch.nonzero(keep)[:, 1], found.offset + found.pen)
    return [float(nats) for nats in sums / lengths]


def lines(path: Path) -> list[str]:
    """The descriptions of a file, one a line; empty lines and what follows # are left out. Raises DescribedError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DescribedError(
            f"--list {path} cannot be read ({error}); give a UTF-8 text, a description a line"
        ) from None
    found = [line.split("#")[0].strip() for line in text.splitlines()]
    if not any(found):
        raise DescribedError(f"--list {path} holds no description; write one a line, such as ⿰木食")
    return [line for line in found if line]
