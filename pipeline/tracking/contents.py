"""What a row of MLflow shows, read from files that DVC keeps: key, parameters, curves, numbers, sheets, model.

No MLflow here. A file that is not there yet is left out, so that a row can be filled in at any time.
"""

import csv
import hashlib
import json
import math
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

MANIFEST = "data/raw/manifest.csv"
HISTORY = "data/model/history.csv"  # a row an epoch: epoch, then numbers
NUMBERS = {  # prefix of the metrics -> JSON files with numbers at any depth
    "parse": "data/strokes/summary.json",
    "batch": "data/batches/statistics.json",
    "sample": "data/samples/*.json",
    "score": "data/scores/metrics.json",
}
SHEETS = {  # name at the artifacts' root, the same in every row, so that Compare shows them side by side -> picture
    "training.png": "data/strokes/sheet.png",
    "samples.png": "data/samples/sheet.png",
    "nearest.png": "data/scores/nearest.png",
    "believed.png": "data/scores/believed.png",
    "density.png": "data/scores/density.png",
}
PAGE = "data/scores/gallery.html"
MODEL_CONFIG = "data/model/config.json"
MODEL = ("data/model/*.safetensors", "data/model/*.json")
CODE_FILES = ("pipeline/**/*.py", "pipeline/score/gallery/gallery.*", "stages/*.py")
BESIDE_THE_RESULTS = (  # code that cannot change what is written
    "pipeline/console.py",
    "pipeline/tracking/*",
    "pipeline/cli/*",
    "pipeline/write/*",
    "pipeline/export/*",
    "pipeline/score/judge/training.py",
    "pipeline/score/judge/card.py",
    "*/__init__.py",
    "*/__main__.py",
)

CODE = Path(__file__).parent.parent.parent  # the code that runs, also in the temporary folder of an experiment


def key(values: dict[str, Any], root: Path, code: Path = CODE) -> str:
    """The sha256 that names a configuration: its parameters, the code and the data they act on.

    A package and a release are pinned by the parameters; a folder of drawings is told by the manifest that fetch wrote.
    """
    manifest = root / MANIFEST
    data = _sha256(manifest) if from_folder(values) and manifest.exists() else ""
    text = json.dumps([_canonical(values), code_hash(code), data], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def from_folder(values: dict[str, Any]) -> bool:
    """Whether the data are known only when fetch has run."""
    return values.get("fetch", {}).get("source") == "folder"


def code_hash(code: Path) -> str:
    """sha256 over the names and bytes of CODE_FILES, without what cannot change results."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in CODE_FILES for path in code.glob(pattern)}):
        name = path.relative_to(code).as_posix()
        if not any(fnmatch(name, pattern) for pattern in BESIDE_THE_RESULTS):
            digest.update(f"{name} {_sha256(path)}\n".encode())
    return digest.hexdigest()


def read_params(path: Path) -> dict[str, Any]:
    """params.yaml as it stands; whether it is valid is the stage's own business."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def parameters(values: dict[str, Any]) -> dict[str, str]:
    """{"train": {"seed": 1}} -> {"train.seed": "1"}: strings as they are, everything else as JSON."""
    return {name: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for name, v in _flat(values)}


def curves(root: Path) -> list[tuple[str, int, float]]:
    """(name, epoch, value) of every number in the training's history."""
    if not (root / HISTORY).exists():
        return []
    with (root / HISTORY).open(encoding="utf-8", newline="") as file:
        return [
            (f"train/{name}", int(float(row["epoch"])), float(text))
            for row in csv.DictReader(file)
            for name, text in row.items()
            if name != "epoch" and text and math.isfinite(float(text))
        ]


def numbers(root: Path) -> dict[str, float]:
    """{"score/pen.nats": 0.1, ...}: the numbers of all JSON files, the stage before the slash, nesting as dots."""
    return {
        f"{prefix}/{name}": float(value)
        for prefix, pattern in NUMBERS.items()
        for path in sorted(root.glob(pattern))
        for name, value in _flat(json.loads(path.read_text(encoding="utf-8")))
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }


def artifacts(root: Path) -> dict[str, Path]:
    """Path in the row's artifacts -> file: sheets and gallery at the root, the model in a folder of its own."""
    model = {f"model/{path.name}": path for pattern in MODEL for path in sorted(root.glob(pattern))}
    shown = SHEETS | {"gallery.html": PAGE}
    return {name: root / path for name, path in shown.items() if (root / path).exists()} | model


def fingerprint(path: Path) -> str:
    """A short hash of a file, to tell whether a row already holds it."""
    return _sha256(path)[:16]


def row_name(values: dict[str, Any], key: str) -> str:
    """Short and readable: lstm-2x256-e58-3fa2; the end tells rows apart that differ elsewhere."""
    model, epochs = values.get("model", {}), values.get("train", {}).get("epochs", "?")
    return f"{model.get('cell', 'net')}-{model.get('layers', '?')}x{model.get('hidden_size', '?')}-e{epochs}-{key[:4]}"


def git_tags(code: Path = CODE) -> dict[str, str]:
    """The commit and whether the code differs from it; nothing outside a repository."""
    commit = _git(code, "rev-parse", "HEAD")
    changed = _git(code, "status", "--porcelain", "--", "pipeline", "stages", "dvc.yaml", "pyproject.toml")
    if commit is None or changed is None:
        return {}
    return {"mlflow.source.git.commit": commit, "git.dirty": "yes" if changed else "no"}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _flat(values: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _canonical(values: dict[str, Any]) -> list[tuple[str, Any]]:
    # 1 and 1.0 are the same value to every consumer, and to DVC
    return sorted((name, _plain(value)) for name, value in _flat(values))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
