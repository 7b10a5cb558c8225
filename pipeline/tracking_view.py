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
    "score/nats_per_step",
    "score/offset_nats_per_step",
    "score/pen_nats_per_step",
    "score/acceptance",
    "score/ends",
    "score/novelty",
)
BEST = "score/nats_per_step"  # the rows' order, lowest first
CURVES = {  # chart's title -> metrics of the training drawn in it, epoch by epoch
    "Likelihood, nats a step": ("train/valid", "train/train"),
    "Offset, nats a step": ("train/valid_offset", "train/train_offset"),
    "Pen, nats a step": ("train/valid_pen", "train/train_pen"),
}
PICTURES = ("samples", "nearest", "training")  # sheets, by their names without .png
FILTER = "tags.superseded = 'no'"  # a missing tag would drop a row, so every row carries it

TAG = f"mlflow.sharedViewState.{EXPERIMENT}"


def path(experiment: str) -> str:
    """What follows the server's address to open the experiment in the view."""
    return f"/#/experiments/{experiment}/runs?viewStateShareKey={EXPERIMENT}"


def tag_value() -> str:
    """The value of TAG. The same constants give the same text, so that it is written only when they change."""
    state = json.dumps(_facets() | _page(), sort_keys=True)
    return json.dumps({"name": "Configurations, best first", "createdAt": 0, "updatedAt": 0, "state": state})


def columns() -> list[str]:
    """The columns' names as the page keeps them."""
    return [
        "attributes.`Created`",
        "attributes.`Duration`",
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
    pictures = [_chart("Sheets", "IMAGE", name, imageKeys=[name], step=0) for name in PICTURES]
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
