"""The measurement behind what docs/experiments.md says of the pen's weights."""

import importlib.util
import re
from types import ModuleType

import numpy as np
import pytest
from ruamel.yaml import YAML

from pipeline import params
from tests.support import ROOT


@pytest.fixture(scope="module")
def post() -> ModuleType:
    spec = importlib.util.spec_from_file_location("post", ROOT / "benchmarks" / "post.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_recipe_is_the_one_that_the_docs_name(post):
    page = (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8")
    command = page.split("## The post's own recipe")[1].split("\n## ")[0]
    overrides = re.findall(r"-S '?([\w.]+)=([^'\s]+)", command)
    assert {name: YAML(typ="safe").load(value) for name, value in overrides} == params.flatten(post.RECIPE)


def test_the_recipe_is_complete_and_valid(post, tmp_path):
    YAML().dump(post.recipe([1.0, 1.0, 1.0], 7, 1), tmp_path / "params.yaml")
    values = params.read(tmp_path / "params.yaml")
    assert values["train"]["pen_weights"] == [1.0, 1.0, 1.0]
    assert values["train"]["epochs"] == 7
    assert values["batch"]["size"] == 100


def test_a_training_does_not_go_on_with_other_weights(post, tmp_path):
    YAML().dump(post.recipe([1.0, 1.0, 1.0], 7, 1), tmp_path / "params.yaml")
    before = (tmp_path / "params.yaml").read_bytes()
    with pytest.raises(SystemExit, match=r"params\.yaml is of another training; give another folder"):
        post.train(tmp_path, [1.0, 10.0, 100.0], 7, 1)
    assert (tmp_path / "params.yaml").read_bytes() == before


# two drawings: two strokes of two and one steps, one stroke of one step
STATE = np.array([0, 1, 2, 2])
LENGTHS = np.array([3, 1])
PROBABILITY = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.1, 0.5, 0.4], [0.2, 0.3, 0.5]])


def test_slips_by_hand(post):
    found = post.slips(PROBABILITY, STATE, LENGTHS, 1.0)
    assert found["lifted"] == pytest.approx(0.2 / 3)
    assert found["held"] == pytest.approx(0.3)
    assert found["cut"] == pytest.approx((1 - 0.9 * 0.9 + 0) / 2)
    assert found["missed"] == pytest.approx((0.6 + 0.5) / 2)
    assert found["through"] == pytest.approx((0.7 * 0.6 * 0.4 + 0.5) / 2)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0])
def test_slips_as_often_as_a_pen_that_is_thrown(post, temperature):
    sharp = PROBABILITY ** (1 / temperature)
    sharp /= sharp.sum(axis=1, keepdims=True)
    source = np.random.default_rng(1)
    thrown = np.stack([source.choice(3, 20_000, p=row) for row in sharp])
    through = [(thrown[:3] == STATE[:3, None]).all(axis=0).mean(), (thrown[3] == 2).mean()]
    found = post.slips(PROBABILITY, STATE, LENGTHS, temperature)
    assert found["through"] == pytest.approx(np.mean(through), abs=0.01)
    assert found["cut"] == pytest.approx((thrown[:2] == 2).any(axis=0).mean() / 2, abs=0.01)
    assert found["lifted"] == pytest.approx((thrown[0] == 1).mean() / 3, abs=0.01)


def test_a_state_that_is_impossible_is_a_slip_for_certain(post):
    certain = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    found = post.slips(certain, STATE, LENGTHS, 0.1)
    assert found == pytest.approx({"lifted": 0, "held": 1, "cut": 0, "missed": 0.5, "through": 0.5})
