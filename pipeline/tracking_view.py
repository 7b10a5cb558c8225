"""The prepared view of MLflow's table: its columns, its order, its charts. Plain data, no MLflow here.

The runs table of MLflow 3 shows no parameter and no metric until told. Its "saved views" are tags of the experiment,
`mlflow.sharedViewState.<id>`, whose value is JSON: name, createdAt, updatedAt (milliseconds) and state, a JSON text with
the fields of the page's ExperimentPageUIState and search facets; ?viewStateShareKey=<id> opens one.
"""

import json
import re
from typing import Any

EXPERIMENT = "fake-kanji"

PARAMS = (  # columns: what people change
    "model.hidden_size",
    "model.layers",
    "train.epochs",
    "train.learning_rate",
    "batch.size",
    "sample.pen_temperature",
    "sample.mixture_temperature",
)
METRICS = (  # columns: what they compare
    "score/test.nats_per_step",
    "score/test.offset",
    "score/test.pen",
    "score/acceptance.share",
    "score/ends.share",
    "score/wasserstein.strokes",
    "score/novelty.copies",
)
BEST = "score/test.nats_per_step"  # the rows' order, lowest first
CURVES = {  # chart's title -> metrics of the training drawn in it, epoch by epoch
    "Likelihood, nats a step": ("train/valid", "train/train"),
    "Offset, nats a step": ("train/valid_offset", "train/train_offset"),
    "Pen, nats a step": ("train/valid_pen", "train/train_pen"),
}
PICTURES = ("samples", "nearest", "training")  # sheets, by their names without .png
WIDTH = 150  # pixels of a column, so that names are not cut
FILTER = "tags.superseded = 'no'"  # a missing tag would drop a row, so every row carries it

TAG = f"mlflow.sharedViewState.{EXPERIMENT}"
KIND = {"mlflow.experimentKind": "custom_model_development"}  # opens the pages for trainings, not those for prompts


def path(experiment: str) -> str:
    """What follows the server's address to open the experiment in the view."""
    return f"/#/experiments/{experiment}/runs?viewStateShareKey={EXPERIMENT}"


def tags() -> dict[str, str]:
    """Tags of the experiment. The same constants give the same text, so that it is written only when they change."""
    state = json.dumps(_facets() | _page(), sort_keys=True)
    view = {"name": "Configurations, best first", "createdAt": 0, "updatedAt": 0, "state": state}
    return {TAG: json.dumps(view), **KIND}


def columns() -> list[str]:
    """The columns' names as the page keeps them."""
    return [
        "attributes.`Created`",
        *(f"metrics.`{name}`" for name in METRICS),
        *(f"params.`{name}`" for name in PARAMS),
    ]


def _facets() -> dict[str, Any]:
    return {
        "searchFilter": FILTER,
        "orderByKey": f"metrics.`{BEST}`",
        "orderByAsc": True,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "modelVersionFilter": "All Runs",
        "datasetsFilter": [],
    }


def _page() -> dict[str, Any]:
    return {
        "selectedColumns": columns(),
        "columnOrder": columns(),
        "columnWidths": dict.fromkeys(columns()[1:], WIDTH),
        "runsHiddenMode": "FIRST_20_RUNS",
        "compareRunCharts": _charts(),
        "compareRunSections": [_section(name) for name in ("Training", "Sheets", "Scores", "All metrics")],
        "isAccordionReordered": True,  # keep the order of the sections
    }


def _charts() -> list[dict[str, Any]]:
    """Curves that overlay, sheets side by side, a bar chart a score, and the parameters against the best score."""
    curves = [
        _chart("Training", "LINE", title, metricKey=names[0], selectedMetricKeys=list(names), xAxisKey="step")
        for title, names in CURVES.items()
    ]
    pictures = [_chart("Sheets", "IMAGE", "Sheets", imageKeys=list(PICTURES), step=0, showRunParams=False)]
    bars = [_chart("Scores", "BAR", name, metricKey=name) for name in METRICS]
    parallel = _chart(
        "Scores", "PARALLEL", "Parameters and the score", selectedParams=list(PARAMS), selectedMetrics=[BEST]
    )
    return curves + pictures + [parallel] + bars


def _chart(section: str, kind: str, title: str, **fields: Any) -> dict[str, Any]:
    return {
        "uuid": _identity(f"{kind} {title}"),
        "type": kind,
        "metricSectionId": _identity(section),
        "displayName": title,
        "runsCountToCompare": 20,
        "deleted": False,
        "isGenerated": False,
        **fields,
    }


def _section(name: str) -> dict[str, Any]:
    shown = name != "All metrics"
    return {"uuid": _identity(name), "name": name, "display": shown, "isReordered": True, "deleted": False}


def _identity(name: str) -> str:
    return "fake-kanji-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
