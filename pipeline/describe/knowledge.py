"""What a net knows of descriptions: the names of parts it was told of, how parts are spelled, in which order written.

One JSON file beside the weights: {"names": [...], "spellings": {name: "⿰言吾", ...}, "habits": {...}}; and where the
net is shown exemplars of parts, `exemplars.FILE`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pipeline.describe import description as grammar
from pipeline.describe import exemplars, visits
from pipeline.describe.derivation import Told
from pipeline.describe.description import MOST_DEPTH, Description
from pipeline.describe.encoding import FREE, Encoded, Vocabulary, encode, vocabulary
from pipeline.describe.exemplars import BEST, Choice, Library
from pipeline.describe.visits import Habits, Visit
from pipeline.files import write_json

FILE = "descriptions.json"
NEAR = 5  # known parts that an error names


class KnowledgeError(ValueError):
    """A file that holds no knowledge of descriptions."""


class UnknownPartError(ValueError):
    """A part that the net neither knows by name nor can spell."""


class UnknownHandError(ValueError):
    """A hand that the net has not learnt."""


@dataclass(frozen=True)
class Knowledge:
    """spellings: name -> its spelling by the names of its parts, the usual one; characters: those that the net has
    learnt from, the others' spellings are known all the same; library: exemplars of parts, for a net that is shown
    them; hands: the names of those it can write in beside the first; style: see `exemplars.styles_of`, of what is
    encoded unless told otherwise."""

    vocabulary: Vocabulary
    spellings: dict[str, str]
    habits: Habits
    characters: tuple[str, ...] = ()
    library: Library = exemplars.NOTHING
    hands: tuple[str, ...] = ()
    style: int = 0

    @classmethod
    def learn(
        cls, drawings: Sequence[Told], others: Sequence[Told], least: int, library: Library = exemplars.NOTHING
    ) -> "Knowledge":
        """From drawings, of each character one; a name is known that occurs at least so often. Of others, which the net
        does not see, the spelling alone is taken: how a character is described is no secret."""
        spelled: dict[str, Counter[str]] = defaultdict(Counter)
        for node in parts([*drawings, *others]):
            if node.description.name and node.parts:
                spelled[node.description.name][grammar.text(node.description, 1)] += 1
        usual = {name: counts.most_common(1)[0][0] for name, counts in sorted(spelled.items())}
        names = vocabulary((node.description.name for node in parts(drawings)), least)
        characters = tuple(sorted({one.description.name for one in drawings if one.description.name and one.parts}))
        return cls(names, usual, Habits.learn(drawings), characters, library)

    def save(self, folder: Path) -> None:
        values = {"names": self.vocabulary.names, "spellings": self.spellings, "habits": self.habits.as_json()}
        values |= {"hands": self.hands} if self.hands else {}
        write_json(folder / FILE, {**values, "characters": self.characters})
        if self.library is not exemplars.NOTHING:
            self.library.save(folder)

    @classmethod
    def load(cls, folder: Path, shown: bool = False) -> "Knowledge":
        """shown: of a net that is shown exemplars, so that there must be some. Raises KnowledgeError, ExemplarError."""
        try:
            values = json.loads((folder / FILE).read_text(encoding="utf-8"))
            habits = Habits.from_json(values["habits"])
            names, characters = (tuple(map(str, values[key])) for key in ("names", "characters"))
            hands = tuple(map(str, values.get("hands", ())))
            known = cls(Vocabulary(names), dict(values["spellings"]), habits, characters, hands=hands)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise KnowledgeError(
                f"{folder / FILE} tells nothing of descriptions ({error!r}); `dvc repro --force train` makes it anew"
            ) from None
        return replace(known, library=Library.load(folder)) if shown or (folder / exemplars.FILE).exists() else known

    def in_hand(self, hand: str | None) -> "Knowledge":
        """The same, for what is to be written in that hand; None: the first. Raises UnknownHandError."""
        if hand is None:
            return replace(self, style=0)
        if hand not in self.hands:
            known = f"it knows {', '.join(self.hands)} beside its first" if self.hands else "it knows one alone"
            raise UnknownHandError(f"the net has learnt no hand {hand!r}; {known}: name another, or none")
        return replace(self, style=exemplars.STYLES + self.hands.index(hand))

    def first_hand(self) -> "Knowledge":
        """The same of a net that writes in the first hand alone."""
        return replace(self, hands=(), style=0, library=self.library.only(0)) if self.hands else self

    @property
    def untold(self) -> Encoded:
        """Of a drawing of which nothing is told but the hand."""
        return replace(FREE, hand=exemplars.hand_of(self.style))

    def by_name(self, name: str, families: frozenset[int] = frozenset()) -> bool:
        """Whether a part can be told by its name: it is in the vocabulary, or a character of another family shows how
        it is written."""
        return name in self.vocabulary or self.library.has(name, families)

    def described(self, name: str, depth: int = MOST_DEPTH) -> Description:
        """A name with its spelling, and its parts with theirs, as far as these are known."""
        if (name, depth) not in self._described:
            self._described[name, depth] = self._with_parts(name, depth)
        return self._described[name, depth]

    @cached_property
    def _described(self) -> dict[tuple[str, int], Description]:
        """What `described` found: many characters have the same parts."""
        return {}

    def _with_parts(self, name: str, depth: int) -> Description:
        spelling = grammar.parse(self.spellings[name]) if name in self.spellings and depth else Description(name)

        def whole(part: Description) -> Description:
            if part.operator:
                return replace(part, parts=tuple(whole(one) for one in part.parts))
            return self.described(part.name, depth - 1) if part.name and part.name != name else part

        return Description(name, spelling.operator, tuple(whole(part) for part in spelling.parts))

    def spelled(self, asked: Description, table: Mapping[str, Description] | None = None) -> Description:
        """The same by parts that can be told by name. A character alone is spelled once, where it can be.

        table: descriptions by character that are looked up where a spelling is not known. Raises UnknownPartError.
        """
        table = table or {}
        if asked.name and not asked.operator and (spelling := self._spelling(asked.name, table)):
            asked = spelling
        return self._spelled(asked, table, 0)

    def encode(self, asked: Description, order: Sequence[Visit] | None = None, choice: Choice = BEST) -> Encoded:
        """What `spelled` gave, as the net takes it. order: of writing, the usual one if None, of a part that is
        not drawn nothing; choice: of exemplars."""
        order = self.habits.of_description(asked) if order is None else order
        choice = replace(choice, style=self.style if choice.style is None else choice.style)
        hand = exemplars.hand_of(choice.style or 0)
        encoded = replace(encode(asked, order, self.vocabulary), hand=hand)
        if not self.library.names:
            return encoded
        names = [leaf.name for leaf, _ in grammar.leaves(asked)]
        strokes = [self.habits.count(name) for name in names]
        tokens = {visit.leaf: token for visit, token in zip(order, encoded.parts, strict=True)}
        found = {
            leaf: self.library.exemplar(name, encoded.paths[tokens[leaf]], sum(strokes) - strokes[leaf], choice)
            for leaf, name in enumerate(names)
            if name in self.library and leaf in tokens and not (name in self.vocabulary and choice.hides())
        }
        pieces = [(visit.leaf, visit.piece) for visit in order]
        return replace(encoded, exemplar=exemplars.of_visits(pieces, found))

    def _spelled(self, asked: Description, table: Mapping[str, Description], depth: int) -> Description:
        if asked.operator:
            return Description("", asked.operator, tuple(self._spelled(part, table, depth) for part in asked.parts))
        name = self._form(asked.name)
        if not name or self.by_name(name):
            return Description(name)
        spelling = self._spelling(name, table)
        if spelling is None or depth == MOST_DEPTH:
            raise UnknownPartError(self._unknown(name))
        return self._spelled(spelling, table, depth + 1)

    def _form(self, name: str) -> str:
        """The form of a component that can be told."""
        if self.by_name(name):
            return name
        return self._forms.get(grammar.canonical(name), name)

    @cached_property
    def _forms(self) -> dict[str, str]:
        """The first one of all forms of each component that can be told."""
        known = (*self.vocabulary.names, *self.library.names)
        return {grammar.canonical(form): form for form in reversed(known)}

    def _spelling(self, name: str, table: Mapping[str, Description]) -> Description | None:
        if name in self.spellings:
            return grammar.parse(self.spellings[name])
        found = table.get(name)
        return found if found is not None and found.operator else None

    def _unknown(self, name: str) -> str:
        known = [one for one in self.vocabulary.names if len(one) == 1]
        # Unicode orders ideographs by radical, so that those near by have a part in common
        near = sorted(known, key=lambda one: abs(ord(one) - ord(name[0])))[:NEAR]
        return (
            f"{name} is neither a part that the net knows nor one that it can spell; describe it, such as ⿰木食, or "
            f"give --ids FILE with its description (known parts near it: {' '.join(near)})"
        )


def parts(drawings: Iterable[Told]) -> Iterator[Told]:
    """Every part of every drawing, the drawing itself and its parts' parts too."""
    todo = list(drawings)
    while todo:
        node = todo.pop()
        yield node
        todo += node.parts


def canonical(told: Told, knows: Knowledge, families: frozenset[int] = frozenset()) -> Told:
    """The drawing spelled once, and each of its parts named where it can be told by name."""
    return visits.spelled(told, lambda node: node is told or not knows.by_name(node.description.name, families))
