"""Characters that are described to the net: a text -> a description of parts that it knows -> drawings.

A leaf that the net does not know by name is spelled, if its own description is known: from the training drawings or
from a table that the user has. Of several attempts the likeliest can be kept: that costs variety, as the likeliest of
many are alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.describe import description as grammar
from pipeline.describe import reading, table
from pipeline.describe.description import Description
from pipeline.describe.encoding import Encoded
from pipeline.describe.knowledge import Knowledge
from pipeline.drawing import Steps
from pipeline.export import library
from pipeline.progress import Progress, unseen
from pipeline.sample import attempts, sampler
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
    def of(cls, net: Writer, table: Mapping[str, Description], hand: str | None = None) -> "Reader":
        """hand: in which it is written. Raises DescribedError: a net that is never told anything; KnowledgeError,
        UnknownHandError."""
        if net.net.describer is None:
            raise DescribedError(
                f"the net in {net.folder} writes freely and cannot be told what; train one with "
                "`dvc exp run -S model.described=true` and give --model data/model"
            )
        return cls(known(net.folder).in_hand(hand), table)

    def read(self, text: str) -> Description:
        """Spelled down to parts that the net knows. Raises DescriptionError, UnknownPartError."""
        asked = table.own(text.strip(), self.table) or grammar.parse(text)
        return self.knows.spelled(asked, self.table)

    def knows_by_name(self, name: str) -> bool:
        """Whether the net was told of this part, or of another form of it, by name."""
        return name in self.knows.vocabulary or grammar.canonical(name) in self._forms

    def encode(self, asked: Description) -> Encoded:
        return self.knows.encode(asked)

    def english(self, asked: Description) -> str:
        """How it reads."""
        return reading.english(asked, self._spellings)

    def told(self, texts: Sequence[str]) -> dict[str, list[str]]:
        """As columns: description of what the net is told of each text, its reading, and the character that it is, ""
        where the text is none. Raises as `read`."""
        read = [self.read(text) for text in texts]
        return {
            "description": [grammar.text(one) for one in read],
            "reading": [self.english(one) for one in read],
            "character": [_character(text) for text in texts],
        }

    @cached_property
    def _spellings(self) -> dict[str, Description]:
        return {name: grammar.parse(text) for name, text in self.knows.spellings.items()}

    @cached_property
    def _forms(self) -> frozenset[str]:
        return frozenset(map(grammar.canonical, self.knows.vocabulary.names))


def _character(text: str) -> str:
    """Of a text that is one character; ？ stands for any."""
    text = text.strip()
    return text if len(text) == 1 and text not in grammar.EMPTY_PLACES else ""


def known(place: Path) -> Knowledge:
    """What a net knows of descriptions. place: a model's folder, or the file of `compact`. Raises KnowledgeError,
    CompactError."""
    return library.known(place) if place.is_file() else Knowledge.load(place)


def write(
    net: Writer, wanted: Sequence[Encoded], options: SampleParams, best_of: int, progress: Progress = unseen
) -> tuple[list[Steps], list[float]]:
    """A drawing of each, in the units of the data, the likeliest of `best_of` attempts; and its nats a step.

    One that does not end within options.max_steps is cut off there: `sampler.has_ended`.
    """
    key = (options.seed, WRITE_STREAM)
    found = list(attempts.likeliest(net.net, wanted, options, net.config["pen_weights"], best_of, key, progress))
    drawings = [sampler.unscaled(sampler.joined(steps), net.data["scale"]) for steps, _ in found]
    return drawings, [nats for _, nats in found]


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
