"""The gallery in a real browser, from a file: sorting, filtering, keyboard, the large view, the density.

The fixture `visit` fails a test whose page logs an error or asks anything of any host.
"""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from pipeline.score.gallery import exhibits, gallery
from tests.support.showcase import COUNT, NASTY, showcase


@pytest.fixture(scope="module")
def shown(tmp_path_factory, defaults):
    from pipeline.net.model import ModelParams
    from tests.support.drawings import SMALL_MODEL

    found = showcase(lambda: ModelParams(**{**defaults["model"], **SMALL_MODEL}))
    path = tmp_path_factory.mktemp("gallery") / "gallery.html"
    gallery.write(found, path)
    return found, path


@pytest.fixture
def page(visit, shown):
    return visit(shown[1], viewport={"width": 1200, "height": 900})


def ids(page) -> list[str]:
    return page.locator(".card-id").all_text_contents()


def found(page) -> int:
    return int(page.locator("#found").text_content().split()[0])


def focused(page) -> str:
    return page.evaluate("document.activeElement.querySelector?.('.card-id')?.textContent ?? ''")


def test_every_sample_is_drawn_stroke_by_stroke(page, shown):
    assert page.title() == "A gallery" and found(page) == COUNT
    assert len(ids(page)) == 120 and page.locator("#more").is_visible()
    page.click("#all")
    assert len(ids(page)) == COUNT and not page.locator("#more").is_visible()
    strokes = page.locator(".card .cell").evaluate_all("found => found.map(svg => svg.children.length)")
    assert strokes == shown[0].numbers["strokes"].tolist()[:1] + [3] + shown[0].numbers["strokes"].tolist()[2:]
    boxes = page.locator(".card .cell").first.locator("path").evaluate_all("all => all.map(p => p.getBBox().width)")
    assert all(0 < width < 400 for width in boxes)


def test_it_sorts_by_a_number_both_ways_with_the_unknown_last(page, shown):
    page.select_option("[name=sort]", "distance")
    page.click("#all")
    known = shown[0].numbers.dropna(subset="distance")
    known = known.assign(distance=[float(f"{value:.4g}") for value in known["distance"]])  # as the page has them
    assert ids(page) == [*known.sort_values("distance", kind="stable")["id"], "0005"]
    page.click("#direction")
    page.click("#all")
    assert ids(page) == [*known.sort_values("distance", ascending=False, kind="stable")["id"], "0005"]


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda p: p.select_option("[name=state]", ""), lambda n: n["accepted"]),
        (lambda p: p.select_option("[name=state]", "rejected"), lambda n: ~n["accepted"]),
        (lambda p: p.select_option("[name=state]", "=too small"), lambda n: n["reason"] == "too_small"),
        (lambda p: p.check("[name=flag][value=copy]"), lambda n: n["copy"]),
        (lambda p: p.select_option("[name=part]", "氵"), lambda n: n.index % 8 == 1),
        (lambda p: (p.fill("[name=least]", "4"), p.fill("[name=most]", "5")), lambda n: n["strokes"].between(4, 5)),
        (lambda p: p.fill("[name=query]", "氵"), lambda n: n.index % 8 == 1),
        (lambda p: p.fill("[name=query]", "0012"), lambda n: n["id"] == "0012"),
        (lambda p: p.fill("[name=query]", "字 copy"), lambda n: n["id"] == "none"),
        (lambda p: p.fill("[name=query]", "alert(1)"), lambda n: n["remark"] == NASTY),
    ],
)
def test_it_filters(page, shown, act, expected):
    act(page)
    numbers = shown[0].numbers
    assert found(page) == int(expected(numbers).sum()) < COUNT
    if page.locator("#all").is_visible():
        page.click("#all")
    assert ids(page) == numbers.loc[expected(numbers), "id"].tolist()
    page.click("[type=reset]")
    expect(page.locator("#found")).to_have_text(f"{COUNT} of {COUNT} shown")


@pytest.fixture
def dreamt(visit, tmp_path, model_params):
    """The same gallery of samples that were told what to be; one of them in a way that tries to break the page."""
    found = showcase(model_params)
    told = {"description": ["⿱草鬼" if i % 3 else "⿰木食" for i in range(COUNT)],
            "reading": ["grass over ghost" if i % 3 else "tree beside eat" for i in range(COUNT)]}  # fmt: skip
    told["reading"][2] = NASTY
    gallery.write(replace(found, numbers=found.numbers.assign(**told)), tmp_path / "dreamt.html")
    return visit(tmp_path / "dreamt.html", viewport={"width": 1200, "height": 900})


def test_what_a_sample_was_told_stands_on_its_card_and_in_the_large_view(dreamt):
    card = dreamt.locator(".card").nth(3)
    assert card.locator(".told").text_content() == "⿰木食"
    assert card.locator(".reading").text_content() == "tree beside eat"
    assert "⿰木食, tree beside eat" in card.get_attribute("aria-label")
    assert dreamt.locator(".card").nth(2).locator(".reading").text_content() == NASTY
    card.click()
    assert dreamt.locator("#view-told").inner_text().split("\n") == ["⿰木食", "tree beside eat"]
    assert "tree beside eat" in dreamt.locator("#view-numbers").inner_text()
    dreamt.keyboard.press("Escape")
    for query in ("⿰木食", "beside eat"):
        dreamt.fill("[name=query]", query)
        assert ids(dreamt)[:3] == ["0000", "0003", "0006"] and found(dreamt) == len(range(0, COUNT, 3))


def test_what_was_drawn_freely_has_no_caption(page):
    assert page.locator(".card .told, .card .reading").count() == 0
    page.locator(".card").nth(1).click()
    assert page.locator("#view").is_visible() and not page.locator("#view-told").is_visible()


def test_nothing_found_says_so(page):
    page.fill("[name=query]", "no such thing")
    assert found(page) == 0 and page.locator(".empty").is_visible() and not page.locator("#more").is_visible()


def test_the_keyboard_moves_opens_and_closes(page):
    page.locator(".card").first.focus()
    across = len(page.evaluate("getComputedStyle(document.querySelector('#grid')).gridTemplateColumns").split())
    moves = {"ArrowRight": 1, "ArrowDown": 1 + across, "ArrowLeft": across, "ArrowUp": 0, "End": COUNT - 1, "Home": 0}
    for key, expected in moves.items():
        page.keyboard.press(key)
        assert focused(page) == f"{expected:04d}", key
    assert page.locator(".card[tabindex='0']").count() == 1  # Tab passes the whole grid in one
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator("#view").is_visible() and page.locator("#view-title").text_content() == "0001"
    page.keyboard.press("ArrowRight")
    assert page.locator("#view-title").text_content() == "0002"
    page.keyboard.press("Escape")
    assert not page.locator("#view").is_visible() and focused(page) == "0002"


def test_the_large_view_has_all_numbers_the_nearest_and_the_strokes(page, shown):
    page.locator(".card").nth(1).click()
    view = page.locator("#view")
    text = view.inner_text()
    for said in ("distance to nearest", "small is a copy", "字", str(f"{shown[0].numbers['distance'][1]:.4g}")):
        assert said in text, said
    assert view.locator("#view-nearest path").count() == 1
    visible = "all => all.filter(p => getComputedStyle(p).visibility === 'visible').length"
    for strokes in (1, 2):
        view.locator("#strokes").fill(str(strokes))
        assert view.locator("#view-drawing path").evaluate_all(visible) == strokes
    view.get_by_role("button", name="口, stroke 2").hover()  # all strokes again, the part's alone in full ink
    assert view.locator("#view-drawing path").evaluate_all(visible) == 3
    ink = view.locator("#view-drawing path").evaluate_all("all => all.map(p => getComputedStyle(p).opacity)")
    assert ink == ["0.16", "1", "0.16"]
    view.locator("#close").click()
    assert not view.is_visible()


def test_a_rejected_sample_says_why(page):
    page.locator(".card").nth(10).click()
    assert page.locator("#view-title").text_content() == "0010, rejected: too small"
    assert not page.locator("#view-nearest").is_visible()


def test_pointing_at_a_part_lights_its_strokes(page):
    card = page.locator(".card").nth(1)
    card.locator(".part").nth(1).hover()
    ink = card.locator(".cell path").evaluate_all("all => all.map(p => getComputedStyle(p).opacity)")
    assert ink == ["0.16", "1", "0.16"]
    page.locator("h1").hover()
    assert not card.locator(".pointing").count()


@pytest.mark.parametrize(("motion", "animated"), [("no-preference", True), ("reduce", False)])
def test_strokes_are_written_in_order_unless_motion_is_not_wanted(visit, shown, motion, animated):
    page = visit(shown[1], reduced_motion=motion)
    page.locator(".card").nth(4).hover()
    delays = page.locator(".card").nth(4).locator(".cell path").evaluate_all(
        "all => all.flatMap(p => p.getAnimations().map(a => a.effect.getTiming().delay))"
    )  # fmt: skip
    assert bool(delays) == animated and delays == sorted(delays)
    page.locator("h1").hover()
    left = "document.querySelector('#grid').getAnimations({ subtree: true }).length"
    assert page.evaluate(left) == 0


def test_ink_or_the_colours_of_the_order(page):
    strokes = page.locator(".card").nth(5).locator(".cell path")
    colours = strokes.evaluate_all("all => all.map(p => getComputedStyle(p).stroke)")
    assert len(set(colours)) == len(colours)
    page.uncheck("[name=colour]")
    assert len(set(strokes.evaluate_all("all => all.map(p => getComputedStyle(p).stroke)"))) == 1


def test_the_density_follows_the_slider(page, shown):
    film = exhibits.as_json(shown[0])["films"][0]
    slider = page.locator("#step")
    assert int(slider.get_attribute("max")) == len(film["steps"]) - 1
    for at in (0, 3, len(film["steps"]) - 1):
        slider.fill(str(at))
        assert page.locator("#stage ellipse").count() == 2 * len(film["steps"][at][2])
        x, y = page.locator("#stage .next").evaluate("ring => [ring.cx.baseVal.value, ring.cy.baseVal.value]")
        assert [x, y] == pytest.approx(shown[0].films[0].density.points[at].tolist(), abs=0.1)
        assert f"Step {at + 1} of {len(film['steps'])}" in page.locator("#moment").text_content()
    assert page.locator("#stage ellipse").evaluate_all("all => all.every(e => e.rx.baseVal.value > 0)")
    page.locator("#films button").nth(1).click()
    assert page.locator("#films button").nth(1).get_attribute("aria-pressed") == "true"
    slider.press("ArrowRight")
    slider.press("ArrowLeft")
    slider.fill("0")
    page.click("#play")
    assert page.locator("#play").text_content() == "Pause"
    # to its end, where it halts by itself: on a busy machine no moment on the way is sure to be seen
    last = int(slider.get_attribute("max")) + 1
    expect(page.locator("#moment")).to_contain_text(f"Step {last} of {last}:", timeout=60_000)
    expect(page.locator("#play")).to_have_text("Play")
    page.evaluate("() => { const play = document.querySelector('#play'); play.click(); play.click(); }")
    assert page.locator("#play").text_content() == "Play" and "Step 1 of" in page.locator("#moment").text_content()


@pytest.mark.parametrize("width", [320, 390, 820, 1440, 2560])
def test_nothing_stands_out_of_the_window(visit, shown, width):
    page = visit(shown[1], viewport={"width": width, "height": 800})
    for opened in (False, True):
        if opened:
            page.locator(".card").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#view").evaluate("d => d.scrollWidth <= d.clientWidth")


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const level = (colour) => {
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const of = (selector, key) => level(getComputedStyle(document.querySelector(selector))[key]);
  const paper = of('body', 'backgroundColor'), sheet = of('.card .cell', 'backgroundColor');
  const paths = [...document.querySelectorAll('.card .cell path')].slice(0, 200);
  const strokes = paths.map(p => level(getComputedStyle(p).stroke));
  const texts = ['body', '.summary', '.hint', '.card-id', '.reason', '.tone-real'];
  return {
    text: Math.min(...texts.map(s => ratio(of(s, 'color'), paper))),
    chart: ratio(of('.label', 'fill'), paper),
    strokes: Math.min(...strokes.map(s => ratio(s, sheet))),
  };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_strokes_can_be_told_from_the_paper(visit, shown, scheme):
    """Contrast as WCAG 2.2 has it: 4.5 to 1 for text, 3 to 1 for what is drawn."""
    page = visit(shown[1], color_scheme=scheme)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 18, 15)"
    assert dark == (scheme == "dark")
    found = page.evaluate(CONTRAST)
    assert found["text"] >= 4.5 and found["chart"] >= 4.5 and found["strokes"] >= 3, found


def test_every_control_has_a_name(page):
    nameless = """() => [...document.querySelectorAll('button, input, select, [role=img]')].filter(e =>
      !e.closest('[hidden], dialog') && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')
      && !e.textContent.trim() && !(e.labels && e.labels.length)).map(e => e.outerHTML)"""
    assert page.evaluate(nameless) == []
    tree = page.locator("#grid").aria_snapshot()
    assert "Character 0001, 3 strokes, parts 氵 口, nearest real character 字" in tree


def test_an_address_opens_a_character(visit, shown):
    page = visit(shown[1].resolve().as_uri() + "#0150")
    assert page.locator("#view-title").text_content() == "0150, rejected: too small"
    assert page.locator("#view").is_visible()


def test_it_works_in_a_frame_without_an_origin(visit, shown, tmp_path):
    """As MLflow shows an artifact: sandboxed, allowed scripts alone."""
    outer = tmp_path / "outer.html"
    escaped = shown[1].read_text(encoding="utf-8").replace("&", "&amp;").replace('"', "&quot;")
    outer.write_text(
        f'<!doctype html><meta charset="utf-8"><iframe sandbox="allow-scripts" width=900 srcdoc="{escaped}">',
        "utf-8",
    )
    page = visit(outer)
    frame = page.frame_locator("iframe")
    frame.locator(".card").first.click()
    assert frame.locator("#view").is_visible()
    frame.locator("#close").click()
    assert not frame.locator("#view").is_visible()


def test_names_run_no_script(visit, shown):
    page = visit(shown[1])
    page.fill("[name=query]", "alert(1)")
    page.locator(".card").first.click()
    assert NASTY.strip("\u2028") in page.locator("#view").text_content()
    assert page.locator("b[onclick]").count() == 0


def test_the_policy_refuses_a_script_from_elsewhere(shown, tmp_path, browser):
    """The control of `visit`'s silence: what an attacker would add neither runs nor loads."""
    text = shown[1].read_text(encoding="utf-8").replace("</body>", "<script>window.ran = 1</script></body>")
    spoiled = tmp_path / "spoiled.html"
    spoiled.write_text(text, encoding="utf-8")
    page = browser.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text))
    page.goto(spoiled.as_uri())
    assert page.evaluate("window.ran") is None and any("Content Security Policy" in text for text in errors)
    page.close()
