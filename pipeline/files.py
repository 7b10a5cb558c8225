"""Outputs that appear whole or not at all: written beside their place, renamed into it when complete.

They are as readable as any new file of this user: what a library wrote for its owner alone gets what the umask allows.
"""

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PARTIAL = ".partial"  # git-ignored under data/; what a killed run left is removed by the next


@contextmanager
def whole_folder(path: Path | str) -> Iterator[Path]:
    """A folder to write into that becomes `path` if the block ends without an error, and vanishes if it does not."""
    path = Path(path)
    partial = _partial(path)
    partial.mkdir(parents=True)
    allowed = _mode(partial)
    try:
        yield partial
        _allow(partial, allowed)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _remove(path)
    os.replace(partial, path)


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """A file's path to write to that becomes `path` if the block ends without an error."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    partial.touch()  # the system's own answer to what the umask and the folder allow
    allowed = _mode(partial)
    partial.unlink()
    try:
        yield partial
        partial.chmod(allowed)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    os.replace(partial, path)


def write_json(path: Path | str, values: Any) -> None:
    """Readable JSON with a stable order of keys; NaN and infinity are refused (ValueError), as JSON has none."""
    text = json.dumps(values, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    with whole_file(path) as partial:
        partial.write_text(text + "\n", encoding="utf-8")


def write_licences(folder: Path, data: dict[str, Any]) -> None:
    """LICENCES.txt: the texts of the licences that came along with the drawings, if any did; they go wherever what
    derives from the drawings goes. data: what batches.json says."""
    texts = data.get("licence_texts", {})
    if texts:
        text = "\n\n".join(f"{credit}\n\n{text}" for credit, text in texts.items())
        (folder / "LICENCES.txt").write_text(f"{text}\n", encoding="utf-8")


def _allow(folder: Path, mode: int) -> None:
    """mode: of a new folder here; a file is no program, so it has the same without the right to run it."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(mode if path.is_dir() else mode & 0o666)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _partial(path: Path) -> Path:
    partial = path.with_name(f".{path.name}{PARTIAL}")
    _remove(partial)
    return partial


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
