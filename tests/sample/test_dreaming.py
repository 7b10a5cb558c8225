"""Dreams with a plan: new descriptions by the parts that the net knows, and drawings that are told them."""

import numpy as np
import pytest
import torch

from pipeline import dataset, params
from pipeline.describe.description import parse
from pipeline.describe.dreams import DreamError
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.net import checkpoint
from pipeline.net.model import ModelParams, WritingNet
from pipeline.sample import sampler
from pipeline.sample.dreaming import Dreamer
from pipeline.sample.filters import ACCEPTED
from pipeline.sample.sampler import SampleParams, SamplingError
from pipeline.seeds import generator
from stages import sample as stage

MODEL = {"cell": "lstm", "layers": 2, "hidden_size": 16, "mixtures": 3, "position_input": True, "described": True,
         "dropout": 0.0, "dropout_per": "step"}  # fmt: skip
DATA = {"scale": 15.0, "width": 109.0, "height": 109.0, "licence": "KanjiVG, CC BY-SA"}
LEFT, RIGHT = "木氵口日土火金", "食反各寺月古主"
KNOWN = [(a, b) for i, a in enumerate(LEFT) for j, b in enumerate(RIGHT) if (i + j) % 4 == 0]  # a quarter of all
SPELLINGS = {chr(0x4E00 + i): f"⿰{a}{b}" for i, (a, b) in enumerate(KNOWN)}
HELD_OUT = chr(0x4E00)
KNOWS = Knowledge(Vocabulary(tuple(LEFT + RIGHT)), SPELLINGS, Habits(), tuple(set(SPELLINGS) - {HELD_OUT}))


@pytest.fixture
def options(defaults):
    loose = {"count": 6, "max_attempts": 40, "max_steps": 60, "min_size": 1.0, "margin": 500.0, "min_strokes": 1,
             "max_strokes": 200, "min_distance": 0.0, "device": "cpu", "columns": 3, "rows": 1}  # fmt: skip
    return lambda **changes: SampleParams(**{**defaults["sample"], **loose, **changes})


@pytest.fixture
def net():
    net = WritingNet(params.build(ModelParams, MODEL, "model"), generator(3), KNOWS.vocabulary).eval()
    with torch.no_grad():
        net.head.bias[-3:] = torch.tensor([2.0, 3.5, 3.5])
    return net


def test_dreams_are_of_known_parts_and_of_no_known_character():
    dreams = Dreamer.of(KNOWS).batch(20, 1, 0)
    texts = {dream.text for dream in dreams}
    assert len(texts) == 20 and not texts & set(SPELLINGS.values())  # that of the held-out one neither
    assert all(set(text) <= set("⿰" + LEFT + RIGHT) and not dream.encoded.free for text, dream in
               ((dream.text, dream) for dream in dreams))  # fmt: skip
    assert next(dream.english for dream in dreams if dream.text.startswith("⿰木")).startswith("tree beside ")


def test_a_batch_of_dreams_comes_from_seed_and_number():
    dreamer = Dreamer.of(KNOWS)
    texts = [
        [dream.text for dream in dreamer.batch(8, seed, number)] for seed, number in ((1, 0), (1, 0), (1, 1), (2, 0))
    ]
    assert texts[0] == texts[1] and texts[0] != texts[2] and texts[0] != texts[3]


def test_each_drawing_keeps_its_dream(net, options):
    found = sampler.collect(net, options(), DATA, [0.3, 1.0, 3.0], dreamer=Dreamer.of(KNOWS))
    assert len(found.dreams) == len(found.drawn) == len(found.reasons) and found.accepted
    assert all((steps[:-1, 2] < 2).all() for steps in found.drawn)
    index = sampler.index(found, DATA)
    assert [parse(text).operator for text in index["description"]] == ["⿰"] * len(index)
    free = sampler.collect(net, options(), DATA, [0.3, 1.0, 3.0])
    assert not free.dreams and "description" not in sampler.index(free, DATA)  # the control


def test_the_stage_writes_dreams_with_captions(net, tmp_path, options, monkeypatch):
    model = tmp_path / "model"
    model.mkdir()
    checkpoint.save_model(model, net.state_dict(), {"model": MODEL, "data": DATA, "pen_weights": [0.3, 1.0, 3.0]})
    KNOWS.save(model)
    monkeypatch.setattr(params, "load", lambda name: options(dream="described"))
    stage.main(None, model, tmp_path / "samples")
    kept = dataset.load(tmp_path / "samples").index
    shown = kept[kept["reason"] == ACCEPTED]["reading"].head(3)
    sheet = (tmp_path / "samples" / "sheet.svg").read_text(encoding="utf-8")
    plain = ["".join(c if c.isascii() else "…" for c in text) for text in shown]  # the font has no ideographs
    assert all(text[: stage.CAPTION - 1] in sheet for text in plain) and len(plain) == 3


def test_a_net_that_is_never_told_cannot_dream_so(net, options, tmp_path):
    with pytest.raises(SamplingError, match="model.described: true"):
        stage.dreams(options(dream="described"), net.untold(), tmp_path)
    assert stage.dreams(options(), net.untold(), tmp_path) is None


def test_too_little_to_dream_of_is_said():
    with pytest.raises(DreamError, match="two parts with names"):
        Dreamer.of(Knowledge(Vocabulary(("木",)), {}, Habits(), ()))


def test_spellings_are_put_into_one_another():
    knows = Knowledge(Vocabulary(("木",)), {"森": "⿱木林", "林": "⿰木木"}, Habits(), ("森",))
    whole = knows.described("森")
    assert whole.name == "森" and whole.parts[1].name == "林" and len(whole.parts[1].parts) == 2
    assert np.all([part.name == "木" for part in whole.parts[1].parts])
