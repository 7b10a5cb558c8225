"""A set of drawings on disk: a folder with `points.npy` and `index.parquet`.

points.npy     (N, 3) float32, the steps of all drawings one after another, memory-mapped when read
index.parquet  a row a drawing: start and stop (rows of points.npy), strokes (their number), and what the writer
               knows of it: id, character, code_point, variant, split, width, height, source, ...
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.drawing import Steps, stroke_count

if TYPE_CHECKING:
    import pandas as pd  # slow, and who writes at once reads no table

POINTS, INDEX = "points.npy", "index.parquet"
BLOCK = 4096  # drawings written at once


class DatasetError(ValueError):
    """A folder that does not hold a whole set of drawings."""


@dataclass(frozen=True)
class DrawingSet:
    """points: (N, 3) float32 steps; index: a row a drawing, in the order of points."""

    points: np.ndarray
    index: "pd.DataFrame"

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, i: int) -> Steps:
        """Drawing i, (n, 3), a view."""
        return self.points[self.index["start"].iat[i] : self.index["stop"].iat[i]]

    def __iter__(self) -> Iterator[Steps]:
        return (self.points[a:b] for a, b in zip(self.index["start"], self.index["stop"], strict=True))

    def lengths(self) -> np.ndarray:
        """Steps of each drawing, (B,) int64."""
        return (self.index["stop"] - self.index["start"]).to_numpy()

    def where(self, chosen: np.ndarray) -> "DrawingSet":
        """The drawings for which the (B,) boolean array is true; the points stay shared."""
        return DrawingSet(self.points, self.index[chosen].reset_index(drop=True))


class Writer:
    """Writes a set into an existing folder as its drawings come, so that they are never all in memory.

    with Writer(folder) as writer: writer.add(drawings, index) for each part; the set is whole when the block ends.
    """

    def __init__(self, folder: Path):
        self.folder, self.parts = folder, []  # type: tuple[Path, list[pd.DataFrame]]
        self.rows = 0

    def __enter__(self) -> "Writer":
        self.file = (self.folder / POINTS).open("w+b")
        self._head()
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        if kind is None:
            import pandas as pd

            self.file.seek(0)
            self._head()  # as long as the first: numpy leaves room for the number of rows
            index = pd.concat(self.parts, ignore_index=True) if self.parts else pd.DataFrame()
            index.to_parquet(self.folder / INDEX, index=False, compression="zstd")
        self.file.close()

    def add(self, drawings: Sequence[Steps], index: "pd.DataFrame") -> None:
        """`index` has a row a drawing; start, stop and strokes are added here."""
        if len(drawings) != len(index):
            raise DatasetError(f"{len(drawings)} drawings but {len(index)} rows in the index")
        lengths = np.array([len(steps) for steps in drawings], np.int64)
        for steps in drawings:
            self.file.write(np.ascontiguousarray(steps, np.float32).data)
        stops = self.rows + np.cumsum(lengths)
        strokes = np.array([stroke_count(steps) for steps in drawings], np.int32)
        self.parts.append(index.assign(start=stops - lengths, stop=stops, strokes=strokes))
        self.rows += int(lengths.sum())

    def _head(self) -> None:
        head = {"descr": "<f4", "fortran_order": False, "shape": (self.rows, 3)}
        np.lib.format.write_array_header_1_0(self.file, head)


def save(folder: Path, drawings: Iterable[Steps], index: "pd.DataFrame") -> None:
    """Write the set into an existing folder, BLOCK drawings at a time. `index` has a row a drawing."""
    source = iter(drawings)
    with Writer(folder) as writer:
        for at in range(0, max(len(index), 1), BLOCK):
            rows = index.iloc[at : at + BLOCK]
            writer.add(list(islice(source, len(rows))), rows)
        if more := sum(1 for _ in source):
            raise DatasetError(f"{len(index) + more} drawings but {len(index)} rows in the index")


def load(folder: Path | str) -> DrawingSet:
    """Read a set; points stay on disk until used. Raises DatasetError when the folder does not hold one."""
    import pandas as pd

    folder = Path(folder)
    try:
        points = np.load(folder / POINTS, mmap_mode="r", allow_pickle=False)
        index = pd.read_parquet(folder / INDEX)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder} does not hold a set of drawings ({error}); run `dvc repro` to make it") from None
    if points.ndim != 2 or points.shape[1] != 3 or (len(index) and int(index["stop"].max()) > len(points)):
        raise DatasetError(f"{folder}: {POINTS} and {INDEX} do not belong together; run `dvc repro` to make them anew")
    return DrawingSet(points, index)
