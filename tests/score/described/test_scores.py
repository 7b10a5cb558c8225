"""Held-out characters of a small world, ⿰AB and ⿱AB of parts that are drawn the same everywhere: what is written from
descriptions by pasting, by a net that has learnt nothing, and what falls where the description is wrong."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline import drawing, params
from pipeline.dataset import DrawingSet
from pipeline.describe import derivation, knowledge
from pipeline.describe.description import Description, parse, text
from pipeline.describe.encoding import FIRST_NAME
from pipeline.describe.knowledge import Knowledge
from pipeline.net.model import ModelParams, WritingNet
from pipeline.sample.sampler import SampleParams
from pipeline.score.described import pairs, parted, scores, splits
from pipeline.score.described.pairs import Donors
from pipeline.score.described.parted import ABSENT
from pipeline.score.described.splits import Shown
from pipeline.score.described.yardstick import summary, yardstick
from pipeline.score.material import Material
from pipeline.seeds import generator

NAMES = "木氵口日土火"
DATA = {"scale": 1.0, "width": 109.0, "height": 109.0}
MODEL = {"cell": "lstm", "layers": 2, "hidden_size": 16, "mixtures": 3, "position_input": True, "described": True,
         "exemplars": False, "dropout": 0.0, "dropout_per": "step"}  # fmt: skip
HALVES = {"⿰": ("left", "right"), "⿱": ("top", "bottom")}
MADE = {"土": "二川"}  # of two parts of two strokes each
NUMBERS = {"count", "types", "within_5", "within_10", "every_10", "order", "placed", "top1", "top5"}


def part(name, sign, slot):
    """A part of 2 to 4 strokes, level and upright ones, in its half of the box."""
    nth = NAMES.index(name)
    half = np.array([40.0, 90.0]) if sign == "⿰" else np.array([90.0, 40.0])
    corner = np.array([10.0, 10.0]) + slot * np.array([50.0, 0.0] if sign == "⿰" else [0.0, 50.0])
    lines = [((0, 0), (1, 0)), ((0, 0.2 + nth / 10), (1, 0.2 + nth / 10)), ((0.5, 0), (0.5, 1)), ((0, 0), (0, 1))]
    return [corner + half * np.array(line) for line in lines[nth % 2 : 2 + nth // 2 + nth % 2]]


def row(nth, sign, names, split, variant=""):
    pieces = [part(name, sign, slot) for slot, name in enumerate(names)]
    moved = [stroke + (2.0 if variant else 0.0) for piece in pieces for stroke in piece]
    spans = [(0, len(pieces[0]) - 1), (len(pieces[0]), len(moved) - 1)]
    character = chr(0x4E00 + nth)
    whole = {"original": "", "part": "", "variant": ""}
    groups = [{"element": character, "position": "", "first": 0, "last": len(moved) - 1, **whole}]
    for name, position, (first, last) in zip(names, HALVES[sign], spans, strict=True):
        groups.append({"element": name, "position": position, "first": first, "last": last, **whole})
        for inner, place, at in zip(MADE.get(name, ""), HALVES["⿱"], (first, first + 2), strict=False):
            groups.append({"element": inner, "position": place, "first": at, "last": at + 1, **whole})
    level = [abs(np.ptp(stroke[:, 0])) > 0 for stroke in moved]
    return {
        "id": f"{ord(character):05x}{variant}", "character": character, "code_point": ord(character),
        "variant": variant, "split": split, "types": ["㇐" if one else "㇑" for one in level],
        "groups": json.dumps(groups), "steps": drawing.from_strokes(moved, 109, 109), "strokes": len(moved),
    }  # fmt: skip


@pytest.fixture(scope="module")
def material():
    """Each pair both ways; every fifth is held out for the test, with another form that lies 2 units off."""
    rows = []
    asked = [(sign, a + b) for sign in HALVES for a in NAMES for b in NAMES if a != b]
    for nth, (sign, names) in enumerate(asked):
        split = {0: "test", 1: "valid"}.get((2 * NAMES.index(names[0]) + NAMES.index(names[1])) % 5, "train")
        rows.append(row(nth, sign, names, split))
        if split == "test":
            rows.append(row(nth, sign, names, split, "Kaisho"))
    index = pd.DataFrame(rows)
    steps = list(index.pop("steps"))
    stops = np.cumsum([len(one) for one in steps])
    real = DrawingSet(np.concatenate(steps), index.assign(start=stops - [len(one) for one in steps], stop=stops))
    return Material(real, real, DATA)


@pytest.fixture(scope="module")
def world(material):
    """What is known, the held-out characters' descriptions, a yardstick and donors."""
    training, real = material.held_out("train"), material.held_out("test")
    taught = derivation.descriptions(training.index, training)
    knows = Knowledge.learn(taught, [], 3)
    told = [knowledge.canonical(one, knows) for one in derivation.descriptions(real.index, real)]
    drawn, _ = parted.real(real, told, knows)
    return knows, [one.description for one in told], yardstick(material, real, drawn, 1), drawn, Donors.of(
        training, taught
    )  # fmt: skip


def test_the_world_is_of_pairs(world):
    knows, told, _, _, donors = world
    assert len(told) == 12 and all(donors.is_pair(one) for one in told)
    assert not donors.is_pair(parse("⿰木木"))  # swapped, it is the same
    assert (
        not donors.is_pair(parse("⿺木口")) and not donors.is_pair(parse("⿰木食")) and not donors.is_pair(parse("木"))
    )
    assert not donors.is_pair(parse("⿰木⿱口日")) and not donors.is_pair(parse("⿲木口日"))


def test_pasting_is_perfect_where_parts_are_the_same_everywhere(world):
    knows, told, yard, _, donors = world
    found = summary(yard.compare(range(len(told)), [donors.pasted(one, knows) for one in told]))
    assert set(found) == NUMBERS and min(found.values()) == 1


@pytest.mark.parametrize(
    ("name", "read", "parts"),
    [("swapped", "⿰口木", [2, 1]), ("turned", "⿱木口", [1, 2]), ("wrong", None, None)],
)
def test_wrong_descriptions_of_a_pair(world, name, read, parts):
    knows, _, _, _, donors = world
    asked = pairs.MISTAKES[name](parse("⿰木口"), donors, knows, np.random.default_rng(0))
    if read:
        assert asked.told.names.tolist() == knows.encode(parse(read)).names.tolist() and asked.parts.tolist() == parts
    else:  # one is another one, and is no part of the real drawing
        before = knows.encode(parse("⿰木口")).names
        (changed,) = np.flatnonzero(asked.told.names != before)
        assert asked.parts[changed - 1] == ABSENT and asked.parts[2 - changed] == 3 - changed


@pytest.mark.parametrize("name", pairs.MISTAKES)
def test_what_is_written_as_it_is_wrongly_told_falls(world, name):
    """A writer that does exactly what it is told, pasting, is told the wrong thing."""
    knows, told, yard, drawn, donors = world
    written = []
    source = np.random.default_rng(1)
    for one in told:
        asked = pairs.MISTAKES[name](one, donors, knows, source)
        sign = pairs.TURNED[one.operator] if name == "turned" else one.operator
        parts = [Description(knows.vocabulary.names[token - FIRST_NAME]) for token in asked.told.names[1:]]
        pasted = donors.pasted(Description("", sign, tuple(parts)), knows)
        written.append(parted.Parted(pasted.steps, asked.parts))
    found = summary(yard.compare(range(len(told)), written))
    assert found["every_10"] < 0.2 and found["top1"] < 0.2 and found["placed"] <= 0.5


def test_all_numbers_of_a_net_and_that_it_writes_the_same_again(material, world, defaults):
    """A net of random weights writes nothing right, and what needs no net is right all the same."""
    knows = world[0]
    net = WritingNet(params.build(ModelParams, MODEL, "model"), generator(3), knows.vocabulary).eval()
    with torch.no_grad():
        net.head.bias[-3:] = torch.tensor([2.0, 3.5, 3.5])
    options = SampleParams(**{**defaults["sample"], "max_steps": 60, "device": "cpu"})
    one, two = (scores.described(net, knows, material, [0.3, 1.0, 3.0], options, 1) for _ in range(2))
    assert one.numbers == two.numbers
    suffixes = ["", "_best8", "_shuffled", "_untold", "_real", "_pairs", "_pasted", *(f"_{n}" for n in pairs.MISTAKES)]
    suffixes += ["_new_pairs", "_same_pairs", "_spelled", "_named"]
    named = {f"{name}{suffix}" for name in NUMBERS for suffix in suffixes}
    counts = {"forms", "pairs", "new_pairs", "same_pairs", "unseen", "spelled"}
    assert named - {f"order{s}" for s in suffixes} <= set(one.numbers) <= named | counts | {"nats_per_step"}
    assert one.numbers["forms"] == one.numbers["pairs"] == 12
    assert one.numbers["every_10"] == 0 and one.numbers["top1"] < 0.5  # the control
    assert one.numbers["every_10_pasted"] == one.numbers["every_10_real"] == one.numbers["top1_real"] == 1
    assert one.numbers["within_5_real"] == 1 and one.numbers["placed_real"] == 1
    assert one.table["named"].all() and (one.table["leaves"] == 2).all() and len(one.drawings) == 12
    assert [text(parse(told)) for told in one.table["text"]] == list(one.table["text"])
    training = material.held_out("train").index["groups"]
    often = {name: sum(f'"element": "{name}"' in json.dumps(json.loads(text), ensure_ascii=False) for text in training)
             for name in NAMES}  # fmt: skip
    assert one.table["seen"].tolist() == [min(often[name] for name in told[1:]) for told in one.table["text"]]


def test_numbers_by_what_training_shows_of_the_parts(material, world):
    """No training character has 木 and 火, or 日 and 土, in either order or arrangement; the other test pairs occur."""
    knows, told, yard, drawn, _ = world
    training, real = material.held_out("train"), material.held_out("test")
    shown = Shown.of(derivation.descriptions(training.index, training))
    spelled = [knowledge.canonical(one, knows) for one in derivation.descriptions(real.index, real)]
    rows = scores._shown(shown, spelled)
    assert rows["new_pairs"].tolist() == [set(text(one)[1:]) in ({*"木火"}, {*"日土"}) for one in told]
    assert rows["same_pairs"].tolist() == (~rows["new_pairs"]).tolist() and not rows["unseen"].any()
    written = [one if new else drawn[0] for one, new in zip(drawn, rows["new_pairs"], strict=True)]
    found = yard.compare(range(len(told)), written)
    numbers = scores._of("new_pairs", np.flatnonzero(rows["new_pairs"]).tolist(), found)
    assert numbers["new_pairs"] == 6 and numbers["every_10_new_pairs"] == 1
    assert scores._of("same_pairs", np.flatnonzero(rows["same_pairs"]).tolist(), found)["every_10_same_pairs"] == 0
    assert scores._of("unseen", [], found) == {"unseen": 0}


def test_parts_that_are_spelled_further_are_held_against_their_own_parts(material, world):
    """土 is made of 二 and 川, two strokes each, and told so. A writer that copies the real drawing is right."""
    knows, told, yard, drawn, _ = world
    real = material.held_out("test")
    whole = derivation.descriptions(real.index, real)
    usual = [knowledge.canonical(one, knows) for one in whole]
    with_it = [i for i, one in enumerate(told) if "土" in text(one)]
    further = [splits.spelled(one, knows) for one in whole]
    assert [text(further[i].description) for i in with_it[:2]] == ["⿰日⿻二川", "⿰⿻二川口"]
    copies, asked = parted.real(real, further, knows)
    seen = []

    def write(wanted):
        seen.extend(wanted)
        return [copies[i] for i in with_it]

    found = yard.compare(range(len(told)), [drawn[0]] * len(told))
    numbers = scores._of_spelled(real, whole, knows, usual, yard, found, write)
    assert [one.told.names.tolist() for one in seen] == [asked[i].names.tolist() for i in with_it]
    assert numbers["spelled"] == len(with_it) == 4
    assert numbers["placed_spelled"] == numbers["every_10_spelled"] == numbers["top1_spelled"] == 1
    assert numbers["every_10_named"] == 0  # of the same ones, what was written from the usual descriptions
    alone = [i for i in range(len(told)) if i not in with_it]
    none = scores._of_spelled(real, [whole[i] for i in alone], knows, [usual[i] for i in alone], yard, found, None)
    assert none == {"spelled": 0}


def test_nothing_is_told_of_drawings_without_components(material, world):
    bare = DrawingSet(material.real.points, material.real.index.drop(columns="groups"))
    assert scores.described(None, world[0], Material(bare, bare, DATA), [], None, 1) is None


def test_no_description_keeps_its_place():
    for count in (2, 3, 10):
        order = scores._deranged(count, np.random.default_rng(count))
        assert sorted(order) == list(range(count)) and (order != np.arange(count)).all()
