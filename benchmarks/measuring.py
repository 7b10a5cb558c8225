"""Measuring in turns: every round of a benchmark also runs the plain loop and a large matrix product, so that what else
the machine does meanwhile disturbs all alike; what is reported are medians of the rounds' own ratios."""

import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

MATRIX_SIDE = {"cpu": 2048, "cuda": 8192}
CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Row:
    """A line of the table. rate: things a second; flops: useful floating-point operations a second; nan: does not
    apply."""

    what: str
    device: str
    unit: str
    rate: float
    of_plain: float = float("nan")
    flops: float = float("nan")
    of_matrix: float = float("nan")
    note: str = ""


def seconds(work: Callable[[], object], device: str) -> float:
    began = time.perf_counter()
    work()
    wait(device)
    return time.perf_counter() - began


def wait(device: str) -> None:
    """Until the device has done what it was given."""
    if device == "cuda":
        torch.cuda.synchronize()


class MatrixProduct:
    """The machine's own rate: the product of two large square matrices, floating-point operations a second."""

    def __init__(self, device: str, dtype: torch.dtype):
        side, source = MATRIX_SIDE[device], torch.Generator(device).manual_seed(1)
        self.device = device
        self.a, self.b = (torch.randn(side, side, generator=source, device=device).to(dtype) for _ in range(2))
        self.operations = 2 * side**3
        self.rate()  # the first call sets up the kernels

    def run(self) -> None:
        torch.mm(self.a, self.b)

    def rate(self) -> float:
        return self.operations / seconds(self.run, self.device)


def in_turns(benchmark, subject: Callable[[], object], others: list[Callable[[], float]], rounds: int) -> list[list]:
    """Per round, [seconds of subject, result of each of others], which run just before it."""
    results: list[list[float]] = []
    subject()  # the first run sets up the kernels
    # pedantic hands the round's setup nothing but its turn: the others run there, outside of what it times
    benchmark.pedantic(subject, setup=lambda: results.append([other() for other in others]), rounds=rounds)
    times = benchmark.stats.stats.data
    return [[taken, *other] for taken, other in zip(times, results[-len(times) :], strict=True)]


def median(values: list[float]) -> float:
    return statistics.median(values)


def machine() -> str:
    """CPU model, cores, GPU, threads and PyTorch's version."""
    model = platform.processor() or platform.machine()
    if CPU_INFO.exists():
        named = [line.split(":", 1)[1].strip() for line in CPU_INFO.read_text().splitlines() if "model name" in line]
        model = named[0] if named else model
    parts = [model, f"{torch.get_num_threads()} threads"]
    if torch.cuda.is_available():
        parts.append(torch.cuda.get_device_name())
    features = [name for name in ("avx512_bf16", "amx_bf16") if CPU_INFO.exists() and name in CPU_INFO.read_text()]
    return ", ".join([*parts, *features, f"PyTorch {torch.__version__}", f"Python {platform.python_version()}"])


def table(rows: list[Row]) -> list[str]:
    """The lines of a Markdown table; the machine's name stands above it."""
    lines = [
        machine(),
        "",
        "| what | device | a second | of the plain loop | GFLOP/s | of the matrix rate | |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        plain = _number(row.of_plain, "{:.2f} x")
        matrix, gflops = _number(row.of_matrix * 100, "{:.0f} %"), _number(row.flops / 1e9, "{:,.0f}")
        rate = _number(row.rate, "{:,.0f} ") + row.unit if row.unit else "-"
        lines.append(f"| {row.what} | {row.device} | {rate} | {plain} | {gflops} | {matrix} | {row.note} |")
    return lines


def _number(value: float, form: str) -> str:
    return form.format(value) if value == value else "-"  # nan is not itself
