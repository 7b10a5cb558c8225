"""Where strokes end up: origins, CSS transforms, percentages, viewports, <use> and <switch>; resvg as an oracle."""

import numpy as np
import pytest

from pipeline.parse.svg import walk
from pipeline.parse.svg.documents import SvgError
from tests.support.svg import HEAD, drawn, ends, pixels, read

LEVEL = '<path {} d="M10 50L90 50"/>'
AREA = '<path {} d="M20 20L40 20L40 60L20 60Z"/>'


def path(body: str) -> list[tuple[float, float]]:
    """Start of the first stroke and its last point."""
    return [tuple(np.round(point, 6)) for point in ends(read(body))[0]]


TURNED = [(50, 10), (50, 90)]  # LEVEL about 50, 50
ORIGINS = [
    # attributes of LEVEL, where it then goes from and to
    ('transform="rotate(90)"', [(-50, 10), (-50, 90)]),
    ('transform="rotate(90)" transform-origin="50 50"', TURNED),
    ('transform="rotate(90)" transform-origin="50px 50px"', TURNED),
    ('transform="rotate(90)" transform-origin="50% 50%"', TURNED),
    ('transform="rotate(90)" transform-origin="center"', TURNED),
    ('transform="rotate(90)" transform-origin="50"', TURNED),  # the other is center
    ('transform="rotate(90)" transform-origin="top"', [(0, -40), (0, 40)]),  # about 50, 0
    ('transform="rotate(90)" transform-origin="bottom right"', [(150, 10), (150, 90)]),  # about 100, 100
    ('transform="rotate(90)" transform-origin="left 50%"', [(0, 60), (0, 140)]),
    ('transform="rotate(90)" transform-origin="50 50 7"', TURNED),  # depth
    ('transform="rotate(90)" transform-origin="nonsense"', [(-50, 10), (-50, 90)]),
    ('transform="rotate(90)" style="transform-origin: 50px 50px"', TURNED),
    ('transform="rotate(90)" style="transform-origin: 50 50"', [(-50, 10), (-50, 90)]),  # CSS wants units
    ('transform="rotate(90)" style="transform-origin: 1in .5in"', [(94, -38), (94, 42)]),  # about 96, 48
    ('transform="rotate(90)" style="transform-box: fill-box; transform-origin: center"', TURNED),
    ('transform="rotate(90)" style="transform-box: fill-box"', [(10, 50), (10, 130)]),  # about the box's corner
    ('transform="rotate(90)" transform-box="fill-box" transform-origin="100% 0"', [(90, -30), (90, 50)]),
    ('transform="rotate(90)" style="transform-box: view-box; transform-origin: center"', TURNED),
    ('transform-origin="50 50"', [(10, 50), (90, 50)]),  # without a transform nothing
]
CSS = [
    # the property transform, where LEVEL then goes from and to
    ("none", [(10, 50), (90, 50)]),
    ("translate(10px, 20px)", [(20, 70), (100, 70)]),
    ("translate(10px)", [(20, 50), (100, 50)]),
    ("translate(10%, -50%)", [(20, 0), (100, 0)]),  # of the viewport
    ("translate(0, 1in)", [(10, 146), (90, 146)]),
    ("translateX(5px) translateY(-5px)", [(15, 45), (95, 45)]),
    ("TRANSLATE(5PX)rotate(90deg)", [(-45, 10), (-45, 90)]),
    ("rotate(100grad)", [(-50, 10), (-50, 90)]),
    ("rotate(.25turn)", [(-50, 10), (-50, 90)]),
    ("rotate(1.5707963268rad)", [(-50, 10), (-50, 90)]),
    ("scale(2)", [(20, 100), (180, 100)]),
    ("scale(2, .5)", [(20, 25), (180, 25)]),
    ("scale(50%)", [(5, 25), (45, 25)]),
    ("scaleX(-1) scaleY(2)", [(-10, 100), (-90, 100)]),
    ("skewX(45deg)", [(60, 50), (140, 50)]),
    ("skew(45deg)", [(60, 50), (140, 50)]),
    ("skewY(45deg)", [(10, 60), (90, 140)]),
    ("matrix(1, 0, 0, 2, 3, 4)", [(13, 104), (93, 104)]),
    ("translate3d(1px, 2px, 3px) translateZ(9px) scale3d(1, 2, 3)", [(11, 102), (91, 102)]),
    ("rotate(90)", [(10, 50), (90, 50)]),  # invalid: no unit
    ("translate(1px 2px)", [(10, 50), (90, 50)]),  # no comma
    ("translate(1px,, 2px)", [(10, 50), (90, 50)]),
    ("spin(1deg)", [(10, 50), (90, 50)]),
    ("scale(1, 2, 3)", [(10, 50), (90, 50)]),
    ("var(--t)", [(10, 50), (90, 50)]),
]


@pytest.mark.parametrize(("attributes", "expected"), ORIGINS)
def test_transform_origin(attributes, expected):
    assert path(LEVEL.format(attributes)) == expected


@pytest.mark.parametrize(("transform", "expected"), CSS)
def test_transforms_in_a_style(transform, expected):
    assert path(LEVEL.format(f'style="transform: {transform}"')) == expected
    assert path(f"<style>path{{transform:{transform}}}</style>" + LEVEL.format("")) == expected
    assert path(f'<g style="transform: {transform}">{LEVEL.format("")}</g>') == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (LEVEL.format('transform="scale(2)" style="transform: translate(1px)"'), [(11, 50), (91, 50)]),  # above it
        (LEVEL.format('transform="scale(2)" style="transform: none"'), [(10, 50), (90, 50)]),
        (LEVEL.format('transform="scale(2)" style="transform: scale(3)x"'), [(20, 100), (180, 100)]),
        (LEVEL.format('style="translate: 1px 10%; rotate: 90deg; scale: 2 1; transform: translate(5px)"'),
         [(-49, 40), (-49, 200)]),  # in this order, whatever the order they are written in
        (LEVEL.format('style="scale: none; rotate: z 90deg"'), [(-50, 10), (-50, 90)]),
        (f'<g style="--t: scale(2)"><g style="transform: var(--t)">{LEVEL.format("")}</g></g>',
         [(20, 100), (180, 100)]),
        # the box of a group, of what is in it under its own transforms, and of what is hidden in it, too
        ('<g style="transform: rotate(90deg); transform-box: fill-box; transform-origin: center">'
         '<path d="M0 0H20"/><path visibility="hidden" transform="translate(0 40)" d="M0 0H20"/></g>',
         [(30, 10), (30, 30)]),
        # a curve's box is that of the curve, not of its control points: 10 0 .. 50 30
        ('<path style="transform: scale(2); transform-box: fill-box; transform-origin: left bottom" '
         'd="M10 0C10 40 50 40 50 0"/>',
         [(10, -30), (90, -30)]),
        ('<svg viewBox="0 0 10 10"><path transform="rotate(90)" transform-origin="50% 50%" d="M1 5H9"/></svg>', TURNED),
    ],
)  # fmt: skip
def test_which_transform(body, expected):
    assert path(body) == expected


def test_the_outermost_svg_turns_about_its_middle():
    found = read('<path d="M0 0L10 0"/>', 'viewBox="-5 -5 30 30" transform="rotate(90)"')
    np.testing.assert_allclose(ends(found)[0], [(25, 5), (25, 15)])


LENGTHS = [
    ('<line x1="10%" y1="20%" x2="90%" y2="50%"/>', [(20, 20), (180, 50)]),
    ('<line x1="1in" y1="25.4mm" x2="2.54cm" y2="72pt"/>', [(96, 96), (96, 96)]),
    ('<line x1="1PX" y1="1pc" x2="101.6Q"/>', [(1, 16), (96, 0)]),
    ('<rect x="10%" y="10%" width="50%" height="50%"/>', [(20, 10), (20, 10)]),
    ('<circle cx="50%" cy="50%" r="10%"/>', [(100 + np.hypot(200, 100) / 2**0.5 / 10, 50)] * 2),
    ('<ellipse cx="50%" cy="50%" rx="10%"/>', [(120, 50)] * 2),
    ('<svg x="50%" width="50%"><line x1="10%" x2="100%"/></svg>', [(110, 0), (200, 0)]),
    ('<svg viewBox="0 0 10 10"><line x1="10%" x2="100%"/></svg>', [(60, 0), (150, 0)]),  # 100 %, centred
]


@pytest.mark.parametrize(("body", "expected"), LENGTHS)
def test_lengths(body, expected):
    found = read(body, 'viewBox="0 0 200 100"')
    np.testing.assert_allclose(ends(found)[0], expected, atol=1e-9)


# ---- <use>, <symbol>, <switch>

STROKE = '<path id="a" d="M0 5H10"/>'
DEFS = f"<defs>{STROKE}</defs>"
SYMBOL = '<symbol id="s" viewBox="0 0 10 10"><path d="M0 5H10"/></symbol>'
XLINK = HEAD + ' xmlns:xlink="http://www.w3.org/1999/xlink"'


def fitted(how: str) -> str:
    return SYMBOL.replace("viewBox", f'preserveAspectRatio="{how}" viewBox')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (DEFS + '<use href="#a" x="7" y="-1"/>', [(7, 4), (17, 4)]),
        ('<path id="b"/>' + DEFS + '<use xlink:href="#a" href=" #a "/>', [(0, 5), (10, 5)]),
        ('<use xlink:href="#a"/>' + DEFS, [(0, 5), (10, 5)]),  # defined behind it
        (DEFS + '<use href="#a" x="10%" transform="scale(2)"/>', [(20, 10), (40, 10)]),
        ('<defs><g id="a" transform="scale(2)"><use href="#p"/></g><path id="p" d="M0 5H10"/></defs>'
         '<use href="#a" x="1"/>',
         [(1, 10), (21, 10)]),
        ('<defs display="none">' + STROKE + '</defs><use href="#a"/>', [(0, 5), (10, 5)]),
        (SYMBOL + '<use href="#s"/>', [(0, 50), (100, 50)]),  # 100 %
        (SYMBOL + '<use href="#s" x="10" y="20" width="20" height="40"/>', [(10, 40), (30, 40)]),  # centred
        (SYMBOL.replace("viewBox", 'width="20" height="20" viewBox') + '<use href="#s"/>', [(0, 10), (20, 10)]),
        (fitted("none") + '<use href="#s" width="20" height="40"/>',
         [(0, 20), (20, 20)]),
        (fitted("xMaxYMin slice") + '<use href="#s" width="20" height="40"/>',
         [(-20, 20), (20, 20)]),
        (SYMBOL.replace("<symbol", '<symbol style="display: none"') + '<use href="#s"/>', [(0, 50), (100, 50)]),
        ('<defs><svg id="a" width="5" height="5" viewBox="0 0 10 10"><path d="M0 5H10"/></svg></defs>'
         '<use href="#a" width="20" height="20"/>', [(0, 10), (20, 10)]),
        (DEFS + '<style>use{x:5px} path{d:path("M1 1H2")}</style><use href="#a"/>', [(6, 1), (7, 1)]),
        ('<use display="none" href="other.svg#a"/>' + STROKE, [(0, 5), (10, 5)]),
        ('<use visibility="hidden" href="other.svg#a"/><defs><use href="#no"/></defs>' + STROKE, [(0, 5), (10, 5)]),
        ('<g opacity="0"><use href="#no"/></g><use/><use href=""/>' + STROKE, [(0, 5), (10, 5)]),
        ('<switch><path systemLanguage="de" d="M1 1h1"/><use href="#a"/><path d="M2 2h2"/></switch>' + STROKE,
         [(0, 5), (10, 5)]),
    ],
)  # fmt: skip
def test_use(body, expected):
    found = read(body, XLINK)
    np.testing.assert_allclose(ends(found)[0], expected, atol=1e-9)


def test_what_use_draws_inherits_from_it():
    body = '<path id="a" d="M0 5H10"/><use href="#a" stroke="red"/><use href="#a" visibility="hidden"/>'
    assert len(read(body, HEAD + ' fill="none"').curves) == 1
    body = DEFS.replace("<path", '<path stroke="context-fill"') + '<use href="#a" {}/><path stroke="red" d="M0 0h1"/>'
    assert [len(read(body.format(f'fill="{fill}"'), HEAD + ' fill="none"').curves) for fill in ("red", "none")] == [
        2,
        1,
    ]


CHOICES = [
    # attributes of a switch's first child, whether it is the one
    ("", True),
    ('systemLanguage="en"', True),
    ('systemLanguage="de, EN-gb"', True),
    ('systemLanguage="de"', False),
    ('systemLanguage="eng"', False),
    ('systemLanguage=""', False),
    ('requiredExtensions="http://example.org/x"', False),
    ('requiredExtensions=""', False),
    ('requiredFeatures="http://www.w3.org/TR/SVG11/feature#Shape"', True),
    ('requiredFeatures="http://www.w3.org/TR/SVG11/feature#Shape http://example.org"', False),
    ('requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"', False),
    ('requiredFeatures=""', False),
    ('display="none"', None),  # chosen, and not seen
]


@pytest.mark.parametrize(("attributes", "first"), CHOICES)
def test_switch(attributes, first):
    more = '<path d="M2 2h1"/><path d="M3 3h1"/></switch><path d="M4 4h1"/>'
    body = f'<switch><title/><path {attributes} d="M1 1h1"/>{more}'
    assert [start[0] for start, _ in ends(read(body))] == ([4] if first is None else [1 if first else 2, 4])
    alone = read(f'<path {attributes} d="M1 1h1"/><path d="M4 4h1"/>')  # the same conditions without a switch
    assert [start[0] for start, _ in ends(alone)] == ([1, 4] if first else [4])


def chain(length: int, times: int) -> str:
    """Groups that each draw the one before so many times: the last is #c{length - 1}."""
    groups = (f'<g id="c{i}">' + f'<use href="#c{i - 1}"/>' * times + "</g>" for i in range(1, length))
    return f'<defs>{"".join(groups)}<path id="c0" d="M0 0h1"/></defs><use href="#c{length - 1}"/>'


BOXED = '<g style="transform: scale(1); transform-box: fill-box">'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<use href="other.svg#a"/>', "line 1, <use>: refers to 'other.svg#a', another document, which is not opened"),
        ('<use href="https://example.org/a.svg#a"/>', "another document, which is not opened; copy it into this one"),
        ('<use href="#no"/>', "line 1, <use>: refers to '#no', which is not in the document"),
        ('\n<use id="a" href="#a"/>', "line 2, <use>: refers to '#a', which draws it: a circle; take one out"),
        ('<g id="a"><use href="#a"/></g>', "refers to '#a', which draws it: a circle"),
        ('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>', "which draws it: a circle"),
        (chain(10, 10), "more than 50,000 elements are drawn up to here, by <use>"),
        (chain(200, 1), "nests more than 256 deep by <use>|nests too deep"),
        (BOXED * 100 + '<path d="M0 0h1"/>' + "</g>" * 100, "more than 50,000 elements|nests too deep"),
    ],
)
def test_use_is_limited(body, reason):
    with pytest.raises(SvgError, match=reason):
        read(body)


def test_the_limits_are_above_what_is_drawn(monkeypatch):
    body = '<defs><path id="a" d="M0 0h1"/></defs>' + '<use href="#a"/>' * 4  # 9 elements with the root
    monkeypatch.setattr(walk, "MAX_DRAWN", 9)
    assert len(read(body).curves) == 4
    monkeypatch.setattr(walk, "MAX_DRAWN", 8)
    with pytest.raises(SvgError, match="more than 8 elements"):
        read(body)


# ---- resvg

PICTURES = [
    '<g transform="rotate(30)" transform-origin="50 50">' + AREA.format("") + "</g>",
    '<g transform="rotate(30) skewX(10)" transform-origin="30% top">' + AREA.format("") + "</g>",
    '<rect x="10%" y="20%" width="50%" height="10%"/><circle cx="70%" cy="70%" r="20%"/>',
    '<svg viewBox="0 0 20 10"><rect x="2" y="2" width="50%" height="50%"/></svg>',
    '<svg x="10" y="10" width="80" height="40" viewBox="5 5 10 10" preserveAspectRatio="xMaxYMid">'
    '<circle cx="10" cy="10" r="4"/></svg>',
    '<svg width="80" height="40" viewBox="0 0 10 10" preserveAspectRatio="xMidYMax meet">'
    '<circle cx="5" cy="5" r="5"/></svg>',
    '<symbol id="s" viewBox="0 0 10 20"><path d="M1 1h8v18z"/></symbol>'
    '<use href="#s" x="20%" y="30" width="60" height="60"/>',
    '<defs><g id="a"><rect width="20" height="30"/></g></defs>'
    '<use href="#a" x="5" transform="rotate(20)"/><use href="#a" x="60"/>',
    '<switch><rect systemLanguage="fr" width="90" height="90"/><rect width="50" height="30"/><circle r="90"/></switch>',
    '<defs><svg id="a" viewBox="0 0 10 10"><path d="M1 1h8v8z"/></svg></defs>'
    '<use href="#a" x="50" width="30" height="80"/>',
]  # fmt: skip


@pytest.mark.parametrize("body", PICTURES)
def test_pictures_have_the_pixels_of_resvg(body):
    wanted = pixels(body)
    assert (wanted < 128).sum() > 500
    assert np.abs(wanted - drawn(read(body))).mean() < 0.3


def test_control_another_origin_is_seen_in_the_pixels():
    assert np.abs(pixels(PICTURES[0]) - drawn(read(PICTURES[0].replace("50 50", "50 45")))).mean() > 1
