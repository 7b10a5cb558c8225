"""The judge: a small convolutional net that reads drawings, fixed and versioned, in whose features scores are taken.

Shapes: B drawings, S pixels a side of a raster, D features, K components.

It reads `rasters.ordered` pictures, so it sees the order and direction of strokes but not how many points a line has,
and names the components of a character (KanjiVG's `kvg:element` groups) and the number of its strokes. Its features
are what stands before these two answers, each of about unit variance over real characters.

A judge is a folder: weights.safetensors (float16), judge.json (what it is, the sha256 of the weights, what was measured
of it). Scores are comparable between runs that report the same `Judge.name`.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from pipeline import params
from pipeline.drawing import Steps
from pipeline.files import whole_file, write_json
from pipeline.progress import Progress, unseen
from pipeline.score.judge import rasters

WEIGHTS, CARD = "weights.safetensors", "judge.json"
FOLDER = Path("pretrained/judge")  # where the one that scores are taken with is, in dvc.yaml
STROKES_UNIT = 10.0  # the net's answer for strokes is in tens, near 1 as its other numbers are
RARE = -4.0  # logit of the share of characters that a component is in, about
HIDDEN = 256  # units between the features and the answers
FIRST, POOL = 3, 2  # layer that `describe` begins at; cells a side to which the layers' maps are averaged in `describe`
BLOCK = 512  # drawings read at once


class JudgeError(ValueError):
    """A folder that holds no usable judge, or drawings that it cannot read."""


@params.section
class JudgeShape:
    """size: pixels a side; widths: channels at S, S/2, S/4 and S/8 pixels a side; features: D; components: K names."""

    size: Annotated[int, Field(ge=16, le=128, multiple_of=8)]
    widths: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=4, max_length=4)]
    features: Annotated[int, Field(ge=2)]
    components: Annotated[list[str], Field(min_length=1)]


class JudgeNet(nn.Module):
    """Pictures (B, C, S, S) -> logits of the components (B, K), strokes / STROKES_UNIT (B,)."""

    def __init__(self, shape: JudgeShape, source: torch.Generator):
        super().__init__()
        convolutions = [nn.Conv2d(*one, padding=1, bias=False) for one in _plan(shape)]
        self.layers = nn.ModuleList(
            nn.Sequential(one, nn.BatchNorm2d(one.out_channels), nn.ReLU()) for one in convolutions
        )
        self.to_features = nn.Linear(shape.widths[-1] * (shape.size // 8) ** 2, shape.features, bias=False)
        self.unit = nn.BatchNorm1d(shape.features, affine=False)  # of unit variance over what it was trained on
        self.hidden = nn.Linear(shape.features, HIDDEN)
        self.components = nn.Linear(HIDDEN, len(shape.components))
        self.strokes = nn.Linear(HIDDEN, 1)
        for weight in (*(one.weight for one in convolutions), self.to_features.weight, self.hidden.weight):
            nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=source)
        nn.init.zeros_(self.hidden.bias)
        # the answers begin at "a component is rare, a character has ten strokes", not at random ones
        for head, value in ((self.components, RARE), (self.strokes, 1.0)):
            nn.init.zeros_(head.weight)
            nn.init.constant_(head.bias, value)
        for one in convolutions:
            one.weight.data = one.weight.data.contiguous(memory_format=torch.channels_last)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        return self.answers(self.maps(pictures)[1])

    def maps(self, pictures: Tensor) -> tuple[list[Tensor], Tensor]:
        """The output of every layer, (B, width, side, side) each, and the features (B, D)."""
        found, x = [], pictures.contiguous(memory_format=torch.channels_last)
        for layer in self.layers:
            x = layer(x)
            found.append(x)
        return found, self.unit(self.to_features(x.flatten(1)))

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor]:
        hidden = torch.relu(self.hidden(features))
        return self.components(hidden), self.strokes(hidden).squeeze(1)


def _plan(shape: JudgeShape) -> list[tuple[int, int, int, int]]:
    """Channels in, channels out, kernel and stride of every layer."""
    first, second, third, fourth = shape.widths
    return [
        (len(rasters.CHANNELS), first, 3, 1),
        (first, second, 3, 2),
        (second, second, 3, 1),
        (second, third, 3, 2),
        (third, third, 3, 1),
        (third, fourth, 3, 2),
    ]


@dataclass(frozen=True)
class Answers:
    """components (B, K): probability of each; strokes (B,): the number believed."""

    components: NDArray[np.float32]
    strokes: NDArray[np.float32]


@dataclass(frozen=True)
class Judge:
    """A net ready to read, its shape, and its card: what judge.json says."""

    net: JudgeNet
    shape: JudgeShape
    card: dict[str, Any]

    @property
    def name(self) -> str:
        """Version and the first of the weights' sha256: what scores report."""
        return _name(self.card)

    def embed(self, drawings: Sequence[Steps], progress: Progress = unseen) -> NDArray[np.float32]:
        """B drawings in any unit -> features (B, D). Raises RasterError."""
        return self._read(drawings, lambda pictures: self.net.maps(pictures)[1], self.shape.features, progress)

    def describe(self, drawings: Sequence[Steps], progress: Progress = unseen) -> NDArray[np.float32]:
        """As `embed`, with the maps of the layers from FIRST on averaged over POOL x POOL cells before the features:
        (B, F). They see how strokes are drawn and joined, which the features have learnt to overlook; the layers before
        them see so closely that they tell one resampling from another."""
        width = POOL * POOL * sum(wide for _, wide, *_ in _plan(self.shape)[FIRST:])
        return self._read(drawings, self._described, width + self.shape.features, progress)

    def answer(self, drawings: Sequence[Steps], progress: Progress = unseen) -> Answers:
        """What the judge takes B drawings for."""

        def read(pictures: Tensor) -> Tensor:
            logits, strokes = self.net(pictures)
            return torch.cat((torch.sigmoid(logits), strokes.unsqueeze(1) * STROKES_UNIT), dim=1)

        found = self._read(drawings, read, len(self.shape.components) + 1, progress)
        return Answers(found[:, :-1], found[:, -1])

    def _described(self, pictures: Tensor) -> Tensor:
        maps, features = self.net.maps(pictures)
        pooled = [nn.functional.adaptive_avg_pool2d(one, POOL).flatten(1) for one in maps[FIRST:]]
        return torch.cat((*pooled, features), dim=1)

    @torch.inference_mode()
    def _read(
        self, drawings: Sequence[Steps], function: Callable[[Tensor], Tensor], width: int, progress: Progress
    ) -> NDArray[np.float32]:
        found = np.zeros((len(drawings), width), np.float32)
        device = next(self.net.parameters()).device
        for at in progress(range(0, len(drawings), BLOCK)):
            pictures = torch.from_numpy(rasters.ordered(drawings[at : at + BLOCK], self.shape.size))
            found[at : at + BLOCK] = function(pictures.to(device)).cpu().numpy()
        return found


def raster() -> dict[str, Any]:
    """What a judge's weights suppose of `rasters`: kept in its card, compared when it is loaded."""
    return {"channels": list(rasters.CHANNELS), "margin": rasters.MARGIN, "dot": rasters.DOT}


def save(folder: Path, net: JudgeNet, shape: JudgeShape, card: dict[str, Any]) -> dict[str, Any]:
    """Write weights.safetensors and judge.json into an existing folder; the card as it was written."""
    weights = {name: _stored(tensor) for name, tensor in net.state_dict().items()}
    with whole_file(folder / WEIGHTS) as partial:
        save_file(weights, partial)
    fields = {name: getattr(shape, name) for name in shape.__dataclass_fields__}
    card = card | {"shape": fields, "raster": raster(), "sha256": _sha256(folder / WEIGHTS)}
    write_json(folder / CARD, card)
    return card


def load(folder: Path | str, device: torch.device | str = "cpu", name: str | None = None) -> Judge:
    """The judge in a folder. Raises JudgeError: a file is missing or damaged, or made for other pictures, or the judge
    is not the one that `name` names."""
    folder = Path(folder)
    card = read_card(folder, name)
    try:
        shape = params.build(JudgeShape, card["shape"], f"{folder / CARD}: shape")
        expected, seen = card["sha256"], card["raster"]
        found = _sha256(folder / WEIGHTS)
    except (OSError, KeyError, TypeError) as error:
        raise JudgeError(f"{folder} holds no judge ({error!r}); {_CURE}") from None
    if found != expected:
        raise JudgeError(f"{folder / WEIGHTS} is not what {CARD} names (sha256 {found}, not {expected}); {_CURE}")
    if seen != raster():
        raise JudgeError(f"{folder} was trained on other pictures ({seen}) than rasters.py draws ({raster()}); {_CURE}")
    net = JudgeNet(shape, torch.Generator())
    try:
        net.load_state_dict(load_file(folder / WEIGHTS))
    except (RuntimeError, SafetensorError) as error:
        raise JudgeError(f"{folder}: {WEIGHTS} and {CARD} do not belong together: {error}; {_CURE}") from None
    return Judge(net.to(device).float().eval(), shape, card)


def read_card(folder: Path, name: str | None = None) -> dict[str, Any]:
    """What a judge's folder says of it. Raises JudgeError: none that can be read, or of another judge than `name`."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        found = _name(card)
    except (OSError, KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise JudgeError(f"{folder} holds no judge ({error!r}); {_CURE}") from None
    if name not in (None, found):
        raise JudgeError(
            f"score.judge is {name}, but {folder} holds {found}, and scores of two judges do not compare: set it to "
            f"{found}, or {_CURE}"
        )
    return card


def _name(card: dict[str, Any]) -> str:
    return f"{card['version']}-{card['sha256'][:12]}"


_CURE = "`git checkout pretrained/judge` brings the one that ships back, `dvc repro judge/dvc.yaml` makes one"


def _stored(tensor: Tensor) -> Tensor:
    return (tensor.half() if tensor.is_floating_point() else tensor).detach().cpu().contiguous()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
