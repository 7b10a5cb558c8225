"""A set of drawings on disk: a folder with `points.npy` and `index.parquet`.

points.npy     (N, 3) float32, the steps of all drawings one after another, memory-mapped when read
index.parquet  a row a drawing: start and stop (rows of points.npy), strokes (their number), and what the writer
               knows of it: id, character, code_point, variant, split, width, height, source, ...

A set may be larger than the memory: it is written as its drawings come, read `parts` by part, and of the index `load`
reads the columns that are asked for.
"""

import mmap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import ON_PAPER, Steps

if TYPE_CHECKING:  # slow, and who writes at once reads no table
    import pandas as pd
    import pyarrow.parquet as pq

POINTS, INDEX = "points.npy", "index.parquet"
BLOCK = 4096  # drawings read or written at once
ROW_GROUP = 65_536  # rows of the index that are kept until they are written
PLACE = ("start", "stop", "strokes")  # columns that every index has


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

    def joined(self) -> Steps:
        """The steps of all drawings one after another, (n, 3); a view where they stand so."""
        starts, stops = (self.index[name].to_numpy(np.int64) for name in ("start", "stop"))
        if not len(self) or (starts[1:] == stops[:-1]).all():
            return self.points[starts[0] : stops[-1]] if len(self) else self.points[:0]
        return np.concatenate([self.points[a:b] for a, b in zip(starts.tolist(), stops.tolist(), strict=True)])

    def blocks(self) -> Iterator["DrawingSet"]:
        """BLOCK drawings at a time: of a set on disk no more steps are in the memory."""
        for at in range(0, len(self), BLOCK):
            yield DrawingSet(self.points, self.index.iloc[at : at + BLOCK])
            release(self.points)

    def where(self, chosen: np.ndarray) -> "DrawingSet":
        """The drawings for which the (B,) boolean array is true; the points stay shared."""
        return DrawingSet(self.points, self.index[chosen].reset_index(drop=True))


def release(points: NDArray) -> None:
    """What was read of a memory-mapped array counts no more to this process's memory; it is read again when used."""
    if isinstance(points.base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        points.base.madvise(mmap.MADV_DONTNEED)


class Writer:
    """Writes a set into an existing folder as its drawings come, so that they are never all in memory.

    with Writer(folder) as writer: writer.add(drawings, index) for each part; the set is whole when the block ends.
    """

    def __init__(self, folder: Path):
        self.folder, self.parts = folder, []  # type: tuple[Path, list[pd.DataFrame]]
        self.rows = self.waiting = 0  # points written; drawings whose rows of the index are not
        self.table: pq.ParquetWriter | None = None

    def __enter__(self) -> "Writer":
        self.file = (self.folder / POINTS).open("w+b")
        self._head()
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        if kind is None:
            self.file.seek(0)
            self._head()  # as long as the first: numpy leaves room for the number of rows
            if self.parts or self.table is None:
                self._write_index()
        if self.table is not None:
            self.table.close()
        self.file.close()

    def add(self, drawings: Sequence[Steps], index: "pd.DataFrame") -> None:
        """`index` has a row a drawing; start, stop and strokes are added here."""
        lengths = np.array([len(steps) for steps in drawings], np.int64)
        self.add_steps(np.concatenate([*drawings, np.zeros((0, 3), np.float32)]), lengths, index)

    def add_steps(self, steps: Steps, lengths: NDArray[np.int64], index: "pd.DataFrame") -> None:
        """As `add`, of drawings one after another: (n, 3) steps, and how many each has."""
        if len(lengths) != len(index):
            raise DatasetError(f"{len(lengths)} drawings but {len(index)} rows in the index")
        self.file.write(np.ascontiguousarray(steps, np.float32).data)
        stops = np.cumsum(lengths)
        lifts = np.concatenate(([0], np.cumsum(steps[:, 2] != ON_PAPER)))
        strokes = (lifts[stops] - lifts[stops - lengths]).astype(np.int32)
        place = dict(zip(PLACE, (self.rows + stops - lengths, self.rows + stops, strokes), strict=True))
        self.parts.append(index.assign(**place))
        self.rows += int(lengths.sum())
        self.waiting += len(index)
        if self.waiting >= ROW_GROUP:
            self._write_index()

    def _write_index(self) -> None:
        """The rows that wait, as one group; the first group decides the columns' types."""
        import pandas as pd
        import pyarrow as pa
        import pyarrow.parquet as pq

        index = pd.concat(self.parts, ignore_index=True) if self.parts else pd.DataFrame()
        rows = pa.Table.from_pandas(index, preserve_index=False)
        if self.table is None:
            self.table = pq.ParquetWriter(self.folder / INDEX, rows.schema, compression="zstd")
        self.table.write_table(rows.cast(self.table.schema))
        self.parts, self.waiting = [], 0

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


def load(folder: Path | str, columns: Iterable[str] | None = None) -> DrawingSet:
    """Read a set; points stay on disk until used. columns: of the index those that are there of these, and PLACE; all,
    if None. Raises DatasetError when the folder does not hold a set."""
    import pandas as pd
    import pyarrow.parquet as pq

    folder = Path(folder)
    try:
        points = np.load(folder / POINTS, mmap_mode="r", allow_pickle=False)
        asked = _present(columns, pq.read_schema(folder / INDEX).names)
        index = pd.read_parquet(folder / INDEX, columns=asked)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder} does not hold a set of drawings ({error}); run `dvc repro` to make it") from None
    if points.ndim != 2 or points.shape[1] != 3 or (len(index) and int(index["stop"].max()) > len(points)):
        raise DatasetError(f"{folder}: {POINTS} and {INDEX} do not belong together; run `dvc repro` to make them anew")
    return DrawingSet(points, index)


def parts(folder: Path | str, columns: Iterable[str] | None = None) -> Iterator[DrawingSet]:
    """A set as `load` reads it, BLOCK drawings at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    points = load(folder, columns=()).points
    with pq.ParquetFile(Path(folder) / INDEX) as index:
        for rows in index.iter_batches(BLOCK, columns=_present(columns, index.schema_arrow.names)):
            yield DrawingSet(points, pa.Table.from_batches([rows]).to_pandas())
            release(points)


def _present(columns: Iterable[str] | None, there: Sequence[str]) -> list[str] | None:
    return None if columns is None else [name for name in there if name in {*columns, *PLACE}]
