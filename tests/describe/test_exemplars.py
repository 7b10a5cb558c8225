"""Exemplars: whose is shown, where it is put, and what is not shown; a library on disk."""

import json

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy

from pipeline.dataset import DrawingSet
from pipeline.describe import exemplars
from pipeline.describe.encoding import DEPTH, Exemplar, Vocabulary, place
from pipeline.describe.exemplars import Choice, ExemplarError, Library, Run
from pipeline.describe.knowledge import Knowledge, canonical
from pipeline.describe.visits import Habits
from pipeline.net import checkpoint
from pipeline.net.model import WritingNet
from pipeline.seeds import generator
from tests.support.parts import a_set, across, leaf, made
from tests.support.told import DATA, PEN_WEIGHTS

LEFT, RIGHT, TOP, BOTTOM, WHOLE = (-3, -3, 0, 3), (0, -3, 3, 3), (-3, -3, 3, 0), (-3, 0, 3, 3), (-3, -3, 3, 3)
A, B, C, D = 0x4E01, 0x4E02, 0x4E03, 0x4E04
DRAWINGS = a_set(
    (A, [*across(*LEFT), *across(*RIGHT)]),
    (B, [*across(*LEFT), *across(*RIGHT), *across(*RIGHT), *across(*RIGHT)]),
    (C, [*across(*TOP), *across(*BOTTOM)]),
    (D, across(*WHOLE)),
)
TOLD = [
    made("⿰", leaf("日", (0, 1)), leaf("月", (2, 3)), name="A"),
    made("⿰", leaf("日", (0, 1)), leaf("木", (2, 7)), name="B"),
    made("⿱", leaf("日", (0, 1)), leaf("月", (2, 3)), name="C"),
    leaf("日", (0, 1)),
]
LIBRARY = Library.learn(DRAWINGS, TOLD)


def path(*places):
    """(DEPTH,) of operators and slots, the nearest last: "⿰0"."""
    numbers = [place(text[0], int(text[1])) for text in places]
    return np.array(([0] * DEPTH + numbers)[-DEPTH:])


def points(runs):
    return np.concatenate([run.points for run in runs])


def shown(name, where, rest, *families, library=LIBRARY):
    return library.exemplar(name, where, rest, Choice(frozenset(families)))


@pytest.mark.parametrize(
    ("where", "rest", "families", "row"),
    [
        (path("⿰0"), 2, (), A),  # of those in the same place the one beside which as many strokes are
        (path("⿰0"), 5, (), B),
        (path("⿰0"), 4, (), A),  # of equals the first: beside A are 2 strokes, beside B 6
        (path("⿰0"), 2, (A,), B),  # nothing of its own family
        (path("⿱0"), 9, (), C),  # the place before the strokes beside
        (path("⿱0"), 2, (C,), A),  # none in that place: the strokes beside
        (path("⿱0"), 9, (C,), B),
        (path(), 7, (), D),  # a drawing itself
        (path("⿱1", "⿰0"), 0, (), A),  # nested: what is nearest counts
    ],
)
def test_the_exemplar_stands_as_the_part_is_to_stand(where, rest, families, row):
    best = LIBRARY._best("日", where, rest, Choice(frozenset(families)))
    assert LIBRARY._family[best[0]] == row


def test_what_stands_in_the_same_place_is_shown_as_it_is():
    (run,) = shown("日", path("⿰0"), 2)
    assert run.lengths.tolist() == [2, 3] and run.points.dtype == np.float32
    np.testing.assert_allclose(run.points, np.concatenate(across(*LEFT)), atol=exemplars.GRID / 2)
    assert shown("日", path("⿰0"), 2, A, B, C, D) == [] and shown("火", path("⿰0"), 2) == []


@pytest.mark.parametrize(
    ("where", "families", "scale", "shift"),
    [
        # from the upper half (6 x 3, middle 0, -1.5) to the left one (3 x 6, middle -1.5, 0)
        (path("⿰0"), (A, B, D), (0.5, 2), (-1.5, 3)),
        # from the whole (6 x 6) to the left half, and to the left half of that (1.5 x 6): not stretched so far
        (path("⿰0"), (A, B, C), (0.5, 1), (-1.5, 0)),
        (path("⿰0", "⿰0"), (A, B, C), (1 / exemplars.STRETCH, 1), (-2.25, 0)),
        # a place that no drawing has is as large as the one above it
        (path("⿰0", "⿳2"), (A, B, C), (0.5, 1), (-1.5, 0)),
    ],
)
def test_what_stood_elsewhere_is_put_into_the_usual_box(where, families, scale, shift):
    (row,) = {A, B, C, D} - set(families)
    strokes = {C: across(*TOP), D: across(*WHOLE)}[row]
    expected = np.concatenate(strokes) * scale + shift
    np.testing.assert_allclose(points(shown("日", where, 0, *families)), expected, atol=0.002)


def test_one_of_those_that_fit_best_comes_by_lot():
    def drawn(seed, among):
        source = np.random.default_rng(seed)
        choice = Choice(frozenset(), 0, source, among)
        return [float(points(LIBRARY.exemplar("日", path("⿰0"), 2, choice))[0, 1]) for _ in range(30)]

    assert drawn(1, 3) == drawn(1, 3) != drawn(2, 3)
    assert len(set(drawn(1, 1))) == 1  # the best alone


def test_usual_boxes_are_medians():
    """⿰0 of three drawings of 6 x 6: 2, 3 and 5 wide."""
    told = made("⿰", leaf("日", (0, 1)), leaf("月", (2, 3)))
    drawings = a_set(*((i, [*across(-3, -3, x, 3), *across(x, -3, 3, 3)]) for i, x in enumerate((-1, 0, 2))))
    library = Library.learn(drawings, [told] * 3)
    np.testing.assert_allclose(library.arrays["boxes"][place("⿰", 0)], [0, 0, 0.5, 1], atol=1e-3)
    np.testing.assert_allclose(library.arrays["whole"], WHOLE, atol=1e-3)


def test_what_has_no_width_is_no_trouble():
    upright = [[(0, -3), (0, -1)], [(0, 1), (0, 3)]]
    library = Library.learn(a_set((A, upright), (B, upright)), [leaf("二", (0, 1)), leaf("二", (0, 1))])
    assert np.isfinite(points(library.exemplar("二", path("⿰0"), 0, Choice(frozenset({A}))))).all()


def test_far_points_are_kept():
    far = [[(0, 0), (40.125, 0)], [(0, 1), (-70.5, 1)]]
    library = Library.learn(a_set((A, far)), [leaf("二", (0, 1))])
    np.testing.assert_allclose(points(shown("二", path(), 0, library=library)), np.concatenate(far), atol=1e-3)
    assert LIBRARY.arrays["points"].dtype == np.int16  # the control: half as large, of what is not so far out


def test_single_strokes_and_parts_without_a_name_are_no_exemplars():
    drawings = a_set((A, [*across(*LEFT), *across(*RIGHT)]))
    library = Library.learn(drawings, [made("⿻", leaf("㇔", (0, 0)), leaf("", (1, 2)), leaf("乙", (3, 3)))])
    assert library.names == () and "㇔" not in library


# --- families


def test_a_drawing_without_a_code_point_is_no_exemplar_to_itself():
    three = a_set((-1, across(*LEFT)), (-1, across(*RIGHT)), (-1, across(*TOP)), ids=["one", "two", "one~2"])
    families = exemplars.families_of(three.index).tolist()
    assert families[0] == families[2] != families[1] and max(families) < 0
    library = Library.learn(three, [leaf("日", (0, 1))] * 3)
    own = Choice(frozenset(families[:1]))
    np.testing.assert_allclose(
        points(library.exemplar("日", path(), 0, own)), np.concatenate(across(*RIGHT)), atol=1e-3
    )
    assert library.has("日", own.families) and not library.has("日", frozenset(families))


def test_a_brush_form_is_shown_brush_forms_and_nothing_is_shown_both_kinds():
    drawings = a_set((A, across(*LEFT)), (B, across(*RIGHT)), (C, across(*TOP)), (D, across(*BOTTOM)))
    variants = ["", "Kaisho", "KaishoVtLst", "Vt6"]
    marked = DrawingSet(drawings.points, drawings.index.assign(variant=variants))
    assert exemplars.styles_of(marked.index).tolist() == [0, 1, 1, 0]
    assert exemplars.styles_of(drawings.index).tolist() == [0] * 4  # a set that knows no variants
    library = Library.learn(marked, [leaf("日", (0, 1))] * 4)

    def families(style, *without):
        best = library._best("日", path(), 0, Choice(frozenset(without), style, None, 4))
        return library._family[best].tolist()

    assert families(0) == [A, D] and families(1) == [B, C] and families(1, B) == [C]
    assert families(1, B, C) == [A, D]  # where there is none of its style


def test_the_usual_form_of_a_character_is_the_one_that_is_no_variant():
    index = pd.DataFrame(
        {"code_point": [A, A, B, C, C, -1, -1], "variant": ["Kaisho", "", "Kaisho", "", "Vt6", "", ""]}
    )
    assert exemplars.usual_forms(index).tolist() == [False, True, True, True, False, True, True]
    assert exemplars.usual_forms(index[["code_point"]]).tolist() == [True, False, True, True, False, True, True]


def test_variants_are_of_one_family_and_the_index_stays_as_it_was():
    drawings = a_set((A, across(*LEFT)), (A, across(*RIGHT)), (-1, across(*TOP)), ids=["04e01", "04e01-Kaisho", "x"])
    assert exemplars.families_of(drawings.index)[:2].tolist() == [A, A]
    assert drawings.index["code_point"].tolist() == [A, A, -1]


def test_a_part_is_told_by_name_where_another_character_has_it():
    knows = Knowledge(Vocabulary(("月",)), {}, Habits(), (), LIBRARY)
    assert knows.by_name("木") and not knows.by_name("木", frozenset({B})) and not knows.by_name("火")
    assert knows.by_name("月", frozenset({A, C}))  # it is in the vocabulary
    spelled = made("⿰", leaf("月", (0, 1)), made("⿱", leaf("㇐", (2, 2)), leaf("㇑", (3, 3)), name="木"), name="B")
    assert canonical(spelled, knows).description.parts[1].parts == ()
    assert len(canonical(spelled, knows, frozenset({B})).description.parts[1].parts) == 2


# --- of the visits of a description


def run(first, *lengths):
    """Strokes of so many points, numbered."""
    count = sum(lengths)
    return Run(np.stack((first + np.arange(count), np.zeros(count)), axis=1).astype(np.float32), np.array(lengths))


FRAME, INSIDE = [run(10, 2, 3), run(20, 1)], [run(30, 4)]


@pytest.mark.parametrize(
    ("visited", "found", "begins", "strokes", "shown"),
    [
        # one after the other, of which the second is shown none
        ([(0, 0), (1, 0)], {0: INSIDE}, [30], [0, 4], [0, 1, 1]),
        # a frame that is closed last: its first run, what is inside, its second
        ([(0, 0), (1, 0), (0, 1)], {0: FRAME, 1: INSIDE}, [10, 12, 30, 20], [0, 2, 5, 9, 10], [0, 2, 3, 4]),
        # written in one go: both at once
        ([(0, 0), (1, 0)], {0: FRAME, 1: INSIDE}, [10, 12, 20, 30], [0, 2, 5, 6, 10], [0, 3, 4]),
        # visited more often than the exemplar is: nothing is left
        ([(0, 0), (1, 0), (0, 1)], {0: INSIDE}, [30], [0, 4], [0, 1, 1, 1]),
        ([(1, 0), (0, 0), (1, 1), (0, 1)], {0: FRAME}, [10, 12, 20], [0, 2, 5, 6], [0, 0, 2, 2, 3]),
    ],
)
def test_a_part_that_is_interrupted_is_shown_a_run_a_visit(visited, found, begins, strokes, shown):
    made = exemplars.of_visits(visited, found)
    assert made.strokes.tolist() == strokes and made.shown.tolist() == shown
    assert made.points[made.strokes[:-1], 0].tolist() == begins


def test_where_nothing_is_shown_there_is_one_point_all_the_same():
    made = exemplars.of_visits([(0, 0), (1, 0)], {})
    assert made.points.shape == (1, 2) and made.strokes.tolist() == [0, 1] and made.shown.tolist() == [0, 0, 0]


def test_an_exemplar_is_found_in_runs_as_it_is_written():
    """囗 of 国: its last stroke closes it."""
    drawings = a_set((A, [*across(*WHOLE), *across(*LEFT), [(0, 3), (3, 3)]]))
    told = made("⿴", leaf("囗", (0, 1), (4, 4)), leaf("玉", (2, 3)), name="国")
    first, last = shown("囗", path("⿴0"), 2, library=Library.learn(drawings, [told]))
    assert first.lengths.tolist() == [2, 3] and last.lengths.tolist() == [2]
    np.testing.assert_allclose(last.points, [(0, 3), (3, 3)], atol=1e-3)


KNOWS = Knowledge(Vocabulary(("日",)), {}, Habits({}, {"日": 2, "月": 2, "木": 6}), (), LIBRARY)


def encoded(told, choice=exemplars.BEST) -> Exemplar:
    found = KNOWS.encode(told.description, None, choice).exemplar
    assert found is not None
    return found


def test_a_description_is_shown_exemplars_of_its_leaves():
    found = encoded(TOLD[1], Choice(frozenset({D})))  # 日 beside the six strokes of 木: B's own
    strokes = [*across(*LEFT), *across(*RIGHT) * 3]
    np.testing.assert_allclose(found.points, np.concatenate(strokes), atol=1e-3)
    assert found.shown.tolist() == [0, 2, 8]
    others = encoded(TOLD[1], Choice(frozenset({B})))  # and of others 日 alone
    assert others.shown.tolist() == [0, 2, 2]


def test_what_is_known_by_name_may_be_hidden_and_what_is_not_is_always_shown():
    def hidden(share):
        return encoded(TOLD[0], Choice(frozenset(), 0, np.random.default_rng(1), 1, share)).shown.tolist()

    assert hidden(1.0) == [0, 0, 2] and hidden(0.0) == [0, 2, 4]
    source = np.random.default_rng(1)
    often = [encoded(TOLD[0], Choice(frozenset(), 0, source, 1, 0.25)).shown[1] == 0 for _ in range(400)]
    assert np.mean(often) == pytest.approx(0.25, abs=0.06)


def test_a_net_that_knows_no_exemplars_is_shown_none():
    plain = Knowledge(KNOWS.vocabulary, {}, KNOWS.habits).encode(TOLD[0].description)
    assert plain.exemplar is None and plain.shown.shown.tolist() == [0, 0, 0]


# --- on disk


def test_a_library_comes_back_as_it_was(tmp_path):
    LIBRARY.save(tmp_path)
    again = Library.load(tmp_path)
    assert (
        again.names == LIBRARY.names == ("A", "B", "C", "日", "月", "木")
        and again.arrays.keys() == LIBRARY.arrays.keys()
    )
    for name, array in LIBRARY.arrays.items():
        assert array.dtype == again.arrays[name].dtype
        np.testing.assert_array_equal(array, again.arrays[name])
    np.testing.assert_array_equal(
        points(shown("日", path("⿰0"), 2)), points(shown("日", path("⿰0"), 2, library=again))
    )


def test_a_library_of_nothing_comes_back_too(tmp_path):
    Library.learn(a_set((A, across(*LEFT))), [leaf("", (0, 1))]).save(tmp_path)
    assert Library.load(tmp_path).names == ()


def cut(path, library):
    path.write_bytes(path.read_bytes()[:-100])


def without(path, library):
    arrays = {name: array for name, array in library.arrays.items() if name != "spans"}
    safetensors.numpy.save_file(arrays, path, {"names": json.dumps(library.names)})


def nameless(path, library):
    safetensors.numpy.save_file(library.arrays, path)


def few(name):
    def spoil(path, library):
        arrays = {**library.arrays, name: library.arrays[name][:-1].copy()}
        safetensors.numpy.save_file(arrays, path, {"names": json.dumps(library.names)})

    return spoil


SPOILS = [cut, without, nameless, lambda path, library: path.unlink(), *map(few, LIBRARY.arrays)]


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_damaged_library_is_told_with_its_cure(tmp_path, spoil):
    LIBRARY.save(tmp_path)
    spoil(tmp_path / exemplars.FILE, LIBRARY)
    with pytest.raises(ExemplarError, match=r"exemplars\.safetensors holds no exemplars .*`dvc repro --force train`"):
        Library.load(tmp_path)


def test_a_net_that_is_shown_exemplars_does_not_go_without_its_file(tmp_path, model_params):
    net = WritingNet(model_params(described=True, exemplars=True), generator(1), KNOWS.vocabulary)
    config = {"model": vars(net.options), "data": DATA, "pen_weights": PEN_WEIGHTS}
    checkpoint.save_model(tmp_path, net.state_dict(), config)
    KNOWS.save(tmp_path)
    assert checkpoint.load_model(tmp_path)[0].options.exemplars
    assert Knowledge.load(tmp_path).library.names == LIBRARY.names
    (tmp_path / exemplars.FILE).unlink()
    with pytest.raises(ExemplarError, match="holds no exemplars"):
        checkpoint.load_model(tmp_path)


def test_a_net_that_is_shown_none_has_no_such_file(tmp_path):
    Knowledge(Vocabulary(("日",)), {}, Habits()).save(tmp_path)
    assert not (tmp_path / exemplars.FILE).exists()
    assert Knowledge.load(tmp_path).library is exemplars.NOTHING
