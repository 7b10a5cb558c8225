"""A net that is told of parts on the page: its file, its reader of descriptions, its numbers, and the field."""

import json

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from pipeline.cli import main
from pipeline.describe import description as grammar
from pipeline.describe import strokes
from pipeline.describe.components import SAME
from pipeline.describe.description import DescriptionError, parse, text
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge, UnknownPartError
from pipeline.describe.reading import english
from pipeline.describe.visits import Habits
from pipeline.export import compact, web
from pipeline.net import describer
from pipeline.net.model import END_OF_PART, WritingNet
from pipeline.seeds import generator
from tests.support.descriptions import DAMAGED, READ
from tests.support.drawings import scribble
from tests.support.pages import DATA, FIRST, SAMPLE, opened, steps_of, stroke

WAYS = {
    "⿺": ((1, 0), (0, 0)),  # the second first
    "⿴": ((0, 2), (1, 0), (0, 0)),  # one that is interrupted
    "⿻3 ㇐": ((0, 0), (2, 0), (1, 0)),
    "⿰ ⿱㇐口": ((0, 1), (1, 0), (0, 0)),  # by a part's spelling
}
KNOWS = Knowledge(
    Vocabulary(("木", "食", "口", "⻌", "首", "㇐", "㇑", "囗", "爿", "CDP-8BBA")),
    {"語": "⿰言吾", "吾": "⿱五口", "言": "⿱㇐口", "五": "⿻㇐㇑", "道": "⿺⻌首", "国": "⿴囗五"},
    Habits(WAYS, {"囗": 3, "木": 4, "食": 9, "口": 3, "辶": 3, "国": 8}),
)
DESCRIPTIONS = ["木", "⿰木食", "⿰食木", "⿱木食", "語", "国", "道", "⿱語⿰国道", "⿰？⿱口？", "⿰⽊辶",
                "⿻㇐⿻口㇑", "⿻一⿰丨⼀",
                "⿰語⿰語⿰語⿰語⿰語木", "⿰&CDP-8BBA;食", "⿲木語口", "⿳口⿻㇐㇑木"]  # fmt: skip
SIX = "document.querySelectorAll('#variants .cell:not([disabled])').length === 6"
TOLD = "fakeKanji.state().told?.description"


def told(model_params, **changes):
    """A net of random weights that ends parts now and then, and its configuration."""
    net = WritingNet(model_params(described=True, exemplars=False, **changes), generator(5), KNOWS.vocabulary).eval()
    with torch.no_grad():
        net.head.bias[-3:] = torch.tensor([2.0, 3.5, 3.5])
    return net, {"data": DATA, "pen_weights": [0.3, 1.0, 3.0], "sample": SAMPLE}


def rounded(content):
    return compact.unpack(content, "")[0]


@pytest.fixture
def described(tmp_path, model_params):
    """A folder with the page of such a net."""
    net, config = told(model_params)
    web.write(tmp_path, web.Made(compact.pack(net, config, None, KNOWS), None))
    return tmp_path


def telling(asked):
    return describer.telling([KNOWS.encode(KNOWS.spelled(parse(asked)))])


def asked_of(page, kind, description, **values):
    return page.evaluate("([k, v]) => fakeKanji.ask(k, v)", [kind, {"description": description, **values}])


# ---- the reader, in both languages

READING = """async (texts) => {
  const { parse, text, leaves, DescriptionError } = await import("./description.js");
  const { sentence } = await import("./reading.js");
  const read = (given) => {
    try {
      const found = parse(given);
      return { found, text: text(found), leaves: leaves(found).length };
    } catch (error) {
      if (!(error instanceof DescriptionError)) throw error;
      return { wrong: sentence(error) };
    }
  };
  return texts.map(read);
}"""


def tree(one):
    return {"name": one.name, "operator": one.operator, "parts": [tree(part) for part in one.parts]}


def test_descriptions_are_read_as_in_python(visit, address):
    page = opened(visit, address, (address,))
    given = [one for one, _ in READ] + DESCRIPTIONS
    for found, one in zip(page.evaluate(READING, given), given, strict=True):
        expected = parse(one)
        assert found == {"found": tree(expected), "text": text(expected), "leaves": len(grammar.leaves(expected))}


def test_what_is_no_description_is_told_in_the_same_words(visit, address):
    page = opened(visit, address, (address,))
    for found, (damaged, _, _) in zip(page.evaluate(READING, [one for one, *_ in DAMAGED]), DAMAGED, strict=True):
        with pytest.raises(DescriptionError) as caught:
            parse(damaged)
        assert found == {"wrong": str(caught.value)}


def test_any_text_is_read_or_told_as_in_python(visit, address):
    page = opened(visit, address, (address,))
    rng = np.random.default_rng(8)
    alphabet = [*grammar.ARITY, *"木食口a" * 8, *"&;？? ⿼\u3000\ufeff\u200b\x1c\u0085"]
    given = ["".join(rng.choice(alphabet, rng.integers(1, 14))) for _ in range(600)]
    read = 0
    for found, one in zip(page.evaluate(READING, given), given, strict=True):
        try:
            assert found.get("text") == text(parse(one)), repr(one)
            read += 1
        except DescriptionError as error:
            assert found == {"wrong": str(error)}, repr(one)
    assert 50 < read < 550  # the controls: some of either kind


def test_forms_of_components_and_operators_are_the_same(visit, address):
    page = opened(visit, address, (address,))
    found = page.evaluate("import('./description.js').then((m) => [[...m.SAME], m.OPERATORS])")
    assert dict(map(tuple, found[0])) == {**SAME, **strokes.SAME} and found[1] == list(grammar.ARITY)


def test_encodings_are_the_python_net_s(visit, address):
    page = opened(visit, address, (address,))
    known = {"vocabulary": KNOWS.vocabulary.names, "spellings": KNOWS.spellings, "habits": KNOWS.habits.as_json()}
    script = """async ([known, texts]) => {
      const { Knowledge } = await import("./knowledge.js");
      const knows = new Knowledge({ ...known, english: {} });
      return texts.map((text) => knows.encode(knows.read(text)));
    }"""
    for found, one in zip(page.evaluate(script, [known, DESCRIPTIONS]), DESCRIPTIONS, strict=True):
        expected = KNOWS.encode(KNOWS.spelled(parse(one)))
        assert found == {name: getattr(expected, name).tolist() for name in ("names", "paths", "parts", "pieces")}, one
    assert len(set(map(tuple, (KNOWS.encode(parse(one)).parts for one in ("⿺⻌首", "⿰⻌首"))))) == 2  # the control


# ---- its numbers


def test_what_it_is_told_is_the_python_net_s(visit, described):
    page = opened(visit, described / "index.html")
    net, _ = compact.load(described / "net.json")
    found = {one: np.array(asked_of(page, "told", one)["told"]) for one in DESCRIPTIONS}
    for one in DESCRIPTIONS:
        with torch.no_grad():
            expected = net.describer(telling(one))[:, 0].numpy()
        assert found[one].shape == expected.shape and np.abs(found[one] - expected).max() < 1e-5, one
    assert not np.array(asked_of(page, "told", "？")["told"]).any()  # nothing
    assert np.abs(found["⿰木食"] - found["⿰食木"]).max() > 1e-2  # the control


@pytest.mark.parametrize("changes", [{}, {"cell": "gru"}, {"cell": "rnn"}, {"position_input": False, "layers": 1},
                                     {"hidden_size": 256}])  # fmt: skip
def test_the_numbers_are_the_python_net_s(visit, tmp_path, model_params, changes):
    net, config = told(model_params, **changes)
    content = compact.pack(net, config, None, KNOWS)
    web.write(tmp_path, web.Made(content, None))
    page = opened(visit, tmp_path / "index.html")
    steps = scribble(np.random.default_rng(3), 6, 4)
    steps[[3, 11, -1], 2] = END_OF_PART  # 囗, then what is in it, then 囗 again
    scaled = torch.from_numpy(steps / np.array([15, 15, 1], np.float32))
    previous = torch.cat((net.first_step(1), scaled))[:, None]
    keep = torch.ones(previous.shape[:2], dtype=torch.bool)
    found = {}
    for one in ("国", "⿰木食", "⿰食木", None):
        found[one] = np.array(asked_of(page, "outputs", one, steps=steps.tolist())["outputs"])
        with torch.no_grad():
            expected = rounded(content)(previous, keep, telling=telling(one) if one else None).numpy()
        assert np.abs(found[one] - expected).max() < 2e-5, one
    assert min(np.abs(found[a] - found[b]).max() for a, b in (("国", None), ("⿰木食", "⿰食木"))) > 1e-3


def test_webassembly_and_plain_javascript_give_the_same_bits(visit, described):
    page = opened(visit, described / "index.html")
    steps = scribble(np.random.default_rng(4), 5, 6).tolist()
    before = asked_of(page, "outputs", "国", steps=steps)["outputs"]
    again = "fakeKanji.ask('net', { text: document.getElementById('fk-net').textContent, plain: true })"
    assert not page.evaluate(again)["fast"]
    assert asked_of(page, "outputs", "国", steps=steps)["outputs"] == before


def test_without_a_description_it_writes_as_the_net_that_is_never_told(visit, described, tmp_path, model_params):
    net, config = told(model_params)
    free = tmp_path / "free"
    free.mkdir()
    web.write(free, web.Made(compact.pack(net, config, None), None))
    page, other = opened(visit, described / "index.html"), opened(visit, free / "index.html", hash="#seed=7&d=木")
    assert steps_of(page) == steps_of(other)
    assert page.locator("#describe").is_visible() and not other.locator("#describe").is_visible()
    assert other.locator("#variants .cell").count() == 0 and other.evaluate(TOLD) is None


def test_a_net_that_knows_no_part_has_no_field(visit, tmp_path, model_params):
    nothing = Knowledge(Vocabulary(()), {}, Habits())
    net = WritingNet(model_params(described=True, exemplars=False), generator(5), nothing.vocabulary).eval()
    content = compact.pack(net, {"data": DATA, "pen_weights": [0.3, 1.0, 3.0], "sample": SAMPLE}, None, nothing)
    web.write(tmp_path, web.Made(content, None))
    page = opened(visit, tmp_path / "index.html", hash="#seed=7&d=木")
    assert not page.locator("#describe").is_visible() and page.locator("#variants .cell").count() == 0


# ---- its file


def test_the_file_loads_back(tmp_path, model_params):
    net, config = told(model_params)
    compact.write(tmp_path / "net.json", compact.pack(net, config, None, KNOWS))
    content = compact.read(tmp_path / "net.json")
    back, _ = compact.unpack(content, "")
    known = compact.knowledge(content, "")
    assert content["version"] == 2 and known.vocabulary == KNOWS.vocabulary and known.spellings == KNOWS.spellings
    for one in DESCRIPTIONS:
        assert known.habits.of_description(known.spelled(parse(one))) == KNOWS.habits.of_description(
            KNOWS.spelled(parse(one))
        )
    for name, tensor in net.state_dict().items():
        other = back.state_dict()[name]
        assert tensor.shape == other.shape and (tensor - other).abs().max() <= 0.51 * tensor.abs().max() / 127
    assert content["english"]["木"] == "tree" and content["english"]["食"] == "eat"


def test_a_net_that_is_not_described_is_version_1(model_params):
    net, config = told(model_params)
    free = compact.pack(net, config, None)
    assert free["version"] == 1 and compact.text(free) == compact.text(compact.pack(net.untold(), config, None, KNOWS))
    assert list(free) == ["format", "version", "model", "data", "pen_weights", "sample", "scores", "tensors"]


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda content: content.pop("vocabulary"), "tells nothing of descriptions"),
        (lambda content: content["vocabulary"].pop(), "the weights are damaged"),
        (lambda content: content["tensors"].pop("told.weight"), "the weights are damaged"),
        (lambda content: content["model"].update(described=False), "does not belong to its version"),
        (lambda content: content.update(version=1), "does not belong to its version"),
    ],
)
def test_a_damaged_file_is_told(visit, described, model_params, spoil, what):
    content = compact.read(described / "net.json")
    spoil(content)
    with pytest.raises(compact.CompactError, match=what):
        compact.unpack(content, "x.json")
    page = opened(visit, described / "index.html")
    spoiled = {"name": "net.json", "mimeType": "application/json", "buffer": json.dumps(content).encode()}
    page.locator("#file").set_input_files(spoiled)
    page.wait_for_function("document.getElementById('status').textContent.includes('damaged')")


def test_the_weights_of_the_default_s_size_leave_room_for_what_it_knows(defaults, model_params):
    """2 x 256 and the 1,031 names of the default configuration: with KanjiVG's spellings and ways 1.79 MB of 1.8."""
    sizes = {name: defaults["model"][name] for name in ("layers", "hidden_size", "mixtures")}
    assert (sizes["layers"], sizes["hidden_size"]) == (2, 256)
    knows = Knowledge(Vocabulary(tuple(chr(0x4E00 + i) for i in range(1031))), {}, Habits())
    net = WritingNet(model_params(described=True, exemplars=True, **sizes), generator(1), knows.vocabulary)
    content = compact.pack(net, {"data": DATA, "pen_weights": [0.3, 1.0, 3.0]}, None, knows)
    assert len(compact.text(content).encode()) < 1.63e6


def test_it_writes_from_the_command_line_too(described):
    out = described / "sheet.svg"
    given = ["write", "⿰木食", "国", "--model", str(described / "net.json"), "--seed", "3", "--out", str(out)]
    result = CliRunner().invoke(main.app, given)
    assert result.exit_code == 0, result.output
    assert "2 writings of 2 descriptions" in result.output and out.read_text(encoding="utf-8").startswith("<svg")


# ---- the field


def test_six_writings_of_what_is_described(visit, described):
    page = opened(visit, described / "index.html")
    page.locator("#description").fill("国")
    page.wait_for_function(SIX)
    assert page.locator("#reading .part").all_text_contents() == ["囗", "㇐", "㇑"]
    assert page.locator("#reading .english").text_content() == english(
        parse("国"), {name: parse(one) for name, one in KNOWS.spellings.items()}
    )
    expected = len(KNOWS.habits.of_description(KNOWS.spelled(parse("国"))))
    whole = [steps for steps in steps_of(page, "variants") if steps[-1][2] == END_OF_PART]
    assert whole and all(sum(pen == END_OF_PART for *_, pen in steps) == expected == 4 for steps in whole)
    assert page.locator("#variants .cell >> nth=0").get_attribute("aria-label").startswith("Variant 1, 国, ")
    sheet = steps_of(page)
    page.locator("#description").fill("")
    page.wait_for_function("document.querySelectorAll('#variants .cell').length === 0")
    assert page.locator("#reading").text_content() == "" and page.locator("#again").is_disabled()
    assert steps_of(page) == sheet  # the sheet is written freely


def test_they_begin_with_the_strokes_drawn(visit, described):
    page = opened(visit, described / "index.html", hash="#seed=7&d=%E5%9B%BD")
    page.wait_for_function(SIX)
    page.locator("#pad").scroll_into_view_if_needed()
    stroke(page, [(0.2, 0.3), (0.8, 0.3)])
    page.wait_for_function(SIX)
    begun = len(page.evaluate("fakeKanji.state().strokes")[0])
    variants = steps_of(page, "variants")
    assert all(one[:begun] == variants[0][:begun] and len(one) > begun for one in variants)


def test_the_net_goes_on_with_the_next_part_where_the_user_says_that_one_is_done(visit, described):
    page = opened(visit, described / "index.html", hash="#seed=7&d=%E5%9B%BD")  # four visits
    page.wait_for_function(SIX)
    done = page.locator("#partDone")
    assert done.is_visible() and done.is_disabled()  # nothing is drawn
    page.locator("#pad").scroll_into_view_if_needed()
    stroke(page, [(0.2, 0.2), (0.2, 0.8)])
    stroke(page, [(0.2, 0.2), (0.8, 0.8)])
    done.click()
    page.wait_for_function(SIX)
    assert done.is_disabled()  # nothing is drawn of the next
    variants = steps_of(page, "variants")
    begun = sum(map(len, page.evaluate("fakeKanji.state().strokes")))
    pens = [pen for *_, pen in variants[0][:begun] if pen]
    assert pens == [1, END_OF_PART] and all(one[:begun] == variants[0][:begun] for one in variants)
    whole = [steps for steps in variants if steps[-1][2] == END_OF_PART]
    assert whole and all(sum(pen == END_OF_PART for *_, pen in steps) == 4 for steps in whole)
    page.evaluate("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }")
    page.locator("#variants .cell >> nth=0").click()
    page.locator("#link").click()
    again = opened(visit, page.evaluate("copied"), hash="")
    again.wait_for_selector("#detail[open]")
    assert steps_of(again, "variants")[0] == variants[0]
    page.locator("#close").click()
    page.locator("#undo").click()  # the part is not done after all, and the strokes stay
    assert len(page.evaluate("fakeKanji.state().strokes")) == 2 and done.is_enabled()
    page.locator("#description").fill("")
    page.wait_for_function(f"{TOLD} === undefined")
    assert not done.is_visible()


def test_the_link_brings_the_very_same_character_back(visit, described):
    page = opened(visit, described / "index.html")
    page.locator("#description").fill("⿰木食")
    page.wait_for_function(SIX)
    assert "d=%E2%BF%B0%E6%9C%A8%E9%A3%9F" in page.evaluate("location.hash")
    page.evaluate("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }")
    page.locator("#variants .cell >> nth=4").click()
    assert page.locator("#detail-reading .part").all_text_contents() == ["木", "食"]
    page.locator("#link").click()
    expected = steps_of(page, "variants")[4]
    again = opened(visit, page.evaluate("copied"), hash="")
    again.wait_for_selector("#detail[open]")
    assert steps_of(again, "variants")[0] == expected and again.locator("#description").input_value() == "⿰木食"
    page.locator("#close").click()
    page.locator(FIRST).click()  # of the sheet: nothing described it
    assert page.locator("#detail-reading").text_content() == ""
    page.locator("#link").click()
    assert "&d=" not in page.evaluate("copied")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("⿰木", "description, character 3, after ⿰木: ends after 1 of the 2 parts that ⿰ at 1 needs"),
        ("⿰木龘", "龘 is neither a part that the net knows nor one that it can spell"),
    ],
)
def test_what_cannot_be_written_is_told(visit, described, given, said):
    page = opened(visit, described / "index.html")
    page.locator("#description").fill(given)
    page.wait_for_function("document.querySelector('#reading.wrong')")
    assert said in page.locator("#reading").text_content()
    assert page.locator("#description").get_attribute("aria-invalid") == "true"
    assert page.locator("#variants .cell").count() == 0 and "&d=" not in page.evaluate("location.hash")
    page.locator("#language").click()
    assert said not in page.locator("#reading").text_content()  # in the other language


def test_an_unknown_part_names_what_is_near(visit, described):
    page = opened(visit, described / "index.html")
    found = asked_of(page, "describe", "⿰木龘")
    with pytest.raises(UnknownPartError) as caught:
        KNOWS.spelled(parse("⿰木龘"))
    assert found["code"] == "unknown" and f"(known parts near it: {found['values'][1]})" in str(caught.value)


def test_the_palette_by_keyboard(visit, described):
    page = opened(visit, described / "index.html")
    page.locator("#palette summary").focus()
    for key in ("Enter", "Tab", "ArrowRight", "Enter", "Tab"):  # ⿱, and out of the operators
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("tree")
    assert page.locator("#parts button").all_text_contents() == ["木tree", "爿half tree trunk"]
    for key in ("Tab", "Enter", "ArrowRight", "Space"):
        page.keyboard.press(key)
    page.wait_for_function(f"{TOLD} === '⿱木爿'")
    page.wait_for_function(SIX)
    assert page.evaluate("document.activeElement.ariaLabel") == "爿 half tree trunk"
    page.locator("#find").fill("no such part")
    assert page.locator("#noParts").is_visible() and page.locator("#parts button").count() == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("木", ["木"]),  # by character
        ("⽊", ["木"]),  # by another form of it
        ("辶", ["⻌"]),
        ("木口", ["木", "口"]),  # several
        ("eat", ["食"]),  # by its English name
        ("Tree", ["木", "爿"]),  # exact before contained
        ("TRU", ["爿"]),  # contained
        ("cdp", ["CDP-8BBA"]),  # by an entity's name
        ("zzz", []),
    ],
)
def test_parts_are_found(visit, address, query, found):
    page = opened(visit, address, (address,))
    parts = {
        "names": KNOWS.vocabulary.names,
        "english": {"木": "tree", "食": "eat", "口": "mouth", "爿": "half tree trunk"},
    }
    script = "([p, q]) => import('./names.js').then((m) => m.search(p, q, 9))"
    assert page.evaluate(script, [parts, query]) == found


MARKS = """async ([answer, ends]) => {
  const { mark, showReading } = await import("./reading.js");
  const element = document.createElement("p"), steps = ends.map((pen) => [0, 0, pen]);
  showReading(element, answer);
  const marked = (count) => (mark(element, answer, steps.slice(0, count)),
    [...element.querySelectorAll(".now")].map((each) => each.textContent).join());
  return [...steps.keys(), steps.length].map(marked);
}"""


def test_the_part_of_each_step_is_marked(visit, address):
    page = opened(visit, address, (address,))
    answer = {"ok": True, "signs": [["⿴", -1], ["囗", 0], ["玉", 1]], "visits": [0, 1, 0], "english": ""}
    ends = [0, 1, 2, 0, 2, 0, 2, 0]  # and a step too many
    assert page.evaluate(MARKS, [answer, ends]) == ["", *"囗囗囗玉玉囗囗囗"]


def test_the_part_being_written_is_marked_while_it_is_written_again(visit, described):
    page = opened(visit, described / "index.html", hash="#seed=7&d=%E9%81%93", reduced_motion="no-preference")
    page.wait_for_function(SIX)
    page.locator("#variants .cell >> nth=1").click()
    page.wait_for_selector("#detail-reading .now")
    assert page.locator("#detail-reading .now").count() == 1
    page.wait_for_function("!document.querySelector('#detail-reading .now')")  # it is done
