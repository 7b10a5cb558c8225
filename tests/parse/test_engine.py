"""Parse on a Dask cluster: the same set as on this machine's processes, and what is said where there is none."""

import importlib.util
import json
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.dataset import INDEX, POINTS, Writer
from pipeline.parse import engine, reading
from pipeline.parse.engine import EngineError
from pipeline.parse.options import ParseParams

DRAWINGS = 1500  # twelve tasks


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    source, path = np.random.default_rng(3), tmp_path_factory.mktemp("drawings") / "drawings.zip"
    lines = [
        json.dumps({"word": "cat", "key_id": str(i // 2), "drawing": source.integers(0, 256, (3, 2, 7)).tolist()})
        for i in range(DRAWINGS)
    ]
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("cat.ndjson", "\n".join(lines))
    return path


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A cluster of two processes that have no memory in common with this one."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def options(defaults):
    return lambda **changes: ParseParams(**{**defaults["parse"], "rule": "rdp", **changes})


def test_a_cluster_makes_the_same_bytes(tmp_path, archive, scheduler, options, monkeypatch):
    monkeypatch.setattr(reading, "MANY", 128)
    monkeypatch.setattr(reading, "WINDOW", 400)  # so that there are several windows, of several tasks
    made = {}
    for backend, address in (("loky", None), ("dask", scheduler)):
        folder = tmp_path / backend
        folder.mkdir()
        with Writer(folder) as writer:
            tally = reading.parse_into(
                writer.add, archive, options(backend=backend, address=address), jobs=2, form="quickdraw"
            )
        made[backend] = [(folder / name).read_bytes() for name in (POINTS, INDEX)]
        assert (tally.kept, tally.renamed.count) == (DRAWINGS, DRAWINGS // 2)
    assert made["loky"] == made["dask"]


def test_the_work_is_done_by_the_cluster_s_workers(scheduler):
    import os

    from joblib import Parallel, delayed

    with engine.engine("dask", scheduler):
        where = set(Parallel(n_jobs=-1)(delayed(os.getpid)() for _ in range(8)))
    assert os.getpid() not in where
    with engine.engine("loky", None):  # the control: here it is this process
        assert set(Parallel(n_jobs=1)(delayed(os.getpid)() for _ in range(8))) == {os.getpid()}


def test_a_scheduler_that_is_not_there_is_named(monkeypatch, options, archive):
    pytest.importorskip("distributed")
    monkeypatch.setattr(engine, "WAIT", 0.5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody answers
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(EngineError, match=r"no Dask scheduler answers at parse.address 'tcp://127.*null"):
            reading.parse(archive, options(backend="dask", address=address), form="quickdraw")


def test_what_is_not_installed_is_said_before_any_work(monkeypatch, options):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        EngineError, match=r"distributed is not installed here; run `pip install .*or set parse.backend"
    ):
        options(backend="dask").check_here({})
    options(backend="loky").check_here({})


def test_an_address_is_one(options):
    with pytest.raises(ValueError, match="address"):
        options(backend="dask", address="10.0.0.1:8786")
