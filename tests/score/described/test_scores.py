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
from pipeline.score.described import pairs, parted, scores
from pipeline.score.described.content import Recogniser
from pipeline.score.described.pairs import Donors
from pipeline.score.described.parted import ABSENT
from pipeline.score.described.yardstick import summary, yardstick
from pipeline.score.material import Material
from pipeline.seeds import generator

NAMES = "木氵口日土火"
RASTER = (24, 0.06)
DATA = {"scale": 1.0, "width": 109.0, "height": 109.0}
MODEL = {"cell": "lstm", "layers": 2, "hidden_size": 16, "mixtures": 3, "position_input": True, "described": True,
         "exemplars": False, "dropout": 0.0, "dropout_per": "step"}  # fmt: skip
HALVES = {"⿰": ("left", "right"), "⿱": ("top", "bottom")}
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
    return knows, [one.description for one in told], yardstick(material, real, drawn, RASTER, 1), drawn, Donors.of(
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


def test_a_recogniser_names_real_drawings_and_not_those_of_others(material):
    recogniser = Recogniser.of(material.real, *RASTER)
    drawings, codes = list(material.real), material.real.index["code_point"].to_numpy()
    assert (recogniser.ranks(drawings, codes) == 0).all()
    twice = np.flatnonzero(material.real.index.duplicated("code_point", keep=False))
    again = recogniser.ranks([drawings[i] for i in twice], codes[twice], twice)  # the other form alone is left
    assert (again == 0).all()
    once = np.setdiff1d(np.arange(len(codes)), twice)
    assert (recogniser.ranks([drawings[i] for i in once], codes[once], once) == len(set(codes)) - 1).all()
    assert (recogniser.ranks(drawings, np.roll(codes, 7)) > 0).all()


def test_all_numbers_of_a_net_and_that_it_writes_the_same_again(material, world, defaults):
    """A net of random weights writes nothing right, and what needs no net is right all the same."""
    knows = world[0]
    net = WritingNet(params.build(ModelParams, MODEL, "model"), generator(3), knows.vocabulary).eval()
    with torch.no_grad():
        net.head.bias[-3:] = torch.tensor([2.0, 3.5, 3.5])
    options = SampleParams(**{**defaults["sample"], "max_steps": 60, "device": "cpu"})
    one, two = (scores.described(net, knows, material, [0.3, 1.0, 3.0], options, RASTER, 1) for _ in range(2))
    assert one.numbers == two.numbers
    suffixes = ["", "_best8", "_shuffled", "_untold", "_real", "_pairs", "_pasted", *(f"_{n}" for n in pairs.MISTAKES)]
    named = {f"{name}{suffix}" for name in NUMBERS for suffix in suffixes}
    assert named - {f"order{s}" for s in suffixes} <= set(one.numbers) <= named | {"nats_per_step", "forms", "pairs"}
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


def test_nothing_is_told_of_drawings_without_components(material, world):
    bare = DrawingSet(material.real.points, material.real.index.drop(columns="groups"))
    assert scores.described(None, world[0], Material(bare, bare, DATA), [], None, RASTER, 1) is None


def test_no_description_keeps_its_place():
    for count in (2, 3, 10):
        order = scores._deranged(count, np.random.default_rng(count))
        assert sorted(order) == list(range(count)) and (order != np.arange(count)).all()
