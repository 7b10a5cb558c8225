"""A net that is shown exemplars: their file, what the page chooses of them, its numbers, and the page without them."""

import json
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from typer.testing import CliRunner

from pipeline.cli import main
from pipeline.dataset import DrawingSet
from pipeline.describe.arrangement import Told
from pipeline.describe.description import ARITY, Description, canonical, parse, text
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.exemplars import BRUSH, NOTHING, Library
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.visits import Habits
from pipeline.export import compact, demo, library, web
from pipeline.net import describer
from pipeline.net.describer import TOLD
from pipeline.net.exemplar import SHOWN
from pipeline.net.model import END_OF_PART, WritingNet
from pipeline.seeds import generator
from tests.support.drawings import scribble
from tests.support.pages import DATA, SAMPLE, opened, steps_of

NAMED = "木食口首囗"  # the net knows them by name
STROKES = dict(zip("木食口首囗言五⻌㇐", (4, 9, 3, 9, 3, 7, 4, 3, 1), strict=True))
SPELLINGS = {
    "語": "⿰言五",
    "言": "⿱㇐口",
    "五": "⿻㇐㇐",
    "道": "⿺⻌首",
    "国": "⿴囗五",
    "話": "⿰言口",
    "林": "⿰木木",
    "森": "⿱木林",
}
SIX = "document.querySelectorAll('#variants .cell:not([disabled])').length === 6"
MISSING = "document.getElementById('status').textContent.includes('net.exemplars.json')"


def drawn(description, first):
    """A drawing's part whose strokes begin with number `first`; what is around is closed after what is inside."""
    if not description.operator:
        return Told(description, ((first, first + STROKES[description.name] - 1),))
    if description.operator == "⿴":
        inner = drawn(description.parts[1], first + 2)
        stop = inner.runs[-1][1] + 1
        outer = Told(description.parts[0], ((first, first + 1), (stop, stop)))
        return Told(description, ((first, stop),), (outer, inner))
    parts = []
    for part in description.parts:
        parts.append(drawn(part, parts[-1].runs[-1][1] + 1 if parts else first))
    return Told(description, ((first, parts[-1].runs[-1][1]),), tuple(parts))


def a_description(rng, depth=2):
    if not depth or rng.random() < 0.3:
        return Description(str(rng.choice(list(STROKES))))
    sign = str(rng.choice(list("⿰⿱⿺⿲")))
    return Description("", sign, tuple(a_description(rng, depth - 1) for _ in range(ARITY[sign])))


def a_knowledge(characters=60):
    """Of random drawings, some of them with a part that is interrupted, two thirds of them brush forms."""
    rng = np.random.default_rng(6)
    asked = [a_description(rng) for _ in range(characters)] + [parse(f"⿴囗{name}") for name in "五木口"]
    told = [replace(one, description=replace(one.description, name=chr(0x5000 + i)))
            for i, one in enumerate(drawn(each, 0) for each in asked)]  # fmt: skip
    steps = [scribble(rng, one.runs[-1][1] + 1, int(rng.integers(2, 5))) / np.array([15, 15, 1], np.float32)
             for one in told]  # fmt: skip
    stops = np.cumsum([len(each) for each in steps])
    codes = 0x5000 + np.arange(len(told))
    variants = ["" if i % 3 == 0 else BRUSH for i in range(len(told))]
    index = pd.DataFrame({"start": np.r_[0, stops[:-1]], "stop": stops, "code_point": codes, "variant": variants})
    learnt = Library.learn(DrawingSet(np.concatenate(steps), index), told)
    habits = Habits({"⿴": ((0, 2), (1, 0), (0, 0))}, {canonical(name): count for name, count in STROKES.items()})
    return Knowledge(Vocabulary(tuple(NAMED + "㇐")), SPELLINGS, habits, ("語", "道", "林"), learnt)


KNOWS = a_knowledge()
DESCRIPTIONS = [
    "木",
    "⿰木食",
    "⿰食木",
    "語",
    "国",
    "道",
    "⿱語⿰国道",
    "⿰？⿱口？",
    "⿰⽊辶",
    "⿴囗⿴囗木",
    "㇐",
    "⿲木語口",
]


def told(model_params, **changes):
    """A net of random weights that ends parts now and then, and its configuration."""
    net = WritingNet(model_params(described=True, exemplars=True, **changes), generator(5), KNOWS.vocabulary).eval()
    with torch.no_grad():
        net.head.bias[-3:] = torch.tensor([2.0, 3.5, 3.5])
    return net, {"data": DATA, "pen_weights": [0.3, 1.0, 3.0], "sample": SAMPLE}


@pytest.fixture
def made(model_params, scribbles):
    return replace(web.make(*told(model_params), None, KNOWS), kanji=web.kanji(scribbles, DATA | {"scale": 1.0}))


@pytest.fixture
def shown(tmp_path, made):
    """A folder with the page of such a net."""
    web.write(tmp_path, made)
    return tmp_path


@pytest.fixture
def unshown(tmp_path, made):
    """The page as one file that lacks the exemplars."""
    (tmp_path / "unshown").mkdir()
    web.write(tmp_path / "unshown", replace(made, exemplars=None))
    return tmp_path / "unshown"


@pytest.fixture
def served(shown):
    with demo.server(shown) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def outputs(page, description, steps):
    asked = {"description": description, "steps": steps.tolist()}
    return np.array(page.evaluate("(asked) => fakeKanji.ask('outputs', asked)", asked)["outputs"])


# ---- what is chosen, in both languages

ENCODE = """async ([content, exemplars, texts]) => {
  const { Knowledge } = await import("./knowledge.js");
  const { readLibrary } = await import("./exemplars.js");
  const knows = new Knowledge(content, exemplars && (await readLibrary(exemplars)));
  const list = (one) => one && { ...one, points: [...one.points] };
  return texts.map((text) => knows.encode(knows.read(text))).map((one) => ({ ...one, exemplar: list(one.exemplar) }));
}"""


def test_the_page_chooses_the_exemplars_that_python_does(visit, served, made):
    page = opened(visit, served, (served,))
    rng = np.random.default_rng(2)
    given = DESCRIPTIONS + [text(a_description(rng, 3)) for _ in range(200)]
    found = page.evaluate(ENCODE, [made.net, compact.text(made.exemplars), given])
    kept = 0
    for one, other in zip(given, found, strict=True):
        expected = KNOWS.encode(KNOWS.spelled(parse(one)))
        assert all(other[name] == getattr(expected, name).tolist() for name in ("names", "paths", "parts")), one
        exemplar = expected.shown
        if not exemplar.shown[-1]:
            assert other["exemplar"] is None, one
            continue
        kept += 1
        assert np.array_equal(np.array(other["exemplar"]["points"], np.float32), exemplar.points.ravel()), one
        assert other["exemplar"]["strokes"] == exemplar.strokes.tolist(), one
        assert other["exemplar"]["shown"] == exemplar.shown.tolist(), one
    assert kept > 150
    # the controls: a place is told from another, 言 is shown although it is no name
    beside, mirrored, speech = (found[DESCRIPTIONS.index(one)] for one in ("⿰木食", "⿰食木", "語"))
    assert beside["exemplar"]["points"][:8] != mirrored["exemplar"]["points"][-8:] and len(speech["parts"]) == 2
    without = page.evaluate(ENCODE, [made.net, None, ["⿰木食"]])
    assert without[0]["exemplar"] is None


@pytest.mark.parametrize("changes", [{}, {"cell": "gru"}, {"cell": "rnn", "layers": 1}, {"hidden_size": 256}])
def test_the_numbers_are_the_python_net_s(visit, tmp_path, model_params, changes):
    made = web.make(*told(model_params, **changes), None, KNOWS)
    web.write(tmp_path, made)
    page = opened(visit, tmp_path / "index.html")
    net, _ = compact.unpack(made.net, "")
    steps = scribble(np.random.default_rng(3), 8, 4)
    steps[[11, 19, -1], 2] = END_OF_PART  # longer strokes than the exemplars', fewer and more of them
    previous = torch.cat((net.first_step(1), torch.from_numpy(steps / np.array([15, 15, 1], np.float32))))[:, None]
    keep = torch.ones(previous.shape[:2], dtype=torch.bool)
    for one in ("国", "⿰木食", "語", "⿰？木", None):
        encoded = KNOWS.encode(KNOWS.spelled(parse(one))) if one else None
        nothing = replace(encoded, exemplar=None) if encoded else None
        with torch.no_grad():
            expected, bare = (
                net(previous, keep, telling=describer.telling([each]) if each else None).numpy()
                for each in (encoded, nothing)
            )
        assert np.abs(outputs(page, one, steps) - expected).max() < 2e-5, one
        assert not one or np.abs(expected - bare).max() > 1e-2, one  # the control: it matters what is shown


def test_webassembly_and_plain_javascript_give_the_same_bits(visit, shown):
    page = opened(visit, shown / "index.html")
    steps = scribble(np.random.default_rng(4), 5, 6)
    before = outputs(page, "国", steps)
    again = "fakeKanji.ask('net', { text: document.getElementById('fk-net').textContent, plain: true })"
    assert not page.evaluate(again)["fast"]  # and has its exemplars still
    assert np.array_equal(outputs(page, "国", steps), before)


# ---- its files


def test_the_files_load_back_whole(shown):
    known = library.known(shown / "net.json")
    assert known.library.names == KNOWS.library.names and set(known.library.arrays) == set(NOTHING.arrays)
    for name, array in KNOWS.library.arrays.items():
        other = known.library.arrays[name]
        assert other.dtype == array.dtype and np.array_equal(other, array), name
    for name in (*STROKES, "人"):
        assert known.habits.count(name) == KNOWS.habits.count(name), name
    content = compact.read(library.beside(shown / "net.json"))
    assert content["licence"] == DATA["licence"] and compact.read(shown / "net.json")["version"] == 3
    assert known.spellings == KNOWS.spellings and list(known.spellings) == list(KNOWS.spellings)
    changed = replace(KNOWS, library=replace(KNOWS.library, names=(*KNOWS.library.names[:-1], "龜")))
    assert library.pack(changed, None)["id"] != content["id"]  # so that it is told from another


@pytest.mark.parametrize("more", [{}, {"two words": "⿰木食"}, {"": "木"}])
def test_spellings_are_one_text_where_that_loses_nothing(model_params, more):
    knows = replace(KNOWS, spellings=SPELLINGS | more)
    content = compact.pack(*told(model_params), None, knows)
    assert isinstance(content["spellings"], dict if "two words" in more else str)
    assert compact.knowledge(content, "").spellings == knows.spellings
    none = compact.pack(*told(model_params), None, replace(KNOWS, spellings={}))
    assert compact.knowledge(none, "").spellings == {}


def test_the_weights_are_as_fine_as_is_said(made, model_params):
    net, _ = told(model_params)
    back, _ = compact.unpack(made.net, "")
    before, after = (each.state_dict()["layers.0.weight_ih_l0"] for each in (net, back))
    for columns, bits in ((slice(0, 9), 16), (slice(9, 9 + TOLD), 8), (slice(9 + TOLD, None), 16)):
        one, other = before[:, columns], after[:, columns]
        limit = one.abs().max(1, keepdim=True).values / compact.LARGEST[bits]
        assert ((one - other).abs() <= 0.51 * limit).all() and not torch.equal(one, other)
    assert before.shape == after.shape == (64, 9 + TOLD + SHOWN)


def test_points_that_are_far_out_do_not_wrap():
    wide = KNOWS.library.arrays["points"].astype(np.int32) * 100
    far = replace(KNOWS, library=replace(KNOWS.library, arrays=KNOWS.library.arrays | {"points": wide}))
    found, _ = library.unpack(library.pack(far, None), "")
    assert found.arrays["points"].dtype == np.int32 and np.array_equal(found.arrays["points"], wide)


def test_a_net_without_exemplars_has_one_file(tmp_path, model_params):
    for changes, knows in (({"exemplars": False}, KNOWS), ({}, replace(KNOWS, library=NOTHING))):
        net = WritingNet(model_params(**{"described": True, **changes}), generator(5), KNOWS.vocabulary).eval()
        made = web.make(net, told(model_params)[1], None, knows)
        web.write(tmp_path, made)
        assert made.exemplars is None and sorted(path.name for path in tmp_path.iterdir()) == ["index.html", "net.json"]
        assert library.known(tmp_path / "net.json").library is NOTHING


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda content: content.update(version=9), "holds no exemplars that this reads"),
        (lambda content: content.update(values=content["values"][:-8]), "the exemplars are damaged"),
        (lambda content: content.update(values=content["values"][8:]), "the exemplars are damaged"),
        (lambda content: content["arrays"].pop(), "the exemplars are damaged"),
        (lambda content: content["arrays"][0].__setitem__(2, [9, 2]), "the exemplars are damaged"),
        (lambda content: content["names"].reverse(), "the exemplars are damaged"),
        (lambda content: content.update(library.pack(a_knowledge(20), None)), "the exemplars of another net"),
    ],
)
def test_what_is_damaged_or_another_s_is_told(visit, shown, spoil, what):
    path = library.beside(shown / "net.json")
    content = compact.read(path)
    spoil(content)
    compact.write(path, content)
    with pytest.raises(compact.CompactError, match=f"net.exemplars.json.*{what}.*export the net again"):
        library.known(shown / "net.json")


def test_it_writes_from_the_command_line_with_them_and_without(shown):
    def written(name):
        given = ["write", "⿰木食", "国", "--model", str(shown / "net.json"), "--seed", "3", "--out", str(shown / name)]
        result = CliRunner().invoke(main.app, given)
        assert result.exit_code == 0, result.output
        return result.stderr, (shown / name).read_text(encoding="utf-8")

    quiet, after_them = written("a.svg")
    library.beside(shown / "net.json").unlink()
    warning, alone = written("b.svg")
    assert not quiet and warning.count("net.exemplars.json is not there, so the net is shown no exemplars") == 1
    assert alone != after_them


# ---- the page without them


def test_without_them_it_says_so_once_and_writes_all_the_same(visit, shown, unshown):
    whole, page = opened(visit, shown / "index.html"), opened(visit, unshown / "index.html", hash="#seed=7&dream=free")
    assert not page.evaluate(MISSING)  # nothing is described
    page.locator("#description").fill("⿰木食")
    page.wait_for_function(SIX)
    assert page.evaluate(MISSING)
    page.evaluate("document.getElementById('status').textContent = ''")
    page.locator("#description").fill("国")
    page.wait_for_function("fakeKanji.state().told?.description === '国' && " + SIX)
    assert not page.evaluate(MISSING)
    steps = scribble(np.random.default_rng(3), 5, 4)
    assert np.abs(outputs(page, "国", steps) - outputs(whole, "国", steps)).max() > 1e-2
    page.locator("#file").set_input_files(library.beside(shown / "net.json"))  # the user brings them
    page.wait_for_function(SIX)
    assert np.array_equal(outputs(page, "国", steps), outputs(whole, "国", steps))
    other = {"name": "x.json", "mimeType": "application/json",
             "buffer": json.dumps(library.pack(a_knowledge(20), None)).encode()}  # fmt: skip
    page.locator("#file").set_input_files(other)
    page.wait_for_function("document.getElementById('status').textContent.includes('not the exemplars of this net')")
    assert np.array_equal(outputs(page, "国", steps), outputs(whole, "国", steps))


def test_what_is_written_freely_does_not_wait_for_them(visit, served):
    page = visit("about:blank", (served,))
    held = []
    page.route("**/net.exemplars.json", lambda route: held.append(route))
    page.goto(served + "#seed=7&dream=free&d=%E5%9B%BD")
    page.wait_for_function(
        "globalThis.fakeKanji?.state().sheet.length && fakeKanji.state().sheet.every((c) => c.steps)"
    )
    assert len(held) == 1 and page.locator("#reading").text_content() == ""  # what is described does
    held[0].continue_()
    page.wait_for_function(SIX)
    assert page.locator("#reading .part").all_text_contents() == ["囗", "五"]


def test_a_net_and_its_exemplars_may_be_dropped_together(visit, shown, unshown):
    page = opened(visit, unshown / "index.html", hash="#seed=7&dream=free")
    page.locator("#file").set_input_files([library.beside(shown / "net.json"), shown / "net.json"])
    page.wait_for_function("document.getElementById('status').textContent.includes('net.json')")
    whole = opened(visit, shown / "index.html", hash="#seed=7&dream=free")
    page.wait_for_function("fakeKanji.state().sheet.every((c) => c.steps)")
    assert steps_of(page) == steps_of(whole)
    steps = scribble(np.random.default_rng(3), 5, 4)
    assert np.array_equal(outputs(page, "語", steps), outputs(whole, "語", steps))
