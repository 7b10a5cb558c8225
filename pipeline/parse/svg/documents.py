"""An SVG document -> its strokes in document order, with what KanjiVG says of them.

Read are path, line, polyline, polygon, rect, circle and ellipse under any transforms, in user units (those of the
viewBox, whose corner becomes 0, 0). Every subpath is a stroke. Not drawn, so not read: what stands inside defs,
clipPath, mask, symbol, pattern, marker or text, what has display: none, and what says, itself or by its groups, that
neither stroke nor fill paint it (icon sets have such a rectangle as their bounds). Style sheets are not applied.

A document is untrusted: its size is limited before it is parsed, packed (.svgz) or not, entity declarations are
refused, nothing outside it is opened, and the number of its segments is limited while they are read.
"""

import re
import zlib
from dataclasses import dataclass, field

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from svgpathtools.parser import parse_transform

from pipeline.parse.svg.paths import NUMBER, Curve, PathError, check, subpaths
from pipeline.parse.svg.shapes import SHAPES, length

SVG = "http://www.w3.org/2000/svg"
# the files declare https, their internal DTD http: which one an element ends up with depends on the parser
KANJIVG = tuple(f"{{{scheme}://kanjivg.tagaini.net{end}}}" for scheme in ("http", "https") for end in ("", "/"))
# how lxml parses what nobody vouches for: nothing outside the document is opened, nothing in it grows
UNTRUSTED = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
CONTAINERS = frozenset(("svg", "g", "a", "switch"))
MAX_BYTES = 4 * 1024 * 1024  # of a document, unpacked; a kanji has four thousand
MAX_TAGS = 50_000  # a tree of them fits a worker's memory
MAX_SEGMENTS = 100_000
GROUP_KEYS = ("element", "original", "position", "part", "variant")

_ENCODING = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_DECLARATION = re.compile(r"\s*<\?xml\b.*?\?>", re.DOTALL)
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z_:][\w.:-]*;")
_HIDDEN = re.compile(r"(?:^|;)\s*display\s*:\s*none\s*(?:!\s*important\s*)?(?:;|$)")
_PAINT = re.compile(r"(?:^|;)\s*(stroke|fill)\s*:([^;]*)")
_STYLE_TRANSFORM = re.compile(r"(?:^|;)\s*transform\s*:(?!\s*none)")


class SvgError(ValueError):
    """A document that cannot be read as strokes; the text names the file, the place and the reason."""


@dataclass
class Document:
    """What one file draws. A stroke i is curves[i], of the kvg:type types[i] ("" where none).

    groups  a dictionary a component: GROUP_KEYS ("" where absent) and first, last, the strokes it spans, inclusive
    paths, segments  how many path elements and segments were read
    """

    width: float
    height: float
    curves: list[Curve] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    groups: list[dict] = field(default_factory=list)
    paths: int = 0
    segments: int = 0


def read(data: bytes, source: str) -> Document:
    """Read the bytes of one document; `source` names it in errors. Raises SvgError."""
    try:
        root = _parse(data)
        document, corner = _page(root)
        _visit(root, corner, document)
    except (PathError, SvgError) as error:
        raise SvgError(f"{source}: {error}") from None
    if not document.curves:
        raise SvgError(f"{source}: draws nothing: no stroke in any path or shape")
    return document


# ---- XML ----


def _parse(data: bytes) -> etree._Element:
    root = parse_xml(data)
    if _name(root) != "svg":
        raise SvgError(f"its root is <{etree.QName(root).localname}>, not <svg>")
    return root


def parse_xml(data: bytes) -> etree._Element:
    """The root of an untrusted XML document; entities are refused. Raises SvgError."""
    text = _decode(_unpacked(data))
    if (tags := text.count("<")) > MAX_TAGS:
        raise SvgError(f"has {tags:,} tags, above {MAX_TAGS:,}; split it or take it out")
    if "<!ENTITY" in text:
        raise SvgError("declares an XML entity, which is refused; save it as plain SVG")
    if reference := _REFERENCE.search(text):
        raise SvgError(f"refers to the XML entity {reference.group()}, which is refused; save it as plain SVG")
    try:
        return etree.fromstring(text.encode("utf-8"), etree.XMLParser(encoding="utf-8", **UNTRUSTED))
    except etree.XMLSyntaxError as error:
        raise SvgError(f"is not XML: {' '.join((error.msg or 'it is empty').split())}") from None


def _unpacked(data: bytes) -> bytes:
    """What gzip has packed (.svgz), as far as MAX_BYTES. Raises SvgError: damaged, or too large."""
    if data.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            data = unpacker.decompress(data, MAX_BYTES + 1)
        except zlib.error as error:
            raise SvgError(f"is packed by gzip and damaged ({error})") from None
        if not unpacker.eof and len(data) <= MAX_BYTES:
            raise SvgError("is packed by gzip and cut short")
    if len(data) > MAX_BYTES:
        raise SvgError(f"is larger than {MAX_BYTES:,} bytes; simplify it or take it out")
    return data


def _decode(data: bytes) -> str:
    """To text, without the XML declaration: what is searched for entities is then exactly what is parsed."""
    declared = _ENCODING.match(data)
    encoding = "utf-8-sig" if declared is None else declared[1].decode("ascii")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith((b"<\0", b"\0<")):  # without its mark; XML 1.0, appendix F
        encoding = "utf-16-le" if data[1] == 0 else "utf-16-be"
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
        if declaration := _DECLARATION.match(text):  # at the start alone: to search for it takes the square of the size
            text = text[declaration.end() :]
        text.encode("utf-8")  # what some encodings yield cannot be written in another
        return text
    except (UnicodeError, LookupError) as error:
        raise SvgError(f"is not XML: its text is not {encoding} ({error})") from None


def _name(element: etree._Element) -> str:
    """The name of an SVG element, with or without the namespace; "" for any other."""
    namespace, _, name = element.tag.rpartition("}") if isinstance(element.tag, str) else ("{", "", "")
    return name if namespace in ("", "{" + SVG) else ""


def _kanjivg(element: etree._Element, name: str) -> str:
    for namespace in KANJIVG:
        if value := element.get(namespace + name):
            return value
    return ""


# ---- the tree ----


def _page(root: etree._Element) -> tuple[Document, NDArray | None]:
    """The empty document with its size in user units, and the matrix that moves the viewBox's corner to 0, 0."""
    box = _view_box(root)
    if box is None:
        try:
            box = (0.0, 0.0, length(root.get, "width"), length(root.get, "height"))
        except PathError as error:
            raise SvgError(f"<svg> has no viewBox, and its {error}; add viewBox") from None
    x, y, width, height = box
    if not (width > 0 and height > 0):
        raise SvgError(f"<svg> has no area: {width:g} x {height:g}")
    check(np.array(box))
    return Document(width, height), _shift(-x, -y)


def _view_box(element: etree._Element) -> tuple[float, ...] | None:
    text = element.get("viewBox")
    if text is None:
        return None
    parts = [part for part in re.split(r"[\s,]+", text.strip()) if re.fullmatch(NUMBER, part)]
    if len(parts) != 4 or len(re.split(r"[\s,]+", text.strip())) != 4:
        raise SvgError(f"viewBox={text[:40]!r} is not four numbers")
    return tuple(float(part) for part in parts)


def _shift(x: float, y: float) -> NDArray | None:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]]) if x or y else None


def _visit(
    element: etree._Element, matrix: NDArray | None, document: Document, paint: tuple[str, str] = ("", "")
) -> None:
    """Add what the element draws. `matrix` maps its parent's units to the document's; None is the identity, so that
    coordinates without a transform keep their digits. `paint` are its parent's stroke and fill, "" where not said."""
    name = _name(element)
    if name == "use":
        raise SvgError(f"{_place(element)}: <use> is not read; replace it by what it refers to")
    if name not in CONTAINERS and name not in SHAPES or _hidden(element):
        return
    paint = _paint(element, paint)
    if name in SHAPES and paint == ("none", "none"):
        return
    try:
        matrix = _times(matrix, _transform(element, name))
        if matrix is not None:
            check(matrix)
            if np.linalg.det(matrix) == 0:
                return  # a scale of zero: not rendered
        if name in SHAPES:
            _draw(element, name, matrix, document)
    except ValueError as error:
        raise SvgError(f"{_place(element)}: {error}") from None
    if name in CONTAINERS:
        _descend(element, matrix, document, paint)


def _descend(element: etree._Element, matrix: NDArray | None, document: Document, paint: tuple[str, str]) -> None:
    first = len(document.curves)
    group = {key: _kanjivg(element, key) for key in GROUP_KEYS}
    at = len(document.groups)
    for child in element:
        _visit(child, matrix, document, paint)
    if group["element"] and len(document.curves) > first:
        document.groups.insert(at, {**group, "first": first, "last": len(document.curves) - 1})


def _draw(element: etree._Element, name: str, matrix: NDArray | None, document: Document) -> None:
    curves = subpaths(SHAPES[name](element.get))
    if matrix is not None:
        curves = [curve.moved(matrix) for curve in curves]
        for curve in curves:
            check(curve.controls)
    document.curves += curves
    document.segments += sum(len(curve.straight) for curve in curves)
    if document.segments > MAX_SEGMENTS:
        raise SvgError(f"more than {MAX_SEGMENTS:,} segments up to here; simplify it or split it")
    document.types += [_kanjivg(element, "type")] * len(curves)
    document.paths += name == "path"


def _hidden(element: etree._Element) -> bool:
    return element.get("display") == "none" or _HIDDEN.search(element.get("style", "")) is not None


def _paint(element: etree._Element, inherited: tuple[str, str]) -> tuple[str, str]:
    """Stroke and fill: of the style, else of the attributes, else what is inherited."""
    said = {name: element.get(name, "inherit") for name in ("stroke", "fill")}
    said |= _PAINT.findall(element.get("style", ""))
    values = (said[name].replace("!important", "").strip() for name in ("stroke", "fill"))
    stroke, fill = (before if value == "inherit" else value for value, before in zip(values, inherited, strict=True))
    return stroke, fill


def _place(element: etree._Element) -> str:
    return f"line {element.sourceline}, <{etree.QName(element).localname}>"


# ---- transforms ----


def _transform(element: etree._Element, name: str) -> NDArray | None:
    """The (3, 3) matrix from the element's units to its parent's, None for the identity. Raises ValueError."""
    matrix = None
    if _STYLE_TRANSFORM.search(element.get("style", "")):
        raise SvgError("a transform inside style is not read; write it as an attribute")
    if text := element.get("transform"):
        with np.errstate(all="ignore"):  # what is not finite is refused with its place
            # svgpathtools wants its numbers apart, "1-2" is two as well
            matrix = parse_transform(re.sub(NUMBER, r" \g<0> ", text), strict=True)
    if name == "svg" and element.getparent() is not None:
        matrix = _times(matrix, _nested(element))
    return matrix


def _nested(element: etree._Element) -> NDArray | None:
    """An inner <svg>: its place, and its viewBox fitted into it, centred (the default) or stretched."""
    place = _shift(length(element.get, "x", 0.0), length(element.get, "y", 0.0))
    box = _view_box(element)
    if box is None:
        return place
    width, height = length(element.get, "width"), length(element.get, "height")
    x, y, inner_width, inner_height = box
    if not (inner_width > 0 and inner_height > 0):
        return np.zeros((3, 3))
    sx, sy = width / inner_width, height / inner_height
    fit = element.get("preserveAspectRatio", "xMidYMid meet").strip()
    if fit not in ("none", "xMidYMid", "xMidYMid meet"):
        raise SvgError(f"preserveAspectRatio={fit!r} is not read on an inner <svg>")
    if fit != "none":
        sx = sy = min(sx, sy)
    dx, dy = (width - sx * inner_width) / 2, (height - sy * inner_height) / 2
    return _times(place, np.array([[sx, 0, dx - sx * x], [0, sy, dy - sy * y], [0, 0, 1]]))


def _times(outer: NDArray | None, inner: NDArray | None) -> NDArray | None:
    if outer is None or inner is None:
        return inner if outer is None else outer
    return outer @ inner
