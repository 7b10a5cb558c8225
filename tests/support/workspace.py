"""A copy of the repository with small parameters, under its own git and DVC."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path

import pandas as pd
from ruamel.yaml import YAML

from tests.support import ROOT

SMALL = {
    "fetch": {"source": "folder", "path": "svg", "licence": "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"},
    "batch": {"size": 8, "test_percent": 15, "valid_percent": 15},
    "model": {"hidden_size": 16, "mixtures": 3},
    "train": {"epochs": 3, "device": "cpu", "precision": "32-true", "threads": 1, "average": 0.9},
    "sample": {"count": 6, "max_attempts": 24, "max_steps": 60, "min_size": 1.0, "columns": 3, "rows": 2},
    "score": {"bootstrap": 100, "columns": 2, "rows": 2, "calibration_bins": 4},
}


class Workspace:
    """A copy of the repository's code and pipeline with small parameters, under its own git and DVC."""

    def __init__(self, folder: Path, archive: Path):
        self.folder = folder
        shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "stages", folder / "stages", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "web", folder / "web")
        shutil.copytree(ROOT / "pretrained/judge", folder / "pretrained/judge")
        for name in ("dvc.yaml", "params.yaml"):
            shutil.copy(ROOT / name, folder)
        with zipfile.ZipFile(archive) as packed:
            for name in sorted(packed.namelist())[600:6600:40]:
                packed.extract(name, folder / "svg")
        self.change({f"{section}.{key}": value for section, part in SMALL.items() for key, value in part.items()})
        for command in (["git", "init", "-q"], ["dvc", "init", "-q"], ["dvc", "config", "core.analytics", "false"]):
            subprocess.run(command, cwd=folder, check=True, env=self.environment)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "MLFLOW_", "PYTHONPATH"))}
        return {**kept, "OMP_NUM_THREADS": "1", "GIT_CEILING_DIRECTORIES": str(self.folder.parent)}

    def change(self, values: dict[str, object]) -> None:
        yaml = YAML()
        params = yaml.load(self.folder / "params.yaml")
        for name, value in values.items():
            section, key = name.split(".")
            assert key in params[section]
            params[section][key] = value
        yaml.dump(params, self.folder / "params.yaml")

    def repro(self, *arguments: str) -> list[str]:
        """Run `dvc repro`; returns the stages that it executed."""
        command = ["dvc", "repro", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return re.findall(r"^Running stage '(\w+)'", done.stdout, flags=re.MULTILINE)

    def status(self) -> list[str]:
        """The stages whose parameters, data or code have changed."""
        command = ["dvc", "status", "--json"]
        out = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True)
        return [stage for stage in json.loads(out.stdout or "{}")]

    def rows(self, database: str = "mlflow.db") -> pd.DataFrame:
        """The rows of MLflow's table."""
        from mlflow import MlflowClient, set_tracking_uri
        from mlflow.tracking.fluent import search_runs

        uri = f"sqlite:///{self.folder / database}"
        set_tracking_uri(uri)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # MLflow's own, of the SQLAlchemy it uses
            experiment = MlflowClient(uri).get_experiment_by_name("fake-kanji")
            return search_runs([experiment.experiment_id])

    def bytes(self) -> dict[str, str]:
        """sha256 of every file under data/."""
        files = sorted(path for path in (self.folder / "data").rglob("*") if path.is_file())
        return {str(p.relative_to(self.folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
