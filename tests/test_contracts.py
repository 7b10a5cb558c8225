"""What the code promises of itself: dvc.yaml against the imports, one direction, no pickles."""

import ast
import re
import tomllib

import pytest
from ruamel.yaml import YAML

from tests.support import ROOT
from tests.support.imports import REPORTS, closure, imported, modules

STAGES = ("fetch", "parse", "batch", "train", "export", "sample", "score")


def yaml(name: str) -> dict:
    return YAML(typ="safe", pure=True).load(ROOT / name)


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def covering(deps: list[str], path: str) -> list[str]:
    """Those of the deps that are the file or a folder above it."""
    return [dep for dep in deps if path == dep or path.startswith(f"{dep}/")]


def code(deps: list[str]) -> list[str]:
    return [dep for dep in deps if dep.startswith(("pipeline/", "stages/"))]


def stages_and_scripts() -> list[tuple[str, list[str]]]:
    found = [(name, stage["deps"]) for name, stage in yaml("dvc.yaml")["stages"].items()]
    return [*found, ("judge", yaml("judge/dvc.yaml")["stages"]["judge"]["deps"])]


@pytest.mark.parametrize(("stage", "deps"), stages_and_scripts(), ids=[name for name, _ in stages_and_scripts()])
def test_deps_are_the_wings_and_base_files_that_the_script_imports(stage, deps):
    """Every module that is imported is in one of them, and each of them holds one that is imported."""
    needed = closure(f"stages/{stage}.py")
    assert [path for path in needed if len(covering(code(deps), path)) != 1] == []
    assert [dep for dep in code(deps) if not any(covering([dep], path) for path in needed)] == []
    assert len(deps) == len(set(deps)) and all((ROOT / dep).exists() for dep in code(deps))
    assert all((ROOT / dep).is_file() or dep.count("/") == 1 or stage == "judge" for dep in code(deps))


def test_the_judge_s_outputs_are_kept_in_git():
    stage = yaml("judge/dvc.yaml")["stages"]["judge"]
    assert stage["params"] == [{"judge/params.yaml": list(yaml("judge/params.yaml"))}]
    assert all(options == {"cache": False} for out in stage["outs"] for options in out.values())


def test_the_closure_follows_imports():
    # the control: known edges, over several steps, and nothing that only reports
    assert {"pipeline/net/mixture.py", "pipeline/drawing.py", "stages/train.py"} <= set(closure("stages/train.py"))
    assert "pipeline/train/loop.py" not in closure("stages/sample.py")
    assert not any(path.startswith(REPORTS) for path in closure("stages/score.py"))


def test_what_a_change_reruns():
    """An edit of the gallery reruns only score, one of the optimiser training and what follows, none of them parse."""
    for path, rerun in (
        ("pipeline/score/gallery/gallery.js", {"score"}),
        ("pipeline/train/optimizers.py", {"train"}),
        ("pipeline/sample/filters.py", {"sample", "score"}),
        ("pipeline/parse/resampling.py", {"parse"}),
        ("pipeline/describe/arrangement.py", {"batch", "train", "export", "sample", "score"}),
        ("pipeline/export/compact.py", {"export"}),
        ("pipeline/cli/sample.py", set()),
        ("pipeline/write/prefix.py", set()),
        ("pipeline/tracking/rows.py", set()),
    ):
        assert (ROOT / path).exists()
        assert {name for name, deps in stages_and_scripts()[:-1] if covering(deps, path)} == rerun, path


def order_of_the_flow() -> list[str]:
    """The base files and wings as the package's docstring names them."""
    text = (ROOT / "pipeline" / "__init__.py").read_text(encoding="utf-8")
    return re.findall(r"^    (\w+) {2,}\S", text, flags=re.MULTILINE)


def test_the_flow_has_one_direction():
    """A module imports only its own wing and what stands above that in the package's docstring."""
    order = order_of_the_flow()
    there = {
        path.stem for path in (ROOT / "pipeline").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(order) == there - {"__init__", "__main__"} and len(order) == len(set(order))
    for path in (ROOT / "pipeline").rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        place = path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py")
        if place in order:
            below = order[order.index(place) + 1 :]
            wrong = {other for other in imported(name) if other.split("/")[1].removesuffix(".py") in below}
            assert not wrong, f"{name} imports {sorted(wrong)}, which stand below it"


def test_a_wing_s_docstring_names_its_modules():
    """And nothing is imported there, so that a stage imports only what it needs."""
    for path in (ROOT / "pipeline").rglob("__init__.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert len(tree.body) == 1, f"{path} does more than to describe"
        for module in [*path.parent.glob("*.py"), *(folder.parent for folder in path.parent.glob("*/__init__.py"))]:
            if module.stem not in ("__init__", "__main__"):
                assert re.search(rf"\b{module.stem}\b", ast.get_docstring(tree)), (
                    f"{path} does not tell of {module.name}"
                )


def test_no_stage_is_always_run_or_depends_on_an_address():
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    assert "persist" not in text and "always_changed" not in text and "://" not in text
    stages = yaml("dvc.yaml")["stages"]
    assert tuple(stages) == STAGES
    assert all(stage["desc"] and stage["params"] for stage in stages.values())


def test_only_tracking_imports_mlflow():
    for path in modules():
        if path.parent.name != "tracking" and re.search(r"^\s*(import|from) mlflow", path.read_text(), re.M):
            pytest.fail(f"{path} imports mlflow")


def test_nothing_is_unpickled_but_by_the_one_reader_that_runs_nothing():
    """object_arrays.py reads the pickles of others; tests/parse/test_object_arrays.py holds what it refuses."""
    reader = ROOT / "pipeline" / "parse" / "formats" / "object_arrays.py"
    for path in modules():
        text = path.read_text(encoding="utf-8")
        assert "allow_pickle=True" not in text and "torch.load" not in text, path.name
        assert not re.search(r"\bpickle\.|import pickle|from pickle", text) or path == reader, path.name
    text = reader.read_text(encoding="utf-8")
    assert "pickle.load" not in text and len(re.findall(r"\bpickle\.", text)) == 1  # the class that it restricts


def test_the_linters_are_the_same_before_a_commit_and_in_ci():
    """Each command of `make lint` is a hook of pre-commit, from the project's environment: no second version of it."""
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    commands = [line.strip() for line in recipe.group(1).splitlines()]
    (repository,) = yaml(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local" and all(hook["language"] == "system" for hook in repository["hooks"])
    assert [hook["entry"] for hook in repository["hooks"]] == [f".venv/bin/{command}" for command in commands]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    dev = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"][
        "dev"
    ]
    for tool in {command.split()[0] for command in commands}:
        (version,) = [one for one in dev if one.startswith(f"{tool}==")]
        assert version in pinned


def test_ci_runs_what_ci_run_says_on_the_oldest_python():
    (job,) = yaml(".github/workflows/ci.yml")["jobs"].values()
    python = next(step["with"]["python-version"] for step in job["steps"] if "python" in step.get("uses", ""))
    assert f">={python}" == project()["requires-python"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert {"make test", "make lint"} <= set(script.splitlines())
