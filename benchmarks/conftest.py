"""The data and parameters of the benchmarks, and the table at the end of the run."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from measuring import Row, table
from ruamel.yaml import YAML

from pipeline import dataset
from pipeline.batch import holdout
from pipeline.batch.minibatches import Rows
from pipeline.fetch import sources
from pipeline.parse import reading

ROOT = Path(__file__).parent.parent
RESULTS = pytest.StashKey[list[Row]]()


@pytest.fixture(scope="session")
def defaults() -> dict[str, dict[str, Any]]:
    """The sections of the committed params.yaml."""
    return YAML(typ="safe", pure=True).load(ROOT / "params.yaml")


@pytest.fixture(scope="session")
def archive(defaults, tmp_path_factory) -> Path:
    """KanjiVG's SVG files: of the repository's own run where there is one, else fetched."""
    made = ROOT / "data" / "raw" / sources.ARCHIVE
    if made.exists():
        return made
    out = tmp_path_factory.mktemp("kanjivg") / "raw"
    sources.fetch(sources.FetchParams(**defaults["fetch"]), out)
    return out / sources.ARCHIVE


@pytest.fixture(scope="session")
def prepared(defaults, request, tmp_path_factory) -> dataset.DrawingSet:
    """What the stage batch writes."""
    made = ROOT / "data" / "batches"
    if made.exists():
        return dataset.load(made)
    parsed = reading.parse(request.getfixturevalue("archive"), reading.ParseParams(**defaults["parse"]))
    strokes, out = tmp_path_factory.mktemp("strokes"), tmp_path_factory.mktemp("batches")
    dataset.save(strokes, parsed.drawings, parsed.index)
    dataset.save(out, *holdout.prepare(dataset.load(strokes), holdout.BatchParams(**defaults["batch"])))
    return dataset.load(out)


@pytest.fixture(scope="session")
def training_rows(prepared) -> Rows:
    return Rows.of(prepared.where((prepared.index["split"] == "train").to_numpy()))


@pytest.fixture(scope="session", params=["cpu", "cuda"])
def device(request) -> str:
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    return request.param


@pytest.fixture(scope="session")
def rounds(pytestconfig) -> int:
    return pytestconfig.getoption("benchmark_min_rounds")


@pytest.fixture
def report(pytestconfig, benchmark):
    """Call it with the Row of what was measured; the numbers go into pytest-benchmark's JSON too."""

    def add(row: Row) -> None:
        pytestconfig.stash.setdefault(RESULTS, []).append(row)
        # JSON has no nan
        benchmark.extra_info.update({key: value for key, value in asdict(row).items() if value == value})

    return add


def pytest_terminal_summary(terminalreporter, config) -> None:
    rows = config.stash.get(RESULTS, [])
    if rows:
        terminalreporter.section("benchmarks")
        for line in table(rows):
            terminalreporter.write_line(line)
