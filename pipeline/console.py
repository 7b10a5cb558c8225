"""Output that never fails for want of a character: an encoding without 氵 shows \\u6c35."""

import io
import sys


def forgive() -> None:
    """To be called first by what prints, so that no work ends in an error of its last line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not None, as without a console, and not what a notebook puts there
            stream.reconfigure(errors="backslashreplace")
