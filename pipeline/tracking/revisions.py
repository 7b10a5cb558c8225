"""Revisions of the repository, each for a while in a folder of its own with what DVC keeps of it.

A revision is anything Git can resolve (a commit, a branch, a tag) or the name of a DVC experiment. The folder is a
clone that shares Git's objects and DVC's cache; the working tree stays as it is.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXPERIMENTS = "refs/exps/"
DVCS_OWN = ("exec", "temp", "stash", "celery", "apply", "running", "failed")  # below EXPERIMENTS, but no experiment


class RevisionError(ValueError):
    """A revision that is not there, or whose results are not."""


def experiments(root: Path) -> dict[str, str]:
    """Name -> commit of every DVC experiment kept in this repository, the oldest first."""
    lines = _git(root, "for-each-ref", "--sort=creatordate", "--format=%(objectname) %(refname)", EXPERIMENTS)
    found = {}
    for line in lines.splitlines():
        commit, _, name = line.partition(" ")
        parts = name.removeprefix(EXPERIMENTS).split("/")  # DVC's way: 2 and 38 digits of the baseline, then the name
        if parts[0] not in DVCS_OWN and len(parts) == 3:
            found[parts[-1]] = commit
    return found


def resolve(root: Path, revision: str) -> str:
    """The commit of a revision. Raises RevisionError."""
    if commit := experiments(root).get(revision):
        return commit
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except RevisionError:
        raise RevisionError(
            f"{revision!r} is neither a Git revision nor an experiment here; `git log` and `dvc exp list -A` show some"
        ) from None


@contextmanager
def checked_out(root: Path, revision: str) -> Iterator[Path]:
    """A folder with the revision's files and all its DVC outputs, gone afterwards.

    Raises RevisionError: no such revision, outputs that are not in the cache, results that are not of its parameters.
    """
    commit = resolve(root, revision)
    with tempfile.TemporaryDirectory(prefix="fake-kanji-") as place:
        folder = Path(place, "clone")
        _git(root, "clone", "--quiet", "--shared", "--no-checkout", str(root.resolve()), str(folder))
        _git(folder, "checkout", "--quiet", "--detach", commit)
        local = root / ".dvc" / "config.local"  # where a remote's address and a cache elsewhere may stand
        if local.exists():
            shutil.copy(local, folder / ".dvc" / "config.local")
        _dvc(folder, "cache", "dir", "--local", _dvc(root, "cache", "dir").strip())
        try:
            _dvc(folder, "checkout", "--quiet")
        except RevisionError as error:
            raise RevisionError(
                f"{revision}: its outputs are not all in DVC's cache ({error}); `dvc fetch --all-commits`, or for an "
                "experiment `dvc exp pull`, brings them from a remote"
            ) from None
        check_clean(folder, revision)
        yield folder


def check_clean(folder: Path, what: str = "params.yaml") -> None:
    """Raise RevisionError unless data/ is what DVC makes of the folder's params.yaml and code."""
    if not (folder / "params.yaml").exists():
        raise RevisionError(f"{what}: there is no params.yaml; run from the repository's root")
    changed = json.loads(_dvc(folder, "status", "dvc.yaml", "--json") or "{}")
    if changed:
        raise RevisionError(
            f"{what}: data/ is not of these parameters and this code (changed: {', '.join(changed)}); "
            "run `dvc repro`, or after a clone `dvc pull`, and then this again"
        )


def _git(folder: Path, *arguments: str) -> str:
    return _output(["git", "-C", str(folder), *arguments], folder)


def _dvc(folder: Path, *arguments: str) -> str:
    return _output([sys.executable, "-m", "dvc", *arguments], folder)


def _output(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["no word of why"]
        name = "dvc" if "dvc" in command else "git"
        raise RevisionError(f"`{name} {' '.join(command[3:])}` fails: {said[0].removeprefix('ERROR: ')}")
    return done.stdout.strip()
