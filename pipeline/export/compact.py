"""A net as one small JSON file, for the web and to pass on: weights in 8 bits, in 16 where pen places come and go.

Each row of a matrix has a scale of its own, a float32, and whole numbers from -127 to 127, or of the two small matrices
next to the coordinates, the first input and the head, from -32767 to 32767; a weight is their product. Biases are
float32. (In 8 bits the first input alone cost 0.014 nats a step, all the others together 0.003.)
Shapes: R rows of a matrix, C columns. All arrays are base64 of little-endian bytes, row by row:

    {"format": "fake-kanji net", "version": 1,
     "model": {...}, "data": {...}, "pen_weights": [...], "sample": {...},       as in a model's config.json
     "scores": {...} or null,                                                   what `web_export.scores` measured
     "tensors": {"head.weight": {"shape": [R, C], "bits": 16, "scale": "R float32", "values": "R C int16"},
                 "head.bias": {"shape": [R], "values": "R float32"}, ...}}      names as in weights.safetensors
"""

import base64
import binascii
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline import params
from pipeline.files import whole_file
from pipeline.net.model import UNDESCRIBED, ModelParams, WritingNet

FORMAT, VERSION = "fake-kanji net", 1
FINE = ("head.weight", "layers.0.weight_ih_l0")  # in 16 bits
LARGEST = {8: 127, 16: 32767}
KINDS = {8: "<i1", 16: "<i2"}
CONFIG = ("data", "pen_weights", "sample")  # what of a model's config the file keeps


class CompactError(ValueError):
    """A file that holds no usable net."""


def quantise(matrix: NDArray, bits: int) -> tuple[NDArray[np.integer], NDArray[np.float32]]:
    """(R, C) -> whole numbers (R, C) and scales (R,); off by at most half a scale. A row of zeros has the scale 1."""
    largest, most = np.abs(matrix).max(axis=1), LARGEST[bits]
    scale = np.where(largest > 0, largest / most, 1).astype(np.float32)
    return np.clip(np.rint(matrix / scale[:, None]), -most, most).astype(KINDS[bits]), scale


def pack(net: WritingNet, config: dict[str, Any], scores: dict[str, Any] | None) -> dict[str, Any]:
    """The file's content. config as `checkpoint.load_model` gives it; a section it lacks is left out. A net that can be
    told of parts is kept as it writes without being told."""
    net = net.untold()
    tensors = {name: _packed(name, tensor.detach().cpu().float().numpy()) for name, tensor in net.state_dict().items()}
    kept = {"model": asdict(net.options)} | {name: config[name] for name in CONFIG if name in config}
    return {"format": FORMAT, "version": VERSION, **kept, "scores": scores, "tensors": tensors}


def unpack(content: Any, where: str) -> tuple[WritingNet, dict[str, Any]]:
    """The net, ready to write, and its config; the inverse of `pack` but for the rounding.

    Raises CompactError, ParamsError: what is missing or damaged. `where` names the file in the error.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CompactError(
            f'{where} is no net of fake-kanji ("format" is not "{FORMAT}"); `fake-kanji export-web` makes one'
        )
    if content.get("version") != VERSION:
        raise CompactError(f"{where} has version {content.get('version')!r}, this reads {VERSION}; export it again")
    missing = [name for name in ("model", "tensors") if not isinstance(content.get(name), dict)]
    if missing:
        raise CompactError(f"{where} lacks {' and '.join(missing)}; export it again")
    net = WritingNet(params.build(ModelParams, UNDESCRIBED | content["model"], f"{where}: model"))
    try:
        net.load_state_dict({name: _unpacked(name, part) for name, part in content["tensors"].items()})
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise CompactError(f"{where}: the weights are damaged ({error}); export it again") from None
    return net.eval(), {name: content[name] for name in ("model", *CONFIG) if name in content}


def write(path: Path, content: dict[str, Any]) -> None:
    """One line of JSON with a stable order, whole or not at all."""
    with whole_file(path) as partial:
        partial.write_text(text(content), encoding="utf-8")


def text(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def load(path: Path) -> tuple[WritingNet, dict[str, Any]]:
    """`unpack` of a file. Raises CompactError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CompactError(f"{path} cannot be read ({error}); `fake-kanji export-web` makes such a file") from None
    return unpack(content, str(path))


def encode(array: NDArray) -> str:
    """Base64 of an array's little-endian bytes."""
    return base64.b64encode(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()).decode("ascii")


def decode(text: str, kind: str) -> NDArray:
    """The inverse of `encode`, flat and writable. kind: a dtype such as "<f4". Raises ValueError, binascii.Error."""
    return np.frombuffer(base64.b64decode(text, validate=True), kind).copy()


def _packed(name: str, values: NDArray[np.float32]) -> dict[str, Any]:
    if values.ndim < 2:
        return {"shape": list(values.shape), "values": encode(values)}
    bits = 16 if name in FINE else 8
    numbers, scale = quantise(values, bits)
    return {"shape": list(values.shape), "bits": bits, "scale": encode(scale), "values": encode(numbers)}


def _unpacked(name: str, part: dict[str, Any]) -> Tensor:
    """Raises ValueError: another number of values than its shape, or one that is not finite."""
    shape = part["shape"]
    if "scale" in part:
        values = decode(part["values"], KINDS[part["bits"]]).reshape(shape) * decode(part["scale"], "<f4")[:, None]
    else:
        values = decode(part["values"], "<f4").reshape(shape)
    if not np.isfinite(values).all():
        raise ValueError(f"{name} holds a number that is not finite")
    return torch.from_numpy(values.astype(np.float32))
