"""What character a drawing is of, and by what evidence.

`parse.names` says how the files' names are to be read:

    auto       not at all, unless the set is KanjiVG's: the evidence is in the file, KanjiVG's id or element of it
    none       not at all, nor the evidence
    hex        the code point in hexadecimal, four to six digits: 05b57, 5B57, U+5b57
    decimal    the code point in decimal: 23383
    character  the character itself: 字

A variant's name follows a hyphen (05b57-Kaisho). A drawing of no character (a folder of one's own, icons) has the code
point -1 and the kind "other"; it is always selected.
"""

import re
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, Literal

Names = Literal["auto", "none", "hex", "decimal", "character"]

KINDS = ("kanji", "kana", "other")
# Unicode blocks: the unified ideographs with extension A, the compatibility ideographs, and planes 2 and 3
KANJI = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
KANA = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
NO_CODE_POINT = -1

# KanjiVG's id of all of a drawing, not of a group (-g1), a stroke (-s1) or the numbers of its strokes
KANJIVG_ID = re.compile(r"kvg:(?:StrokePaths_|kanji_)?([0-9a-f]{5,6})(?:-(?![gs][0-9]+$)([\w.-]+))?")
_KANJIVG_NAME = re.compile(r"[0-9a-f]{5}(?:-.+)?")
_HEX = re.compile(r"(?:[Uu]\+?)?([0-9A-Fa-f]{4,6})")
_DECIMAL = re.compile(r"([0-9]{1,7})")


def describe(name: str, names: Names = "auto", said: str = "", element: str = "") -> dict:
    """id, character, code_point, variant and kind of a file.

    said: KanjiVG's id in it ("kvg:StrokePaths_05b57"); element: the character that it says all its strokes make.
    """
    path = PurePosixPath(name)
    if names == "auto":
        code, variant = _evidence(said, element)
    elif names == "none":
        code, variant = NO_CODE_POINT, ""
    else:
        code, variant = _named(path.stem, READINGS[names])
    return {
        "id": path.with_suffix("").as_posix(),
        "character": chr(code) if code >= 0 else "",
        "code_point": code,
        "variant": variant,
        "kind": kind(code),
    }


def kind(code_point: int) -> str:
    """kanji, kana or other."""
    for name, blocks in (("kanji", KANJI), ("kana", KANA)):
        if any(first <= code_point <= last for first, last in blocks):
            return name
    return "other"


def settled(names: Names, source: dict[str, Any]) -> Names:
    """`auto` settled where fetch's source.json says that the set is KanjiVG's: its names are code points."""
    if names != "auto":
        return names
    package = re.sub(r"[-_.]+", "-", str(source.get("package", "")).lower())
    ours = package == "kanjivg" or source.get("source") == "release" and "kanjivg" in str(source.get("url", "")).lower()
    return "hex" if ours else "auto"


def looks_named(name: str) -> bool:
    """Whether someone may have meant the name as a code point or a character: as KanjiVG names its files, or by any
    reading a kanji or kana."""
    stem = PurePosixPath(name).stem
    if _KANJIVG_NAME.fullmatch(stem):
        return True
    for names, read in READINGS.items():
        wordlike = names == "hex" and not re.search(r"[0-9]", stem)  # face, added
        if not wordlike and kind(_named(stem, read)[0]) != "other":
            return True
    return False


# ---- readings


def _evidence(said: str, element: str) -> tuple[int, str]:
    if (match := KANJIVG_ID.fullmatch(said)) and (code := _checked(int(match[1], 16))) >= 0:
        return code, match[2] or ""
    return _character(element), ""


def _named(stem: str, read: Callable[[str], int]) -> tuple[int, str]:
    """Code point and variant. A name that is a hyphen is that character, no variant of nothing."""
    head, hyphen, variant = stem.partition("-")
    code = read(head)
    return (code, variant) if code >= 0 and bool(hyphen) == bool(variant) else (read(stem), "")


def _hex(text: str) -> int:
    match = _HEX.fullmatch(text)
    return _checked(int(match[1], 16)) if match else NO_CODE_POINT


def _decimal(text: str) -> int:
    match = _DECIMAL.fullmatch(text)
    return _checked(int(match[1])) if match else NO_CODE_POINT


def _character(text: str) -> int:
    """Some systems take a name's characters apart (か and a mark for が)."""
    whole = text if len(text) == 1 else unicodedata.normalize("NFC", text)
    return _checked(ord(whole)) if len(whole) == 1 else NO_CODE_POINT


def _checked(code: int) -> int:
    """Half a character is none, nor is what lies beyond Unicode."""
    return code if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else NO_CODE_POINT


READINGS: dict[str, Callable[[str], int]] = {"hex": _hex, "decimal": _decimal, "character": _character}
