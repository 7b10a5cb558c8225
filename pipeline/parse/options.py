"""The section `parse` of params.yaml: how curves become points, what names mean, and what is kept."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from pipeline import params
from pipeline.parse import engine, resampling
from pipeline.parse.characters import Names


def _unique(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("must name each kind once")
    return values


Rule = Literal["bezier", "arclength", "rdp"]
Length = Annotated[float, Field(ge=0.01, le=1e6)]


@params.section
class ParseParams:
    """rule            how strokes become points: see resampling.py, which has one function a rule
    chord_length, max_chords  of the rule bezier; spacing of arclength; epsilon of rdp; in the source's units
    names           how the names of SVG files are read: see characters.py
    select          the kinds of characters kept
    variants        whether KanjiVG's variants ("05b57-Kaisho") are kept
    max_unreadable  how many drawings may be unreadable before the stage fails
    rules           the rule for the drawings of a hand of fetch.hands, where it is another one
    backend, address  where the work is done: see engine.py; nothing else depends on them
    """

    rule: Rule
    chord_length: Length
    max_chords: Annotated[int, Field(ge=1, le=1000)]
    spacing: Length
    epsilon: Length
    names: Names
    select: Annotated[list[Literal["kanji", "kana", "other"]], Field(min_length=1), AfterValidator(_unique)]
    variants: bool
    max_unreadable: Annotated[int, Field(ge=0)]
    rules: dict[str, Rule]
    backend: engine.Backend
    address: Annotated[str, Field(pattern=r"^[a-z]+://.+$")] | None

    def check_here(self, sections: Mapping[str, Any]) -> None:
        """Raises EngineError."""
        engine.check(self.backend)


def how_resampled(options: ParseParams) -> dict[str, Any]:
    """The part of the parameters that says how curves became points: a net's own input must be resampled alike."""
    keys = ("rule", *(name for _, names in resampling.RULES.values() for name in names))
    return {key: getattr(options, key) for key in keys}
