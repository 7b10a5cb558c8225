"""Who draws on the pad: mouse, pen and fingers in a real browser, alone and across one another."""

import shutil

import pytest

from pipeline.export import compact, web
from tests.support.pages import DATA, small
from tests.support.pointers import LANES, Pointers

FINGER, PEN, MOUSE = LANES["1"], LANES["pen"], LANES["mouse"]
READY = "document.querySelector('#sheet .cell')"
DRAWN = "fakeKanji.state().strokes"

ACROSS = {  # what the pointers do -> the strokes that come of it: height, first and last place, in shares of the pad
    "a second finger": ("1 down .2, 1 move .4, 2 down .5, 2 move .9, 1 move .6, 2 up, 1 move .8, 1 up",
                        [(FINGER, .2, .8)]),
    "a palm that stays": ("1 down .2, 2 down .5, 1 move .8, 1 up, 2 move .9, 1 down .3, 1 move .7, 1 up, 2 up",
                          [(FINGER, .2, .8), (FINGER, .3, .7)]),
    "both from the same moment": ("1 down .2, 2 down .2, 1 move .5, 2 move .5, 1 move .8, 2 move .8, 1 up, 2 up",
                                  [(FINGER, .2, .8)]),
    "a pen after a finger": ("1 down .2, 1 move .6, pen down .3, 1 move .9, pen move .5, 1 up, pen move .7, pen up",
                             [(PEN, .3, .7)]),
    "a pen after two fingers": ("1 down .2, 2 down .3, pen down .3, 1 move .9, 1 up, pen move .7, pen up, 2 up",
                                [(PEN, .3, .7)]),
    "a palm after a pen": ("pen down .2, 1 down .4, pen move .5, 1 move .9, 1 up, pen move .8, pen up",
                           [(PEN, .2, .8)]),
    "a palm that outstays the pen": ("pen down .2, 1 down .4, pen move .8, pen up, wait 5, 1 move .9, 1 up",
                                     [(PEN, .2, .8)]),
    "a palm just after a pen": ("pen down .2, pen move .8, pen up, wait .3, 1 down .4, 1 move .9, 1 up",
                                [(PEN, .2, .8)]),
    "a palm just after a pen's button": ("barrel down .2, barrel up, wait .3, 1 down .4, 1 move .9, 1 up", []),
    "a finger long after a pen": ("pen down .2, pen move .8, pen up, wait 2, 1 down .4, 1 move .9, 1 up",
                                  [(PEN, .2, .8), (FINGER, .4, .9)]),
    "a palm beside a pen at rest": ("pen down .2, pen move .5, wait 5, 1 down .4, 1 move .9, pen move .8, pen up, 1 up",
                                    [(PEN, .2, .8)]),
    "a pen in the air": ("pen move .2, pen move .8", []),
    "a pen in the air over a finger's stroke": ("1 down .2, pen move .5, 1 move .5, pen move .9, 1 move .8, 1 up",
                                                [(FINGER, .2, .8)]),
    "a finger while the mouse draws": ("mouse down .2, 1 down .3, 1 move .9, 1 up, mouse move .8, mouse up",
                                       [(MOUSE, .2, .8)]),
    "the browser takes the fingers": ("1 down .2, 1 move .8, 1 cancel", []),
    "and gives them back": ("1 down .2, 2 down .5, 1 move .8, 1 cancel, 1 down .3, 1 move .6, 1 up",
                            [(FINGER, .3, .6)]),
    "the other button": ("right down .2, mouse move .8, right up", []),
    "the other button meanwhile": ("mouse down .2, mouse move .4, right down, right up, mouse move .8, mouse up",
                                   [(MOUSE, .2, .8)]),
    "the main button comes up first": ("mouse down .2, mouse move .6, right down, mouse up, mouse move .9, right up",
                                       [(MOUSE, .2, .6)]),
    "the pen's button meanwhile": ("pen down .2, pen move .4, barrel down, barrel up, pen move .8, pen up",
                                   [(PEN, .2, .8)]),
    "out of the pad and back": ("mouse down .2, mouse move 1.5, mouse move .7, mouse up, mouse move .9",
                                [(MOUSE, .2, .7)]),
    "no way at all": ("1 down .4, 1 up", [(FINGER, .4, .4)]),
}  # fmt: skip


def pad(visit, site, **options):
    page = visit((site / "index.html").resolve().as_uri() + "#seed=7", has_touch=True, **options)
    page.wait_for_function(READY)
    return page, Pointers(page, "#pad")


def place(share):
    """Of the pad -> in the net's box, which fills nine tenths of it."""
    return (share - 0.5) * DATA["width"] / 0.9 + DATA["width"] / 2


def lines(page):
    """The strokes, all of which must be level: (height, from, to)."""
    strokes = page.evaluate(DRAWN)
    assert all(abs(y - stroke[0][1]) < 0.5 for stroke in strokes for _, y in stroke), strokes
    return [(stroke[0][1], stroke[0][0], stroke[-1][0]) for stroke in strokes]


def assert_drawn(page, expected):
    found = lines(page)
    assert len(found) == len(expected), found
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx([place(share) for share in other], abs=0.5)


@pytest.mark.parametrize("what", ACROSS)
def test_one_pointer_draws(visit, site, what):
    script, expected = ACROSS[what]
    page, pointers = pad(visit, site)
    pointers.play(script)
    assert_drawn(page, expected)
    pointers.play("wait 5, 1 down .3, 1 move .7, 1 up")  # and the pad is free again, whatever went before
    assert_drawn(page, [*expected, (FINGER, 0.3, 0.7)])


EVERYONE = """
export function follow(element, { begin, move, end }) {
  let drawing = false;
  const leave = () => drawing && ((drawing = false), end());
  element.addEventListener("pointerdown", (event) => event.button || drawing || ((drawing = true), begin(event)));
  element.addEventListener("pointermove", (event) => drawing && move([event]));
  for (const type of ["pointerup", "pointercancel"]) element.addEventListener(type, leave);
}
"""


@pytest.mark.parametrize(
    "what",
    [
        "a second finger",
        "a pen after a finger",
        "a palm after a pen",
        "a palm just after a pen",
        "the browser takes the fingers",
        "the main button comes up first",
    ],  # fmt: skip
)
def test_a_pad_on_which_everyone_draws_is_found_out(visit, tmp_path, model_params, what):
    shutil.copytree(web.ROOT, tmp_path / "web")
    (tmp_path / "web/pointer.js").write_text(EVERYONE, encoding="utf-8")
    web.write(tmp_path, web.Made(compact.pack(*small(model_params), None), None), tmp_path / "web")
    page, pointers = pad(visit, tmp_path)
    script, expected = ACROSS[what]
    pointers.play(script)
    with pytest.raises(AssertionError):
        assert_drawn(page, expected)


def test_a_stroke_ends_where_its_pointer_is_lost(visit, site):
    page, pointers = pad(visit, site)
    page.evaluate("pad.addEventListener('pointerdown', (event) => (globalThis.id = event.pointerId))")
    pointers.play("mouse down .2, mouse move .6")
    page.evaluate("pad.releasePointerCapture(id)")
    pointers.play("mouse move .9, mouse up")
    assert_drawn(page, [(MOUSE, 0.2, 0.6)])


def test_undo_and_clear_take_the_stroke_that_is_being_drawn(visit, site):
    page, pointers = pad(visit, site)
    page.evaluate("globalThis.press = (key) => pad.dispatchEvent(new KeyboardEvent('keydown', { key }))")
    clear = "document.querySelector('#clear').click()"
    for taken, left in (("press('Backspace')", [(FINGER, 0.1, 0.9)]), (clear, [])):
        pointers.play("1 down .1, 1 move .9, 1 up, 1 down .2, 1 move .5")
        page.evaluate(taken)
        pointers.play("1 move .8, 1 up")
        assert_drawn(page, left)
        page.evaluate(clear)


FIRE = """([type, ...shares]) => {
  const box = pad.getBoundingClientRect(), down = { pointerId: 77, pointerType: "pen", buttons: 1 };
  const events = shares.map(([x, y]) => ({ ...down, clientX: box.x + x * box.width, clientY: box.y + y * box.height }));
  const coalescedEvents = events.map((event) => new PointerEvent(type, event));
  pad.dispatchEvent(new PointerEvent(type, { ...events.at(-1), coalescedEvents }));
}"""


def test_all_places_that_the_browser_put_into_one_event_are_drawn(visit, site):
    page, _ = pad(visit, site)
    page.evaluate(FIRE, ["pointerdown", (0.2, 0.2)])  # gone already: it cannot be captured
    page.evaluate(FIRE, ["pointermove", (0.8, 0.2), (0.8, 0.8)])
    page.evaluate(FIRE, ["pointerup", (0.8, 0.8)])
    (stroke,) = page.evaluate(DRAWN)
    assert any(point == pytest.approx((place(0.8), place(0.2)), abs=0.5) for point in stroke)
