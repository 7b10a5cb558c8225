"""A folder of SVGs -> drawings: what `fake-kanji sample` and `write` made, a KanjiVG of one's own, icons.

Read as the stage parse reads them by default, curves in chords of about CHORD of a box of 109. A table index.csv
beside them says how each is described; the licence is what the files say in <metadata>.

index.csv   file, description, reading, and where characters were asked for, character: "" where one is not known. The
            second drawing of a character is its variant 2.
missing.csv  instead of it, in a folder of `write --missing`: character, description; the sheets beside are no drawings
"""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.dataset import DrawingSet
from pipeline.drawing import Steps, stroke_count
from pipeline.export.formats import INDEX
from pipeline.parse import characters, single
from pipeline.parse.characters import Names
from pipeline.parse.options import ParseParams
from pipeline.parse.svg import untrusted

TOLD = ("description", "reading")  # columns that it has beside file
MISSING, SHEET = "missing.csv", "sheet-"  # as write/missing.py writes it; how the names of its sheets begin
SIDE, CHORD, MOST_CHORDS = 109.0, 10.0, 3


class PicturesError(ValueError):
    """A folder of SVGs, or its table, that cannot be read."""


def read(folder: Path, names: Names = "auto") -> tuple[DrawingSet, str]:
    """Its drawings, in the order of their names, and their licence, "" where none is said; `names`: how files are
    named, as parse.names. Raises PicturesError."""
    paths = sorted(path for path in folder.rglob("*.svg") if not path.relative_to(folder).as_posix().startswith("."))
    if (folder / MISSING).exists():
        paths = [path for path in paths if not path.name.startswith(SHEET)]
    if not paths:
        raise PicturesError(f"{folder} holds no set of drawings and no .svg file; name another folder")
    found = [_one(path, folder, names) for path in paths]
    stops = np.cumsum([len(steps) for _, steps in found])
    index = pd.DataFrame([row for row, _ in found])
    index = index.assign(start=stops - [len(steps) for _, steps in found], stop=stops)
    index["strokes"] = [stroke_count(steps) for _, steps in found]
    licences = dict.fromkeys(text for text in map(_licence, paths) if text)
    for path in (folder / INDEX, folder / MISSING):
        if path.exists():
            index = _told(index, path, names)
            break
    return DrawingSet(np.concatenate([steps for _, steps in found]), index), "; ".join(licences)


def _one(path: Path, folder: Path, names: Names) -> tuple[dict, Steps]:
    name, data = path.relative_to(folder).as_posix(), path.read_bytes()
    parsed = single.read_file(name, data, _options(names, SIDE))
    if parsed.steps is not None and (side := max(parsed.row["width"], parsed.row["height"])) != SIDE:
        parsed = single.read_file(name, data, _options(names, side))
    if parsed.steps is None:
        raise PicturesError(f"{path}: {parsed.reason}; mend it or take it out")
    return parsed.row, parsed.steps


def _options(names: Names, side: float) -> ParseParams:
    return ParseParams(
        rule="bezier", chord_length=max(CHORD * side / SIDE, 0.01), max_chords=MOST_CHORDS, spacing=1.0, epsilon=1.0,
        names=names, select=["kanji", "kana", "other"], variants=True, max_unreadable=0, rules={},
        backend="loky", address=None,
    )  # fmt: skip


def _licence(path: Path) -> str:
    elements = untrusted.parse_xml(path.read_bytes())
    texts = ("".join(element.itertext()) for element in elements if untrusted.name(element) == "metadata")
    return " ".join(" ".join(texts).split())


def _told(index: pd.DataFrame, path: Path, names: Names) -> pd.DataFrame:
    """With what the table says of each. A character that it names counts as one that the file itself names."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        if path.name == MISSING:
            table = table.assign(file=[f"{file_name(one)}.svg" for one in table["character"]], reading="")
        table = table[["file", *TOLD, *({"character"} & {*table})]].drop_duplicates("file").set_index("file")
    except (ValueError, KeyError, TypeError) as error:
        raise PicturesError(
            f"{path} has no columns file, {' and '.join(TOLD)} ({error}); mend it or take it out"
        ) from None
    told = table.reindex(index["source"]).fillna("").reset_index(drop=True)
    index = index.assign(**{name: told[name] for name in TOLD})
    return _of_characters(index, told["character"], path) if "character" in told and names == "auto" else index


def file_name(character: str) -> str:
    """As KanjiVG names its files: 07c78."""
    return f"{ord(character):05x}"


def _of_characters(index: pd.DataFrame, named: pd.Series, path: Path) -> pd.DataFrame:
    """named: the character of each row, "" for one of which the table names none."""
    if (wrong := named[named.str.len() > 1]).size:
        raise PicturesError(f"{path}: {wrong.iat[0]!r} is no character; give one, or none")
    told = (named != "").to_numpy()
    codes = [ord(one) if one else characters.NO_CODE_POINT for one in named]
    again = named.groupby(named).cumcount() + 1
    said = {
        "character": named, "code_point": codes, "variant": again.where(again > 1, "").astype(str),
        "kind": [characters.kind(code) for code in codes],
    }  # fmt: skip
    return index.assign(
        **{name: np.where(told, np.asarray(values), index[name].to_numpy()) for name, values in said.items()}
    )
