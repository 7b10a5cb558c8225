"""What the scores of parts, strokes and newness say of real KanjiVG drawings, and that each spoiled set is caught.

The limits that pipeline/parts.py states are taken again here. Shares are of about 320 held-out drawings, one form a
character; the bounds leave room for another release of the data.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from pipeline.dataset import DrawingSet
from pipeline.parse.reading import ParseParams
from pipeline.score import distributions, novelty
from pipeline.score.structure import parts, stroke_order, structure, traces
from pipeline.score.structure.structure import Structure, Yardstick
from tests.support import controls

RASTER, BLUR = 24, 0.06
ORDERS = ("left_to_right", "top_to_bottom")


@dataclass(frozen=True)
class Real:
    """training, and held-out drawings with one form a character."""

    training: DrawingSet
    valid: DrawingSet
    test: DrawingSet


@pytest.fixture(scope="module")
def real(real_kanji) -> Real:
    def split(name):
        return real_kanji.where((real_kanji.index["split"] == name).to_numpy())

    held_out = (split(name) for name in ("valid", "test"))
    return Real(split("train"), *(part.where(distributions.one_form(part.index)) for part in held_out))


@pytest.fixture(scope="module")
def against(real) -> Yardstick:
    return structure.yardstick(real.training, real.valid, np.random.default_rng(1))


@pytest.fixture(scope="module")
def seen(real, against, kanjivg_archive, defaults) -> dict[str, Structure]:
    """Every set of drawings by its name, looked at."""
    drawings = list(real.test)
    options = ParseParams(**defaults["parse"])
    sets = {
        "test": drawings,
        "valid": list(real.valid),
        "copies": controls.copies(drawings, np.random.default_rng(1), list(real.training)),
        "kana": controls.kana(kanjivg_archive, options),
    }
    for rule in ("rdp", "arclength"):
        other = ParseParams(**{**defaults["parse"], "rule": rule})
        sets[rule] = controls.parsed(kanjivg_archive, real.test.index["source"], other)
    half = drawings[::2]  # enough to see what is spoiled
    sets |= {name: spoil(half, np.random.default_rng(1)) for name, spoil in controls.SPOILERS.items()}
    return {name: structure.look(drawn, against) for name, drawn in sets.items()}


@pytest.fixture(scope="module")
def share(seen):
    """share(set, section, name): the number alone."""
    return lambda name, section, which: structure.value(seen[name].ratios[section][which])


# ---- the limits


def nearest_to_real_parts(real, against):
    """Each named component of held-out drawings of which the library has instances: strokes, right (its nearest
    template has its name), distance of the worst stroke, stretch."""
    known, traced, rows = against.library, traces.of(list(real.valid)), []
    inside = parts.instances(real.valid).query("not whole")
    names = set(inside[["drawing", "first", "strokes", "element"]].itertuples(index=False, name=None))
    for strokes, those in inside.groupby("strokes"):
        if strokes not in known.templates:
            continue
        templates = known.templates[strokes]
        those = those[those["element"].isin(templates.element)].drop_duplicates(["drawing", "first"])
        drawing, first = those["drawing"].to_numpy(), those["first"].to_numpy()
        descriptor = parts._descriptors(parts._runs(traced, drawing, first, strokes))
        best, _ = traces.nearest(descriptor, templates.descriptor)
        apart = descriptor - templates.descriptor[best]
        stretch = np.exp(np.abs(apart[:, -1]) / parts.PROPORTION)
        for row in zip(drawing, first, best, parts._worst_stroke(apart, strokes), stretch, strict=True):
            right = (row[0], row[1], strokes, templates.element[row[2]]) in names
            rows.append((strokes, right, row[3], row[4]))
    return np.array(rows)


def test_limits_are_what_held_out_components_have(real, against):
    strokes, right, distance, stretch = nearest_to_real_parts(real, against).T
    assert right.mean() > 0.97
    for size, limit in parts.LIMITS.items():
        those = (right == 1) & (strokes == size if size < max(parts.LIMITS) else strokes >= size)
        assert limit == pytest.approx(np.percentile(distance[those], 95), rel=0.1)
    long = (right == 1) & (strokes >= max(parts.LIMITS))
    assert pytest.approx(np.percentile(stretch[long], 99), rel=0.1) == parts.STRETCH


def test_parts_found_are_those_that_kanjivg_names(real, seen):
    table = seen["test"].parts.table
    inside = parts.instances(real.test).query("not whole")
    named = set(inside[["drawing", "first", "strokes", "element"]].itertuples(index=False, name=None))
    sizes = table["last"] - table["first"] + 1
    ours = list(zip(table["drawing"], table["first"], sizes, table["element"], strict=True))
    assert np.mean([one in named for one in ours]) > 0.92
    # the control: the same places in other drawings, far away, as neighbours share a radical
    far = len(real.test) // 2
    assert np.mean([((one[0] + far) % len(real.test), *one[1:]) in named for one in ours]) < 0.1


# ---- real drawings


@pytest.mark.parametrize("name", ["valid", "rdp", "arclength"])
def test_real_drawings_score_at_the_floor_however_resampled(seen, name):
    numbers = structure.numbers(seen[name], seen["test"], 400, np.random.default_rng(1))
    for section in numbers.values():
        for which in [which for which in section if f"{which}_floor" in section]:
            room = 2 * (section[f"{which}_high"] - section[f"{which}_low"]) + 0.005
            assert section[which] == pytest.approx(section[f"{which}_floor"], abs=room), which
    assert structure.types_apart(seen[name], seen["test"]) < 0.06


@pytest.mark.parametrize("name", ["rdp", "arclength"])
def test_parts_do_not_depend_on_the_resampling(seen, name):
    same = [a == b for a, b in zip(seen[name].parts.names(), seen["test"].parts.names(), strict=True)]
    assert np.mean(same) > 0.9
    assert np.mean(seen[name].strokes.kind == seen["test"].strokes.kind) > 0.95


def test_real_drawings_are_made_of_known_parts_and_strokes(real, seen, share):
    assert share("test", "parts", "share") > 0.92 and share("test", "parts", "large") > 0.7
    assert share("test", "parts", "placed") > 0.8
    assert share("test", "strokes", "known") > 0.98 and share("test", "strokes", "forward") > 0.999
    assert share("test", "strokes", "left_to_right") > 0.93 and share("test", "strokes", "top_to_bottom") > 0.98
    assert share("test", "parts", "left_to_right") > 0.97 and share("test", "parts", "top_to_bottom") > 0.97
    assert stroke_order.accuracy(seen["test"].strokes, real.test) > 0.96


def test_what_was_learnt_by_heart_gains_little(share):
    assert share("copies", "parts", "share") - share("test", "parts", "share") < 0.06


# ---- spoiled drawings: the set, section and name of the score that is there for it, and what it is at most

CAUGHT = [
    ("shuffled order", "parts", "share", 0.2),
    ("shuffled order", "strokes", "left_to_right", 0.6),
    ("shuffled order", "strokes", "top_to_bottom", 0.6),
    ("reversed strokes", "parts", "share", 0.02),
    ("reversed strokes", "strokes", "forward", 0.02),
    ("reversed strokes", "strokes", "known", 0.2),
    ("mirrored", "parts", "share", 0.02),
    ("mirrored", "strokes", "left_to_right", 0.2),
    ("mirrored", "strokes", "forward", 0.8),
    ("jittered", "parts", "share", 0.6),
    ("jittered", "strokes", "known", 0.5),
    ("rambling", "parts", "placed", 0.4),
    ("scrambled", "parts", "share", 0.05),
    ("scrambled", "strokes", "left_to_right", 0.6),
    ("kana", "parts", "share", 0.3),
    ("kana", "strokes", "known", 0.8),
]


@pytest.mark.parametrize("name, section, which, at_most", CAUGHT, ids=[" ".join(case[:3]) for case in CAUGHT])
def test_spoiled_drawings_are_caught(share, name, section, which, at_most):
    assert share(name, section, which) < at_most < share("test", section, which)


@pytest.mark.parametrize("name", ["reversed strokes", "mirrored", "kana", "repeated"])
def test_other_types_of_strokes_are_caught(seen, name):
    floor = structure.types_apart(seen["valid"], seen["test"])
    assert structure.types_apart(seen[name], seen["test"]) > 4 * floor


# ---- newness


@dataclass(frozen=True)
class New:
    training: np.ndarray
    threshold: float

    def copies(self, drawings) -> float:
        found = novelty.nearest(novelty.pictures(drawings, RASTER, BLUR), self.training)
        return float(np.mean(found.distance < self.threshold))

    def duplicates(self, drawings) -> float:
        found = novelty.nearest_other(novelty.pictures(drawings, RASTER, BLUR))
        return float(np.mean(found.distance < self.threshold))


@pytest.fixture(scope="module")
def new(real) -> New:
    training = novelty.pictures(list(real.training), RASTER, BLUR)
    real_distances = novelty.nearest(novelty.pictures(list(real.test), RASTER, BLUR), training).distance
    return New(training, novelty.copy_threshold(real_distances))


@pytest.fixture(scope="module")
def taken(real) -> list:
    return controls.copies(list(real.test), np.random.default_rng(1), list(real.training))


def test_real_drawings_are_neither_copies_nor_duplicates(real, new):
    assert new.copies(list(real.valid)) < 0.03
    assert new.duplicates(list(real.test)) < 0.03


CHANGES = {
    "copies": lambda drawings: drawings,
    "smaller and narrower": lambda drawings: [steps * np.float32([0.6, 0.7, 1]) for steps in drawings],
    "elsewhere": lambda drawings: [
        np.concatenate((steps[:1] + np.float32([2, -1, 0]), steps[1:])) for steps in drawings
    ],
    "shuffled": lambda drawings: controls.shuffled_order(drawings, np.random.default_rng(1)),
    "other way": lambda drawings: controls.reversed_strokes(drawings, np.random.default_rng(1)),
    "shaky": lambda drawings: controls.jittered(drawings, np.random.default_rng(1), 0.01),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_copies_are_caught_wherever_and_however_they_are_written(taken, new, change):
    assert new.copies(change(taken)) > 0.95


def test_copies_are_caught_after_another_resampling(real, new, kanjivg_archive, defaults):
    rows = np.random.default_rng(1).choice(len(real.training), 100, replace=False)
    for rule in ("rdp", "arclength"):
        options = ParseParams(**{**defaults["parse"], "rule": rule})
        assert new.copies(controls.parsed(kanjivg_archive, real.training.index["source"].iloc[rows], options)) > 0.95


def test_one_character_again_and_again_is_caught(real, new):
    drawings = list(real.test)
    assert new.duplicates(controls.repeated(drawings, np.random.default_rng(1))) == 1
    half = drawings[:100] + controls.jittered(drawings[:50], np.random.default_rng(1), 0.005)
    assert new.duplicates(half) == pytest.approx(2 / 3, abs=0.03)
