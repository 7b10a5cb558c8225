"""Errors of fetch, parse and batch that name a cure: each is met, its cure is done to the letter, and it is gone.

A cure may lead to another error, which then has its own row here (`then`).
"""

import io
import json
import zipfile

import numpy as np
import pytest

from pipeline import dataset
from pipeline.batch import holdout
from pipeline.batch.holdout import BatchError, BatchParams
from pipeline.fetch import downloads, sources
from pipeline.fetch.sources import FetchParams, SourceError
from pipeline.parse import characters, reading
from pipeline.parse.reading import ParseError, ParseParams

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" fill="none" stroke="#000">'
GOOD = f'{HEAD}<path d="M10 10L90 90"/></svg>'.encode()
BAD = f'{HEAD}<path d="M10 10L"/></svg>'.encode()
LINE = json.dumps({"word": "x", "key_id": "1", "drawing": [[[1, 9], [1, 9]]]}).encode() + b"\n"
IAM = (
    b'<WhiteboardCaptureSession><StrokeSet><Stroke><Point x="1" y="1"/></Stroke></StrokeSet></WhiteboardCaptureSession>'
)


def npz(*drawings):
    array = np.empty(len(drawings), object)
    array[:] = drawings
    file = io.BytesIO()
    np.savez(file, train=array)
    return file.getvalue()


STEPS = np.array([[3, 0, 0], [0, 4, 1]], np.int16)


class Reading:
    """A folder of files, and the parameters with which they are read."""

    def __init__(self, folder, defaults):
        self.root, self.raw = folder / "given", folder / "raw"
        self.root.mkdir()
        self.fetch = {**defaults["fetch"], "source": "folder", "path": str(self.root)}
        self.parse = dict(defaults["parse"])
        self.batch = {**defaults["batch"], "test_percent": 30, "valid_percent": 30}
        self.index = None

    def put(self, **files):
        for name, data in files.items():
            (self.root / name.replace("_", ".")).write_bytes(data)

    def take_out(self, name):
        (self.root / name).unlink()

    def zip(self, name="a.zip", **files):
        path = self.root.parent / name
        with zipfile.ZipFile(path, "w") as archive:
            for entry, data in files.items():
                archive.writestr(entry.replace("_", "."), data)
        self.fetch["path"] = str(path)

    def single(self, name, data):
        path = self.root.parent / name
        path.write_bytes(data)
        self.fetch["path"] = str(path)

    def run(self):
        sources.fetch(FetchParams(**self.fetch), self.raw)
        source = json.loads((self.raw / sources.SOURCE).read_text())
        values = {**self.parse, "names": characters.settled(self.parse["names"], source)}
        found = reading.parse(self.raw / sources.ARCHIVE, ParseParams(**values), jobs=1, form=source["format"])
        self.index = found.index
        return found


@pytest.fixture
def work(tmp_path, defaults):
    return Reading(tmp_path, defaults)


def both(*changes):
    return lambda work: [change(work) for change in changes]


def set_(section, **values):
    return lambda work: getattr(work, section).update(values)


CURES = {
    # name: what is wrong, the error and its cure as said, the cure done, the error that may follow
    "fetch.path is no folder": (
        set_("fetch", path="/nowhere/at/all"),
        "is not a folder; give one that holds an .svg file",
        lambda work: (work.put(a_svg=GOOD), work.fetch.update(path=str(work.root))),
    ),
    "a folder without a drawing": (
        lambda work: work.put(a_txt=b"x"),
        "holds no .svg file or one of another known format.*; give another",
        lambda work: work.put(a_svg=GOOD),
    ),
    "a folder without a drawing of the format": (
        both(set_("fetch", format="stroke-3"), lambda work: work.put(a_svg=GOOD)),
        "holds no .npz file.*or set fetch.format: auto",
        set_("fetch", format="auto"),
    ),
    "a single file of no known kind": (
        lambda work: work.single("notes.txt", b"hello"),
        "neither a whole zip archive nor a file of a known format; give another, or set fetch.format",
        lambda work: work.single("a.svg", GOOD),
    ),
    "a single file of no known kind, its format set": (
        lambda work: work.single("notes.dat", b"hello"),
        "give another, or set fetch.format",
        set_("fetch", format="quickdraw"),
        "notes.dat.ndjson: line 1: is not JSON",
    ),
    "a single file of a known ending and another content": (
        lambda work: work.single("notes.ndjson", b"hello"),
        "'notes.ndjson' is of no known format; take it out, give another, or set fetch.format",
        lambda work: work.single("b.ndjson", LINE),
    ),
    "a zip that is none": (
        lambda work: work.single("a.zip", b"PK"),
        "is no whole zip archive .*; fetch it again",
        lambda work: work.zip(a_svg=GOOD),
    ),
    "a zip without a drawing": (
        lambda work: work.zip(a_html=b"x"),
        "none of its 1 entries is an .svg file.*; give another",
        lambda work: work.zip(a_svg=GOOD),
    ),
    "a zip without a drawing of the format": (
        both(set_("fetch", format="quickdraw"), lambda work: work.zip(a_svg=GOOD)),
        "none of its 1 entries is an .ndjson file; give another, or set fetch.format: auto",
        set_("fetch", format="auto"),
    ),
    "a file of no known format among others": (
        lambda work: work.put(a_ndjson=LINE, b_xml=b"<x/>"),
        "'b.xml' is of no known format; take it out",
        lambda work: work.take_out("b.xml"),
    ),
    "two formats, set": (
        lambda work: work.put(a_ndjson=LINE, b_xml=IAM),
        "set fetch.format, or part them",
        set_("fetch", format="iam"),
    ),
    "two formats, parted": (
        lambda work: work.put(a_ndjson=LINE, b_xml=IAM),
        "set fetch.format, or part them",
        lambda work: work.take_out("b.xml"),
    ),
    "two files of one drawing": (
        lambda work: work.put(a_svg=GOOD, a_svgz=GOOD),
        "2 drawings are named 'a'; rename all but one",
        lambda work: (work.root / "a.svgz").rename(work.root / "b.svgz"),
    ),
    "a link to nothing": (
        lambda work: (work.put(a_svg=GOOD), (work.root / "b.svg").symlink_to(work.root / "none")),
        "'b.svg' is no file or a link to none; take it out",
        lambda work: work.take_out("b.svg"),
    ),
    "a link out": (
        lambda work: (work.put(a_svg=GOOD), (work.root / "b.svg").symlink_to(work.root.parent / "c.svg")),
        "the link 'b.svg' leaves the folder; put a copy there",
        lambda work: (work.take_out("b.svg"), work.put(b_svg=GOOD)),
    ),
    "more unreadable than allowed, mended": (
        lambda work: work.put(a_svg=GOOD, b_svg=BAD),
        "1 files cannot be read, parse.max_unreadable allows 0; mend them or raise it:\n  b.svg: ",
        lambda work: work.put(b_svg=GOOD),
    ),
    "more unreadable than allowed, raised": (
        lambda work: work.put(a_svg=GOOD, b_svg=BAD),
        "parse.max_unreadable allows 0; mend them or raise it",
        set_("parse", max_unreadable=1),
    ),
    "all unreadable, raised": (
        lambda work: work.put(a_svg=BAD, b_svg=BAD),
        "2 files cannot be read, parse.max_unreadable allows 0; mend them or raise it",
        set_("parse", max_unreadable=9),
        "none of the 2 files can be read; mend them or give others:\n  a.svg: .*lacks numbers",
    ),
    "all unreadable within the limit": (
        both(set_("parse", max_unreadable=9), lambda work: work.put(a_svg=BAD)),
        "none of the 1 files can be read; mend them or give others:\n  a.svg: line 1, <path>: .*lacks numbers",
        lambda work: work.put(a_svg=GOOD),
    ),
    "kinds left out": (
        both(set_("parse", names="hex"), lambda work: work.put(**{"03042_svg": GOOD})),
        r"none of the 1 files \(1 kana\) is selected; widen parse.select by kana$",
        set_("parse", select=["kanji", "kana"]),
    ),
    "variants left out": (
        both(set_("parse", names="hex", variants=False), lambda work: work.put(**{"05b57-Kaisho_svg": GOOD})),
        r"none of the 1 files \(1 kanji\) is selected; set parse.variants: true$",
        set_("parse", variants=True),
    ),
    "variants of kinds left out": (
        both(set_("parse", names="hex", variants=False), lambda work: work.put(**{"03042-Kaisho_svg": GOOD})),
        "is selected; widen parse.select by kana and set parse.variants: true$",
        set_("parse", select=["kana"], variants=True),
    ),
    "some left out, the rest unreadable": (
        both(set_("parse", names="hex", max_unreadable=1), lambda work: work.put(**{"03042_svg": GOOD, "b_svg": BAD})),
        "widen parse.select by kana. 1 of them cannot be read:\n  b.svg: ",
        set_("parse", select=["kana"]),
    ),
    "an npz of no drawing": (
        lambda work: work.put(a_npz=npz()),
        "the files hold no drawing; give others by fetch.path",
        lambda work: work.put(a_npz=npz(STEPS)),
    ),
    "a drawing of an npz that is none": (
        lambda work: work.put(a_npz=npz(STEPS, np.array([[np.nan, 0, 1]]))),
        "a.npz: train, drawing 1: .*; leave it out of the file",
        lambda work: work.put(a_npz=npz(STEPS)),
    ),
    "a line that is none": (
        lambda work: work.put(a_ndjson=LINE + b"{\n"),
        "a.ndjson: line 2: is not JSON .* or take the line out",
        lambda work: work.put(a_ndjson=LINE),
    ),
    "a number with a bare point": (
        lambda work: work.put(a_svg=GOOD.replace(b"M10 10", b"M10. 10")),
        "write 1 or 1.0, not 1.",
        lambda work: work.put(a_svg=GOOD.replace(b"M10 10", b"M10.0 10")),
    ),
    "no viewBox": (
        lambda work: work.put(a_svg=b'<svg stroke="red"><path d="M1 1H9"/></svg>'),
        "has no viewBox.*; add viewBox",
        lambda work: work.put(a_svg=b'<svg stroke="red" viewBox="0 0 9 9"><path d="M1 1H9"/></svg>'),
    ),
    "a stroke of too many points": (
        both(
            set_("parse", rule="arclength", spacing=0.01),
            lambda work: work.put(a_svg=GOOD.replace(b"L90 90", b"H900000")),
        ),
        r"raise parse.spacing to 9\b",
        set_("parse", spacing=9.0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CURES)
def test_the_cure_cures(name, work):
    wrong, said, cure, *then = CURES[name]
    wrong(work)
    with pytest.raises((SourceError, ParseError), match=f"(?s){said}"):
        work.run()
    cure(work)
    if then:
        with pytest.raises((SourceError, ParseError), match=f"(?s){then[0]}"):
            work.run()
    else:
        assert len(work.run().drawings) >= 1


# ---- a single file by its content


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("drawing", GOOD, "svg"),
        ("cat.bin", npz(STEPS), "stroke-3"),
        ("cat.json", LINE, "quickdraw"),
        ("line.txt", IAM, "iam"),
    ],
)
def test_a_single_file_is_told_by_its_content_whatever_its_name(name, data, form, work):
    work.single(name, data)
    assert len(work.run().drawings) == 1
    assert json.loads((work.raw / sources.SOURCE).read_text())["format"] == form


# ---- downloads


def test_the_hash_that_is_told_is_the_one_to_correct_it_with(work, tmp_path, monkeypatch):
    monkeypatch.setenv(downloads.CACHE_VARIABLE, str(tmp_path / "cache"))
    work.zip(a_svg=GOOD)
    url = (tmp_path / "a.zip").as_uri()
    work.fetch.update(source="release", url=url, sha256="0" * 64)
    with pytest.raises(SourceError, match="correct fetch.sha256 if you trust this one") as caught:
        work.run()
    work.fetch.update(sha256=str(caught.value).split("sha256 ")[1][:64])
    assert len(work.run().drawings) == 1


def test_a_cache_that_cannot_be_used(work, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(downloads.CACHE_VARIABLE, str(tmp_path / "file" / "cache"))
    work.zip(a_svg=GOOD)
    work.fetch.update(source="release", url=(tmp_path / "a.zip").as_uri(), sha256=downloads.digest(tmp_path / "a.zip"))
    with pytest.raises(SourceError, match=f"set {downloads.CACHE_VARIABLE} to a folder that can be"):
        work.run()
    monkeypatch.setenv(downloads.CACHE_VARIABLE, str(tmp_path / "cache"))
    assert len(work.run().drawings) == 1


# ---- batch


def test_a_scale_for_drawings_without_size(work, tmp_path):
    dots = {f"{i}_svg": f'{HEAD}<path d="M50 50z"/></svg>'.encode() for i in range(40)}
    work.put(**dots)
    found = work.run()
    (tmp_path / "set").mkdir()
    dataset.save(tmp_path / "set", found.drawings, found.index)
    drawings = dataset.load(tmp_path / "set")
    with pytest.raises(BatchError, match="batch.scale: auto needs drawings that have a size.*; set a number"):
        holdout.resolved(drawings, BatchParams(**{**work.batch, "scale": "auto"}))
    assert holdout.resolved(drawings, BatchParams(**{**work.batch, "scale": 15.0})).scale == 15.0


def test_drawings_told_apart_by_a_number_share_a_split(defaults):
    for name in ("nose/1", "nose/2", "nose/3"):
        assert len({holdout.split_of(-1, f"{name}{added}", 30, 30) for added in ("", "~2", "~3", "~2~2")}) == 1


def test_every_row_names_a_cure():
    words = (
        "give",
        "set",
        "take",
        "mend",
        "rename",
        "raise",
        "widen",
        "put",
        "leave",
        "write",
        "add",
        "fetch it again",
    )
    assert all(any(word in row[1] for word in words) for row in CURES.values())
