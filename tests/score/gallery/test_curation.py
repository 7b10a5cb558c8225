"""From the scores of a set of samples to what the gallery shows: everything there is, nothing that is not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline.dataset import DrawingSet
from pipeline.net.model import WritingNet
from pipeline.score import novelty, scoring
from pipeline.score.gallery import curation, exhibits, gallery
from pipeline.score.gallery.curation import Rule
from pipeline.score.gallery.exhibits import Part
from pipeline.score.judge import judge
from pipeline.score.scoring import Material, ScoreParams
from tests.support import ROOT

DATA = {"scale": 15.0, "width": 109.0, "height": 109.0, "licence": "the testers"}
WEIGHTS = [0.3, 1.0, 3.0]
JUDGE = ROOT / "pretrained" / "judge"
UNIT = np.array([15, 15, 1], np.float32)


@pytest.fixture
def net(model_params):
    return WritingNet(model_params(), torch.Generator().manual_seed(0)).eval()


@pytest.fixture
def material(scribbles):
    """30 samples, every fifth rejected, all of them real training drawings too; 90 training, 15 and 15 held out."""
    splits = np.repeat(["train", "valid", "test"], [90, 15, 15])
    real = DrawingSet(scribbles.points / UNIT, scribbles.index.assign(split=splits))
    index = scribbles.index.head(30)
    reasons = ["too_small" if i % 5 == 0 else "" for i in range(30)]
    ids = [f"{'r' if reason else ''}{i:04d}" for i, reason in enumerate(reasons)]
    samples = DrawingSet(scribbles.points, index[["start", "stop", "strokes"]].assign(id=ids, reason=reasons))
    return Material(samples, real, DATA)


@pytest.fixture
def scores(material, net, defaults):
    options = ScoreParams(**{**defaults["score"], "bootstrap": 100, "calibration_bins": 4, "device": "cpu"})
    return scoring.score(material, net, WEIGHTS, judge.load(JUDGE), options, lambda items, text: items)


def test_every_sample_drawn_is_shown_with_its_nearest(material, scores):
    found = curation.curate(material, scores)
    assert len(found.samples) == 30 and found.credit == "the testers"
    assert found.numbers["accepted"].tolist() == [bool(i % 5) for i in range(30)]
    for i, neighbour in enumerate(found.nearest):
        assert (neighbour is None) == (i % 5 == 0)
        if neighbour is not None:  # a sample that is a training drawing, or the variant of one that looks the same
            np.testing.assert_allclose(neighbour.steps, found.samples[i], atol=1e-4)
            assert neighbour.character == material.real.index["character"][i]
    assert (found.numbers.loc[found.numbers["accepted"], "distance"] < novelty.SAME).all()
    assert found.numbers.loc[~found.numbers["accepted"], "distance"].isna().all()
    assert not found.numbers["copy"][~found.numbers["accepted"]].any()


def test_sizes_are_of_what_is_drawn(material, scores):
    numbers = curation.curate(material, scores).numbers
    points = np.cumsum(material.samples[7][:, :2], axis=0)
    assert numbers["width"][7] == pytest.approx(np.ptp(points[:, 0]), rel=1e-5)
    assert numbers["strokes"][7] == material.samples.index["strokes"][7] and numbers["steps"][7] == len(points)


def test_more_numbers_and_parts_come_by_id_in_any_order(material, scores):
    more = pd.DataFrame({"id": ["0003", "0001"], "believed": [0.3, 0.1]})
    found = curation.curate(material, scores, numbers=more, parts={"0003": [Part("木", 0, 1)]})
    assert found.numbers["believed"][[1, 3]].tolist() == [0.1, 0.3] and found.numbers["believed"].isna().sum() == 28
    assert found.parts[3] == [Part("木", 0, 1)] and not found.parts[1]
    with pytest.raises(pd.errors.MergeError):
        curation.curate(material, scores, numbers=pd.concat([more, more]))


def test_what_a_sample_was_told_stands_with_its_numbers(material, scores):
    told = {"description": [f"⿰木{chr(0x4E00 + i)}" for i in range(30)], "reading": [f"tree {i}" for i in range(30)]}
    samples = DrawingSet(material.samples.points, material.samples.index.assign(**told))
    shown = exhibits.as_json(curation.curate(replace(material, samples=samples), scores))["columns"]
    columns = {column["name"]: column for column in shown}
    assert {name: columns[name]["values"] for name in told} == told
    assert columns["reading"]["kind"] == "text" and columns["description"]["label"] == "described as"
    free = exhibits.as_json(curation.curate(material, scores))["columns"]  # the control
    assert [one for one in shown if one["name"] not in told] == free


def test_a_table_of_parts_becomes_the_parts_of_each(material, scores):
    table = pd.DataFrame({"drawing": [2, 2, 0], "element": ["木", "口", "氵"], "first": [0, 4, 0], "last": [3, 6, 2]})
    found = curation.parts_of(table, ["a", "b", "c"])
    assert found == {"a": [Part("氵", 0, 2)], "b": [], "c": [Part("木", 0, 3), Part("口", 4, 6)]}


def test_scores_stand_with_floor_and_interval(scores):
    found = {score.label: score for score in curation.headlines(scores.metrics)}
    nats, strokes = found["Nats a step, untold"], found["Strokes, off by"]
    assert (nats.low, nats.high) == tuple(scores.metrics["test"][f"nats_per_step_{end}"] for end in ("low", "high"))
    assert strokes.floor == scores.metrics["wasserstein"]["strokes_floor"] and nats.floor is None
    # these drawings tell of no components, and are too few for a two-sample test
    missing = {"Strokes in known parts", "Told from real, AUC", "Nats a step, told"}
    missing |= {"Described, strokes right", "Described, each in place"}
    assert list(found) == [rule.label for rule in curation.HEADLINES if rule.label not in missing]


def test_a_score_that_is_not_there_is_left_out_and_a_new_one_is_a_row(scores):
    without = {name: part for name, part in scores.metrics.items() if name != "wasserstein"}
    assert len(curation.headlines(without)) == len(curation.headlines(scores.metrics)) - 1
    rule = Rule("judge", "auc", "AUC", "One half is the ideal.", floor=0.5)
    found = curation.headlines({"judge": {"auc": 0.9, "auc_low": 0.88, "auc_high": 0.92}}, [rule])
    assert [(s.value, s.floor, s.low, s.high) for s in found] == [(0.9, 0.5, 0.88, 0.92)]


def test_the_charts_are_of_the_tables_there_are(scores):
    history = pd.DataFrame({"epoch": [1, 2], "train": [1.0, 0.5], "valid": [1.1, 0.7]})
    titles = [chart.title for chart in curation.charts_of(scores.tables, history)]
    assert titles == [
        *(title for title, _ in curation.DISTRIBUTIONS.values()),
        *curation.EVENTS.values(),
        "Learning curves",
    ]
    assert curation.charts_of({}) == []
    one = curation.charts_of({"strokes": scores.tables["strokes"]})
    assert [chart.title for chart in one] == ["Strokes"]


def test_reliability_has_both_tables_and_two_errors(scores):
    chart = next(c for c in curation.charts_of(scores.tables) if c.title == "End of stroke")
    ours = scores.tables["reliability_end_of_stroke"]
    shown = chart.table.dropna(subset="ours")
    np.testing.assert_allclose(shown["ours"], ours["observed"])
    np.testing.assert_allclose(shown["ours_error"], 2 * ours["error"])
    assert chart.table["trained"].notna().sum() == len(scores.tables["reliability_end_of_stroke_as_trained"])


def test_the_films_are_of_the_first_that_fit(material, net):
    films = curation.films_of(material, net, WEIGHTS, 2, 1)
    fitting = [i for i in range(30) if i % 5 and material.samples.index["strokes"][i] in curation.FILM_STROKES]
    assert [film.label for film in films[:2]] == [f"{i:04d}, written" for i in fitting[:2]]
    np.testing.assert_array_equal(films[0].density.steps, material.samples[fitting[0]])
    assert len(films) == 3 and films[2].label.endswith(", real") and np.ptp(films[2].density.points) > 10
    assert curation.films_of(material, net, WEIGHTS, 0, 0) == []


def test_the_page_is_whole_even_when_nothing_was_accepted(material, net, defaults):
    """And the same twice."""
    index = material.samples.index.assign(reason="unfinished", id=[f"r{i}" for i in range(30)])
    none = replace(material, samples=DrawingSet(material.samples.points, index))
    options = ScoreParams(**{**defaults["score"], "bootstrap": 100, "calibration_bins": 4, "device": "cpu"})
    scores = scoring.score(none, net, WEIGHTS, judge.load(JUDGE), options, lambda items, text: items)
    found = curation.curate(none, scores, curation.films_of(none, net, WEIGHTS, 2, 0))
    assert "30 characters drawn, 0 accepted" in gallery.page(found)
    assert set(exhibits.as_json(found)["nearest"]) == {-1} and gallery.page(found) == gallery.page(found)
