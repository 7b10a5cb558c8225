"""MLflow's servers as processes: of rows, as `fake-kanji ui` starts it, and of a model."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from pipeline.tracking import address, ui

STARTED_AFTER = 120.0  # seconds, on a machine with other work


@contextmanager
def rows_served() -> Iterator[str]:
    """The address of the server of the rows at `address.address()`."""
    port = ui.free_port()
    with _process(ui.command(port), ui.environment(address.address())) as process:
        ui._wait(process, port)
        yield f"http://{ui.HOST}:{port}"


@contextmanager
def model_served(model: str, **environment: str) -> Iterator[str]:
    """The address of `mlflow models serve` in this environment's Python; model: its URI."""
    port = ui.free_port()
    place = ["--host", ui.HOST, "--port", str(port), "--workers", "1", "--env-manager", "local"]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", model, *place]
    with _process(command, os.environ | environment) as process:
        url = f"http://{ui.HOST}:{port}"
        _wait(process, f"{url}/ping")
        yield url


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, start_new_session=True, text=True, **quiet)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _wait(process: subprocess.Popen, url: str) -> None:
    end = time.monotonic() + STARTED_AFTER
    while time.monotonic() < end and process.poll() is None:
        try:
            urlopen(url, timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
