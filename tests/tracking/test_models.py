"""A row's net as a model: in a real MLflow, loaded by a Python that knows nothing of this repository, served."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pandas as pd
import pytest

from pipeline.tracking import address, models, pyfunc, rows, store
from pipeline.write.asking import COLUMNS, Answerer, Asked, AskingError, Manner
from pipeline.write.writer import Writer
from tests.support import ROOT
from tests.support.asked import told_model
from tests.support.servers import model_served, rows_served

# of MLflow's libraries, where a test asks MLflow itself; the modules under test silence them
pytestmark = pytest.mark.filterwarnings("ignore")

ROWS = [Asked("⿰木月", 2), Asked("⿰氵寺")]
SCORES = {"test": {"nats_per_step": 1.25}, "likeness": {"auc": 0.75}}


@pytest.fixture
def work(database, tmp_path, monkeypatch) -> Path:
    """A repository whose stages have run."""
    for name in ("MLFLOW_TRACKING_URI", "DVC_ROOT", "DVC_EXP_NAME", "RANK", "LOCAL_RANK", "NODE_RANK"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(database, tmp_path)
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "data").mkdir()
    told_model(tmp_path / "data/model")
    (tmp_path / "data/scores").mkdir()
    (tmp_path / "data/scores/metrics.json").write_text(json.dumps(SCORES), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scored() -> str:
    """The id of the row after score."""
    with rows.stage("score") as row:
        pass
    assert row.errors == 0
    return row.id


def kept(run: str) -> list:
    """The models of a row."""
    with store.opened(address.address()) as opened:
        found = opened.client.search_logged_models([opened.experiment])
    return [model for model in found if model.source_run_id == run]


def points(run: str, name: str) -> int:
    with store.opened(address.address()) as opened:
        return len(opened.client.get_metric_history(run, name))


def expected(model: Path = Path("data/model")) -> list[dict]:
    return Answerer(Writer.of(model)).answer(ROWS, Manner(seed=3))


def test_the_model_shows_the_row_s_scores_and_parameters(work):
    run = scored()
    (model,) = kept(run)
    assert (model.name, model.status) == (models.NAME, "READY")
    assert {m.key: m.value for m in model.metrics} == {"score/test.nats_per_step": 1.25, "score/likeness.auc": 0.75}
    assert model.params["model.hidden_size"] == "256" and points(run, "score/likeness.auc") == 1
    with store.opened(address.address()) as opened:
        (output,) = opened.client.get_run(run).outputs.model_outputs
    assert output.model_id == model.model_id
    files = [path for path in Path("mlartifacts/models").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {
        ".py",
        ".safetensors",
        ".json",
        ".yaml",
        ".txt",
        ".html",
        ".css",
        ".js",
        "",
    }
    assert [path.name for path in files if not path.suffix] == ["MLmodel"]
    assert "cloudpickle" not in next(path for path in files if path.name == "MLmodel").read_text()


def test_the_model_s_page_says_how_to_ask_it(work):
    run = scored()
    (model,) = kept(run)
    note = model.tags[models.NOTE]
    assert f'load_model("runs:/{run}/net")' in note and '"description": ["⿰木食", "明"]' in note
    assert "derive from KanjiVG" in note and "`score/likeness.auc`" in note
    with store.opened(address.address()) as opened:
        opened.client.set_logged_model_tags(model.model_id, {models.NOTE: "mine"})
    scored()
    assert kept(run)[0].tags[models.NOTE] == "mine"
    with store.opened(address.address()) as opened:
        opened.client.delete_logged_model_tag(model.model_id, models.NOTE)  # as of a model made before
    scored()
    assert [(one.model_id, one.tags[models.NOTE]) for one in kept(run)] == [(model.model_id, note)]


def test_once_a_row_and_anew_with_another_net(work):
    run = scored()
    (model,) = kept(run)
    assert scored() == run and [one.model_id for one in kept(run)] == [model.model_id]
    config = json.loads(Path("data/model/config.json").read_text())
    Path("data/model/config.json").write_text(json.dumps(config | {"note": "trained again"}))
    assert scored() == run
    (other,) = kept(run)
    assert other.model_id != model.model_id and len(other.metrics) == 2
    assert points(run, "score/likeness.auc") == 1  # the same point on both


def test_what_a_kill_left_is_made_anew(work):
    run = scored()
    (whole,) = kept(run)
    with store.opened(address.address()) as opened:
        opened.client.delete_logged_model(whole.model_id)
        half = opened.client.create_logged_model(opened.experiment, models.NAME, run)
    assert half.status == "PENDING"
    scored()
    (model,) = kept(run)
    assert model.status == "READY" and model.model_id != half.model_id


def test_code_without_a_loader_and_no_net_give_no_model(work):
    assert rows.sync(code=work) and kept_all() == []  # as of a commit before there were models
    shutil.rmtree("data/model")
    scored()
    assert kept_all() == []


def kept_all() -> list:
    with store.opened(address.address()) as opened:
        return list(opened.client.search_logged_models([opened.experiment]))


LOADED = """
import sys
sys.path = [place for place in sys.path if place not in ("", {root!r})]
import mlflow
mlflow.set_tracking_uri({uri!r})
table = {{"description": ["⿰木月", "⿰氵寺"], "count": [2, 1]}}
found = mlflow.pyfunc.load_model("runs:/{run}/net").predict(table, {{"seed": 3}})
import json, pipeline
print(json.dumps([pipeline.__file__, found["svg"].tolist(), sorted({{name.split(".")[0] for name in sys.modules}})]))
"""


def test_a_python_without_the_repository_loads_it_and_needs_what_it_says(work, tmp_path):
    text = LOADED.format(root=str(ROOT), uri=address.address(), run=scored())
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    place, pictures, loaded = json.loads(done.stdout.splitlines()[-1])
    assert "/code/pipeline/" in place and not place.startswith(str(ROOT / "pipeline"))
    assert pictures == [row["svg"] for row in expected()]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    direct = {one.split("==")[0].lower() for one in project}
    of = packages_distributions()
    used = {name.lower() for module in loaded for name in of.get(module, [])} & direct
    assert used <= set(models.REQUIRED) | USED_BY_MLFLOW, used - set(models.REQUIRED)
    assert set(models.REQUIRED) <= used


USED_BY_MLFLOW = {"scipy", "scikit-learn", "matplotlib", "filelock", "tqdm", "fonttools", "brotli"}


def test_it_is_registered_and_served(work):
    """By the real server of the rows and that of the model."""
    from mlflow import MlflowClient

    with rows_served() as server:
        os.environ["MLFLOW_TRACKING_URI"] = server  # work takes it away again
        run = scored()
        client = MlflowClient(server)
        client.create_registered_model("kanji")
        net = kept(run)[0].model_id
        version = client.create_model_version("kanji", f"models:/{net}", run, model_id=net)
        with model_served(f"models:/kanji/{version.version}", MLFLOW_TRACKING_URI=server) as model:
            table = {"columns": ["description", "count"], "data": [["⿰木月", 2], ["⿰氵寺", None]]}
            answer = asked(model, {"dataframe_split": table, "params": {"seed": 3}})
            assert [list(row) for row in answer] == [list(COLUMNS)] * 3
            for row, own in zip(answer, expected(), strict=True):
                assert row["svg"] == own["svg"]
                for stroke, points in zip(row["strokes"], own["strokes"], strict=True):
                    np.testing.assert_array_equal(stroke, points)
            assert asked(model, {"inputs": {"description": "⿰木月"}, "params": {"seed": 3}})[0]["asked"] == 0
            with pytest.raises(HTTPError) as refused:
                asked(model, {"inputs": {"description": "⿰木"}})
            said = json.loads(refused.value.read())
    assert refused.value.code == 400 and said["error_code"] == "INVALID_PARAMETER_VALUE"
    assert "ends after 1 of the 2 parts" in said["message"] and "Traceback" not in json.dumps(said)


def asked(model: str, question: dict) -> list[dict]:
    data = json.dumps(question).encode()
    with urlopen(Request(f"{model}/invocations", data, {"Content-Type": "application/json"})) as answer:
        return json.load(answer)["predictions"]


@pytest.mark.parametrize(
    ("table", "read"),
    [
        ({"description": ["⿰木月", None]}, [Asked("⿰木月"), Asked()]),
        ({"count": [2, 1]}, [Asked(count=2), Asked()]),
        ({"description": [None, "木"], "count": [3, np.nan]}, [Asked(count=3), Asked("木")]),
        ({"description": [["木", "月"]], "count": [[2, 1]]}, [Asked("木", 2), Asked("月")]),  # as MLflow makes them
        ({"description": [np.array(["木", "月"])]}, [Asked("木"), Asked("月")]),
        ({"count": [np.int64(2), 3.0]}, [Asked(count=2), Asked(count=3)]),
    ],
)
def test_tables(table, read):
    assert pyfunc.rows(pd.DataFrame(table)) == read


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"descriptions": ["木"]}, "the table has none of the columns description, count"),
        ({"count": [1.5]}, "a count is 1.5; it must be a whole number"),
        ({"count": ["2"]}, "a count is 2; it must be a whole number"),
        ({"description": [5]}, "a description is 5; it must be a text"),
        ({"description": [["木", "月"]], "count": [[1]]}, "are not equally long"),
    ],
)
def test_tables_that_are_none(table, said):
    with pytest.raises(AskingError, match=said):
        pyfunc.rows(pd.DataFrame(table))
