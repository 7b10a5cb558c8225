"""What a net knows of descriptions: the names of parts it was told of, how parts are spelled, in which order written.

One JSON file beside the weights: {"names": [...], "spellings": {name: "⿰言吾", ...}, "habits": {...}}.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.describe import description as grammar
from pipeline.describe import visits
from pipeline.describe.derivation import Told
from pipeline.describe.encoding import Vocabulary, vocabulary
from pipeline.describe.visits import Habits
from pipeline.files import write_json

FILE = "descriptions.json"


class KnowledgeError(ValueError):
    """A file that holds no knowledge of descriptions."""


@dataclass(frozen=True)
class Knowledge:
    """spellings: name -> its spelling by the names of its parts, the usual one."""

    vocabulary: Vocabulary
    spellings: dict[str, str]
    habits: Habits

    @classmethod
    def learn(cls, drawings: Sequence[Told], others: Sequence[Told], least: int) -> "Knowledge":
        """From drawings, of each character one; a name is known that occurs at least so often. Of others, which the net
        does not see, the spelling alone is taken: how a character is described is no secret."""
        spelled: dict[str, Counter[str]] = defaultdict(Counter)
        for node in parts([*drawings, *others]):
            if node.description.name and node.parts:
                spelled[node.description.name][grammar.text(node.description, 1)] += 1
        usual = {name: counts.most_common(1)[0][0] for name, counts in sorted(spelled.items())}
        names = vocabulary((node.description.name for node in parts(drawings)), least)
        return cls(names, usual, Habits.learn(drawings))

    def save(self, folder: Path) -> None:
        values = {"names": self.vocabulary.names, "spellings": self.spellings, "habits": self.habits.as_json()}
        write_json(folder / FILE, values)

    @classmethod
    def load(cls, folder: Path) -> "Knowledge":
        """Raises KnowledgeError."""
        try:
            values = json.loads((folder / FILE).read_text(encoding="utf-8"))
            habits = Habits.from_json(values["habits"])
            return cls(Vocabulary(tuple(map(str, values["names"]))), dict(values["spellings"]), habits)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise KnowledgeError(
                f"{folder / FILE} tells nothing of descriptions ({error!r}); `dvc repro --force train` makes it anew"
            ) from None


def parts(drawings: Iterable[Told]) -> Iterator[Told]:
    """Every part of every drawing, the drawing itself and its parts' parts too."""
    todo = list(drawings)
    while todo:
        node = todo.pop()
        yield node
        todo += node.parts


def canonical(told: Told, known: Vocabulary) -> Told:
    """The drawing spelled once, and each of its parts named where its name is known."""
    return visits.spelled(told, lambda node: node is told or node.description.name not in known)
