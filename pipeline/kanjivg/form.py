"""Drawings in KanjiVG's own form: an SVG each, as its editors and programs have it.

The strokes are few cubic curves (pipeline/fit.py) in a box of 109. Each has its type, each group its element, position
and part; the numbers of the strokes stand beside their beginnings. A drawing of a character is named by its code point
(`05b57.svg`, `kvg:05b57-s1`), another by its id (`0001.svg`, `kvg:drawing-0001-s1`), which is never read as a code
point. A comment says what made it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from pipeline import files, fit, handles
from pipeline.brush.squares import Square, own_types
from pipeline.curves import number
from pipeline.dataset import DrawingSet
from pipeline.drawing import Steps, Stroke, to_strokes
from pipeline.export import interchange
from pipeline.export.formats import FORMATS, KANJIVG
from pipeline.export.interchange import Exported, ExportError
from pipeline.fit import Through
from pipeline.kanjivg import numbering
from pipeline.kanjivg.alphabet import Alphabet
from pipeline.kanjivg.assigning import typed
from pipeline.kanjivg.grouping import Group, Grouper
from pipeline.progress import Progress, unseen
from pipeline.score.structure import parts

SIDE, PEN = 109.0, 3.0  # KanjiVG's box, and its pen
SQUARE = Square(SIDE, SIDE)
NAMED = ("element", "part", "variant", "original", "position")  # a group's attributes, in KanjiVG's order
KINDS = ("element", "variant", "partial", "original", "part", "number", "tradForm", "radicalForm", "position",
         "radical", "phon")  # fmt: skip
NAMESPACE = "http://kanjivg.tagaini.net"
DOCTYPE = "\n".join([
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.0//EN" "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd" [',
    "<!ATTLIST g", f'xmlns:kvg CDATA #FIXED "{NAMESPACE}"', *(f"kvg:{kind} CDATA #IMPLIED" for kind in KINDS[:-1]),
    f"kvg:{KINDS[-1]} CDATA #IMPLIED >", "<!ATTLIST path", f'xmlns:kvg CDATA #FIXED "{NAMESPACE}"',
    "kvg:type CDATA #IMPLIED >", "]>",
])  # fmt: skip
LINES = "fill:none;stroke:#000000;stroke-width:3;stroke-linecap:round;stroke-linejoin:round;"


@dataclass(frozen=True)
class Annotated:
    """A drawing with what KanjiVG says of one. types: one a stroke; groups: as the index of a set has them."""

    name: str  # 05b57, or drawing-0001: what ids begin with
    strokes: list[Stroke]  # in a box of SIDE
    types: list[str]
    groups: list[Group]


@dataclass(frozen=True)
class Teacher:
    """What real drawings teach of types and groups."""

    alphabet: Alphabet
    grouper: Grouper

    @classmethod
    def of(cls, known: DrawingSet) -> Self:
        """From the training drawings among real ones, all where none is one. Raises AlphabetError, PartsError."""
        if "split" in known.index.columns and (training := (known.index["split"] == "train").to_numpy()).any():
            known = known.where(training)
        return cls(Alphabet.learn(known), Grouper.learn(known))

    def annotate(self, exported: Exported, progress: Progress = unseen) -> list[Annotated]:
        """Each drawing with its types and groups: its own, where it has them; else by its description, or the nearest
        types, and groups by the parts found in it."""
        rows, drawings = zip(*exported, strict=True)
        nearest = self.alphabet.of(drawings)
        table = parts.find(drawings, self.grouper.library, progress).table
        pieces = {i: table[table["drawing"] == i] for i in set(table["drawing"].tolist())}
        found = []
        for i, (row, steps) in enumerate(zip(rows, drawings, strict=True)):
            strokes = _in_box(steps, float(row["width"]), float(row["height"]))
            types, groups = self._said(row, strokes, nearest[i], pieces.get(i, table[:0]))
            found.append(Annotated(_name(row), strokes, types, groups))
        return found

    def _said(
        self, row: pd.Series, strokes: list[Stroke], nearest: list[str], found: pd.DataFrame
    ) -> tuple[list[str], list[Group]]:
        """Types and groups of a drawing."""
        own, character, text = own_types(row, len(strokes)), row.get("character") or "", row.get("description") or ""
        boxes = np.stack([np.concatenate((stroke.min(axis=0), stroke.max(axis=0))) for stroke in strokes])
        types = [said or near for said, near in zip(own, nearest, strict=True)]
        told = self.grouper.described(text, types, boxes) if text else None
        if told is not None:
            usual_there = typed(told, self.grouper.seen, types)
            types = [said or there for said, there in zip(own, usual_there, strict=True)]
        if (groups := row.get("groups") or "[]") != "[]":
            return types, list(json.loads(groups))
        if told is not None:
            return types, self.grouper.of_told(told, types, character or text)
        return types, self.grouper.found(found, types, character, boxes)


def write(exported: Exported, known: DrawingSet, made_by: str, out: Path, progress: Progress = unseen) -> int:
    """A folder of SVGs, whole or not at all; how many. known: real drawings that say types and groups; made_by: the
    first line of the comment.
    Raises ExportError: the folder is there, or one character twice; AlphabetError, PartsError."""
    if out.exists():
        raise ExportError(f"--out {out} exists already; name a folder that does not")
    how = between(exported.licence)
    names = _names(exported)
    annotated = Teacher.of(known).annotate(exported, progress)
    with files.whole_folder(out) as folder:
        texts = (document(one, made_by, exported.licence, how) for one in progress(annotated))
        interchange.each(folder, FORMATS[KANJIVG].ending, names, texts)
    return len(annotated)


def document(one: Annotated, made_by: str, licence: str, how: Through = fit.through) -> str:
    """The SVG of one drawing."""
    controls = [fit.fit(stroke, how=how) for stroke in one.strokes]
    comment = "\n".join(line for line in (made_by, licence) if line).replace("--", "- -")
    size = f'width="{number(SIDE)}" height="{number(SIDE)}" viewBox="0 0 {number(SIDE)} {number(SIDE)}"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<!--\n{comment}\n-->", DOCTYPE]
    lines.append(f'<svg xmlns="http://www.w3.org/2000/svg" {size} xmlns:kvg="{NAMESPACE}">')
    lines.append(f'<g id="kvg:StrokePaths_{one.name}" style="{LINES}">')
    paths = [fit.path(cubics) for cubics in controls]
    lines += [*_Body(one, paths).lines(), "</g>"]
    figures, places = numbering.places([fit.evaluate(cubics, 12) for cubics in controls], SIDE, SIDE, PEN)
    lines.append(f'<g id="kvg:StrokeNumbers_{one.name}" style="font-size:{number(figures)};fill:#808080">')
    for i, (x, y) in enumerate(places, start=1):
        lines.append(f'\t<text transform="matrix(1 0 0 1 {x:.2f} {y:.2f})">{i}</text>')
    return "\n".join([*lines, "</g>", "</svg>"]) + "\n"


class _Body:
    """The groups and paths of a drawing as lines, each group before what is in it."""

    def __init__(self, one: Annotated, paths: Sequence[str]):
        self.one, self.paths = one, paths
        self.numbered = 0  # groups so far, without the outermost
        self.left = list(one.groups)

    def lines(self) -> list[str]:
        last = len(self.paths) - 1
        whole = self.left and (self.left[0]["first"], self.left[0]["last"]) == (0, last)
        outer = self.left.pop(0) if whole else {}
        head = self._head(f"kvg:{self.one.name}", outer)
        return [head, *self._between(0, last, "\t"), "</g>"]

    def _between(self, first: int, last: int, indent: str) -> list[str]:
        """The strokes from first to last, in the groups that are left and begin there."""
        lines, at = [], first
        while at <= last:
            if self.left and self.left[0]["first"] == at and self.left[0]["last"] <= last:
                group = self.left.pop(0)
                self.numbered += 1
                lines.append(indent + self._head(f"kvg:{self.one.name}-g{self.numbered}", group))
                lines += [*self._between(at, group["last"], indent + "\t"), f"{indent}</g>"]
                at = group["last"] + 1
            else:
                lines.append(indent + self._path(at))
                at += 1
        return lines

    def _head(self, name: str, group: Group) -> str:
        said = [f'kvg:{key}="{escape(group[key])}"' for key in NAMED if group.get(key)]
        return " ".join([f'<g id="{name}"', *said]) + ">"

    def _path(self, i: int) -> str:
        kind = f' kvg:type="{escape(self.one.types[i])}"' if self.one.types[i] else ""
        return f'<path id="kvg:{self.one.name}-s{i + 1}"{kind} d="{self.paths[i]}"/>'


def origin(about: dict[str, Any], sampled: bool) -> str:
    """The comment's first line. about: what a stage tells of its drawings; sampled: whether a net wrote them."""
    if not sampled and about:
        return "Made by fake-kanji from real drawings: their strokes resampled and fitted anew."
    net, seed = about.get("net"), about.get("seed")
    by = (f" by the net {net}" if net else "") + (f" from the seed {seed}" if seed is not None else "")
    return f"Machine-made: written{by} with fake-kanji, a recurrent net; no human drew it."


def between(licence: str) -> Through:
    """Where strokes go between their points: as those of kanji do, if that is what the drawings derive from."""
    return handles.Handles.load().through if "KanjiVG" in licence else fit.through


# ---- names, boxes


def _in_box(steps: Steps, width: float, height: float) -> list[Stroke]:
    """Strokes of a width x height box in one of SIDE, in its middle."""
    return [SQUARE.place(stroke, width, height) for stroke in to_strokes(steps, width, height)]


def _name(row: pd.Series) -> str:
    code = int(row.get("code_point", -1))
    if code >= 0:
        variant = row.get("variant") or ""
        return f"{code:05x}" + (f"-{variant}" if variant else "")
    return "drawing-" + "".join(c if c.isalnum() or c in "._" else "-" for c in str(row["id"]))


def _names(exported: Exported) -> list[str]:
    """By the code point, or by the id. Raises ExportError: a character twice."""
    rows = [row for _, row in exported.drawings.index.iterrows()]
    wanted = pd.Series([_name(row) if int(row.get("code_point", -1)) >= 0 else str(row["id"]) for row in rows])
    twice = wanted[wanted.duplicated()]
    if len(twice):
        raise ExportError(f"{len(twice)} characters are there twice, {twice.iat[0]} first; give a set with each once")
    return list(wanted)
