"""Files a second of parsing KanjiVG's SVG files, on all cores."""

import zipfile
from pathlib import Path

import pytest
from measuring import Row, in_turns, median

from pipeline import parsing

EVERY = 8  # of the archive's files


@pytest.fixture(scope="module")
def excerpt(archive, tmp_path_factory) -> Path:
    """Every eighth file of the archive."""
    path = tmp_path_factory.mktemp("excerpt") / "drawings.zip"
    with zipfile.ZipFile(archive) as whole, zipfile.ZipFile(path, "w") as part:
        for name in parsing.names(archive)[::EVERY]:
            part.writestr(name, whole.read(name))
    return path


def test_parsing(benchmark, report, rounds, defaults, archive, excerpt):
    options = parsing.ParseParams(**defaults["parse"])
    files, every = len(parsing.names(excerpt)), len(parsing.names(archive))
    results = in_turns(benchmark, lambda: parsing.parse(excerpt, options), [], rounds)
    rate = files / median([taken for (taken,) in results])
    report(Row("parsing", "cpu", "files", rate, note=f"all {every:,} in {every / rate:.0f} s"))
