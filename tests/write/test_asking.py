"""Tables that are asked of a net, held against what the command writes of the same."""

import numpy as np
import pytest

from pipeline import drawing
from pipeline.describe.description import DescriptionError
from pipeline.describe.knowledge import UnknownPartError
from pipeline.parse.svg import documents
from pipeline.sample import sampler
from pipeline.write import described
from pipeline.write.asking import COLUMNS, MOST_DRAWINGS, Answerer, Asked, AskingError, Manner
from pipeline.write.described import DescribedError, Reader
from pipeline.write.writer import Writer
from tests.support.asked import SPELLINGS, free_model, told_model

UNFILTERED = Manner(filtered=False)  # what a small net draws of its own accord passes no filter


@pytest.fixture
def told(tmp_path):
    return Answerer(Writer.of(told_model(tmp_path / "told")))


@pytest.fixture
def free(tmp_path):
    return Answerer(Writer.of(free_model(tmp_path / "free")))


def steps(row):
    return drawing.from_strokes(row["strokes"], 109, 109)


def test_what_is_described_is_written_as_the_command_writes_it(told):
    found = told.answer([Asked("⿰木月", 2), Asked("⿰氵寺")], Manner(seed=5))
    reader = Reader.of(told.net, {})
    wanted = [reader.encode(reader.read(text)) for text in ("⿰木月", "⿰木月", "⿰氵寺")]
    drawings, _ = described.write(told.net, wanted, told.net.options(3, 5, False, 0, {}), 1)
    assert [(row["asked"], row["description"], row["reading"]) for row in found] == [
        (0, "⿰木月", "tree beside moon"),
        (0, "⿰木月", "tree beside moon"),
        (1, "⿰氵寺", "water beside 寺"),
    ]
    for row, expected in zip(found, drawings, strict=True):
        np.testing.assert_allclose(steps(row)[:, :2], expected[:, :2], atol=1e-4)
        assert row["ended"] == sampler.has_ended(expected)


def test_what_the_net_makes_up_is_what_the_command_samples(told, free):
    for answerer, dreamer in ((told, told.net.dreamer()), (free, None)):
        found = answerer.answer([Asked(count=2), Asked()], UNFILTERED)
        expected = answerer.net.write(3, 1, False, None, {}, dreamer)
        assert [row["asked"] for row in found] == [0, 0, 1]
        assert [row["description"] for row in found] == ([dream.text for dream in expected.dreams] or [""] * 3)
        for row, one in zip(found, expected.drawings, strict=True):
            np.testing.assert_allclose(steps(row)[:, :2], one[:, :2], atol=1e-4)
    assert not {row["description"] for row in told.answer([Asked(count=9)], UNFILTERED)} & set(SPELLINGS.values())


def test_the_picture_is_of_the_strokes_and_says_whose_data_it_derives_from(told):
    for row in told.answer([Asked("⿰木月"), Asked(count=2), Asked("⿰口主")], UNFILTERED):
        assert tuple(row) == COLUMNS and "KanjiVG, CC BY-SA" in row["svg"]
        read = documents.read(row["svg"].encode(), "a.svg")
        assert len(read.curves) == len(row["strokes"])
        for curve, stroke in zip(read.curves, row["strokes"], strict=True):
            ends = np.stack([curve.controls[0, 0], curve.controls[-1, 3]])
            np.testing.assert_allclose(ends, stroke[[0, -1]], atol=0.006)


def test_a_manner_is_seen(told):
    rows = [Asked("⿰木月")]
    first = told.answer(rows, Manner())
    assert told.answer(rows, Manner())[0]["svg"] == first[0]["svg"]
    for other in (Manner(seed=2), Manner(best_of=5), Manner(temperature=1.5), Manner(smooth=True), Manner(colour=True)):
        assert told.answer(rows, other)[0]["svg"] != first[0]["svg"], other


@pytest.mark.parametrize(
    ("rows", "manner", "kind", "said"),
    [
        ([], Manner(), AskingError, "0 drawings are asked for at once; ask for 1 to 1,000"),
        ([Asked(count=MOST_DRAWINGS), Asked("⿰木月")], Manner(), AskingError, "1,001 drawings"),
        ([Asked(), Asked(count=0)], Manner(), AskingError, "row 1 asks for 0 drawings; a count is at least 1"),
        ([Asked()], Manner(best_of=257), AskingError, "best_of is 257; it must be from 1 to 256"),
        ([Asked()], Manner(seed=-1), AskingError, "seed is -1; it must not be negative"),
        ([Asked("⿰木")], Manner(), DescriptionError, "ends after 1 of the 2 parts"),
        ([Asked("⿰木鬱")], Manner(), UnknownPartError, "鬱 is neither a part that the net knows"),
    ],
)
def test_what_cannot_be_answered_is_said(told, rows, manner, kind, said):
    with pytest.raises(kind, match=said):
        told.answer(rows, manner)


def test_a_free_net_cannot_be_told(free):
    with pytest.raises(DescribedError, match="writes freely and cannot be told what"):
        free.answer([Asked("⿰木月")], Manner())
