"""fetch: drawings from a package, a release or a folder -> one archive of their files and a manifest.

drawings.zip  the files, sorted by name, not compressed and without dates: the same files give the same bytes
manifest.csv  a row a file: name, bytes, sha256
source.json   what the files came from, their format (see formats.py) and their licence

A new source is a function in SOURCES. A new file format needs nothing here: pipeline/parse/formats/__init__.py.
"""

import csv
import hashlib
import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, model_validator

from pipeline import files, params
from pipeline.fetch import downloads, formats
from pipeline.fetch.downloads import SourceError
from pipeline.fetch.formats import Format

ARCHIVE, MANIFEST, SOURCE = "drawings.zip", "manifest.csv", "source.json"
KANJIVG_LICENCE = "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"
MAX_FILE_BYTES = 16 * 1024 * 1024  # of an SVG; one drawing of writing has some thousand bytes, a zip bomb has not
MAX_SET_BYTES = 64 * 1024**3  # of a file of many drawings
BLOCK = 1024 * 1024  # bytes copied at once

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$")]
Version = Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.!+_-]*$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1)]


@params.section
class FetchParams:
    """Keys that the chosen source does not use are ignored.

    source   package: a distribution from pip's index; release: a zip or one file by its address; folder: files here
    package, version  of the distribution
    sha256   of the distribution's wheel, or of the release zip
    url      of the release zip, or null
    format   of the files, see formats.py; auto tells by content, and takes .svg alone where there is one
    path     of the folder or of one file, or null
    licence  of the files, to be written into pictures; null is KanjiVG's for a package or a release, none for a folder
    """

    source: Literal["package", "release", "folder"]
    format: Literal["auto", Format]
    package: Name
    version: Version
    sha256: Sha256
    url: Text | None
    path: Text | None
    licence: Text | None

    @model_validator(mode="after")
    def _complete(self) -> "FetchParams":
        needed = {"release": "url", "folder": "path"}.get(self.source)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"fetch.{needed} must be given with fetch.source: {self.source}")
        return self


@dataclass(frozen=True)
class Item:
    """A file of a source, opened when it is copied."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Drawings:
    """Files of one source, sorted by name, their format, and what the source is."""

    items: list[Item]
    format: str
    description: dict[str, str]


def fetch(options: FetchParams, folder: Path | str) -> dict[str, int]:
    """Bring the drawings and make `folder` of them, whole or not at all. Returns the counts of files and bytes.
    Raises SourceError."""
    licence = options.licence or ("" if options.source == "folder" else KANJIVG_LICENCE)
    with SOURCES[options.source](options) as drawings, files.whole_folder(folder) as made:
        rows = _write_archive(made / ARCHIVE, drawings.items)
        with (made / MANIFEST).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("name", "bytes", "sha256"), *rows])
        about = {"source": options.source, "format": drawings.format, "licence": licence}
        files.write_json(made / SOURCE, {**drawings.description, **about})
    return {"files": len(rows), "bytes": sum(size for _, size, _ in rows)}


def _write_archive(path: Path, items: list[Item]) -> list[tuple[str, int, str]]:
    """Not compressed, since compressed bytes differ from one build of zlib to the next."""
    rows = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for item in items:
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
def _from_package(options: FetchParams) -> Iterator[Drawings]:
    wheel = downloads.package(options.package, options.version, options.sha256)
    described = {"package": options.package, "version": options.version, "sha256": options.sha256}
    with _zipped(wheel, f"{options.package} {options.version}", options.format) as (items, found):
        yield Drawings(items, found, described)


@contextmanager
def _from_release(options: FetchParams) -> Iterator[Drawings]:
    url = str(options.url)
    file = downloads.release(url, options.sha256)
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    described = {"url": url, "sha256": options.sha256}
    with _one_or_zipped(file, name, url, options.format) as (items, found):
        yield Drawings(items, found, described)


@contextmanager
def _from_folder(options: FetchParams) -> Iterator[Drawings]:
    path, what = Path(str(options.path)).expanduser(), f"fetch.path={str(options.path)!r}"
    described = {"path": str(options.path)}
    if path.is_file():
        with _one_or_zipped(path, path.name, what, options.format) as (items, found):
            yield Drawings(items, found, described)
    else:
        items, found = _chosen(folder_items(path, options.format), what, options.format)
        yield Drawings(items, found, described)


SOURCES = {"package": _from_package, "release": _from_release, "folder": _from_folder}


@contextmanager
def _one_or_zipped(path: Path, name: str, what: str, wanted: str) -> Iterator[tuple[list[Item], str]]:
    """One file of drawings by the ending of its name, else a zip of them, else one file by its content."""
    if formats.has_ending(name, "auto"):
        yield _chosen([_item(name, path)], what, wanted)
    elif (name.lower().endswith(".zip") or zipfile.is_zipfile(path)) and not _is_npz(path):
        with _zipped(path, what, wanted) as found:
            yield found
    else:
        yield _by_content(path, name, what, wanted)


def _is_npz(path: Path) -> bool:
    """Whether a zip holds arrays of numpy and nothing else."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    return bool(names) and all(name.endswith(".npy") for name in names)


def _by_content(path: Path, name: str, what: str, wanted: str) -> tuple[list[Item], str]:
    """A file whose name does not say what it is. It gets the ending of its format."""
    with path.open("rb") as file:
        head = file.read(formats.HEAD_BYTES)
    told = formats.tell(head) if wanted == "auto" else wanted
    if told is None:
        raise SourceError(
            f"{what}: is neither a whole zip archive nor a file of a known format; give another, or set fetch.format"
        )
    return _chosen([_item(f"{name}{formats.ENDINGS[told][0]}", path)], what, told)


def _chosen(items: list[Item], what: str, wanted: str) -> tuple[list[Item], str]:
    """The items of one format, and the format. Raises SourceError: none, two formats, a file of none, a huge file."""
    svg = [item for item in items if formats.has_ending(item.name, "svg")]
    if wanted == "auto":
        items, wanted = (svg, "svg") if svg else (items, _told(items, what))
    for item in items:
        limit = MAX_FILE_BYTES if wanted == "svg" else MAX_SET_BYTES
        if item.size > limit:
            raise SourceError(
                f"{what}: {item.name!r} has {item.size:,} bytes, above {limit:,}; take it out, or give another"
            )
    _check_unique((item.name for item in items), what)
    return sorted(items, key=lambda item: item.name), wanted


def _told(items: list[Item], what: str) -> str:
    """The one format of all files, by their content."""
    told: dict[str, str] = {}
    for item in items:
        with item.open() as file:
            found = formats.tell(file.read(formats.HEAD_BYTES))
        if found is None:
            cure = "take it out, give another, or set fetch.format"
            raise SourceError(f"{what}: {item.name!r} is of no known format; {cure}")
        told.setdefault(found, item.name)
    if len(told) > 1:
        (one, first), (two, second) = list(told.items())[:2]
        raise SourceError(f"{what}: {first!r} is {one}, {second!r} is {two}; set fetch.format, or part them")
    return next(iter(told))


# ---- a zip ----


@contextmanager
def _zipped(path: Path, what: str, wanted: str) -> Iterator[tuple[list[Item], str]]:
    """The drawings of a zip by name; without folders if no two then have the same name. `what` names it in errors.
    Raises SourceError: no zip, damaged, a path that leaves it, two entries of one name, a huge file, no drawing."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield _chosen(_short(_entries(archive, what, wanted)), what, wanted)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SourceError(f"{what}: is no whole zip archive ({error}); fetch it again or correct its address") from None


def _entries(archive: zipfile.ZipFile, what: str, wanted: str) -> list[Item]:
    chosen: dict[str, Item] = {}
    for entry in archive.infolist():
        name = _safe_name(entry.orig_filename, what)
        if entry.is_dir() or not _is_drawing(name, wanted):
            continue
        if name in chosen:
            raise SourceError(f"{what}: has two entries named {name!r}; which one is meant is not clear, so repack it")
        chosen[name] = Item(name, entry.file_size, partial(archive.open, entry))
    if not chosen:
        raise SourceError(
            f"{what}: none of its {len(archive.infolist())} entries is an {_kind(wanted)}; "
            + ("give another" if wanted == "auto" else "give another, or set fetch.format: auto")
        )
    return list(chosen.values())


def _short(items: list[Item]) -> list[Item]:
    short = [replace(item, name=PurePosixPath(item.name).name) for item in items]
    return short if len({item.name for item in short}) == len(items) else items


def _safe_name(name: str, what: str) -> str:
    """The entry's name, unless extracting it could write outside the folder it is extracted into."""
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "" or ".." in parts or ":" in parts[0] or "\0" in name:
        raise SourceError(
            f"{what}: the entry {name!r} leaves the archive; such a file is not to be trusted, so give another"
        )
    return name


def _is_drawing(name: str, wanted: str) -> bool:
    """By its ending; hidden files, such as those macOS adds to zips, are none."""
    return formats.has_ending(name, wanted) and not any(part.startswith(".") for part in PurePosixPath(name).parts)


def _kind(wanted: str) -> str:
    if wanted == "auto":
        return ".svg file or one of another known format"
    return " or ".join(formats.ENDINGS[wanted]) + " file"


def _check_unique(names: Iterable[str], what: str) -> None:
    """A drawing goes by its name without the suffix."""
    for name, count in Counter(name.rpartition(".")[0] for name in names).items():
        if count > 1:
            raise SourceError(f"{what}: {count} drawings are named {name!r}; rename all but one")


# ---- a folder ----


def folder_items(root: Path, wanted: str) -> list[Item]:
    """The drawings below root, named by their path in it, with '/'. Links to folders inside root are not followed:
    what they show is there already. Raises SourceError: no folder, a link that leaves it, no drawing."""
    if not root.is_dir():
        raise SourceError(f"fetch.path={str(root)!r} is not a folder; give one that holds an {_kind(wanted)}")
    items = list(_found(root, wanted))
    if not items:
        cure = "give another" if wanted == "auto" else "give another, or set fetch.format: auto"
        raise SourceError(f"fetch.path={str(root)!r} holds no {_kind(wanted)}, nor does any folder in it; {cure}")
    return items


def _found(root: Path, wanted: str) -> Iterator[Item]:
    inside = root.resolve()
    for folder, folders, names in os.walk(root, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(folder, name) for name in [*folders, *names]):
            name = path.relative_to(root).as_posix()
            if path.is_symlink() and not _target(path).is_relative_to(inside):
                raise SourceError(f"fetch.path={str(root)!r}: the link {name!r} leaves the folder; put a copy there")
            if _is_drawing(name, wanted) and not path.is_dir():
                if not path.is_file():  # a set without it would pass as whole
                    raise SourceError(f"fetch.path={str(root)!r}: {name!r} is no file or a link to none; take it out")
                yield _item(name, path)


def _target(link: Path) -> Path:
    try:
        return link.resolve()
    except (OSError, RuntimeError):  # links in a circle
        return link.parent.resolve() / link.name


def _item(name: str, path: Path) -> Item:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise SourceError(f"the file name {name!r} is not text; rename it") from None
    return Item(name, path.stat().st_size, lambda: path.open("rb"))


def _refuse(error: OSError) -> None:
    raise error
