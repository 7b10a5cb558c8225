"""A row in MLflow for each configuration, found by its key, whichever stage runs first. It never stops a run.

    with tracking.stage("train") as row:
        row.metrics({"valid": 1.2}, step=epoch)              # shown as train/valid
        row.image("data/strokes/sheet.png", "training.png")
        row.note("for people")

The end of stage score fills in everything that DVC's files hold, so a row is complete although stages were cached.

Tags of a row: fake_kanji.key; superseded yes | no; stage.<name> running | done | failed | interrupted | cached; error.
Its status: RUNNING while a stage runs, SCHEDULED between two, FINISHED after score, FAILED, KILLED when interrupted.
"""

import math
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pipeline.tracking import address, contents, cures, store
from pipeline.tracking.address import redacted
from pipeline.tracking.record import ERROR, Record, set_tags
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
PAUSE, PATIENCE = 60.0, 20.0  # after a failure: seconds, and times what it took, so that waiting stays under 5 %


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
        self.record: Record | None = None  # None until the row is open
        self.errors, self.paused_until, self.finished = 0, 0.0, False
        self.was_finished = False  # the row, before this stage

    def __enter__(self) -> Self:
        self._attempt(lambda record: None)  # opens the row
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            if self.record is not None:  # whoever pressed Ctrl-C does not wait for a connection
                self._attempt(lambda record: record.leave(self.stage, "interrupted", "KILLED"))
        elif error is None:
            self.finished, self.paused_until = True, 0.0  # one last try
            if self.stage == "score":
                self.complete(self.params_path.parent)
            self._attempt(lambda record: record.leave(self.stage, "done", self._last_status()))
        else:
            self.paused_until = 0.0
            said = f"{self.stage}: {cures.one_line(error)}"
            self._attempt(lambda record: record.leave(self.stage, "failed", "FAILED", said))

    def metrics(self, values: dict[str, float], step: int = 0) -> None:
        """Numbers of the stage at a step (an epoch), shown as <stage>/<name>. The same point is recorded once."""
        points = [(f"{self.stage}/{k}", step, float(v)) for k, v in values.items() if k != "epoch" and math.isfinite(v)]
        self._attempt(lambda record: record.add(points))

    def metrics_of_epoch(self, values: dict[str, float]) -> None:
        """`metrics` of a row of the history, at its epoch."""
        self.metrics(values, int(values["epoch"]))

    def image(self, path: Path | str, name: str | None = None) -> None:
        """A PNG at the artifacts' root and among the charts. The same picture is sent once."""
        self._attempt(lambda record: record.send({name or Path(path).name: Path(path)}))

    def note(self, text: str) -> None:
        """A text for people, shown as the row's description."""
        self._attempt(lambda record: record.tag("mlflow.note.content", redacted(text)))

    def complete(self, root: Path | str = ".") -> None:
        """Everything that the files under `root` hold. Twice is the same as once."""
        self._attempt(lambda record: self._complete(record, Path(root)))

    def _last_status(self) -> str:
        ends_the_row = self.stage == "score" or (self.stage == ASIDE and self.was_finished)
        return "FINISHED" if ends_the_row else "SCHEDULED"

    @cached_property
    def _values(self) -> dict[str, Any]:
        return contents.read_params(self.params_path)

    @property
    def id(self) -> str:
        """The row's, "" before it is open."""
        return self.record.id if self.record else ""

    def _attempt(self, operation: Callable[[Record], None]) -> None:
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

    def _do(self, operation: Callable[[Record], None]) -> None:
        if self._too_early():
            return
        if self.record is None:
            self.record = self._open()
        else:
            address.probe(address.address())
        operation(self.record)

    def _too_early(self) -> bool:
        # which drawings a folder holds, a part of the key, is known when fetch has run
        return self.stage == "fetch" and not self.finished and contents.from_folder(self._values)

    def _open(self) -> Record:
        """Find the row or make it, and mark it running. Training what is trained already makes a new row."""
        key = contents.key(self._values, self.params_path.parent, self.code)
        extra = store.run_tags(self.code, self.experiment)
        if self.stage:
            extra[f"stage.{self.stage}"] = "running"
        with store.opened(address.address()) as kept:
            run = store.find(kept, key)
            if run and self.stage == "train" and run.data.tags.get("stage.train") in ("done", "cached"):
                extra |= _supersede(kept, run)
                run = None
            fresh, self.was_finished = run is None, run is not None and run.info.status == "FINISHED"
            run = run or store.create(kept, key, self._values, extra, self.experiment)
        if not fresh:
            _go_on(kept, run, extra)
        return Record(kept.client, run.info.run_id, fresh)

    def _complete(self, record: Record, root: Path) -> None:
        record.fill(root, self._values, self.code)
        there = [name for name, folder in STAGES.items() if (root / folder).exists() and name != self.stage]
        record.restored(there, synced=not self.stage)
        if not self.stage and "score" in there:
            record.end("FINISHED")


def _supersede(kept: store.Store, run: "Run") -> dict[str, str]:
    """Retire a row; returns the states of the stages before train, which the new row takes over."""
    kept.client.set_tag(run.info.run_id, SUPERSEDED, "yes")
    if run.info.status not in ("FINISHED", "FAILED", "KILLED"):
        kept.client.set_terminated(run.info.run_id, status="KILLED")
    return {k: v for k, v in run.data.tags.items() if k in ("stage.fetch", "stage.parse", "stage.batch")}


def _go_on(kept: store.Store, run: "Run", tags: dict[str, str]) -> None:
    set_tags(kept.client, run.info.run_id, tags)
    if ERROR in run.data.tags:
        kept.client.delete_tag(run.info.run_id, ERROR)
    if any(name.startswith("stage.") for name in tags):
        kept.client.update_run(run.info.run_id, status="RUNNING")


def follower() -> bool:
    """Whether this is one of several processes of a training, and not the first: only that one keeps the row."""
    return any(os.environ.get(name, "0") != "0" for name in ("RANK", "LOCAL_RANK", "NODE_RANK"))


def _warn(error: Exception) -> None:
    """One line, above the progress bar if there is one."""
    what, cure = cures.explained(error)
    line = (
        f"warning: MLflow at {address.shown()} does not take records ({what}); the run goes on without. "
        f"Cure: {cure}; `fake-kanji track --sync` then fills in what is missing"
    )
    tqdm = sys.modules.get("tqdm")  # there is a bar only if it is loaded
    with suppress(OSError):
        (tqdm.tqdm.write if tqdm else print)(line, file=sys.stderr)
