"""The prepared view of MLflow's table: its columns, its order, its charts. Plain data, no MLflow here.

The runs table of MLflow 3 shows no parameter and no metric until told. Its "saved views" are tags of the experiment,
`mlflow.sharedViewState.<id>`, whose value is JSON: name, createdAt, updatedAt (milliseconds), and state, a JSON text
of the page's ExperimentPageUIState and search facets; ?viewStateShareKey=<id> opens one.
"""

import json
import re
from typing import Any

EXPERIMENT = "fake-kanji"

PARAMS = (  # columns: what people change
    "model.hidden_size",
    "model.layers",
    "model.described",
    "train.epochs",
    "train.learning_rate",
    "batch.size",
    "sample.pen_temperature",
    "sample.mixture_temperature",
)
METRICS = (  # columns: what they compare
    "score/likeness.frechet",
    "score/likeness.auc",
    "score/likeness.recall",
    "score/parts.share",
    "score/described.every_10",
    "score/described.nats_per_step",
    "score/novelty.copies",
    "score/test.nats_per_step",
    "score/acceptance.share",
    "score/ends.share",
)
BEST = "score/likeness.frechet"  # the rows' order, lowest first: of what the net writes, not of what it foresees
CURVES = (  # charts: metrics of the training that are drawn together, epoch by epoch
    ("train/valid", "train/train"),
    ("train/valid_offset", "train/train_offset"),
    ("train/valid_pen", "train/train_pen"),
)
PICTURES = ("samples", "believed", "nearest", "density", "training")  # sheets, by their names without .png
WIDTH = 170  # pixels of a column, so that names are not cut
SHEET_HEIGHT = 380  # pixels of the card that shows a sheet of all rows
FILTER = "tags.superseded = 'no'"  # a missing tag would drop a row, so every row carries it

TAG = f"mlflow.sharedViewState.{EXPERIMENT}"
KIND = {"mlflow.experimentKind": "custom_model_development"}  # opens the pages for trainings, not those for prompts


def path(experiment: str) -> str:
    """What follows the server's address to open the experiment in the view."""
    return f"/#/experiments/{experiment}/runs?workflowType=machine_learning&viewStateShareKey={EXPERIMENT}"


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
        "compareRunSections": [
            _section("Training"),
            _section("Sheets", columns=1, cardHeight=SHEET_HEIGHT),
            _section("Scores"),
        ],
        "isAccordionReordered": True,  # keep the order of the sections
    }


def _charts() -> list[dict[str, Any]]:
    """Curves that overlay, each sheet side by side, the parameters against the best score, a bar chart a score."""
    curves = [_chart("Training", "LINE", names[0], metricKey=names[0], selectedMetricKeys=names) for names in CURVES]
    pictures = [_chart("Sheets", "IMAGE", name, imageKeys=[name], step=0, showRunParams=False) for name in PICTURES]
    parallel = _chart("Scores", "PARALLEL", "", selectedParams=PARAMS, selectedMetrics=[BEST])
    bars = [_chart("Scores", "BAR", name, metricKey=name) for name in METRICS]
    return [*curves, *pictures, parallel, *bars]


def _chart(section: str, kind: str, name: str, **fields: Any) -> dict[str, Any]:
    place = {"uuid": _identity(f"{kind} {name}"), "type": kind, "metricSectionId": _identity(section)}
    return {**place, "runsCountToCompare": 20, "deleted": False, "isGenerated": False, **fields}


def _section(name: str, **fields: Any) -> dict[str, Any]:
    return {"uuid": _identity(name), "name": name, "display": True, "isReordered": True, "deleted": False, **fields}


def _identity(name: str) -> str:
    return "fake-kanji-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
