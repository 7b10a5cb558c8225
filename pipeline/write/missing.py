"""Characters that the drawings lack -> a folder: a drawing of each, a table, and sheets to look through.

07c78.svg     a drawing, named by its code point as KanjiVG names its own
missing.csv   a row a character: character, code_point, usual (of a compatibility ideograph that is described as its
              usual form is: that form), description as it was told, known and spelled (shares of
              the parts of its description that the net knows by name, and that were spelled for it), nats a step,
              strokes, and the reason where it was not written
sheet-01.svg  SHEET characters each, beside the glyphs of a font where there is one
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import dataset, files, render
from pipeline.describe import description as grammar
from pipeline.describe import table
from pipeline.describe.description import Description
from pipeline.describe.encoding import Encoded
from pipeline.describe.knowledge import Knowledge, UnknownPartError
from pipeline.drawing import Steps, stroke_count
from pipeline.export.pictures import MISSING as TABLE
from pipeline.export.pictures import SHEET as SHEETS
from pipeline.export.pictures import file_name
from pipeline.progress import Progress, unseen
from pipeline.render import Look
from pipeline.sample import sampler
from pipeline.sample.sampler import SampleParams
from pipeline.write import described, glyphs
from pipeline.write.described import Reader
from pipeline.write.writer import Writer

JIS_X_0213 = "jisx0213"
SHEET = 200  # characters of a sheet
# Lead and second bytes of Shift_JIS-2004; the EUC of the same name also reads JIS X 0212, which is another set
LEADS, SECONDS = (*range(0x81, 0xA0), *range(0xE0, 0xFD)), (*range(0x40, 0x7F), *range(0x80, 0xFD))
IDEOGRAPHS = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x40000))
# Kinds of reasons
UNDESCRIBED, UNKNOWN = "without a description", "with a part that is not known"
OPEN, CUT = "with a part left open", "not ended"


class MissingError(ValueError):
    """Characters that cannot be looked for, or a folder that is there already."""


@dataclass(frozen=True)
class Plan:
    """A character, what the net is told of it, and the shares of its description's parts; or the reason why not.
    usual: the form that it is described as, of a compatibility ideograph that the table does not tell from it."""

    character: str
    description: str = ""
    known: float = np.nan
    spelled: float = np.nan
    encoded: Encoded | None = None
    kind: str = ""  # of reason
    reason: str = ""
    usual: str = ""


@dataclass(frozen=True)
class Filled:
    """plans in their order; drawings and nats a step of those that were written, by character."""

    plans: list[Plan]
    drawings: dict[str, Steps]
    nats: dict[str, float]

    def table(self) -> pd.DataFrame:
        """As in missing.csv."""
        return pd.DataFrame(
            {
                "character": [plan.character for plan in self.plans],
                "code_point": [code_point(plan.character) for plan in self.plans],
                "usual": [plan.usual for plan in self.plans],
                "description": [plan.description for plan in self.plans],
                "known": [plan.known for plan in self.plans],
                "spelled": [plan.spelled for plan in self.plans],
                "nats": [self.nats.get(plan.character, np.nan) for plan in self.plans],
                "strokes": pd.array(
                    [stroke_count(self.drawings[one.character]) if not one.reason else None for one in self.plans],
                    "Int64",
                ),
                "reason": [plan.reason for plan in self.plans],
            }
        )

    def as_usual(self) -> int:
        """How many were written by the description of their usual form."""
        return sum(bool(one.usual and not one.reason) for one in self.plans)

    def why(self) -> str:
        """The kinds of reasons, the commonest first, and how often each held."""
        kinds = Counter(one.kind for one in self.plans if one.reason)
        return ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common()) or "none"


# ---- which


def jis_x_0213() -> list[str]:
    """The 10,051 ideographs of JIS X 0213:2004 by code point, as Python's codec has them."""
    found = set()
    for pair in (bytes((lead, second)) for lead in LEADS for second in SECONDS):
        text = pair.decode("shift_jis_2004", "ignore")
        if len(text) == 1 and any(ord(text) in block for block in IDEOGRAPHS):
            found.add(text)
    return sorted(found)


def wanted(name: str) -> list[str]:
    """Of JIS X 0213, or of a file: every character in it once; # begins a remark. Raises MissingError."""
    if name == JIS_X_0213:
        return jis_x_0213()
    try:
        text = Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MissingError(
            f"--missing {name} cannot be read ({error}); give {JIS_X_0213}, or a UTF-8 text of characters"
        ) from None
    found = "".join("".join(line.split("#")[0].split()) for line in text.splitlines())
    if not found:
        raise MissingError(f"--missing {name} holds no character; write some, such as 籸")
    return list(dict.fromkeys(found))


def there(knows: Knowledge, batches: Path | None) -> Collection[str]:
    """Characters that are no longer needed: of a set of drawings, else all that the net knows, those also that it
    knows as parts of others alone. Raises DatasetError, MissingError."""
    if batches is None:
        return {*knows.spellings, *knows.characters, *knows.vocabulary.names}
    index = dataset.load(batches).index
    if "character" not in index:
        raise MissingError(f"--batches {batches} names no characters; give what stage batch or parse made of KanjiVG")
    return set(index["character"])


# ---- how


def plan(character: str, reader: Reader) -> Plan:
    """What the net is told of it, or why it cannot be written."""
    usual, spellings = grammar.plain(character), reader.knows.spellings
    asked = grammar.parse(spellings[usual]) if usual in spellings else reader.table.get(usual, Description(usual))
    by_usual = _planned(Plan(character, usual=usual if usual != character else ""), asked, reader)
    own = table.own(character, reader.table)
    if own is None:
        return by_usual
    found = _planned(Plan(character), own, reader)
    # the table may say no more of it than of its usual form
    same = own == reader.table.get(usual) if found.reason else found.description == by_usual.description
    return by_usual if same else found


def _planned(begun: Plan, asked: Description, reader: Reader) -> Plan:
    """The same with what the net is told where it is asked for this, or why it cannot be told."""
    try:
        told = reader.knows.spelled(asked, reader.table)
    except UnknownPartError as error:
        if not asked.operator:
            return replace(begun, kind=UNDESCRIBED, reason=UNDESCRIBED)
        return replace(begun, kind=UNKNOWN, reason=str(error).split(";")[0])
    names, text = [leaf.name for leaf, _ in grammar.leaves(asked)], grammar.text(told)
    if "" in names:
        return replace(begun, description=text, kind=OPEN, reason="its description leaves a part open")
    known = sum(map(reader.knows_by_name, names)) / len(names)
    return replace(begun, description=text, known=known, spelled=1 - known, encoded=reader.encode(told))


def fill(
    net: Writer, plans: Sequence[Plan], options: SampleParams, best_of: int, progress: Progress = unseen
) -> Filled:
    """Those written that can be; what does not end within options.max_steps is none."""
    able = [one for one in plans if one.encoded is not None]
    told = [one.encoded for one in able if one.encoded is not None]
    steps, nats = described.write(net, told, options, best_of, progress)
    whole = {
        one.character: (drawn, score)
        for one, drawn, score in zip(able, steps, nats, strict=True)
        if sampler.has_ended(drawn)
    }
    cut = f"did not end within {options.max_steps} steps"
    after = [one if one.reason or one.character in whole else replace(one, kind=CUT, reason=cut) for one in plans]
    drawings = {character: drawn for character, (drawn, _) in whole.items()}
    return Filled(after, drawings, {character: score for character, (_, score) in whole.items()})


# ---- the folder


def check_new(out: Path) -> None:
    """Raises MissingError: something is there already."""
    if out.exists():
        raise MissingError(f"--out {out} exists already; name a folder that does not")


def save(
    out: Path, filled: Filled, data: dict[str, Any], look: Look, columns: int, outlines: Mapping[str, str] | None
) -> None:
    """The folder, whole or not at all. data: the net's box and licence; outlines: glyphs by character, or None for
    sheets without. Raises MissingError."""
    check_new(out)
    credit, characters = data.get("licence") or None, list(filled.drawings)
    with files.whole_folder(out) as folder:
        for character, steps in filled.drawings.items():
            name = file_name(character)
            picture = render.drawing_svg(
                steps, data["width"], data["height"], look=look, credit=credit, name=f"kvg:{name}"
            )
            (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
        for number, at in enumerate(range(0, len(characters), SHEET), start=1):
            page = _sheet(filled, characters[at : at + SHEET], data, look, columns, outlines)
            (folder / f"{SHEETS}{number:02d}.svg").write_text(page, encoding="utf-8")
        filled.table().to_csv(folder / TABLE, index=False, float_format="%.3f", lineterminator="\n")


def _sheet(
    filled: Filled,
    characters: Sequence[str],
    data: dict[str, Any],
    look: Look,
    columns: int,
    outlines: Mapping[str, str] | None,
) -> str:
    """Columns counts characters, each of which has a second cell where glyphs stand beside them."""
    cells: list[Steps | None] = [filled.drawings[character] for character in characters]
    labels, group, columns = [code_point(one) for one in characters], 1, min(columns, len(characters))
    if outlines is not None:
        cells, labels, group = [x for one in cells for x in (one, None)], [x for one in labels for x in (one, "")], 2
    sheet = render.sheet_svg(
        cells, data["width"], data["height"], columns * group, labels, look=look, credit=data.get("licence") or None,
        group=group,
    )  # fmt: skip
    return sheet if outlines is None else glyphs.beside(sheet, [outlines[one] for one in characters], data["width"])


def code_point(character: str) -> str:
    return f"U+{ord(character):04X}"
