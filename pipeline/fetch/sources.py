"""fetch: drawings from a package, a release or a folder -> one archive of their files and a manifest.

drawings.zip  the files, sorted by name, not compressed and without dates: the same files give the same bytes
manifest.csv  a row a file: name, bytes, sha256
source.json   what the files came from, their format (see formats.py), their licence, and its text where one came along
hands/NAME/   the same of each further source, by the name of its hand

A new source is a function in SOURCES. A new file format needs nothing here: pipeline/parse/formats/__init__.py.
"""

import csv
import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, Field, model_validator

from pipeline import files, params
from pipeline.fetch import downloads, items
from pipeline.fetch.downloads import SourceError
from pipeline.fetch.formats import Format
from pipeline.fetch.items import Item

__all__ = ["ARCHIVE", "MANIFEST", "SOURCE", "FetchParams", "Fetched", "Source", "SourceError", "fetch", "fetched"]

ARCHIVE, MANIFEST, SOURCE, HANDS = "drawings.zip", "manifest.csv", "source.json", "hands"
KANJIVG_LICENCE = "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"
BLOCK = 1024 * 1024  # bytes copied at once

# a name of a package, a scope before it where npm has one
Name = Annotated[str, Field(pattern=r"^(?:@[a-z0-9][a-z0-9._-]*/)?[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$")]
Version = Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.!+_-]*$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1)]
Hand = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Kind = Literal["package", "npm", "release", "folder"]
NEEDED: dict[str, tuple[str, ...]] = {
    "package": ("package", "version", "sha256"),
    "npm": ("package", "version", "sha256"),
    "release": ("url", "sha256"),
    "folder": ("path",),
}  # keys of each kind of source


@params.section
class Source:
    """One source; see FetchParams. What its kind does not use may be left out."""

    source: Kind
    format: Literal["auto", Format] = "auto"
    package: Name | None = None
    version: Version | None = None
    sha256: Sha256 | None = None
    url: Text | None = None
    path: Text | None = None
    licence: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Source":
        if missing := [key for key in NEEDED[self.source] if getattr(self, key) is None]:
            raise ValueError(f"{missing[0]} must be given with source: {self.source}")
        return self


def _source(values: Any) -> Source:
    """A hand's source as YAML gives it. Raises ValueError."""
    if not isinstance(values, dict):
        raise ValueError("a hand has keys, source among them")
    return params.build(Source, values, "its source")


@params.section
class FetchParams:
    """Keys that the chosen source does not use are ignored.

    source   package: a distribution from pip's index; npm: a package of npm's registry; release: a zip or one file by
             its address; folder: files here
    package, version  of the distribution, or of npm's package
    sha256   of the distribution's wheel, of npm's .tgz, or of the release zip
    url      of the release zip, or null
    format   of the files, see formats.py; auto tells by content, and takes .svg alone where there is one
    path     of the folder or of one file, or null
    licence  of the files, to be written into pictures; null is KanjiVG's for a package or a release, what npm's package
             says, none for a folder
    hands    further sources by the names of their hands, each with keys as these
    """

    source: Kind
    format: Literal["auto", Format]
    package: Name
    version: Version
    sha256: Sha256
    url: Text | None
    path: Text | None
    licence: Text | None
    hands: dict[Hand, Annotated[Source, BeforeValidator(_source)]]

    @model_validator(mode="after")
    def _complete(self) -> "FetchParams":
        if missing := [key for key in NEEDED[self.source] if getattr(self, key) is None]:
            raise ValueError(f"fetch.{missing[0]} must be given with fetch.source: {self.source}")
        return self


@dataclass(frozen=True)
class Drawings:
    """Files of one source, sorted by name, their format, and what the source is."""

    items: list[Item]
    format: str
    description: dict[str, str]
    licence: str = ""  # credit and licence that the source itself tells


@dataclass(frozen=True)
class Fetched:
    """A source as the stage wrote it: whose hand it is ("" of the first), its archive, and what source.json says."""

    hand: str
    archive: Path
    about: dict[str, Any]


def fetch(options: FetchParams, folder: Path | str) -> dict[str, int]:
    """Bring the drawings and make `folder` of them, whole or not at all. Returns the counts of files and bytes.
    Raises SourceError."""
    counts = {"files": 0, "bytes": 0}
    with files.whole_folder(folder) as made:
        _bring(options, made, counts)
        for hand, source in options.hands.items():
            place = made / HANDS / hand
            place.mkdir(parents=True)
            try:
                _bring(source, place, counts)
            except SourceError as error:
                raise SourceError(f"fetch.hands.{hand}: {error}") from None
    return counts


def fetched(folder: Path) -> list[Fetched]:
    """The sources in a folder that `fetch` made, the first one first, then the hands by name. Raises SourceError."""
    places = [("", folder)] + [(place.name, place) for place in sorted((folder / HANDS).glob("*"))]
    try:
        return [
            Fetched(hand, place / ARCHIVE, json.loads((place / SOURCE).read_text(encoding="utf-8")))
            for hand, place in places
        ]
    except (OSError, json.JSONDecodeError) as error:
        raise SourceError(f"{folder} does not hold fetched drawings ({error}); run `dvc repro fetch`") from None


def _bring(options: FetchParams | Source, made: Path, counts: dict[str, int]) -> None:
    with SOURCES[options.source](options) as drawings:
        rows = _write_archive(made / ARCHIVE, drawings.items)
    with (made / MANIFEST).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("name", "bytes", "sha256"), *rows])
    licence = options.licence or drawings.licence
    about = {"source": options.source, "format": drawings.format, "licence": licence}
    files.write_json(made / SOURCE, {**drawings.description, **about})
    counts["files"] += len(rows)
    counts["bytes"] += sum(size for _, size, _ in rows)


def _write_archive(path: Path, chosen: list[Item]) -> list[tuple[str, int, str]]:
    """Not compressed, since compressed bytes differ from one build of zlib to the next."""
    rows = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for item in chosen:
            entry = zipfile.ZipInfo(item.name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.file_size = item.size  # so that one above 2 GB is written in the form that has room for it
            digest, size = hashlib.sha256(), 0
            with item.open() as source, archive.open(entry, "w") as target:
                while block := source.read(BLOCK):
                    digest.update(block)
                    size += target.write(block)
            rows.append((item.name, size, digest.hexdigest()))
    return rows


# ---- sources ----


@contextmanager
def _from_package(options: FetchParams | Source) -> Iterator[Drawings]:
    name, version, sha256 = _pinned(options)
    wheel = downloads.package(name, version, sha256)
    with items.zipped(wheel, f"{name} {version}", options.format) as (chosen, found):
        yield Drawings(chosen, found, {"package": name, "version": version, "sha256": sha256}, KANJIVG_LICENCE)


@contextmanager
def _from_npm(options: FetchParams | Source) -> Iterator[Drawings]:
    name, version, sha256 = _pinned(options)
    packed = downloads.npm_package(name, version, sha256)
    described = {"package": name, "version": version, "sha256": sha256}
    with items.npm(packed, f"{name} {version}", options.format) as (chosen, found, said, text):
        yield Drawings(chosen, found, described | {"licence_text": text}, f"{name} {version}, {said}")


@contextmanager
def _from_release(options: FetchParams | Source) -> Iterator[Drawings]:
    url, sha256 = str(options.url), str(options.sha256)
    file = downloads.release(url, sha256)
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    with items.one_or_zipped(file, name, url, options.format) as (chosen, found):
        yield Drawings(chosen, found, {"url": url, "sha256": sha256}, KANJIVG_LICENCE)


@contextmanager
def _from_folder(options: FetchParams | Source) -> Iterator[Drawings]:
    path, what = Path(str(options.path)).expanduser(), f"fetch.path={str(options.path)!r}"
    described = {"path": str(options.path)}
    if path.is_file():
        with items.one_or_zipped(path, path.name, what, options.format) as (chosen, found):
            yield Drawings(chosen, found, described)
    else:
        chosen, found = items.chosen(items.folder_items(path, options.format), what, options.format)
        yield Drawings(chosen, found, described)


def _pinned(options: FetchParams | Source) -> tuple[str, str, str]:
    return str(options.package), str(options.version), str(options.sha256)


SOURCES = {"package": _from_package, "npm": _from_npm, "release": _from_release, "folder": _from_folder}
