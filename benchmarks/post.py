"""The post's weights of the pen's loss put to the test, over the epochs of its training.

    python benchmarks/post.py train runs/weighted --weights 1 10 100 [--epochs 500] [--threads 1]  # goes on
    python benchmarks/post.py train runs/plain --weights 1 1 1
    python benchmarks/post.py measure runs/weighted runs/plain
    python benchmarks/post.py show runs/weighted runs/plain --out docs

`train` runs the post's recipe (docs/parameters.md) on data/batches, so after `dvc repro batch`, and keeps the state of
the training at STAGES in <folder>/<epoch>.safetensors. `measure` writes beside each of them <epoch>.json: likelihood
and calibration on the test drawings, for each of SETTINGS the `slips` and what DRAWN drawings are like, which go into
<epoch>-<setting>. `show` prints the tables, and draws post-curves.png, post-weighted.png and post-plain.png.
"""

import argparse
import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from ruamel.yaml import YAML
from tqdm import tqdm

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from pipeline import dataset, drawing, params, render  # noqa: E402
from pipeline.batch import holdout  # noqa: E402
from pipeline.dataset import DrawingSet  # noqa: E402
from pipeline.files import whole_folder, write_json  # noqa: E402
from pipeline.forecast import likelihood  # noqa: E402
from pipeline.net import checkpoint  # noqa: E402
from pipeline.net.model import ModelParams, WritingNet  # noqa: E402
from pipeline.sample import sampler  # noqa: E402
from pipeline.sample.sampler import SampleParams  # noqa: E402
from pipeline.score import plots, scoring  # noqa: E402
from stages import train as training  # noqa: E402

RECIPE: dict[str, dict[str, Any]] = {
    "batch": {"size": 100},
    "model": {
        "described": False, "exemplars": False, "position_input": False, "dropout": 0.2, "dropout_per": "step",
    },
    "train": {
        "optimizer": "adam", "learning_rate": 0.005, "schedule": "exponential", "decay_per_epoch": 0.01,
        "warmup_steps": 0, "epochs": 500, "patience": 0, "pen_weights": [1.0, 10.0, 100.0], "average": 0.0,
        "gradient_clip": 5.0, "scale_per_axis": True, "augmentation_ends": 0.0, "stretch_range": 0.0,
        "slant_range": 0.0, "shift_range": 0.0, "stroke_shift": 0.0,
    },
    "sample": {
        "dream": "free", "pen_temperature": 0.1, "mixture_temperature": 0.1, "width_temperature": 0.1,
        "divide_pen_weights": False,
    },
}  # fmt: skip
STAGES = {1, 2, 3, 5, 8, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, *range(100, 501, 10), 125, 175}  # epochs that are kept
DRAWN = 400  # drawings of each setting
SHOWN = 16  # in a row of a sheet
CELL_PX = 60
TOLD = (5, 15, 50, 100, 150, 200, 300, 400, 500)  # epochs of tables and sheets


@dataclass(frozen=True)
class Setting:
    """How is drawn: one temperature for pen, mixture and widths; whether the weights are divided out."""

    temperature: float
    divided: bool

    @property
    def name(self) -> str:
        return f"{self.temperature:g}-{'divided' if self.divided else 'as-trained'}"


SETTINGS = [Setting(0.1, False), Setting(0.1, True), Setting(1.0, False), Setting(1.0, True)]


def recipe(weights: list[float], epochs: int, threads: int) -> dict[str, dict[str, Any]]:
    """params.yaml of the repository with the post's values."""
    values = YAML(typ="safe", pure=True).load(ROOT / "params.yaml")
    for section, changes in RECIPE.items():
        values[section] |= changes
    values["train"] |= {"pen_weights": weights, "epochs": epochs, "threads": threads}
    return values


def train(folder: Path, weights: list[float], epochs: int, threads: int) -> None:
    """Goes on from the last state in the folder, where there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    asked, there = recipe(weights, epochs, threads), folder / "params.yaml"
    if there.exists() and params.read(there) != asked:
        sys.exit(f"{there} is of another training; give another folder, or delete {folder}")
    YAML().dump(asked, there)
    os.chdir(folder)  # where params.yaml is read
    trainer = training.begin(ROOT / "data" / "batches").trainer
    last = Path("last.safetensors")
    if last.exists():
        trainer.resume(last)

    def save(trainer: Any) -> None:
        trainer.save(last)
        if trainer.progress.epoch in STAGES or trainer.progress.epoch == epochs:
            trainer.save(Path(f"{trainer.progress.epoch:03d}.safetensors"))

    trainer.run(save, lambda row: None)


def stages(folder: Path, ending: str) -> list[Path]:
    """Files of the kept epochs, in their order."""
    return sorted(path for path in folder.glob(f"*{ending}") if path.name.removesuffix(ending).isdigit())


def measure(folder: Path) -> None:
    """What has been measured is not measured again."""
    weights = params.read(folder / "params.yaml")["train"]["pen_weights"]
    test = dataset.load(ROOT / "data" / "batches")
    test = test.where((test.index["split"] == "test").to_numpy())
    data = holdout.read_description(ROOT / "data" / "batches")
    for path in tqdm(stages(folder, ".safetensors"), desc=folder.name):
        if path.with_suffix(".json").exists():
            continue
        net = _net(path, params.load("model", folder / "params.yaml"))
        found = likelihood.forecast(net, test, weights)
        row = likelihood.summary(found, data["scale"])
        row |= {f"calibration_{name}": value for name, value in scoring.calibration(found, 20)[0].items()}
        options = params.load("sample", folder / "params.yaml")
        for setting in SETTINGS:
            if setting.divided and len(set(weights)) == 1:
                continue  # nothing to divide
            probability = found.probability if setting.divided else found.probability_trained
            each = slips(probability, found.state, found.lengths, setting.temperature)
            each |= _draw(net, setting, options, data, weights, folder / f"{path.stem}-{setting.name}")
            row |= {f"{setting.name}.{name}": value for name, value in each.items()}
        write_json(path.with_suffix(".json"), {"epoch": int(path.stem), **{k: float(v) for k, v in row.items()}})


def slips(
    probability: NDArray[np.float64], state: NDArray[np.int64], lengths: NDArray[np.int64], temperature: float
) -> dict[str, float]:
    """How often a pen drawn from these probabilities would do what it did not, along real drawings.

    probability (N, 3), state (N,), lengths (B,): as in `Forecast`. Exact up to the first slip of a drawing:
    behind it the net reads what no drawing holds.

    lifted: strokes' ends put where there is none, a stroke; held: share of strokes' ends missed; cut: share of drawings
    ended before their end; missed: share of drawings' ends missed; through: share of drawings without a slip, in
    expectation.
    """
    with np.errstate(divide="ignore"):
        log = np.log(probability) / temperature
    drawn = np.exp(log - np.logaddexp.reduce(log, axis=1, keepdims=True))
    begins = np.cumsum(lengths) - lengths
    paper, stroke, end = (state == i for i in range(3))
    right = np.take_along_axis(drawn, state[:, None], axis=1)[:, 0]
    with np.errstate(divide="ignore"):
        goes_on = np.where(end, 0.0, np.log1p(-np.minimum(drawn[:, 2], 1.0)))
        through = np.add.reduceat(np.log(right), begins)
    return {
        "lifted": drawn[paper, 1].sum() / (stroke.sum() + end.sum()),
        "held": 1 - drawn[stroke, 1:].sum() / stroke.sum(),
        "cut": 1 - np.exp(np.add.reduceat(goes_on, begins)).mean(),
        "missed": 1 - drawn[end, 2].mean(),
        "through": np.exp(through).mean(),
    }


def _net(path: Path, options: ModelParams) -> WritingNet:
    net = WritingNet(options)
    net.load_state_dict(checkpoint.under("averaged", checkpoint.read_tensors(path)[0]))
    return net.eval()


def _draw(
    net: WritingNet, setting: Setting, options: SampleParams, data: dict[str, Any], weights: list[float], out: Path
) -> dict[str, float]:
    """DRAWN drawings into a folder, and what they are like."""
    names = ("pen_temperature", "mixture_temperature", "width_temperature")
    options = replace(
        options, count=DRAWN, max_attempts=DRAWN, divide_pen_weights=setting.divided,
        **dict.fromkeys(names, setting.temperature),
    )  # fmt: skip
    found = sampler.collect(net, options, data, weights)
    with whole_folder(out) as folder:
        dataset.save(folder, found.drawn, sampler.index(found, data))
    counts = sampler.acceptance(found)
    strokes = [drawing.stroke_count(steps) for steps in found.drawn]
    return {
        "ended": counts["ended_share"], "accepted": counts["accepted_share"],
        "strokes": float(np.mean(strokes)), "steps": float(np.mean([len(steps) for steps in found.drawn])),
    }  # fmt: skip


# ---- what is shown


def show(weighted: Path, plain: Path, out: Path) -> None:
    rows = {
        name: [json.loads(path.read_text()) for path in stages(folder, ".json")]
        for name, folder in (("weighted", weighted), ("plain", plain))
    }
    with matplotlib.style.context(["default", plots.STYLE]):
        figure = curves(rows)
        FigureCanvasAgg(figure).print_png(out / "post-curves.png", metadata={"Software": None})
    data = holdout.read_description(ROOT / "data" / "batches")
    for name, folder in (("weighted", weighted), ("plain", plain)):
        render.write_png(sheet(folder, data), out / f"post-{name}.png", CELL_PX * SHOWN)
    print("\n".join(tables(rows)))


def sheet(folder: Path, data: dict[str, Any]) -> str:
    """A row an epoch: the first that were drawn at the post's temperature, weights as trained."""
    chosen = [path for path in stages(folder, ".json") if int(path.stem) in TOLD]
    cells, labels = [], []
    for path in chosen:
        drawn: DrawingSet = dataset.load(folder / f"{path.stem}-{SETTINGS[0].name}")
        cells += [drawn[i] for i in range(SHOWN)]
        labels += [f"epoch {int(path.stem)}", *[""] * (SHOWN - 1)]
    return render.sheet_svg(cells, data["width"], data["height"], SHOWN, labels, credit=data.get("licence"))


LINES = {
    ("weighted", SETTINGS[0]): (plots.OURS, "-"),
    ("weighted", SETTINGS[1]): (plots.OURS, "--"),
    ("weighted", SETTINGS[2]): (plots.OTHER, "-"),
    ("weighted", SETTINGS[3]): (plots.OTHER, "--"),
    ("plain", SETTINGS[0]): (plots.REAL, "-"),
    ("plain", SETTINGS[2]): (plots.REAL, ":"),
}


def label(name: str, setting: Setting) -> str:
    if name == "plain":
        return f"1, 1, 1 at {setting.temperature:g}"
    return f"1, 10, 100 at {setting.temperature:g}{', divided out' if setting.divided else ''}"


def curves(rows: dict[str, list[dict[str, float]]]) -> Figure:
    """Over the epochs: what is drawn and how well real drawings are foreseen above, the slips below."""
    figure = Figure(figsize=(14, 6.8), layout="constrained")
    axes = figure.subplots(2, 4)
    panels = [
        (axes[0, 0], "ended", "ended within 250 steps, share"), (axes[0, 1], "strokes", "strokes a character"),
        (axes[0, 2], "accepted", "accepted by the filters, share"), (axes[1, 0], "lifted", "lifted wrongly, a stroke"),
        (axes[1, 1], "cut", "ended too early, share of characters"), (axes[1, 2], "missed", "ends missed, share"),
        (axes[1, 3], "through", "no slip, share of characters"),
    ]  # fmt: skip
    for place, column, title in panels:
        for (name, setting), (colour, line) in LINES.items():
            x = [row["epoch"] for row in rows[name]]
            y = [row[f"{setting.name}.{column}"] for row in rows[name]]
            place.plot(x, y, line, color=colour, linewidth=1.4, label=label(name, setting))
        place.set(title=title)
    axes[0, 1].axhline(13, color=plots.FAINT, linewidth=1, zorder=0)
    axes[0, 1].set(ylim=(0, 90), title="strokes a character (grey: real ones)")
    axes[1, 0].set(ylim=(0, 2))
    for name, colour in (("weighted", plots.OURS), ("plain", plots.REAL)):
        axes[0, 3].plot(*zip(*((row["epoch"], row["nats_per_step"]) for row in rows[name]), strict=True), color=colour)
    axes[0, 3].set(title="nats a step, test, weights divided out")
    for place in axes.flat:
        low, high = place.get_xlim()
        place.set(xscale="log", xlabel="epoch")
        place.set_xticks([x for x in (1, 2, 5, 10, 20, 50, 100, 200, 500) if low <= x <= high], minor=False)
        place.set_xticks([], minor=True)
        place.xaxis.set_major_formatter("{x:.0f}")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def tables(rows: dict[str, list[dict[str, float]]]) -> list[str]:
    """Markdown: what is drawn at each stage, the slips, and likelihood and calibration."""
    by_epoch = {name: {int(row["epoch"]): row for row in each} for name, each in rows.items()}
    told = [epoch for epoch in TOLD if all(epoch in each for each in by_epoch.values())]
    lines = []
    for form in (
        "{ended:.0%}, {strokes:.1f}, {accepted:.0%}",
        "{lifted:.3f}, {cut:.1%}, {missed:.1%}, {through:.0%}",
    ):
        lines += [f"| | {' | '.join(f'epoch {epoch}' for epoch in told)} |", f"|---|{'---|' * len(told)}"]
        for name, setting in LINES:
            cells = [form.format(**_of(by_epoch[name][epoch], setting)) for epoch in told]
            lines.append(f"| {label(name, setting)} | {' | '.join(cells)} |")
        lines.append("")
    lines += ["| weights | epoch | nats | offset | pen | stroke ECE, as trained | character ECE, as trained |"]
    lines += ["|---|---:|---:|---:|---:|---:|---:|"]
    for name, each in by_epoch.items():
        for epoch in told:
            row = each[epoch]
            nats = [f"{row[key]:.3f}" for key in ("nats_per_step", "offset", "pen")]
            errors = [
                f"{row[f'calibration_{event}']:.4f}, {row[f'calibration_{event}_as_trained']:.4f}"
                for event in likelihood.EVENTS
            ]
            lines.append(f"| {name} | {epoch} | {' | '.join(nats + errors)} |")
    return lines


def _of(row: dict[str, float], setting: Setting) -> dict[str, float]:
    start = f"{setting.name}."
    return {name.removeprefix(start): value for name, value in row.items() if name.startswith(start)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_subparsers(dest="what", required=True)
    asked = what.add_parser("train")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--weights", type=float, nargs=3, default=[1.0, 10.0, 100.0])
    asked.add_argument("--epochs", type=int, default=500)
    asked.add_argument("--threads", type=int, default=1)
    asked = what.add_parser("measure")
    asked.add_argument("folders", type=Path, nargs="+")
    asked = what.add_parser("show")
    asked.add_argument("weighted", type=Path)
    asked.add_argument("plain", type=Path)
    asked.add_argument("--out", type=Path, default=Path())
    given = parser.parse_args()
    if given.what == "train":
        train(given.folder, given.weights, given.epochs, given.threads)
    elif given.what == "measure":
        for folder in given.folders:
            measure(folder)
    else:
        show(given.weighted, given.plain, given.out)


if __name__ == "__main__":
    main()
