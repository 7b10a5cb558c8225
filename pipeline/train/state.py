"""A training's state on disk, to go on from after a stop.

<root>/<fingerprint>/state.safetensors  net, average, best net, optimisers, progress
<root>/<fingerprint>/depends.json       what the fingerprint is taken of, by name: parameters, data, code, PyTorch

The folder is named by all that the training depends on, so that other parameters, data, code or another PyTorch never
pick a state up. The number of threads is among it, as it decides the last digits. A state of another training is told
of, since it may be that of one whose parameters were edited between a stop and now, and is never deleted.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import params
from pipeline.files import write_json
from pipeline.net import checkpoint

STATE, DEPENDS = "state.safetensors", "depends.json"
SHOWN = 3  # differences that are named


@dataclass(frozen=True)
class Place:
    """Where one training's state lives, and what the training depends on, by name."""

    folder: Path
    depends: dict[str, Any]

    @classmethod
    def of(
        cls, root: Path, sections: dict[str, dict[str, Any]], others: dict[str, Any], data: Path, code: Iterable[Path]
    ) -> "Place":
        """sections: of params.yaml; data: a folder of files; code: files, named by their last folder and name."""
        depends = params.flatten(sections) | others
        depends |= {f"data {path.name}": _sha256(path) for path in sorted(data.iterdir())}
        depends |= {f"code {path.parent.name}/{path.name}": _sha256(path) for path in code}
        name = hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:32]
        return cls(root / name, depends)

    @property
    def file(self) -> Path:
        return self.folder / STATE

    def note(self) -> None:
        """Write down what the training depends on, before its first state."""
        if not (self.folder / DEPENDS).exists():
            write_json(self.folder / DEPENDS, self.depends)

    def others(self) -> str:
        """One line of the states of other trainings, of which the one that differs least is named; "" without any."""
        found = [path.parent for path in self.folder.parent.glob(f"*/{STATE}") if path.parent != self.folder]
        if not found:
            return ""
        folder, apart = min(((one, self._apart(one)) for one in sorted(found)), key=lambda pair: len(pair[1]))
        more = f" and {len(apart) - SHOWN} more" if len(apart) > SHOWN else ""
        return (
            f"starts anew: {_shown(folder)} holds a training stopped after epoch {_epoch(folder)}, but "
            f"{', '.join(apart[:SHOWN])}{more}; undo that to go on from there, or delete {_shown(folder)}"
            + (f" (of {len(found)} such)" if len(found) > 1 else "")
        )

    def _apart(self, folder: Path) -> list[str]:
        """What differs there, parameters first, with both values; of a folder that does not say, all."""
        try:
            theirs = json.loads((folder / DEPENDS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            theirs = {}
        names = [name for name in {**self.depends, **theirs} if self.depends.get(name) != theirs.get(name)]
        return [_difference(name, theirs.get(name), self.depends.get(name)) for name in names]


def _difference(name: str, there: Any, here: Any) -> str:
    if name.startswith(("data ", "code ")):
        return f"{name.removeprefix('code ').removeprefix('data ')} has changed"
    return f"{name} is {json.dumps(here)} and was {json.dumps(there)}"


def _epoch(folder: Path) -> Any:
    try:
        return checkpoint.read_tensors(folder / STATE)[1].get("epoch", "?")
    except checkpoint.CheckpointError:
        return "?"


def _shown(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
