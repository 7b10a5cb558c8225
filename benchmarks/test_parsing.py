"""Files a second of parsing KanjiVG's SVG files, and lines a second of Quick, Draw!'s, on all cores."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from measuring import Row, in_turns, median

from pipeline.parse import reading

EVERY = 8  # of the archive's files


@pytest.fixture(scope="module")
def excerpt(archive, tmp_path_factory) -> Path:
    """Every eighth file of the archive."""
    path = tmp_path_factory.mktemp("excerpt") / "drawings.zip"
    with zipfile.ZipFile(archive) as whole, zipfile.ZipFile(path, "w") as part:
        for name in reading.names(archive)[::EVERY]:
            part.writestr(name, whole.read(name))
    return path


def test_parsing(benchmark, report, rounds, defaults, archive, excerpt):
    options = reading.ParseParams(**defaults["parse"])
    files, every = len(reading.names(excerpt)), len(reading.names(archive))
    results = in_turns(benchmark, lambda: reading.parse(excerpt, options), [], rounds)
    rate = files / median([taken for (taken,) in results])
    report(Row("parsing", "cpu", "files", rate, note=f"all {every:,} in {every / rate:.0f} s"))


def test_reading_ndjson(benchmark, report, rounds, defaults, tmp_path):
    """Drawings of four strokes of a dozen points, through rdp, without keeping them."""
    source, lines = np.random.default_rng(1), []
    for number in range(2000):
        strokes = source.integers(-9, 10, (4, 2, 12)).cumsum(axis=2).clip(0, 255).tolist()
        lines.append(json.dumps({"key_id": str(number), "word": "cat", "drawing": strokes}))
    path = tmp_path / "drawings.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("cat.ndjson", "\n".join(lines))
    options = reading.ParseParams(**{**defaults["parse"], "rule": "rdp", "epsilon": 2.0})

    def read() -> None:
        reading.parse_into(lambda drawings, index: None, path, options, form="quickdraw")

    results = in_turns(benchmark, read, [], rounds)
    report(Row("reading ndjson", "cpu", "drawings", len(lines) / median([taken for (taken,) in results])))
