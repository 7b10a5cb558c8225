"""Which characters are new, by trees written by hand, and how far a part is spelled."""

import pytest

from pipeline.describe import visits
from pipeline.describe.derivation import Told
from pipeline.describe.description import Description, canonical, parse, text
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.score.described import splits
from pipeline.score.described.splits import Shown

STROKES = "㇐㇑㇒㇏"
SPELLED = {
    "吾": "⿱五口", "五": "⿻㇐㇑㇐", "口": "⿰㇑⿱㇐㇐", "言": "⿱㇐口", "語": "⿰言吾", "木": "⿻㇐㇑㇒㇏",
    "林": "⿰木木", "桃": "⿰木兆", "兆": "⿻㇒㇒㇏", "唔": "⿰口吾", "梧": "⿰木吾", "詠": "⿰言永",
    "永": "⿻㇐㇒㇏", "困": "⿴囗木", "囗": "⿰㇑㇐", "悟": "⿰⺖吾", "⺖": "⿻㇒㇒㇑", "忄": "⿻㇒㇒㇑",
    "忙": "⿰忄木", "架": "⿱⿰口言木",
}  # fmt: skip


def told(name, first=0):
    """A drawing of a character of SPELLED, down to strokes, that begins with stroke `first`."""
    return _told(parse(SPELLED[name]) if name in SPELLED else Description(name), name, first)


def _told(description, name, first):
    if not description.operator:
        return Told(Description(name), ((first, first),))
    parts, at = [], first
    for part in description.parts:
        parts.append(told(part.name, at) if part.name else _told(part, "", at))
        at = parts[-1].runs[-1][1] + 1
    whole = Description(name, description.operator, tuple(part.description for part in parts))
    return Told(whole, ((first, at - 1),), tuple(parts))


def by_parts(name, *known):
    """As it is told: each part by its name where that is known."""
    whole = told(name)
    return visits.spelled(whole, lambda node: node is whole or node.description.name not in known)


KNOWN = "言吾木口五兆永囗⺖忄"
TRAINING = ["語", "林", "困", "忙"]


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("唔", False),  # 口 is in 語 twice, beside 吾 and in it
        ("梧", True),  # 木 and 吾 in two drawings, never in one
        ("語", False),
        ("林", False),  # one part, twice
        ("桃", True),  # 兆 is in none at all
        ("言", False),  # one part and a single stroke
        ("悟", True),  # 忄 is in 忙, 吾 is not
        ("架", False),  # of three 口 and 言 stand together
    ],
)
def test_new_pairs(name, new):
    assert Shown.of(map(told, TRAINING)).new_pairs(by_parts(name, *KNOWN)) is new


def test_forms_of_a_part_are_one_part():
    assert canonical("⺖") == "忄"
    shown = Shown.of([told("忙")])
    assert not shown.new_pairs(Told(Description("", "⿰"), ((0, 7),), (told("⺖"), told("木", 3))))


@pytest.mark.parametrize(
    ("name", "unseen"),
    [
        ("唔", False),
        ("梧", False),  # the pair is new, the parts are not
        ("桃", True),  # 兆
        ("悟", False),  # ⺖ is 忄
        ("詠", True),  # 永
        ("口", False),
    ],
)
def test_a_part_that_no_training_drawing_has(name, unseen):
    assert Shown.of(map(told, TRAINING)).unseen(by_parts(name, *"言吾木口五")) is unseen


def test_a_training_drawing_shows_itself():
    assert Shown.of([told("吾")]).unseen(by_parts("唔", "口")) is False
    assert Shown.of([told("五"), told("口")]).unseen(by_parts("唔", "口")) is True  # the control


@pytest.mark.parametrize(
    ("name", "known", "spelled"),
    [
        ("唔", "口吾五", "⿰口⿱五口"),  # 口 and 五 are strokes alone
        ("唔", "口吾", "⿰口吾"),  # 五 would be spelled by strokes
        ("語", "言口吾五", "⿰言⿱五口"),  # 言 has a stroke of its own
        ("語", "口吾五", "⿰⿱㇐口⿱五口"),  # and is spelled where its name is not known
        ("林", "木", "⿰木木"),
        ("架", "口言木", "⿱⿰口言木"),
    ],
)
def test_spelled_down_to_known_parts(name, known, spelled):
    knows = Knowledge(Vocabulary((*known, *STROKES)), {}, Habits())
    assert text(splits.spelled(told(name), knows).description) == spelled
