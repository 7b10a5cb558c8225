"""Filters against a table of drawings, each made so that one reason holds."""

import numpy as np
import pytest

from pipeline import drawing
from pipeline.sample import filters
from pipeline.sample.filters import ACCEPTED, REJECTIONS, Limits, Sieve

LIMITS = Limits(margin=2.0, min_size=30.0, min_strokes=2, max_strokes=4, min_distance=1.5)
CROSS = [[(20, 50), (80, 52)], [(50, 20), (50, 90)]]


def steps(strokes):
    return drawing.from_strokes([np.array(stroke, float) for stroke in strokes], 109, 109)


def reason(strokes, limits=LIMITS):
    return Sieve(limits, 109.0, 109.0).reason(steps(strokes))


@pytest.mark.parametrize(
    ("expected", "strokes"),
    [
        (ACCEPTED, CROSS),
        (ACCEPTED, [[(-2, 50), (80, 52)], [(50, 20), (50, 111)]]),  # on the margin's edge
        ("too_large", [[(-2.1, 50), (80, 52)], [(50, 20), (50, 90)]]),  # left
        ("too_large", [[(20, 50), (80, 52)], [(50, 20), (50, 111.1)]]),  # below
        ("too_large", [[(120, 50), (150, 50)], [(130, 20), (130, 80)]]),  # small enough, but not in the box
        ("too_large", [[(-300, 50), (80, 52)]]),  # too few strokes as well: the first reason counts
        (ACCEPTED, [[(20, 50), (50, 50)], [(30, 40), (30, 60)]]),  # larger side is just the least size
        ("too_small", [[(20, 50), (49.9, 50)], [(30, 40), (30, 60)]]),
        (ACCEPTED, [[(20, 50), (80, 50)], [(30, 50), (40, 50)]]),  # flat, as the character for "one" is
        ("too_few_strokes", [[(20, 50), (80, 52)]]),
        (ACCEPTED, [*CROSS, *CROSS]),
        ("too_many_strokes", [*CROSS, *CROSS, [(10, 10)]]),
    ],
)
def test_reasons(expected, strokes):
    assert reason(strokes) == expected


def test_unfinished_comes_before_all_other_reasons():
    cut = steps([[(-300, 50), (80, 52)]])
    cut[-1, 2] = drawing.ON_PAPER
    assert Sieve(LIMITS, 109.0, 109.0).reason(cut) == "unfinished"
    cut[-1, 2] = drawing.END_OF_STROKE
    assert Sieve(LIMITS, 109.0, 109.0).reason(cut) == "unfinished"


def test_every_reason_of_the_table_is_tested_and_named_as_its_function():
    assert list(REJECTIONS) == [function.__name__ for function in REJECTIONS.values()]
    assert list(REJECTIONS) == [
        "unfinished",
        "too_large",
        "too_small",
        "too_few_strokes",
        "too_many_strokes",
        "copy_of_sample",
    ]


@pytest.mark.parametrize(
    ("expected", "strokes"),
    [
        ("copy_of_sample", CROSS),
        ("copy_of_sample", [[(30, 55), (90, 57)], [(60, 25), (60, 95)]]),  # the same elsewhere in the box
        ("copy_of_sample", [[(20, 50), (50, 51), (80, 52)], [(50, 20), (50, 90)]]),  # a point more on a line
        ("copy_of_sample", [[(20, 50.5), (80, 52)], [(50, 20), (50.5, 90)]]),  # a shaken hand
        (ACCEPTED, [[(20, 50), (80, 52)], [(50, 20), (50, 70)]]),  # a stroke shorter by more than the distance
        (ACCEPTED, [CROSS[1], CROSS[0]]),  # the other stroke order is another drawing
        (ACCEPTED, [CROSS[0][::-1], CROSS[1]]),  # so is the other direction
    ],
)
def test_copies(expected, strokes):
    sieve = Sieve(LIMITS, 109.0, 109.0)
    assert sieve.reason(steps(CROSS)) == ACCEPTED
    assert sieve.reason(steps(strokes)) == expected


def test_a_rejected_drawing_is_no_model_for_copies_and_distance_zero_keeps_copies():
    sieve = Sieve(LIMITS, 109.0, 109.0)
    small = [[(50, 50), (60, 50)], [(55, 45), (55, 55)]]
    assert [sieve.reason(steps(small)), sieve.reason(steps(small))] == ["too_small", "too_small"]
    free = Sieve(Limits(2.0, 30.0, 2, 4, min_distance=0.0), 109.0, 109.0)
    assert [free.reason(steps(CROSS)) for _ in range(3)] == [ACCEPTED] * 3


def test_copies_are_found_among_many():
    """More than the sieve's first 64 places."""
    sieve = Sieve(LIMITS, 109.0, 109.0)
    rng = np.random.default_rng(3)
    drawings = [steps(rng.uniform(5, 100, (3, 4, 2))) for _ in range(200)]
    assert {sieve.reason(d) for d in drawings} == {ACCEPTED}
    assert sieve.accepted == 200
    assert {sieve.reason(d) for d in drawings} == {"copy_of_sample"}


def test_a_fingerprint_lies_on_the_ink_at_equal_distances():
    found = filters.fingerprint(steps([[(10, 10), (40, 10)], [(20, 60), (20, 90)]]))
    along = np.linspace(0, 60, filters.PRINT_POINTS)[:, None]
    expected = np.where(along < 30, np.hstack([10 + along, 0 * along + 10]), np.hstack([0 * along + 20, 30 + along]))
    np.testing.assert_allclose(found, expected - expected.mean(axis=0), atol=1e-4)


def test_a_fingerprint_of_one_point_is_at_rest():
    assert not filters.fingerprint(steps([[(10, 90)]])).any()


def test_real_kanji_pass():
    """A control in the other direction: 田 and 人 as KanjiVG has them, rounded, are no rejects."""
    field = [
        [(21, 27), (24, 80)],
        [(24, 29), (84, 25), (80, 78)],
        [(53, 28), (54, 74)],
        [(26, 53), (81, 50)],
    ]
    person = [[(54, 21), (47, 50), (15, 87)], [(46, 48), (93, 86)]]
    sieve = Sieve(LIMITS, 109.0, 109.0)
    assert [sieve.reason(steps(field)), sieve.reason(steps(person))] == [ACCEPTED, ACCEPTED]
