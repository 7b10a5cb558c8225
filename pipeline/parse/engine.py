"""Where the tasks of parse run: joblib's engines, by the parameter parse.backend.

loky  processes of this machine, or whatever joblib.parallel_config says around the call
dask  the workers of a Dask cluster: that of the scheduler at parse.address ("tcp://10.0.0.1:8786"), else one that is
      started here for this work, a process a processor. A worker needs this package installed, the archive it does not:
      what it parses is sent to it. See https://distributed.dask.org and https://joblib.readthedocs.io

The drawings come in the same order whatever the engine, so it does not change a byte of the set.
"""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from joblib import parallel_config

Backend = Literal["loky", "dask"]

WAIT = 20  # seconds for a scheduler to answer
CURE = "run `pip install -c constraints.txt -e '.[cluster]'`, or set parse.backend: loky"


class EngineError(ValueError):
    """An engine that is not to be had; the text says which and the cure."""


def check(backend: Backend) -> None:
    """Raises EngineError: what the engine needs is not installed."""
    if backend == "dask" and importlib.util.find_spec("distributed") is None:
        raise EngineError(f"parse.backend is dask, but the package distributed is not installed here; {CURE}")


@contextmanager
def engine(backend: Backend, address: str | None) -> Iterator[None]:
    """In the block joblib's tasks run there. Raises EngineError: not installed, no scheduler at the address, or a
    worker that cannot do the work."""
    check(backend)
    if backend == "loky":
        yield
        return
    import distributed

    try:
        client = (
            distributed.Client(address, timeout=WAIT)
            if address
            else distributed.Client(threads_per_worker=1, dashboard_address=None)
        )
    except (OSError, ValueError) as error:
        raise EngineError(
            f"no Dask scheduler answers at parse.address {address!r} ({_short(error)}); start one with "
            "`dask scheduler`, correct the address, or set it to null"
        ) from None
    with client, parallel_config("dask", client=client):
        try:
            yield
        except (distributed.KilledWorker, ModuleNotFoundError, TimeoutError) as error:
            raise EngineError(
                f"the Dask cluster at {address or 'this machine'} cannot do the work ({_short(error)}); see that it "
                "has workers, and that fake-kanji is installed for them as it is here"
            ) from None


def _short(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160]
