"""Reader of stroke-3: an .npz with the arrays train, valid and test, as sketch-rnn and Quick, Draw! publish them.

Each is a row of (n, 3) arrays of dx, dy and lifted: 1 where the pen is lifted after that point. The pen starts on the
paper at a first point that has no row, so that the first row already draws; this is converted here, and that point is
the first row of our drawing. `stroke-3` has neither a box nor a position: the box is the smallest square that holds
every readable drawing of the file, and each stands in its middle. A drawing keeps the split that the file gives it.

(D. Ha, D. Eck, A Neural Representation of Sketch Drawings, arXiv:1704.03477, 3.1, and the data published with it)
"""

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.formats import object_arrays
from pipeline.parse.formats.sketch import FormatError, Points, Record, Sketch, extent, stem
from pipeline.parse.svg.paths import LIMIT

SPLITS = ("train", "valid", "test")
MAX_ARRAY_BYTES = 4 * 1024**3  # of one split; the largest published one has some 100 MB


def records(stream: BinaryIO, name: str) -> Iterator[Record]:
    """The drawings of all splits; the arrays of the file are in memory. Raises FormatError."""
    arrays = _arrays(stream, name)
    side = max((_side(steps) for part in arrays.values() for steps in part), default=0.0)
    for split, part in arrays.items():
        for number, steps in enumerate(part):
            place = f"{name}: {split}, drawing {number}"
            yield Record(name, number, place, (steps, side or 1.0), split)


def read(record: Record) -> Sketch:
    steps, side = record.data
    if fault := _fault(steps):
        raise FormatError(fault)
    strokes = lines(steps)
    low, high = extent(strokes)
    strokes = [stroke - (low + high) / 2 + side / 2 for stroke in strokes]
    return Sketch(f"{stem(record.name)}/{record.split}/{record.number:06d}", strokes, side, side)


def lines(steps: NDArray) -> list[Points]:
    """(n, 3) stroke-3 -> strokes; the first begins at 0, 0."""
    points = np.concatenate((np.zeros((1, 2)), np.cumsum(steps[:, :2], axis=0, dtype=np.float64)))
    ends = np.flatnonzero(steps[:, 2]) + 2  # of the points, of which there is one more
    return [stroke for stroke in np.split(points, ends) if len(stroke)]


def _arrays(stream: BinaryIO, name: str) -> dict[str, list[NDArray | FormatError]]:
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            splits = [split for split in SPLITS if f"{split}.npy" in entries]
            if not splits:
                raise FormatError(f"{name}: holds none of the arrays train, valid and test; is it stroke-3?")
            return {split: _split(archive, entries[f"{split}.npy"], f"{name}: {split}") for split in splits}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise FormatError(f"{name}: is no whole .npz ({error}); fetch it again") from None


def _split(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: str) -> list[NDArray | FormatError]:
    if entry.file_size > MAX_ARRAY_BYTES:
        raise FormatError(f"{place}: has {entry.file_size:,} bytes, above {MAX_ARRAY_BYTES:,}; cut it in parts")
    try:
        with archive.open(entry) as file:
            return object_arrays.read(file)
    except FormatError as error:
        raise FormatError(f"{place}: {error}") from None


def _fault(steps: NDArray | FormatError) -> str:
    """Why it is no drawing, "" for one that is. One that is none has no say in the box of all."""
    if isinstance(steps, FormatError):
        return str(steps)
    if steps.ndim != 2 or steps.shape[1:] != (3,) or not len(steps):
        return f"is an array of {steps.shape}, not (n, 3): dx, dy and lifted; leave it out of the file"
    if not np.isin(steps[:, 2], (0, 1)).all():
        return "its third column is not 0 or 1: this is not stroke-3; convert it to stroke-3"
    if not (np.abs(steps[:, :2].astype(np.float64)) <= LIMIT).all() or not _longer(steps) <= LIMIT:  # NaN fails too
        return f"holds an offset or a place that is not a number below {LIMIT:,.0f}; leave it out of the file"
    return ""


def _side(steps: NDArray | FormatError) -> float:
    """The longer side of a drawing, 0 for one that `read` will refuse."""
    return 0.0 if isinstance(steps, FormatError) or _fault(steps) else _longer(steps)


def _longer(steps: NDArray) -> float:
    points = np.cumsum(steps[:, :2], axis=0, dtype=np.float64)
    return float((np.maximum(points.max(axis=0), 0) - np.minimum(points.min(axis=0), 0)).max())
