"""Packages of npm: brought by npm, checked, kept, read as they are; a program in npm's place says what npm says."""

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from pipeline.fetch import downloads, sources
from pipeline.fetch.sources import FetchParams, Source, SourceError, fetch, fetched

NOTHING = "0" * 64
MEDIANS = {"strokes": [], "medians": [[[100, 900], [512, 388]]]}
FILES = {
    "package/package.json": json.dumps({"name": "tiny", "version": "1.0.0", "license": "SEE ARPHICPL.TXT"}),
    "package/ARPHICPL.TXT": "you may\r\n",
    "package/APL/gb/ARPHICPL.TXT": "elsewhere",
    "package/字.json": json.dumps(MEDIANS),
    "package/一.json": json.dumps(MEDIANS),
    "package/index.js": "",
}
CREDIT = "tiny-strokes 1.0.0, SEE ARPHICPL.TXT"


def packed(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(downloads.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Puts a program named npm before all others; it copies a file there, or says something and fails."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "npm"
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    def made(package: Path | None = None, said: str = "") -> None:
        copy = f'cp "{package}" "$4"' if package else f'echo "{said}" >&2; exit 1'
        program.write_text(f'#!/bin/sh\nset -e\ntest "$1 $2 $3" = "pack --silent --pack-destination"\n{copy}\n')
        program.chmod(0o755)

    return made


@pytest.fixture
def asked(defaults):
    def made(sha256: str = NOTHING, **changes) -> FetchParams:
        given = {"source": "npm", "package": "tiny-strokes", "version": "1.0.0", "sha256": sha256}
        return FetchParams(**{**defaults["fetch"], **given, **changes})

    return made


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_package_is_brought_once_with_its_licence(npm, asked, tmp_path):
    package = packed(tmp_path / "tiny.tgz", FILES)
    npm(package)
    assert fetch(asked(digest(package)), tmp_path / "raw") == {"files": 2, "bytes": 2 * len(json.dumps(MEDIANS))}
    (found,) = fetched(tmp_path / "raw")
    assert found.about == {
        "source": "npm", "format": "hanzi-writer", "licence": CREDIT, "licence_text": "you may",
        "package": "tiny-strokes", "version": "1.0.0", "sha256": digest(package),
    }  # fmt: skip
    npm(said="it is not asked again")
    given = asked(digest(package), licence="Arphic Public License")
    fetch(given, tmp_path / "again")
    assert fetched(tmp_path / "again")[0].about["licence"] == "Arphic Public License"
    assert (tmp_path / "again" / sources.ARCHIVE).read_bytes() == (tmp_path / "raw" / sources.ARCHIVE).read_bytes()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("npm error code E404", "npm's registry has no such package; check fetch.package"),
        ("npm error code ETARGET", "there is no such version; correct fetch.version and fetch.sha256"),
        ("npm error code ENOTFOUND", "npm cannot reach its registry; check the network"),
        ("npm error the disk is full", "could not be brought: npm error the disk is full"),
        ("", "npm failed and did not say why"),
    ],
)
def test_what_npm_says_becomes_one_line(npm, asked, tmp_path, said, reason):
    npm(said=said)
    with pytest.raises(SourceError, match=reason):
        fetch(asked(), tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


def test_no_npm(asked, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match=r"there is no npm here; install Node\.js"):
        fetch(asked(), tmp_path / "raw")


def test_a_package_of_another_hash(npm, asked, tmp_path, cache):
    npm(packed(tmp_path / "tiny.tgz", FILES))
    with pytest.raises(SourceError, match=f"not {NOTHING} as fetch.sha256 has it"):
        fetch(asked(), tmp_path / "raw")
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"package/index.js": ""}, "none of its 1 files is an .svg file or one of another known format"),
        ({"package/../../字.json": json.dumps(MEDIANS)}, "leaves the archive"),
        ({"package/words.json": "{}"}, "holds no .svg file or one of another known format"),
    ],
)
def test_packages_that_are_refused(npm, asked, tmp_path, files, reason):
    package = packed(tmp_path / "tiny.tgz", files)
    npm(package)
    with pytest.raises(SourceError, match=reason):
        fetch(asked(digest(package)), tmp_path / "raw")


def test_a_damaged_package(npm, asked, tmp_path):
    package = packed(tmp_path / "tiny.tgz", FILES)
    package.write_bytes(package.read_bytes()[:200])
    npm(package)
    with pytest.raises(SourceError, match=r"is no whole \.tgz"):
        fetch(asked(digest(package)), tmp_path / "raw")


# ---- hands


def test_a_hand_is_fetched_beside_the_first(npm, asked, tmp_path):
    package = packed(tmp_path / "tiny.tgz", FILES)
    npm(package)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.svg").write_text('<svg viewBox="0 0 9 9"><path d="M1 1L9 9"/></svg>')
    hand = {"source": "npm", "package": "tiny-strokes", "version": "1.0.0", "sha256": digest(package)}
    given = asked(source="folder", path=str(tmp_path / "own"), hands={"arphic": hand})
    assert given.hands["arphic"] == Source(**hand)
    assert fetch(given, tmp_path / "raw")["files"] == 3
    own, arphic = fetched(tmp_path / "raw")
    assert (own.hand, own.about["format"], own.about["licence"]) == ("", "svg", "")
    assert (arphic.hand, arphic.about["format"], arphic.about["licence"]) == ("arphic", "hanzi-writer", CREDIT)


def test_a_hand_that_cannot_be_had_leaves_nothing(npm, asked, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.svg").write_text('<svg viewBox="0 0 9 9"><path d="M1 1L9 9"/></svg>')
    given = asked(source="folder", path=str(tmp_path / "own"), hands={"b": {"source": "folder", "path": "/nowhere"}})
    with pytest.raises(SourceError, match=r"fetch.hands.b: fetch.path='/nowhere' is not a folder"):
        fetch(given, tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


@pytest.mark.parametrize(
    ("hands", "reason"),
    [
        ({"b": {"source": "npm", "package": "x", "version": "1.0"}}, "sha256 must be given with source: npm"),
        ({"b": {"source": "folder"}}, "path must be given with source: folder"),
        ({"b": {"source": "folder", "path": "x", "color": 1}}, "unknown key"),
        ({"B b": {"source": "folder", "path": "x"}}, "should match pattern"),
        ({"b": "x"}, "a hand has keys, source among them"),
    ],
)
def test_hands_that_are_refused(asked, hands, reason):
    with pytest.raises(ValueError, match=reason):
        asked(hands=hands)
