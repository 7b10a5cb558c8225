"""Recombined drawings: what is replaced, by what, where it stands, and that the rest stays as it was."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline import drawing
from pipeline.batch import minibatches
from pipeline.dataset import DrawingSet
from pipeline.describe import derivation, visits
from pipeline.describe.derivation import Told
from pipeline.describe.exemplars import Library, families_of
from pipeline.describe.knowledge import Knowledge
from pipeline.parse import reading
from pipeline.train import recombination, telling
from pipeline.train.recombination import RecombinationParams
from pipeline.train.telling import Taught, TellingParams
from tests.support.parts import a_set, across, leaf, made

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
    assert not made.told and len(made.families) == (len(made.drawings) if made.drawings is not drawings else 0)
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


# --- of a net that is told of parts


def test_a_part_gives_place_to_another_and_what_comes_after_moves():
    """玉 of 国, five strokes, the frame closed after it: by three strokes that stand fourth in their drawing."""
    jade = leaf("玉", (2, 6))
    country = made("⿴", leaf("囗", (0, 1), (7, 7)), jade, name="国")
    land = made("⿰", made("⿴", leaf("囗", (0, 1), (7, 7)), jade, name="国"), leaf("彡", (8, 10)), name="X")
    for name, kept in (("玉", "国"), ("王", "")):
        by = made("⿱", leaf("㇐", (4, 4)), leaf("土", (5, 6)), name=name)
        there = made("⿱", leaf("㇐", (2, 2)), leaf("土", (3, 4)), name=name)
        found = recombination.exchanged(country, [(jade, by)])
        assert found == made("⿴", leaf("囗", (0, 1), (5, 5)), there, name=kept)
        whole = recombination.exchanged(land, [(jade, by)])
        assert whole == made("⿰", found, leaf("彡", (6, 8)), name="X" if kept else "")


def test_two_parts_give_place_at_once():
    left, right = leaf("日", (0, 1)), leaf("月", (2, 5))
    clear = made("⿰", left, right, name="明")
    found = recombination.exchanged(clear, [(left, leaf("日", (3, 6))), (right, leaf("月", (0, 0)))])
    assert found == made("⿰", leaf("日", (0, 3)), leaf("月", (4, 4)), name="明")
    assert recombination.exchanged(clear, []) == clear


def test_a_form_of_the_same_part_keeps_the_name():
    water = leaf("氵", (0, 2))
    found = recombination.exchanged(made("⿰", water, leaf("木", (3, 6)), name="沐"), [(water, leaf("⺡", (0, 2)))])
    assert found.description.name == "沐" and found.description.parts[0].name == "⺡"


ALIKE, OTHER = [across(0, -3, 3, 3), across(0.1, -2.9, 3, 3)], across(0, -3, 3, 2.9)
WORLD = a_set(
    (1, [*across(-3, -3, 0, 3), *ALIKE[0]]),
    (2, [[(-2, -3), (-2, 3)], *ALIKE[1]]),
    (-1, [*OTHER, [(-3, -3), (-3, 3)], [(-2, -3), (-2, 3)]]),
)
SPELLED = [
    made("⿰", leaf("A", (0, 1)), leaf("B", (2, 3)), name="X"),
    made("⿰", leaf("㇑", (0, 0)), leaf("B", (1, 2)), name="Y"),
    made("⿰", leaf("C", (2, 3)), leaf("D", (0, 1)), name="Z"),
]


def test_a_recombined_drawing_is_described_and_says_of_whom_it_is_made():
    options = RecombinationParams(recombinations=40, recombined=0.5, recombined_at_end=0.5)
    found = recombination.recombined(WORLD, options, 1, SPELLED)
    own = families_of(WORLD.index).tolist()
    assert list(found.told[:3]) == SPELLED and found.families[:3] == [frozenset({one}) for one in own]
    seen = set()
    for row in range(3, len(found.drawings), 3):  # of the first one: ⿰AB
        parts, name = found.told[row].description.parts, found.told[row].description.name
        assert parts[0].name == "A" and name == ("X" if parts[1].name == "B" else "")
        donors = found.families[row] - {own[0]}
        assert donors == {"B": donors & {own[1]}, "D": {own[2]}}[parts[1].name]
        seen.add((parts[1].name, *sorted(donors)))
    assert seen >= {("B", own[1]), ("D", own[2])}


@pytest.fixture(scope="module")
def told(kanji) -> list[Told]:
    return derivation.descriptions(kanji.index, kanji)


def nodes(one: Told) -> list[Told]:
    return [one, *(node for part in one.parts for node in nodes(part))]


def strokes_of(one: Told) -> list[int]:
    return sorted(stroke for first, last in one.runs for stroke in range(first, last + 1))


def test_real_recombinations_are_described_stroke_for_stroke(kanji, told):
    options = RecombinationParams(recombinations=1, recombined=0.5, recombined_at_end=0.5)
    made = recombination.recombined(kanji, options, 1, told)
    count, new, named = len(kanji), 0, 0
    codes = kanji.index["code_point"].tolist()
    for row in range(count, 2 * count):
        steps, one = made.drawings[row], made.told[row]
        drawing.check(steps)
        number = drawing.stroke_count(steps)
        visited = [(visit.first, visit.last) for visit in visits.of_told(one)]
        assert [s for first, last in visited for s in range(first, last + 1)] == list(range(number))
        assert strokes_of(one) == list(range(number))
        for node in nodes(one):  # the description is that of the parts, and each has the strokes of its own
            assert node.description.parts == tuple(part.description for part in node.parts)
            assert not node.parts or sorted(s for part in node.parts for s in strokes_of(part)) == strokes_of(node)
        same = np.allclose(steps, kanji[row - count], atol=1e-5) if len(steps) == len(kanji[row - count]) else False
        donors = made.families[row] - {codes[row - count]}
        assert codes[row - count] in made.families[row] and len(donors) <= 2 and donors <= set(codes)
        assert donors or same
        new, named = new + (not same), named + (one.description.name != "")
    assert new > 0.8 * count and 0.3 * count < named < 0.9 * count


def test_of_its_donors_a_recombined_drawing_is_shown_nothing(kanji, told, monkeypatch):
    options = RecombinationParams(recombinations=1, recombined=0.5, recombined_at_end=0.5)
    made = recombination.recombined(kanji, options, 1, told)
    library = Library.learn(kanji, told)
    knows = Knowledge.learn(told, [], 3, library)
    of, shown, best = {frozenset[int]()}, 0, Library._best

    def watched(self, name, path, rest, choice):
        nonlocal shown
        rows = best(self, name, path, rest, choice)
        of.add(choice.families)
        shown += len(rows)
        assert not set(library.arrays["families"][library.arrays["drawing"][rows]].tolist()) & choice.families
        return rows

    monkeypatch.setattr(Library, "_best", watched)
    asked = TellingParams(spellings=1, spelled=0.3, untold=0.1, least_known=3, unshown=0.05)
    telling.of(Taught.of(made), knows, asked, 1)
    several = {families for families in made.families if len(families) > 1}
    assert shown > len(kanji) and len(of & several) > 0.8 * len(several)


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
    seen = torch.cat(list(trainer.lessons.epoch(0)))
    assert torch.equal((seen % len(kanji)).sort().values, torch.arange(len(kanji)))
    assert 0.4 < (seen >= len(kanji)).double().mean() < 0.6
    assert trainer.probe.max() < len(kanji)
