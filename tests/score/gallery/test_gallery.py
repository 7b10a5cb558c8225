"""The gallery's page as text: what it holds, what it must not, and that it is the same every time."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import drawing
from pipeline.score.gallery import exhibits, gallery
from pipeline.score.gallery.exhibits import ExhibitError, Gallery, Headline, Part
from tests.support.showcase import COUNT, NASTY, showcase


class Reader(HTMLParser):
    """Elements with their attributes, and the text of scripts and styles, as a browser would tell them apart."""

    def __init__(self, text: str):
        super().__init__()
        self.elements, self.texts, self.inside = [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.inside = tag
        if tag in ("script", "style"):
            self.inside = f"{tag} {dict(attrs).get('id', '')}".strip()

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside:
            self.texts[self.inside] = self.texts.get(self.inside, "") + data


@pytest.fixture
def page(model_params):
    return gallery.page(showcase(model_params))


def embedded(page: str) -> dict:
    return json.loads(Reader(page).texts["script data"])


def unpacked(text: str) -> list[np.ndarray]:
    """The inverse of exhibits.pack in units of GRID a side, written apart from it: base64 reads two letters at once."""
    strokes = []
    for stroke in text.split("."):
        values = [
            int.from_bytes(base64.urlsafe_b64decode("AA" + stroke[i : i + 2])) & 4095 for i in range(0, len(stroke), 2)
        ]
        strokes.append(np.array(values).reshape(-1, 2) - exhibits.BEFORE)
    return strokes


points = st.tuples(st.floats(-150, 250, width=32), st.floats(-150, 250, width=32))


@given(st.lists(st.lists(points, min_size=1, max_size=5), min_size=1, max_size=5))
def test_a_packed_drawing_is_the_drawing_to_half_a_grid_step(strokes):
    steps = drawing.from_strokes([np.array(stroke) for stroke in strokes], 109, 109)
    found = unpacked(exhibits.pack(steps, 109, 109))
    assert [len(stroke) for stroke in found] == [len(stroke) for stroke in strokes]
    ours, theirs = np.concatenate(found) * 109 / exhibits.GRID, np.concatenate([np.array(s) for s in strokes])
    np.testing.assert_allclose(ours, theirs, atol=0.5 * 109 / exhibits.GRID + 1e-3)


def test_what_is_far_outside_stands_at_the_edge():
    steps = drawing.from_strokes([np.array([[-1e6, 1e6]])], 109, 109)
    np.testing.assert_array_equal(unpacked(exhibits.pack(steps, 109, 109))[0], [[-1536, 4095 - 1536]])


def test_the_same_gallery_gives_the_same_bytes(model_params, page, tmp_path):
    gallery.write(showcase(model_params), tmp_path / "a.html")
    assert (tmp_path / "a.html").read_bytes() == page.encode()
    other = showcase(model_params)
    other.numbers.loc[7, "distance"] = 0.5
    assert gallery.page(other) != page  # the control


def test_every_sample_is_there_with_its_numbers(page):
    data = embedded(page)
    assert len(data["samples"]) == len(data["ids"]) == len(data["parts"]) == len(data["nearest"]) == COUNT
    columns = {column["name"]: column for column in data["columns"]}
    assert {name: column["kind"] for name, column in columns.items()} == {
        "accepted": "flag", "reason": "text", "strokes": "number", "distance": "number", "copy": "flag",
        "remark": "text",
    }  # fmt: skip
    assert columns["distance"]["values"][5] is None and columns["strokes"]["values"][:3] == [2, 3, 4]
    assert columns["distance"]["label"] == "distance to nearest"
    assert data["parts"][1] == [["氵", 0, 0], ["口", 1, 1]]
    assert len(data["reals"]) == 3 and data["nearest"][0] == -1  # each real drawing once


def test_names_cannot_break_the_page(page):
    reader = Reader(page)
    data = embedded(page)
    assert {c["name"]: c for c in data["columns"]}["remark"]["values"][3] == NASTY  # whole, and yet harmless
    assert data["films"][1]["label"] == NASTY
    scripts = [attributes for tag, attributes in reader.elements if tag == "script"]
    assert len(scripts) == 2 and page.count("</script") == 2
    assert not [attributes for _, attributes in reader.elements if any(name.startswith("on") for name in attributes)]
    assert "\u2028" not in page.split('id="data">')[1].split("</script>")[0]


def test_a_title_and_a_credit_are_escaped(model_params):
    page = gallery.page(showcase(model_params, title=NASTY, credit=NASTY))
    assert page.count("</script") == 2 and page.count("alert(1)") == page.count("alert(1)&lt;") + page.count(
        "alert(1)\\u003c"
    )


def test_nothing_is_asked_of_a_network(page):
    addresses = ("src", "href", "action", "data", "poster", "srcset", "xlink:href")
    for tag, attributes in Reader(page).elements:
        asked = {name: value for name, value in attributes.items() if name in addresses}
        assert all(value.startswith("#") for value in asked.values()), (tag, asked)
    text = page.replace('"http://www.w3.org/2000/svg"', "")  # a name, no address
    assert "://" not in text and "@import" not in text and "url(" not in text
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import)\s*\(", text)


def test_the_policy_lets_in_only_what_stands_in_the_page(page):
    reader = Reader(page)
    policy = next(a["content"] for t, a in reader.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for name in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(reader.texts[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert not [tag for tag, attributes in reader.elements if "style" in attributes]  # it would be refused


def test_scores_stand_beside_floor_and_interval(page):
    for text in ("−3.496", "−3.552 to −3.442", "0.25 %", "<dd>1 %</dd>", "151", "real against real</dt><dd>77"):
        assert text in page, text


@pytest.mark.parametrize(
    ("score", "marks"),
    [
        (Headline("a", 1.0, ""), []),  # alone: no scale
        (Headline("a", 1.0, "", floor=1.0), ["floor", "dot"]),  # at the floor
        (Headline("a", 0.0, "", floor=0.0), ["floor", "dot"]),
        (Headline("a", -3.0, "", low=-4.0, high=-2.0), ["interval", "dot"]),
    ],
)
def test_a_scale_has_what_is_known_and_keeps_it_inside(model_params, score, marks):
    page = gallery.page(showcase(model_params, headlines=[score], charts=[]))
    scale = re.search(r'<svg class="scale".*?</svg>', page)
    found = re.findall(r'class="(floor|interval|dot)"', scale.group()) if scale else []
    assert sorted(found) == sorted(marks)
    at = [float(x) for x in re.findall(r'(?:cx="|M)([\d.-]+)', scale.group())] if scale else []
    assert all(0 <= x <= gallery.SCALE_WIDTH for x in at)


def test_a_gallery_of_samples_alone(scribbles):
    numbers = pd.DataFrame({"id": scribbles.index["id"]})
    page = gallery.page(Gallery("Bare", 109, 109, list(scribbles), numbers))
    hidden = [
        attributes["id"] for tag, attributes in Reader(page).elements if tag == "section" and "hidden" in attributes
    ]
    assert {"scores", "charts", "parameters"} <= set(hidden)
    assert "120 characters" in page


def test_a_gallery_of_nothing_is_a_page():
    page = gallery.page(Gallery("Empty", 109, 109, [], pd.DataFrame({"id": []})))
    assert embedded(page)["samples"] == [] and "0 characters" in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"numbers": pd.DataFrame({"id": ["a"]})}, "a row each"),
        ({"numbers": pd.DataFrame({"strokes": [1] * COUNT})}, "'id'"),
        ({"parts": [[Part("木", 0, 1)]]}, "1 parts"),
        ({"nearest": [None]}, "1 nearest"),
    ],
)
def test_what_does_not_fit_together_is_refused(model_params, changes, message):
    with pytest.raises(ExhibitError, match=message):
        showcase(model_params, **changes)
