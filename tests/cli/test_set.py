"""Values that Hydra's grammar or a shell would take for something else, on their way into params.yaml."""

import difflib
import re
import shlex
import shutil
from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML
from typer.testing import CliRunner

from pipeline.cli import main
from pipeline.cli import set as setting
from tests.support import ROOT

PATHS = [
    "/x/plain",
    "/x/漢字",
    "/x/é",
    "/x/a b",
    "/x/ a ",
    "/x/a,b",
    "/x/[a]",
    "/x/{a}",
    "/x/(a)",
    "/x/a=b",
    "~/icons",
    "/x/it's",
    '/x/"a"',
    "/x/a'b\"c",
    "/x/a\\b",
    "/x/a\\",  # a quote after it would be taken for a part of the text
    "/x/a\\'b",
    "/x/$HOME",
    "/x/${a}",
    "/x/a#b: c",
    "/x/100%",
    "/x/a;b&c!d|e*?",
    "C:\\drawings",
    "- a",
    "true",
    "12",
]


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main.app, ["set", *arguments])
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.stderr


def read(folder: Path, section: str, key: str) -> object:
    return YAML(typ="safe", pure=True).load((folder / "params.yaml").read_text(encoding="utf-8"))[section][key]


def changed(folder: Path) -> list[str]:
    """The lines that are not as they were."""
    old, new = (
        path.read_text(encoding="utf-8").splitlines() for path in (ROOT / "params.yaml", folder / "params.yaml")
    )
    return [line[2:] for line in difflib.ndiff(old, new) if line.startswith("+ ")]


@pytest.mark.parametrize("path", PATHS)
def test_any_path_is_set_as_it_is(home, path):
    run("fetch.source=folder", f"fetch.path={path}")
    assert read(home, "fetch", "path") == path
    assert len(changed(home)) == 2


@pytest.mark.parametrize("path", PATHS)
def test_the_option_that_is_shown_is_dvc_s(home, path):
    """Through a shell's rules and DVC's own reading of -S."""
    before = (home / "params.yaml").read_bytes()
    shown = shlex.split(run("--show", f"fetch.path={path}"))
    assert shown[:4] == ["dvc", "exp", "run", "-S"] and (home / "params.yaml").read_bytes() == before
    apply_overrides(home / "params.yaml", [shown[4]])
    assert read(home, "fetch", "path") == path


def test_the_control_without_quotes_dies_in_the_grammar(home):
    from dvc.exceptions import InvalidArgumentError

    with pytest.raises(InvalidArgumentError):
        apply_overrides(home / "params.yaml", ["fetch.path=/x/漢字"])


@pytest.mark.parametrize(
    ("assignment", "value", "line"),
    [
        ("train.epochs=7", 7, "  epochs: 7"),
        ("batch.scale=auto", "auto", "  scale: auto"),
        ("batch.scale=2", 2, "  scale: 2"),
        ("parse.select=[kanji, kana]", ["kanji", "kana"], "  select: [kanji, kana]"),
        ("train.scale_per_axis=true", True, "  scale_per_axis: true"),
        ("fetch.version=20260101", "20260101", '  version: "20260101"'),  # text stays text
        ("fetch.url=https://example.org/a?b=c", "https://example.org/a?b=c", "  url: https://example.org/a?b=c"),
        ("sample.max_steps=1000", 1000, "  max_steps: 1000"),
    ],
)
def test_a_value_has_its_parameter_s_type_and_other_lines_stay(home, assignment, value, line):
    said = run(assignment)
    assert read(home, *assignment.partition("=")[0].split(".")) == value
    assert [text.replace("'", '"') for text in changed(home)] == [line]
    assert " -> " in said
    name = assignment.partition("=")[0]
    apply_overrides(home / "params.yaml", [setting.hydra(name, value)])
    assert read(home, *name.split(".")) == value


HAND = (
    "{arphic: {source: npm, package: hanzi-writer-data, version: '2.0.1', sha256: "
    + "ab" * 32
    + ", licence: 'A, (c) B'}}"
)


def test_a_hand_is_set_whole_here_and_by_dvc(home):
    run(f"fetch.hands={HAND}")
    there = YAML(typ="safe").load(home / "params.yaml")
    assert there["fetch"]["hands"]["arphic"]["licence"] == "A, (c) B"
    shutil.copy(ROOT / "params.yaml", home)
    apply_overrides(home / "params.yaml", [setting.hydra("fetch.hands", there["fetch"]["hands"])])
    assert YAML(typ="safe").load(home / "params.yaml")["fetch"] == there["fetch"]


def test_null(home):
    run("fetch.path=/x")
    run("fetch.path=null")
    assert read(home, "fetch", "path") is None and changed(home) == []


@pytest.mark.parametrize(
    ("assignments", "words"),
    [
        (["train.epochs=7", "train.seed=many"], r"nothing was changed, because\n  train.seed: input .*'many'"),
        (["train.epochs=0"], "train.epochs: .*greater than"),
        (["fetch.source=folder"], "fetch.path"),  # a check across keys
        (["train.epoch=7"], "train.epoch: there is no such parameter; allowed are .*train.epochs"),
        (["trian.epochs=7"], "trian.epochs: there is no such parameter; allowed are fetch, parse"),
        (["train.epochs"], "'train.epochs' is not NAME=VALUE"),
    ],
)
def test_what_is_wrong_changes_nothing(home, assignments, words):
    said = run(*assignments, code=1)
    assert re.search(words, said) and ".partial" not in said
    assert (home / "params.yaml").read_bytes() == (ROOT / "params.yaml").read_bytes()
    assert [path.name for path in home.iterdir()] == ["params.yaml"]


def test_a_wrong_file_is_mended_by_it(home):
    text = (home / "params.yaml").read_text(encoding="utf-8")
    (home / "params.yaml").write_text(re.sub(r"epochs: \d+", "epochs: many", text), encoding="utf-8")
    assert "train.epochs: input should be a valid integer" in run("train.seed=2", code=1)
    run("train.epochs=7")
    assert read(home, "train", "epochs") == 7


@pytest.mark.parametrize(("text", "words"), [(None, "run from the repository's root"), ("a: [", "is not YAML")])
def test_no_file_to_change(home, text, words):
    if text is None:
        (home / "params.yaml").unlink()
    else:
        (home / "params.yaml").write_text(text, encoding="utf-8")
    assert words in run("train.epochs=7", code=1)
