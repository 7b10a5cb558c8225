"""A folder of SVGs -> drawings: what `fake-kanji sample` and `write` made, a KanjiVG of one's own, icons.

Read as the stage parse reads them by default, curves in chords of about CHORD of a box of 109. A table dreams.csv
beside them says how each is described; the licence is what the files say in <metadata>.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.dataset import DrawingSet
from pipeline.drawing import Steps, stroke_count
from pipeline.parse import single
from pipeline.parse.characters import Names
from pipeline.parse.options import ParseParams
from pipeline.parse.svg import untrusted

DREAMS = "dreams.csv"  # as write/writer.py writes it: file, description, reading
SIDE, CHORD, MOST_CHORDS = 109.0, 10.0, 3


class PicturesError(ValueError):
    """A folder of SVGs that cannot be read."""


def read(folder: Path, names: Names = "auto") -> tuple[DrawingSet, str]:
    """Its drawings, in the order of their names, and their licence, "" where none is said; `names`: how files are
    named, as parse.names. Raises PicturesError."""
    paths = sorted(path for path in folder.rglob("*.svg") if not path.relative_to(folder).as_posix().startswith("."))
    if not paths:
        raise PicturesError(f"{folder} holds no set of drawings and no .svg file; name another folder")
    found = [_one(path, folder, names) for path in paths]
    stops = np.cumsum([len(steps) for _, steps in found])
    index = pd.DataFrame([row for row, _ in found])
    index = index.assign(start=stops - [len(steps) for _, steps in found], stop=stops)
    index["strokes"] = [stroke_count(steps) for _, steps in found]
    licences = dict.fromkeys(text for text in map(_licence, paths) if text)
    return DrawingSet(np.concatenate([steps for _, steps in found]), _told(index, folder)), "; ".join(licences)


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


def _told(index: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """With the descriptions and readings of dreams.csv, if it is there."""
    if not (folder / DREAMS).exists():
        return index
    try:
        table = pd.read_csv(folder / DREAMS, dtype=str, keep_default_na=False)[["file", "description", "reading"]]
    except (ValueError, KeyError) as error:
        raise PicturesError(f"{folder / DREAMS} has no columns file, description and reading ({error})") from None
    table = table.drop_duplicates("file").set_index("file")
    told = table.reindex(index["source"]).fillna("")
    return index.assign(description=told["description"].to_numpy(), reading=told["reading"].to_numpy())
