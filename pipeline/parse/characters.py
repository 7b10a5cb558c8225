"""What character a drawing is of, as its name says.

A file named as KanjiVG names its own ("05b57.svg", "05b57-Kaisho.svg") is of a character: its code point, its variant
and one of the kinds kanji, kana and other follow from the name. Any other file (a folder of one's own) has no
character: code point -1, kind "other".
"""

import re
from pathlib import PurePosixPath

KINDS = ("kanji", "kana", "other")
# Unicode blocks: the unified ideographs with extension A, the compatibility ideographs, and planes 2 and 3
KANJI = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
KANA = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
NO_CODE_POINT = -1

_KANJIVG_NAME = re.compile(r"([0-9a-f]{5})(?:-(.+))?")


def describe(name: str) -> dict:
    """id, character, code_point, variant and kind of a file by its name."""
    path = PurePosixPath(name)
    match = _KANJIVG_NAME.fullmatch(path.stem)
    if match and 0xD800 <= int(match[1], 16) <= 0xDFFF:
        match = None  # half a character is none
    code = int(match[1], 16) if match else NO_CODE_POINT
    return {
        "id": path.with_suffix("").as_posix(),
        "character": chr(code) if match else "",
        "code_point": code,
        "variant": (match[2] or "") if match else "",
        "kind": kind(code),
    }


def kind(code_point: int) -> str:
    """kanji, kana or other."""
    for name, blocks in (("kanji", KANJI), ("kana", KANA)):
        if any(first <= code_point <= last for first, last in blocks):
            return name
    return "other"
