"""Makes pretrained/handles.safetensors: how kanji go between their points, for pipeline/handles.py.

    python benchmarks/train_handles.py [--drawings N] [--epochs 30] [--out FILE]        # after `dvc repro batch`

Learns from the training drawings of data/batches with their curves in data/raw; `benchmarks/kanjivg_form.py` tells how
near it then comes to those of others. The same seed gives the same net on the same machine.
"""

import argparse
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from safetensors.numpy import save_file  # noqa: E402

from pipeline import dataset, handles  # noqa: E402
from pipeline.batch import holdout  # noqa: E402
from pipeline.files import whole_file  # noqa: E402
from pipeline.parse.svg import documents  # noqa: E402
from pipeline.parse.svg.paths import Curve  # noqa: E402

HIDDEN, BATCH, RATE, SEED = 64, 512, 3e-3, 1
PLACES, BLUNT = 15, 0.05  # where cubics are compared, and the units below which they are as good as the same
RULE = {"chord_length": handles.CHORD, "max_chords": 3}
LONGEST = 4.0  # handles, in lengths of their chord: a longer one is a slip of the pen's


def curves(split: str, most: int | None = None, data: Path = ROOT / "data") -> Iterator[tuple[dict, list[Curve]]]:
    """Rows of the index and KanjiVG's own curves of the drawings of a split, at most so many, chosen by SEED."""
    index = dataset.load(data / "batches").index
    rows = np.flatnonzero((index["split"] == split).to_numpy())
    if most is not None and most < len(rows):
        rows = np.sort(np.random.default_rng(SEED).choice(rows, most, replace=False))
    with zipfile.ZipFile(data / "raw" / "drawings.zip") as archive:
        for i in rows:
            row = index.iloc[i].to_dict()
            yield row, documents.read(archive.read(row["source"]), row["source"]).curves


def pieces(curve: Curve) -> NDArray[np.float64]:
    """(s, 4, 2) -> (c, 4, 2): cut as resampling.bezier does, so that the ends are the points that it keeps."""
    found = []
    for cubic, straight in zip(curve.controls, curve.straight, strict=True):
        away = np.hypot(*(cubic[3] - cubic[0]))
        count = 1 if straight else int(min(RULE["max_chords"], 1 + away // RULE["chord_length"]))
        cuts = np.linspace(0, 1, count + 1)
        found += [_cut(cubic, a, b) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]
    return np.stack(found)


def _cut(cubic: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """The piece of a cubic from parameter a to b, by its blossom."""
    rows = []
    for places in ((a, a, a), (a, a, b), (a, b, b), (b, b, b)):
        points = cubic
        for t in places:
            points = points[:-1] + (points[1:] - points[:-1]) * t
        rows.append(points[0])
    return np.stack(rows)


def examples(found: Iterator[tuple[dict, list[Curve]]]) -> tuple[NDArray, NDArray, NDArray]:
    """Features (N, F), handles (N, 4) and lengths (N,) of chords."""
    inputs, wanted, lengths = [], [], []
    for _, of_drawing in found:
        for curve in of_drawing:
            cubics = pieces(curve)
            cubics = cubics[(cubics[:, 0] != cubics[:, 3]).any(axis=1)]
            if len(cubics) == 0:
                continue
            points = np.concatenate((cubics[:, 0], cubics[-1:, 3]))
            inputs.append(handles.features(points))
            wanted.append(handles.of_cubics(cubics))
            lengths.append(np.hypot(*np.diff(points, axis=0).T))
    rows = [np.concatenate(part) for part in (inputs, wanted, lengths)]
    usual = np.abs(rows[1]).max(axis=1) < LONGEST
    return rows[0][usual], rows[1][usual], rows[2][usual]


def train(inputs: NDArray, wanted: NDArray, lengths: NDArray, epochs: int) -> dict[str, NDArray[np.float32]]:
    """Adam on `apart`, the rate falling along a cosine."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    x, y = torch.tensor((inputs - mean) / spread).float(), torch.tensor(wanted).float()
    units = torch.tensor(lengths).float()[:, None]
    layers = [torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, HIDDEN), torch.nn.Linear(HIDDEN, 4)]
    net = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1], torch.nn.Tanh(), layers[2])
    optimizer, steps = torch.optim.Adam(net.parameters(), RATE), len(x) // BATCH
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * steps)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in torch.randperm(len(x))[: steps * BATCH].view(steps, BATCH):
            loss = apart(net(x[rows]), y[rows], units[rows]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch} of {epochs}: {total / steps:.4f} units apart", flush=True)
    return folded(layers, mean, spread)


def apart(one: Tensor, other: Tensor, lengths: Tensor) -> Tensor:
    """(B, 4) handles and (B, 1) lengths of their chords -> (B,): how far the cubics are from one another, on average at
    PLACES equal parameters, in units; below BLUNT it counts as little as its square."""
    t = torch.linspace(0, 1, PLACES + 2)[1:-1]
    weights = torch.stack((3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2))  # of the two handles, (2, PLACES)
    away = ((one - other) * lengths).view(-1, 2, 2)  # B x handle x axis
    square = torch.einsum("bhx,hp->bpx", away, weights).square().sum(dim=2)
    return (square + BLUNT**2).sqrt().mean(dim=1)


def folded(layers: list[torch.nn.Linear], mean: NDArray, spread: NDArray) -> dict[str, NDArray[np.float32]]:
    """As the file has them: the first layer takes the features as they are."""
    tensors = {}
    for i, layer in enumerate(layers):
        tensors[f"{i}.weight"] = layer.weight.detach().numpy().astype(np.float64)
        tensors[f"{i}.bias"] = layer.bias.detach().numpy().astype(np.float64)
    tensors["0.bias"] -= tensors["0.weight"] @ (mean / spread)
    tensors["0.weight"] /= spread
    return {name: values.astype(np.float32) for name, values in tensors.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drawings", type=int, default=None, help="so many, chosen by chance (all)")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--out", type=Path, default=handles.SHIPPED)
    asked = parser.parse_args()
    licence = holdout.read_description(ROOT / "data" / "batches")["licence"]
    tensors = train(*examples(curves("train", asked.drawings)), asked.epochs)
    about = {"licence": str(licence), "made_by": "benchmarks/train_handles.py", "resampling": json.dumps(RULE)}
    with whole_file(asked.out) as partial:
        save_file(tensors, partial, metadata=about)
    print(f"wrote {asked.out}: {asked.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
