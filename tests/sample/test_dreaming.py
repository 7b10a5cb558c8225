"""Dreams with a plan: new descriptions by the parts that the net knows, and drawings that are told them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline import dataset, params
from pipeline.cli import main
from pipeline.describe.description import parse
from pipeline.describe.dreams import DreamError, Dreams
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.export import compact, web
from pipeline.net import checkpoint
from pipeline.sample import dreaming, sampler
from pipeline.sample.dreaming import Dream, Dreamer, UntoldError, captions
from pipeline.sample.filters import ACCEPTED
from pipeline.sample.sampler import SampleParams, SamplingError
from stages import export
from stages import sample as stage
from tests.support.drawings import FREE
from tests.support.told import DATA, KNOWS, LEFT, MODEL, RIGHT, SPELLINGS, a_net


@pytest.fixture
def options(defaults):
    loose = {"count": 6, "max_attempts": 40, "max_steps": 60, "min_size": 1.0, "margin": 500.0, "min_strokes": 1,
             "max_strokes": 200, "min_distance": 0.0, "device": "cpu", "columns": 3, "rows": 1}  # fmt: skip
    return lambda **changes: SampleParams(**{**defaults["sample"], **loose, **changes})


@pytest.fixture
def net():
    return a_net(KNOWS)


@pytest.fixture
def model(net, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    checkpoint.save_model(folder, net.state_dict(), {"model": MODEL, "data": DATA, "pen_weights": [0.3, 1.0, 3.0]})
    KNOWS.save(folder)
    return folder


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


def test_the_stage_writes_dreams_with_captions(model, tmp_path, options, monkeypatch):
    monkeypatch.setattr(params, "load", lambda name: options(dream="described"))
    stage.main(None, model, tmp_path / "samples")
    kept = dataset.load(tmp_path / "samples").index
    shown = kept[kept["reason"] == ACCEPTED]["reading"].head(3)
    sheet = (tmp_path / "samples" / "sheet.svg").read_text(encoding="utf-8")
    plain = ["".join(c if c.isascii() else "…" for c in text) for text in shown]  # the font has no ideographs
    assert all(text[: dreaming.CAPTION - 1] in sheet for text in plain) and len(plain) == 3


@pytest.fixture
def listed(tmp_path):
    """A table that has all that could be dreamt but for what ends in 食, 反 or 各."""
    texts = [f"⿰{a}{b}" for a in LEFT for b in RIGHT if b not in "食反各"]
    lines = [f"{chr(0x20000 + i)}\t{text}\n" for i, text in enumerate(texts)]
    (tmp_path / "ids.txt").write_text("".join(lines), encoding="utf-8")
    return tmp_path / "ids.txt"


def test_no_dream_is_a_character_of_a_table(model, net, listed, options, tmp_path, monkeypatch):
    dreams = Dreamer.load(model, net, listed).batch(10, 1, 0)
    assert len(dreams) == 10 and {dream.text[-1] for dream in dreams} == set("食反各")
    assert not {dream.text[-1] for dream in Dreamer.load(model, net).batch(10, 1, 0)} <= set("食反各")  # the control
    monkeypatch.setattr(params, "load", lambda name: options(dream="described", ids=str(listed), max_attempts=12))
    stage.main(None, model, tmp_path / "samples")
    assert set(dataset.load(tmp_path / "samples").index["description"].str[-1]) <= set("食反各")


def test_a_table_that_cannot_be_read_is_told_before_any_work(options, tmp_path):
    asked = options(dream="described", ids=str(tmp_path / "none.txt"))
    with pytest.raises(SamplingError, match=r"^sample\.ids: .*none\.txt cannot be read: No such .*set it to null$"):
        asked.check_here({})
    options(dream="free", ids=str(tmp_path / "none.txt")).check_here({})  # what dreams freely asks no table


def test_the_page_is_given_away_without_the_place_of_the_table(model, listed, options, tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(params, "load", lambda name: options(dream="described", ids=str(listed)))
    monkeypatch.setattr(web, "make", lambda net, config, *rest: made.append(config) or SimpleNamespace(sentence=""))
    monkeypatch.setattr(web, "write", lambda folder, one: None)
    export.main(None, model, tmp_path, tmp_path / "web")
    assert made[0]["sample"]["ids"] is None and made[0]["sample"]["dream"] == "described"


def test_a_net_that_is_never_told_cannot_dream_so(net, tmp_path):
    with pytest.raises(UntoldError, match="model.described: true"):
        Dreamer.load(tmp_path, net.untold())


def test_a_caption_is_short_and_latin():
    texts = ["tree beside eat", "speech beside (stand over village)", "tree beside 垂"]
    found = captions([Dream("", text, KNOWS.encode(parse("？"))) for text in texts])
    assert found == ["tree beside eat", "speech beside (s…", "tree beside …"]


def run(*arguments, code=0):
    result = CliRunner().invoke(main.app, ["sample", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_dreams_with_a_plan_on_demand(model, tmp_path):
    asked = ("--model", model, "--seed", 1, "--count", 3, "--no-filter")
    run(*asked, "--dream", "described", "--out", tmp_path / "each")
    table = pd.read_csv(tmp_path / "each" / "index.csv")
    assert table["file"].tolist() == ["0001.svg", "0002.svg", "0003.svg"]
    told = Dreamer.of(KNOWS).batch(32, 1, 0)[:3]
    assert table["description"].tolist() == [dream.text for dream in told]
    run(*asked, "--dream", "described", "--out", tmp_path / "sheet.svg")
    sheet = (tmp_path / "sheet.svg").read_text(encoding="utf-8")
    assert all(f">{text}</text>" in sheet for text in captions(told))
    run(*asked, "--dream", "free", "--out", tmp_path / "free.svg")  # the control
    assert "<text" not in (tmp_path / "free.svg").read_text(encoding="utf-8")


def test_the_command_dreams_of_no_character_of_a_table(model, listed, tmp_path):
    asked = ("--model", model, "--seed", 1, "--count", 9, "--no-filter", "--ids", listed, "--out", tmp_path / "each")
    run(*asked, "--dream", "described")
    assert set(pd.read_csv(tmp_path / "each" / "index.csv")["description"].str[-1]) == set("食反各")
    assert "--ids goes with --dream described" in run(*asked[:-1], tmp_path / "free", "--dream", "free", code=1)
    said = run(*asked[:-1], tmp_path / "none", "--dream", "described", "--ids", tmp_path, code=1)
    assert "cannot be read: Is a directory" in said and not (tmp_path / "none").exists()


def test_the_command_says_what_does_not_go_together(model, net, tmp_path):
    said = run("--dream", "described", "--start", "木", "--model", model, "--out", tmp_path / "a.svg", code=1)
    assert "leave it out, or --dream described" in said
    (tmp_path / "each").mkdir()
    (tmp_path / "each" / "index.csv").write_text("mine")
    asked = ("--dream", "described", "--model", model)
    assert "holds index.csv already" in run(*asked, "--out", tmp_path / "each", code=1)
    assert (tmp_path / "each" / "index.csv").read_text() == "mine" and not (tmp_path / "each" / "0001.svg").exists()
    checkpoint.save_model(model, net.untold().state_dict(), {"model": MODEL | FREE, "data": DATA,
                                                             "pen_weights": [0.3, 1.0, 3.0]})  # fmt: skip
    assert "never told what to write" in run(*asked, "--out", tmp_path / "a.svg", code=1)


def test_the_command_dreams_with_a_net_for_the_browser_too(net, tmp_path):
    config = {"data": DATA, "pen_weights": [0.3, 1.0, 3.0]}
    compact.write(tmp_path / "net.json", compact.pack(net, config, None, KNOWS))
    asked = ("--model", tmp_path / "net.json", "--seed", 1, "--count", 3, "--no-filter")
    run(*asked, "--dream", "described", "--out", tmp_path / "each")
    table = pd.read_csv(tmp_path / "each" / "index.csv")
    told = Dreamer.of(replace(KNOWS, characters=tuple(sorted(KNOWS.characters)))).batch(32, 1, 0)[:3]
    assert table["description"].tolist() == [dream.text for dream in told]
    compact.write(tmp_path / "net.json", compact.pack(net, config, None))
    assert "never told what to write" in run(*asked, "--dream", "described", "--out", tmp_path / "a.svg", code=1)


def test_no_dream_has_a_part_that_the_net_cannot_be_told_of():
    rare = {chr(0x5000): "⿰木乂", chr(0x5001): "⿰乂食", chr(0x5002): "⿰⺾月"}  # 乂 has neither name nor spelling
    knows = Knowledge(Vocabulary((*LEFT, *RIGHT, "艹")), SPELLINGS | rare, Habits(), (*KNOWS.characters, *rare))
    dreamer = Dreamer.of(knows)
    names = _fillers(dreamer.dreams)
    assert "乂" not in names and {"⺾", "木"} <= names and len(dreamer.batch(30, 1, 0)) == 30
    assert "乂" in _fillers(Dreams.learn(map(knows.described, rare)))  # the control


def _fillers(dreams):
    return {name for options, _ in dreams.fillers.values() for name in options}


def test_too_little_to_dream_of_is_said():
    with pytest.raises(DreamError, match="two parts with names"):
        Dreamer.of(Knowledge(Vocabulary(("木",)), {}, Habits(), ()))


def test_spellings_are_put_into_one_another():
    knows = Knowledge(Vocabulary(("木",)), {"森": "⿱木林", "林": "⿰木木"}, Habits(), ("森",))
    whole = knows.described("森")
    assert whole.name == "森" and whole.parts[1].name == "林" and len(whole.parts[1].parts) == 2
    assert np.all([part.name == "木" for part in whole.parts[1].parts])
