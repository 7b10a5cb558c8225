"""Whatever writes, what it writes has the rights that the umask gives: nothing is for its owner alone by accident."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from pipeline import dataset, files, render
from pipeline.export import compact
from pipeline.export.formats import FORMATS, KANJIVG
from pipeline.net import checkpoint
from pipeline.tracking import rows
from pipeline.write import starts
from tests.cli.test_main import run, save_net
from tests.support.strokes import ROWS, save_set

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of MLflow's libraries


@pytest.fixture(params=[0o022, 0o002, 0o077], ids=oct)
def umask(request) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def wrong(root: Path, umask: int) -> dict[str, str]:
    """The files and folders that have other rights than a new one."""
    found = {}
    for path in root.rglob("*"):
        expected = (0o777 if path.is_dir() else 0o666) & ~umask
        if stat.S_IMODE(path.stat().st_mode) != expected:
            found[str(path.relative_to(root))] = oct(stat.S_IMODE(path.stat().st_mode))
    return found


def write_private(path: Path) -> None:
    """As libraries do that write to a temporary file first."""
    path.touch(0o600)
    path.chmod(0o600)


def test_what_a_library_keeps_to_itself_is_opened(tmp_path, umask):
    out = tmp_path / "made"
    with files.whole_folder(out / "deep" / "folder") as folder:
        (folder / "more").mkdir(0o700)
        (folder / "more").chmod(0o700)
        write_private(folder / "more" / "a.bin")
        save_file({"a": torch.zeros(2)}, folder / "weights.safetensors")
    with files.whole_file(out / "b.safetensors") as partial:
        save_file({"a": torch.zeros(2)}, partial)
    with files.whole_file(out / "c.safetensors") as partial:  # over one that is there
        write_private(partial)
    assert wrong(tmp_path, umask) == {}
    write_private(out / "control")
    assert (list(wrong(tmp_path, umask)) == ["made/control"]) == (umask != 0o077)


def test_a_link_in_a_folder_is_left_alone(tmp_path, umask):
    write_private(tmp_path / "elsewhere")
    with files.whole_folder(tmp_path / "out") as folder:
        (folder / "link").symlink_to(tmp_path / "elsewhere")
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o600


def test_everything_that_is_written(tmp_path, umask, scribbles, monkeypatch):
    """Sets, weights, checkpoints, pictures, plots, starts, exports, and MLflow's database, lock and artifacts."""
    for name in ("MLFLOW_TRACKING_URI", "DVC_ROOT"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    model = save_net(home / "model")
    net, config = checkpoint.load_model(model)
    checkpoint.write_tensors(home / ".checkpoints" / "state.safetensors", net.state_dict(), {"epoch": 1})
    strokes = save_set(home / "strokes", ROWS)
    starts.build(strokes, home / "starts.parquet")
    compact.write(home / "net.json", compact.pack(net, config, None))
    render.write_png(render.sheet_svg([scribbles[0]], 109, 109, 1), home / "sheet.png", 50)
    with files.whole_folder(home / "batches") as folder:
        dataset.save(folder, list(scribbles), scribbles.index)
        np.save(folder / "a.npy", np.zeros(2))
        pq.write_table(pa.table({"a": [1]}), folder / "a.parquet")
    for kind, form in FORMATS.items():
        if kind not in (KANJIVG, "jhf"):  # one asks for KanjiVG's types, for the other scribbles go too far out
            run("export", "batches", "--format", kind, "--out", f"{kind}{'' if form.folder else form.ending}")
    Path("dvc.yaml").write_text("stages: {}\n")
    Path("params.yaml").write_text("model: {cell: lstm}\n")
    Image.new("RGB", (8, 4)).save("training.png")
    with rows.stage("parse") as row:
        row.image("training.png")
    assert row.errors == 0 and {"mlflow.db", "mlflow.db.lock", "mlartifacts"} <= {path.name for path in home.iterdir()}
    assert wrong(home, umask) == {}
