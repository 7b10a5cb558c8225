"""What the tests of MLflow's rows share."""

from pathlib import Path

import pytest

from pipeline.tracking import address, store


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    """An empty store, made once a module, as that takes seconds."""
    folder = tmp_path_factory.mktemp("made")
    with store.opened(address.sqlite_uri(folder / "mlflow.db")):
        pass
    return folder / "mlflow.db"
