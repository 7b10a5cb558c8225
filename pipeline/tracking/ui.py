"""The MLflow UI on loopback: `python -m pipeline.tracking.ui` prints the one address that opens the prepared view."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from pipeline.console import forgive
from pipeline.tracking import address, cures, relocation, store, view

HOST, PORT, PORTS_TRIED = "127.0.0.1", 5000, 100
STARTED_AFTER = 90.0  # seconds


class UiError(ValueError):
    """The UI cannot be shown; the text says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the UI until Ctrl-C; of a server that runs elsewhere, print the address only."""
    parser = argparse.ArgumentParser(description="The MLflow UI, on this machine only.")
    parser.add_argument("--port", type=int, help=f"default: the first free one from {PORT}")
    forgive()
    options = parser.parse_args(arguments)
    uri = address.address()
    experiment = _experiment(uri)
    if address.is_server(uri):
        print(address.redacted(uri.rstrip("/")) + view.path(experiment), flush=True)
        return 0
    return serve(uri, experiment, options.port or free_port())


def _experiment(uri: str) -> str:
    """The experiment's id. Raises UiError, whatever MLflow raises: its tracebacks may hold a password."""
    try:
        with store.opened(uri) as kept:
            return kept.experiment
    except Exception as error:
        what, cure = cures.explained(error)
        raise UiError(f"MLflow at {address.shown()} cannot be shown ({what}). Cure: {cure}") from None


def serve(uri: str, experiment: str, port: int) -> int:
    """Start the server, print the address when it answers, wait for its end; Ctrl-C ends both. Raises UiError."""
    # a group of its own, as the server starts processes that would outlive it
    process = subprocess.Popen(
        command(port),
        env=environment(uri),
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    said = threading.Thread(target=_repeat, args=(process.stdout,))
    said.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the last lines run
    try:
        _wait(process, port)
        print(f"\nOpen  http://{HOST}:{port}{view.path(experiment)}\n\nCtrl-C ends it.", flush=True)
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        said.join()


def command(port: int) -> list[str]:
    """The server's command line, which everybody on the machine can read; one worker is enough for one person."""
    place = ["--host", HOST, "--port", str(port), "--workers", "1", "--uvicorn-opts", "--log-level=warning"]
    return [sys.executable, "-m", "mlflow", "server", *place]


def environment(uri: str) -> dict[str, str]:
    """Where the server's rows are, with their password, and its artifacts: beside a database that is a file."""
    database = address.database(uri) or address.repository() / address.DATABASE
    places = {"MLFLOW_BACKEND_STORE_URI": uri, "MLFLOW_ARTIFACTS_DESTINATION": relocation.artifacts(database)}
    return {**os.environ, **places}


def _repeat(lines: IO[str]) -> None:
    """What the server says, without secrets."""
    with lines, suppress(OSError):
        for line in lines:
            print(address.redacted(line), end="", file=sys.stderr, flush=True)


def free_port() -> int:
    """The first free port on loopback. Raises UiError."""
    for port in range(PORT, PORT + PORTS_TRIED):
        with socket.socket() as trial:
            if trial.connect_ex((HOST, port)) != 0:
                return port
    raise UiError(f"no free port from {PORT} to {PORT + PORTS_TRIED - 1}: end an old `make ui`, or give --port")


def _wait(process: subprocess.Popen[str], port: int) -> None:
    """Until the server answers. Raises UiError."""
    end = time.monotonic() + STARTED_AFTER
    while time.monotonic() < end and process.poll() is None:
        try:
            urlopen(f"http://{HOST}:{port}/health", timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise UiError(f"the MLflow server did not start on port {port}: see its lines above, or try another --port")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")  # of the server's own libraries
    try:
        sys.exit(main())
    except UiError as error:
        sys.exit(f"ui: {error}")
