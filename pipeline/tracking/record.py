"""What writes to one row of MLflow: points, files, tags. Nothing here is guarded; `rows.Row` does that.

Tags: error, what stopped a stage; fake_kanji.artifacts, fingerprints of the files that the row holds.
"""

import json
import math
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.tracking import contents, models, store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

ERROR, SENT = "error", "fake_kanji.artifacts"
MOST_POINTS = 1000  # that MLflow takes at once

Point = tuple[str, int, float]  # name, step, value


class Record:
    """One row. What it holds already is not sent again."""

    def __init__(self, client: "MlflowClient", id: str, fresh: bool):
        self.client, self.id, self.fresh = client, id, fresh  # fresh: just made, so there are no points to look for
        self.points: dict[str, dict[int, float]] = {}  # curves that the row holds, read when first needed

    def tag(self, name: str, value: str) -> None:
        self.client.set_tag(self.id, name, value)

    def leave(self, stage: str, state: str, status: str, error: str | None = None) -> None:
        """The end of a stage, in its tag and in the row's status."""
        set_tags(self.client, self.id, {f"stage.{stage}": state} | ({ERROR: error} if error else {}))
        self.end(status)

    def end(self, status: str) -> None:
        if status == "SCHEDULED":
            self.client.update_run(self.id, status=status)
        else:
            self.client.set_terminated(self.id, status=status)

    def fill(self, root: Path, values: dict[str, Any], code: Path) -> None:
        """Parameters, curves, numbers, files and the net that the folders under `root` hold; code: what made them."""
        curves = contents.curves(root)
        store.log_params(self.client, self.id, contents.parameters(values))
        self.add(curves)
        run = self.client.get_run(self.id)
        names = {name for name, _, _ in curves}
        numbers = {name: value for name, value in contents.numbers(root).items() if name not in names}
        new = {name for name, value in numbers.items() if not _same(run.data.metrics.get(name), value)}
        self.send(contents.artifacts(root))
        model = models.keep(self.client, run, root, code)
        self._log(((name, 0, numbers[name]) for name in numbers if name in new), model)
        self._show(model, models.unseen(self.client, model, numbers))

    def restored(self, stages: Iterable[str], synced: bool) -> None:
        """Stages whose outputs are there although they have not run for this row: DVC restored them. Or, for a sync,
        although their end was not recorded: DVC takes a stage's outputs away before it runs."""
        tags = self.client.get_run(self.id).data.tags
        states = {}
        for name in (f"stage.{stage}" for stage in stages):
            if name not in tags:
                states[name] = "cached"
            elif synced and tags[name] == "running":
                states[name] = "done"
        set_tags(self.client, self.id, states)

    def add(self, points: list[Point]) -> None:
        """Points of curves; the same one is recorded once."""
        new = [point for point in points if not _same(self._known(point[0]).get(point[1]), point[2])]
        self._log(new)
        for name, step, value in new:
            self.points[name][step] = value

    def send(self, files: dict[str, Path]) -> None:
        """Files by their path among the artifacts; those at the root are sheets, shown as pictures too."""
        sent = json.loads(self.client.get_run(self.id).data.tags.get(SENT, "{}"))
        for name, path in files.items():
            fingerprint = contents.fingerprint(path)
            if sent.get(name) == fingerprint:
                continue
            folder, _, file = name.rpartition("/")
            with tempfile.TemporaryDirectory() as place:  # MLflow names an artifact as its file
                copy = shutil.copyfile(path, Path(place, file))
                self.client.log_artifact(self.id, str(copy), folder or None)
            if not folder and path.suffix == ".png":
                self._log_picture(path, file.removesuffix(".png"))
            sent[name] = fingerprint
            self.tag(SENT, json.dumps(sent, sort_keys=True))

    def _log(self, points: Iterable[Point], model: str = "") -> None:
        """model: the row's, to have the scores among the points as well."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        self._send_points(
            [
                Metric(name, value, now, step, model_id=model if model and models.shows(name) else None, run_id=self.id)
                for name, step, value in points
            ]
        )

    def _send_points(self, metrics: "list[Metric]") -> None:
        for i in range(0, len(metrics), MOST_POINTS):
            self.client.log_batch(self.id, metrics=metrics[i : i + MOST_POINTS])

    def _show(self, model: str, names: Iterable[str]) -> None:
        """Scores that the row had before its model: as the same points, for else the row would have them twice."""
        from mlflow.entities import Metric

        last = [self.client.get_metric_history(self.id, name)[-1] for name in names]
        self._send_points([Metric(p.key, p.value, p.timestamp, p.step, model_id=model, run_id=self.id) for p in last])

    def _known(self, name: str) -> dict[int, float]:
        if name not in self.points:
            history = [] if self.fresh else self.client.get_metric_history(self.id, name)
            self.points[name] = {point.step: point.value for point in history}
        return self.points[name]

    def _log_picture(self, path: Path, name: str) -> None:
        from mlflow import Image

        self.client.log_image(self.id, Image(str(path)), key=name, step=0, synchronous=True)


def set_tags(client: "MlflowClient", row: str, tags: dict[str, str]) -> None:
    """Several at once; none is fine."""
    from mlflow.entities import RunTag

    if tags:
        client.log_batch(row, tags=[RunTag(name, value) for name, value in tags.items()])


def _same(known: float | None, value: float) -> bool:
    # a file may hold fewer digits than what was recorded while the training ran
    return known is not None and math.isclose(known, value, rel_tol=1e-5, abs_tol=1e-9)
