"""Path data (SVG 2, chapter 9) and basic shapes (chapter 10) -> curves made of cubic Bezier segments.

svgpathtools reads the commands, but drops characters it does not know, has another idea of a number, and fails on arcs
that end where they start. So the grammar is checked here first, it gets the numbers as numbers.py spells them, and arcs
one by one.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from svgpathtools import Arc, CubicBezier, Line, QuadraticBezier, parse_path

from pipeline.parse.svg.numbers import GAP, NUMBER, SPACE, NumberError, numbers, plain

MAX_CHARACTERS = 1_000_000  # of path data; more take minutes and a gigabyte
LIMIT = 1e6  # of a coordinate: float32 keeps a sixteenth of a unit there, and damaged numbers are beyond it

ARC_NUMBERS = GAP.join([NUMBER] * 3 + ["[01]"] * 2 + [NUMBER] * 2)
COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}
UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


class PathError(ValueError):
    """Path data or a shape that does not say what to draw."""


@dataclass(frozen=True)
class Curve:
    """One subpath, that is one stroke: s segments, each a cubic Bezier curve that starts where the last one ended.

    controls  (s, 4, 2) float64, the control points of each segment
    straight  (s,) bool, true where the segment was written as a line
    """

    controls: NDArray[np.float64]
    straight: NDArray[np.bool_]

    def moved(self, matrix: NDArray[np.float64]) -> "Curve":
        """The curve under a (3, 3) affine matrix; a Bezier curve follows its control points."""
        return Curve(self.controls @ matrix[:2, :2].T + matrix[:2, 2], self.straight)


def subpaths(d: str) -> list[Curve]:
    """The subpaths of path data, in order. A moveto that nothing follows draws nothing; closed or followed by a
    segment of no length it is a dot, as renderers have it. Raises PathError."""
    if len(d) > MAX_CHARACTERS:
        raise PathError(f"path data of {len(d):,} characters, above {MAX_CHARACTERS:,}; simplify it or split it")
    curves: list[Curve] = []
    at = 0j
    for commands in _split(d):
        try:
            with np.errstate(all="ignore"):
                segments, at = _trace(commands, at)
                curves += [_curve(segments)] if segments else []
        except PathError:
            raise
        except NumberError:
            raise PathError(f"a coordinate is not a number below {LIMIT:,.0f}") from None
        except (ArithmeticError, AssertionError, ValueError) as error:  # as of an arc turned by 1e999
            raise PathError(f"a number no curve can be computed with ({error})") from None
    return curves


# ---- grammar ----


def _command_patterns() -> dict[str, re.Pattern]:
    patterns = {"Z": re.compile(f"[Zz]{SPACE}")}
    for letter, count in COUNTS.items():
        once = ARC_NUMBERS if letter == "A" else GAP.join([NUMBER] * count)
        patterns[letter] = re.compile(f"[{letter}{letter.lower()}]{SPACE}{once}(?:{GAP}{once})*+{SPACE}")
    return patterns


COMMANDS = _command_patterns()
_BARE_POINT = re.compile(r"(?<![.0-9])[0-9]++\.(?![0-9])")
ARC = re.compile(GAP.join(f"({part})" for part in [NUMBER] * 3 + ["[01]"] * 2 + [NUMBER] * 2))


def _commands(d: str) -> Iterator[str]:
    """Cut path data into commands, each a letter and all its numbers. Raises PathError at the first wrong place."""
    at = len(d) - len(d.lstrip(" \t\r\n\f"))
    if d[at:] and d[at] not in "Mm":
        raise PathError(f"path data must begin with M or m, not with {_excerpt(d, at)}")
    while at < len(d):
        pattern = COMMANDS.get(d[at].upper())
        if pattern is None:
            what = f"{_excerpt(d, at)} is neither a command nor its number{_hint(d, at)}"
            raise PathError(f"path data, character {at + 1}: {what}")
        match = pattern.match(d, at)
        if match is None:
            count = COUNTS[d[at].upper()]
            what = f"{_excerpt(d, at)} lacks numbers, {d[at]} takes {count}{_hint(d, at)}"
            raise PathError(f"path data, character {at + 1}: {what}")
        yield match.group()
        at = match.end()


def _excerpt(d: str, at: int) -> str:
    return repr(d[at : at + 16] + ("..." if len(d) > at + 16 else ""))


def _hint(d: str, at: int) -> str:
    """SVG 1.1 had such numbers."""
    return "; after a number's point stands a digit: write 1 or 1.0, not 1." if _BARE_POINT.search(d, at) else ""


def _split(d: str) -> Iterator[list[str]]:
    """The commands of one subpath after another, each list beginning with a moveto."""
    part: list[str] = []
    for command in _commands(d):
        if part and (command[0] in "Mm" or part[-1][0] in "Zz"):
            yield part
            part = []
        if not part and command[0] not in "Mm":
            part = ["m0,0"]  # what follows a closepath goes on from its start
        part.append(command)
    if part:
        yield part


# ---- segments ----


def _trace(commands: list[str], at: complex) -> tuple[list, complex]:
    """One subpath's commands -> its segments, and where the pen is after it."""
    closed = commands[-1][0] in "Zz"
    segments: list = []
    start, begun = at, False
    for command in _runs(commands[:-1] if closed else commands):
        more, at = _arcs(command, at) if command[0] in "Aa" else _run(command, at)
        segments += more
        if not begun:  # the first run begins with the moveto
            start, begun = segments[0].start if segments else at, True
    if closed:
        if at != start or not segments:
            segments.append(Line(at, start))
        at = start
    return segments, at


def _runs(commands: list[str]) -> Iterator[str]:
    """Join neighbours other than arcs, so that S and T find the curve they go on from."""
    text = ""
    for command in commands:
        if command[0] in "Aa":
            if text:
                yield text
            yield command
            text = ""
        else:
            text = (text or ("" if command[0] in "Mm" else "m0,0")) + command[0] + plain(numbers(command))
    if text:
        yield text


def _run(text: str, at: complex) -> tuple[list, complex]:
    # the added line of no length tells where the pen is, even after a lone moveto
    path = parse_path(text + "l0,0", current_pos=at)
    return list(path[:-1]), path[-1].end


def _arcs(command: str, at: complex) -> tuple[list, complex]:
    """SVG 2, 9.5.1: no radius is a line, no distance is nothing, a sign of a radius is dropped."""
    segments: list = []
    for found in ARC.findall(command[1:]):
        rx, ry, rotation, large, sweep, x, y = map(float, found)
        end = complex(x, y) + (at if command[0] == "a" else 0)
        if end != at:
            flat = rx == 0 or ry == 0
            arc = (at, complex(rx, ry), rotation, bool(large), bool(sweep), end)
            segments.append(Line(at, end) if flat else Arc(*arc))
        at = end
    return segments, at


def _curve(segments: list) -> Curve:
    cubics: list[tuple] = []
    straight: list[bool] = []
    for segment in segments:
        pieces = _CUBICS[type(segment)](segment)
        cubics += pieces
        straight += [isinstance(segment, Line)] * len(pieces)
    # (s, 4) complex -> (s, 4, 2): a complex number is its two floats
    controls = np.array(cubics, np.complex128).view(np.float64).reshape(-1, 4, 2)
    check(controls)
    return Curve(controls, np.array(straight))


def check(controls: NDArray) -> None:
    """Raise PathError unless all coordinates are finite and below LIMIT."""
    if not (np.abs(controls) <= LIMIT).all():  # not a number fails too
        raise PathError(f"a coordinate is not a number below {LIMIT:,.0f}")


def _line_cubics(line: Line) -> list[tuple]:
    third = (line.end - line.start) / 3
    return [(line.start, line.start + third, line.end - third, line.end)]


def _quadratic_cubics(curve: QuadraticBezier) -> list[tuple]:
    """Degree elevation, exact."""
    a, b, c = curve.start, curve.control, curve.end
    return [(a, a + (b - a) * 2 / 3, c + (b - c) * 2 / 3, c)]


def _arc_cubics(arc: Arc) -> list[tuple]:
    """Pieces of at most 90 degrees, each off by less than 0.03 % of the radius: handles of length
    4/3 tan(angle / 4), the usual approximation of an arc."""
    pieces = max(1, math.ceil(abs(arc.delta) / 90 - 1e-9))
    angles = np.radians(arc.theta + arc.delta * np.arange(pieces + 1) / pieces)
    turn = complex(math.cos(arc.phi), math.sin(arc.phi))
    points = arc.center + turn * (arc.radius.real * np.cos(angles) + 1j * arc.radius.imag * np.sin(angles))
    handles = turn * (-arc.radius.real * np.sin(angles) + 1j * arc.radius.imag * np.cos(angles))
    handles = handles * (4 / 3 * math.tan(math.radians(arc.delta / pieces) / 4))
    points[0], points[-1] = arc.start, arc.end
    return list(zip(points[:-1], points[:-1] + handles[:-1], points[1:] - handles[1:], points[1:], strict=True))


_CUBICS: dict[type, Callable[..., list[tuple]]] = {
    Line: _line_cubics,
    QuadraticBezier: _quadratic_cubics,
    CubicBezier: lambda curve: [(curve.start, curve.control1, curve.control2, curve.end)],
    Arc: _arc_cubics,
}
