"""fetch: drawings from a package, a release or a folder -> one archive of SVG files and a manifest.

drawings.zip  the .svg files, sorted by name, not compressed and without dates: the same files give the same bytes
manifest.csv  a row a file: name, bytes, sha256
source.json   what the files came from, and their licence

A new source is a function in SOURCES; a new file format is a reader beside svg.py that parsing.py chooses by suffix.
"""

import csv
import hashlib
import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline import downloads, files, params
from pipeline.downloads import SourceError

ARCHIVE, MANIFEST, SOURCE = "drawings.zip", "manifest.csv", "source.json"
KANJIVG_LICENCE = "KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0"
MAX_FILE_BYTES = 16 * 1024 * 1024  # one drawing of writing has some thousand bytes; a zip bomb has not
SUFFIX = ".svg"

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$")]
Version = Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.!+_-]*$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1)]


@params.section
class FetchParams:
    """Keys that the chosen source does not use are ignored.

    source   package: a distribution from pip's index; release: a zip by its address; folder: SVG files on this machine
    package, version  of the distribution
    sha256   of the distribution's wheel, or of the release zip
    url      of the release zip, or null
    path     of the folder, or null
    licence  of the files, to be written into pictures; null is KanjiVG's for a package or a release, none for a folder
    """

    source: Literal["package", "release", "folder"]
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
class Drawings:
    """Files of one source: (name, bytes) sorted by name, read one by one, and what the source is."""

    contents: Iterator[tuple[str, bytes]]
    description: dict[str, str]


def fetch(options: FetchParams, folder: Path | str) -> dict[str, int]:
    """Bring the drawings and make `folder` of them, whole or not at all. Returns the counts of files and bytes.
    Raises SourceError."""
    drawings = SOURCES[options.source](options)
    licence = options.licence or ("" if options.source == "folder" else KANJIVG_LICENCE)
    with files.whole_folder(folder) as partial:
        rows = _write_archive(partial / ARCHIVE, drawings.contents)
        with (partial / MANIFEST).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("name", "bytes", "sha256"), *rows])
        files.write_json(partial / SOURCE, {**drawings.description, "source": options.source, "licence": licence})
    return {"files": len(rows), "bytes": sum(size for _, size, _ in rows)}


def _write_archive(path: Path, contents: Iterator[tuple[str, bytes]]) -> list[tuple[str, int, str]]:
    """Not compressed, since compressed bytes differ from one build of zlib to the next."""
    rows = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in contents:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, data)
            rows.append((name, len(data), hashlib.sha256(data).hexdigest()))
    return rows


# ---- sources ----


def _from_package(options: FetchParams) -> Drawings:
    wheel = downloads.package(options.package, options.version, options.sha256)
    described = {"package": options.package, "version": options.version, "sha256": options.sha256}
    return Drawings(zip_contents(wheel, f"{options.package} {options.version}"), described)


def _from_release(options: FetchParams) -> Drawings:
    archive = downloads.release(str(options.url), options.sha256)
    return Drawings(zip_contents(archive, str(options.url)), {"url": str(options.url), "sha256": options.sha256})


def _from_folder(options: FetchParams) -> Drawings:
    return Drawings(folder_contents(Path(str(options.path)).expanduser()), {"path": str(options.path)})


SOURCES = {"package": _from_package, "release": _from_release, "folder": _from_folder}


# ---- a zip ----


def zip_contents(path: Path, what: str) -> Iterator[tuple[str, bytes]]:
    """The .svg files of a zip by name; without folders if no two then have the same name. `what` names it in errors.
    Raises SourceError: no zip, damaged, a path that leaves it, two entries of one name, a huge file, no .svg."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _entries(archive, what)
            for name, entry in sorted(entries.items()):
                yield name, archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise SourceError(f"{what}: is no whole zip archive ({error}); fetch it again or correct its address") from None


def _entries(archive: zipfile.ZipFile, what: str) -> dict[str, zipfile.ZipInfo]:
    chosen: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        name = _safe_name(entry.orig_filename, what)
        if entry.is_dir() or not _is_drawing(name):
            continue
        if name in chosen:
            raise SourceError(f"{what}: has two entries named {name!r}; which one is meant is not clear, so repack it")
        if entry.file_size > MAX_FILE_BYTES:
            raise SourceError(f"{what}: {name!r} has {entry.file_size:,} bytes, above {MAX_FILE_BYTES:,}; take it out")
        chosen[name] = entry
    if not chosen:
        raise SourceError(
            f"{what}: none of its {len(archive.infolist())} entries is an {SUFFIX} file; correct its address"
        )
    _check_unique(chosen, what)
    short = {PurePosixPath(name).name: entry for name, entry in chosen.items()}
    return short if len(short) == len(chosen) else chosen


def _safe_name(name: str, what: str) -> str:
    """The entry's name, unless extracting it could write outside the folder it is extracted into."""
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "" or ".." in parts or ":" in parts[0] or "\0" in name:
        raise SourceError(f"{what}: the entry {name!r} leaves the archive; such a file is not to be trusted")
    return name


def _is_drawing(name: str) -> bool:
    """An .svg file; hidden ones, such as those macOS adds to zips, are not."""
    parts = PurePosixPath(name).parts
    return name.lower().endswith(SUFFIX) and not any(part.startswith(".") for part in parts)


def _check_unique(names: Iterable[str], what: str) -> None:
    """A drawing goes by its name without the suffix."""
    for name, count in Counter(PurePosixPath(name).with_suffix("").as_posix() for name in names).items():
        if count > 1:
            raise SourceError(f"{what}: {count} drawings are named {name!r}; rename all but one")


# ---- a folder ----


def folder_contents(root: Path) -> Iterator[tuple[str, bytes]]:
    """The .svg files below root, named by their path in it, with '/'. Links to folders inside root are not followed:
    what they show is there already. Raises SourceError: no folder, a link that leaves it, a huge file, no .svg."""
    if not root.is_dir():
        raise SourceError(f"fetch.path={str(root)!r} is not a folder; give one that holds {SUFFIX} files")
    names = sorted(_names(root))
    if not names:
        raise SourceError(f"fetch.path={str(root)!r} holds no {SUFFIX} file, nor does any folder in it")
    _check_unique(names, f"fetch.path={str(root)!r}")
    return ((name, (root / name).read_bytes()) for name in names)


def _names(root: Path) -> Iterator[str]:
    inside = root.resolve()
    for folder, folders, names in os.walk(root, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(folder, name) for name in [*folders, *names]):
            name = path.relative_to(root).as_posix()
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                raise SourceError(f"fetch.path={str(root)!r}: the link {name!r} leaves the folder; put a copy there")
            if path.is_file() and _is_drawing(name):
                yield _checked(name, path)


def _checked(name: str, path: Path) -> str:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise SourceError(f"the file name {name!r} is not text; rename it") from None
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SourceError(f"{path} has {path.stat().st_size:,} bytes, above {MAX_FILE_BYTES:,}; take it out")
    return name


def _refuse(error: OSError) -> None:
    raise error
