"""A set of drawings on disk: a folder with `points.npy` and `index.parquet`.

points.npy     (N, 3) float32, the steps of all drawings one after another, memory-mapped when read
index.parquet  a row a drawing: start and stop (rows of points.npy), strokes (their number), and what the writer
               knows of it: id, character, code_point, variant, split, width, height, source, ...
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.drawing import Steps, stroke_count

POINTS, INDEX = "points.npy", "index.parquet"


class DatasetError(ValueError):
    """A folder that does not hold a whole set of drawings."""


@dataclass(frozen=True)
class DrawingSet:
    """points: (N, 3) float32 steps; index: a row a drawing, in the order of points."""

    points: np.ndarray
    index: pd.DataFrame

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


def save(folder: Path, drawings: Sequence[Steps], index: pd.DataFrame) -> None:
    """Write the set into an existing folder. `index` has a row a drawing; start, stop and strokes are added here."""
    if len(drawings) != len(index):
        raise DatasetError(f"{len(drawings)} drawings but {len(index)} rows in the index")
    stops = np.cumsum([len(steps) for steps in drawings], dtype=np.int64)
    total = int(stops[-1]) if len(stops) else 0
    # np.save needs the whole array; the map is filled drawing by drawing and has no second copy in memory
    if total:
        points = np.lib.format.open_memmap(folder / POINTS, mode="w+", dtype=np.float32, shape=(total, 3))
        for steps, stop in zip(drawings, stops, strict=True):
            points[stop - len(steps) : stop] = steps
        points.flush()
    else:
        np.save(folder / POINTS, np.zeros((0, 3), np.float32))
    index = index.assign(
        start=stops - [len(steps) for steps in drawings] if total else np.zeros(0, np.int64),
        stop=stops,
        strokes=np.array([stroke_count(steps) for steps in drawings], np.int32),
    )
    index.to_parquet(folder / INDEX, index=False, compression="zstd")


def load(folder: Path | str) -> DrawingSet:
    """Read a set; points stay on disk until used. Raises DatasetError when the folder does not hold one."""
    folder = Path(folder)
    try:
        points = np.load(folder / POINTS, mmap_mode="r", allow_pickle=False)
        index = pd.read_parquet(folder / INDEX)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder} does not hold a set of drawings ({error}); run `dvc repro` to make it") from None
    if points.ndim != 2 or points.shape[1] != 3 or (len(index) and int(index["stop"].max()) > len(points)):
        raise DatasetError(f"{folder}: {POINTS} and {INDEX} do not belong together; run `dvc repro` to make them anew")
    return DrawingSet(points, index)
