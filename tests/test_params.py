"""params.yaml is read strictly: what is wrong is named in full, with what is allowed, before any work."""

import json

import pytest
from ruamel.yaml import YAML

from pipeline import params
from tests.support import ROOT

CASES = [
    # section, key, value (None: take the key out), what the error says
    ("train", "hiden_size", 3, r"train\.hiden_size: unknown key; allowed are .*average.*epochs"),
    ("train", "epochs", None, r"train\.epochs: missing"),
    ("train", "epochs", "many", r"train\.epochs: .*valid integer, is 'many'"),
    ("train", "epochs", 1.5, r"train\.epochs: .*valid integer.* is 1\.5"),
    ("train", "epochs", 0, r"train\.epochs: .*greater than or equal to 1, is 0"),
    ("train", "learning_rate", -1.0, r"train\.learning_rate: .*greater than 0, is -1\.0"),
    ("train", "pen_weights", [1.0, 10.0], r"train\.pen_weights: .*at least 3 items"),
    ("train", "precision", "fp4", r"train\.precision: .*'auto', '32-true' or 'bf16-mixed', is 'fp4'"),
    ("model", "cell", "transformer", r"model\.cell: .*'lstm', 'gru' or 'rnn', is 'transformer'"),
    ("model", "dropout", 1.0, r"model\.dropout: .*less than 1, is 1\.0"),
    ("model", "position_input", "yes", r"model\.position_input: .*valid boolean, is 'yes'"),
    ("batch", "scale", 0, r"batch\.scale: .*greater than 0, is 0"),
    ("parse", "select", ["runes"], r"parse\.select.*: .*'kanji', 'kana' or 'other', is 'runes'"),
    ("parse", "select", [], r"parse\.select: "),
    ("sample", "max_attempts", 1, r"sample: .*max_attempts \(1\)"),
    ("train", "gradient_clip", float("inf"), r"train\.gradient_clip: .*finite number"),
    ("train", "recombined", 0.5, r"train: .*needs train\.recombinations of at least 1"),
    ("batch", "scale", float("inf"), r"batch\.scale.*: .*finite number"),
    ("sample", "max_steps", 1, r"sample: max_steps \(1\) must be at least min_strokes \(2\)"),
    ("fetch", "sha256", "abc", r"fetch\.sha256: "),
    ("fetch", "source", "folder", r"fetch: .*fetch\.path must be given with fetch\.source: folder"),
]


def write(path, values):
    with path.open("w") as file:
        YAML().dump(values, file)
    return path


def test_the_committed_file_is_read(defaults):
    for section in params.SECTIONS:
        loaded = params.load(section)
        assert {key: getattr(loaded, key) for key in defaults[section]} == defaults[section]


@pytest.mark.parametrize("folder", ["pretrained", "pretrained/described"])
def test_a_shipped_net_s_file_can_still_be_run_and_is_what_the_net_says(folder):
    read = params.read(ROOT / folder / "params.yaml")
    assert read.keys() == params.SECTIONS.keys()
    config = json.loads((ROOT / folder / "config.json").read_text(encoding="utf-8"))
    for section in ("model", "train"):
        known = {key: value for key, value in read[section].items() if key in config[section]}
        assert {key: config[section][key] for key in known} == known


@pytest.mark.parametrize(("section", "key", "value", "message"), CASES)
def test_what_no_run_can_use_is_named(tmp_path, defaults, section, key, value, message):
    changed = {**defaults, section: {**defaults[section], key: value}}
    if value is None:
        del changed[section][key]
    path = write(tmp_path / "params.yaml", changed)
    with pytest.raises(params.ParamsError, match=message):
        params.load("fetch", path)  # whichever section is asked for, the whole file is checked


def test_sections_are_checked_too(tmp_path, defaults):
    with pytest.raises(params.ParamsError, match="trian: unknown section"):
        params.read(write(tmp_path / "a.yaml", {**defaults, "trian": {}}))
    with pytest.raises(params.ParamsError, match="score: section is missing"):
        params.read(write(tmp_path / "b.yaml", {k: v for k, v in defaults.items() if k != "score"}))
    with pytest.raises(params.ParamsError, match="model: must be a section"):
        params.read(write(tmp_path / "c.yaml", {**defaults, "model": 3}))


def test_all_problems_are_told_at_once(tmp_path, defaults):
    broken = {**defaults, "train": {**defaults["train"], "epochs": 0, "seed": -1}, "model": {"cell": "lstm"}}
    with pytest.raises(params.ParamsError) as error:
        params.read(write(tmp_path / "params.yaml", broken))
    for name in ("train.epochs", "train.seed", "model.layers", "model.mixtures"):
        assert name in str(error.value)


def test_no_file_and_no_yaml(tmp_path):
    with pytest.raises(params.ParamsError, match="does not exist: run from the repository's root"):
        params.read(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text("a: [")
    with pytest.raises(params.ParamsError, match="is not YAML"):
        params.read(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text("just words")
    with pytest.raises(params.ParamsError, match="must hold the sections"):
        params.read(tmp_path / "params.yaml")


def test_flatten():
    assert params.flatten({"a": {"b": 1, "c": [2]}, "d": {"b": None}}) == {"a.b": 1, "a.c": [2], "d.b": None}
