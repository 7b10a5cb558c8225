"""Known components in drawings made by hand: where they may stand, what is no part, and which of several counts."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset import DrawingSet
from pipeline.drawing import from_strokes, stroke_count
from pipeline.score.structure import parts
from pipeline.score.structure.parts import PartsError

# strokes in a box of 1: a cross, a mouth, a stack of three levels, an arrow
CROSS = [[(0, 0.4), (1, 0.4)], [(0.5, 0), (0.5, 1)]]
MOUTH = [[(0, 0), (0, 1)], [(0, 0), (1, 0), (1, 1)], [(0, 1), (1, 1)]]
ARROW = [[(0.5, 0), (0.5, 1)], [(0.5, 0), (0, 0.4)], [(0.5, 0), (1, 0.4)], [(0, 1), (1, 1)]]
LONE = [[(0, 0), (1, 1)]]
SHAPES = {"十": CROSS, "口": MOUTH, "个": ARROW, "丶": LONE}
LEFT, RIGHT, LOW = (5, 20, 35, 70), (55, 15, 45, 80), (20, 60, 60, 40)


def inside(element, box):
    """The element's strokes in left, top, width, height."""
    return [np.array(stroke, float) * box[2:] + box[:2] for stroke in SHAPES[element]]


def group(element, first, count, part=""):
    return {"element": element, "original": "", "position": "", "part": part, "variant": "", "first": first,
            "last": first + count - 1}  # fmt: skip


def character(name, *components):
    """components: (element, box). -> row of a set and steps, with the groups that KanjiVG would give."""
    strokes, groups = [], []
    for element, box in components:
        groups.append(group(element, len(strokes), len(SHAPES[element])))
        strokes += inside(element, box)
    groups.insert(0, group(name, 0, len(strokes)))
    return {"character": name, "variant": "", "groups": json.dumps(groups, ensure_ascii=False)}, from_strokes(
        strokes, 109, 109
    )


def a_set(*characters):
    rows, drawings = zip(*characters, strict=True)
    stops = np.cumsum([len(steps) for steps in drawings])
    index = pd.DataFrame(rows).assign(
        start=stops - [len(steps) for steps in drawings], stop=stops, strokes=[stroke_count(s) for s in drawings]
    )
    return DrawingSet(np.concatenate(drawings), index)


@pytest.fixture(scope="module")
def known():
    return parts.library(
        a_set(
            character("叶", ("口", LEFT), ("十", RIGHT)),
            character("们", ("丶", (40, 0, 9, 9)), ("个", LEFT), ("口", RIGHT)),
            character("口", ("口", (10, 10, 80, 80))),
            character("辻", ("丶", LEFT), ("丶", RIGHT)),
        )
    )


def drawn(*components):
    return character("？", *components)[1]


def found(known, *drawings):
    return parts.find(drawings, known)


def rows(result):
    return list(result.table[["drawing", "element", "first", "last"]].itertuples(index=False, name=None))


def test_the_library_has_components_of_several_strokes_that_are_part_of_something(known):
    assert {k: sorted(set(t.element)) for k, t in known.templates.items()} == {2: ["十"], 3: ["口"], 4: ["个"]}
    assert len(known.templates[3].element) == 3  # as a part twice, and the character itself
    assert {element: len(places) for element, places in known.places.items()} == {"十": 1, "口": 2, "个": 1}


PLACES = {
    "where it was": (LEFT, RIGHT),
    "exchanged": (RIGHT, LEFT),
    "small": ((5, 5, 12, 20), (70, 70, 12, 20)),
    "one above the other": ((20, 5, 50, 50), (30, 60, 25, 40)),
}


@pytest.mark.parametrize("one, other", PLACES.values(), ids=PLACES.keys())
def test_parts_are_found_wherever_and_however_large(known, one, other):
    result = found(known, drawn(("口", one), ("十", other)))
    assert rows(result) == [(0, "口", 0, 2), (0, "十", 3, 4)]
    assert result.share.tolist() == [1.0] and result.names() == ["口 + 十"]
    assert result.table["distance"].max() < parts.LIMITS[2]


def test_a_part_s_box_and_how_far_it_stands_from_where_it_is_known(known):
    there, exchanged = drawn(("口", LEFT), ("十", RIGHT)), drawn(("十", LEFT), ("口", RIGHT))
    result = found(known, there, exchanged)
    box = result.table.loc[0, ["left", "top", "right", "bottom"]].to_numpy(float)
    middle = (52.5, 55.0)  # the drawing is 95 wide, from 5 to 100, and 80 high, from 15 to 95
    expected = np.array([5 - middle[0], 20 - middle[1], 40 - middle[0], 90 - middle[1]]) / 95
    np.testing.assert_allclose(box, expected, atol=1e-3)
    away = result.table.set_index(["drawing", "element"])["away"]
    assert away[0, "口"] < 0.01 and away[0, "十"] < 0.01
    assert away[1, "十"] > 3 * parts.PLACE


def test_a_stroke_of_no_larger_part_stays_unexplained(known):
    result = found(known, drawn(("口", LEFT), ("丶", LOW), ("十", RIGHT)), drawn(("丶", LEFT)))
    assert rows(result) == [(0, "口", 0, 2), (0, "十", 4, 5)]
    assert result.share.tolist() == [pytest.approx(5 / 6), 0.0] and result.names() == ["口 + 十", ""]


def test_the_whole_drawing_is_no_part(known):
    assert rows(found(known, drawn(("口", LEFT)))) == []
    assert rows(found(known, drawn(("口", LEFT), ("丶", LOW)))) == [(0, "口", 0, 2)]


WRONG = {
    "another order": lambda s: [s[1], s[0], s[2]],
    "another order of the last": lambda s: [s[0], s[2], s[1]],
    "a stroke drawn the other way": lambda s: [s[0], s[1][::-1], s[2]],
    "mirrored": lambda s: [(109, 0) + stroke * (-1, 1) for stroke in s],
    "far too narrow": lambda s: [stroke * (0.2, 1) for stroke in s],
    "a stroke out of its place": lambda s: [s[0], s[1], s[2] - (0, 20)],
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_more_than_a_little_wrong_is_no_part(known, change):
    assert rows(found(known, from_strokes(change(inside("口", LEFT)) + inside("丶", LOW), 109, 109))) == []


def test_a_little_wrong_is_a_part_all_the_same(known):
    source = np.random.default_rng(0)
    strokes = [stroke + source.normal(0, 0.8, stroke.shape) for stroke in inside("口", LEFT)]
    assert rows(found(known, from_strokes(strokes + inside("丶", LOW), 109, 109))) == [(0, "口", 0, 2)]


def test_forms_of_one_element_have_the_usual_name():
    row, steps = character("叶", ("口", LEFT), ("十", RIGHT))
    row["groups"] = row["groups"].replace("十", "⻖")
    known = parts.library(a_set((row, steps)))
    assert set(known.places) == {"口", "阝"}


def a_run(drawing, first, strokes, distance=0.0):
    return (drawing, first, strokes, "口", distance)


def best_by_trial(runs, strokes):
    """The oracle: every set of runs that do not overlap."""
    best = (0, 0, 0.0)
    for size in range(len(runs) + 1):
        for chosen in itertools.combinations(runs, size):
            taken = [i for run in chosen for i in range(run[1], run[1] + run[2])]
            if len(taken) == len(set(taken)):
                best = max(best, (len(taken), -size, -sum(run[4] for run in chosen)))
    return best


@given(st.data())
def test_most_strokes_with_the_fewest_parts_and_of_these_the_nearest(data):
    strokes = data.draw(st.integers(1, 8))
    places = [(first, size) for first in range(strokes) for size in range(2, strokes - first + 1)]
    chosen = data.draw(st.lists(st.sampled_from(places), max_size=7, unique=True)) if places else []
    runs = [a_run(0, first, size, data.draw(st.integers(0, 8)) / 64) for first, size in chosen]
    cover = parts._cover(runs, strokes)
    taken = [i for run in cover for i in range(run[1], run[1] + run[2])]
    assert taken == sorted(set(taken))
    assert (len(taken), -len(cover), -sum(run[4] for run in cover)) == best_by_trial(runs, strokes)


def test_several_drawings_at_once_are_as_one_by_one(known):
    drawings = [drawn(("口", LEFT), ("十", RIGHT)), drawn(("丶", LEFT)), drawn(("个", LEFT), ("十", RIGHT))]
    together = found(known, *drawings).table
    for i, steps in enumerate(drawings):
        alone = found(known, steps).table
        same = together[together["drawing"] == i].drop(columns="drawing").reset_index(drop=True)
        pd.testing.assert_frame_equal(alone.drop(columns="drawing"), same, rtol=1e-4, atol=1e-5)


def test_no_drawings_and_no_components(known):
    nothing = found(known)
    assert len(nothing.table) == 0 and len(nothing.share) == 0 and nothing.names() == []
    row, steps = character("口", ("口", LEFT))
    for rows_ in ({**row, "groups": "[]"}, {"variant": ""}):
        real = a_set((rows_, steps))
        assert not parts.tells_parts(real.index)
        with pytest.raises(PartsError, match="say nothing of components"):
            parts.library(real)
