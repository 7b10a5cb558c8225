"""The export: each file read back by what its tool would use, and by our own readers."""

import io
import json

import numpy as np
import pytest

from pipeline import dataset, drawing
from pipeline.batch import holdout
from pipeline.export import interchange
from pipeline.export.formats import FORMATS
from pipeline.parse import reading
from pipeline.parse.formats import quickdraw, stroke3
from pipeline.parse.reading import ParseParams
from tests.support.samples import CREDIT, export, kept, save_samples


@pytest.fixture
def folder(tmp_path, scribbles):
    return save_samples(tmp_path / "samples", scribbles)


def test_svg(folder, tmp_path, defaults):
    assert export(folder, "--out", tmp_path / "o")[0] == 0
    for row, steps in zip(kept(folder).index.itertuples(), kept(folder), strict=True):
        path = tmp_path / "o" / f"{row.id}.svg"
        assert CREDIT in path.read_text()
        parsed = reading.read_file(path.name, path.read_bytes(), ParseParams(**defaults["parse"]))
        ours, theirs = (drawing.positions(s, 109, 109) for s in (parsed.steps, steps))
        np.testing.assert_allclose(ours, theirs, atol=0.01)
    code, said = export(folder, "--out", tmp_path / "o")
    assert code == 1 and "exists already" in said


def test_npz_as_sketch_rnn_loads_it_and_as_we_do(folder, tmp_path):
    path = tmp_path / "o.npz"
    assert export(folder, "-f", "npz", "--out", path)[0] == 0
    with np.load(path, allow_pickle=True, encoding="latin1") as file:
        loaded = dict(file)
    assert len(loaded["train"]) == 90 and len(loaded["valid"]) == len(loaded["test"]) == 0
    assert str(loaded["licence"]) == CREDIT
    with path.open("rb") as file:
        ours = [stroke3.read(record) for record in stroke3.records(file, "o.npz")]
    for sketch, rows, steps in zip(ours, loaded["train"], kept(folder), strict=True):
        assert rows.shape[1] == 3 and rows[-1, 2] == 1
        original = np.concatenate(drawing.to_strokes(steps, 109, 109))
        found = np.concatenate(sketch.strokes)
        np.testing.assert_allclose(found - found[0], original - original[0], atol=1e-3)


def test_ndjson_as_quick_draw_has_it(folder, tmp_path):
    path = tmp_path / "o.ndjson"
    assert export(folder, "-f", "ndjson", "--out", path)[0] == 0
    records = list(quickdraw.records(io.BytesIO(path.read_bytes()), "o.ndjson"))
    assert len(records) == 90
    for record, steps in zip(records, kept(folder), strict=True):
        values = json.loads(record.data)
        assert all(type(x) is int and 0 <= x <= 255 for stroke in values["drawing"] for row in stroke for x in row)
        found = np.concatenate(quickdraw.read(record).strokes) * 109 / 255
        expected = drawing.positions(steps, 109, 109).clip(0, 109)
        np.testing.assert_allclose(found, expected, atol=0.5 * 109 / 255 + 1e-6)


def test_a_dream_keeps_its_description(folder, tmp_path):
    drawings = dataset.load(folder)
    plain = drawings.index.drop(columns=["start", "stop", "strokes", "character"])
    told = plain.assign(description="⿰木食", reading="tree beside eat")
    for name, index in (("told", told), ("free", plain)):
        (tmp_path / name).mkdir()
        dataset.save(tmp_path / name, list(drawings), index)
        for kind in ("json", "ndjson"):
            assert export(tmp_path / name, "-f", kind, "--out", tmp_path / f"{name}.{kind}")[0] == 0
    kept = {"description": "⿰木食", "reading": "tree beside eat"}
    lines = [json.loads(line) for line in (tmp_path / "told.ndjson").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 90 and all(line["word"] == "⿰木食" and kept.items() <= line.items() for line in lines)
    written = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))["drawings"]
    assert len(written) == 90 and all(kept.items() <= one.items() for one in written)
    for kind in ("json", "ndjson"):  # the control
        assert "description" not in (tmp_path / f"free.{kind}").read_text(encoding="utf-8")


def test_json_has_all_of_it(folder, tmp_path):
    path = tmp_path / "o.json"
    assert export(folder, "-f", "json", "--out", path, "--rejected")[0] == 0
    values = json.loads(path.read_text())
    assert (values["width"], values["licence"], len(values["drawings"])) == (109, CREDIT, 120)
    strokes = [np.array(stroke) for stroke in values["drawings"][5]["strokes"]]
    back = drawing.from_strokes(strokes, 109, 109)
    np.testing.assert_allclose(back, dataset.load(folder)[5], atol=1e-3)


def test_batches_are_written_in_the_units_of_the_data_with_their_splits(tmp_path, scribbles, batch_params):
    out = tmp_path / "batches"
    out.mkdir()
    dataset.save(out, *holdout.prepare(scribbles, batch_params(test_percent=20, valid_percent=20)))
    (out / "batches.json").write_text(json.dumps({"scale": 15.0, "licence": CREDIT}))
    read = interchange.read(out, False, None)
    for (_, steps), original in zip(read, scribbles, strict=True):
        np.testing.assert_allclose(steps, original, rtol=1e-6)
    interchange.write(read, "npz", tmp_path / "o.npz")
    with np.load(tmp_path / "o.npz", allow_pickle=True) as file:
        loaded = dict(file)
    counts = read.drawings.index["split"].value_counts()
    assert {name: len(loaded[name]) for name in ("train", "valid", "test")} == counts.to_dict()


def test_wrong_options(folder, tmp_path):
    assert f"--format gif: must be one of {', '.join(FORMATS)}" in export(folder, "-f", "gif")[1]
    assert export(tmp_path / "none", "-f", "json")[0] == 1
    for option, right in (("--made-by", "kanjivg"), ("--margin", "plotter"), ("--smooth", "plotter or svgfont")):
        values = [] if option == "--smooth" else ["0"]
        assert f"{option} goes with --format {right}; leave it out" in export(folder, option, *values)[1]
