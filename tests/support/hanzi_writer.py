"""The package hanzi-writer itself, for the test of what is exported for it. `python -m tests.support.hanzi_writer`,
which `make browser` runs, brings it.

npm brings it, by the user's own settings, once; it is checked by its sha256 and kept in the cache of downloads. Without
npm the test is skipped, with the cure; where the environment variable CI is true it fails.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

from pipeline import files
from pipeline.fetch import downloads

VERSION = "3.7.3"
SHA256 = "015acae9c2aa2779c3c398d34efacd034239251d4795573eeaaa60c0b60f56f2"
MEMBER = "package/dist/hanzi-writer.min.js"
CURE = f"hanzi-writer {VERSION} is not to be had: install npm and run `make browser`, which brings it"


class PackageError(ValueError):
    """The package cannot be had."""


def script() -> str:
    """Its source for browsers. Raises PackageError."""
    packed = downloads.cache_folder() / f"hanzi-writer-{VERSION}-{SHA256[:12]}.tgz"
    if not packed.is_file() or downloads.digest(packed) != SHA256:
        _bring(packed)
    with tarfile.open(packed) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        return member.read().decode("utf-8")


def _bring(place: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise PackageError(CURE)
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", "--pack-destination", folder, f"hanzi-writer@{VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        found = list(Path(folder).glob("*.tgz"))
        if done.returncode or len(found) != 1:
            raise PackageError(f"{CURE} (npm: {done.stderr.strip()[:200]})")
        if (got := downloads.digest(found[0])) != SHA256:
            raise PackageError(f"hanzi-writer {VERSION} has the sha256 {got}, not {SHA256}: it is another package")
        with files.whole_file(place) as partial:
            shutil.copyfile(found[0], partial)


@pytest.fixture(scope="session")
def hanzi_writer() -> str:
    try:
        return script()
    except PackageError as error:
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(str(error))
        pytest.skip(str(error))


if __name__ == "__main__":
    try:
        print(f"hanzi-writer {VERSION}, {len(script()):,} characters")
    except PackageError as error:
        sys.exit(str(error))
