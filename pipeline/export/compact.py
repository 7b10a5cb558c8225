"""A net as one small JSON file, for the web and to pass on: weights in 8 bits, in 16 where pen places come and go.

Each row of a matrix has a scale of its own, a float32, and whole numbers from -127 to 127, or of the small matrices
next to coordinates (FINE) from -32767 to 32767; a weight is their product. Biases are float32. (In 8 bits the first
input alone cost 0.014 nats a step, all the others together 0.003.)
Shapes: R rows of a matrix, C columns. All arrays are base64 of little-endian bytes, row by row:

    {"format": "fake-kanji net", "version": 1,
     "model": {...}, "data": {...}, "pen_weights": [...], "sample": {...},       as in a model's config.json
     "scores": {...} or null,                                                   what `web_export.scores` measured
     "tensors": {"head.weight": {"shape": [R, C], "bits": 16, "scale": "R float32", "values": "R C int16"},
                 "head.bias": {"shape": [R], "values": "R float32"}, ...}}      names as in weights.safetensors

A net that is told of parts is version 2, one that is shown exemplars of them version 3. The columns of its first input
that take what it is told, in 8 bits, and those for what it is shown, in 16, are tensors of their own, "told.weight" and
"shown.weight"; beside the tensors stands what it knows:

     "vocabulary": [name, ...], "spellings": {name: "⿰言吾", ...}, "habits": {...},      as in descriptions.json
     "english": {name: "tree", ...}                                             of all names that are radicals
     "characters": "1 bit"                of each spelling, by code point: whether the net has learnt from its drawings
     "exemplars": id or null                          of version 3: of the file of its exemplars, see `library`, if any

Version 3 is shorter: the habits' strokes are "R uint8", of each name of the vocabulary in turn, and the spellings one
text, "語 ⿰言吾 吾 ⿱五口 ..."; they are as in version 2 where a name has a space in it.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline import params
from pipeline.describe.description import canonical, leaves, parse
from pipeline.describe.encoding import NOTHING, Vocabulary
from pipeline.describe.exemplars import Library
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.reading import radicals
from pipeline.describe.visits import Habits
from pipeline.files import whole_file
from pipeline.net.describer import TOLD
from pipeline.net.model import UNDESCRIBED, ModelParams, WritingNet

FORMAT = "fake-kanji net"
VERSION, DESCRIBED, SHOWN = 1, 2, 3  # of a net that is told nothing, told of parts, shown exemplars of them, too
FIRST, TOLD_COLUMNS, SHOWN_COLUMNS = "layers.0.weight_ih_l0", "told.weight", "shown.weight"
HANDS = "describer.hand.weight"  # left out: it writes in the first hand
FINE = ("head.weight", FIRST, SHOWN_COLUMNS)  # in 16 bits
LARGEST = {8: 127, 16: 32767}
KINDS = {8: "<i1", 16: "<i2"}
CONFIG = ("data", "pen_weights", "sample")  # what of a model's config the file keeps
ID_DIGITS = 16


class CompactError(ValueError):
    """A file that holds no usable net."""


def quantise(matrix: NDArray, bits: int) -> tuple[NDArray[np.integer], NDArray[np.float32]]:
    """(R, C) -> whole numbers (R, C) and scales (R,); off by at most half a scale. A row of zeros has the scale 1."""
    largest, most = np.abs(matrix).max(axis=1), LARGEST[bits]
    scale = np.where(largest > 0, largest / most, 1).astype(np.float32)
    return np.clip(np.rint(matrix / scale[:, None]), -most, most).astype(KINDS[bits]), scale


def pack(
    net: WritingNet, config: dict[str, Any], scores: dict[str, Any] | None, knows: Knowledge | None = None
) -> dict[str, Any]:
    """The file's content. config as `checkpoint.load_model` gives it; a section it lacks is left out.

    knows: of a net that can be told of parts; without it the net is kept as it writes without being told.
    """
    free = net.untold()
    content = {
        "format": FORMAT,
        "version": VERSION,
        "model": asdict(free.options),
        **{name: config[name] for name in CONFIG if name in config},
        "scores": scores,
        "tensors": _all_packed(free.state_dict()),
    }
    if net.describer is None or knows is None:
        return content
    weights = net.state_dict()
    told = {name: tensor for name, tensor in weights.items() if name not in free.state_dict() and name != HANDS}
    columns = weights[FIRST][:, -net.options.told :]
    told[TOLD_COLUMNS] = columns[:, :TOLD]
    if net.options.exemplars:
        told[SHOWN_COLUMNS] = columns[:, TOLD:]
    tensors = content["tensors"] | _all_packed(told)
    content |= {"version": _version(net.options), "model": asdict(net.options), "tensors": tensors} | _known(knows)
    return content | _shown(knows) if net.options.exemplars else content


def _version(options: ModelParams) -> int:
    return SHOWN if options.exemplars else DESCRIBED if options.described else VERSION


def _shown(knows: Knowledge) -> dict[str, Any]:
    words = [word for pair in knows.spellings.items() for word in pair]
    spellings = " ".join(words) if " ".join(words).split(" ") == words else knows.spellings
    counts = [min(knows.habits.count(name), 255) for name in knows.vocabulary.names]
    habits = knows.habits.as_json() | {"strokes": encode(np.array(counts, np.uint8))}
    return {"spellings": spellings, "habits": habits, "exemplars": identity(knows.library)}


def identity(library: Library) -> str | None:
    """Of what a library holds, the same wherever it is; None of an empty one."""
    if not library.names:
        return None
    parts = [json.dumps(library.names).encode(), *(library.arrays[name].tobytes() for name in sorted(library.arrays))]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:ID_DIGITS]


def unpack(content: Any, where: str) -> tuple[WritingNet, dict[str, Any]]:
    """The net, ready to write, and its config; the inverse of `pack` but for the rounding.

    Raises CompactError, ParamsError: what is missing or damaged. `where` names the file in the error.
    """
    _check(content, where)
    options = params.build(ModelParams, UNDESCRIBED | content["model"], f"{where}: model")
    if content["version"] != _version(options):
        raise CompactError(f"{where}: model.described or exemplars does not belong to its version; export it again")
    net = WritingNet(options, known=knowledge(content, where).vocabulary if options.described else NOTHING)
    try:
        tensors = {name: _unpacked(name, part) for name, part in content["tensors"].items()}
        if options.described:
            apart = [TOLD_COLUMNS, SHOWN_COLUMNS][: 1 + options.exemplars]
            tensors[FIRST] = torch.cat((tensors[FIRST], *map(tensors.pop, apart)), dim=1)
        net.load_state_dict(tensors)
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise CompactError(f"{where}: the weights are damaged ({error}); export it again") from None
    return net.eval(), {name: content[name] for name in ("model", *CONFIG) if name in content}


def _check(content: Any, where: str) -> None:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CompactError(
            f'{where} is no net of fake-kanji ("format" is not "{FORMAT}"); `fake-kanji export-web` makes one'
        )
    if content.get("version") not in (VERSION, DESCRIBED, SHOWN):
        raise CompactError(
            f"{where} has version {content.get('version')!r}, this reads {VERSION} to {SHOWN}; export it again"
        )
    missing = [name for name in ("model", "tensors") if not isinstance(content.get(name), dict)]
    if missing:
        raise CompactError(f"{where} lacks {' and '.join(missing)}; export it again")


def knowledge(content: dict[str, Any], where: str) -> Knowledge:
    """What a net of version 2 or 3 knows, without exemplars (`library.known` has them too); no characters of a file
    that does not say which. Raises CompactError."""
    try:
        names, spellings, habits = tuple(map(str, content["vocabulary"])), content["spellings"], content["habits"]
        words = spellings.split(" ") if isinstance(spellings, str) else []
        spellings = dict(zip(words[::2], words[1::2], strict=True)) if words else dict(spellings)
        if isinstance(habits["strokes"], str):
            counts = decode(habits["strokes"], "u1").tolist()
            habits = habits | {"strokes": {canonical(name): n for name, n in zip(names, counts, strict=True)}}
        characters = _characters(content["characters"], spellings) if "characters" in content else ()
        return Knowledge(Vocabulary(names), spellings, Habits.from_json(habits), characters)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CompactError(f"{where} tells nothing of descriptions ({error!r}); export it again") from None


def _characters(bits: str, spellings: Mapping[str, str]) -> tuple[str, ...]:
    """Raises ValueError: too few or too many bits."""
    learnt = np.unpackbits(decode(bits, "u1"))
    if not 0 <= len(learnt) - len(spellings) < 8:
        raise ValueError(f"{len(learnt)} bits for {len(spellings)} spellings")
    return tuple(name for name, bit in zip(sorted(spellings), learnt, strict=False) if bit)


def _known(knows: Knowledge) -> dict[str, Any]:
    """Of the strokes of parts those of the names alone: what is written is spelled down to these, or to the names of
    exemplars, whose strokes stand with them."""
    names = knows.vocabulary.names
    forms = {canonical(name) for name in names}
    habits = Habits(knows.habits.ways, {name: n for name, n in knows.habits.strokes.items() if name in forms})
    spelled = (leaf.name for spelling in knows.spellings.values() for leaf, _ in leaves(parse(spelling)))
    every = dict.fromkeys((*names, *knows.spellings, *spelled, *knows.library.names))
    words = {name: radicals().get(name) or radicals().get(canonical(name)) for name in every}
    learnt = np.isin(sorted(knows.spellings), knows.characters)
    return {
        "vocabulary": list(names),
        "spellings": knows.spellings,
        "habits": habits.as_json(),
        "english": {name: word for name, word in words.items() if word},
        "characters": encode(np.packbits(learnt)),
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """One line of JSON with a stable order, whole or not at all."""
    with whole_file(path) as partial:
        partial.write_text(text(content), encoding="utf-8")


def text(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def load(path: Path) -> tuple[WritingNet, dict[str, Any]]:
    """`unpack` of a file. Raises CompactError."""
    return unpack(read(path), str(path))


def read(path: Path) -> Any:
    """A file's content, unchecked. Raises CompactError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CompactError(f"{path} cannot be read ({error}); `fake-kanji export-web` makes such a file") from None


def encode(array: NDArray) -> str:
    """Base64 of an array's little-endian bytes."""
    return base64.b64encode(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()).decode("ascii")


def decode(text: str, kind: str) -> NDArray:
    """The inverse of `encode`, flat and writable. kind: a dtype such as "<f4". Raises ValueError, binascii.Error."""
    return np.frombuffer(base64.b64decode(text, validate=True), kind).copy()


def _all_packed(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    return {name: _packed(name, tensor.detach().cpu().float().numpy()) for name, tensor in tensors.items()}


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
