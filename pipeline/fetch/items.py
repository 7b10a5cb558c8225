"""The files that a source holds: of a folder, one file, a zip or a tar; chosen by their names' endings and content."""

import gzip
import json
import os
import re
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline.fetch import formats
from pipeline.fetch.downloads import SourceError

MAX_FILE_BYTES = 16 * 1024 * 1024  # of an SVG; one drawing of writing has some thousand bytes, a zip bomb has not
MAX_SET_BYTES = 64 * 1024**3  # of a file of many drawings
NPM_OWN = ("package.json", "package-lock.json")  # no drawings, whatever the format
LICENCE_FILE = re.compile(r"package/(?:licen[cs]es?/)?(?:licen[cs]e|copying|arphicpl|lgpl|gpl)[^/]*", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A file of a source, opened when it is copied."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@contextmanager
def one_or_zipped(path: Path, name: str, what: str, wanted: str) -> Iterator[tuple[list[Item], str]]:
    """One file of drawings by the ending of its name, else a zip of them, else one file by its content."""
    if formats.has_ending(name, "auto") and not formats.may_be_anything(name):
        yield chosen([_item(name, path)], what, wanted)
    elif (name.lower().endswith(".zip") or zipfile.is_zipfile(path)) and not _is_npz(path):
        with zipped(path, what, wanted) as found:
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
    ending = "" if formats.has_ending(name, told) else formats.ENDINGS[told][0]
    return chosen([_item(f"{name}{ending}", path)], what, told)


def chosen(items: list[Item], what: str, wanted: str) -> tuple[list[Item], str]:
    """The items of one format, and the format. Raises SourceError: none, two formats, a file of none, a huge file."""
    svg = [item for item in items if formats.has_ending(item.name, "svg")]
    if wanted == "auto":
        items, wanted = (svg, "svg") if svg else _by_contents(items, what)
    for item in items:
        limit = MAX_FILE_BYTES if wanted == "svg" else MAX_SET_BYTES
        if item.size > limit:
            raise SourceError(
                f"{what}: {item.name!r} has {item.size:,} bytes, above {limit:,}; take it out, or give another"
            )
    _check_unique((item.name for item in items), what)
    return sorted(items, key=lambda item: item.name), wanted


def _by_contents(items: list[Item], what: str) -> tuple[list[Item], str]:
    """The files of a format, by their content, and the format: one for all. Raises SourceError."""
    told = {item.name: _tell(item) for item in items}
    first: dict[str, str] = {}  # of each format found, a file
    for name, found in told.items():
        if found is not None:
            first.setdefault(found, name)
    strange = [name for name, found in told.items() if found is None and not (first and formats.may_be_anything(name))]
    if not first and all(map(formats.may_be_anything, strange)):
        raise SourceError(f"{what}: holds no {_kind('auto')}; give another, or set fetch.format")
    if strange:
        cure = "take it out, give another, or set fetch.format"
        raise SourceError(f"{what}: {strange[0]!r} is of no known format; {cure}")
    if len(first) > 1:
        (one, name), (two, other) = list(first.items())[:2]
        raise SourceError(f"{what}: {name!r} is {one}, {other!r} is {two}; set fetch.format, or part them")
    return [item for item in items if told[item.name]], next(iter(first))


def _tell(item: Item) -> str | None:
    """None, too, where a name that may be anything's is not that format's."""
    with item.open() as file:
        found = formats.tell(file.read(formats.HEAD_BYTES))
    if found is None or formats.may_be_anything(item.name) and not formats.has_ending(item.name, found):
        return None
    return found


# ---- a zip ----


@contextmanager
def zipped(path: Path, what: str, wanted: str) -> Iterator[tuple[list[Item], str]]:
    """The drawings of a zip by name; without folders if no two then have the same name. `what` names it in errors.
    Raises SourceError: no zip, damaged, a path that leaves it, two entries of one name, a huge file, no drawing."""
    try:
        with zipfile.ZipFile(path) as archive:
            drawings, form = chosen(_entries(archive, what, wanted), what, wanted)
            yield _short(drawings), form
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
    unique = len({item.name.rpartition(".")[0] for item in short}) == len(items)
    return sorted(short, key=lambda item: item.name) if unique else items


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


# ---- a package of npm ----


@contextmanager
def npm(path: Path, what: str, wanted: str) -> Iterator[tuple[list[Item], str, str, str]]:
    """The drawings of a package's .tgz, by name as `zipped` gives them, their format, what the package says of its
    licence, and the licence's text. Raises SourceError: no .tgz, damaged, no drawing, and as `zipped`."""
    with tempfile.TemporaryFile() as unpacked:  # so that a file in it is found without unpacking those before it again
        try:
            with gzip.open(path) as packed:
                shutil.copyfileobj(packed, unpacked)
            unpacked.seek(0)
            with tarfile.open(fileobj=unpacked, mode="r:") as archive:
                members = {member.name: member for member in archive.getmembers() if member.isfile()}
                said, text = _licence(archive, members)
                found = _npm_drawings(archive, members, what, wanted)
                drawings, form = chosen(found, what, wanted)
                yield _short(drawings), form, said, text
        except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
            raise SourceError(f"{what}: is no whole .tgz ({error}); fetch it again or correct fetch.package") from None


def _npm_drawings(archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo], what: str, wanted: str) -> list[Item]:
    names = [name for name in members if _is_drawing(_safe_name(name, what), wanted)]
    drawings = [name for name in names if PurePosixPath(name).name not in NPM_OWN]
    if not drawings:
        raise SourceError(f"{what}: none of its {len(members)} files is an {_kind(wanted)}; give another package")
    return [Item(name, members[name].size, partial(_member, archive, members[name])) for name in drawings]


def _licence(archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo]) -> tuple[str, str]:
    """What package.json says of it, and the texts of the files named as licences are, at its root or in a folder of
    them there."""
    said = "licence unknown"
    if (manifest := members.get("package/package.json")) is not None:
        values = json.loads(_member(archive, manifest).read())
        said = str(values.get("license") or said)
    names = sorted(name for name in members if LICENCE_FILE.fullmatch(name))
    texts = [_member(archive, members[name]).read(MAX_FILE_BYTES).decode("utf-8", "replace") for name in names]
    return said, "\n\n".join(text.replace("\r\n", "\n").strip() for text in texts)


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(member)
    assert file is not None  # of a file, not of a folder
    return file


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
