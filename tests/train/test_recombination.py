"""Recombined drawings: what is replaced, by what, where it stands, and that the rest stays as it was."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline import drawing
from pipeline.batch import minibatches
from pipeline.dataset import DrawingSet
from pipeline.parse import reading
from pipeline.train import recombination
from pipeline.train.recombination import RecombinationParams

OPTIONS = RecombinationParams(recombinations=3, recombined=0.8, recombined_at_end=0.2)


def group(element: str, position: str, first: int, last: int, part: str = "") -> dict:
    return {"element": element, "position": position, "part": part, "first": first, "last": last}


def of(strokes: list[list], groups: list[list[dict]], codes: list[int] | None = None) -> DrawingSet:
    """Drawings in a box of 10 x 10, with their components."""
    drawings = [drawing.from_strokes([np.array(stroke, float) for stroke in one], 10, 10) for one in strokes]
    stops = np.cumsum([len(steps) for steps in drawings])
    index = pd.DataFrame(
        {
            "code_point": codes or list(range(len(drawings))),
            "groups": [json.dumps(found) for found in groups],
            "start": stops - [len(steps) for steps in drawings],
            "stop": stops,
        }
    )
    return DrawingSet(np.concatenate(drawings), index)


def recombined(drawings: DrawingSet, options: RecombinationParams = OPTIONS, seed: int = 1) -> DrawingSet:
    """Of a net that is never told anything."""
    made = recombination.recombined(drawings, options, seed)
    assert not made.told and len(made.families) == len(made.drawings)
    return made.drawings


def places(steps: np.ndarray) -> list[np.ndarray]:
    return drawing.to_strokes(steps, 10, 10)


# two drawings: a left stroke of its own, and a right part of two strokes, in the second a little larger
LEFT = [[1, 1], [1, 9]]
PAIR = of(
    [
        [LEFT, [[5, 2], [9, 2]], [[5, 2], [5, 8]]],
        [[[2, 1], [2, 9]], [[5, 1.5], [9, 8]], [[9, 2], [5.5, 7], [5.2, 8.3]]],
    ],
    [[group("ab", "", 0, 2), group("b", "right", 1, 2)], [group("cd", "", 0, 2), group("d", "right", 1, 2)]],
)


def test_a_component_is_replaced_by_the_other_in_its_box_and_the_rest_stays():
    made = recombined(PAIR)
    assert len(made) == 2 * (1 + OPTIONS.recombinations)
    assert all(np.array_equal(made[i], PAIR[i]) for i in range(2))
    replaced = [steps for steps in (made[i] for i in range(2, len(made), 2)) if len(steps) != len(PAIR[0])]
    assert replaced, "the first drawing's right part was never replaced"
    for steps in replaced:
        drawing.check(steps)
        left, first, second = places(steps)
        assert left == pytest.approx(np.array(LEFT), abs=1e-6)
        whole = np.concatenate((first, second))
        assert whole.min(axis=0) == pytest.approx([5, 2], abs=1e-5)  # the box of the part that stood there
        assert whole.max(axis=0) == pytest.approx([9, 8], abs=1e-5)
        theirs = np.concatenate(places(PAIR[1])[1:])
        unit = (theirs - theirs.min(axis=0)) / np.ptp(theirs, axis=0)
        assert (whole - whole.min(axis=0)) / np.ptp(whole, axis=0) == pytest.approx(unit, abs=1e-5)


def test_a_character_is_no_donor_to_its_variants():
    variants = DrawingSet(PAIR.points, PAIR.index.assign(code_point=[7, 7]))
    made = recombined(variants)
    assert all(made[i] == pytest.approx(variants[i % 2], abs=1e-6) for i in range(len(made)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda g: g | {"position": "left"} if g["element"] == "d" else g,  # it stands elsewhere
        lambda g: g | {"part": "1"},  # it is interrupted
    ],
)
def test_what_does_not_fit_is_left_out(spoil):
    groups = [json.dumps([spoil(g) for g in json.loads(text)]) for text in PAIR.index["groups"]]
    made = recombined(DrawingSet(PAIR.points, PAIR.index.assign(groups=groups)))
    assert all(made[i] == pytest.approx(PAIR[i % 2], abs=1e-6) for i in range(len(made)))


def test_a_part_that_must_be_stretched_too_far_is_left_out():
    wide = of(
        [places(PAIR[0]), [LEFT, [[5, 2], [9 * recombination.STRETCH, 2]], [[5, 2], [5, 8]]]],
        [json.loads(text) for text in PAIR.index["groups"]],
    )
    made = recombined(wide)
    assert all(made[i] == pytest.approx(wide[i % 2], abs=1e-6) for i in range(len(made)))


def test_without_components_only_the_drawings_come_back(scribbles):
    assert recombined(scribbles) is scribbles
    none = DrawingSet(PAIR.points, PAIR.index.assign(groups="[]"))
    assert recombined(none) is none
    off = RecombinationParams(recombinations=0, recombined=0.8, recombined_at_end=0.2)
    assert recombined(PAIR, off) is PAIR


@pytest.fixture(scope="module")
def kanji(kanjivg_archive, defaults) -> DrawingSet:
    """The first 600 drawings of KanjiVG's kanji, in the net's units."""
    found = reading.parse(kanjivg_archive, reading.ParseParams(**defaults["parse"]))
    index, n = found.index.iloc[:600].reset_index(drop=True), 600
    drawings = found.drawings[:n]
    stops = np.cumsum([len(steps) for steps in drawings])
    scaled = np.concatenate(drawings) / np.array([15, 15, 1], np.float32)
    return DrawingSet(scaled, index.assign(start=stops - [len(s) for s in drawings], stop=stops))


def test_real_kanji(kanji):
    made = recombined(kanji)
    again, other = (recombined(kanji, seed=seed) for seed in (1, 2))
    assert np.array_equal(made.points, again.points) and made.index.equals(again.index)
    assert len(made.points) != len(other.points) or not np.array_equal(made.points, other.points)
    new = 0
    for i in range(len(kanji), len(made)):
        steps, original = made[i], kanji[i % len(kanji)]
        drawing.check(steps)
        middle = np.abs(np.cumsum(steps[:, :2], axis=0))
        assert middle.max() < 109 / 2 / 15 * 1.1  # within the box, as the drawings themselves
        new += len(steps) != len(original) or not np.allclose(steps, original, atol=1e-5)
    assert new > 0.9 * (len(made) - len(kanji))


def test_the_components_found_are_those_of_the_index(kanji):
    points = recombination.Points.of(kanji)
    found = recombination.find(kanji, points)
    for row in np.random.default_rng(1).integers(0, len(found), 50):
        i, element, start, stop = found.table.loc[row, ["drawing", "element", "start", "stop"]]
        places = np.cumsum(kanji[i][:, :2], axis=0, dtype=np.float64)
        pens = kanji[i][:, 2]
        bounds = np.concatenate(([0], np.flatnonzero(pens) + 1))
        spans = [
            (bounds[g["first"]], bounds[g["last"] + 1])
            for g in json.loads(kanji.index["groups"][i])
            if g["element"] == element
        ]
        before = points.drawings[i]
        assert (start - before, stop - before) in spans
        box = places[start - before : stop - before]
        assert found.centre[row] * 2 == pytest.approx(box.min(axis=0) + box.max(axis=0))


def test_neighbours_are_the_nearest_by_brute_force(kanji):
    found = recombination.find(kanji, recombination.Points.of(kanji))
    near = recombination.neighbours(found, ["position"])
    boxes = np.hstack((found.centre, found.size))
    kind, family = found.table["position"].to_numpy(), found.table["family"].to_numpy()
    for row in np.random.default_rng(2).integers(0, len(found), 20):
        alike = np.flatnonzero(kind == kind[row])
        distance = np.linalg.norm(boxes[alike] - boxes[row], axis=1)
        within = set(alike[distance <= np.sort(distance)[: recombination.NEAREST][-1] + 1e-9])
        chosen = near[row][near[row] >= 0]
        assert set(chosen) <= within
        assert not (family[chosen] == family[row]).any() and (kind[chosen] == kind[row]).all()


@pytest.mark.parametrize(("done", "share"), [(0.0, 0.8), (0.5, 0.5), (1.0, 0.2)])
def test_the_share_of_recombined_drawings(done, share):
    rows = recombination.chosen(4000, 16000, OPTIONS, done, seed=1, epoch=3)
    assert torch.equal(rows % 4000, torch.arange(4000))
    assert (rows >= 4000).double().mean().item() == pytest.approx(share, abs=0.03)
    assert len((rows // 4000).unique()) == 4
    assert torch.equal(rows, recombination.chosen(4000, 16000, OPTIONS, done, seed=1, epoch=3))
    assert not torch.equal(rows, recombination.chosen(4000, 16000, OPTIONS, done, seed=1, epoch=4))
    assert torch.equal(recombination.chosen(4000, 4000, OPTIONS, done, 1, 3), torch.arange(4000))


def test_an_epoch_of_the_trainer_has_every_drawing_once(kanji, train_params, batch_params, model_params):
    from pipeline.net.model import WritingNet
    from pipeline.seeds import generator
    from pipeline.train import loop, machine

    options = train_params(recombinations=2, recombined=0.5, recombined_at_end=0.5)
    made = recombined(kanji, options)
    rows, valid = minibatches.Rows.of(made), minibatches.Rows.of(kanji)
    net = WritingNet(model_params(), generator(1))
    trainer = loop.Trainer(net, options, batch_params(), rows, valid, machine.launch(options, "lstm"), len(kanji))
    seen = torch.cat(trainer.lessons.epoch(0))
    assert torch.equal((seen % len(kanji)).sort().values, torch.arange(len(kanji)))
    assert 0.4 < (seen >= len(kanji)).double().mean() < 0.6
    assert trainer.probe.max() < len(kanji)
