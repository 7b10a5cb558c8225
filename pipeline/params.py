"""params.yaml, read strictly: each section becomes a frozen dataclass that stands beside the code that consumes it.

An unknown key, a missing key, a wrong type or a value out of range raises ParamsError, which names the key in full
(`train.hidden_size`), shows the value and says what is allowed.
"""

import importlib
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar, dataclass_transform

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass
from ruamel.yaml import YAML, YAMLError

# Where each section lives. Resolved by name when the whole file is checked, so that a stage imports only what it
# needs: another section's values can stop it, but cannot change what it writes.
SECTIONS = {
    "fetch": "pipeline.fetch.sources:FetchParams",
    "parse": "pipeline.parse.options:ParseParams",
    "batch": "pipeline.batch.holdout:BatchParams",
    "model": "pipeline.net.model:ModelParams",
    "train": "pipeline.train.options:TrainParams",
    "sample": "pipeline.sample.sampler:SampleParams",
    "score": "pipeline.score.scoring:ScoreParams",
}

T = TypeVar("T")

# No coercion (an int is a fine float, "3" is not a 3), no unknown keys, no change later.
_strict: Any = dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))


class ParamsError(ValueError):
    """params.yaml holds something that no run can use."""


@dataclass_transform(frozen_default=True)
def section(kind: type[T]) -> type[T]:
    """Decorator of every section. To a type checker it is `dataclasses.dataclass(frozen=True)`."""
    return _strict(kind)


def read(path: Path | str = "params.yaml") -> dict[str, dict[str, Any]]:
    """All sections as plain dictionaries, checked against SECTIONS. Raises ParamsError."""
    path = Path(path)
    try:
        values = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParamsError(f"{path} does not exist: run from the repository's root, where params.yaml is") from None
    except YAMLError as error:
        raise ParamsError(f"{path} is not YAML: {error}") from None
    if not isinstance(values, dict):
        raise ParamsError(f"{path} must hold the sections {', '.join(SECTIONS)}; it holds {values!r}")
    problems = [f"{name}: unknown section; allowed are {', '.join(SECTIONS)}" for name in values.keys() - SECTIONS]
    problems += [f"{name}: section is missing" for name in SECTIONS.keys() - values]
    for name in SECTIONS:
        if name in values:
            problems += _problems(name, values[name])
    if problems:
        raise ParamsError("\n".join([f"{path}: nothing was run, because", *sorted(f"  {p}" for p in problems)]))
    return values


def load(name: str, path: Path | str = "params.yaml") -> Any:
    """The section `name` as its dataclass, after the whole file has been checked. Raises ParamsError."""
    return consumer(name)(**read(path)[name])


def build(kind: type[T], values: dict[str, Any], where: str) -> T:
    """A section's dataclass from a dictionary read elsewhere (a model's config.json). Raises ParamsError."""
    try:
        return kind(**values)
    except ValidationError as error:
        raise ParamsError("\n".join(_explain(where, error, kind))) from None


def flatten(values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """{"train": {"seed": 1}} -> {"train.seed": 1}, the names that DVC and MLflow show."""
    return {f"{name}.{key}": value for name, part in values.items() for key, value in part.items()}


def consumer(name: str) -> type:
    module, _, kind = SECTIONS[name].partition(":")
    return getattr(importlib.import_module(module), kind)


def _problems(name: str, values: Any) -> list[str]:
    if not isinstance(values, dict):
        return [f"{name}: must be a section with keys, is {values!r}"]
    kind = consumer(name)
    try:
        kind(**values)
    except ValidationError as error:
        return _explain(name, error, kind)
    return []


def _explain(name: str, error: ValidationError, kind: type) -> list[str]:
    lines = []
    for problem in error.errors(include_url=False):
        # list items and union branches are told by their key alone
        key = ".".join([name, *(str(part) for part in problem["loc"][:1])])
        if problem["type"] in ("unexpected_keyword_argument", "unexpected_positional_argument"):
            known = ", ".join(sorted(signature(kind).parameters))
            lines.append(f"{key}: unknown key; allowed are {known}")
        elif problem["type"] in ("missing", "missing_argument", "missing_keyword_only_argument"):
            lines.append(f"{key}: missing")
        else:
            message = problem["msg"].removeprefix("Value error, ")
            value = f", is {problem['input']!r}" if problem["loc"] else ""  # a check across keys names its own
            lines.append(f"{key}: {message[0].lower()}{message[1:]}{value}")
    return lines
