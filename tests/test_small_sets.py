"""Tiny and degenerate sets of drawings, through the stages' own functions from fetch to score: each is scored, or the
first stage that can know stops with the number that is needed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

import stages.batch
import stages.export
import stages.fetch
import stages.parse
import stages.sample
import stages.score
import stages.train
from tests.support import ROOT
from tests.support.drawings import FREE
from tests.support.workspace import SMALL

LINE, DOT = "M10 50L90 50", "M50 50z"
SMALLER = {
    "fetch": {"path": "svg", "licence": None},
    "parse": {"select": ["kanji", "kana", "other"]},
    "model": {"hidden_size": 8, "mixtures": 2, **FREE},
    "train": {"epochs": 2, "warmup_steps": 1},
    "sample": {
        "count": 4,
        "max_attempts": 8,
        "min_strokes": 1,
        "max_steps": 12,
        "min_size": 0.0,
        "dream": "free",
    },
    "score": {"films": 1},
}
HALVES = {"test_percent": 33, "valid_percent": 33}
TOLD = {"model": {"described": True, "exemplars": True}, "sample": {"dream": "described", "ids": None}}
ALL_ACCEPTED = {"count": 30, "max_attempts": 400, "min_distance": 0.0, "max_steps": 200, "margin": 1e6}


class Row:
    """In the place of MLflow's."""

    def metrics(self, values: dict, step: int) -> None:
        assert values

    def complete(self) -> None:
        pass


def lines(count: int) -> list[list[str]]:
    """Drawings of one stroke each, every one another line."""
    return [[f"M{10 + i} {20 + i}L{90 - i} {50 + 2 * i}"] for i in range(count)]


def strokes(count: int, number: int) -> list[list[str]]:
    return [[f"M{10 + i} {5 * s + 5}L{90 - i} {5 * s + 6}" for s in range(number)] for i in range(count)]


def scrawls(count: int, points: int) -> list[list[str]]:
    return [["M0 0" + "".join(f"L{7 * i % 100} {(13 * i + n) % 100}" for i in range(points))] for n in range(count)]


def folder(path: Path, drawings: list[list[str]]) -> None:
    path.mkdir()
    for i, paths in enumerate(drawings):
        body = "".join(f'<path d="{d}"/>' for d in paths)
        text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" fill="none" stroke="#000">{body}</svg>'
        (path / f"drawing-{i:03d}.svg").write_text(text)


def values(changes: dict) -> dict:
    found = YAML(typ="safe", pure=True).load(ROOT / "params.yaml")
    for part in (SMALL, SMALLER, changes):
        for section, keys in part.items():
            found[section] |= keys
    return found


def through(drawings: list[list[str]], changes: dict) -> Iterator[str]:
    """Run all stages in the current folder; the name of each when it is done."""
    folder(Path("svg"), drawings)
    with Path("params.yaml").open("w") as file:
        YAML().dump(values(changes), file)
    row = Row()
    for name, work, paths in (
        ("fetch", stages.fetch.main, ("raw",)),
        ("parse", stages.parse.main, ("raw", "strokes")),
        ("batch", stages.batch.main, ("strokes", "batches")),
        ("train", stages.train.main, ("batches", "model")),
        ("export", stages.export.main, ("model", "batches", "web")),
        ("sample", stages.sample.main, ("model", "samples")),
        ("score", stages.score.main, ("samples", "batches", "model", ROOT / "pretrained/judge", "scores")),
    ):
        work(row, *map(Path, paths))
        yield name


SCORED = {
    "five of one stroke": (lines(5), {"batch": {"test_percent": 29, "valid_percent": 1}}),
    "nine of one stroke": (lines(9), {"batch": HALVES}),
    "all alike": ([[LINE]] * 12, {"batch": HALVES}),
    "dots alone": ([[DOT]] * 12, {"batch": HALVES | {"size": 1}}),
    "dots of two": ([[DOT, DOT]] * 12, {"batch": HALVES | {"size": 1}}),
    "dots and a line": ([[LINE], *[[DOT]] * 11], {"batch": HALVES | {"size": 1}}),
    "one a minibatch": (lines(9), {"batch": HALVES | {"size": 1}}),
    "a minibatch larger than the set": (lines(9), {"batch": HALVES | {"size": 500}}),
    "long drawings": (strokes(9, 60), {"batch": HALVES, "sample": {"max_strokes": 100}}),
    "long strokes": (scrawls(5, 800), {"batch": {"test_percent": 29, "valid_percent": 1}}),
    "many dots, many samples": ([[DOT]] * 60, {"batch": HALVES, "sample": ALL_ACCEPTED}),
    "the smallest net": (lines(9), {"batch": HALVES, "model": {"hidden_size": 1, "mixtures": 1, "layers": 1}}),
    "fewer samples than a classifier needs": (lines(60), {"batch": HALVES, "sample": ALL_ACCEPTED | {"count": 7}}),
    "none accepted": (lines(9), {"batch": HALVES, "sample": {"min_size": 1e6}}),
    "one accepted": (lines(9), {"batch": HALVES, "sample": {"count": 1}}),
    "scale auto": (lines(9), {"batch": HALVES | {"scale": "auto"}}),
    "told of parts, where there are none": (lines(9), {"batch": HALVES, **TOLD}),
    "told of parts, of strokes alone": (strokes(9, 3), {"batch": HALVES, **TOLD}),
    "told of parts, dots alone": ([[DOT, DOT]] * 12, {"batch": HALVES | {"size": 1}, **TOLD}),
}


@pytest.mark.parametrize("name", SCORED)
def test_it_is_scored(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert list(through(*SCORED[name]))[-1] == "score"
    scores = json.loads(Path("scores/metrics.json").read_text())
    assert scores["test"]["nats_per_step"] < 100
    assert Path("scores/gallery.html").stat().st_size > 10_000
    assert len(pd.read_csv("model/history.csv")) == 2
    assert set(pd.read_parquet("batches/index.parquet")["description"]) == {""}  # no component is named


# ---- two hands

KANJI = [chr(code) for code in range(0x4E00, 0x4E18)]


def test_two_hands_through_all_stages(tmp_path, monkeypatch):
    """A character of both is held out in both, each drawing knows its hand, and what derives from them bears both
    credits and the licence that came along; the second hand is what is written and held against."""
    monkeypatch.chdir(tmp_path)
    Path("theirs").mkdir()
    for i, character in enumerate(KANJI[4:] + ["龍"]):
        medians = {"strokes": [], "medians": [[[100 + 10 * i, 800], [900 - 10 * i, 700]]]}
        Path("theirs", f"{character}.json").write_text(json.dumps(medians))
    theirs = {"source": "folder", "path": "theirs", "licence": "by them"}
    changes = {
        "fetch": {"path": "svg", "licence": "by us", "hands": {"theirs": theirs}},
        "parse": {"names": "character", "rules": {"theirs": "rdp"}, "select": ["kanji", "other"]},
        "batch": HALVES, "model": TOLD["model"], "sample": {"hand": "theirs"},
    }  # fmt: skip
    monkeypatch.setattr("tests.test_small_sets.folder", by_character)
    assert list(through(lines(len(KANJI)), changes))[-1] == "score"
    index = pd.read_parquet("batches/index.parquet")
    assert index.groupby("hand").size().to_dict() == {"": 24, "theirs": 21}
    assert set(index["width"]) == {100} and index["id"].is_unique and "theirs/龍" in set(index["id"])
    splits = index.groupby("code_point")["split"].nunique()
    assert (splits == 1).all() and index["code_point"].nunique() == 25
    assert set(index["style"]) == {0, 2}
    assert json.loads(Path("model/descriptions.json").read_text())["hands"] == ["theirs"]
    assert "by us; by them" in Path("samples/sheet.svg").read_text()
    assert json.loads(Path("scores/metrics.json").read_text())["test"]["nats_per_step"] < 100


def by_character(path: Path, drawings: list[list[str]]) -> None:
    path.mkdir()
    for character, (d,) in zip(KANJI, drawings, strict=True):
        text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" stroke="#000"><path d="{d}"/></svg>'
        (path / f"{character}.svg").write_text(text)


STOPPED = {
    # drawings, parameters, the last stage that ends well, what the next one says
    "one drawing": (lines(1), {}, "parse", r"1 drawings, none in valid or test; at least 3 are needed"),
    "two drawings": (lines(2), {"batch": HALVES}, "parse", r"2 drawings, none in valid; at least 3 are needed"),
    "an unlucky split": (lines(5), {"batch": {"test_percent": 1}}, "parse", r"set batch\.test_percent to \d+ and"),
    "dots, scale auto": (
        [[DOT]] * 12,
        {"batch": HALVES | {"scale": "auto"}},
        "parse",
        r"auto needs drawings that have a",
    ),
}


@pytest.mark.parametrize("name", STOPPED)
def test_it_stops_with_the_number_that_is_needed(name, tmp_path, monkeypatch):
    drawings, changes, last, said = STOPPED[name]
    monkeypatch.chdir(tmp_path)
    done = []
    with pytest.raises(ValueError, match=said) as stopped:
        for stage in through(drawings, changes):
            done.append(stage)
    assert done[-1] == last
    assert type(stopped.value) is not ValueError  # one line, no traceback
