"""The package hanzi-writer itself, for the test of what is exported for it. `python -m tests.support.hanzi_writer`,
which `make browser` runs, brings it.

npm brings it, by the user's own settings, once; it is checked by its sha256 and kept in the cache of downloads. Without
npm the test is skipped, with the cure; where the environment variable CI is true it fails.
"""

import os
import sys
import tarfile

import pytest

from pipeline.fetch import downloads

VERSION = "3.7.3"
SHA256 = "015acae9c2aa2779c3c398d34efacd034239251d4795573eeaaa60c0b60f56f2"
MEMBER = "package/dist/hanzi-writer.min.js"
CURE = f"hanzi-writer {VERSION} is not to be had: install npm and run `make browser`, which brings it"


def script() -> str:
    """Its source for browsers. Raises SourceError."""
    packed = downloads.npm_package("hanzi-writer", VERSION, SHA256)
    with tarfile.open(packed) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        return member.read().decode("utf-8")


@pytest.fixture(scope="session")
def hanzi_writer() -> str:
    try:
        return script()
    except downloads.SourceError as error:
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(f"{CURE} ({error})")
        pytest.skip(f"{CURE} ({error})")


if __name__ == "__main__":
    try:
        print(f"hanzi-writer {VERSION}, {len(script()):,} characters")
    except downloads.SourceError as error:
        sys.exit(str(error))
