"""What the documentation promises of the repository: all that it names is there.

A check takes a page's text and its place, and gives what is wrong in it. CONTROLS hold a wrong text for each.
"""

import importlib.util
import re
import subprocess
from collections.abc import Callable
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
import typer.main
from ruamel.yaml import YAML

from pipeline.cli.main import app
from tests.support import ROOT

PARAMETERS = ROOT / "docs" / "parameters.md"
TREE = ROOT / "CONTRIBUTING.md"
FOLDERS = "pipeline|stages|tests|benchmarks|docs|web|judge|pretrained"
START = r"(?<![\w./-])"  # of a path from the root: no part of a longer one


@cache
def yaml(name: str) -> dict:
    return YAML(typ="safe", pure=True).load(ROOT / name)


@cache
def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.split("\n") if (ROOT / line).is_file()]


def pages() -> list[str]:
    return [name for name in tracked() if name.endswith(".md")]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(text: str, page: Path) -> list[str]:
    """Relative links and pictures."""
    wrong = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if "://" not in link and not (target.exists() and (not anchor or anchor in anchors(target))):
            wrong.append(link)
    return wrong


def paths(text: str, page: Path) -> list[str]:
    """Paths from the root into folders that are kept, and every name of a Python file."""
    named = re.findall(rf"{START}((?:{FOLDERS}|\.ci)/[\w./*-]*)", text)
    named += re.findall(rf"{START}(?!__init__)([\w-][\w./-]*\.py)\b", text)
    return [name for name in dict.fromkeys(named) if not any(ROOT.glob(name.rstrip(".")))]


def outputs(text: str, page: Path) -> list[str]:
    """Paths in data/ are outputs of stages, in one, or a folder of them."""
    stages = yaml("dvc.yaml")["stages"].values()
    listed = [out for stage in stages for kind in ("outs", "metrics") for out in stage.get(kind, [])]
    outs = {next(iter(out)) if isinstance(out, dict) else out for out in listed}
    above = {folder for out in outs for folder in upwards(out)}
    named = [name.rstrip("./") for name in re.findall(rf"{START}(data/[\w./-]*)", text)]
    return [name for name in named if name not in above and not outs & upwards(name)]


def upwards(path: str) -> set[str]:
    """It and the folders above it."""
    return {str(one) for one in (PurePosixPath(path), *PurePosixPath(path).parents)}


def modules(text: str, page: Path) -> list[str]:
    """What `python -m` runs: a file here, or a library that is installed."""
    wrong = []
    for name in re.findall(r" -m ([A-Za-z_]\w*(?:\.\w+)*)", text):
        here = (ROOT / name.split(".")[0]).is_dir()
        there = [ROOT / f"{name.replace('.', '/')}.py", ROOT / name.replace(".", "/") / "__main__.py"]
        if not (any(file.is_file() for file in there) if here else importlib.util.find_spec(name)):
            wrong.append(name)
    return wrong


def commands(text: str, page: Path) -> list[str]:
    """`fake-kanji COMMAND` and its options."""
    known = typer.main.get_command(app).commands
    wrong = []
    for name, rest in re.findall(r"(?:`|^ {4})fake-kanji\s+([a-z][\w-]*)([^`#\n]*)", text, flags=re.MULTILINE):
        if name not in known:
            wrong.append(name)
            continue
        options = {"--help", *(one for param in known[name].params for one in (*param.opts, *param.secondary_opts))}
        wrong += [one for one in re.findall(r"--[\w-]+", rest) if one not in options]
    return wrong


def targets(text: str, page: Path) -> list[str]:
    """Of make."""
    known = re.findall(r"^(\w[\w-]*):", read("Makefile"), flags=re.MULTILINE)
    return [name for name in re.findall(r"(?:^    |`)make (\w[\w-]*)", text, flags=re.MULTILINE) if name not in known]


def parameters(text: str, page: Path) -> list[str]:
    """Overrides, and names that stand by themselves."""
    values = yaml("params.yaml")
    named = re.findall(r"-S\s'?(\w+\.\w+)=", text) + re.findall(rf"`((?:{'|'.join(values)})\.\w+)(?:`|: )", text)
    return [name for name in named if name.split(".")[1] not in values.get(name.split(".")[0], ())]


def named_tests(text: str, page: Path) -> list[str]:
    """FILE::test_name, or test_name alone in a section that says "Tests are in FILE". A * stands for anything."""
    wrong = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        usual = re.search(r"Tests are in\s+`([\w/]+\.py)`", section)
        for file, name in re.findall(r"(?<![\w/.])(?:(tests/[\w/]+\.py)::)?(test_\w+\*?)(?!\w|\.py)", section):
            file = file or (usual[1] if usual else "")
            there = re.findall(r"^def (test_\w+)", read(file), flags=re.MULTILINE) if (ROOT / file).is_file() else []
            if not any(fnmatch(one, name) for one in there):
                wrong.append(f"{file}::{name}")
    return wrong


CONTROLS: list[tuple[Callable[[str, Path], list[str]], str, list[str]]] = [
    (links, "[a](LICENSE) [b](LICENCE) ![c](docs/none.png)", ["LICENCE", "docs/none.png"]),
    (links, "[a](#use) [b](docs/scores.md#nothing) [c](https://example.org/x)", ["docs/scores.md#nothing"]),
    (paths, "`pipeline/net/loss.py`, `pipeline/loss.py`, stages/, docs/*.md", ["pipeline/loss.py"]),
    (paths, "`test_svg.py`; web/nothing.", ["web/nothing.", "test_svg.py"]),
    (outputs, "`data/model/`, data/scores/metrics.json, data/, data/models", ["data/models"]),
    (modules, "python -m stages.train x, python -m stages.tame, python -m pytest -q", ["stages.tame"]),
    (modules, "python -m pipeline, python -m no_such_library", ["no_such_library"]),
    (commands, "`fake-kanji sample --count 3`, `fake-kanji track --undo`, `fake-kanji\nexprot`", ["--undo", "exprot"]),
    (targets, "`make repro` and `make mistakes`, to make sense", ["mistakes"]),
    (parameters, "-S train.epochs=1 -S train.epoch=1", ["train.epoch"]),
    (parameters, "`train.optimizer: adam`, `train.optimiser`, `parts.share`", ["train.optimiser"]),
    (named_tests, "`tests/test_docs.py::test_a*`, `tests/test_docs.py::test_z*`", ["tests/test_docs.py::test_z*"]),
    (named_tests, "Tests are in `tests/test_docs.py`: `test_c*`\n## B\n`test_x`", ["::test_x"]),
]  # fmt: skip
CHECKS = list(dict.fromkeys(check for check, _, _ in CONTROLS))


@pytest.mark.parametrize("page", pages())
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_all_that_a_page_names_is_there(check, page):
    assert check(read(page), ROOT / page) == []


@pytest.mark.parametrize(("check", "text", "wrong"), CONTROLS)
def test_control_what_is_not_there_is_seen(check, text, wrong):
    assert check(text, ROOT / "README.md") == wrong


def test_files_that_code_speaks_of_are_there():
    """Python files and pages named in modules, scripts and settings, by their whole path or the end of it."""
    known = [f"/{name}" for name in tracked()]
    for name in tracked():
        if name.endswith((".py", ".js", ".yaml", ".toml")) and not name.startswith("tests/"):
            named = re.findall(rf"{START}([\w-][\w/-]*\.(?:py|md))\b", read(name))
            assert {one for one in named if not any(there.endswith(f"/{one}") for there in known)} == set(), name


def test_the_index_names_every_page_and_some_page_every_picture():
    index = read("docs/README.md")
    files = [name.removeprefix("docs/") for name in tracked() if name.startswith("docs/") and name != "docs/README.md"]
    everything = "".join(map(read, pages()))
    assert [name for name in files if name.endswith(".md") and f"({name})" not in index] == []
    assert [name for name in files if name not in everything] == []


def test_the_parameter_table_is_params_yaml():
    """A section a heading, a row a parameter, in the same order, with the same values."""
    text = PARAMETERS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+\.\w+)` \| `([^`]*)` \|", text, flags=re.MULTILINE)
    values = {f"{name}.{key}": value for name, part in yaml("params.yaml").items() for key, value in part.items()}
    assert [name for name, _ in rows] == list(values)
    parser = YAML(typ="safe", pure=True)
    assert {name: shown for name, shown in rows if parser.load(shown) != values[name]} == {}
    for section in yaml("params.yaml"):
        part = re.search(rf"^## {section}\n(.*?)^## ", text, flags=re.MULTILINE | re.DOTALL)
        assert part and set(re.findall(r"^\| `(\w+)\.", part[1], flags=re.MULTILINE)) == {section}


def test_the_tree_is_the_repository_s():
    block = re.search(r"```\n(fake-kanji/\n.*?)```", TREE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert block
    named = re.findall(r"^ {2}([\w./-]+)", block[1], flags=re.MULTILINE)
    there = {name.split("/")[0] + ("/" if "/" in name else "") for name in tracked()}
    hidden = {name for name in there if name.startswith(".")} - {".ci/"}
    assert len(named) == len(set(named)) and set(named) == there - hidden
