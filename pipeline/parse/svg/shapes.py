"""Basic shapes (SVG 2, chapter 10) -> the equivalent path data that the specification gives for each.

`get` is how an attribute is read: its text, absolute, or None where it is absent.
"""

import re
from collections.abc import Callable

from pipeline.parse.svg.lengths import Get, length, size
from pipeline.parse.svg.paths import GAP, NUMBER, PathError

_POINTS = re.compile(rf"\s*(?:{NUMBER}{GAP})*")


def line(get: Get) -> str:
    x1, y1, x2, y2 = (length(get, name, 0.0) for name in ("x1", "y1", "x2", "y2"))
    return f"M{x1!r},{y1!r} L{x2!r},{y2!r}"


def polyline(get: Get) -> str:
    text = get("points") or ""
    if _POINTS.fullmatch(text) is None:
        raise PathError(f"points={text[:40]!r} holds something that is not a number")
    numbers = re.findall(NUMBER, text)
    if len(numbers) % 2:
        raise PathError(f"points has {len(numbers)} numbers, an odd count: the last point lacks its y")
    return "M" + " ".join(numbers) if numbers else ""


def polygon(get: Get) -> str:
    data = polyline(get)
    return data and data + "Z"


def rect(get: Get) -> str:
    x, y = length(get, "x", 0.0), length(get, "y", 0.0)
    width, height = (0.0 if get(side) == "auto" else size(get, side) for side in ("width", "height"))
    if not (width and height):
        return ""  # SVG 2: no size, not rendered
    rx, ry = _radii(get)
    rx, ry = min(rx, width / 2), min(ry, height / 2)
    right, bottom = x + width, y + height
    if not (rx and ry):
        return f"M{x!r},{y!r} H{right!r} V{bottom!r} H{x!r} Z"
    corner = f"A{rx!r},{ry!r} 0 0 1"
    return (
        f"M{x + rx!r},{y!r} H{right - rx!r} {corner} {right!r},{y + ry!r} V{bottom - ry!r} {corner} {right - rx!r},"
        f"{bottom!r} H{x + rx!r} {corner} {x!r},{bottom - ry!r} V{y + ry!r} {corner} {x + rx!r},{y!r} Z"
    )


def circle(get: Get) -> str:
    r = size(get, "r")
    return _ellipse(get, r, r)


def ellipse(get: Get) -> str:
    return _ellipse(get, *_radii(get))


def _ellipse(get: Get, rx: float, ry: float) -> str:
    cx, cy = length(get, "cx", 0.0), length(get, "cy", 0.0)
    if not (rx and ry):
        return ""
    arc = f"A{rx!r},{ry!r} 0 0 1"
    return (
        f"M{cx + rx!r},{cy!r} {arc} {cx!r},{cy + ry!r} {arc} {cx - rx!r},{cy!r} "
        f"{arc} {cx!r},{cy - ry!r} {arc} {cx + rx!r},{cy!r} Z"
    )


def _radii(get: Get) -> tuple[float, float]:
    """rx and ry, each standing in for the other where it is absent or auto."""
    given = [None if get(name) in (None, "auto") else size(get, name) for name in ("rx", "ry")]
    rx, ry = given
    return (rx if rx is not None else ry or 0.0), (ry if ry is not None else rx or 0.0)


SHAPES: dict[str, Callable[[Get], str]] = {
    "path": lambda get: "" if (get("d") or "").strip() == "none" else get("d") or "",
    "line": line,
    "polyline": polyline,
    "polygon": polygon,
    "rect": rect,
    "circle": circle,
    "ellipse": ellipse,
}
