"""One thin script a stage: read, call, write, one summary line. Paths come from dvc.yaml alone."""

import errno
import gc
import os
import pkgutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from tqdm import tqdm

from pipeline import console, params
from pipeline.progress import Progress

T = TypeVar("T")

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
        check_here(name, params.read())
        with rows.stage(name) as row:
            summary = work(row, *_paths())
        if not rows.follower():
            print(f"{name}: {summary}", flush=True)


def check_here(name: str, values: dict[str, dict[str, Any]]) -> None:
    """Ask each section of this stage and of those after it what only this machine can tell: no work is begun that ends
    in a stage which cannot run. Those before it have run, perhaps elsewhere. Raises ParamsError, all problems at once.

    values: all sections, as `params.read` gives them.
    """
    sections = {
        section: params.build(pkgutil.resolve_name(kind), values[section], section)
        for section, kind in params.SECTIONS.items()
    }
    flow, first = list(sections), {"export": "sample"}.get(name, name)  # export has the parameters of sample
    problems = []
    for section in flow[flow.index(first) :]:
        try:
            if hasattr(sections[section], "check_here"):
                sections[section].check_here(sections)
        except ValueError as error:
            if type(error) is ValueError:
                raise
            problems.append(f"  {error}")
    if problems:
        raise params.ParamsError("\n".join(["params.yaml: nothing was run, because", *problems]))


def run_alone(name: str, work: Callable[..., str]) -> None:
    """As `run`, for a stage that has its own parameters and no row in MLflow; `work(*paths)`."""
    console.forgive()
    with _plain_errors(name):
        print(f"{name}: {work(*_paths())}", flush=True)


def bar(name: str, unit: str = "it") -> Progress:
    """Shows on the terminal how far a long piece of work is."""

    def shown(items: Iterable[T], text: str = "") -> Iterable[T]:
        return tqdm(items, desc=f"{name}: {text}", unit=unit, mininterval=1.0)

    return shown


@contextmanager
def counter(name: str, total: int | None, unit: str) -> Iterator[Callable[[int], None]]:
    """As `bar`, for work that tells how much it has done since the last call."""
    with tqdm(total=total, desc=name, unit=unit) as shown:

        def count(done: int) -> None:
            shown.update(done)

        yield count


def _paths() -> list[Path]:
    return [Path(argument) for argument in sys.argv[1:]]


@contextmanager
def _plain_errors(name: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(f"{name}: stopped; {_again()}")
    except (ValueError, OSError) as error:
        if type(error) is ValueError:
            raise
        cure = CURES.get(error.errno or 0) if isinstance(error, OSError) else None
        sys.exit(f"{name}: {error}" + (f"; {cure}, then {_again()}" if cure else ""))
    finally:
        gc.freeze()  # at its end the interpreter would look for a second through all that MLflow has loaded


def _again() -> str:
    """DVC names a stage of another file than ./dvc.yaml with that file: judge/dvc.yaml:judge."""
    file = os.environ.get("DVC_STAGE", "").rpartition(":")[0]
    return f"`dvc repro{f' {file}' if file else ''}` goes on from here"


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
        print(f"stopped; {_again()}", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _say_stopped
