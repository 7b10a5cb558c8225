"""What `fake-kanji export` writes, a row a format; interchange.py and, for kanjivg, kanjivg/form.py write it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Format:
    """ending: of the file or, of a folder, of its files, one a drawing; strict: whether the file's name must end so;
    listed: whether a CSV beside it says which code point is which drawing; options: those of the command that are for
    this format and not for all."""

    ending: str
    folder: bool = False
    strict: bool = False
    listed: bool = False
    options: tuple[str, ...] = ()


INDEX = "index.csv"  # in a folder of pictures: what each is, as write/writer.py writes it and pictures.py reads it
KANJIVG = "kanjivg"
FORMATS = {
    "svg": Format(".svg", folder=True),
    KANJIVG: Format(".svg", folder=True, options=("known", "made_by")),
    "npz": Format(".npz"),
    "ndjson": Format(".ndjson"),
    "json": Format(".json"),
    "hanzi-writer": Format(".json", folder=True),
    "plotter": Format(".svg", strict=True, options=("smooth", "paper", "margin", "size", "landscape")),
    "svgfont": Format(".svg", strict=True, listed=True, options=("smooth",)),
    "jhf": Format(".jhf", strict=True, listed=True),
}


class FormatError(ValueError):
    """A format or an option that there is not."""


def check(kind: str, given: dict[str, object]) -> Format:
    """The row of a format; given: options by name, None or False where they are not given. Raises FormatError."""
    if kind not in FORMATS:
        raise FormatError(f"--format {kind}: must be one of {', '.join(FORMATS)}")
    for option in (name for name, value in given.items() if value is not None and value is not False):
        if option not in FORMATS[kind].options:
            right = " or ".join(name for name, row in FORMATS.items() if option in row.options)
            raise FormatError(
                f"--{option.replace('_', '-')} goes with --format {right}; leave it out, or give that format"
            )
    return FORMATS[kind]


def check_name(kind: str, out: Path) -> None:
    """Raise FormatError where the name does not end as the format wants it."""
    if FORMATS[kind].strict and out.suffix.lower() != FORMATS[kind].ending:
        raise FormatError(f"--out {out}: {kind} is written as a {FORMATS[kind].ending} file; end it so")
