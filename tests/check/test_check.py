"""`fake-kanji check` with the net that comes along: planted faults, exit codes, what is written."""

import csv
import re

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline import dataset, drawing, render
from pipeline.check import faults, reading, report, table
from pipeline.check.cures import EXTRA, MISSING, PARTS, REVERSED, SWAPPED, Cure, Put
from pipeline.check.drawn import Drawn, case, straight
from pipeline.check.evidence import Evidence
from pipeline.cli import common, main
from pipeline.drawing import END_OF_CHARACTER
from pipeline.write import starts
from pipeline.write.writer import Writer
from tests.support.planted import FAULTS

CHARACTER = "語"


def steps_of(character=CHARACTER):
    start = starts.find(common.PRETRAINED / common.STARTS, character)
    steps = np.array(start.steps)
    steps[-1, 2] = END_OF_CHARACTER
    return steps


@pytest.fixture(scope="module")
def net():
    return Writer.of(common.PRETRAINED)


def svg(path, steps, width=109.0, height=109.0):
    path.write_text(render.drawing_svg(steps, width, height), encoding="utf-8")
    return path


def bad(kind, seed=3):
    """The character with a fault, as steps in its box."""
    strokes = drawing.to_strokes(steps_of(), 109, 109)
    parts = ((0,),) * 7 + ((1,),) * 7
    one = Drawn(tuple(strokes), parts, (0,) * len(strokes))
    order = FAULTS[kind](one, np.random.default_rng(seed))
    return drawing.from_strokes(one.ordered(order).strokes, 109, 109), one


def run(*arguments, code):
    result = CliRunner().invoke(main.app, ["check", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout if code < 2 else result.stderr


def test_what_is_written_right_is_not_suspicious(tmp_path):
    said = run(svg(tmp_path / "08a9e.svg", steps_of()), code=0)
    assert said == "0 of 1 drawings are suspicious\n"


@pytest.mark.parametrize("kind", [REVERSED, SWAPPED, PARTS, EXTRA])
def test_a_planted_fault_is_found_and_cured(tmp_path, net, kind):
    steps, right = bad(kind)
    judge = reading.judge(net)
    read = reading.read(svg(tmp_path / "a.svg", steps), net, judge)
    (found,) = faults.check(judge, read.cases)
    best = found.findings[0]
    assert best.cure.kind == kind
    cured = found.case.drawn.ordered(best.cure.order).strokes
    assert len(cured) == len(right)
    assert all(np.allclose(a * 15 + 54.5, b, atol=0.05) for a, b in zip(cured, right.strokes, strict=True))


def test_a_stroke_that_is_missing_is_put_in(tmp_path, net):
    """The last stroke but one of 語: the box that closes is drawn, its top is not."""
    strokes = drawing.to_strokes(steps_of(), 109, 109)
    del strokes[12]
    place = svg(tmp_path / "a.svg", drawing.from_strokes(strokes, 109, 109))
    said = run(place, "--html", tmp_path / "a.html", "--csv", tmp_path / "a.csv", code=1)
    assert "a stroke is missing before stroke 13" in said
    (row,) = csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines())
    assert row["fault"] == MISSING and row["order"] == "1 2 3 4 5 6 7 8 9 10 11 12 + 13"
    assert (tmp_path / "a.html").read_text(encoding="utf-8").count(report.PUT) == 1
    (found,) = faults.check(reading.judge(net), reading.read(place, net, reading.judge(net)).cases)
    put, real = found.findings[0].cure.put, drawing.to_strokes(steps_of(), 109, 109)[12]
    assert np.abs(put.stroke[[0, -1]] * 15 + 54.5 - real[[0, -1]]).max() < 10


def test_a_folder_gives_a_table_a_csv_and_a_report_worst_first(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    svg(folder / "good.svg", steps_of())
    svg(folder / "bad.svg", bad(REVERSED)[0])
    svg(folder / "worse.svg", bad(PARTS)[0])
    (folder / "none.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>')
    said = run(folder, "--csv", tmp_path / "a.csv", "--html", tmp_path / "a.html", code=1)
    assert re.search(r"2 of 3 drawings are suspicious; wrote \S+a.csv and \S+a.html\n$", said)
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["drawing"] for row in rows} == {"good", "bad", "worse"} and rows[-1]["drawing"] == "good"
    assert rows[-1]["fault"] == "" and len(rows[-1]["stroke_nats"].split()) == 14
    first = [float(next(row["suspicion"] for row in rows if row["drawing"] == name)) for name in ("bad", "worse")]
    assert rows[0]["drawing"] == ("bad", "worse")[int(np.argmax(first))] and float(rows[0]["suspicion"]) == max(first)
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert (
        page.count("<figure>") == 2
        and "2 of 3 drawings are suspicious" in page
        and "http" not in page.replace("http://www.w3.org/2000/svg", "")
    )
    assert len(list(re.finditer(r"<figure><div>(<svg.*?</svg>){2}</div>", page))) == 2
    # the control: a threshold that nothing reaches
    assert "0 of 3 drawings" in run(folder, "--above", 10000, code=0)


def test_another_box_is_scaled_and_a_set_is_read(tmp_path, net):
    judge = reading.judge(net)
    steps = steps_of()
    index = pd.DataFrame({"id": ["a"], "width": [218.0], "height": [218.0]})
    (tmp_path / "set").mkdir()
    dataset.save(tmp_path / "set", [steps * drawing.unit(2.0)], index)
    found = [
        reading.read(place, net, judge).cases[0].drawn.strokes
        for place in (tmp_path / "set", svg(tmp_path / "b.svg", steps * drawing.unit(2.0), 218.0, 218.0))
    ]
    for strokes in found:
        expected = drawing.to_strokes(steps / drawing.unit(15.0), 0, 0)
        assert all(np.allclose(a, b, atol=0.01) for a, b in zip(strokes, expected, strict=True))


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        ("nowhere", [], "nowhere does not exist; give an SVG file"),
        ("empty", [], "empty holds no .svg file"),
        ("blank.svg", [], "nothing is left to check"),
        ("large.svg", [], "101 strokes of 202 points; a drawing of at most 100 and 2000 is checked"),
        ("good.svg", ["--html", "report.pdf"], "report.pdf: the report is a page; give a name that ends in .html"),
        ("good.svg", ["--model", "nowhere"], "nowhere holds no model"),
    ],
)
def test_bad_input_is_one_plain_line_and_code_2(tmp_path, monkeypatch, name, arguments, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "blank.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>')
    svg(tmp_path / "large.svg", drawing.from_strokes([np.array([[1, 1], [i, 9]]) for i in range(101)], 109, 109))
    svg(tmp_path / "good.svg", steps_of())
    before = sorted(tmp_path.iterdir())
    error = run(name, *arguments, code=2)
    assert text in error and error.count("\n") == 1 and error.startswith("fake-kanji check: ")
    assert sorted(tmp_path.iterdir()) == before


def test_findings_of_the_same_strokes_give_way_to_the_most_suspicious():
    order = straight(6)
    gains = [
        (Cure(SWAPPED, (1, 2), order), 30.0),
        (Cure(REVERSED, (2,), order), 20.0),  # of a stroke that is taken
        (Cure(MISSING, (3,), order), 99.0 - 80.0),  # beside one
        (Cure(REVERSED, (5,), order), 10.0),
        (Cure(EXTRA, (5,), order), -40.0),
    ]
    least = dict.fromkeys((SWAPPED, REVERSED, MISSING, EXTRA), 2.0)
    found = faults.findings(Evidence(np.zeros(6), gains), least)
    assert [(one.cure.strokes, one.suspicion) for one in found] == [((1, 2), 28.0), ((5,), 8.0)]
    assert [one.suspicion for one in faults.findings(Evidence(np.zeros(6), gains), least, above=10.0)] == [18.0]
    assert faults.suspicions(Evidence(np.zeros(6), gains), least)[EXTRA] == -42.0


@pytest.mark.parametrize(
    ("cure", "text"),
    [
        (Cure(REVERSED, (0,), ()), "stroke 1 is drawn in the other direction"),
        (Cure(SWAPPED, (1, 2), ()), "strokes 2 and 3 are the other way round"),
        (Cure(PARTS, (0, 1, 2), ()), "strokes 1 to 3 are two parts the other way round"),
        (Cure(EXTRA, (3,), ()), "stroke 4 is one too many"),
        (Cure(MISSING, (3,), ()), "a stroke is missing before stroke 4"),
        (Cure(MISSING, (4,), ()), "a stroke is missing at the end"),
    ],
)
def test_a_finding_in_words(cure, text):
    assert table.said(cure, 4) == text


@pytest.mark.parametrize(
    ("cure", "text"),
    [
        (Cure(SWAPPED, (1, 2), ((0, False), (2, True), (1, False))), "1 3r 2"),
        (Cure(MISSING, (1,), straight(2), Put(np.zeros((1, 2)), 0)), "1 + 2"),
        (Cure(MISSING, (2,), straight(2), Put(np.zeros((1, 2)), 1)), "1 2 +"),
    ],
)
def test_an_order_in_words(cure, text):
    assert table.order_text(cure) == text


def test_a_drawing_of_no_character_hides_nothing():
    assert case("a", "", -1, steps_of("一"), None).families == frozenset()
