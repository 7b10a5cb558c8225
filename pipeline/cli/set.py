"""`fake-kanji set`: values of params.yaml, without the quoting that `dvc exp run -S` asks for."""

import json
import re
import shlex
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from pydantic import ConfigDict, TypeAdapter, ValidationError
from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.comments import CommentedSeq

from pipeline import files, params
from pipeline.cli.common import CommandError, option, plain_errors
from pipeline.params import ParamsError

PARAMS = Path("params.yaml")
NULL = "tag:yaml.org,2002:null"


@plain_errors("set")
def set_(
    assignments: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="Such as fetch.path=/home/me/漢字")],
    show: Annotated[bool, option("--show", help="Change nothing; print the `dvc exp run` that does the same.")] = False,
) -> None:
    """Change values in params.yaml, whatever characters they hold; comments stay, and a wrong value changes nothing."""
    values = dict(_parsed(text) for text in assignments)
    if show:
        typer.echo(" ".join(["dvc exp run", *(f"-S {_quoted(hydra(name, value))}" for name, value in values.items())]))
        return
    for name, (old, new) in change(PARAMS, values).items():
        typer.echo(f"{name}: {_json(old)} -> {_json(new)}")


def change(path: Path, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Put values into a file of parameters by their full names, all or none. Returns what each was and is.

    A file with a wrong value can be mended so. Raises ParamsError.
    """
    yaml = _round_trip()
    try:
        document = yaml.load(path.read_text(encoding="utf-8"))
        old = {name: document[section].get(key) for name in values for section, _, key in [name.partition(".")]}
    except (FileNotFoundError, YAMLError, KeyError, TypeError, AttributeError):
        params.read(path)  # says what is wrong with it
        raise
    for name, value in values.items():
        section, _, key = name.partition(".")
        document[section][key] = _in_one_line(value) if isinstance(value, list) else value
    try:
        with files.whole_file(path) as partial:
            yaml.dump(document, partial)
            params.read(partial)
    except ParamsError as error:
        raise ParamsError(re.sub(r"^.*: nothing was run", f"{path}: nothing was changed", str(error))) from None
    return {name: (old[name], value) for name, value in values.items()}


def hydra(name: str, value: Any) -> str:
    """The argument of `dvc exp run -S` that gives a parameter this value: Hydra's grammar, before the shell's. It adds
    keys to a dictionary only where ++ says so."""
    return f"{'++' * isinstance(value, dict)}{name}={_hydra(value)}"


def _hydra(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(_hydra(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{key}:{_hydra(item)}' for key, item in value.items())}}}"
    if not isinstance(value, str):
        return json.dumps(value)
    text = value.replace("${", "\\${")  # else OmegaConf would put another value in
    # backslashes count only before a quote: there, and at the end, each is doubled
    return "'" + re.sub(r"(\\*)('|$)", lambda m: m[1] * 2 + ("\\'" if m[2] else ""), text) + "'"


def _quoted(text: str) -> str:
    """For a shell, in double quotes where they do: the text itself holds single ones."""
    return shlex.quote(text) if re.search(r'["$`\\!]', text) else f'"{text}"'


def _round_trip() -> YAML:
    """That writes what it reads: comments, quotes, long lines, null as null."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 4096
    yaml.representer.add_representer(
        type(None), lambda made, _: made.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def _in_one_line(values: list[Any]) -> CommentedSeq:
    made = CommentedSeq(values)
    made.fa.set_flow_style()
    return made


def _parsed(text: str) -> tuple[str, Any]:
    """NAME=VALUE -> the name and the value in the parameter's type. Raises CommandError."""
    name, equals, value = text.partition("=")
    section, _, key = name.partition(".")
    if not equals:
        raise CommandError(f"{text!r} is not NAME=VALUE, such as train.epochs=20")
    kind = params.consumer(section) if section in params.SECTIONS else None
    types = get_type_hints(kind, include_extras=True) if kind else dict.fromkeys(params.SECTIONS)
    if (key if kind else section) not in types:
        known = ", ".join(sorted(f"{section}.{key}" for key in types) if kind else params.SECTIONS)
        raise CommandError(f"{name}: there is no such parameter; allowed are {known}")
    return name, _value(types[key], value) if key in types else value


def _value(kind: Any, text: str) -> Any:
    """null where it is allowed, else the very text where that is, else what YAML reads in it; a wrong value is the
    file's check to name."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind, config=ConfigDict(strict=True))
    for value in ([None] if text == "null" else []) + [text, _yaml(text)]:
        try:
            adapter.validate_python(value)
        except ValidationError:
            continue
        return value
    return _yaml(text)


def _yaml(text: str) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
