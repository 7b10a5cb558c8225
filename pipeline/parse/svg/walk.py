"""The walk through an SVG document: every element in turn, in its own units, to the strokes that it draws."""

from dataclasses import replace

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipeline.parse.svg import boxes, clipping, conditions, references, transforms, untrusted, visibility
from pipeline.parse.svg.lengths import Get, Viewport, in_viewport, length
from pipeline.parse.svg.paths import check, subpaths
from pipeline.parse.svg.properties import GEOMETRY
from pipeline.parse.svg.scene import Place, Scene
from pipeline.parse.svg.shapes import SHAPES
from pipeline.parse.svg.style import Style
from pipeline.parse.svg.untrusted import SvgError
from pipeline.parse.svg.viewports import Box, inner, shift, times
from pipeline.parse.svg.visibility import NOTHING, Ink

# the files declare https, their internal DTD http: which one an element ends up with depends on the parser
KANJIVG = tuple(f"{{{scheme}://kanjivg.tagaini.net{end}}}" for scheme in ("http", "https") for end in ("", "/"))
CONTAINERS = frozenset(("svg", "g", "a", "switch", "use", "symbol"))
UNREAD = frozenset(("image", "foreignObject", "animate", "animateTransform", "animateMotion", "set", "script"))
MOVES = ("translate", "rotate", "scale")  # the properties that apply before transform, in their order
MAX_SEGMENTS = 100_000
MAX_DRAWN = untrusted.MAX_TAGS  # elements, each as often as it is drawn
MAX_DEPTH = 256  # as lxml allows without <use>
GROUP_KEYS = ("element", "original", "position", "part", "variant")


def visit(element: etree._Element, place: Place, scene: Scene) -> None:
    """Add what the element draws. Raises SvgError with its place."""
    name = untrusted.name(element)
    if name in UNREAD:
        scene.document.note(f"<{name}> is not read")
    if not (name in CONTAINERS or name in SHAPES) or name == "symbol" and place.use is None:
        return
    style = scene.cascade.style(element, place.style)
    if name == "symbol":
        style = style.without("display")  # of no account where <use> draws it
    if not conditions.hold(element) or visibility.is_hidden(style):
        scene.document.unseen += name in SHAPES
        return
    ink = scene.paints.ink(style, place.context) if name in SHAPES or name == "use" else NOTHING
    if name in SHAPES and (ink == NOTHING and not scene.measured or element in scene.without):
        scene.document.unseen += 1
        return
    try:
        _count(place, scene)
        within = _within(element, name, style, place, scene)
        if within is None:
            return
        if name in SHAPES:
            _draw(element, name, ink, within, scene)
            return
    except ValueError as error:
        raise SvgError(f"{untrusted.place(element)}: {error}") from None
    _descend(element, name, within if name != "use" else replace(within, context=ink), scene)


def _count(place: Place, scene: Scene) -> None:
    if next(scene.count) >= MAX_DRAWN:
        raise SvgError(f"more than {MAX_DRAWN:,} elements are drawn up to here, by <use>; write them out or split it")
    if place.depth > MAX_DEPTH:
        raise SvgError(f"nests more than {MAX_DEPTH} deep by <use>; write out what it refers to")


def _descend(element: etree._Element, name: str, place: Place, scene: Scene) -> None:
    document = scene.document
    first = len(document.curves)
    group = {key: _kanjivg(element, key) for key in GROUP_KEYS}
    at = len(document.groups)
    for child in _children(element, name, place):
        visit(child, place, scene)
    if group["element"] and len(document.curves) > first:
        document.groups.insert(at, {**group, "first": first, "last": len(document.curves) - 1})


def _children(element: etree._Element, name: str, place: Place) -> list[etree._Element]:
    if name == "use":
        return [place.uses[-1]]
    return conditions.chosen(element) if name == "switch" else list(element)


def _draw(element: etree._Element, name: str, ink: Ink, place: Place, scene: Scene) -> None:
    document = scene.document
    curves = subpaths(SHAPES[name](_reader(element, place.style, place.viewport)))
    if place.matrix is not None:
        curves = [curve.moved(place.matrix) for curve in curves]
        for curve in curves:
            check(curve.controls)
    if place.clip is not None:
        curves = [curve for curve in curves if clipping.is_inside(curve, place.clip, document.note)]
    document.curves += curves
    document.segments += sum(len(curve.straight) for curve in curves)
    if document.segments > MAX_SEGMENTS:
        raise SvgError(f"more than {MAX_SEGMENTS:,} segments up to here; simplify it or split it")
    document.types += [_kanjivg(element, "type")] * len(curves)
    document.paths += name == "path"
    scene.sources.append(element)
    if ink.stroke:
        scene.clipping.update(dict.fromkeys(place.clippers, len(curves)))
    else:
        document.outlines += len(curves)
        scene.outlined.add(element)


def _reader(element: etree._Element, style: Style, viewport: Viewport) -> Get:
    """How the element's geometry is read: the style's, else the attribute's, percentages made numbers."""
    return in_viewport(reader(element, style), viewport)


def reader(element: etree._Element, style: Style) -> Get:
    def get(name: str) -> str | None:
        value = style.values.get(name) if name in GEOMETRY else None
        return element.get(name) if value is None else value.text

    return get


def _kanjivg(element: etree._Element, name: str) -> str:
    for namespace in KANJIVG:
        if value := element.get(namespace + name):
            return value
    return ""


# ---- into an element ----


def _within(element: etree._Element, name: str, style: Style, place: Place, scene: Scene) -> Place | None:
    """The place of what is in the element; None: it is not rendered. Raises ValueError."""
    use, depth = place.use, place.depth + 1
    matrix = times(place.matrix, _transform(element, name, style, place, scene))
    at = replace(place, matrix=matrix, style=style, use=None, depth=depth)
    inside = _clipped(element, name, at, scene) if clipping.covers(style) and not scene.measured else at
    if name == "use" and inside is not None:
        inside = _into_used(element, inside, scene)
    if inside is None:
        return None
    if name == "symbol" or name == "svg" and (element.getparent() is not None or use is not None):
        inside = _into_viewport(element, use, inside)
    if inside.matrix is not None:
        check(inside.matrix)
        if np.linalg.det(inside.matrix) == 0:
            return None  # a scale of zero: not rendered
    return inside


def _into_used(element: etree._Element, place: Place, scene: Scene) -> Place | None:
    if place.style.word("visibility") in ("hidden", "collapse"):  # not seen, so what it lacks is no error
        target = references.internal(references.address(element) or "", scene.ids)
    else:
        target = references.used(element, scene.ids)
    if target is None:
        return None
    if any(target is other for other in (element, *place.uses)):
        raise SvgError(f"refers to {references.address(element)!r}, which draws it: a circle; take one out")
    get = _reader(element, place.style, place.viewport)
    matrix = times(place.matrix, shift(length(get, "x", 0.0), length(get, "y", 0.0)))
    return replace(place, matrix=matrix, uses=(*place.uses, target), use=element)


def _into_viewport(element: etree._Element, use: etree._Element | None, place: Place) -> Place:
    """Of an inner <svg> or a <symbol>; the sizes of the <use> that draws it stand above its own."""
    get = _reader(element, place.style, place.viewport)
    if use is not None:
        get = _sized(get, _reader(use, Style(), place.viewport))
    matrix, viewport, box = inner(element, get, place.viewport)
    clip = place.clip
    if place.style.word("overflow") not in ("visible", "auto"):
        clip = clipping.both(clip, clipping.of_viewport(boxes.corners(box, place.matrix)))
    return replace(place, matrix=times(place.matrix, matrix), viewport=viewport, clip=clip)


def _sized(get: Get, of_use: Get) -> Get:
    def sized(name: str) -> str | None:
        above = of_use(name) if name in ("width", "height") else None
        return get(name) if above in (None, "auto") else above

    return sized


# ---- transforms ----


def _transform(element: etree._Element, name: str, style: Style, place: Place, scene: Scene) -> NDArray | None:
    """From the element's units to those round it, None for the identity. Raises ValueError."""
    value = style.values.get("transform")
    if value is None and not any(move in style.values for move in MOVES):
        return None
    box = _reference_box(element, name, style, place, scene)
    matrix = None
    for move in MOVES:
        if tokens := style.tokens(move):
            matrix = times(matrix, getattr(transforms, move)(tokens, box))
    if value is not None:
        own = transforms.css(value.tokens, box) if value.tokens else transforms.attribute(value.text)
        matrix = times(matrix, own)
    said = style.tokens("transform-origin")
    if name == "svg" and element.getparent() is None and place.use is None:
        return _of_root(matrix, transforms.origin(said, box) if said else (box[2] / 2, box[3] / 2), place)
    return transforms.about(transforms.origin(said, box) if said else (box[0], box[1]), matrix)


def _of_root(matrix: NDArray | None, origin: tuple[float, float], place: Place) -> NDArray | None:
    """The outermost <svg> is a box in the page: it turns about its middle, its view box's corner being its own."""
    moved = transforms.about(origin, matrix)
    if moved is None or place.matrix is None:
        return moved
    return np.linalg.inv(place.matrix) @ moved @ place.matrix


def _reference_box(element: etree._Element, name: str, style: Style, place: Place, scene: Scene) -> Box:
    """What percentages of a transform and its origin are of (CSS Transforms 1, 3)."""
    kind = style.word("transform-box")
    if kind in ("", "view-box"):
        return 0.0, 0.0, place.viewport.width, place.viewport.height
    if kind in ("stroke-box", "border-box"):
        scene.document.note(f"transform-box: {kind} is taken as fill-box, without the line's width")
    return _own_box(element, name, style, place, scene)


def _own_box(element: etree._Element, name: str, style: Style, place: Place, scene: Scene) -> Box:
    """The box of what the element draws, in its own units."""
    measured = scene.again(measured=True)
    bare = style.without("transform", *MOVES)
    inside = _within(element, name, bare, replace(place, matrix=None, clip=None), measured)
    if inside is not None and name in SHAPES:
        _draw(element, name, NOTHING, inside, measured)
    elif inside is not None:
        _descend(element, name, inside, measured)
    return boxes.extent(measured.document.curves)


# ---- clip paths ----


def _clipped(element: etree._Element, name: str, place: Place, scene: Scene) -> Place | None:
    """The place in the element's clip path; None: nothing of it is seen."""
    note = scene.document.note
    if clipping.is_masked_away(place.style, scene.ids, note):
        return None
    clip = clipping.clip_path(place.style, scene.ids, note)
    if clip is None:
        return place
    if any(untrusted.name(child) == "text" for child in clip.iter()):
        note("a clip path of text is not applied")
        return place
    measured = _clipping(clip, element, name, place, scene)
    if not measured.document.curves:
        return None
    span = clipping.both(place.clip, clipping.span(measured.document.curves, note))
    return replace(place, clip=span, clippers=tuple(measured.sources))


def _clipping(clip: etree._Element, element: etree._Element, name: str, place: Place, scene: Scene) -> Scene:
    """What a <clipPath> draws where it clips the element."""
    measured = scene.again(measured=True)
    style = scene.cascade.style(clip, Style())
    inside = Place(place.matrix, place.viewport, uses=place.uses, depth=place.depth + 1)
    if clip.get("clipPathUnits") == "objectBoundingBox":
        x, y, width, height = _own_box(element, name, place.style, place, scene)
        of_box = np.array([[width, 0, x], [0, height, y], [0, 0, 1.0]])
        inside = replace(inside, matrix=times(inside.matrix, of_box), viewport=Viewport(1.0, 1.0))
    matrix = times(inside.matrix, _transform(clip, "clipPath", style, inside, measured))
    for child in clip:
        if untrusted.name(child) in SHAPES or untrusted.name(child) == "use":
            visit(child, replace(inside, matrix=matrix), measured)
    return measured
