"""One thin script a stage: read, call, write, one summary line. Paths come from dvc.yaml alone."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import params


def run(name: str, work: Callable[..., str]) -> None:
    """Run a stage on the paths of the command line; `work(row, *paths)` returns its summary.

    An expected error (bad parameters, bad data, a full disk) ends in one plain line, anything else in a traceback.
    """
    from pipeline import tracking  # what is shown in MLflow cannot change what a stage writes: no dependency of it

    with _plain_errors(name):
        params.read()
        with tracking.stage(name) as row:
            summary = work(row, *_paths())
        if not tracking.follower():
            print(f"{name}: {summary}", flush=True)


def run_alone(name: str, work: Callable[..., str]) -> None:
    """As `run`, for a stage that has its own parameters and no row in MLflow; `work(*paths)`."""
    with _plain_errors(name):
        print(f"{name}: {work(*_paths())}", flush=True)


def _paths() -> list[Path]:
    return [Path(argument) for argument in sys.argv[1:]]


@contextmanager
def _plain_errors(name: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(f"{name}: stopped; `dvc repro` goes on from here")
    except (ValueError, OSError) as error:
        if type(error) is ValueError:
            raise
        sys.exit(f"{name}: {error}")
