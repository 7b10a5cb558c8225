"""One thin script a stage: read, call, write, one summary line. Paths come from dvc.yaml alone."""

import errno
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from pipeline import console, params

STOPPED = "stopped; `dvc repro` goes on from here"
CURES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EROFS: "make it writable",
    errno.EACCES: "allow it to this user",
    errno.EPERM: "allow it to this user",
}
LOOK, GRACE = 0.5, 5.0  # seconds between two looks at the parent, and to tidy up in


def run(name: str, work: Callable[..., str]) -> None:
    """Run a stage on the paths of the command line; `work(row, *paths)` returns its summary.

    An expected error (bad parameters, bad data, a full disk) ends in one plain line, anything else in a traceback.
    """
    console.forgive()
    _end_with_dvc(name)
    from pipeline.tracking import rows  # what is shown in MLflow cannot change what a stage writes: no dependency of it

    with _plain_errors(name):
        params.read()
        with rows.stage(name) as row:
            summary = work(row, *_paths())
        if not rows.follower():
            print(f"{name}: {summary}", flush=True)


def run_alone(name: str, work: Callable[..., str]) -> None:
    """As `run`, for a stage that has its own parameters and no row in MLflow; `work(*paths)`."""
    console.forgive()
    with _plain_errors(name):
        print(f"{name}: {work(*_paths())}", flush=True)


def _paths() -> list[Path]:
    return [Path(argument) for argument in sys.argv[1:]]


@contextmanager
def _plain_errors(name: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(f"{name}: {STOPPED}")
    except (ValueError, OSError) as error:
        if type(error) is ValueError:
            raise
        cure = CURES.get(error.errno or 0) if isinstance(error, OSError) else None
        sys.exit(f"{name}: {error}" + (f"; {cure}, then `dvc repro` goes on from here" if cure else ""))
    finally:
        gc.freeze()  # at its end the interpreter would look for a second through all that MLflow has loaded


def _end_with_dvc(name: str) -> None:
    """A stage whose `dvc repro` was killed ends as by Ctrl-C: else it would write beside the next one."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK)
        print(f"{name}: DVC was killed", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(GRACE)
        os._exit(1)

    if "DVC_STAGE" in os.environ:  # a stage run by hand may outlive its shell
        threading.Thread(target=watch, daemon=True).start()


def _say_stopped(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Ctrl-C while a stage's modules are imported, before `run`."""
    if issubclass(kind, KeyboardInterrupt):
        gc.freeze()
        print(STOPPED, file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _say_stopped
