"""Ids of drawings -> names of files that every system can write, no two of which are one.

A slash parts folders. What some system does not allow, or would take for another place, becomes "_"; a long name is
cut. Names are one where they differ by case or by Unicode's composition alone, as on macOS and Windows; the second of
them gets "~2" added, in the order of the ids.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

MAX_BYTES = 180  # of a part; systems allow 255, some of which a number and the ending take
MAX_PATH_BYTES = 900  # of a path

_NOT_ALLOWED = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*\ud800-\udfff]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)", re.IGNORECASE)  # by Windows


def file_names(ids: Sequence[str], ending: str) -> list[str]:
    """A relative path for each id, parted by "/"; that of a plain id is the id and the ending."""
    wanted = [_allowed(one) for one in ids]
    folders = {_key(str(folder)) for one in wanted for folder in PurePosixPath(one).parents}
    taken = set(folders)  # a file cannot stand where a folder does
    last: dict[str, int] = defaultdict(lambda: 1)
    names = []
    for one in wanted:
        name = one + ending
        while _key(name) in taken:
            last[_key(one)] += 1
            name = f"{one}~{last[_key(one)]}{ending}"
        taken.add(_key(name))
        names.append(name)
    return names


def _key(name: str) -> str:
    """The same for names that some system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _allowed(identity: str) -> str:
    parts = [_part(part) for part in identity.split("/")]
    whole = "/".join(parts)
    return whole if len(whole.encode()) <= MAX_PATH_BYTES else _cut("_".join(parts))


def _part(text: str) -> str:
    text = _RESERVED.sub(r"_\1", _NOT_ALLOWED.sub("_", text), count=1) if text else "_"
    text = re.sub(r"^\.|[. ]$", "_", text)  # hidden, or dropped by Windows
    return _cut(text)


def _cut(text: str) -> str:
    return text.encode()[:MAX_BYTES].decode(errors="ignore")
