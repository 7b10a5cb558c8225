"""Messages that name a cure: each is called forth, the cure is applied as it is written, and it leads out."""

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import stages
from pipeline import dataset
from pipeline.cli import common
from pipeline.write import starts
from tests.cli.test_main import LOOSE, run, save_net
from tests.support import told
from tests.support.strokes import ROWS, save_set

Cure = Callable[[str], None]


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A repository's root with the strokes and a net of its own; shipped: a net with starts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(common, "PRETRAINED", save_net(tmp_path / "pretrained"))
    strokes = save_set(tmp_path / "data" / "strokes", ROWS)
    starts.build(strokes, tmp_path / "pretrained" / "starts.parquet")
    told.a_model(tmp_path / "pretrained" / "described", told.KNOWS, sample=LOOSE)
    save_net(tmp_path / "data" / "model")
    return tmp_path


def command(said: str) -> list[str]:
    """The first command that a message names, without its program."""
    return re.search(r"`fake-kanji ([^`]*)`", said)[1].split()


def write_samples(folder: Path, drawings, accepted: bool) -> None:
    folder.mkdir(parents=True)
    dataset.save(folder, list(drawings), drawings.index.assign(accepted=np.full(len(drawings), accepted)))


# what calls it forth -> the words -> the cure, applied
def no_starts(home: Path) -> list[str]:
    return ["sample", "--start", "阝", "--starts", "mine.parquet"]


def starts_are_damaged(home: Path) -> list[str]:
    (home / "mine.parquet").write_text("no table", encoding="utf-8")
    return no_starts(home)


def shipped_net_is_missing(home: Path) -> list[str]:
    shutil.rmtree(home / "pretrained")
    return ["sample", "-n", "2", "--dream", "free"]


def nothing_passes(home: Path) -> list[str]:
    save_net(home / "strict", sample=LOOSE | {"min_size": 1e6})
    return ["sample", "-n", "2", "--model", "strict"]


def config_is_not_whole(home: Path) -> list[str]:
    config = json.loads((home / "pretrained" / "config.json").read_text(encoding="utf-8"))
    config["data"].pop("scale")
    (home / "pretrained" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return ["sample", "-n", "2", "--dream", "free"]


def net_file_is_damaged(home: Path) -> list[str]:
    (home / "net.json").write_text('{"format": "fake-kanji net"', encoding="utf-8")
    return ["sample", "-n", "2", "--model", "net.json"]


def net_file_is_of_another_version(home: Path) -> list[str]:
    (home / "net.json").write_text('{"format": "fake-kanji net", "version": 0}', encoding="utf-8")
    return ["sample", "-n", "2", "--model", "net.json"]


TRIED = [  # what calls it forth, words of the message, what the cure makes of the arguments ("" before: a command more)
    (no_starts, r"mine.parquet is no file of starts", lambda said, args: (run(*command(said)), args)[1]),
    (starts_are_damaged, r"mine.parquet is no file of starts", lambda said, args: (run(*command(said)), args)[1]),
    (lambda home: ["sample", "--start", "龘"], r"give --start an SVG file", lambda said, args: ["sample", "-n", "2"]),
    (shipped_net_is_missing, r"then --model data/model", lambda said, args: [*args, "--model", "data/model"]),
    (config_is_not_whole, r"lacks data.scale; .*data/model", lambda said, args: [*args, "--model", "data/model"]),
    (nothing_passes, r"none of \d+ .*--no-filter shows them", lambda said, args: [*args, "--no-filter"]),
    (net_file_is_damaged, r"`fake-kanji export-web` makes such", lambda said, args: (run(*command(said)), args)[1]),
    (net_file_is_of_another_version, r"export it again", lambda said, args: (run("export-web"), args)[1]),
    (
        lambda home: ["sample", "-o", "a.gif"],
        r"as .svg or .png",
        lambda said, args: ["sample", "-n", "2", "-o", "a.png"],
    ),
    (
        lambda home: ["sample", "-n", "2", "-o", "a.png", "--animate"],
        r"leave --animate out",
        lambda said, args: args[:-1],
    ),
    (lambda home: ["export-web", "-o", "net.txt"], r"as .json", lambda said, args: ["export-web", "-o", "net.json"]),
    (
        lambda home: ["export", "data/strokes", "-f", "pdf"],
        r"must be one of svg, kanjivg, npz, ndjson, json, ",
        lambda said, args: ["export", "data/strokes", "-f", "json"],
    ),
    (
        lambda home: ["export", "data/strokes", "-o", "data"],
        r"exists already; name a folder that does not",
        lambda said, args: ["export", "data/strokes", "-o", "new"],
    ),
]


@pytest.mark.parametrize(("trigger", "words", "cure"), TRIED, ids=lambda part: getattr(part, "__name__", None))
def test_the_cure_leads_out(home, trigger, words, cure):
    arguments = trigger(home)
    said = run(*arguments, code=1)
    assert re.search(words, said) and len(said.splitlines()) == 1
    run(*cure(said, arguments))


def test_a_starting_svg_for_what_the_file_does_not_have(home):
    run("sample", "-n", "1", "--seed", "1", "-o", "mine", "--dream", "free")
    assert "give --start an SVG file" in run("sample", "--start", "龘", code=1)
    run("sample", "-n", "2", "--start", "mine/0001.svg")


def test_samples_that_the_filters_left_out(home, scribbles):
    write_samples(home / "data" / "samples", scribbles, accepted=False)
    said = run("export", code=1)
    assert (
        said
        == "fake-kanji export: the filters left all 120 drawings of data/samples out; --rejected exports them too\n"
    )
    assert "120 drawings" in run("export", "--rejected")


def test_starts_of_a_set_without_characters(home, scribbles):
    write_samples(home / "data" / "samples", scribbles, accepted=True)
    assert "give what stage parse wrote of KanjiVG, data/strokes" in run("starts", "data/samples", code=1)
    run("starts", "data/strokes")


@pytest.mark.parametrize(
    ("address", "again"),
    [
        ("train", "`dvc repro` goes on"),
        ("judge/dvc.yaml:judge", "`dvc repro judge/dvc.yaml` goes on"),
        (None, "`dvc repro` g"),
    ],
)
def test_a_stage_names_the_pipeline_that_it_is_of(monkeypatch, address, again):
    """Of the judge's pipeline `dvc repro` alone would run another one."""
    monkeypatch.delenv("DVC_STAGE", raising=False)
    if address:
        monkeypatch.setenv("DVC_STAGE", address)
    monkeypatch.setattr(sys, "argv", ["stage"])

    def stop() -> str:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit, match=re.escape(again)):
        stages.run_alone("judge", stop)
