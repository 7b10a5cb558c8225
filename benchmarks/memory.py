"""What a process and those that it started hold in memory."""

from typing import Literal

import psutil


def held(process: psutil.Process, counted: Literal["uss", "pss"]) -> int:
    """Bytes of a process and its children together. uss: what each has alone; pss: and its share of what several have,
    mapped files included, so that shared pages count once."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += getattr(each.memory_full_info(), counted)
        except psutil.Error:
            continue
    return total
