"""Documents: tables of cases, hostile XML, and the pixels of resvg as an oracle."""

import http.server
import threading

import numpy as np
import pytest
from lxml import etree

from pipeline.parse.svg import documents, walk
from pipeline.parse.svg.documents import SvgError
from tests.support.svg import HEAD, document, drawn, ends, pixels, read

PATH = '<path d="M10 10L20 30"/>'


# ---- what is drawn


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (PATH, 1),
        (f"<g><g>{PATH}</g>{PATH}</g>{PATH}", 3),
        ('<path d="M0 0h9M0 9h9"/>', 2),  # a subpath a stroke
        (f"<a>{PATH}</a><switch>{PATH}</switch>", 2),
        (
            "".join(f"<{tag}>{PATH}</{tag}>" for tag in ("defs", "clipPath", "mask", "symbol", "pattern", "text"))
            + PATH,
            1,
        ),
        (f'<marker>{PATH}</marker><x:g xmlns:x="urn:other">{PATH}</x:g>{PATH}', 1),  # nor what is not SVG
        (f'<g display="none">{PATH}</g><g style="fill:red; display : none">{PATH}</g>{PATH}', 1),
        (f'<g style="display:inline">{PATH}</g>', 1),
        ('<path stroke="none" d="M0 0h24v24H0z" fill="none"/>' + PATH, 1),  # the bounds in Tabler's icons
        (f'<g fill="none"><g style="stroke: none">{PATH}</g><g stroke="red">{PATH}</g></g>', 1),
        (f'<g stroke="none" fill="none"><g style="stroke:red !important; fill:none">{PATH}</g></g>', 1),
        (f'<g stroke="none">{PATH}</g><g fill="none">{PATH}</g>', 1),  # filled; and a stroke that is not said
        (f'<path/><path d=""/><path d="none"/><rect width="0" height="5"/>{PATH}', 1),
        (f"<!-- {PATH} -->{PATH}<?pi {PATH}?><title>M</title><metadata>{PATH}</metadata>", 1),
        ('<line x2="5"/><polyline points="0 0 1 1"/><polygon points="0 0 1 1"/><rect width="1" height="1"/>', 4),
        ('<circle r="1"/><ellipse rx="1" ry="2"/>', 2),
        (f'<g transform="scale(0)">{PATH}</g>{PATH}', 1),  # SVG: not rendered
    ],
)
def test_how_many_strokes(body, count):
    assert len(read(body).curves) == count


def test_strokes_are_in_document_order():
    found = read('<path d="M1 0h9"/><g><line x1="2" x2="9"/><g><path d="M3 0h9M4 0h9"/></g></g><circle cx="4" r="1"/>')
    assert [start[0] for start, _ in ends(found)] == [1, 2, 3, 4, 5]
    assert found.paths == 2


@pytest.mark.parametrize(
    ("head", "size", "start"),
    [
        ('viewBox="0 0 109 109" width="500"', (109, 109), (10, 10)),
        ('viewBox="-5,2 30 40"', (30, 40), (15, 8)),  # its corner becomes 0, 0
        ('width="64px" height="1in"', (64, 96), (10, 10)),
    ],
)
def test_the_box(head, size, start):
    for namespace in ('xmlns="http://www.w3.org/2000/svg" ', ""):
        found = read(PATH, head=namespace + head)
        assert (found.width, found.height) == size and ends(found)[0][0] == start


# ---- transforms


MATRICES = [
    ("matrix(1 2 3 4 5 6)", (10 + 30 + 5, 20 + 40 + 6)),
    ("translate(3)", (13, 10)),
    ("translate(3,-4)", (13, 6)),
    ("translate(3-4)", (13, 6)),  # numbers without a gap
    ("scale(2)", (20, 20)),
    ("scale(2 -.5)", (20, -5)),
    ("rotate(90)", (-10, 10)),
    ("rotate(90 10 20)", (20, 20)),
    ("skewX(45)", (20, 10)),
    ("skewY(45)", (10, 20)),
    ("translate(100 0) , scale(2)\n rotate(90)", (80, 20)),  # the last is done first
    ("none", (10, 10)),
    ("", (10, 10)),
]


@pytest.mark.parametrize(("transform", "start"), MATRICES)
def test_transforms_on_the_path_and_on_an_ancestor(transform, start):
    for body in (
        PATH.replace("<path", f'<path transform="{transform}"'),
        f'<g transform="{transform}"><g>{PATH}</g></g>',
    ):
        np.testing.assert_allclose(ends(read(body))[0][0], start, atol=1e-12)


def test_coordinates_without_a_transform_keep_their_digits():
    assert ends(read('<path d="M0.1 0.2L.3 .7"/>')) == [[(0.1, 0.2), (0.3, 0.7)]]


PICTURES = [
    '<g transform="translate(50 50) rotate(30) skewX(20)"><rect x="-20" y="-10" width="40" height="20" rx="6"/></g>',
    '<g transform="matrix(.5 .2 -.3 .8 30 10)"><ellipse cx="40" cy="40" rx="35" ry="12" transform="rotate(20)"/></g>',
    '<path transform="scale(1 -1) translate(0 -100)" d="M20 20A30 15 40 1 1 70 60Z"/>',
    '<svg x="10" y="20" width="60" height="30" viewBox="5 5 10 10"><circle cx="10" cy="10" r="4"/></svg>',
    '<svg x="10" y="20" width="60" height="30" viewBox="5 5 10 10" preserveAspectRatio="none"><circle cx="10" cy="10" '
    'r="4"/></svg>',
    '<svg x="30"><polygon points="5 5 60 20 10 90"/></svg>',
]


@pytest.mark.parametrize("body", PICTURES)
def test_filled_pictures_have_the_pixels_of_resvg(body):
    wanted = pixels(body)
    assert (wanted < 128).sum() > 500
    assert np.abs(wanted - drawn(read(body))).mean() < 0.3


def test_a_view_box_with_a_corner_has_the_pixels_of_resvg():
    head = HEAD.replace("0 0 100 100", "-30 -20 100 100")
    assert np.abs(pixels(PICTURES[1], head) - drawn(read(PICTURES[1], head=head))).mean() < 0.3


def test_control_a_transform_in_the_wrong_order_is_seen_in_the_pixels():
    turned = PICTURES[0].replace("rotate(30) skewX(20)", "skewX(20) rotate(30)")
    assert np.abs(pixels(PICTURES[0]) - drawn(read(turned))).mean() > 1


# ---- KanjiVG


KANJI = """<g kvg:element="A" kvg:variant="true"><g kvg:element="B" kvg:part="1" kvg:position="left">
<path kvg:type="㇐" d="M1 1h9"/><path d="M1 2h9"/></g><g kvg:element="empty"/><g kvg:position="right">
<g kvg:element="C" kvg:original="D"><path kvg:type="㇔a" d="M1 3h9"/></g></g></g><g><text>1</text></g>"""
DTD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.0//EN" "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd" [
<!ATTLIST g xmlns:kvg CDATA #FIXED "http://kanjivg.tagaini.net" kvg:element CDATA #IMPLIED >
<!ATTLIST path xmlns:kvg CDATA #FIXED "http://kanjivg.tagaini.net" kvg:type CDATA #IMPLIED >
]>
"""


@pytest.mark.parametrize("before", ["", DTD])
@pytest.mark.parametrize("namespace", ["http://kanjivg.tagaini.net", "https://kanjivg.tagaini.net/"])
def test_stroke_types_and_component_groups(namespace, before):
    found = read(KANJI, head=f'{HEAD} xmlns:kvg="{namespace}"', before=before)
    assert found.types == ["㇐", "", "㇔a"]
    blank = dict.fromkeys(walk.GROUP_KEYS, "")
    assert found.groups == [
        {**blank, "element": "A", "variant": "true", "first": 0, "last": 2},
        {**blank, "element": "B", "part": "1", "position": "left", "first": 0, "last": 1},
        {**blank, "element": "C", "original": "D", "first": 2, "last": 2},
    ]


# ---- errors


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "a.svg: draws nothing"),
        (f"<defs>{PATH}</defs>", "a.svg: draws nothing"),
        ('\n<path d="M0 0L5"/>', "a.svg: line 2, <path>: path data, character 5: 'L5' lacks numbers"),
        ('<path d="M0 0L nan 1"/>', "<path>: path data, character 5: 'L nan 1'"),
        ('<path d="M0 0L1e999 1"/>', "<path>: a coordinate is not a number below 1,000,000"),
        (f'<g transform="scale(1e300)">{PATH}</g>', "<g>: a coordinate is not a number below"),
        (f'<g transform="scale(nan)">{PATH}</g>', "<g>: Invalid SVG transform"),
        (f'<g transform="scale(1e999)">{PATH}</g>', "<g>: Non-finite value"),
        (f'<g transform="rotate(1 2)">{PATH}</g>', "<g>: Expected one of"),
        (f'<g transform="spin(1)">{PATH}</g>', "<g>: Unknown SVG transform"),
        (f'<g transform="scale(2) x">{PATH}</g>', "<g>: Invalid SVG transform"),
        (f'<g style="transform: rotateX(9deg)">{PATH}</g>', r"<g>: the transform rotatex\(\) leaves the plane"),
        (f'<g style="transform: translate(1em)">{PATH}</g>', r"<g>: calc\(\) and relative lengths in a transform"),
        (f'<svg width="1" height="1" viewBox="0 0 1 1" preserveAspectRatio="left">{PATH}</svg>', "no known way"),
        ('<line x2="1em"/>', "<line>: x2='1em' is not a length"),
        ('<g fill="none"><path d="M0 0h9"/><path d="M0 0h9"/></g>', "draws nothing: .*; not seen: 2; say their stroke"),
        ('<circle r="-1"/>', "<circle>: r='-1' is negative"),
        ("<g>" * 300 + PATH + "</g>" * 300, "is not XML: .*depth"),
    ],
)
def test_errors_name_the_file_the_place_and_the_reason(body, reason):
    with pytest.raises(SvgError, match=reason):
        read(body)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "a.svg: is not XML"),
        (b"not xml", "a.svg: is not XML"),
        (document(PATH)[:-9], "a.svg: is not XML"),  # truncated
        (b"\xff\xff\xff", "is not XML: its text is not utf-8"),
        (b'<?xml version="1.0" encoding="klingon"?><svg/>', "its text is not klingon"),
        (b'<?xml version="1.0" encoding="hex"?><svg/>', "its text is not hex"),
        (b"<html/>", "its root is <html>, not <svg>"),
        (document(PATH, head=""), "no viewBox, and its width is missing; add viewBox"),
        (document(PATH, head='width="100%" height="5"'), "width='100%' is not a length"),
        (document(PATH, head='viewBox="0 0 5"'), "viewBox='0 0 5' is not four numbers"),
        (document(PATH, head='viewBox="0 0 nan 5"'), "is not four numbers"),
        (document(PATH, head='viewBox="0 0 0 5"'), "<svg> has no area: 0 x 5"),
        (document(PATH, head='viewBox="0 0 1e9 5"'), "a coordinate is not a number below"),
    ],
)
def test_documents_that_are_none(data, reason):
    with pytest.raises(SvgError, match=reason):
        documents.read(data, "a.svg")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "utf-7"])
def test_encodings(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<svg {HEAD}><title>ä</title>{PATH}</svg>'
    assert len(documents.read(text.encode(encoding), "a.svg").curves) == 1


def test_the_deepest_document_that_is_xml_can_be_walked():
    assert len(read("<g>" * 200 + PATH + "</g>" * 200).curves) == 1


# ---- hostile documents


BOMB = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "M0 0L1 1"}">' for i in range(10))
HOSTILE = {
    "entities that grow, in an attribute": f'<!DOCTYPE svg [{BOMB}]><svg {HEAD}><path d="&e9;"/></svg>',
    "entities that grow, in text": f"<!DOCTYPE svg [{BOMB}]><svg {HEAD}><title>&e9;</title>{PATH}</svg>",
    "an external entity": f'<!DOCTYPE svg [<!ENTITY x SYSTEM "ADDRESS">]><svg {HEAD}><title>&x;</title>{PATH}</svg>',
    "an external parameter entity": f'<!DOCTYPE svg [<!ENTITY % x SYSTEM "ADDRESS"> %x;]><svg {HEAD}>{PATH}</svg>',
    "an entity of an external DTD": f'<!DOCTYPE svg SYSTEM "ADDRESS"><svg {HEAD}><path d="&secret;"/>{PATH}</svg>',
}


class Server(http.server.BaseHTTPRequestHandler):
    """Counts who asks."""

    asked: list[str] = []

    def do_GET(self):
        Server.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'<!ENTITY secret "M0 0L1 1">')

    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    Server.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/x.dtd"
        server.shutdown()


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_entities_are_refused_before_they_are_read(case, encoding, address, tmp_path):
    (tmp_path / "x.dtd").write_text('<!ENTITY secret "M0 0L1 1">')
    for place in (address, (tmp_path / "x.dtd").as_uri(), str(tmp_path / "x.dtd")):
        text = f'<?xml version="1.0" encoding="{encoding}"?>' + HOSTILE[case].replace("ADDRESS", place)
        with pytest.raises(SvgError, match="XML entity.* is refused; save it as plain SVG|declares an XML entity"):
            documents.read(text.encode(encoding), "a.svg")
    assert Server.asked == []


def test_an_external_dtd_is_neither_read_nor_asked_for(address, tmp_path):
    dtd = tmp_path / "x.dtd"
    dtd.write_text('<!ATTLIST path d CDATA "M0 0L1 1">')
    text = f'<!DOCTYPE svg SYSTEM "{dtd.as_uri()}"><svg {HEAD}><path/></svg>'
    with pytest.raises(SvgError, match="draws nothing"):
        documents.read(text.encode(), "a.svg")
    # control: a parser that loads DTDs takes the path from that file
    control = etree.fromstring(text.encode(), etree.XMLParser(load_dtd=True, attribute_defaults=True))
    assert control[0].get("d") == "M0 0L1 1"
    documents.read(f'<!DOCTYPE svg SYSTEM "{address}"><svg {HEAD}>{PATH}</svg>'.encode(), "a.svg")
    assert Server.asked == []


def test_the_predefined_entities_are_no_entities():
    assert len(read(f"<title>a &amp; b &lt; &#65;</title>{PATH}").curves) == 1
