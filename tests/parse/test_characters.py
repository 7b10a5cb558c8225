"""Names are not code points: what counts as evidence, and what parse.names says."""

import json
import zipfile

import pytest

from pipeline.fetch import sources
from pipeline.fetch.sources import FetchParams
from pipeline.parse import characters, reading
from pipeline.parse.reading import ParseParams
from pipeline.parse.svg import documents
from stages import parse as stage

STROKE = '<path d="M10 10L90 90"/>'


def page(body=STROKE, attributes=""):
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:kvg="http://kanjivg.tagaini.net" viewBox="0 0 109 109"'
    return f'{head} fill="none" stroke="#000"{attributes}>{body}</svg>'.encode()


def group(identity, element=""):
    said = f' kvg:element="{element}"' if element else ""
    return f'<g id="{identity}"{said}>{STROKE}</g>'


@pytest.fixture
def parsed(tmp_path, defaults, monkeypatch, capsys):
    """Files of a folder through fetch and the stage parse: their rows, and what the stage says."""

    def run(files, **changes):
        for name, data in files.items():
            (tmp_path / "given" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "given" / name).write_bytes(data)
        asked = {**defaults["fetch"], "source": "folder", "path": str(tmp_path / "given")}
        sources.fetch(FetchParams(**asked), tmp_path / "raw")
        options = ParseParams(**{**defaults["parse"], **changes})
        monkeypatch.setattr(stage.params, "load", lambda section: options)
        stage.main(None, tmp_path / "raw", tmp_path / "strokes")
        index = stage.dataset.load(tmp_path / "strokes").index
        return dict(zip(index["id"], index["code_point"], strict=True)), capsys.readouterr().err

    return run


# ---- auto: evidence alone


EVIDENCE = [
    # what the file holds, its code point and variant
    ("KanjiVG's group", page(group("kvg:05b57")), 0x5B57, ""),
    ("its strokes' group", page(group("kvg:StrokePaths_05b57")), 0x5B57, ""),
    ("a variant", page(group("kvg:StrokePaths_05b57-Kaisho")), 0x5B57, "Kaisho"),
    ("the id on the root", page(attributes=' id="kvg:kanji_05b57"'), 0x5B57, ""),
    ("the element of all strokes", page(group("g1", "字")), 0x5B57, ""),
    ("the element of some strokes", page(group("g1", "字") + STROKE), -1, ""),
    ("an element of two characters", page(group("g1", "字字")), -1, ""),
    ("a group's id alone", page(group("kvg:05b57-g1")), -1, ""),
    ("a stroke's id alone", page('<path id="kvg:05b57-s1" d="M1 1L9 9"/>'), -1, ""),
    ("half a character", page(group("kvg:0d800")), -1, ""),
    ("another's id", page(group("z05b57")), -1, ""),
    ("nothing", page(), -1, ""),
]


@pytest.mark.parametrize(("data", "code", "variant"), [case[1:] for case in EVIDENCE], ids=[c[0] for c in EVIDENCE])
@pytest.mark.parametrize("name", ["05b58.svg", "21313.svg", "mine.svg"])
def test_the_file_says_its_character_and_its_name_does_not(name, data, code, variant, defaults):
    every = ParseParams(**{**defaults["parse"], "select": ["kanji", "kana", "other"]})
    row = reading.read_file(name, data, every).row
    assert (row["code_point"], row["variant"], row["id"]) == (code, variant, name[:-4])
    assert row["character"] == (chr(code) if code >= 0 else "")


def test_names_that_look_like_code_points_stay_and_are_told(parsed):
    files = ["00001", "10000", "added", "faded", "21313", "05b57", "字"]
    kept, said = parsed({f"{name}.svg": page() for name in files})
    assert kept == dict.fromkeys(files, -1)
    (line,) = [line for line in said.splitlines() if "parse.names" in line]
    assert line.startswith("parse: 7 of 7 files (") and "no character" in line


def test_icons_are_read_without_a_word(parsed):
    kept, said = parsed({f"{name}.svg": page() for name in ["arrow-up", "face", "a1", "icon-24", "2d"]})
    assert set(kept.values()) == {-1} and "parse.names" not in said and "left out" not in said


def test_a_mixed_folder_is_read_file_by_file(parsed):
    files = {"05b57.svg": page(group("kvg:05b57")), "03042.svg": page(group("kvg:03042")), "21313.svg": page()}
    kept, said = parsed(files)
    assert kept == {"05b57": 0x5B57, "21313": -1}
    assert "parse: 1 of 3 files (21313) are named as code points" in said
    assert "parse: 1 of 3 are left out: 1 because parse.select lacks kana" in said


# ---- a word


@pytest.mark.parametrize(
    ("names", "name", "code"),
    [
        ("hex", "05b57", 0x5B57),
        ("hex", "5B57", 0x5B57),
        ("hex", "U+5b57", 0x5B57),
        ("hex", "u20b9f", 0x20B9F),
        ("hex", "5b57-Kaisho", 0x5B57),
        ("hex", "ghost", -1),
        ("hex", "110000", -1),  # beyond Unicode
        ("hex", "0dfff", -1),
        ("decimal", "21313", 0x5341),  # animCJK's 十
        ("decimal", "12354", 0x3042),
        ("decimal", "131072-x", 0x20000),
        ("decimal", "5b57", -1),
        ("decimal", "1114112", -1),
        ("decimal", "55296", -1),
        ("decimal", "\u0661\u0662", -1),  # digits of another script
        ("character", "字", 0x5B57),
        ("character", "\u304b\u3099", 0x304C),  # か and its mark apart, as some file systems have it
        ("character", "𠮟", 0x20B9F),
        ("character", "字-2", 0x5B57),
        ("character", "-", 0x2D),
        ("character", "字字", -1),
        ("none", "05b57", -1),
        ("auto", "05b57", -1),
    ],
)
def test_how_names_are_read(names, name, code):
    assert characters.describe(f"a/{name}.svg", names)["code_point"] == code


def test_a_word_is_followed_and_what_does_not_follow_it_is_told(parsed):
    kept, said = parsed({"21313.svg": page(), "12354.svg": page(), "logo.svg": page()}, names="decimal")
    assert kept == {"21313": 0x5341, "logo": -1}
    assert "parse: 1 of 3 files (logo) are not named as parse.names: decimal says" in said


def test_none_silences_both_names_and_evidence(parsed):
    kept, said = parsed({"21313.svg": page(), "03042.svg": page(group("kvg:03042"))}, names="none")
    assert kept == {"21313": -1, "03042": -1} and "parse.names" not in said


# ---- animCJK


def animcjk(pieces):
    """A drawing built as animCJK's are: an outline a stroke, and its centre line clipped by it."""
    outlines = "".join(f'<path id="z9d{name}" d="M0 0H90V90H0Z"/>' for name in pieces)
    clips = "".join(f'<clipPath id="z9c{name}"><use href="#z9d{name}"/></clipPath>' for name in pieces)
    lines = "".join(f'<path clip-path="url(#z9c{name})" d="M{10 + i} 10L80 80"/>' for i, name in enumerate(pieces))
    style = "<style>path[clip-path] {fill:none;stroke:#000} path[id] {fill:#ccc}</style>"
    body = f"{style}{outlines}<defs>{clips}</defs>{lines}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99">{body}</svg>'


@pytest.mark.parametrize(
    ("pieces", "starts"),
    [
        (["1", "2"], [10, 11]),
        (["1", "2a", "2b", "3"], [10, 11, 13]),  # a stroke in pieces: the first has the whole line
        (["1a", "1b", "1c"], [10]),
        (["1", "11"], [10, 11]),
    ],
)
def test_a_stroke_that_is_outline_and_centre_line_counts_once(pieces, starts):
    curves = documents.read(animcjk(pieces).encode(), "a").curves
    assert [curve.controls[0, 0, 0] for curve in curves] == starts


# ---- a set that is KanjiVG's


@pytest.mark.parametrize(
    ("source", "settled"),
    [
        ({"source": "package", "package": "kanjivg"}, "hex"),
        ({"source": "package", "package": "KanjiVG"}, "hex"),
        ({"source": "package", "package": "feather"}, "auto"),
        ({"source": "release", "url": "https://example.org/KanjiVG/r1/kanjivg-20250816-main.zip"}, "hex"),
        ({"source": "release", "url": "https://example.org/icons.zip"}, "auto"),
        ({"source": "folder", "path": "/data/kanjivg"}, "auto"),  # a folder's name is no evidence
        ({}, "auto"),
    ],
)
def test_which_sets_are_kanjivgs(source, settled):
    assert characters.settled("auto", source) == settled
    assert characters.settled("none", source) == "none"


def test_every_file_of_kanjivg_says_its_character_as_its_name_does(kanjivg_archive, defaults):
    options = ParseParams(**{**defaults["parse"], "select": ["kanji"]})
    with zipfile.ZipFile(kanjivg_archive) as archive:
        for name in archive.namelist()[::53]:
            row = reading.read_file(name, archive.read(name), options).row
            by_name = characters.describe(name, "hex")
            assert {key: row[key] for key in by_name} == by_name
            assert json.loads(row["groups"])[0]["element"]
