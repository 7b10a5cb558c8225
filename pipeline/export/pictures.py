"""A folder of SVGs, as `fake-kanji sample` and `write` fill one or KanjiVG is one, as a set of drawings.

Every file is a drawing, in the order of the names; lines stay as they are and curves become points as KanjiVG's do.
What KanjiVG says in a file of the character, types and groups is kept, and of dreams their description.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.dataset import DrawingSet
from pipeline.drawing import stroke_count
from pipeline.parse import single
from pipeline.parse.options import ParseParams

OPTIONS = ParseParams(
    rule="bezier", chord_length=10.0, max_chords=3, spacing=5.0, epsilon=1.0, names="auto",
    select=["kanji", "kana", "other"], variants=True, max_unreadable=0,
)  # fmt: skip
DREAMS, TOLD = "dreams.csv", ("description", "reading")


class PicturesError(ValueError):
    """A folder of SVGs one of which cannot be read."""


def read(folder: Path) -> DrawingSet:
    """Raises PicturesError: a file that cannot be read, with its place."""
    rows, drawings = [], []
    for path in paths(folder):
        name = path.relative_to(folder).as_posix()
        parsed = single.read_file(name, path.read_bytes(), OPTIONS)
        if parsed.steps is None:
            raise PicturesError(f"{path}: {parsed.reason}; mend it or take it out")
        rows.append(parsed.row | {"strokes": stroke_count(parsed.steps)})
        drawings.append(parsed.steps)
    stops = np.cumsum([len(steps) for steps in drawings])
    index = pd.DataFrame(rows).assign(start=stops - [len(steps) for steps in drawings], stop=stops)
    return DrawingSet(np.concatenate(drawings), _told(folder, index))


def paths(folder: Path) -> list[Path]:
    """The SVGs there, and in folders in it."""
    return sorted(path for path in folder.rglob("*.svg") if path.is_file())


def _told(folder: Path, index: pd.DataFrame) -> pd.DataFrame:
    """With the columns of the table of dreams that `sample` writes beside its pictures."""
    if not (folder / DREAMS).exists():
        return index
    table = pd.read_csv(folder / DREAMS, keep_default_na=False, dtype="str").set_index("file")
    return index.assign(**{name: index["source"].map(table[name]).fillna("") for name in TOLD if name in table})
