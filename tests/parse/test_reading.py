"""The whole of KanjiVG, and small archives with all that can be wrong with a file."""

import json
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import svgpathtools
from lxml import etree

from pipeline import dataset, drawing, params
from pipeline.fetch import sources
from pipeline.parse import characters, reading, resampling
from pipeline.parse.reading import ParseError, ParseParams
from stages import parse as stage

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 109 109" fill="none" stroke="black">'
ONE = f'{HEAD}<path d="M10 10C20 10 40 20 50 30"/></svg>'.encode()
TWO = f'{HEAD}<path d="M9 9L20 9"/><path d="M1 1Z"/></svg>'.encode()
BROKEN = f'{HEAD}<path d="M9 9L"/></svg>'.encode()


@pytest.fixture
def options(defaults):
    return lambda **changes: ParseParams(**{**defaults["parse"], **changes})


@pytest.fixture
def archive(tmp_path):
    def write(entries):
        path = tmp_path / sources.ARCHIVE
        with zipfile.ZipFile(path, "w") as file:
            for name, data in entries.items():
                file.writestr(name, data)
        return path

    return write


# ---- KanjiVG


@pytest.fixture(scope="module")
def everything(kanjivg_archive, defaults):
    """All files, nothing left out."""
    values = {**defaults["parse"], "select": ["kanji", "kana", "other"], "variants": True}
    return reading.parse(kanjivg_archive, ParseParams(**values), jobs=2)


def test_all_of_kanjivg_is_read(everything):
    counts = everything.summary
    assert (counts["files"], counts["readable"], counts["unreadable"]) == (11_662, 11_662, 0)
    assert counts["path_elements"] == counts["strokes"] == counts["selected"]["strokes"] == 148_292
    written = sum(np.count_nonzero(steps[:, 2] != drawing.ON_PAPER) for steps in everything.drawings)
    assert written == 148_292 and len(everything.drawings) == 11_662


def test_kanji_of_kanjivg_under_the_posts_rule(everything):
    kanji = (everything.index["kind"] == "kanji").to_numpy()
    assert kanji.sum() == 11_390
    assert sum(len(everything.drawings[i]) for i in np.flatnonzero(kanji)) == 743_130


def test_strokes_of_kanjivg_against_svgpathtools(everything, kanjivg_archive):
    """Every 97th file read again the plain way: the same bits."""
    with zipfile.ZipFile(kanjivg_archive) as file:
        for i in range(0, len(everything.drawings), 97):
            root = etree.fromstring(file.read(everything.index["source"][i]))
            strokes = [posts_rule(path.get("d")) for path in root.iter("{http://www.w3.org/2000/svg}path")]
            np.testing.assert_array_equal(everything.drawings[i], drawing.from_strokes(strokes, 109, 109))


def posts_rule(d):
    path = svgpathtools.parse_path(d)
    points = [path[0].start]
    for segment in path:
        count = min(3, 1 + int(abs(segment.end - segment.start) // 10))
        points += [segment.point(i / count) for i in range(1, count + 1)]
    return np.array([(point.real, point.imag) for point in points])


def test_what_kanjivg_says_of_a_character(everything):
    row = everything.index.set_index("id").loc["05b57"]
    assert (row["character"], row["code_point"], row["kind"], row["variant"]) == ("字", 0x5B57, "kanji", "")
    assert list(row["types"]) == ["㇑a", "㇔", "㇖b", "㇖", "㇁", "㇐"]
    groups = json.loads(row["groups"])
    assert [(g["element"], g["position"], g["first"], g["last"]) for g in groups] == [
        ("字", "", 0, 5),
        ("宀", "top", 0, 2),
        ("冖", "", 1, 2),
        ("子", "bottom", 3, 5),
    ]


def test_every_group_of_kanjivg_spans_strokes_it_has(everything):
    for types, groups in zip(everything.index["types"], everything.index["groups"], strict=True):
        for group in json.loads(groups):
            assert group["element"] and 0 <= group["first"] <= group["last"] < len(types)


# ---- names and selection


@pytest.mark.parametrize(
    ("code_point", "kind"),
    [
        (0x3400, "kanji"),
        (0x4DC0, "other"),  # a hexagram
        (0x4E00, "kanji"),
        (0x9FFF, "kanji"),
        (0xF900, "kanji"),
        (0x20B9F, "kanji"),
        (0x3042, "kana"),
        (0x30FF, "kana"),
        (0x31F0, "kana"),
        (0xFF71, "kana"),
        (0x3005, "other"),  # the repetition mark
        (0x0041, "other"),
        (characters.NO_CODE_POINT, "other"),
    ],
)
def test_kinds(code_point, kind):
    assert characters.kind(code_point) == kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("05b57.svg", ("05b57", "字", 0x5B57, "")),
        ("05b57-Kaisho.svg", ("05b57-Kaisho", "字", 0x5B57, "Kaisho")),
        ("04e3b-VtLst-2.svg", ("04e3b-VtLst-2", "主", 0x4E3B, "VtLst-2")),
        ("kanji/05b57.svg", ("kanji/05b57", "字", 0x5B57, "")),
        ("mine/ant.v2.svg", ("mine/ant.v2", "", -1, "")),
        ("fffff.svg", ("fffff", chr(0xFFFFF), 0xFFFFF, "")),
        ("0d800.svg", ("0d800", "", -1, "")),  # half a character
    ],
)
def test_what_a_name_of_kanjivg_tells(name, expected):
    row = characters.describe(name, "hex")
    assert tuple(row[key] for key in ("id", "character", "code_point", "variant")) == expected


FILES = {"03042.svg": ONE, "05b57-Kaisho.svg": ONE, "05b57.svg": TWO, "00041.svg": ONE, "own/thing.svg": ONE}


@pytest.mark.parametrize(
    ("select", "variants", "ids"),
    [
        (["kanji"], True, ["05b57", "05b57-Kaisho", "own/thing"]),
        (["kanji"], False, ["05b57", "own/thing"]),
        (["kana"], False, ["03042", "own/thing"]),
        (["other", "kana"], False, ["00041", "03042", "own/thing"]),  # in the order of the names, not of the list
    ],
)
def test_selection(archive, options, select, variants, ids):
    result = reading.parse(archive(FILES), options(names="hex", select=select, variants=variants), jobs=1)
    assert sorted(result.index["id"]) == ids
    assert result.summary["files"] == 5 and result.summary["strokes"] == 6
    assert result.summary["selected"]["drawings"] == len(ids)


def test_nothing_selected(archive, options):
    with pytest.raises(ParseError, match=r"none of the 1 files \(1 kana\) is selected; widen parse.select"):
        reading.parse(archive({"03042.svg": ONE}), options(names="hex", select=["kanji"]), jobs=1)


# ---- unreadable files


def test_unreadable_files_are_named_and_counted(archive, options):
    path = archive({**FILES, "04e00.svg": BROKEN, "04e01.svg": b"<x"})
    result = reading.parse(path, options(max_unreadable=2), jobs=1)
    assert result.unreadable["file"].tolist() == ["04e00.svg", "04e01.svg"]
    first, second = result.unreadable["reason"]
    assert first == "line 1, <path>: path data, character 5: 'L' lacks numbers, L takes 2"
    assert second.startswith("is not XML: ")
    assert (result.summary["readable"], result.summary["unreadable"]) == (5, 2)


def test_more_unreadable_files_than_allowed(archive, options):
    path = archive({**FILES, **{f"04e0{i}.svg": BROKEN for i in range(7)}})
    with pytest.raises(ParseError) as caught:
        reading.parse(path, options(max_unreadable=6), jobs=1)
    lines = str(caught.value).splitlines()
    assert lines[0] == "7 files cannot be read, parse.max_unreadable allows 6; mend them or raise it:"
    assert lines[1].startswith("  04e00.svg: line 1, <path>: ") and lines[-1] == "  and 2 more" and len(lines) == 7


def test_a_stroke_of_too_many_points_makes_a_file_unreadable(archive, options):
    big = ONE.replace(b"M10 10C", b"M10 10H900000C")
    result = reading.parse(
        archive({**FILES, "big.svg": big}), options(rule="arclength", spacing=0.01, max_unreadable=1), jobs=1
    )
    assert result.unreadable["file"].tolist() == ["big.svg"] and "raise parse.spacing" in result.unreadable["reason"][0]


@pytest.mark.parametrize("rule", resampling.RULES)
def test_damage_gives_a_reason_or_a_drawing_never_another_error(options, rule):
    body = '<path d="M1 1A3 4 5 0 1 9 9zc1 2 3 4 5 6"/><rect width="4" height="3"/>'
    whole = f'{HEAD}<g transform="rotate(9)">{body}</g></svg>'
    source, seen, given = np.random.default_rng(3), set(), options(rule=rule)
    bits = [
        b"9",
        b"e",
        b"-",
        b".",
        b"Z",
        b"A",
        b"1e308",
        b"1e-308",
        b"0",
        b",",
        b" ",
        b"<",
        b'"',
        b"nan",
        b"&a;",
        b"\xff",
    ]
    for _ in range(500):
        data = bytearray(whole.encode())
        for at in source.integers(0, len(data) - 9, source.integers(1, 4)):
            data[at : at + source.integers(0, 5)] = bits[source.integers(len(bits))]
        parsed = reading.read_file("05b57.svg", bytes(data), given)
        if parsed.steps is not None:
            drawing.check(parsed.steps)
        seen.add(bool(parsed.reason))
    assert seen == {True, False}


def test_no_archive(tmp_path, options):
    with pytest.raises(ParseError, match="absent.zip is not an archive of drawings .*dvc repro"):
        reading.parse(tmp_path / "absent.zip", options(), jobs=1)
    (tmp_path / "bad.zip").write_bytes(b"PK")
    with pytest.raises(ParseError, match="bad.zip is not an archive"):
        reading.parse(tmp_path / "bad.zip", options(), jobs=1)


# ---- the stage


def stage_run(archive, options, tmp_path, monkeypatch, name):
    raw = archive.parent
    (raw / sources.SOURCE).write_text('{"licence": "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"}', encoding="utf-8")
    monkeypatch.setattr(params, "load", lambda section: options)
    summary = stage.main(SimpleNamespace(), raw, tmp_path / name)
    return summary, {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}


def test_the_stage_writes_the_same_whatever_the_jobs(archive, options, tmp_path, monkeypatch, capfd):
    names = {f"{0x4E00 + i:05x}.svg": (ONE if i % 3 else TWO) for i in range(300)}
    path, given = archive({**names, "own.svg": BROKEN}), options(max_unreadable=1)
    summary, two = stage_run(path, given, tmp_path, monkeypatch, "two")
    whole = reading.parse
    monkeypatch.setattr(reading, "parse", lambda *args, **more: whole(*args, **more, jobs=1))
    _, one = stage_run(path, given, tmp_path, monkeypatch, "one")
    assert one == two
    expected = {"points.npy", "index.parquet", "summary.json", "unreadable.csv", "notes.csv", "sheet.svg", "sheet.png"}
    assert set(two) == expected
    assert two["unreadable.csv"].startswith(b"file,reason\nown.svg,")
    assert b"Ulrich Apel" in two["sheet.svg"]
    assert json.loads(two["summary.json"])["licence"] == "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"
    assert summary.startswith("300 of 301 files read (400 strokes), 300 selected (400 strokes, ")
    assert "parse: unreadable: own.svg: " in capfd.readouterr().err


def test_what_the_stage_writes_can_be_loaded(archive, options, tmp_path, monkeypatch):
    stage_run(archive(FILES), options(names="hex"), tmp_path, monkeypatch, "out")
    got = dataset.load(tmp_path / "out")
    assert got.index["id"].tolist() == ["05b57-Kaisho", "05b57", "own/thing"]
    assert got.index["strokes"].tolist() == [1, 2, 1]
    for steps in got:
        drawing.check(np.array(steps))
    np.testing.assert_allclose(drawing.to_strokes(got[1], 109, 109)[1], [(1, 1)], atol=1e-5)  # the dot


def test_a_failed_parse_leaves_no_output(archive, options, tmp_path, monkeypatch):
    with pytest.raises(ParseError):
        stage_run(archive({"own.svg": BROKEN}), options(), tmp_path, monkeypatch, "out")
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]


# ---- parameters


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rule": "spline"}, "parse.rule"),
        ({"select": []}, "parse.select"),
        ({"select": ["kanji", "kanji"]}, "parse.select: must name each kind once"),
        ({"select": ["hanzi"]}, "parse.select"),
        ({"spacing": 0.0}, "parse.spacing"),
        ({"epsilon": -1.0}, "parse.epsilon"),
        ({"chord_length": 0.0}, "parse.chord_length"),
        ({"max_chords": 0}, "parse.max_chords"),
        ({"max_chords": 2.5}, "parse.max_chords"),
        ({"max_unreadable": -1}, "parse.max_unreadable"),
    ],
)
def test_parameters_that_are_refused(defaults, changes, reason):
    with pytest.raises(params.ParamsError, match=reason):
        params.build(ParseParams, {**defaults["parse"], **changes}, "parse")
