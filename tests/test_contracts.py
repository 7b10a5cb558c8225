"""What the repository promises of itself: dvc.yaml against the imports, README against the files and parameters."""

import re
import subprocess
from pathlib import Path

import pytest
from imports import NO_INFLUENCE, closure
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
STAGES = ("fetch", "parse", "batch", "train", "export", "sample", "score")
README = ROOT / "README.md"


def yaml(name: str) -> dict:
    return YAML(typ="safe", pure=True).load(ROOT / name)


@pytest.mark.parametrize("stage", STAGES)
def test_deps_are_the_data_and_all_that_the_script_imports(stage):
    deps = yaml("dvc.yaml")["stages"][stage]["deps"]
    assert sorted(dep for dep in deps if dep.endswith(".py")) == closure(f"stages/{stage}.py")
    assert len(deps) == len(set(deps))


def test_the_judge_s_deps_are_all_that_its_script_imports():
    stage = yaml("judge/dvc.yaml")["stages"]["judge"]
    assert stage["deps"] == closure("stages/judge.py")
    assert stage["params"] == [{"judge/params.yaml": list(yaml("judge/params.yaml"))}]
    assert all(options == {"cache": False} for out in stage["outs"] for options in out.values())


def test_the_closure_follows_imports():
    # the control: known edges, over several steps, and nothing that only reports
    assert {"pipeline/mixture.py", "pipeline/drawing.py", "stages/train.py"} <= set(closure("stages/train.py"))
    assert "pipeline/training.py" not in closure("stages/sample.py")
    assert "pipeline/tracking.py" in NO_INFLUENCE and not NO_INFLUENCE & set(closure("stages/score.py"))


def test_the_flow_has_one_direction():
    """A module imports only what stands above it in the package's docstring."""
    text = (ROOT / "pipeline" / "__init__.py").read_text(encoding="utf-8")
    order = re.findall(r"^    (\w+) {2,}\S", text, flags=re.MULTILINE)
    modules = {path.stem for path in (ROOT / "pipeline").glob("*.py")} - {"__init__", "__main__"}
    assert set(order) == modules
    for name in modules - {"params"}:  # which names its sections' modules to check the whole file
        below = set(order[order.index(name) :])
        imported = {Path(path).stem for path in closure(f"pipeline/{name}.py")} - {name}
        assert not imported & below, f"{name} imports {sorted(imported & below)}, which stand below it"


def test_no_stage_is_always_run_or_depends_on_an_address():
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    assert "persist" not in text and "always_changed" not in text and "://" not in text
    stages = yaml("dvc.yaml")["stages"]
    assert tuple(stages) == STAGES
    assert all(stage["desc"] and stage["params"] for stage in stages.values())


def test_only_tracking_imports_mlflow():
    for path in [*(ROOT / "pipeline").glob("*.py"), *(ROOT / "stages").glob("*.py")]:
        if not path.stem.startswith("tracking") and re.search(r"^\s*(import|from) mlflow", path.read_text(), re.M):
            pytest.fail(f"{path.name} imports mlflow")


def test_nothing_is_unpickled_but_by_the_one_reader_that_runs_nothing():
    """object_arrays.py reads the pickles of others; tests/test_object_arrays.py holds what it refuses."""
    for path in [*(ROOT / "pipeline").glob("*.py"), *(ROOT / "stages").glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert "allow_pickle=True" not in text and "torch.load" not in text, path.name
        assert not re.search(r"\bpickle\.|import pickle|from pickle", text) or path.stem == "object_arrays", path.name
    text = (ROOT / "pipeline" / "object_arrays.py").read_text(encoding="utf-8")
    assert "pickle.load" not in text and len(re.findall(r"\bpickle\.", text)) == 1  # the class that it restricts


def test_readme_s_parameter_table_is_params_yaml():
    rows = re.findall(r"^\| `(\w+\.\w+)` \| `([^`]*)` \|", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    values = {f"{name}.{key}": value for name, part in yaml("params.yaml").items() for key, value in part.items()}
    assert [name for name, _ in rows] == list(values)
    parser = YAML(typ="safe", pure=True)
    wrong = {name: text for name, text in rows if parser.load(text) != values[name]}
    assert not wrong


def test_readme_s_tree_is_the_repository_s():
    block = re.search(r"```\n(fake-kanji/\n.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert block
    named = set(re.findall(r"^ {2}([\w./-]+)", block.group(1), flags=re.MULTILINE))
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    there = {line.split("/")[0] + ("/" if "/" in line else "") for line in tracked if line}
    hidden = {name for name in there if name.startswith(".")} - {".ci/"}
    assert named == there - hidden


def test_readme_s_make_targets_exist():
    targets = set(re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    used = set(re.findall(r"(?:^    |`)make (\w[\w-]*)", README.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert used and used <= targets


def test_overrides_in_the_docs_are_parameters():
    """Every `-S name=value` of README and docs names a parameter."""
    known = {f"{name}.{key}" for name, part in yaml("params.yaml").items() for key in part}
    for path in [README, *(ROOT / "docs").glob("*.md")]:
        named = re.findall(r"-S '?(\w+\.\w+)=", path.read_text(encoding="utf-8"))
        assert set(named) <= known, path.name
