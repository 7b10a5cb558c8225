"""A row in MLflow for each configuration, found by its key, whichever stage runs first. It never stops a run.

    with tracking.stage("train") as row:
        row.metrics({"valid": 1.2}, step=epoch)              # shown as train/valid
        row.image("data/strokes/sheet.png", "training.png")
        row.note("for people")

The end of stage score fills in everything that DVC's files hold, so a row is complete although stages were cached.

Tags of a row: fake_kanji.key; superseded yes | no; stage.<name> running | done | failed | interrupted | cached; error.
Its status: RUNNING while a stage runs, SCHEDULED between two, FINISHED after score, FAILED, KILLED when interrupted.
"""

import json
import math
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pipeline.tracking import contents, store
from pipeline.tracking.store import SUPERSEDED

if TYPE_CHECKING:
    from mlflow.entities import Run

STAGES = {  # in the order they run, and what each writes
    "fetch": "data/raw",
    "parse": "data/strokes",
    "batch": "data/batches",
    "train": "data/model",
    "export": "data/web",
    "sample": "data/samples",
    "score": "data/scores",
}
ASIDE = "export"  # may run after score: it leaves a finished row finished
MOST_POINTS = 1000  # that MLflow takes at once
PAUSE, PATIENCE = 60.0, 20.0  # after a failure: seconds, and times what it took, so that waiting stays under 5 %
ERROR, SENT = "error", "fake_kanji.artifacts"  # tags: what stopped a stage; fingerprints of the files a row holds

Point = tuple[str, int, float]  # name, step, value


def stage(name: str, params_path: Path | str = "params.yaml") -> "Row":
    """The row of the configuration in `params_path`, to be entered round the work of the stage `name`."""
    return Row(name, Path(params_path))


def sync(params_path: Path | str = "params.yaml", code: Path = contents.CODE, experiment: str = "") -> bool:
    """Fill in the configuration's row from the data/ beside `params_path`. False: MLflow could not be reached.

    code: where the pipeline/ and stages/ are that made these data. experiment: DVC's name of it, if it is one.
    The caller sees to it that these data are of these parameters, that is, that `dvc status` is clean.
    """
    row = Row("", Path(params_path), code, experiment)
    row.complete(row.params_path.parent)
    return row.errors == 0


class Row:
    """A row while a stage runs. Every call is guarded: after an error one line says the cure, and the run goes on."""

    def __init__(self, name: str, params_path: Path, code: Path = contents.CODE, experiment: str = ""):
        self.stage, self.params_path, self.code = name, params_path, code
        self.experiment = experiment or os.environ.get("DVC_EXP_NAME", "")  # set by DVC while it runs one
        self.store: store.Store | None = None  # None until the row is open
        self.id, self.fresh = "", False  # fresh: made here, so that there are no points to look for
        self.points: dict[str, dict[int, float]] = {}  # curves that the row holds, read when first needed
        self.errors, self.paused_until, self.finished = 0, 0.0, False
        self.was_finished = False  # the row, before this stage

    def __enter__(self) -> Self:
        self._attempt(lambda: None)  # opens the row
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            if self.store is not None:  # whoever pressed Ctrl-C does not wait for a connection
                self._attempt(lambda: self._leave("interrupted", "KILLED"))
        elif error is None:
            self.finished, self.paused_until = True, 0.0  # one last try
            if self.stage == "score":
                self.complete(self.params_path.parent)
            self._attempt(lambda: self._leave("done", "FINISHED" if self._ends_the_row else "SCHEDULED"))
        else:
            self.paused_until = 0.0
            self._attempt(lambda: self._leave("failed", "FAILED", f"{self.stage}: {_one_line(error)}"))

    def metrics(self, values: dict[str, float], step: int = 0) -> None:
        """Numbers of the stage at a step (an epoch), shown as <stage>/<name>. The same point is recorded once."""
        points = [(f"{self.stage}/{k}", step, float(v)) for k, v in values.items() if k != "epoch" and math.isfinite(v)]
        self._attempt(lambda: self._log_points(points))

    def metrics_of_epoch(self, values: dict[str, float]) -> None:
        """`metrics` of a row of the history, at its epoch."""
        self.metrics(values, int(values["epoch"]))

    def image(self, path: Path | str, name: str | None = None) -> None:
        """A PNG at the artifacts' root and among the charts. The same picture is sent once."""
        self._attempt(lambda: self._send({name or Path(path).name: Path(path)}))

    def note(self, text: str) -> None:
        """A text for people, shown as the row's description."""
        self._attempt(lambda: self._client.set_tag(self.id, "mlflow.note.content", text))

    def complete(self, root: Path | str = ".") -> None:
        """Everything that the files under `root` hold. Twice is the same as once."""
        self._attempt(lambda: self._complete(Path(root)))

    @property
    def _ends_the_row(self) -> bool:
        return self.stage == "score" or (self.stage == ASIDE and self.was_finished)

    @property
    def _client(self) -> Any:
        assert self.store is not None
        return self.store.client

    @cached_property
    def _values(self) -> dict[str, Any]:
        return contents.read_params(self.params_path)

    def _attempt(self, operation: Callable[[], Any]) -> None:
        """Open the row if it is not open, then do it. After a failure nothing is tried for a while."""
        if follower() or time.monotonic() < self.paused_until:
            return
        began = time.monotonic()
        try:
            with store.silence():
                self._do(operation)
        except Exception as error:  # whatever MLflow, a database or a server raises: the work is not their hostage
            self.errors += 1
            self.paused_until = time.monotonic() + max(PAUSE, PATIENCE * (time.monotonic() - began))
            if self.errors == 1:
                _warn(error)

    def _do(self, operation: Callable[[], Any]) -> None:
        if self._too_early():
            return
        if self.store is None:
            self._open()
        else:
            store.probe(store.address())
        operation()

    def _too_early(self) -> bool:
        # which drawings a folder holds, a part of the key, is known when fetch has run
        return self.stage == "fetch" and not self.finished and contents.from_folder(self._values)

    def _open(self) -> None:
        """Find the row or make it, and mark it running. Training what is trained already makes a new row."""
        key = contents.key(self._values, self.params_path.parent, self.code)
        extra = store.run_tags(self.code, self.experiment)
        if self.stage:
            extra[f"stage.{self.stage}"] = "running"
        with store.opened(store.address()) as kept:
            run = store.find(kept, key)
            if run and self.stage == "train" and run.data.tags.get("stage.train") in ("done", "cached"):
                extra |= _supersede(kept, run)
                run = None
            self.fresh, self.was_finished = run is None, run is not None and run.info.status == "FINISHED"
            run = run or store.create(kept, key, self._values, extra, self.experiment)
        if not self.fresh:
            _go_on(kept, run, extra)
        self.id, self.store = run.info.run_id, kept

    def _leave(self, state: str, status: str, error: str | None = None) -> None:
        _set_tags(self._client, self.id, {f"stage.{self.stage}": state} | ({ERROR: error} if error else {}))
        self._end(status)

    def _end(self, status: str) -> None:
        if status == "SCHEDULED":
            self._client.update_run(self.id, status=status)
        else:
            self._client.set_terminated(self.id, status=status)

    def _complete(self, root: Path) -> None:
        curves = contents.curves(root)
        store.log_params(self._client, self.id, contents.parameters(self._values))
        self._log_points(curves)
        latest = self._client.get_run(self.id).data.metrics
        names = {name for name, _, _ in curves}
        self._log_batches(
            (name, 0, value)
            for name, value in contents.numbers(root).items()
            if name not in names and not _same(latest.get(name), value)
        )
        self._send(contents.artifacts(root))
        self._mark_cached(root)

    def _mark_cached(self, root: Path) -> None:
        """Stages whose outputs are there although they have not run for this row: DVC restored them. Or, for a sync,
        although their end was not recorded: DVC takes a stage's outputs away before it runs."""
        tags = self._client.get_run(self.id).data.tags
        there = [name for name, folder in STAGES.items() if (root / folder).exists() and name != self.stage]
        states = {f"stage.{n}": "cached" for n in there if f"stage.{n}" not in tags}
        if not self.stage:
            states |= {f"stage.{n}": "done" for n in there if tags.get(f"stage.{n}") == "running"}
        _set_tags(self._client, self.id, states)
        if not self.stage and "score" in there:
            self._end("FINISHED")

    def _log_points(self, points: list[Point]) -> None:
        new = [point for point in points if not _same(self._known(point[0]).get(point[1]), point[2])]
        self._log_batches(new)
        for name, step, value in new:
            self.points[name][step] = value

    def _log_batches(self, points: Any) -> None:
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [Metric(name, value, now, step) for name, step, value in points]
        for i in range(0, len(metrics), MOST_POINTS):
            self._client.log_batch(self.id, metrics=metrics[i : i + MOST_POINTS])

    def _known(self, name: str) -> dict[int, float]:
        if name not in self.points:
            history = [] if self.fresh else self._client.get_metric_history(self.id, name)
            self.points[name] = {point.step: point.value for point in history}
        return self.points[name]

    def _send(self, files: dict[str, Path]) -> None:
        """Files by their path among the artifacts; those at the root are sheets, shown as pictures too."""
        sent = json.loads(self._client.get_run(self.id).data.tags.get(SENT, "{}"))
        for name, path in files.items():
            fingerprint = contents.fingerprint(path)
            if sent.get(name) == fingerprint:
                continue
            folder, _, file = name.rpartition("/")
            with tempfile.TemporaryDirectory() as place:  # MLflow names an artifact as its file
                self._client.log_artifact(self.id, shutil.copyfile(path, Path(place, file)), folder or None)
            if not folder and path.suffix == ".png":
                self._log_picture(path, file.removesuffix(".png"))
            sent[name] = fingerprint
            self._client.set_tag(self.id, SENT, json.dumps(sent, sort_keys=True))

    def _log_picture(self, path: Path, name: str) -> None:
        from mlflow import Image

        self._client.log_image(self.id, Image(str(path)), key=name, step=0, synchronous=True)


def _supersede(kept: store.Store, run: "Run") -> dict[str, str]:
    """Retire a row; returns the states of the stages before train, which the new row takes over."""
    kept.client.set_tag(run.info.run_id, SUPERSEDED, "yes")
    if run.info.status not in ("FINISHED", "FAILED", "KILLED"):
        kept.client.set_terminated(run.info.run_id, status="KILLED")
    return {k: v for k, v in run.data.tags.items() if k in ("stage.fetch", "stage.parse", "stage.batch")}


def _go_on(kept: store.Store, run: "Run", tags: dict[str, str]) -> None:
    _set_tags(kept.client, run.info.run_id, tags)
    if ERROR in run.data.tags:
        kept.client.delete_tag(run.info.run_id, ERROR)
    if any(name.startswith("stage.") for name in tags):
        kept.client.update_run(run.info.run_id, status="RUNNING")


def _set_tags(client: Any, row: str, tags: dict[str, str]) -> None:
    from mlflow.entities import RunTag

    if tags:
        client.log_batch(row, tags=[RunTag(name, value) for name, value in tags.items()])


def _same(known: float | None, value: float) -> bool:
    # a file may hold fewer digits than what was recorded while the training ran
    return known is not None and math.isclose(known, value, rel_tol=1e-5, abs_tol=1e-9)


def follower() -> bool:
    """Whether this is one of several processes of a training, and not the first: only that one keeps the row."""
    return any(os.environ.get(name, "0") != "0" for name in ("RANK", "LOCAL_RANK", "NODE_RANK"))


def _one_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    # an address may hold a password
    return re.sub(r"//[^/@\s]*@", "//", text.splitlines()[0])[:200]


def _warn(error: Exception) -> None:
    """One line, above the progress bar if there is one."""
    where = re.sub(r"//[^/@\s]*@", "//", store.address())
    cure = "see that no other program holds the database and that the disk is not full"
    if where.startswith("http"):
        cure = "start the server or unset MLFLOW_TRACKING_URI"
    line = (
        f"warning: MLflow at {where} does not take records ({_one_line(error)}); the run goes on without. "
        f"Cure: {cure}; `fake-kanji track --sync` then fills in what is missing"
    )
    tqdm = sys.modules.get("tqdm")  # there is a bar only if it is loaded
    with suppress(OSError):
        (tqdm.tqdm.write if tqdm else print)(line, file=sys.stderr)
