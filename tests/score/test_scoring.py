"""All scores together: each catches what it is there for, beside controls; the same input gives the same bytes."""

import json
import math
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from pipeline import dataset, params
from pipeline.drawing import from_strokes
from pipeline.net import checkpoint
from pipeline.net.model import ModelParams, WritingNet
from pipeline.sample.filters import REJECTIONS
from pipeline.sample.sampler import SamplingError
from pipeline.score import distributions, plots, scoring, sheets
from pipeline.score.judge import judge
from pipeline.score.likeness import fidelity
from pipeline.score.scoring import Material, ScoreParams
from pipeline.seeds import generator
from stages import score as stage
from tests.support import ROOT

SCALE = 15.0
DATA = {"scale": SCALE, "width": 109.0, "height": 109.0, "licence": "CC BY-SA 3.0 (the testers)"}
MODEL = {"cell": "lstm", "layers": 1, "hidden_size": 8, "mixtures": 2, "position_input": True, "dropout": 0.0}
MODEL |= {"dropout_per": "step", "described": False, "exemplars": False}
WEIGHTS = [1.0, 10.0, 100.0]
VALUES = {"calibration_bins": 10, "bootstrap": 200, "raster": 24, "blur": 0.06, "columns": 2, "rows": 3, "seed": 1}
JUDGE = ROOT / "pretrained" / "judge"
VALUES |= {"films": 2, "judge": judge.load(JUDGE).name}
OPTIONS = ScoreParams(**VALUES, device="cpu")


def a_drawing(rng, reach=90.0):
    """5 to 11 strokes, level or upright, within `reach` units; both sides of its box are touched."""
    ends = [np.array([[0.0, 0], [reach, 0]]), np.array([[0.0, 0], [0, reach]])]
    for _ in range(int(rng.integers(3, 10))):
        start = rng.uniform(0, 0.7 * reach, 2)
        along = (1.0, 0.0) if rng.random() < 0.5 else (0.0, 1.0)
        ends.append(start + np.outer(np.linspace(0, 0.3 * reach, 3), along))
    return from_strokes([stroke + (109 - reach) / 2 for stroke in ends], 109, 109)


def stretched(steps, x=1.0, y=1.0):
    return steps * np.array([x, y, 1], np.float32)


def real_set(folder, train=60, valid=25, test=25, variants=0, seed=0):
    """A set as the stage batch writes it; `variants` test drawings stand there twice, as variants."""
    rng = np.random.default_rng(seed)
    drawings = [stretched(a_drawing(rng), 1 / SCALE, 1 / SCALE) for _ in range(train + valid + test)]
    index = pd.DataFrame(
        {
            "id": [f"{0x4E00 + i:05x}" for i in range(len(drawings))],
            "code_point": 0x4E00 + np.arange(len(drawings)),
            "variant": "",
            "split": ["valid"] * valid + ["train"] * train + ["test"] * test,
        }
    )
    if variants:
        again = index.tail(variants).assign(variant="Kaisho")
        index = pd.concat([index, again.assign(id=again["id"] + "-Kaisho")], ignore_index=True)
        drawings += drawings[-variants:]
    folder.mkdir()
    dataset.save(folder, drawings, index)
    (folder / "batches.json").write_text(json.dumps(DATA), encoding="utf-8")
    return dataset.load(folder)


def sample_set(folder, drawings, reasons=None):
    """A set as the stage sample writes it."""
    reasons = reasons or [""] * len(drawings)
    ids = [f"{'r' if reason else ''}{i:04d}" for i, reason in enumerate(reasons, start=1)]
    folder.mkdir()
    dataset.save(folder, drawings, pd.DataFrame({"id": ids, "reason": pd.Series(reasons, dtype=str)}))
    return dataset.load(folder)


def a_net():
    return WritingNet(ModelParams(**MODEL), generator(1)).eval()


def quiet(items, text):
    return items


def scored(material):
    return scoring.score(material, a_net(), WEIGHTS, judge.load(JUDGE), OPTIONS, quiet)


@pytest.fixture
def material(tmp_path):
    real = real_set(tmp_path / "batches", variants=4)
    rng = np.random.default_rng(5)
    drawings = [a_drawing(rng) for _ in range(28)] + [stretched(a_drawing(rng), 3, 3) for _ in range(12)]
    endless = [np.array([[1, 1, 0]] * 50, np.float32) for _ in range(8)]
    reasons = [""] * 28 + ["too_large"] * 12 + ["unfinished"] * 8
    return Material(sample_set(tmp_path / "samples", drawings + endless, reasons), real, DATA)


def test_every_score_is_there_by_its_name_and_finite(material):
    found = scored(material).metrics
    sections = ["acceptance", "calibration", "ends", "likeness", "novelty", "strokes", "test", "valid", "wasserstein"]
    assert sorted(found) == sections  # no parts, as these drawings tell of no components
    whose, ends = ("", "_floor", "_unfiltered"), ("", "_low", "_high")
    assert set(found["likeness"]) == {n + w + e for n in (*fidelity.NAMES, "auc") for w in whose for e in ends}
    assert {"known", "known_low", "known_high", "known_floor", "known_unfiltered"} <= set(found["strokes"])
    means = {"nats_per_step", "nats_per_step_low", "nats_per_step_high", "nats_per_step_source_units"}
    means |= {"nats_per_character", "offset", "pen", "pen_as_trained"}
    assert set(found["test"]) == set(found["valid"]) == means
    events = ("end_of_stroke", "end_of_character")
    assert set(found["calibration"]) == {e + s for e in events for s in ("", "_as_trained", "_floor")}
    measures = ("strokes", "steps", "width", "height")
    assert set(found["wasserstein"]) == {m + s for m in measures for s in ("", "_unfiltered", "_floor")}
    assert set(found["acceptance"]) == {*REJECTIONS, "accepted", "drawn", "share"}
    names = {"copies", "copy_threshold", "median_distance", "holdout_median", "duplicates", "duplicates_floor"}
    assert set(found["novelty"]) == names
    assert all(math.isfinite(value) for part in found.values() for value in part.values())
    json.dumps(found, allow_nan=False)  # plain numbers, none of NumPy's


def test_acceptance_and_ends_are_shares_of_all_drawn(material):
    found = scored(material).metrics
    assert found["acceptance"]["drawn"] == 48 and found["acceptance"]["accepted"] == 28
    assert found["acceptance"]["share"] == pytest.approx(28 / 48, abs=1e-6)
    assert found["acceptance"]["too_large"] == 0.25
    assert found["acceptance"]["unfinished"] == pytest.approx(8 / 48, abs=1e-6)
    assert found["acceptance"]["too_small"] == 0
    assert found["ends"]["share"] == pytest.approx(40 / 48, abs=1e-6)


def test_a_reason_of_another_release_is_counted_too():
    found = scoring.acceptance(pd.Series(["", "", "smudged", ""]))
    assert found["smudged"] == 0.25 and found["share"] == 0.75


def test_likelihood_is_over_every_form_and_the_interval_holds_it(material):
    found = scored(material).metrics["test"]
    assert found["nats_per_step"] == pytest.approx(found["offset"] + found["pen"], abs=2e-6)
    assert found["nats_per_step_low"] < found["nats_per_step"] < found["nats_per_step_high"]
    steps = material.split("test").lengths().sum()
    assert len(material.split("test")) == 29  # 25 and the 4 variants
    assert found["nats_per_character"] == pytest.approx(found["nats_per_step"] * steps / 29, rel=1e-4)
    assert found["nats_per_step_source_units"] == pytest.approx(found["nats_per_step"] + 2 * math.log(15), abs=2e-6)


def test_wasserstein_is_scipys_of_the_sets_it_names(material):
    found = scored(material).metrics["wasserstein"]
    real = material.real.index
    test = ((real["split"] == "test") & (real["variant"] == "")).to_numpy()
    held_out, lengths = real["strokes"][test], (real["stop"] - real["start"]).to_numpy()
    samples = material.samples.index
    kept = (samples["reason"] == "").to_numpy()

    def apart(ours, theirs):
        return pytest.approx(scipy.stats.wasserstein_distance(ours, theirs), abs=2e-5)

    assert found["strokes"] == apart(samples["strokes"][kept], held_out)
    assert found["strokes_unfiltered"] == apart(samples["strokes"], held_out)
    assert found["strokes_floor"] == apart(real["strokes"][real["split"] == "valid"], held_out)
    assert found["steps"] == apart((samples["stop"] - samples["start"])[kept], lengths[test])
    assert found["width"] == apart([90] * 28, [90] * 25) and found["height_floor"] < 1e-4
    # 12 of 48 are three times as wide, 8 are 49 units
    assert found["width_unfiltered"] == apart([90] * 28 + [270] * 12 + [49] * 8, [90] * 25)


@pytest.mark.parametrize("x, y, worse", [(0.8, 1, "width"), (1, 0.7, "height")])
def test_narrow_and_flat_samples_are_found(tmp_path, x, y, worse):
    real = real_set(tmp_path / "batches")
    rng = np.random.default_rng(5)
    drawings = [stretched(a_drawing(rng), x, y) for _ in range(30)]
    found = scored(Material(sample_set(tmp_path / "samples", drawings), real, DATA)).metrics["wasserstein"]
    assert found[worse] == pytest.approx(90 * (1 - x * y), abs=1e-3)
    assert found[{"width": "height", "height": "width"}[worse]] < 1e-3


def test_copies_are_found_and_new_ones_are_not_called_copies(tmp_path):
    real = real_set(tmp_path / "batches", test=100)
    rng = np.random.default_rng(5)
    # at another place and another size, and not the first ones of the set
    copied = [stretched(real[i], 0.9 * SCALE, 0.9 * SCALE) for i in range(30, 50)]
    new = [a_drawing(rng) for _ in range(60)]
    both = Material(sample_set(tmp_path / "samples", copied + new), real, DATA)
    found = scored(both)
    assert found.nearest["copy"][:20].all() and found.nearest["copy"][20:].mean() < 0.1
    assert list(found.nearest["nearest"][:20]) == list(range(30, 50))
    assert list(found.nearest["nearest_id"][:20]) == list(real.index["id"][30:50])
    assert found.nearest["distance"][:20].max() < 1e-5
    assert found.metrics["novelty"]["copies"] == pytest.approx(found.nearest["copy"].mean(), abs=1e-6)
    assert found.metrics["novelty"]["median_distance"] == pytest.approx(found.nearest["distance"].median(), abs=1e-6)


def test_held_out_drawings_as_samples_score_at_the_floor(tmp_path):
    real = real_set(tmp_path / "batches", test=100)
    held_out = [stretched(steps, SCALE, SCALE) for steps in real.where((real.index["split"] == "test").to_numpy())]
    found = scored(Material(sample_set(tmp_path / "samples", held_out), real, DATA)).metrics
    assert max(found["wasserstein"][name] for name in distributions.MEASURES) < 1e-4
    assert found["novelty"]["median_distance"] == pytest.approx(found["novelty"]["holdout_median"], abs=1e-6)
    assert found["novelty"]["copies"] == pytest.approx(0.01)


def test_a_set_is_compared_with_one_form_a_code_point():
    rows = [(0x4E00, "Kaisho"), (0x4E00, ""), (0x4E01, "A"), (0x4E01, "B"), (0x4E02, ""), (-1, ""), (-1, "")]
    index = pd.DataFrame(rows, columns=["code_point", "variant"])
    assert list(distributions.one_form(index)) == [False, True, True, False, True, True, True]


def test_histograms_hold_every_drawing_in_bins_of_the_reference():
    reference = np.array([10.0, 20, 40])
    table = distributions.histogram({"a": np.array([0.0, 5, 1000]), "none": np.array([])}, reference)
    assert len(table) == distributions.BINS and table["value"].max() < 50
    assert table["a"].sum() == pytest.approx(1) and table["a"].iloc[-1] == pytest.approx(1 / 3)
    assert table["none"].sum() == 0
    strokes = distributions.histogram({"a": np.array([1, 1, 4, 99])}, np.array([2, 4]), whole_numbers=True)
    assert list(strokes["value"]) == [1, 2, 3, 4, 5] and list(strokes["a"]) == [0.5, 0, 0, 0.25, 0.25]


def test_without_an_accepted_sample_its_scores_are_left_out(tmp_path):
    real = real_set(tmp_path / "batches")
    drawings = [a_drawing(np.random.default_rng(5))] * 3
    material = Material(sample_set(tmp_path / "samples", drawings, ["too_large"] * 3), real, DATA)
    found = scored(material)
    assert found.metrics["acceptance"]["share"] == 0 and len(found.nearest) == 0
    assert "strokes" not in found.metrics["wasserstein"] and "strokes_unfiltered" in found.metrics["wasserstein"]
    assert "copies" not in found.metrics["novelty"]
    assert "0 of 3 samples accepted: no distances" in scoring.sentence(found.metrics)
    assert sheets.nearest_sheet(material, found.nearest, 2, 3).startswith("<svg")
    plots.write(found.tables, tmp_path)


def test_what_cannot_be_scored_is_an_error_with_its_cure(tmp_path, monkeypatch):
    real = real_set(tmp_path / "batches")
    with pytest.raises(scoring.ScoringError, match=r"no drawing, not even a rejected one; `dvc repro sample`"):
        scored(Material(sample_set(tmp_path / "none", []), real, DATA))
    some = sample_set(tmp_path / "some", [a_drawing(np.random.default_rng(0))])
    no_test = real.where((real.index["split"] != "test").to_numpy())
    with pytest.raises(scoring.ScoringError, match=r"no drawing in test; run `dvc repro batch`"):
        scored(Material(some, no_test, DATA))
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(SamplingError, match=r"score\.device is cuda"):
        ScoreParams(**VALUES, device="cuda").check_here({})


@pytest.mark.parametrize(
    "key, value",
    [("calibration_bins", 1), ("bootstrap", 10), ("raster", 4), ("blur", 0.0), ("seed", -1), ("device", "tpu")],
)
def test_values_out_of_range_are_named(key, value):
    with pytest.raises(params.ParamsError, match=rf"score\.{key}"):
        params.build(ScoreParams, asdict(OPTIONS) | {key: value}, "score")


def test_the_sheet_shows_each_sample_beside_its_nearest_in_order(material):
    found = scored(material)
    sheet = sheets.nearest_sheet(material, found.nearest, 2, 3)
    texts = [part.split("<")[0] for part in sheet.split("<text ")[1:]]
    texts = [text.split(">")[1] for text in texts]
    assert len(texts) == 12 and texts[::2] == list(found.nearest["id"][:6])
    assert [text.split()[0] for text in texts[1::2]] == list(found.nearest["nearest_id"][:6])
    assert "CC BY-SA 3.0 (the testers)" in sheet
    strokes = material.accepted.index["strokes"][:6].sum()
    strokes += material.real.index["strokes"].iloc[found.nearest["nearest"][:6]].sum()
    assert sheet.count("<path ") == strokes


def test_the_most_and_the_least_believed_are_shown_in_order(material):
    believed = scored(material).samples["believed"].to_numpy()
    assert len(believed) == 28 and ((believed > 0) & (believed < 1)).all()
    sheet = sheets.believed_sheet(material, believed, columns=4, rows=4)
    texts = [part.split("<")[0].split(">")[1] for part in sheet.split("<text ")[1:]]
    shown = [text.split() for text in texts if text]
    order = np.argsort(-believed)
    ids = material.accepted.index["id"]
    assert [name for name, _ in shown] == [ids[i] for i in [*order[:8], *order[-8:]]]
    assert [float(value) for _, value in shown] == pytest.approx(sorted((float(v) for _, v in shown), reverse=True))
    # without a test of two samples there is nothing to show
    assert "<path " not in sheets.believed_sheet(material, np.full(28, np.nan), columns=4, rows=4)


class Row:
    """Stands for the row in MLflow."""

    def complete(self):
        self.completed = True


def test_the_stage_writes_the_same_bytes_twice(material, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(params, "load", lambda name: {"score": OPTIONS, "sample": SimpleNamespace(hand=None)}[name])
    (tmp_path / "model").mkdir()
    checkpoint.save_model(tmp_path / "model", a_net().state_dict(), {"model": MODEL, "pen_weights": WEIGHTS})
    made = [tmp_path / name for name in ("samples", "batches", "model")]
    sentences = [stage.main(Row(), *made, JUDGE, tmp_path / out) for out in ("one", "two")]
    assert sentences[0] == sentences[1] and "28 of 48 samples accepted" in sentences[0]
    names = sorted(str(path.relative_to(tmp_path / "one")) for path in (tmp_path / "one").rglob("*") if path.is_file())
    tables = ["strokes", "steps", "width", "height", "novelty", "nearest", "samples", "types"]
    tables += [f"reliability_end_of_{what}{how}" for what in ("stroke", "character") for how in ("", "_as_trained")]
    pictures = [f"plots/{name}.png" for name in ("reliability", "distributions", "novelty")]
    pictures += [f"{name}.{kind}" for name in ("nearest", "believed", "density") for kind in ("png", "svg")]
    expected = ["metrics.json", "gallery.html", *(f"plots/{name}.csv" for name in tables), *pictures]
    assert names == sorted(expected)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    metrics = json.loads((tmp_path / "one" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics == scored(material).metrics
    assert "tIME" not in (tmp_path / "one/plots/novelty.png").read_bytes().decode("latin-1")


def test_a_readers_own_matplotlib_settings_change_nothing(material, tmp_path):
    import matplotlib

    tables = scored(material).tables
    for name in ("plain", "own"):
        (tmp_path / name).mkdir()
    plots.write(tables, tmp_path / "plain")
    with matplotlib.rc_context({"axes.facecolor": "black", "font.size": 20, "lines.linewidth": 7}):
        plots.write(tables, tmp_path / "own")
    for name in ("reliability.png", "distributions.png", "novelty.png"):
        assert (tmp_path / "plain" / name).read_bytes() == (tmp_path / "own" / name).read_bytes()
