"""A set of drawings -> the files of other tools, those of formats.py but KanjiVG's own (kanjivg/form.py).

svg     a folder with a picture a drawing, in the data's own box, named by its id; names.csv has the ids of those
        whose name had to be another (filenames.py)
npz     the object arrays train, valid and test of (n, 3) float32: dx, dy, lifted, as sketch-rnn loads them (with
        allow_pickle, which is theirs). The pen starts on the paper at a first point that has no row, as in the data
        published with it; the position in the box is lost.
ndjson  a drawing a line, whole numbers in a box from 0 to 255, as Quick, Draw!'s simplified files; `word` is the
        drawing's label, character or description, a split is lost
json    width, height, licence and the drawings: id, character, split and strokes as lists of x, y
hanzi-writer  a folder with a JSON file a drawing (quiz.py), named as in svg by its character, else by its
        description, else by its id
plotter, svgfont, jhf  single lines: a sheet in millimetres (plotter.py), fonts of strokes (single_line.py) with a CSV
        beside them that says which code point is which drawing (code_points.py)

A description, of a kanji or of a dream before it was written, and how a dream reads are kept in ndjson, json and
hanzi-writer.

Drawings without a split, as samples are, are train in an npz.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline import dataset, files, render
from pipeline.batch import holdout
from pipeline.drawing import ON_PAPER, Steps, to_strokes, unit
from pipeline.export import code_points, pictures, plotter, quiz, single_line
from pipeline.export.filenames import file_names
from pipeline.export.formats import FORMATS
from pipeline.export.plotter import Sheet
from pipeline.export.single_line import Glyph
from pipeline.parse.characters import Names
from pipeline.parse.formats import quickdraw, stroke3

NAMES = "names.csv"
SAMPLED = "data.json"  # beside samples: box, licence, and which net wrote them from which seed
TOLD = ("description", "reading")  # columns of batches and dreams
DECIMALS = 4


class ExportError(ValueError):
    """A folder that cannot be exported, or a file that cannot be written."""


@dataclass(frozen=True)
class Exported:
    """Drawings in the units of their boxes, and the licence of what they derive from ("" where none is known)."""

    drawings: dataset.DrawingSet
    scale: float
    licence: str

    def __iter__(self) -> Iterator[tuple[pd.Series, Steps]]:
        for (_, row), steps in zip(self.drawings.index.iterrows(), self.drawings, strict=True):
            yield row, steps * unit(self.scale)


def read(folder: Path, rejected: bool, licence: str | None, names: Names = "auto") -> Exported:
    """What a stage wrote: parse, batch, or sample (without the rejected ones unless told); or a folder of SVGs, named
    as `names` says. Raises ExportError, DatasetError, PicturesError."""
    if folder.is_dir() and not (folder / dataset.POINTS).exists():
        drawings, said = pictures.read(folder, names)
        return Exported(drawings, 1.0, said if licence is None else licence)
    drawings = dataset.load(folder)
    if "accepted" in drawings.index and not rejected and len(drawings):
        chosen = drawings.where(drawings.index["accepted"].to_numpy())
        if not len(chosen):
            raise ExportError(
                f"the filters left all {len(drawings)} drawings of {folder} out; --rejected exports them too"
            )
        drawings = chosen
    if not len(drawings):
        raise ExportError(f"{folder} holds no drawing; name another folder, such as data/strokes or data/samples")
    scale = holdout.read_description(folder)["scale"] if (folder / holdout.DESCRIPTION).exists() else 1.0
    return Exported(drawings, scale, _licence(folder) if licence is None else licence)


def check_names(names: str) -> Names:
    """One of the readings of names, see parse/characters.py. Raises ExportError."""
    known = get_args(Names)
    if names not in known:
        raise ExportError(f"--names {names}: must be one of {', '.join(known)}")
    return cast(Names, names)


def write(exported: Exported, kind: str, out: Path, **how: Any) -> int:
    """Write them as one of WRITERS, whole or not at all; how many. how: `page` of a plotter; `smooth`: curves instead
    of lines, of a plotter and an svgfont.
    Raises ExportError, PlotterError, SingleLineError, CodePointError."""
    if FORMATS[kind].folder and out.exists():
        raise ExportError(f"--out {out} exists already; name a folder that does not")
    with (files.whole_folder if FORMATS[kind].folder else files.whole_file)(out) as partial:
        WRITERS[kind](exported, partial, **how)
        if FORMATS[kind].listed:
            listed = code_points.table(exported.drawings.index, _codes(exported, kind))
            with files.whole_file(out.with_suffix(".csv")) as beside:
                code_points.write(listed, beside)
    return len(exported.drawings)


def stroke_3(steps: Steps) -> NDArray[np.float32]:
    """(n, 3) steps -> stroke-3 with the pen on the paper at the first point. A first stroke of one point becomes a
    line of no length, since its point has no row."""
    rows = np.column_stack((steps[:, :2], steps[:, 2] != ON_PAPER)).astype(np.float32)
    if rows[0, 2]:
        rows[0] = (0, 0, 1)
        return rows
    return rows[1:]


def each(folder: Path, ending: str, ids: list[str], texts: Iterable[str]) -> None:
    """A file for each text, named by its id as far as systems allow, and a table of those that are not."""
    names = file_names(ids, ending)
    for text, name in zip(texts, names, strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:  # never over another
            file.write(text)
    if others := [(one, name) for one, name in zip(ids, names, strict=True) if name != f"{one}{ending}"]:
        table = pd.DataFrame(others, columns=["id", "file"])
        table["id"] = [one.encode(errors="backslashreplace").decode() for one in table["id"]]
        table.to_csv(folder / NAMES, index=False)


def _svg(exported: Exported, folder: Path) -> None:
    def picture(row: pd.Series, steps: Steps) -> str:
        return render.drawing_svg(steps, float(row["width"]), float(row["height"]), credit=exported.licence or None)

    each(folder, ".svg", [str(one) for one in exported.drawings.index["id"]], (picture(*one) for one in exported))


def _hanzi_writer(exported: Exported, folder: Path) -> None:
    named = [str(row["id"] if row.get("variant") else _named(row) or row["id"]) for row, _ in exported]
    texts = (
        _compact(quiz.character(row, steps, exported.licence) | {"id": row["id"], **_told(row)})
        for row, steps in exported
    )
    each(folder, ".json", named, texts)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _npz(exported: Exported, path: Path) -> None:
    parts: dict[str, list[NDArray]] = {split: [] for split in stroke3.SPLITS}
    for row, steps in exported:
        parts[row.get("split") or "train"].append(stroke_3(steps))
    train, valid, test = (_objects(parts[split]) for split in stroke3.SPLITS)
    with path.open("wb") as file:  # numpy would add .npz to a name
        np.savez_compressed(file, licence=np.array(exported.licence), train=train, valid=valid, test=test)


def _objects(items: list[NDArray]) -> NDArray[np.object_]:
    """An array of arrays, also where all are of one length."""
    found = np.empty(len(items), object)
    found[:] = items
    return found


def _ndjson(exported: Exported, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row, steps in exported:
            side = max(float(row["width"]), float(row["height"]))
            strokes = [stroke * (quickdraw.SIDE / side) for stroke in to_strokes(steps, row["width"], row["height"])]
            whole = [np.clip(np.rint(stroke), 0, quickdraw.SIDE).astype(int).T.tolist() for stroke in strokes]
            line = {"word": _word(row), "key_id": row["id"], "recognized": True, "drawing": whole}
            line |= _told(row)
            line |= {"licence": exported.licence} if exported.licence else {}
            file.write(_compact(line) + "\n")


def _json(exported: Exported, path: Path) -> None:
    boxes = exported.drawings.index[["width", "height"]].median()
    drawings = [
        {
            "id": row["id"],
            "character": row.get("character", ""),
            "split": row.get("split", ""),
            **_told(row),
            "strokes": [stroke.round(DECIMALS).tolist() for stroke in to_strokes(steps, row["width"], row["height"])],
        }
        for row, steps in exported
    ]
    values = {"width": float(boxes["width"]), "height": float(boxes["height"]), "licence": exported.licence}
    path.write_text(_compact(values | {"drawings": drawings}), "utf-8")


def _plotter(exported: Exported, path: Path, page: Sheet, smooth: bool = False) -> None:
    path.write_text(plotter.svg(_glyphs(exported), page, exported.licence, smooth), "utf-8")


def _svgfont(exported: Exported, path: Path, smooth: bool = False) -> None:
    codes = _codes(exported, "svgfont")
    path.write_text(single_line.svg_font(_glyphs(exported), codes, exported.licence, smooth), "utf-8")


def _jhf(exported: Exported, path: Path) -> None:
    ids = [str(one) for one in exported.drawings.index["id"]]
    path.write_text(single_line.jhf(_glyphs(exported), _codes(exported, "jhf"), ids), "utf-8")


def _codes(exported: Exported, kind: str) -> list[int]:
    last = single_line.MOST_NUMBER if kind == "jhf" else code_points.LAST
    return code_points.code_points(exported.drawings.index, last)


def _glyphs(exported: Exported) -> list[Glyph]:
    boxes = ((float(row["width"]), float(row["height"]), steps) for row, steps in exported)
    return [(to_strokes(steps, width, height), width, height) for width, height, steps in boxes]


WRITERS: dict[str, Callable[..., None]] = {
    "svg": _svg, "npz": _npz, "ndjson": _ndjson, "json": _json, "hanzi-writer": _hanzi_writer,
    "plotter": _plotter, "svgfont": _svgfont, "jhf": _jhf,
}  # fmt: skip


def _word(row: pd.Series) -> str:
    return row.get("label") or _named(row)


def _named(row: pd.Series) -> str:
    return row.get("character") or row.get("description") or ""


def _told(row: pd.Series) -> dict[str, str]:
    """How it is put together, and how that reads, as far as it is known."""
    return {name: row[name] for name in TOLD if row.get(name)}


def about(folder: Path) -> dict[str, Any]:
    """What the stages parse, batch and sample tell of their drawings; {} of another folder."""
    for name in ("summary.json", holdout.DESCRIPTION, SAMPLED):
        if (folder / name).exists():
            return dict(json.loads((folder / name).read_text(encoding="utf-8")))
    return {}


def _licence(folder: Path) -> str:
    return about(folder).get("licence") or ""
