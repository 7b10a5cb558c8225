"""The net that writes: recurrent layers over the steps so far, and a mixture density for the next one.

Shapes: T steps, B drawings in a batch, F input features, H hidden units, K mixture components, N real steps (the true
entries of `keep`, padding left out).

In:  the previous step (dx, dy) in scaled units and its pen state one-hot; with `position_input` also where the pen is,
     measured from the box's centre and from the first point of the stroke. Both are sums of the offsets before, so that
     the net knows nothing that the post's net could not have added up, and does not spend its state on adding. With
     `described` also what it is told of the part that it writes, see `describer`; the pen's third state ends a part.
     With `exemplars` also where the pen would go in an exemplar of that part, see `exemplar`.
Out: 6 K numbers for the mixture (see `mixture`) and 3 logits for the pen.
"""

import copy
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from pipeline import params
from pipeline.describe.encoding import NOTHING, Vocabulary
from pipeline.drawing import END_OF_CHARACTER
from pipeline.net import exemplar, mixture, scans
from pipeline.net.describer import TOLD, Describer, Telling
from pipeline.net.exemplar import SHOWN
from pipeline.net.loss import PEN_STATES

FEATURE_BLOCK = 16
END_OF_PART = END_OF_CHARACTER  # the pen's third state; a drawing without description is one part
UNDESCRIBED = {"described": False, "exemplars": False}  # of nets from before there were descriptions
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


@params.section
class ModelParams:
    cell: Literal["lstm", "gru", "rnn"]
    layers: Annotated[int, Field(ge=1)]
    hidden_size: Annotated[int, Field(ge=1)]
    mixtures: Annotated[int, Field(ge=1)]
    position_input: bool
    described: bool
    exemplars: bool
    dropout: Annotated[float, Field(ge=0, lt=1)]
    dropout_per: Literal["step", "drawing"]

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.exemplars and not self.described:
            raise ValueError("model.exemplars needs model.described: an exemplar is of a part that the net is told of")
        return self

    @property
    def told(self) -> int:
        """Numbers that the first layer gets of what the net is told and shown."""
        return TOLD * self.described + SHOWN * self.exemplars


@dataclass(frozen=True)
class State:
    """Between two steps of B drawings: the layers' states, each tensor (1, B, H); position and stroke_start (B, 2);
    lifted (B,) bool, whether the next point begins a stroke; told (V, B, D) of a net that is told of parts, visit (B,)
    int64: the number of the visit that the last step belongs to; stroke and point (B,) int64: of the visit's strokes
    and of the stroke's points the one that comes next; telling: of a net that is shown exemplars."""

    layers: tuple[tuple[Tensor, ...], ...]
    position: Tensor
    stroke_start: Tensor
    lifted: Tensor
    told: Tensor | None = None
    visit: Tensor | None = None
    stroke: Tensor | None = None
    point: Tensor | None = None
    telling: Telling | None = None

    def keep(self, rows: Tensor) -> "State":
        """The drawings for which the (B,) boolean tensor is true."""

        def kept(part: Tensor | None) -> Tensor | None:
            return None if part is None else part[rows]

        return State(
            tuple(tuple(part[:, rows] for part in layer) for layer in self.layers),
            self.position[rows],
            self.stroke_start[rows],
            self.lifted[rows],
            None if self.told is None else self.told[:, rows],
            kept(self.visit),
            kept(self.stroke),
            kept(self.point),
            None if self.telling is None else self.telling.keep(rows),
        )


class WritingNet(nn.Module):
    """forward: training, whole drawings at once. start and step: writing, one step at a time.

    known: the names of parts, for a net that is told of them; hands: beside the first one, in which it can write.
    Without a telling it writes freely.
    """

    def __init__(
        self, options: ModelParams, source: torch.Generator | None = None, known: Vocabulary = NOTHING, hands: int = 0
    ):
        super().__init__()
        self.options, self.known = options, known
        hidden, features = options.hidden_size, 2 + PEN_STATES + 4 * options.position_input + options.told
        cell = CELLS[options.cell]
        self.layers = nn.ModuleList(cell(hidden if i else features, hidden) for i in range(options.layers))
        self.head = nn.Linear(hidden, mixture.BLOCKS * options.mixtures + PEN_STATES)
        self.describer = Describer(known.tokens, hands) if options.described else None
        if source is not None:
            self._initialise(source)

    @torch.no_grad()
    def _initialise(self, source: torch.Generator) -> None:
        hidden, k = self.options.hidden_size, self.options.mixtures
        for weight in self.layers.parameters():
            weight.uniform_(-(hidden**-0.5), hidden**-0.5, generator=source)
        if self.options.cell == "lstm":
            for layer in self.layers:
                layer.get_parameter("bias_ih_l0")[hidden : 2 * hidden] = (
                    1.0  # forget gates open: Jozefowicz et al. 2015
                )
        self.head.weight.uniform_(-(hidden**-0.5) / 2, hidden**-0.5 / 2, generator=source)
        self.head.bias.zero_()
        # components start spread over the plane and narrower than it, else they all learn the same
        self.head.bias[k : 3 * k].normal_(generator=source)
        self.head.bias[3 * k : 5 * k] = -1.0
        if self.describer is not None:
            self.describer.initialise(source)

    def forward(
        self, previous: Tensor, keep: Tensor, source: torch.Generator | None = None, telling: Telling | None = None
    ) -> Tensor:
        """previous (T, B, 3), keep (T, B) bool -> (N, 6 K + 3), N in the order of keep. keep may also be (N,) int64,
        the numbers t B + b of its true entries: for these a GPU need not be waited for.

        Dropout acts when a generator is given, on each layer's output.
        """
        hidden = torch.cat((self.features(previous), *self._told(previous, telling)), dim=-1)
        for layer in self.layers:
            hidden = unrolled(layer, hidden)
            hidden = self._drop(hidden, source)
        # padding never reaches the head: (T, B, H) -> (N, H)
        return self.head(hidden[keep] if keep.dtype == torch.bool else hidden.flatten(0, 1)[keep])

    def features(self, previous: Tensor) -> Tensor:
        """(T, B, 3) -> (T, B, F)."""
        offsets, pen = previous[..., :2], previous[..., 2].long()
        parts = [offsets, nn.functional.one_hot(pen, PEN_STATES).to(offsets.dtype)]
        if self.options.position_input:
            position = scans.running_sum(offsets)
            begins = torch.cat((torch.ones_like(pen[:1]), pen[:-1])) > 0  # the pen came down at this point
            stroke_start = position.gather(0, scans.latest(begins).unsqueeze(-1).expand_as(position))
            parts += [position, position - stroke_start]
        return torch.cat(parts, dim=-1)

    def untold(self) -> "WritingNet":
        """The net that writes the same without being told anything; itself, if it never is."""
        if self.describer is None:
            return self
        net = WritingNet(replace(self.options, described=False, exemplars=False))
        weights = {name: tensor for name, tensor in self.state_dict().items() if not name.startswith("describer.")}
        first = "layers.0.weight_ih_l0"
        net.load_state_dict(weights | {first: weights[first][:, : -self.options.told]})
        return net.to(self.head.weight.device).train(self.training)

    def _told(self, previous: Tensor, telling: Telling | None) -> list[Tensor]:
        """What each step is told and shown of its part, [(T, B, D), ...]; [] of a net that is never told."""
        if self.describer is None:
            return []
        if telling is None:
            return [previous.new_zeros(*previous.shape[:2], self.options.told)]
        told = self.describer(telling)
        pen = previous[..., 2]
        visit = (pen == END_OF_PART).long().cumsum(dim=0) - 1  # (T, B): a part's end moves on
        parts = [told.gather(0, visit.clamp(max=len(told) - 1).unsqueeze(-1).expand(-1, -1, TOLD))]
        if self.options.exemplars:
            stroke = (pen > 0).long().cumsum(dim=0)
            first = stroke.gather(0, scans.latest(pen == END_OF_PART))
            place = exemplar.Place(visit, stroke - first, scans.since(pen > 0))
            position = scans.running_sum(previous[..., :2])
            parts.append(exemplar.features(telling.points, telling.strokes, telling.shown, place, position))
        return parts

    def _drop(self, hidden: Tensor, source: torch.Generator | None) -> Tensor:
        rate = self.options.dropout
        if source is None or rate == 0:
            return hidden
        steps = hidden.shape[0] if self.options.dropout_per == "step" else 1
        mask = torch.empty(steps, *hidden.shape[1:], dtype=hidden.dtype, device=hidden.device)
        return hidden * mask.bernoulli_(1 - rate, generator=source).div_(1 - rate)

    def start(self, batch: int, telling: Telling | None = None) -> State:
        """The state before the first step of `batch` drawings; the first previous step is `first_step`."""
        weight = self.head.weight
        zeros = weight.new_zeros(1, batch, self.options.hidden_size)
        layer = (zeros, zeros) if self.options.cell == "lstm" else (zeros,)
        point, lifted = weight.new_zeros(batch, 2), torch.ones(batch, dtype=torch.bool, device=weight.device)
        state = State((layer,) * len(self.layers), point, point, lifted)
        if self.describer is None:
            return state
        told = weight.new_zeros(1, batch, TOLD) if telling is None else self.describer(telling)
        before = torch.full((batch,), -1, device=weight.device)  # the first previous step ends what was before
        state = replace(state, told=told, visit=before)
        if not self.options.exemplars:
            return state
        return replace(state, stroke=torch.zeros_like(before), point=torch.zeros_like(before), telling=telling)

    def first_step(self, batch: int) -> Tensor:
        """(B, 3): what stands before a drawing, the end of another."""
        return self.head.weight.new_tensor([0.0, 0.0, END_OF_CHARACTER]).expand(batch, 3)

    def step(self, previous: Tensor, state: State) -> tuple[Tensor, State]:
        """One step on: previous (B, 3) -> (B, 6 K + 3) and the next state."""
        offsets, pen = previous[:, :2], previous[:, 2].long()
        position = state.position + offsets
        stroke_start = torch.where(state.lifted.unsqueeze(-1), position, state.stroke_start)
        parts = [offsets, nn.functional.one_hot(pen, PEN_STATES).to(offsets.dtype)]
        if self.options.position_input:
            parts += [position, position - stroke_start]
        state = _moved(state, pen)
        if state.told is not None and state.visit is not None:
            columns = torch.arange(len(pen), device=pen.device)
            parts.append(state.told[state.visit.clamp(max=len(state.told) - 1), columns])
        if self.options.exemplars:
            parts.append(_shown(state, position))
        hidden = torch.cat(parts, dim=-1).unsqueeze(0)  # (1, B, F): one step in time
        layers = []
        for layer, before in zip(self.layers, state.layers, strict=True):
            hidden, after = layer(hidden, before if len(before) > 1 else before[0])
            layers.append(after if isinstance(after, tuple) else (after,))
        following = replace(state, layers=tuple(layers), position=position, stroke_start=stroke_start, lifted=pen > 0)
        return self.head(hidden.squeeze(0)), following


def _moved(state: State, pen: Tensor) -> State:
    """With its pointers where they are after a step with these pens, (B,)."""
    if state.visit is None:
        return state
    state = replace(state, visit=state.visit + (pen == END_OF_PART))
    if state.stroke is None or state.point is None:
        return state
    stroke = torch.where(pen == END_OF_PART, 0, state.stroke + (pen > 0))
    return replace(state, stroke=stroke, point=torch.where(pen > 0, 0, state.point + 1))


def _shown(state: State, position: Tensor) -> Tensor:
    """(B, E) for one step, see `exemplar.features`; position (B, 2)."""
    told, visit, stroke, point = state.telling, state.visit, state.stroke, state.point
    if told is None or visit is None or stroke is None or point is None:
        return position.new_zeros(len(position), SHOWN)
    place = exemplar.Place(visit.unsqueeze(0), stroke.unsqueeze(0), point.unsqueeze(0))
    return exemplar.features(told.points, told.strokes, told.shown, place, position.unsqueeze(0)).squeeze(0)


def copied(net: WritingNet) -> WritingNet:
    """One of its own, on the same device."""
    other = copy.deepcopy(net)
    for layer in other.modules():
        if isinstance(layer, nn.RNNBase):
            layer.flatten_parameters()  # cuDNN wants a layer's weights in one piece of memory, which a copy's are not
    return other


def unrolled(layer: nn.Module, features: Tensor) -> Tensor:
    """The recurrent layer over whole drawings from a zero state: (T, B, F) -> (T, B, H).

    A CPU's bfloat16 LSTM takes its fast path (AMX) only for an even number of features. They are filled up with zeros
    here, and the weights too, so that the parameters keep their shapes.
    """
    missing = -features.shape[-1] % FEATURE_BLOCK
    if not missing or features.device.type != "cpu" or not isinstance(layer, nn.LSTM):
        return layer(features)[0]
    inputs, *others = layer.all_weights[0]
    wide, weight = nn.functional.pad(features, (0, missing)), nn.functional.pad(inputs, (0, missing))
    weights = [weight, *others]
    zeros = features.new_zeros(1, features.shape[1], layer.hidden_size)
    return torch.lstm(wide, (zeros, zeros), weights, True, 1, 0.0, layer.training, False, False)[0]
