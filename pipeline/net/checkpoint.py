"""Weights and training states on disk: safetensors for tensors, JSON for the rest. Nothing is pickled.

A model is a folder: `weights.safetensors`, `config.json`. A training state is one file, its JSON in the header, so that
it is there whole or not at all.
"""

import json
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from pipeline import params
from pipeline.describe.knowledge import Knowledge
from pipeline.files import whole_file, write_json
from pipeline.net.model import UNDESCRIBED, ModelParams, WritingNet

WEIGHTS, CONFIG = "weights.safetensors", "config.json"


class CheckpointError(ValueError):
    """A file that holds no usable weights or training state."""


def save_model(folder: Path, weights: dict[str, Tensor], config: dict[str, Any]) -> None:
    """Write a model into an existing folder; config holds at least the section "model"."""
    write_tensors(folder / WEIGHTS, weights, {})
    write_json(folder / CONFIG, config)


def load_model(folder: Path | str, device: torch.device | str = "cpu") -> tuple[WritingNet, dict[str, Any]]:
    """The net, ready to write, and its config. Raises CheckpointError, KnowledgeError, ExemplarError."""
    folder = Path(folder)
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        options = params.build(ModelParams, UNDESCRIBED | config["model"], f"{folder / CONFIG}: model")
        knows = Knowledge.load(folder, options.exemplars) if options.described else None
        net = WritingNet(options, known=knows.vocabulary, hands=len(knows.hands)) if knows else WritingNet(options)
    except (OSError, KeyError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{folder} holds no model ({error!r}); `dvc repro train` makes data/model") from None
    tensors, _ = read_tensors(folder / WEIGHTS)
    try:
        net.load_state_dict(tensors)
    except RuntimeError as error:
        raise CheckpointError(f"{folder}: {WEIGHTS} and {CONFIG} do not belong together: {error}") from None
    return net.to(device).eval(), config


def write_tensors(path: Path, tensors: dict[str, Tensor], notes: dict[str, Any]) -> None:
    """One safetensors file, whole or not at all; the notes go into its header as JSON."""
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with whole_file(path) as partial:
        safetensors.torch.save_file(plain, partial, {"notes": json.dumps(notes)})


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and the notes of `write_tensors`. Raises CheckpointError."""
    try:
        with safe_open(path, framework="pt") as file:
            notes = json.loads((file.metadata() or {}).get("notes", "{}"))
            return {name: file.get_tensor(name) for name in file.keys()}, notes  # noqa: SIM118 (not a dict)
    except (OSError, SafetensorError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{path} cannot be read ({error}); delete it and run `dvc repro` again") from None


def optimizer_tensors(prefix: str, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """An optimiser's state as named tensors: prefix.<parameter>.<name>."""
    state = optimizer.state_dict()["state"]
    return {f"{prefix}.{i}.{name}": tensor for i, part in state.items() for name, tensor in part.items()}


def load_optimizer(prefix: str, optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """The inverse of `optimizer_tensors`; the hyperparameters stay the optimiser's own."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith(f"{prefix}."):
            i, name = key.removeprefix(f"{prefix}.").split(".")
            state.setdefault(int(i), {})[name] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def named(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    """A module's tensors under a prefix."""
    return {f"{prefix}.{name}": tensor for name, tensor in module.state_dict().items()}


def under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under a prefix, without it."""
    return {k.removeprefix(f"{prefix}."): v for k, v in tensors.items() if k.startswith(f"{prefix}.")}
