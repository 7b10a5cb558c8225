"""Pictures of the scores, as PNG; the same tables give the same bytes."""

from pathlib import Path

import matplotlib.style
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pipeline.files import whole_file

# Okabe and Ito's colours, told apart by colour-blind readers too: samples, held-out real drawings, a third, a line
OURS, REAL, OTHER, FAINT = "#d55e00", "#0072b2", "#009e73", "#999999"
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": "medium",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "font.family": "DejaVu Sans",
    "figure.dpi": 120,
    "savefig.dpi": 120,
}
UNITS = {
    "strokes": "strokes",
    "steps": "steps",
    "width": "width, units of the data",
    "height": "height, units of the data",
}


def write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """The tables of `scoring.score` as CSV, and reliability.png, distributions.png and novelty.png."""
    for name, table in tables.items():
        with whole_file(folder / f"{name}.csv") as partial:
            table.to_csv(partial, index=False, float_format="%.6g", lineterminator="\n")
    # the reader's own matplotlib settings must not change the bytes
    with matplotlib.style.context(["default", STYLE]):
        _save(reliability(tables), folder / "reliability.png")
        _save(histograms(tables), folder / "distributions.png")
        _save(distance(tables), folder / "novelty.png")


def reliability(tables: dict[str, pd.DataFrame]) -> Figure:
    """Predicted probability against observed frequency of both events; on the diagonal is true."""
    figure = Figure(figsize=(9, 4.4), layout="constrained")
    for axes, event in zip(figure.subplots(1, 2), ("end_of_stroke", "end_of_character"), strict=True):
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1)
        for suffix, colour, marker, label in (
            ("_as_trained", OTHER, "s", "as trained"),
            ("", OURS, "o", "pen weights divided out"),
        ):
            _points(axes, tables[f"reliability_{event}{suffix}"], colour, marker, label)
        axes.set(title=event.replace("_", " "), xlabel="predicted probability", ylabel="observed frequency")
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return figure


def histograms(tables: dict[str, pd.DataFrame]) -> Figure:
    """Strokes, steps, width and height of the samples over those of held-out real drawings."""
    figure = Figure(figsize=(9, 6.4), layout="constrained")
    for axes, (name, label) in zip(figure.subplots(2, 2).flat, UNITS.items(), strict=True):
        _outlines(axes, tables[name], label)
    return figure


def distance(tables: dict[str, pd.DataFrame]) -> Figure:
    """Distance to the nearest training character, of samples and of held-out real drawings."""
    figure = Figure(figsize=(6.4, 4), layout="constrained")
    _outlines(figure.subplots(), tables["novelty"], "distance to the nearest training character")
    return figure


def _points(axes: Axes, table: pd.DataFrame, colour: str, marker: str, label: str) -> None:
    """The observed frequency with two standard errors each way."""
    axes.errorbar(
        table["predicted"], table["observed"], 2 * table["error"], color=colour, marker=marker, markersize=4,
        linewidth=1, elinewidth=1, label=label,
    )  # fmt: skip


def _outlines(axes: Axes, table: pd.DataFrame, label: str) -> None:
    value = table["value"].to_numpy()
    half = (value[1] - value[0]) / 2
    edges = [*(value - half), value[-1] + half]
    axes.stairs(table["held_out"], edges, fill=True, color=REAL, alpha=0.35, label="held-out real")
    if "drawn" in table:
        axes.stairs(table["drawn"], edges, color=FAINT, linewidth=1.2, label="all drawn")
    axes.stairs(table["accepted"], edges, color=OURS, linewidth=1.6, label="accepted samples")
    axes.set(xlabel=label, ylabel="share", xlim=(edges[0], edges[-1]))
    axes.set_ylim(bottom=0)
    axes.legend()


def _save(figure: Figure, path: Path) -> None:
    FigureCanvasAgg(figure)
    figure.savefig(path, format="png", metadata={"Software": None})
