"""Revisions of the repository, each for a while in a folder of its own with what DVC keeps of it.

A revision is anything Git can resolve (a commit, a branch, a tag) or the name of a DVC experiment. The folder is a
clone that shares Git's objects and DVC's cache; the working tree stays as it is.
"""

import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.tracking.address import redacted

EXPERIMENTS = "refs/exps/"
DVCS_OWN = ("exec", "temp", "stash", "celery", "apply", "running", "failed")  # below EXPERIMENTS, but no experiment
CURES = {  # what Git or DVC says -> what to do; FOLDER is the repository
    "dubious ownership": "it belongs to another user: `git config --global --add safe.directory FOLDER` trusts it",
    "not a git repository": "an unpacked archive has no history: `git init` here, and `dvc repro` and "
    "`fake-kanji track --sync` work; other revisions and experiments are in a clone only",
    "not inside of a DVC repository": "`dvc init` here makes it one",
}
SHALLOW = "; this clone is shallow, `git fetch --unshallow` brings the other commits"


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
        more = SHALLOW if _git(root, "rev-parse", "--is-shallow-repository") == "true" else ""
        raise RevisionError(
            f"{revision!r} is neither a Git revision nor an experiment here; `git log` and `dvc exp list -A` show "
            f"some{more}"
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
                "experiment `dvc exp pull`, brings them from a remote; without one check it out and run `dvc repro`"
            ) from None
        check_clean(folder, revision)
        yield folder


def check_root(folder: Path) -> None:
    """Raise RevisionError where no files of the repository are, as in a bare one."""
    if not (folder / "params.yaml").exists():
        raise RevisionError(
            f"there is no params.yaml in {folder.resolve()}; run from the repository's root, where its files are"
        )


def check_clean(folder: Path, what: str = "params.yaml") -> None:
    """Raise RevisionError unless data/ is what DVC makes of the folder's params.yaml and code."""
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
    name = "git" if command[0] == "git" else "dvc"
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise RevisionError(f"{name} is not installed, or not in PATH; install it, then run this again") from None
    if done.returncode:
        said = redacted(done.stderr.strip() or done.stdout.strip() or "no word of why").splitlines()
        cure = next((cure for words, cure in CURES.items() if any(words in line for line in said)), "")
        cure = cure.replace("FOLDER", shlex.quote(str(folder.resolve())))
        text = said[0].removeprefix("ERROR: ").removeprefix("fatal: ")
        raise RevisionError(f"`{name} {' '.join(command[3:])}` fails: {text}" + (f"; {cure}" if cure else ""))
    return done.stdout.strip()
