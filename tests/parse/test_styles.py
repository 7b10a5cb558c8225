"""CSS, paint and visibility: tables of documents, a stroke named by the x where it begins; resvg as an oracle."""

import numpy as np
import pytest

from pipeline.parse.svg.documents import SvgError
from tests.support.svg import HEAD, drawn, ends, lines, pixels, read

STROKED = HEAD + ' fill="none" stroke="#000"'


def line(x: int, **attributes: object) -> str:
    more = "".join(f' {name.replace("_", "-").rstrip("-")}="{value}"' for name, value in attributes.items())
    return f'<path{more} d="M{x} 10V90"/>'


def seen(body: str, head: str = HEAD) -> list[int]:
    """The x at which each stroke begins."""
    return [round(start[0]) for start, _ in ends(read(body, head))]


GRADIENTS = """<linearGradient id="full"><stop stop-color="red"/></linearGradient><linearGradient id="empty"/>
<radialGradient id="like" href="#full"/><linearGradient id="faint"><stop style="stop-opacity: 0"/></linearGradient>
<linearGradient id="round" href="#round"/><pattern id="pattern"><path d="M0 0h9"/></pattern><pattern id="void"/>"""
PAINT = [
    # attributes of a path, whether it is seen in a group without fill and stroke
    ("", False),
    ('stroke="red"', True),
    ('fill="red"', True),
    ('style="fill: red"', True),
    ('stroke="currentColor"', True),
    ('stroke="CurrentColor" color="transparent"', False),
    ('stroke="transparent"', False),
    ('stroke="#f000"', False),
    ('stroke="rgba(0, 0, 0, 0)"', False),
    ('stroke="rgb(0 0 0 / 0%)"', False),
    ('stroke="hsl(120 50% 50% / .5)"', True),
    ('stroke="nonsense"', False),  # invalid, so inherited
    ('stroke=""', False),
    ('stroke="red !important"', False),  # no part of an attribute
    ('stroke="inherit"', False),
    ('fill="initial"', True),  # black
    ('stroke="initial"', False),
    ('fill="unset"', False),  # as inherit: fill is inherited
    ('stroke="red" stroke-width="0"', False),
    ('stroke="red" stroke-width="0px"', False),
    ('stroke="red" stroke-width="-1"', True),  # invalid
    ('stroke="red" stroke-opacity="0"', False),
    ('stroke="red" stroke-opacity="0%"', False),
    ('stroke="red" stroke-opacity="0" fill="red"', True),
    ('fill="red" fill-opacity="0"', False),
    ('stroke="red" opacity="0"', False),
    ('stroke="red" opacity=".001"', False),  # below half a level of 8 bits
    ('stroke="red" opacity="0.01"', True),
    ('stroke="red" visibility="hidden"', False),
    ('stroke="red" visibility="collapse"', False),
    ('stroke="red" visibility="HIDDEN"', False),  # words have no case
    ('stroke="red" style="display:/**/none"', False),
    ('stroke="red" style="filter: opacity(0)"', False),
    ('stroke="red" clip-path="url(#none)"', True),  # not there: clips nothing
    ('stroke="url(#full)"', True),
    ("stroke=\"url('#full')\"", True),
    ('stroke="url(#like)"', True),  # goes on with the stops of another
    ('stroke="url(#empty)"', False),  # no stops
    ('stroke="url(#round)"', False),
    ('stroke="url(#faint)"', False),
    ('stroke="url(#pattern)"', True),
    ('stroke="url(#void)"', False),
    ('stroke="url(#missing)"', False),  # SVG 2, 13.2: as none
    ('stroke="url(#missing) blue"', True),
    ('stroke="url(#missing) none"', False),
    ('stroke="url(other.svg#x)"', True),  # not opened; taken as seen
    ('stroke="context-stroke"', False),  # of no <use>
    ('style="stroke: var(--no, red)"', True),
    ('style="stroke: var(--no)"', False),
    ('style="--yes: rgb(1 2 3); stroke: var(--yes)"', True),
    ('style="--a: var(--b); --b: var(--a); stroke: var(--a)"', False),  # a circle
    ('stroke="var(--ink, currentColor)"', True),
    ('style="all: initial"', True),  # the initial fill is black
]


@pytest.mark.parametrize(("attributes", "visible"), PAINT)
def test_what_is_painted(attributes, visible):
    body = f'<defs>{GRADIENTS}</defs><g fill="none" stroke="none"><path {attributes} d="M20 10V90"/></g>{line(80)}'
    assert seen(body) == ([20, 80] if visible else [80])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<path d="M0 0h24v24H0z" fill="none"/><path d="M5 5h14v14H5z"/>', [5]),  # bounds of an icon set
        (line(1, stroke="none", fill="none") + line(2, stroke="none") + line(3), [2, 3]),
        (f'<g opacity="0">{line(1, opacity="1")}</g>{line(2)}', [2]),  # of the whole group
        (f'<g visibility="hidden">{line(1)}{line(2, visibility="visible")}</g>', [2]),  # shown again
        (f'<g display="none">{line(1, display="inline", visibility="visible")}</g>{line(2)}', [2]),  # never again
        (f'<g stroke="red" fill="none"><a><g>{line(1)}</g></a>{line(2, stroke="none")}</g>', [1]),  # inherited
        (f'<g color="transparent" fill="currentColor">{line(1)}{line(2, color="red")}</g>', [2]),
        ("".join(f"<{tag}>{line(1)}</{tag}>" for tag in ("mask", "marker", "pattern", "symbol")) + line(2), [2]),
        (f'<title>{line(1)}</title><metadata>{line(1)}</metadata><desc>{line(1)}</desc>{line(2)}', [2]),
        ('<clipPath id="c"/>' + line(1, clip_path="url(#c)") + line(2), [2]),  # an empty clip path
        ('<mask id="m"/>' + line(1, mask="url(#m)") + line(2), [2]),
        ('<clipPath id="c"><rect width="50" height="99"/></clipPath>'
         f'<g clip-path="url(#c)">{line(1)}{line(60)}</g>', [1]),
        ('<clipPath id="c" clipPathUnits="objectBoundingBox"><rect width=".5" height="1"/></clipPath>'
         f'<g clip-path="url(#c)">{line(0)}{line(60)}{line(90)}</g>', [0]),
        ('<clipPath id="c" transform="translate(50)"><path id="p" d="M0 0h50v99H0z"/></clipPath>'
         f'<g clip-path="url(#c)">{line(1)}{line(60)}</g>', [60]),
        ('<svg width="50" height="99">' + line(1) + line(60) + "</svg>", [1]),  # outside an inner viewport
        ('<svg width="50" height="99" overflow="visible">' + line(1) + line(60) + "</svg>", [1, 60]),
    ],
)  # fmt: skip
def test_what_is_seen(body, expected):
    assert seen(body) == expected


SHEETS = [
    # a style sheet, the strokes that are seen of path.a#one at 10, path.b at 20, rect.a at 30 in g.g, circle at 40
    (".a{display:none}", [20, 40]),
    ("PATH{display:none} path.a { display: none }", [20, 30, 40]),  # XML's names have their case
    (".g > *{stroke:none} .g > .b{stroke:red}", [20, 40]),
    ("#one{stroke:red} .a{stroke:none}", [10, 20, 40]),  # specificity, not order
    (".a{stroke:none} .a{stroke:red}", [10, 20, 30, 40]),  # order
    (".a{stroke:none!important} #one{stroke:red}", [20, 40]),
    ("path:nth-child(2), circle{visibility:hidden}", [10, 30]),
    ("path:first-child{opacity:0} .g path + path{opacity:0%}", [30, 40]),
    ("path ~ rect{stroke:transparent}", [10, 20, 40]),
    ("[class=b]{display:none}", [10, 30, 40]),
    ("path:not(.b){display:none}", [20, 30, 40]),
    ("path:is(.a, .c){display:none}", [20, 30, 40]),
    ("svg path{display:none}", [30, 40]),
    (":root{stroke:none}", []),
    ("path:hover{display:none}", [10, 20, 30, 40]),  # nobody points
    ("path::before{display:none}", [10, 20, 30, 40]),
    ("<![CDATA[.g > .b{display:none}]]>", [10, 30, 40]),
    ("/* .a{display:none} */ .b{display:none}", [10, 30, 40]),
    ("circle{display:none", [10, 20, 30]),  # ends open
    ("} .b{display:none}", [10, 20, 30, 40]),  # the brace spoils the rule behind it
    (".a{stroke:nonsense;display:inline;;bad} .b{display:none}", [10, 30, 40]),
    (".a{display:none;display:5}", [20, 40]),  # an invalid one leaves the valid one
    ("@media screen{.a{display:none}}", [20, 40]),
    ("@media all, print{.a{display:none}}", [20, 40]),
    ("@media print{.a{display:none}}", [10, 20, 30, 40]),
    ("@media print{.a{display:none}} .b{display:none}", [10, 30, 40]),
    ("@namespace s 'http://www.w3.org/2000/svg'; s|circle{display:none}", [10, 20, 30]),
    ("@namespace 'urn:other'; circle{display:none}", [10, 20, 30, 40]),
    (":root{--x:none} .a{stroke:var(--x)} .b{stroke:var(--y, none)}", [40]),
    (".a{all:initial;fill:none}", [20, 40]),
    (".g{stroke:none} .a{stroke:inherit}", [40]),
    (".g{stroke:none} .a{stroke:initial} .b{stroke:red}", [20, 40]),
    (".g{opacity:0} .a{opacity:1}", [40]),
    ("circle{clip-path:url(#no)}", [10, 20, 30, 40]),
    (".b{d:path('M25 5V9')} circle{cx:5px;r:1px}", [10, 6, 25, 30]),
]  # fmt: skip
DRAWING = (
    f'<g class="g">{line(10, class_="a", id="one")}{line(20, class_="b")}<rect class="a" x="30" width="5" height="5"/>'
    '</g><circle cx="30" cy="50" r="10"/>'
)


@pytest.mark.parametrize(("sheet", "expected"), SHEETS)
def test_style_sheets(sheet, expected):
    if expected:
        assert sorted(seen(f"<style>{sheet}</style>{DRAWING}", STROKED)) == sorted(expected)
    else:
        with pytest.raises(SvgError, match="draws nothing: .*; not seen: 4; say their stroke"):
            seen(f"<style>{sheet}</style>{DRAWING}", STROKED)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<style>.b{{}}</style>{line(1)}<style>path{{stroke:none}}</style>{line(2, style='stroke:red')}", [2]),
        (f"<style>path{{stroke:none}}</style>{line(1, stroke='red')}{line(2, style='stroke:red')}", [2]),
        (f"<style>path{{stroke:none!important}}</style>{line(1, style='stroke:red')}"
         f"{line(2, style='stroke:red!important')}", [2]),
        (f'<style type="text/less">path{{display:none}}</style>{line(1)}', [1]),
        (f'<style type="TEXT/CSS; charset=utf-8">.x{{display:none}}</style>{line(1, class_="x")}{line(2)}', [2]),
        (f'<style media="print">path{{display:none}}</style>{line(1)}', [1]),
        (f'<defs><style media="screen">.x{{display:none}}</style></defs>{line(1, class_="y x")}{line(2)}', [2]),
        (f'{line(1, class_="x")}{line(2)}<style>.x{{display:none}}</style>', [2]),  # behind what it is for
    ],
)  # fmt: skip
def test_where_styles_stand(body, expected):
    assert seen(body, STROKED) == expected


NOTED = [
    ("<style>@import 'x.css';</style>", '@import "x.css" in a style sheet is not applied'),
    ("<style>@media (prefers-color-scheme: dark){path{stroke:#fff}}</style>", "@media (prefers-color-scheme: dark)"),
    ("<style>@keyframes k{from{opacity:0}} path{animation: k 1s}</style>", "animation is not applied"),
    ("<style>path:nonsense{display:none}</style>", "the selector 'path:nonsense' is not understood"),
    ("<style>path{g{display:none}}</style>", "a rule inside a rule is not applied"),
    ("<style>path{transform:translate(1,2)}</style>", "transform: 'translate(1,2)' is no value of it in CSS"),
    ('<style type="text/less">path{}</style>', "a style sheet of the type 'text/less' is not applied"),
    ('<style media="(width > 1px)">path{}</style>', "a style sheet for media='(width > 1px)' is not applied"),
    ('<g stroke="nonsense"/>', "stroke='nonsense' is no value of it and is ignored"),
    ('<path marker-end="url(#arrow)" d="M0 0h9"/>', "marker-end is not applied"),
    ('<g filter="url(#f)"/>', "a filter is not applied"),
    ('<g mask="url(#f)"/>', "a mask is not applied"),
    ('<g style="clip-path: circle(5px)"/>', "a clip path that is no <clipPath> of the document is not applied"),
    ('<clipPath id="c"><circle r="500"/></clipPath><g clip-path="url(#c)"/>', "a clip path other than a box is not"),
    ('<svg width="50" height="50"><path d="M9 9h90"/></svg>', "cuts a stroke, which is read whole"),
    ('<image href="a.png"/>', "<image> is not read"),
    ('<g style="transform-box: stroke-box; transform: rotate(1deg)"/>', "transform-box: stroke-box is taken as"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "note"), NOTED)
def test_what_is_not_applied_is_noted(body, note):
    found = read(body + line(1), STROKED)
    assert any(note in text for text in found.notes), found.notes
    assert read(line(1), STROKED).notes == []  # the control


def test_a_style_sheet_of_another_file_is_noted():
    found = read(line(1), STROKED, '<?xml-stylesheet href="a.css"?>')
    assert found.notes == ["a style sheet of another file is not opened"]


def test_outlines_are_counted():
    found = read(f'{line(1, stroke="red")}{line(2)}<rect fill="red" width="9" height="9"/>')
    assert (len(found.curves), found.outlines, found.unseen) == (3, 2, 0)
    assert read(line(1) + line(2, opacity="0"), STROKED).unseen == 1


def test_a_stroke_and_the_outline_that_clips_it_are_one():
    body = '<path id="o" d="M10 10h50v9H10z"/><clipPath id="c"><use href="#o"/></clipPath>'
    found = read(body + '<path stroke="red" fill="none" d="M10 14h60" clip-path="url(#c)"/>')
    assert len(found.curves) == 1 and found.outlines == 0
    assert "1 outlines are clip paths of one stroke each, and read as that stroke alone" in found.notes
    # control: an outline that clips two strokes is a drawing's background
    assert len(read(body + '<path stroke="red" fill="none" d="M10 14h60M10 16h60" clip-path="url(#c)"/>').curves) == 3


@pytest.mark.parametrize(
    ("style", "reason"),
    [
        ("a{}" * 70_000, "its style sheets are longer than 200,000 characters"),
        ("a,b,c,d{display:none}" * 501, "its style sheets have more than 2,000 selectors"),
        (":is(" * 5000 + "a{display:none}", "nests too deep to be read|draws nothing"),
        ("a" + ":is(b" * 150 + ")" * 150 + "{display:none}", "draws nothing"),
        (f"a{{transform:{'(' * 50_000}}}", "draws nothing|nests too deep"),
        (f"a{{--x:{'var(--x)' * 1000};stroke:var(--x)}}", "draws nothing"),
    ],
)
def test_style_sheets_made_to_hang(style, reason):
    with pytest.raises(SvgError, match=reason):
        read(f"<style>{style}</style>")


# what resvg paints and we read: as filled areas, or as lines of one unit
FILLED = '<rect x="10" y="10" width="40" height="30"/><circle class="a" cx="70" cy="60" r="20"/>'
PICTURES = [
    f"<style>.a{{display:none}}</style>{FILLED}",
    "<style>rect{fill:none} .a{fill:red!important}</style>" + FILLED.replace("<circle", '<circle style="fill:none"'),
    f'<g visibility="hidden">{FILLED}<path visibility="visible" d="M50 50h40v9z"/></g>',
    f'<g fill-opacity="0">{FILLED}</g><path d="M50 50h40v9z"/>',
    f"<style>rect{{opacity:0}} * > circle.a:last-child{{visibility:hidden}}</style>{FILLED}<path d='M1 1h50v9z'/>",
]
STROKES = [
    f"<style>.a{{stroke:none}} path + path{{display:none}}</style>{line(20)}{line(30)}{line(40, class_='a')}",
    f'<g opacity="0">{line(20)}</g><g stroke-opacity="0">{line(30)}</g><g stroke-width="0">{line(40)}</g>{line(50)}',
    f'<linearGradient id="e"/>{line(20, stroke="url(#e)")}{line(30, stroke="url(#no)")}{line(40)}',
    f'<g color="#0000" stroke="currentColor">{line(20)}{line(30, color="black")}</g>',
]


@pytest.mark.parametrize("body", PICTURES)
def test_areas_have_the_pixels_of_resvg(body):
    wanted = pixels(body.replace("red", "black"))
    assert (wanted < 128).sum() > 500
    assert np.abs(wanted - drawn(read(body))).mean() < 0.3


@pytest.mark.parametrize("body", STROKES)
def test_lines_have_the_pixels_of_resvg(body):
    wanted = pixels(body, STROKED)
    assert (wanted < 200).sum() > 100
    assert np.abs(wanted - lines(read(body, STROKED))).mean() < 0.3


def test_control_a_line_that_is_hidden_is_seen_in_the_pixels():
    assert np.abs(pixels(STROKES[0], STROKED) - lines(read(STROKES[0].replace("none", "red"), STROKED))).mean() > 0.3
