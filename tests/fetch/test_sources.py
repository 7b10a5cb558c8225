"""The three sources against packages, servers and folders made here; nothing leaves this machine."""

import csv
import gc
import hashlib
import http.server
import json
import os
import threading
import zipfile

import pytest

from pipeline import params
from pipeline.fetch import downloads, items, sources
from pipeline.fetch.sources import FetchParams, SourceError, fetch

A, B = b"<svg>a</svg>", b"<svg>bb</svg>"
NOTHING = "0" * 64


def options(**changes):
    values = {
        "source": "package",
        "format": "auto",
        "package": "tiny-drawings",
        "version": "1.0",
        "sha256": NOTHING,
        "url": None,
        "path": None,
        "licence": None,
        "hands": {},
    }
    return FetchParams(**{**values, **changes})


def write_zip(path, entries):
    """entries: (name, bytes) pairs or a dictionary; names are written as they are, however bad."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(zipfile.ZipInfo(name), data)
    return path


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def contents(folder):
    with zipfile.ZipFile(folder / sources.ARCHIVE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def source(folder):
    return json.loads((folder / sources.SOURCE).read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv(downloads.CACHE_VARIABLE, str(folder))
    return folder


@pytest.fixture
def out(tmp_path):
    """The output's place; nothing but the whole output may ever be there."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "raw"


def refused(given, out, reason):
    """Fetching fails with that reason and leaves nothing."""
    with pytest.raises(SourceError, match=reason) as caught:
        fetch(given, out)
    assert "\n" not in str(caught.value)
    assert list(out.parent.iterdir()) == []


# ---- folder


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "drawings"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "b.svg").write_bytes(B)
    (root / "sub" / "deep" / "a.SVG").write_bytes(A)
    (root / "notes.txt").write_text("no drawing")
    (root / ".hidden.svg").write_bytes(B)
    return root


def test_a_folder_becomes_an_archive_and_a_manifest(folder, out):
    assert fetch(options(source="folder", path=str(folder)), out) == {"files": 2, "bytes": 25}
    assert contents(out) == {"b.svg": B, "sub/deep/a.SVG": A}
    with (out / sources.MANIFEST).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"name": name, "bytes": str(len(data)), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in [("b.svg", B), ("sub/deep/a.SVG", A)]
    ]
    assert source(out) == {"source": "folder", "format": "svg", "path": str(folder), "licence": ""}


def test_the_same_files_give_the_same_bytes(folder, out, tmp_path):
    fetch(options(source="folder", path=str(folder)), out)
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    for path in folder.rglob("*.svg"):
        os.utime(path, (1e9, 1e9))
    fetch(options(source="folder", path=str(folder)), out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    (folder / "b.svg").write_bytes(A)  # control: another content is seen
    fetch(options(source="folder", path=str(folder)), out)
    assert all((out / name).read_bytes() != first[name] for name in (sources.ARCHIVE, sources.MANIFEST))


def test_a_folders_licence_is_given(folder, out):
    fetch(options(source="folder", path=str(folder), licence="CC0"), out)
    assert source(out)["licence"] == "CC0"


def test_a_link_that_leaves_the_folder_is_refused(folder, out, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x.svg").write_bytes(A)
    given = options(source="folder", path=str(folder))
    (folder / "sub" / "x.svg").symlink_to(tmp_path / "secret" / "x.svg")
    refused(given, out, "the link 'sub/x.svg' leaves the folder; put a copy there")
    (folder / "sub" / "x.svg").unlink()
    (folder / "away").symlink_to(tmp_path / "secret")
    refused(given, out, "the link 'away' leaves the folder")
    (folder / "away").unlink()
    (folder / "same").symlink_to(folder / "sub")  # within the folder: what it shows is there already
    (folder / "c.svg").symlink_to(folder / "b.svg")
    assert fetch(given, out)["files"] == 3


def test_folders_that_hold_no_drawings(tmp_path, out):
    refused(
        options(source="folder", path=str(tmp_path / "none")), out, "none' is not a folder; give one that holds an .svg"
    )
    (tmp_path / "empty").mkdir()
    refused(options(source="folder", path=str(tmp_path / "empty")), out, "holds no .svg file")


def test_two_files_that_would_have_one_name(folder, out):
    (folder / "b.SVG").write_bytes(A)
    refused(options(source="folder", path=str(folder)), out, "2 drawings are named 'b'; rename all but one")


def test_a_file_too_large_to_be_a_drawing(folder, out, monkeypatch):
    monkeypatch.setattr(items, "MAX_FILE_BYTES", 12)
    refused(options(source="folder", path=str(folder)), out, "'b.svg' has 13 bytes, above 12; take it out")


def test_an_earlier_output_stays_when_a_later_fetch_fails(folder, out, tmp_path):
    fetch(options(source="folder", path=str(folder)), out)
    with pytest.raises(SourceError):
        fetch(options(source="folder", path=str(tmp_path / "none")), out)
    assert contents(out) == {"b.svg": B, "sub/deep/a.SVG": A}


# ---- release


@pytest.fixture
def server(tmp_path):
    """A loopback server: its address, and the folder it serves. truncated.zip ends before its announced length."""
    root = tmp_path / "served"
    root.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given):
            super().__init__(*given, directory=str(root))

        def do_GET(self):
            if "truncated" not in self.path:
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b"PK")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", root
        listening.shutdown()


GOOD = {"kanji/b.svg": B, "kanji/a.svg": A, "kanji/": b"", "README.md": b"", "__MACOSX/kanji/._a.svg": b"x"}


def release(address, path, **changes):
    return options(source="release", url=f"{address}/{path.name}", sha256=sha256(path), **changes)


def test_a_release_by_its_address(server, out):
    address, root = server
    given = release(address, write_zip(root / "r.zip", GOOD))
    fetch(given, out)
    assert list(contents(out).items()) == [("a.svg", A), ("b.svg", B)]
    assert source(out) == {
        "source": "release",
        "format": "svg",
        "url": given.url,
        "sha256": given.sha256,
        "licence": "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0",
    }


def test_a_release_on_this_machine(tmp_path, out):
    path = write_zip(tmp_path / "r ö.zip", GOOD)
    fetch(options(source="release", url=path.as_uri(), sha256=sha256(path)), out)
    assert set(contents(out)) == {"a.svg", "b.svg"}


def test_a_release_is_brought_once_and_again_when_the_kept_file_is_damaged(server, out, cache):
    address, root = server
    path = write_zip(root / "r.zip", GOOD)
    given = release(address, path)
    fetch(given, out)
    good = path.read_bytes()
    path.unlink()
    assert fetch(given, out)["files"] == 2  # from the cache
    (kept,) = cache.iterdir()
    kept.write_bytes(good[:-1])
    with pytest.raises(SourceError, match="404"):
        fetch(given, out)
    path.write_bytes(good)
    assert fetch(given, out)["files"] == 2 and kept.read_bytes() == good


@pytest.mark.parametrize(
    ("name", "sha", "reason"),
    [
        (
            "r.zip",
            NOTHING,
            f"r.zip has the sha256 [0-9a-f]*, not {NOTHING} as fetch.sha256 has it: .* correct fetch.sha256",
        ),
        ("absent.zip", NOTHING, "absent.zip cannot be had: 404 .*; check fetch.url"),
        ("truncated.zip", NOTHING, "truncated.zip cannot be reached .*IncompleteRead"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_releases_that_cannot_be_had(server, out, cache, name, sha, reason):
    address, root = server
    write_zip(root / "r.zip", GOOD)
    refused(options(source="release", url=f"{address}/{name}", sha256=sha), out, reason)
    assert list(cache.iterdir()) == []
    gc.collect()  # requests leaves the broken connection to the collector, which warns: here, not in a later test


def test_no_network(out, tmp_path):
    refused(options(source="release", url="http://127.0.0.1:9/r.zip"), out, "cannot be reached .*check the network")
    refused(options(source="release", url=(tmp_path / "r.zip").as_uri()), out, "cannot be reached .*No such file")
    refused(options(source="release", url="r.zip"), out, "fetch.url='r.zip' is no address; it begins with https:")


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"../a.svg": A}, "the entry '../a.svg' leaves the archive"),
        ({"x/../../a.svg": A}, "leaves the archive"),
        ({"/etc/a.svg": A}, "the entry '/etc/a.svg' leaves the archive"),
        ({"..\\a.svg": A}, "leaves the archive"),
        ({"C:\\a.svg": A}, "leaves the archive"),
        ({"a.svg": A, "../x.txt": A}, "leaves the archive"),  # though it is not a drawing
        ({"a.html": A}, "none of its 1 entries is an .svg file"),
        ({"a.txt": A, "b.json": A}, "holds no .svg file or one of another known format; give another"),
        ({}, "none of its 0 entries"),
        ([("a.svg", A), ("a.svg", B)], "has two entries named 'a.svg'"),
        ([("a.svg", A), ("a.SVG", B)], "2 drawings are named 'a'"),
        ({"a.svg": bytes(20_000)}, "'a.svg' has 20,000 bytes, above 10,000; take it out"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_zips_that_are_refused(tmp_path, out, monkeypatch, entries, reason):
    monkeypatch.setattr(items, "MAX_FILE_BYTES", 10_000)
    path = write_zip(tmp_path / "r.zip", entries)
    refused(options(source="release", url=path.as_uri(), sha256=sha256(path)), out, f"r.zip: .*{reason}")


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-30], lambda b: b[:60], lambda b: b"no zip", lambda b: b[:45] + b"?" * 9 + b[54:]]
)
def test_a_damaged_archive(tmp_path, out, damage):
    path = write_zip(tmp_path / "r.zip", {"a.svg": os.urandom(500), "b.svg": B})
    path.write_bytes(damage(path.read_bytes()))
    refused(
        options(source="release", url=path.as_uri(), sha256=sha256(path)),
        out,
        "is no whole zip archive .*fetch it again",
    )


def test_folders_stay_where_names_alone_are_not_unique(tmp_path, out):
    path = write_zip(tmp_path / "r.zip", {"x/a.svg": A, "y/a.svg": B, "b.svg": B})
    fetch(options(source="release", url=path.as_uri(), sha256=sha256(path)), out)
    assert contents(out) == {"b.svg": B, "x/a.svg": A, "y/a.svg": B}


# ---- package


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel that pip finds in a folder and nowhere else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    about = "Metadata-Version: 2.1\nName: tiny-drawings\nVersion: 1.0\n"
    entries = {
        "kanji/05b57.svg": A,
        "tiny_drawings-1.0.dist-info/METADATA": about,
        "tiny_drawings-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "tiny_drawings-1.0.dist-info/RECORD": "",
    }
    return write_zip(folder / "tiny_drawings-1.0-py3-none-any.whl", entries)


def test_a_package_is_brought_by_pip_once(wheel, out, cache):
    given = options(sha256=sha256(wheel))
    fetch(given, out)
    assert contents(out) == {"05b57.svg": A}
    licence = "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"
    assert source(out) == {
        "source": "package",
        "format": "svg",
        "package": "tiny-drawings",
        "version": "1.0",
        "sha256": given.sha256,
        "licence": licence,
    }
    wheel.rename(wheel.with_suffix(".away"))
    assert fetch(given, out)["files"] == 1  # from the cache
    (kept,) = cache.iterdir()
    kept.write_bytes(b"damaged")
    wheel.with_suffix(".away").rename(wheel)
    assert fetch(given, out)["files"] == 1 and kept.read_bytes() == wheel.read_bytes()


def test_a_package_of_another_hash(wheel, out, cache):
    refused(options(), out, f"tiny-drawings 1.0 has the sha256 {sha256(wheel)}, not {NOTHING} as fetch.sha256 has it")
    assert list(cache.iterdir()) == []


def test_a_version_that_is_not_there(wheel, out):
    refused(
        options(version="2.0"), out, "there is no such version; there are 1.0: correct fetch.version and fetch.sha256"
    )


def test_a_package_that_is_not_there(wheel, out):
    refused(options(package="no-such-drawings"), out, "pip's index has no such package; check fetch.package")


def test_a_package_without_network(wheel, out, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    refused(options(), out, "pip cannot reach its package index; check the network")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("/usr/bin/python: No module named pip\n", "has no pip; run .* -m ensurepip"),
        ("noise\nERROR: the disk is full\nmore", "could not be brought: the disk is full$"),
        ("", "failed and did not say why"),
        ("WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'", "check the network"),
    ],
)
def test_what_pip_says_becomes_one_line(said, reason):
    with pytest.raises(AssertionError, match=reason):  # the text as an exception, for `match`
        raise AssertionError(downloads._explain("x", "1", NOTHING, said))


def test_a_cache_that_cannot_be_used(wheel, out, cache):
    cache.write_text("a file, not a folder")
    refused(
        options(sha256=sha256(wheel)), out, f"cannot be used .*; set {downloads.CACHE_VARIABLE} to a folder that can be"
    )


def test_kanjivg_is_whole(kanjivg_archive):
    with zipfile.ZipFile(kanjivg_archive) as archive:
        names = archive.namelist()
    assert len(names) == 11_662 and names == sorted(names) and names[0] == "00021.svg"


# ---- parameters


def test_the_default_parameters_are_the_official_package(defaults):
    given = FetchParams(**defaults["fetch"])
    assert (given.source, given.package, given.version) == ("package", "kanjivg", "20260714")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": "release"}, "fetch.url must be given with fetch.source: release"),
        ({"source": "folder"}, "fetch.path must be given with fetch.source: folder"),
        ({"source": "ftp"}, "fetch.source"),
        ({"sha256": "abc"}, "fetch.sha256"),
        ({"package": "--index-url=x"}, "fetch.package"),  # never an option of pip's
        ({"version": "1.0 --hash"}, "fetch.version"),
        ({"version": 20260714}, "fetch.version"),
    ],
)
def test_parameters_that_are_refused(defaults, changes, reason):
    with pytest.raises(params.ParamsError, match=reason):
        params.build(FetchParams, {**defaults["fetch"], **changes}, "fetch")
