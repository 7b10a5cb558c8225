"""Where Git or DVC has nothing to give: one line with the cure, and the cure leads out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.tracking import contents, revisions
from tests.support import ROOT

ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
NAMED = ["-c", "user.name=test", "-c", "user.email=test@example.org"]


@pytest.fixture
def archive(tmp_path, monkeypatch) -> Path:
    """An unpacked archive of a repository: DVC's settings, no history."""
    for name, value in ALONE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    folder = tmp_path / "archive"
    (folder / ".dvc").mkdir(parents=True)
    (folder / ".dvc" / "config").write_text("[core]\n    analytics = false\n", encoding="utf-8")
    (folder / "dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    shutil.copy(ROOT / "params.yaml", folder)
    monkeypatch.chdir(folder)
    return folder


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *NAMED, *arguments], check=True, capture_output=True)


def committed(folder: Path, count: int) -> None:
    git(folder, "init", "-q")
    for number in range(count):
        git(folder, "commit", "-q", "--allow-empty", "-m", str(number))


def track(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", "track", "--sync", *arguments]
    settings = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, capture_output=True, text=True, env=settings)


@pytest.mark.parametrize("arguments", [[], ["--experiments"], ["--rev", "main"]])
def test_an_unpacked_archive(archive, arguments):
    done = track(*arguments)
    (line,) = done.stderr.splitlines()
    assert "not a git repository" in line and "`git init` here" in line and done.returncode == 1
    git(archive, "init", "-q")  # the cure
    assert "not a git repository" not in track(*arguments).stderr
    revisions.check_clean(archive)


def test_a_stage_in_an_unpacked_archive_has_no_commit_to_tell(archive):
    assert contents.git_tags(archive) == {}
    committed(archive, 1)
    assert set(contents.git_tags(archive)) == {"mlflow.source.git.commit", "git.dirty"}  # the control


def test_no_git_in_path(archive, tmp_path):
    done = track("--experiments", PATH=str(tmp_path))
    assert done.stderr == "fake-kanji track: git is not installed, or not in PATH; install it, then run this again\n"


def test_another_user_s_repository(archive, tmp_path, monkeypatch):
    committed(archive, 1)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(revisions.RevisionError, match="dubious ownership.*safe.directory") as raised:
        revisions.resolve(archive, "HEAD")
    cure = str(raised.value).partition("`git config")[2].partition("`")[0]
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    subprocess.run(f"git config{cure}", shell=True, check=True)
    assert len(revisions.resolve(archive, "HEAD")) == 40


def test_a_shallow_clone(archive, tmp_path):
    committed(archive, 3)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", archive.as_uri(), str(shallow))
    with pytest.raises(revisions.RevisionError, match="neither.*this clone is shallow, `git fetch --unshallow`"):
        revisions.resolve(shallow, "HEAD~2")
    git(shallow, "fetch", "-q", "--unshallow")
    assert len(revisions.resolve(shallow, "HEAD~2")) == 40
    with pytest.raises(revisions.RevisionError, match="show some$"):  # the control: it is whole now
        revisions.resolve(shallow, "HEAD~9")


def test_a_bare_repository_has_no_params(archive, tmp_path, monkeypatch):
    committed(archive, 1)
    git(tmp_path, "clone", "-q", "--bare", archive.as_uri(), "bare")
    monkeypatch.chdir(tmp_path / "bare")
    done = track("--rev", "HEAD")
    assert "there is no params.yaml in" in done.stderr and "run from the repository's root, where" in done.stderr


def test_a_folder_that_dvc_does_not_know(archive):
    shutil.rmtree(archive / ".dvc")
    git(archive, "init", "-q")
    with pytest.raises(revisions.RevisionError, match="not inside of a DVC repository.*`dvc init` here"):
        revisions.check_clean(archive)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], check=True, capture_output=True)
    revisions.check_clean(archive)
