"""Dreams with descriptions on the page: the same frames, fillers and known characters as in Python, and the sheet."""

import numpy as np
import pytest

from pipeline.describe.description import ARITY, OVER, Description, leaves, parse, text
from pipeline.describe.dreams import _named
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge
from pipeline.describe.reading import english
from pipeline.describe.visits import Habits
from pipeline.export import compact, web
from pipeline.net.model import WritingNet
from pipeline.sample.dreaming import Dreamer
from pipeline.seeds import generator
from tests.support.pages import DATA, FIRST, SAMPLE, opened, steps_of

# Forms of components, strokes, a name of several letters; 𠂇 and ｜ are in another order in UTF-16 than by code point
PARTS = [*"木食口日月𠂇｜言吾艹⺾⻌辶首㇐㇑田土火", "CDP-8BBA", *"水金人女乂卍"]
UNKNOWN = PARTS[-2:]  # the net can neither name nor spell them


def a_knowledge(characters=400, seed=0):
    """Random characters of these parts and of one another, nested, some with parts that are unnamed; a fifth of them is
    held out."""
    rng = np.random.default_rng(seed)
    names = [chr(0x5000 + i) for i in range(characters - 9)] + [chr(0x20100 + i) for i in range(9)]

    def spelled(earlier, depth):
        sign = str(rng.choice([*ARITY, *"⿰⿱" * 5]))
        parts = [part(earlier, depth) for _ in range(3 if sign == OVER else ARITY[sign])]
        return text(Description("", sign, tuple(parts)))

    def part(earlier, depth):
        chance = rng.random()
        if depth and chance < 0.15:
            return parse(spelled(earlier, depth - 1))
        if chance < 0.2:
            return Description()
        if chance < 0.4 and earlier:
            return Description(str(rng.choice(earlier)))
        return Description(PARTS[min(int(rng.exponential(6)), len(PARTS) - 1)])

    spellings = {name: spelled(names[:i], 2) for i, name in enumerate(names)}
    spellings |= {"吾": "⿱口口", "言": "⿱㇐口", "辶": "⿻㇐㇑", "⻌": "⿱木土", "田": "⿴口土"}
    spellings |= {"糸": "⿱𠂇木", "糹": "⿱｜木"}  # forms of one, as usual as one another
    learnt = tuple(name for name in sorted(spellings) if rng.random() < 0.8 or name in "糸糹")
    return Knowledge(Vocabulary(tuple(PARTS[: -len(UNKNOWN)])), dict(sorted(spellings.items())), Habits(), learnt)


KNOWS = a_knowledge()
FEW = Knowledge(  # ⿰ 日, 木 beside 月, 木, 目: three of them are new
    Vocabulary(tuple("日月木目")), {"明": "⿰日月", "林": "⿰木木", "相": "⿰木目"}, Habits(), ("明", "林", "相")
)
CAPTIONS = "#sheet .described"
WRITTEN = """document.querySelectorAll('#sheet .cell').length && !document.querySelector('#sheet .cell[disabled]')
    && Boolean(document.querySelector('#sheet .described')) === %s"""


def packed(model_params, knows, **sample):
    net = WritingNet(model_params(described=True, exemplars=False), generator(5), knows.vocabulary).eval()
    with_ends = net.head.bias.data
    with_ends[-3:] = with_ends.new_tensor([2.0, 3.5, 3.5])
    return compact.pack(net, {"data": DATA, "pen_weights": [0.3, 1.0, 3.0], "sample": SAMPLE | sample}, None, knows)


@pytest.fixture
def dreaming(tmp_path, model_params):
    """A folder with the page of such a net."""
    web.write(tmp_path, web.Made(packed(model_params, KNOWS), None))
    return tmp_path / "index.html"


@pytest.fixture(scope="module")
def dreamer():
    return Dreamer.of(KNOWS)


# ---- what it dreams of, in both languages

LEARN = """async ([content, descriptions, asked]) => {
  const { Knowledge } = await import("./knowledge.js");
  const { parse, text } = await import("./description.js");
  const dreams = new Knowledge(content).dreams;
  const object = (map, of) => Object.fromEntries([...map].map(([k, v]) => [k, of(v)]));
  return {
    frames: dreams.frames.map(({ frame }) => frame), fillers: object(dreams.fillers, (one) => one),
    companions: object(dreams.companions, (one) => [...one]), spellings: object(dreams.spellings, text),
    known: descriptions.map((one) => dreams.isKnown(parse(one))),
    chances: asked.map(([i, place]) => dreams.chances(place, dreams.frames[i].names)),
  };
}"""


def tree(one):
    return {"name": one.name, "operator": one.operator, "parts": [tree(part) for part in one.parts]}


def place(path):
    return "".join(f"{sign}{slot}" for sign, slot in path)


class Chances:
    """In the place of a random generator: keeps the chances that a choice is made by."""

    def choice(self, count, p):
        self.kept = p
        return 0


def descriptions(dreams, rng):
    """New ones and known ones, these spelled in all ways, whole or cut anywhere."""
    every = [KNOWS.described(name) for name in KNOWS.spellings]
    known = [text(one, depth) for one in every if one.operator for depth in (1, 2, 3, 5)]
    rows = [one for one in known if one[0] in "⿲⿳"]
    known += [one.replace(sign, pair) for one in rows for sign, pair in (("⿲", "⿰⿰"), ("⿳", "⿱⿱"))]
    new = [text(one) for one in dreams.sample(400, rng)]
    swapped = [one[::-1].translate(str.maketrans("⿰⿱", "⿱⿰")) for one in new]
    return known + new + [one for one in swapped if one[0] in ARITY and _is_read(one)]


def _is_read(one):
    try:
        return bool(parse(one))
    except ValueError:
        return False


def test_the_page_dreams_of_the_same_frames_and_fillers(visit, model_params, dreamer, address):
    page = opened(visit, address, (address,))
    dreams, rng = dreamer.dreams, np.random.default_rng(1)
    given = descriptions(dreams, rng)
    content = packed(model_params, KNOWS)
    asked = []
    for i in rng.integers(len(dreams.frames), size=60).tolist():
        options = list(_named(dreams.frames[i]))
        asked.append((i, options[rng.integers(len(options))]))
    found = page.evaluate(LEARN, [content, given, [(i, place(path)) for i, path in asked]])
    assert found["frames"] == [tree(one) for one in dreams.frames] and len(dreams.frames) > 100
    assert set(found["fillers"]) == {place(path) for path in dreams.fillers}
    for path, (names, weights) in dreams.fillers.items():
        other = found["fillers"][place(path)]
        assert other["names"] == names and np.allclose(other["weights"], weights, rtol=1e-14, atol=0)
    assert {name: set(others) for name, others in found["companions"].items()} == dreams.companions
    assert found["spellings"] == {name: text(one) for name, one in dreams.spellings.items()}
    for (i, path), chances in zip(asked, found["chances"], strict=True):
        kept = Chances()
        dreams._another(path, _named(dreams.frames[i]), kept)
        assert np.allclose(np.array(chances) / sum(chances), kept.kept, rtol=1e-12, atol=0)
    expected = [dreams.is_known(parse(one)) for one in given]
    assert found["known"] == expected and min(map(expected.count, (True, False))) > 400


def asked_of(page, numbers, seed=3):
    return page.evaluate("(values) => fakeKanji.ask('dream', values)", {"seed": seed, "numbers": numbers})["dreams"]


def test_dreams_are_new_and_of_known_parts_in_their_places(visit, dreaming, dreamer):
    page = opened(visit, dreaming)
    found = asked_of(page, list(range(300)))
    read = [parse(one["description"]) for one in found]
    assert len({one["description"] for one in found}) == 300 and not any(map(dreamer.dreams.is_known, read))
    for dream in read:
        for leaf, path in leaves(dream):
            assert not leaf.name or path not in dreamer.dreams.fillers or path[-1][0] == OVER or (
                leaf.name in dreamer.dreams.fillers[path][0] or leaf.name in "㇐㇑"
            )  # fmt: skip
    assert not {leaf.name for dream in read for leaf, _ in leaves(dream)} & set(UNKNOWN)
    assert [one["english"] for one in found] == [english(one, dreamer.dreams.spellings) for one in read]
    visits = [KNOWS.habits.of_description(KNOWS.spelled(one)) for one in read]
    assert [one["visits"] for one in found] == [[visit.leaf for visit in each] for each in visits]
    assert asked_of(page, [7, 2]) == [found[7], found[2]] and asked_of(page, [7], seed=4) != [found[7]]


# ---- its file


def test_the_file_tells_which_characters_the_net_has_learnt_from(model_params):
    content = packed(model_params, KNOWS)
    assert compact.knowledge(content, "").characters == KNOWS.characters
    del content["characters"]  # of a file made before
    assert compact.knowledge(content, "").characters == ()
    for damaged in ("AA", "AA==", 3):
        content["characters"] = damaged
        with pytest.raises(compact.CompactError, match="x.json tells nothing of descriptions"):
            compact.knowledge(content, "x.json")


# ---- the sheet


def test_the_sheet_has_what_it_was_told_below_each_character(visit, dreaming):
    page = opened(visit, dreaming)
    page.wait_for_function(WRITTEN % "true")
    told = page.evaluate("fakeKanji.state().sheet.map((c) => c.told)")
    expected = asked_of(page, list(range(len(told))), seed=7)
    assert told == expected and len(told) > 20
    assert page.locator(CAPTIONS).all_text_contents() == [one["description"] for one in told]
    assert page.locator("#sheet .english").all_text_contents() == [one["english"] for one in told]
    named = page.locator(FIRST).get_attribute("aria-label")
    assert named.startswith(f"Character 1, {told[0]['description']}, ")
    for steps, one in zip(steps_of(page), told, strict=True):
        ends = sum(pen == 2 for *_, pen in steps)
        assert ends == len(one["visits"]) or (ends < len(one["visits"]) and len(steps) >= SAMPLE["max_steps"])
    page.locator("#more").click()
    page.wait_for_function(f"document.querySelectorAll('{CAPTIONS}').length === {2 * len(told)}")


def test_one_of_them_is_shown_kept_and_linked_with_its_description(visit, dreaming, tmp_path):
    page = opened(visit, dreaming)
    page.wait_for_function(WRITTEN % "true")
    page.evaluate("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }")
    page.locator("#sheet .cell >> nth=4").click()
    told, steps = page.evaluate("[fakeKanji.state().sheet[4].told, fakeKanji.state().sheet[4].steps]")
    assert page.locator("#detail-reading .english").text_content() == told["english"]
    with page.expect_download() as found:
        page.locator("#svg").click()
    found.value.save_as(tmp_path / "a.svg")
    assert f"<title>{told['description']} {told['english']}</title>" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    page.locator("#link").click()
    again = opened(visit, page.evaluate("copied"), hash="")
    again.wait_for_selector("#detail[open]")
    assert steps_of(again, "variants")[0] == steps
    assert again.locator("#description").input_value() == told["description"]
    assert again.evaluate("fakeKanji.state().sheet[4].told.description") == told["description"]


def test_it_still_writes_freely_if_asked(visit, dreaming, tmp_path, model_params):
    page = opened(visit, dreaming)
    page.locator("#dream").select_option("free")
    page.wait_for_function(WRITTEN % "false")
    assert "dream=free" in page.evaluate("location.hash")
    (tmp_path / "free").mkdir()
    net, _ = compact.unpack(packed(model_params, KNOWS), "")
    free = compact.pack(net, {"data": DATA, "pen_weights": [0.3, 1.0, 3.0], "sample": SAMPLE}, None)
    web.write(tmp_path / "free", web.Made(free, None))
    other = opened(visit, tmp_path / "free" / "index.html")
    assert not other.locator("#dreaming").is_visible() and page.locator("#dreaming").is_visible()
    both = steps_of(page), steps_of(other)
    assert min(map(len, both)) > 20 and all(one == two for one, two in zip(*both, strict=False))
    linked = opened(visit, dreaming, hash="#seed=7&dream=free")
    assert steps_of(linked)[:20] == both[0][:20] and linked.locator(CAPTIONS).count() == 0


def test_where_there_are_no_more_new_descriptions_the_rest_is_written_freely(visit, tmp_path, model_params):
    web.write(tmp_path, web.Made(packed(model_params, FEW), None))
    page = opened(visit, tmp_path / "index.html")
    page.wait_for_function("document.getElementById('status').textContent.includes('no more new descriptions')")
    page.wait_for_function(WRITTEN % "true")
    assert set(page.locator(CAPTIONS).all_text_contents()) == {"⿰日木", "⿰日目", "⿰木月"}
    assert page.locator("#sheet .cell").count() > 20


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_captions_fit_their_places(visit, dreaming, width):
    page = opened(visit, dreaming, viewport={"width": width, "height": 844})
    page.wait_for_function(WRITTEN % "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    outside = """[...document.querySelectorAll('#sheet .cell span')].filter((each) => {
      const [box, around, above] = [each, each.parentElement, each.parentElement.firstChild].map((one) =>
        one.getBoundingClientRect());
      const beside = box.left < around.left || box.right > around.right;
      return beside || box.bottom > around.bottom || box.top < above.bottom - 1;
    }).length"""
    assert page.evaluate(outside) == 0
