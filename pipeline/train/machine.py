"""Where a training runs: device, processes, precision, threads; and what of it this machine cannot do."""

import os
from typing import Annotated, Any, Literal

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins import MixedPrecision
from lightning_fabric.plugins.environments import LSFEnvironment, SLURMEnvironment, TorchElasticEnvironment
from pydantic import Field

from pipeline import params
from pipeline.net.model import CELLS, FEATURE_BLOCK, unrolled

MOST_THREADS = 1024  # a process
CLUSTERS = (SLURMEnvironment, TorchElasticEnvironment, LSFEnvironment)  # each knows its machines by itself

Precision = Literal["32-true", "bf16-mixed"]


class MachineError(ValueError):
    """Parameters that this machine cannot follow; the text names the parameter and the cure."""


@params.section
class MachineParams:
    device: Literal["auto", "cpu", "cuda"]
    devices: Annotated[int, Field(ge=1)]
    nodes: Annotated[int, Field(ge=1)]
    strategy: Literal["auto", "ddp"]
    precision: Literal["auto", "32-true", "bf16-mixed"]
    threads: Annotated[int, Field(ge=0, le=MOST_THREADS)]


def launch(options: MachineParams, cell: str) -> Fabric:
    """Fabric as the parameters ask for; other processes than this one start here. Raises MachineError."""
    check(options, cell)
    cuda = uses_cuda(options)
    device, asked = "cuda" if cuda else "cpu", precision(options.precision, cuda, cell)
    fabric = Fabric(
        accelerator=device,
        devices=options.devices,
        num_nodes=options.nodes,
        strategy=options.strategy,
        plugins=ExactInput(asked, device) if asked == "bf16-mixed" else None,
    )
    fabric.launch()
    if options.threads:  # after the launch, which sets a number of its own
        torch.set_num_threads(options.threads)
    return fabric


class ExactInput(MixedPrecision):
    """Mixed precision that leaves what goes into the net in float32: the net adds up where the pen is, and eight bits
    of it would be as coarse as the strokes are apart."""

    def convert_input(self, data: Any) -> Any:
        return data


def check(options: MachineParams, cell: str) -> None:
    """Raises MachineError: what the parameters ask for is not to be had here. Takes milliseconds."""
    if options.device == "cuda" and not torch.cuda.is_available():
        raise MachineError("train.device is cuda, but PyTorch sees no CUDA device: set it to auto or cpu")
    cuda = uses_cuda(options)
    there, kind = (torch.cuda.device_count(), "CUDA devices") if cuda else (os.cpu_count() or 1, "processors")
    if options.devices > there:
        raise MachineError(f"train.devices is {options.devices}, but this machine has {there} {kind}: lower it")
    if options.nodes > 1 and "MASTER_ADDR" not in os.environ and not any(one.detect() for one in CLUSTERS):
        raise MachineError(
            f"train.nodes is {options.nodes}, but nothing says where the others are: set MASTER_ADDR, MASTER_PORT and "
            "NODE_RANK on each, start it by torchrun, SLURM or LSF, or set train.nodes to 1"
        )
    if options.precision == "bf16-mixed" and not runs_bfloat16(cell, cuda):
        raise MachineError(
            f"train.precision is bf16-mixed, but this {'CUDA device' if cuda else 'processor'} cannot train model.cell "
            f"{cell} in bfloat16: set it to auto or 32-true"
        )


def uses_cuda(options: MachineParams) -> bool:
    return options.device != "cpu" and torch.cuda.is_available()


def precision(asked: Literal["auto", "32-true", "bf16-mixed"], cuda: bool, cell: str) -> Precision:
    """What `auto` means here: without instructions of its own a CPU is slower in bfloat16 than in float32."""
    if asked != "auto":
        return asked
    fast = torch.cuda.is_bf16_supported(including_emulation=False) if cuda else torch.cpu._is_avx512_bf16_supported()
    return "bf16-mixed" if fast and runs_bfloat16(cell, cuda) else "32-true"


def runs_bfloat16(cell: str, cuda: bool) -> bool:
    """Whether a layer of the cell goes forward and backward in bfloat16. Tried, not asked for: what the processor has
    and what oneDNN or cuDNN make of it (ONEDNN_MAX_CPU_ISA) are two things."""
    device = "cuda" if cuda else "cpu"
    with torch.random.fork_rng(devices=[]):  # the layer's own weights are drawn and thrown away
        layer = CELLS[cell](FEATURE_BLOCK, FEATURE_BLOCK).to(device)
    try:
        with torch.autocast(device, torch.bfloat16):
            written = unrolled(layer, torch.zeros(2, 1, FEATURE_BLOCK, device=device))
        written.float().sum().backward()
    except RuntimeError:
        return False
    return True
