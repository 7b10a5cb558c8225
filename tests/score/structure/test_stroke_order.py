"""Types of strokes, their direction, and which of two comes first, on strokes made by hand and against oracles."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset import DrawingSet
from pipeline.drawing import from_strokes
from pipeline.score.structure import stroke_order, traces
from pipeline.score.structure.stroke_order import StrokeOrderError

LINES = {"㇐": [(0, 0), (40, -2)], "㇑": [(0, 0), (0, 40)], "㇒": [(0, 0), (-18, 25)], "㇔": [(0, 0), (6, 7)]}


def a_drawing(source, kinds):
    """A stroke of each type, somewhere, a little crooked; in a box that is the same for all."""
    frame = [np.array([[0.0, 0], [100, 0]]), np.array([[0.0, 0], [0, 100]])]
    lines = [np.array(LINES[kind], float) * source.uniform(0.9, 1.1) + source.normal(0, 0.5, 2) for kind in kinds]
    return from_strokes(frame + [line + source.uniform(20, 50, 2) for line in lines], 109, 109)


def a_set(count, seed, names=None):
    source = np.random.default_rng(seed)
    kinds = [list(source.choice(list(LINES), 6)) for _ in range(count)]
    drawings = [a_drawing(source, row) for row in kinds]
    stops = np.cumsum([len(steps) for steps in drawings])
    written = [["㇐", "㇑", *((names or {}).get(kind, kind) for kind in row)] for row in kinds]
    index = pd.DataFrame({"start": stops - [len(s) for s in drawings], "stop": stops, "types": written})
    return DrawingSet(np.concatenate(drawings), index)


@pytest.fixture(scope="module")
def letters():
    return stroke_order.alphabet(a_set(60, 0), a_set(30, 1), np.random.default_rng(0))


def test_types_are_recognised_and_strokes_known_and_forward(letters):
    real = a_set(30, 2)
    found = stroke_order.read(list(real), letters)
    assert stroke_order.accuracy(found, real) == 1
    assert found.known.mean() > 0.95 and found.forward.all()
    assert stroke_order.accuracy(stroke_order.read(list(a_set(30, 3)), letters), real) < 0.6  # the control


def backward(steps):
    strokes = traces_strokes(steps)
    return from_strokes([stroke[::-1] for stroke in strokes], 109, 109)


def traces_strokes(steps):
    points = np.cumsum(steps[:, :2], axis=0) + 54.5
    return np.split(points, np.flatnonzero(steps[:-1, 2]) + 1)


def test_a_stroke_the_other_way_is_not_forward(letters):
    found = stroke_order.read([backward(steps) for steps in a_set(30, 2)], letters)
    assert not found.forward.any() and found.known.mean() < 0.1


def test_what_is_like_no_stroke_is_not_known(letters):
    source = np.random.default_rng(0)
    zigzag = [np.cumsum(source.normal(0, 20, (12, 2)), axis=0) for _ in range(20)]
    assert not stroke_order.read([from_strokes(zigzag, 109, 109)], letters).known.any()


def test_kanjivg_s_letters_alternatives_and_odd_names():
    table = DrawingSet(np.zeros((0, 3)), pd.DataFrame({"types": [["㇑a", "㇔/㇏", "丶"], ["６", "", "㇒/㇚b"]]}))
    assert stroke_order.types(table) == [("㇑",), ("㇔", "㇏"), ("㇔",), (), (), ("㇒", "㇚")]


def test_an_alternative_is_right_too(letters):
    other = a_set(30, 2, {"㇔": "㇏/㇔", "㇐": ""})
    assert stroke_order.accuracy(stroke_order.read(list(other), letters), other) == 1
    wrong = a_set(30, 2, {"㇔": "㇏"})
    assert stroke_order.accuracy(stroke_order.read(list(wrong), letters), wrong) < 1


def test_drawings_without_types(letters):
    plain = [DrawingSet(real.points, real.index.drop(columns="types")) for real in (a_set(20, 0), a_set(20, 1))]
    assert not stroke_order.tells_types(plain[0])
    found = stroke_order.read(list(a_set(20, 2)), stroke_order.alphabet(*plain, np.random.default_rng(0)))
    assert (found.kind == "").all() and found.forward.all()


def test_what_makes_no_alphabet():
    real = a_set(5, 0)
    with pytest.raises(StrokeOrderError, match="held-out drawings"):
        stroke_order.alphabet(real, real.where(np.zeros(5, bool)), np.random.default_rng(0))
    fewer = DrawingSet(real.points, real.index.assign(types=[row[1:] for row in real.index["types"]]))
    with pytest.raises(StrokeOrderError, match="35 stroke types for 40 strokes"):
        stroke_order.alphabet(fewer, real, np.random.default_rng(0))


def test_total_variation():
    one, other = np.array(["㇐", "㇐", "㇑", "㇒"]), np.array(["㇐", "㇑", "㇔", "㇔"])
    assert stroke_order.total_variation(one, one[::-1]) == 0
    assert stroke_order.total_variation(one, other) == pytest.approx((1 / 4 + 0 + 1 / 4 + 2 / 4) / 2)
    assert stroke_order.total_variation(one, np.array(["㇔"])) == 1


def test_per_drawing(letters):
    found = stroke_order.read(list(a_set(3, 4)), letters)
    true, all_ = found.per_drawing(found.owner != 1)
    assert true.tolist() == [8, 0, 8] and all_.tolist() == [8, 8, 8]


# ---- order


def in_order(*strokes):
    """left to right: (in order, asked), top to bottom: (in order, asked)"""
    found, asked = stroke_order.stroke_order(traces.of([from_strokes(strokes, 109, 109)]))
    return [(int(a), int(b)) for a, b in zip(found[0], asked[0], strict=True)]


def box(x, y, width=10, height=10):
    return np.array([[x, y], [x + width, y + height]], float)


def test_order_of_two_strokes():
    assert in_order(box(0, 0), box(20, 0)) == [(1, 1), (0, 0)]
    assert in_order(box(20, 0), box(0, 0)) == [(0, 1), (0, 0)]
    assert in_order(box(0, 0), box(0, 20)) == [(0, 0), (1, 1)]
    assert in_order(box(0, 20), box(0, 0)) == [(0, 0), (0, 1)]
    assert in_order(box(0, 0), box(5, 5)) == [(0, 0), (0, 0)]  # they overlap
    assert in_order(box(0, 0), box(20, 20)) == [(0, 0), (0, 0)]  # neither in one row nor in one column
    assert in_order(box(0, 10), box(12, 0, 10, 40)) == [(1, 1), (0, 0)]  # the lower one's whole height is in common
    assert in_order(box(0, 5, 30, 0), box(0, 15, 30, 0)) == [(0, 0), (1, 1)]  # level lines have no height


def order_by_loops(boxes):
    found, asked = [0, 0], [0, 0]
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            for axis in (0, 1):
                after = other[axis] >= one[2 + axis] - stroke_order.TOUCH
                before = other[2 + axis] <= one[axis] + stroke_order.TOUCH
                a = 1 - axis
                common = min(one[2 + a], other[2 + a]) - max(one[a], other[a])
                shorter = min(one[2 + a] - one[a], other[2 + a] - other[a])
                if after != before and common >= stroke_order.ALONG * shorter - 1e-6:
                    asked[axis] += 1
                    found[axis] += after
    return found, asked


@given(st.integers(0, 10_000), st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_order_is_what_loops_over_pairs_give(seed, counts):
    source = np.random.default_rng(seed)
    low = source.uniform(-0.5, 0.3, (sum(counts), 2))
    boxes = np.concatenate((low, low + source.uniform(0, 0.3, low.shape)), axis=1)
    first = np.cumsum([0, *counts])
    found, asked = stroke_order.order(boxes, first)
    for i, (a, b) in enumerate(zip(first[:-1], first[1:], strict=True)):
        assert (found[i].tolist(), asked[i].tolist()) == order_by_loops(boxes[a:b])
