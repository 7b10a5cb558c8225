"""An SVG document -> its strokes in document order, with what KanjiVG says of them.

Read are path, line, polyline, polygon, rect, circle and ellipse under any transforms, in user units (those of the
viewBox, whose corner becomes 0, 0). Every subpath is a stroke. Not drawn, so not read: what stands inside defs,
clipPath, mask, pattern, marker or text, or inside a symbol that no <use> draws; of a switch all but the child that is
chosen; and what is not seen (visibility.py), outside its clip path or inner viewport, or scaled to nothing. What is
filled and not stroked gives its outline as strokes, and is counted. What the document asks for and is not applied is
noted.

A document is untrusted: see untrusted.py, and the number of its segments, of the elements that <use> repeats, and how
deep they nest are limited while they are read.
"""

import numpy as np
from lxml import etree

from pipeline.parse.svg import identity, references, untrusted, walk
from pipeline.parse.svg.lengths import Viewport, length
from pipeline.parse.svg.paths import PathError, check
from pipeline.parse.svg.scene import Document, Place, Scene
from pipeline.parse.svg.style import Cascade, Style
from pipeline.parse.svg.untrusted import SvgError
from pipeline.parse.svg.viewports import Box, shift, view_box
from pipeline.parse.svg.visibility import Paints

__all__ = ["Document", "SvgError", "read"]


def read(data: bytes, source: str) -> Document:
    """Read the bytes of one document; `source` names it in errors. Raises SvgError."""
    try:
        document = _read(data)
    except (PathError, SvgError) as error:
        raise SvgError(f"{source}: {error}") from None
    except RecursionError:
        raise SvgError(f"{source}: nests too deep to be read; flatten it") from None
    if not document.curves:
        unseen = f"; not seen: {document.unseen}; say their stroke" if document.unseen else ""
        raise SvgError(f"{source}: draws nothing: no stroke in any path or shape{unseen}")
    return document


def _read(data: bytes) -> Document:
    root = untrusted.parse_xml(data, instructions=True)
    if untrusted.name(root) != "svg":
        raise SvgError(f"its root is <{etree.QName(root).localname}>, not <svg>")
    scene, corner = _page(root)
    walk.visit(root, corner, scene)
    if doubled := scene.doubled():
        scene.document.note(f"{len(doubled)} outlines are clip paths of one stroke each, and read as that stroke alone")
        scene = scene.again(without=doubled | references.later_pieces(root))
        walk.visit(root, corner, scene)
    scene.document.said = identity.said(root)
    return scene.document


def _page(root: etree._Element) -> tuple[Scene, Place]:
    """The empty document with its size in user units, and the place that moves the viewBox's corner to 0, 0."""
    document = Document(0.0, 0.0)
    if any(before.target == "xml-stylesheet" for before in root.itersiblings(etree.PI, preceding=True)):
        document.note("a style sheet of another file is not opened")
    cascade, ids = Cascade(root, document.note), references.ids(root)
    x, y, document.width, document.height = _box(root, cascade.style(root, Style()))
    return Scene(document, cascade, ids, Paints(cascade, ids)), Place(
        shift(-x, -y), Viewport(document.width, document.height)
    )


def _box(root: etree._Element, style: Style) -> Box:
    box = view_box(root)
    if box is None:
        get = walk.reader(root, style)
        try:
            box = (0.0, 0.0, length(get, "width"), length(get, "height"))
        except PathError as error:
            raise SvgError(f"<svg> has no viewBox, and its {error}; add viewBox") from None
    if not (box[2] > 0 and box[3] > 0):
        raise SvgError(f"<svg> has no area: {box[2]:g} x {box[3]:g}")
    check(np.array(box))
    return box
