"""Each format of the field from files built after its description: fetch tells it, parse reads it, damage is named."""

import gzip
import io
import json
import re
import struct
import zipfile
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dataset, drawing
from pipeline.batch import holdout
from pipeline.export import interchange
from pipeline.fetch import formats, sources
from pipeline.fetch.sources import FetchParams
from pipeline.parse import readers, reading
from pipeline.parse.formats import casia, quickdraw, stroke3
from pipeline.parse.formats.sketch import FormatError, Record
from pipeline.parse.reading import ParseParams
from tests.support import ROOT

STROKE_3 = np.array([[3, 0, 0], [0, 4, 1], [-3, -4, 0], [1, 1, 1]], np.int16)
POINTS = [[[0, 0], [3, 0], [3, 4]], [[0, 0], [1, 1]]]  # what it draws
SIMPLE = {
    "key_id": "5891796615823360",
    "word": "nose",
    "recognized": True,
    "drawing": [[[0, 255], [0, 51]], [[7], [9]]],
}
RAW = {**SIMPLE, "drawing": [[[10, 30.5], [20, 20], [0, 120]], [[10, 10], [20, 61], [200, 300]]]}
IAM = """<?xml version="1.0" encoding="ISO-8859-1"?>
<WhiteboardCaptureSession>
  <WhiteboardDescription><SensorLocation corner="top_left"/><DiagonallyOppositeCoords x="6512" y="1376"/>
    <VerticallyOppositeCoords x="966" y="1376"/><HorizontallyOppositeCoords x="6512" y="787"/></WhiteboardDescription>
  <StrokeSet>
    <Stroke colour="black" start_time="769.05" end_time="769.64">
      <Point x="1073" y="1058" time="769.05"/><Point x="1072" y="1085" time="769.07"/></Stroke>
    <Stroke colour="black" start_time="769.70" end_time="769.90"><Point x="1176" y="1237" time="769.70"/></Stroke>
  </StrokeSet>
</WhiteboardCaptureSession>
"""


def npz(**splits) -> bytes:
    arrays = {}
    for name, items in splits.items():
        arrays[name] = np.empty(len(items), object)
        arrays[name][:] = items
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def lines(*values) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def pot(*characters) -> bytes:
    """characters: (character, strokes) pairs."""
    out = b""
    for character, strokes in characters:
        code = int.from_bytes(character.encode("gbk"), "big")
        points = [point for stroke in strokes for point in [*stroke, (-1, 0)]] + [(-1, -1)]
        body = b"".join(struct.pack("<hh", *point) for point in points)
        out += struct.pack("<HIH", 8 + len(body), code, len(strokes)) + body
    return out


def kanjivg(archive: Path, names) -> bytes:
    """KanjiVG's single file of some of its SVG files."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<kanjivg xmlns:kvg="http://kanjivg.tagaini.net">\n'
    parts = []
    with zipfile.ZipFile(archive) as packed:
        for name in names:
            text = packed.read(name).decode()
            group = text[text.index(f'<g id="kvg:{name[:-4]}"') : text.index('<g id="kvg:StrokeNumbers')]
            parts.append(f'<kanji id="kvg:kanji_{name[:-4]}">{group.rstrip().removesuffix("</g>")}</kanji>\n')
    return (head + "".join(parts) + "</kanjivg>\n").encode()


MEDIANS = [[[100, 900], [512, 388]], [[0, -124], [1024, 900]]]  # two strokes, y up
GOOD = {
    "stroke-3": ("cat.npz", npz(train=[STROKE_3] * 3, valid=[STROKE_3], test=[STROKE_3[:2]])),
    "quickdraw": ("nose.ndjson", lines(SIMPLE, RAW)),
    "pot": ("1001.pot", pot(("字", [[(10, 20), (30, 20)], [(10, 30)]]), ("!", [[(5, 5), (5, 9)]]))),
    "iam": ("a01-000u-01.xml", IAM.encode()),
    "hanzi-writer": ("字.json", json.dumps({"strokes": ["M 0 0 Z"], "medians": MEDIANS}).encode()),
    "makemeahanzi": ("graphics.txt", lines({"character": "字", "strokes": [], "medians": MEDIANS})),
}


@pytest.fixture
def options(defaults):
    return lambda **changes: ParseParams(**{**defaults["parse"], **changes})


@pytest.fixture
def read(tmp_path, defaults, options):
    """Fetch files and parse what came of them: the result and source.json's format."""

    def run(given: dict[str, bytes], form="auto", **changes):
        folder = tmp_path / "given"
        folder.mkdir(exist_ok=True)
        for name, data in given.items():
            (folder / name).write_bytes(data)
        asked = {**defaults["fetch"], "source": "folder", "path": str(folder), "format": form}
        sources.fetch(FetchParams(**asked), tmp_path / "raw")
        found = json.loads((tmp_path / "raw" / sources.SOURCE).read_text())["format"]
        archive = tmp_path / "raw" / sources.ARCHIVE
        return reading.parse(archive, options(**changes), jobs=1, form=found), found

    return run


def strokes(result, i=0):
    row = result.index.iloc[i]
    return [s.tolist() for s in drawing.to_strokes(result.drawings[i], float(row["width"]), float(row["height"]))]


# ---- told by content, whatever the name says


@pytest.mark.parametrize("form", GOOD)
def test_a_format_is_told_by_its_content(form, read):
    name, data = GOOD[form]
    assert formats.tell(data[: formats.HEAD_BYTES]) == form
    result, found = read({name: data})
    assert found == form and result.summary["unreadable"] == 0 and len(result.drawings) >= 1
    for steps in result.drawings:
        drawing.check(steps)


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"<svg viewBox='0 0 1 1'/>", "svg"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><kanjivg/>", "kanjivg"),
        (gzip.compress(b"<kanjivg/>", mtime=0), "kanjivg"),
        (gzip.compress(b"{}", mtime=0), None),
        (b"\x1f\x8bx", None),
        (b"<html/>", None),
        (b"", None),
        (b"\x00", None),
        (b"\x10\x00" + b"0" * 30, None),
    ],
)
def test_content(data, form):
    assert formats.tell(data) == form


def test_a_format_is_named_everywhere():
    """As the readers' docstring tells: the parameter, the endings, the readers, the examples here, and the page."""
    names = get_args(formats.Format)
    assert get_args(FetchParams.__dataclass_fields__["format"].type) == ("auto", *names)
    assert tuple(formats.ENDINGS) == names and set(readers.RECORDS) | {"svg"} == set(names) >= set(readers.AS_SVG)
    assert set(GOOD) | set(readers.AS_SVG) == set(names)
    for name, reader in readers.RECORDS.items():
        assert callable(reader.records) and (name in readers.AS_SVG or callable(reader.read)), name
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| `([\w-]+)` \| [^|]* \| yes \|", page, flags=re.MULTILINE)) == names


def test_two_formats_in_a_folder_are_refused_and_one_can_be_chosen(read):
    both = dict([GOOD["pot"], GOOD["quickdraw"]])
    with pytest.raises(sources.SourceError, match="'1001.pot' is pot, 'nose.ndjson' is quickdraw; set fetch.format"):
        read(both)
    assert read(both, "pot")[1] == "pot"
    with pytest.raises(sources.SourceError, match="'b.xml' is of no known format"):
        read({"b.xml": b"<html/>"})


def test_svg_files_go_before_others(read):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M1 1L9 9"/></svg>'
    result, found = read({"a.svg": svg, "notes.xml": b"<html/>"})
    assert found == "svg" and result.summary["files"] == 1 and "split" not in result.index


def test_one_file_by_its_path(tmp_path, defaults):
    path = tmp_path / "nose.ndjson"
    path.write_bytes(GOOD["quickdraw"][1])
    sources.fetch(FetchParams(**{**defaults["fetch"], "source": "folder", "path": str(path)}), tmp_path / "raw")
    with zipfile.ZipFile(tmp_path / "raw" / sources.ARCHIVE) as packed:
        assert packed.namelist() == ["nose.ndjson"]


# ---- what they say


def test_stroke_3_starts_on_the_paper_and_keeps_its_split(read):
    result, _ = read(dict([GOOD["stroke-3"]]))
    assert result.index["split"].tolist() == ["train"] * 3 + ["valid", "test"]
    assert result.index["id"].tolist()[0] == "cat/train/000000"
    box = result.index["width"].iloc[0]
    assert box == 4  # the longest side of all
    # in the middle of the box: 3 wide, 4 high
    assert strokes(result) == [[[x + 0.5, y] for x, y in stroke] for stroke in POINTS]


def test_the_post_s_data_has_the_strokes_that_it_has():
    """A first stroke of n points has n - 1 rows; the later ones a row a point."""
    assert [len(stroke) for stroke in stroke3.lines(STROKE_3)] == [3, 2]


def test_quickdraw_simplified_and_raw(read):
    result, _ = read(dict([GOOD["quickdraw"]]))
    assert strokes(result) == [[[0, 0], [255, 51]], [[7, 9]]]
    # 20.5 wide and 41 high: the longer side becomes 255, the shorter stands in the middle
    assert strokes(result, 1)[1] == [[63.75, 0], [63.75, 255]]
    assert strokes(result, 1)[0][1] == [pytest.approx(63.75 + 127.5), 0]
    assert result.index["label"].tolist() == ["nose", "nose"] and result.index["width"].tolist() == [255, 255]
    assert result.index["id"][0] == "nose/5891796615823360" and result.index["code_point"][0] == -1


def test_casia(read):
    result, _ = read(dict([GOOD["pot"]]), select=["kanji", "other"])
    assert result.index["character"].tolist() == ["字", "!"] and result.index["code_point"].tolist() == [0x5B57, 0x21]
    assert result.index["kind"].tolist() == ["kanji", "other"]
    assert strokes(result) == [[[0, 27.25], [109, 27.25]], [[0, 81.75]]]
    assert len(read(dict([GOOD["pot"]]), select=["kanji"])[0].drawings) == 1  # kinds are selected as in KanjiVG


def test_iam(read):
    result, _ = read(dict([GOOD["iam"]]))
    assert strokes(result) == [[[1, 0], [0, 27]], [[104, 179]]]
    assert (result.index["width"][0], result.index["height"][0]) == (104, 179)


@pytest.mark.parametrize("zipped", [False, True])
def test_kanjivg_in_one_file_gives_the_drawings_of_its_svgs(read, kanjivg_archive, options, zipped):
    with zipfile.ZipFile(kanjivg_archive) as packed:
        chosen = sorted(packed.namelist())[2000:8000:150]
        svgs = [(name, packed.read(name)) for name in chosen]
    data = kanjivg(kanjivg_archive, chosen)
    name, data = ("k.xml.gz", gzip.compress(data)) if zipped else ("k.xml", data)
    result, found = read({name: data})
    assert found == "kanjivg"
    expected = [reading.read_file(name, data, options()) for name, data in svgs]
    assert result.index["id"].tolist() == [one.row["id"] for one in expected]
    assert result.index["groups"].tolist() == [one.row["groups"] for one in expected]
    for ours, theirs in zip(result.drawings, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs.steps)


# ---- damage

XML_BOMB = b'<!DOCTYPE kanjivg [<!ENTITY a "b">]><kanjivg><kanji id="kvg:kanji_05b57"/></kanjivg>'
DAMAGED = [  # the format, the file, and what is said of it
    ("stroke-3", GOOD["stroke-3"][1][:-40], "x: is no whole .npz"),
    ("stroke-3", npz(other=[STROKE_3]), "x: holds none of the arrays train, valid and test"),
    ("pot", GOOD["pot"][1][:-3], r"x: character 2, byte 32: the file ends within it; fetch it again"),
    ("pot", b"\x09\x00" + bytes(20), r"x: character 1, byte 0: a size of 9 bytes is none of a character"),
    ("kanjivg", b"<kanjivg><kanji", "x: is not XML"),
    ("kanjivg", b"<kanjivg/>", "x: holds no <kanji>"),
    ("kanjivg", b"<svg/>", "its root is <svg>, not <kanjivg>"),
    ("kanjivg", b'<kanjivg><kanji id="a"/></kanjivg>', "line 1: the id 'a' is none of KanjiVG"),
    ("kanjivg", XML_BOMB, "declares an XML entity"),
    ("kanjivg", gzip.compress(b"<kanjivg>" + bytes(range(256)) * 90)[:-90], "x: is no"),
]


@pytest.mark.parametrize(("form", "data", "said"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_named_with_the_place(form, data, said):
    with pytest.raises(FormatError, match=said):
        list(reading.readers.RECORDS[form].records(io.BytesIO(data), "x"))


def bad(form: str, data: object) -> Record:
    return Record("x", 0, "x: line 1", data, "train")


BROKEN = [
    ("quickdraw", b"{", "is not JSON"),
    ("quickdraw", b"[" * 10**5, "is not JSON"),
    ("quickdraw", b"[]", "has no list of strokes"),
    ("quickdraw", b'{"drawing": [[[1, 2], [3]]]}', "stroke 1 is not two lists of equal length"),
    ("quickdraw", b'{"drawing": [[[1], ["a"]]]}', "stroke 1 holds something that is not a number"),
    ("quickdraw", b'{"drawing": [[[NaN], [1]]]}', "is not JSON"),
    ("quickdraw", b'{"drawing": [[[1e999], [1]]]}', "stroke 1 holds a number that is not below"),
    ("quickdraw", b'{"drawing": [[[1' + b"0" * 400 + b"], [1]]]}", "stroke 1 holds a number that is not below"),
    ("quickdraw", b'{"drawing": [[[1e30, 2, 3], [1, 2, 3], [0, 1, 2]]]}', "stroke 1 holds a number that is not below"),
    ("stroke-3", (np.zeros((2, 2)), 1.0), r"is an array of \(2, 2\)"),
    ("stroke-3", (FormatError("is a list, no array"), 1.0), "is a list, no array"),
    ("stroke-3", (np.array([[np.nan, 2, 1]]), 1.0), "not a number below 1,000,000"),
    ("stroke-3", (np.array([[1.0, 2, 3]]), 1.0), "third column is not 0 or 1"),
    ("pot", struct.pack("<HIH4h", 16, 0xD7D6, 1, 1, 1, -1, 0), "does not end with -1, -1"),
    ("pot", struct.pack("<HIH6h", 20, 0xD7D6, 2, 1, 1, -1, 0, -1, -1), "says 2 strokes and holds 1"),
    ("pot", struct.pack("<HIH6h", 20, 0xFFFF, 1, 1, 1, -1, 0, -1, -1), "its tag 0xffff is no GB code"),
    ("iam", b"<svg/>", "its root is <svg>"),
    ("iam", IAM.replace('x="1073"', "").encode(), "<Stroke>: a point without numbers x and y"),
    ("iam", IAM.replace('x="1073"', 'x="NaN"').encode(), "a point without numbers x and y"),
    ("iam", IAM.replace('x="1073"', 'x="1_0"').encode(), "a point without numbers x and y"),
    ("iam", b"<WhiteboardCaptureSession/>", "holds no stroke"),
]


@pytest.mark.parametrize(("form", "data", "said"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_drawing_is_one_unreadable_drawing(form, data, said, options):
    parsed = reading.read_record(bad(form, data), options(), form)
    assert parsed.steps is None
    with pytest.raises(FormatError, match=said):
        reading.readers.RECORDS[form].read(bad(form, data))


def test_broken_lines_are_counted_and_named(read):
    data = lines(SIMPLE) + b"{\n" + lines(RAW)
    with pytest.raises(reading.ParseError, match="1 files cannot be read.*\n  nose.ndjson: line 2: is not JSON"):
        read({"nose.ndjson": data})
    result, _ = read({"nose.ndjson": data}, max_unreadable=1)
    assert len(result.drawings) == 2 and result.unreadable["file"].tolist() == ["nose.ndjson: line 2"]


def _with(value, dtype=np.float64):
    steps = STROKE_3.astype(dtype)
    steps[1, 0] = value
    return steps


WRONG = {  # a drawing that spoils itself, and nothing else
    "NaN": _with(np.nan),
    "inf": _with(np.inf),
    "-inf": _with(-np.inf, np.float16),
    "1e30": _with(1e30, np.float32),
    "1e308, twice": np.array([[1e308, 0, 0], [1e308, 0, 1]]),
    "far away in small steps": np.array([[9e5, 0, 0], [9e5, 0, 1]]),
    "a pen of NaN": np.array([[1, 1, np.nan]]),
    "a pen of 2": np.array([[1, 1, 2]]),
    "two columns": np.ones((4, 2)),
    "one dimension": np.ones(9),
    "four dimensions": np.ones((1, 1, 1, 3)),
    "no step": np.ones((0, 3)),
    "text": np.full((2, 3), "x"),
    "complex numbers": np.ones((2, 3), complex),
    "objects": np.array([[1, 2, None]], object),
    "a list": [[1, 1, 1]],
    "nothing": None,
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("split", ["train", "test"])
def test_one_wrong_drawing_of_an_npz_is_one_unreadable_drawing(name, split, read):
    good = {"train": [STROKE_3] * 3, "valid": [STROKE_3], "test": [STROKE_3[:2]]}
    whole, _ = read({"cat.npz": npz(**good)})
    spoiled = {**good, split: [*good[split], WRONG[name]]}
    result, _ = read({"cat.npz": npz(**spoiled)}, max_unreadable=1)
    assert result.unreadable["file"].tolist() == [f"cat.npz: {split}, drawing {len(good[split])}"]
    assert len(result.drawings) == len(whole.drawings)
    for ours, theirs in zip(result.drawings, whole.drawings, strict=True):  # in the same box, too
        np.testing.assert_array_equal(ours, theirs)


SPOILED = {
    "quickdraw": {"nose.ndjson": lines(SIMPLE, {**SIMPLE, "drawing": [[[1e30], [1]]]}, RAW)},
    "pot": {"1.pot": GOOD["pot"][1] + struct.pack("<HIH6h", 20, 0xFFFF, 1, 1, 1, -1, 0, -1, -1) + GOOD["pot"][1]},
    "iam": {f"{x}.xml": IAM.replace("1073", x).encode() for x in ("1073", "NaN", "1e30", "1e308", "Infinity")},
}


@pytest.mark.parametrize(("form", "bad"), [("quickdraw", 1), ("pot", 1), ("iam", 4)])
def test_a_wrong_drawing_leaves_the_others_in_every_format(form, bad, read):
    result, found = read(SPOILED[form], max_unreadable=bad)
    assert found == form and len(result.unreadable) == bad and len(result.drawings) > 0


def test_a_plain_array_with_a_wrong_drawing(read):
    rows = np.tile(STROKE_3.astype(np.float32), (3, 1, 1))
    rows[1, 0, 0] = np.nan
    file = io.BytesIO()
    np.savez(file, train=rows)
    result, _ = read({"cat.npz": file.getvalue()}, max_unreadable=1)
    assert result.unreadable["file"].tolist() == ["cat.npz: train, drawing 1"] and len(result.drawings) == 2


# ---- ids


def test_ids_are_made_distinct_in_order(read):
    data = lines(*({**SIMPLE, "key_id": key} for key in ["a", "b", "a", "a~2", "a", "A"]))
    result, _ = read({"nose.ndjson": data})
    assert result.index["id"].tolist() == [f"nose/{key}" for key in ["a", "b", "a~2", "a~2~2", "a~3", "A"]]


def test_ids_are_distinct_across_files_and_chunks_whatever_the_jobs(tmp_path, options, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 2)
    path = tmp_path / "drawings.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for ending in ("ndjson", "NDJSON"):
            archive.writestr(f"nose.{ending}", lines(*[{**SIMPLE, "key_id": "a"}] * 3))
    one, two = (reading.parse(path, options(), jobs=jobs, form="quickdraw") for jobs in (1, 2))
    assert one.index["id"].tolist() == ["nose/a", *(f"nose/a~{i}" for i in range(2, 7))]
    assert two.index["id"].tolist() == one.index["id"].tolist()


def test_lines_are_read_one_by_one():
    """Of an endless file the first drawings come at once."""

    class Endless(io.RawIOBase):
        def readline(self, size=-1):
            return lines(SIMPLE)

    source = quickdraw.records(Endless(), "x")
    assert [next(source).number for _ in range(3)] == [1, 2, 3]


def test_a_line_without_end(monkeypatch):
    monkeypatch.setattr(quickdraw, "MAX_LINE_BYTES", 100)
    found = list(quickdraw.records(io.BytesIO(b" " * 250 + b"\n{}\n" + b"x" * 200), "x"))
    assert [(one.number, isinstance(one.data, FormatError)) for one in found] == [(1, True), (2, False), (3, True)]
    assert "is longer than 100 bytes" in str(found[0].data)


# ---- round trips

coordinate = st.integers(-2000, 2000)
shapes = st.lists(st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=5), min_size=1, max_size=4)


@given(shapes)
def test_stroke_3_there_and_back(drawn):
    """Written by the export and read again, a drawing has its shape; a first stroke of one point becomes two."""
    steps = drawing.from_strokes([np.array(stroke, float) for stroke in drawn], 109, 109)
    back = stroke3.lines(interchange.stroke_3(steps))
    if len(drawn[0]) == 1:
        back[0] = back[0][:1]
    moved = np.array(drawn[0][0], float)
    for ours, theirs in zip(back, drawn, strict=True):
        np.testing.assert_allclose(ours + moved, np.array(theirs, float), atol=1e-2)


@given(shapes)
@settings(deadline=None)
def test_casia_there_and_back(drawn):
    drawn = [[(x + 2000, y + 2000) for x, y in stroke] for stroke in drawn]  # -1, 0 and -1, -1 are marks
    (record,) = casia.records(io.BytesIO(pot(("字", drawn))), "x.pot")
    found = casia.read(record)
    assert found.character == "字" and [len(s) for s in found.strokes] == [len(s) for s in drawn]
    points, original = np.concatenate(found.strokes), np.concatenate(drawn).astype(float)
    span = np.ptp(original, axis=0).max() or casia.SIDE
    spread = (original - original.mean(axis=0)) * casia.SIDE / span
    np.testing.assert_allclose(points - points.mean(axis=0), spread, atol=1e-6)
    assert (points >= -1e-9).all() and (points <= casia.SIDE + 1e-9).all()


# ---- splits that come with the data


def test_a_split_that_comes_with_the_data_is_kept(scribbles, batch_params):
    given = ["test"] * 7 + ["valid"] * 5 + ["train"] * 108
    with_split = dataset.DrawingSet(scribbles.points, scribbles.index.assign(split=given))
    assert holdout.splits(with_split.index, batch_params(test_percent=49, valid_percent=49)) == given


def test_what_the_data_lacks_is_made_of_its_training_drawings(scribbles, batch_params):
    index = scribbles.index.assign(split=["test"] * 20 + ["train"] * 60 + [""] * 40)
    found = holdout.splits(index, batch_params(test_percent=10, valid_percent=30))
    assert found[:20] == ["test"] * 20 and "test" not in found[20:] and "valid" in found[20:]
    with pytest.raises(holdout.BatchError, match="names the split 'dev'; allowed are train, valid, test"):
        holdout.splits(index.assign(split="dev"), batch_params())


@given(st.floats(0.01, 1000))
def test_the_automatic_scale_makes_offsets_of_root_mean_square_one(factor):
    source = np.random.default_rng(3)
    points = np.column_stack((source.normal(0, factor, (400, 2)), np.tile([0, 2], 200))).astype(np.float32)
    index = pd.DataFrame({"id": [f"d{i}" for i in range(200)], "code_point": -1, "start": np.arange(0, 400, 2)})
    drawings = dataset.DrawingSet(points, index.assign(stop=index["start"] + 2))
    options = holdout.BatchParams(scale="auto", size=8, length_noise=0.1, test_percent=10, valid_percent=10)
    scaled, split = holdout.prepare(drawings, options)
    offsets = np.concatenate([s[:, :2] for s, name in zip(scaled, split["split"], strict=True) if name == "train"])
    assert np.sqrt(np.mean(offsets.astype(float) ** 2)) == pytest.approx(1, rel=1e-5)
    assert holdout.resolved(drawings, options).scale == scaled.scale
