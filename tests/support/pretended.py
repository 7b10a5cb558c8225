"""A device that is not there: tensors that say they are elsewhere and are computed on the CPU all the same.

It stands for a GPU where there is none: it refuses what mixes devices, counts what would wait for the device, and notes
which operations ran there. The device is named "meta", the one name that autograd runs without its hardware. Recurrent
layers are here the plain operations that they consist of; on CUDA they are cuDNN's.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

DEVICE = torch.device("meta")

# What raises on CUDA under torch.use_deterministic_algorithms(True), by the documentation of that function in PyTorch
# 2.13 (its second list); backward passes too, by the beginnings of their operations' names
RAISING = (
    "avg_pool3d_backward", "_adaptive_avg_pool2d_backward", "_adaptive_avg_pool3d_backward",
    "adaptive_max_pool2d_backward", "fractional_max_pool2d_backward", "fractional_max_pool3d_backward",
    "max_unpool2d", "max_unpool3d", "upsample_linear1d_backward", "upsample_bilinear2d_backward",
    "upsample_bicubic2d_backward", "upsample_trilinear3d_backward", "reflection_pad1d_backward",
    "reflection_pad2d_backward", "reflection_pad3d_backward", "nll_loss", "_ctc_loss_backward", "_embedding_bag",
    "put", "put_", "histc", "bincount", "median", "nanmedian", "grid_sampler_2d_backward", "grid_sampler_3d_backward",
    "scatter_reduce",
)  # fmt: skip
RAISING_FOR_FLOATS = ("cumsum", "cumsum_")
# of these the device must be read by the host
READ = ("_local_scalar_dense", "nonzero", "is_nonzero", "equal", "masked_select", "unique_dim", "_unique2")
INDEXED = ("index", "index_put", "index_put_", "_index_put_impl_")
PACKED = ("_pack_padded_sequence", "_pack_padded_sequence_backward")  # with lengths on the CPU


class MixedDevices(AssertionError):
    """An operation on tensors of two devices."""


class Elsewhere(Tensor):
    """A tensor on the device; `held`: its numbers, on the CPU."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> "Elsewhere":
        return Tensor._make_wrapper_subclass(
            cls, held.size(), strides=held.stride(), storage_offset=held.storage_offset(), dtype=held.dtype,
            device=DEVICE,
        )  # fmt: skip

    def __init__(self, held: Tensor):
        self.held = held

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise AssertionError(f"{func} outside of Pretended")


class Pretended(TorchDispatchMode):
    """With this the device is there. ran: operations on it, with whether of floats; waits: the operations for which the
    host waits until the device has done all that was asked before."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: set[tuple[str, bool]] = set()
        self.waits: list[str] = []

    def raising(self) -> set[str]:
        """Operations that ran and would raise on CUDA."""
        return {
            name for name, floats in self.ran if name.startswith(RAISING) or (floats and name in RAISING_FOR_FLOATS)
        }

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs, name = dict(kwargs or {}), func.overloadpacket.__name__
        if name == "_pin_memory":
            return args[0]
        given = [one for one in tree_leaves((args, kwargs)) if isinstance(one, Tensor)]
        there = [one for one in given if isinstance(one, Elsewhere)]
        device = kwargs.get("device")
        goes = device is not None and torch.device(device) == DEVICE
        if goes:
            kwargs["device"] = torch.device("cpu")
        if there:
            self._look(name, given, there)
        self._wait(name, args, kwargs, bool(there), goes)
        numbers = {id(one.held): one for one in there}
        found = func(*tree_map(_held, args), **tree_map(_held, kwargs))
        leaves = goes if device is not None else bool(there)
        if not leaves:
            return found
        if name == "_pack_padded_sequence":
            return Elsewhere(found[0]), found[1]
        return tree_map(lambda one: numbers.get(id(one), Elsewhere(one)) if isinstance(one, Tensor) else one, found)

    def _look(self, name: str, given: list[Tensor], there: list[Elsewhere]) -> None:
        self.ran.add((name, any(one.dtype.is_floating_point for one in there)))
        here = [one for one in given if not isinstance(one, Elsewhere) and one.ndim]
        if here and name not in ("copy_", "_to_copy", *PACKED):
            raise MixedDevices(f"{name} of tensors on the CPU and elsewhere")

    def _wait(self, name: str, args: Any, kwargs: Any, there: bool, goes: bool) -> None:
        masks = there and name in INDEXED and any(one.dtype == torch.bool for one in args[1] if one is not None)
        crosses = name == "_to_copy" and "device" in kwargs and there != goes
        if (there and name in READ) or masks or (crosses and not (goes and kwargs.get("non_blocking"))):
            self.waits.append(name)


def _held(one: Any) -> Any:
    return one.held if isinstance(one, Elsewhere) else one
