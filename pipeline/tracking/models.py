"""The net of a row as a model of MLflow, which shows it under Models with the row's scores, loads, serves and registers
it: weights as safetensors, JSON, and the code that reads them. No pickle, and nothing is run while it is made.

A row has one. Its name among the row's is NAME, so that `runs:/<row>/net` is its address.
"""

import json
import tempfile
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.tracking import contents, view

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel, Run

NAME = "net"
FILES = "fake_kanji.files"  # a model's tag: fingerprint of what it was made of
NOTE = "mlflow.note.content"  # a model's tag: the description that its page shows, as Markdown
SCORES = "score/"  # prefix of the numbers that it shows
LOADER = "pipeline.tracking.pyfunc"
REQUIRED = (  # of the project's dependencies those that the loader imports; a test compares
    "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "ruamel.yaml", "safetensors", "torch",
)  # fmt: skip


def keep(client: "MlflowClient", run: "Run", root: Path, code: Path) -> str:
    """The row's model, made of the net under `root` if it is not there yet; its id, or "" where there is no net, or
    where the code, of an older commit, has no loader."""
    files = {name: path for name, path in contents.artifacts(root).items() if name.startswith("model/")}
    loader = code / f"{LOADER.replace('.', '/')}.py"
    if not {"model/config.json", "model/weights.safetensors"} <= files.keys() or not loader.exists():
        return ""
    made_of = " ".join(contents.fingerprint(path) for path in files.values())
    for model in _of(client, run):
        if model.tags.get(FILES) == made_of and model.status == "READY":
            if NOTE not in model.tags:  # made before there were any; a user's own stays
                client.set_logged_model_tags(model.model_id, {NOTE: note(run, root)})
            return model.model_id
        client.delete_logged_model(model.model_id)  # of another net, or not whole, as a kill leaves it
    return _made(client, run, list(files.values()), code, {FILES: made_of, NOTE: note(run, root)})


def note(run: "Run", root: Path) -> str:
    """What it is, how it is asked, what of its many numbers to look at, and the licence of its weights, as Markdown."""
    config = json.loads((root / contents.MODEL_CONFIG).read_text(encoding="utf-8"))
    told, licence = config.get("model", {}).get("described"), config.get("data", {}).get("licence")
    asked = ['net.predict({"description": ["⿰木食", "明"]})  # a writing of each'] if told else []
    made_up = 'net.predict({"count": 20}, params={"seed": 7})  # what it makes up'
    lines = [f'net = mlflow.pyfunc.load_model("runs:/{run.info.run_id}/{NAME}")', *asked, made_up]
    return "\n\n".join(
        [
            "Writes characters stroke by stroke" + (", also such as are described to it." if told else "."),
            "\n".join(["```python", *lines, "```"]),
            "The first scores to look at: "
            + ", ".join(f"`{name}`" for name in view.METRICS if shows(name))
            + ". `docs/scores.md` explains them all.",
            *([f"The weights derive from {licence}."] if licence else []),
        ]
    )


def shows(name: str) -> bool:
    """Whether a number of the row is one of its model, too."""
    return name.startswith(SCORES)


def unseen(client: "MlflowClient", model: str, numbers: dict[str, float]) -> list[str]:
    """Names of the row's scores that the model does not show as they are."""
    if not model:
        return []
    shown = {metric.key: metric.value for metric in client.get_logged_model(model).metrics or []}
    return [name for name, value in numbers.items() if shows(name) and shown.get(name) != value]


def _of(client: "MlflowClient", run: "Run") -> Iterable["LoggedModel"]:
    query = f"name = '{NAME}' AND source_run_id = '{run.info.run_id}'"
    return client.search_logged_models([run.info.experiment_id], query)


def _made(client: "MlflowClient", run: "Run", files: list[Path], code: Path, tags: dict[str, str]) -> str:
    from mlflow.entities import LoggedModelOutput

    model = client.create_logged_model(
        run.info.experiment_id, NAME, run.info.run_id, tags, dict(run.data.params), "writing net"
    )
    with tempfile.TemporaryDirectory() as place:
        _save(Path(place, NAME), model, files, code)
        client.log_model_artifacts(model.model_id, str(Path(place, NAME)))
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run.info.run_id, [LoggedModelOutput(model.model_id, step=0)])
    return model.model_id


def _save(path: Path, model: "LoggedModel", files: list[Path], code: Path) -> None:
    from mlflow import pyfunc
    from mlflow.models import Model

    from pipeline.tracking.pyfunc import signature

    about = Model(model.artifact_location, model.source_run_id, model_uuid=model.model_id, model_id=model.model_id)
    with tempfile.TemporaryDirectory() as place:
        data = Path(place, "model")
        data.mkdir()
        for file in files:
            (data / file.name).symlink_to(file.resolve())
        pyfunc.save_model(
            path,
            loader_module=LOADER,
            data_path=data,
            code_paths=[str(code / "pipeline")],
            mlflow_model=about,
            signature=signature(),
            pip_requirements=[f"{name}=={version(name)}" for name in REQUIRED],
        )
