"""A limit of processor time for the work on one file, the net below the limits of size and count.

Those decide what is read, and so the outcome is the same on every machine; this one only sees to it that nothing hangs.
It is a signal on the process's own clock, so a machine that is busy elsewhere does not count. It reaches Python code
and works where that is the main thread of its process, as in joblib's own workers; elsewhere (Windows, a cluster's
threads) there is no limit but those of size.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 60.0  # of a file; the largest one that the limits of size admit takes a third of it


class TimeLimitError(ValueError):
    """Work that took too long."""


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Raise TimeLimitError in the block once it has used so many seconds of the processor."""
    if not hasattr(signal, "SIGPROF") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeLimitError(f"takes more than {seconds:g} seconds of the processor; simplify it or take it out")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
