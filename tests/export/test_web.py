"""The page in a real headless Chromium, with a small net, and its numbers against the Python net."""

import base64
import json
import re

import numpy as np
import pytest
import torch
import wasmtime

from pipeline import drawing
from pipeline.export import compact, web
from pipeline.parse.svg import documents
from pipeline.write import prefix
from tests.support.drawings import scribble
from tests.support.pages import DATA, FINISHED, FIRST, opened, small, steps_of, stroke


@pytest.mark.parametrize("changes", [{}, {"cell": "gru"}, {"cell": "rnn"}, {"position_input": False, "layers": 1},
                                     {"hidden_size": 256}])  # fmt: skip
def test_the_numbers_are_the_python_net_s(visit, tmp_path, model_params, changes):
    net, config = small(model_params, **changes)
    content = compact.pack(net, config, None)
    web.write(tmp_path, web.Made(content, None))
    steps = scribble(np.random.default_rng(3), 4, 5)
    page = opened(visit, tmp_path / "index.html")
    found = page.evaluate("(steps) => fakeKanji.ask('outputs', { steps })", steps.tolist())["outputs"]
    rounded, _ = compact.unpack(content, "")
    scaled = torch.from_numpy(steps / np.array([15, 15, 1], np.float32))
    previous = torch.cat((rounded.first_step(1), scaled))[:, None]
    with torch.no_grad():
        expected = rounded(previous, torch.ones(previous.shape[:2], dtype=torch.bool))
    assert np.abs(np.array(found) - expected.numpy()).max() < 1e-4
    # the control: the net before rounding is another
    with torch.no_grad():
        other = net(previous, torch.ones(previous.shape[:2], dtype=torch.bool))
    assert np.abs(np.array(found) - other.numpy()).max() > 1e-4


def test_the_assembled_module_is_its_source():
    assembled = wasmtime.wat2wasm((web.ROOT / "product.wat").read_text(encoding="utf-8"))
    expected = base64.b64encode(assembled).decode("ascii")
    found = re.search(r'^const MODULE = .*\n  "(.*)";$', (web.ROOT / "product.js").read_text("utf-8"), re.MULTILINE)
    assert found and found[1] == expected, f"MODULE in web/product.js must be {expected}"


def test_webassembly_and_plain_javascript_give_the_same_bits(visit, site):
    page = opened(visit, site / "index.html")
    steps = scribble(np.random.default_rng(4), 5, 6).tolist()
    before = page.evaluate("(steps) => fakeKanji.ask('outputs', { steps })", steps)["outputs"]
    sheet = steps_of(page)
    again = "fakeKanji.ask('net', { text: document.getElementById('fk-net').textContent, plain: %s })"
    assert page.evaluate(again % "false")["fast"] and not page.evaluate(again % "true")["fast"]
    assert page.evaluate("(steps) => fakeKanji.ask('outputs', { steps })", steps)["outputs"] == before
    page.evaluate("document.getElementById('seed').dispatchEvent(new Event('change'))")
    page.wait_for_function(FINISHED)
    assert steps_of(page) == sheet


def test_the_same_seed_gives_the_same_characters_from_disk_and_from_a_server(visit, site, address):
    disk, served = opened(visit, site / "index.html"), opened(visit, address, (address,))
    one, two = steps_of(disk), steps_of(served)
    assert len(one) > 20 and one[:20] == two[:20]
    other = steps_of(opened(visit, site / "index.html", hash="#seed=8"))
    assert other[0] != one[0]


def test_it_goes_on_from_drawn_strokes(visit, site):
    page = opened(visit, site / "index.html")
    assert page.locator("#variants .cell").count() == 0 and page.locator("#undo").is_disabled()
    stroke(page, [(0.2, 0.3), (0.8, 0.3)])
    stroke(page, [(0.5, 0.1), (0.5, 0.9)])
    page.wait_for_function("document.querySelectorAll('#variants .cell:not([disabled])').length === 6")
    variants = [np.array(steps) for steps in steps_of(page, "variants")]
    drawn = page.evaluate("fakeKanji.state().strokes")
    assert [len(s) for s in drawn] == [len(s) for s in drawing.to_strokes(variants[0].astype(np.float32), 109, 109)[:2]]
    begin = sum(map(len, drawn))
    assert all(np.array_equal(v[:begin], variants[0][:begin]) and len(v) > begin for v in variants)
    assert any(not np.array_equal(v, variants[0]) for v in variants[1:])
    assert page.locator("#chances span").count() == 2
    page.locator("#undo").click()
    assert len(page.evaluate("fakeKanji.state().strokes")) == 1
    page.locator("#clear").click()
    assert page.locator("#variants .cell").count() == 0


def test_own_strokes_are_resampled_as_in_python(visit, site, tmp_path):
    page = opened(visit, site / "index.html")
    t = np.linspace(0, 1, 60)
    strokes = [
        np.stack((20 + 60 * t, 30 + 20 * t * t), -1),
        np.stack((50 + (18 + 9 * t) * np.cos(4 * t), 55 + (18 + 9 * t) * np.sin(4 * t)), -1),
        np.stack((50 + 25 * np.cos(4 * t), 55 + 25 * np.sin(4 * t)), -1),  # symmetric: points equally far
        np.stack((20 + 60 * t, 30 + 80 * t * (1 - t)), -1),
        np.stack((10 + 30 * np.minimum(1, 2 * t), 10 + 4 * np.minimum(0.5, t) + 96 * np.maximum(0, t - 0.5)), -1),
    ]
    body = "".join(f'<polyline points="{" ".join(f"{x!r},{y!r}" for x, y in s.tolist())}"/>' for s in strokes)
    path = tmp_path / "drawn.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 109 109">{body}</svg>', encoding="utf-8")
    for rule in ({"rule": "bezier"}, {"rule": "arclength", "spacing": 4.0}, {"rule": "rdp", "epsilon": 0.8}):
        data = DATA | {"resampling": rule}
        expected = drawing.to_strokes(prefix.read(str(path), data, path).steps, 109, 109)
        for stroke_, points in zip(strokes, expected, strict=True):
            found = page.evaluate("([p, d]) => fakeKanji.state().resample(p, d)", [stroke_.tolist(), data])
            assert np.allclose(found, points, atol=0.02), rule
    few = strokes[-1][::5]  # of a quick hand: their shape decides, not how dense they came
    found = page.evaluate("([p, d]) => fakeKanji.state().resample(p, d)", [few.tolist(), DATA])
    assert np.allclose([found[0], found[-1]], few[[0, -1]], atol=0.02) and len(found) == 7 < len(few)


def test_downloads(visit, site, tmp_path):
    page = opened(visit, site / "index.html")
    page.locator(FIRST).click()
    for button, name in (("#svg", "a.svg"), ("#moving", "b.svg"), ("#png", "c.png")):
        with page.expect_download() as found:
            page.locator(button).click()
        found.value.save_as(tmp_path / name)
    steps = np.array(steps_of(page)[0], np.float32)
    expected = drawing.to_strokes(steps, 109, 109)
    document = documents.read((tmp_path / "a.svg").read_bytes(), "a.svg")
    assert len(document.curves) == len(expected)
    for curve, points in zip(document.curves, expected, strict=True):
        assert np.allclose(curve.controls[-1, 3], points[-1], atol=0.006)
    assert DATA["licence"] in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "fk-draw" in (tmp_path / "b.svg").read_text() and len(
        documents.read((tmp_path / "b.svg").read_bytes(), "b").curves
    )
    assert (tmp_path / "c.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert page.locator("#near figcaption").text_content()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: text[: len(text) // 2], "damaged"),
        (lambda text: "{}", "not a net"),
        (lambda text: text.replace('"version":1', '"version":9'), "another version"),
        (lambda text: text.replace('"values":"', '"values":"AAAA', 1), "damaged"),
    ],
)
def test_a_damaged_net_is_told_plainly_and_changes_nothing(visit, site, spoil, told):
    page = opened(visit, site / "index.html")
    before = steps_of(page)
    spoiled = spoil((site / "net.json").read_text(encoding="utf-8")).encode()
    page.locator("#file").set_input_files({"name": "net.json", "mimeType": "application/json", "buffer": spoiled})
    page.wait_for_function(f"document.getElementById('status').textContent.includes({told!r})")
    assert steps_of(page) == before


def test_another_net_is_used(visit, site, model_params):
    page = opened(visit, site / "index.html")
    net, config = small(model_params, hidden_size=9, layers=1)
    other = compact.text(compact.pack(net, config, None)).encode()
    page.locator("#file").set_input_files({"name": "mine.json", "mimeType": "application/json", "buffer": other})
    page.wait_for_function("document.getElementById('net').textContent.includes('1 × 9')")


def test_keyboard_names_and_languages(visit, site):
    page = opened(visit, site / "index.html", locale="ja-JP")
    assert page.title() == "存在しない漢字" and page.evaluate("document.documentElement.lang") == "ja"
    page.locator("#language").focus()
    page.keyboard.press("Enter")
    assert page.title() == "Kanji that do not exist"
    page.locator(FIRST).focus()
    page.keyboard.press("Enter")
    assert page.locator("#detail").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#detail").is_visible()
    assert page.evaluate("document.activeElement.className") == "cell"
    unnamed = "[...document.querySelectorAll('button')].filter((b) => !b.textContent.trim() && !b.ariaLabel).length"
    assert page.evaluate(unnamed) == 0


def test_the_link_brings_the_very_same_character_back(visit, site):
    page = opened(visit, site / "index.html")
    stroke(page, [(0.2, 0.3), (0.5, 0.35), (0.8, 0.3)])
    page.wait_for_function("document.querySelectorAll('#variants .cell:not([disabled])').length === 6")
    page.evaluate("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }")
    page.locator("#variants .cell >> nth=2").click()
    page.locator("#link").click()
    expected = steps_of(page, "variants")[2]
    again = opened(visit, page.evaluate("copied"), hash="")
    again.wait_for_selector("#detail[open]")
    assert steps_of(again, "variants")[0] == expected


def test_the_file_loads_back(tmp_path, model_params):
    net, config = small(model_params)
    compact.write(tmp_path / "net.json", compact.pack(net, config, None))
    back, kept = compact.load(tmp_path / "net.json")
    assert kept["data"] == DATA and kept["pen_weights"] == config["pen_weights"]
    for name, tensor in net.state_dict().items():
        other = back.state_dict()[name]
        if tensor.ndim == 2:
            most = compact.LARGEST[16 if name in compact.FINE else 8]
            limit = tensor.abs().max(1, keepdim=True).values / most
            assert ((tensor - other).abs() <= 0.5001 * limit).all() and not torch.equal(tensor, other)
        else:
            assert torch.equal(tensor, other)
    content = json.loads((tmp_path / "net.json").read_text(encoding="utf-8"))
    content["tensors"]["head.bias"]["values"] = "!"
    with pytest.raises(compact.CompactError, match="x.json: the weights are damaged"):
        compact.unpack(content, "x.json")
    with pytest.raises(compact.CompactError, match="is no net of fake-kanji"):
        compact.unpack({}, "x.json")


def test_a_module_that_one_file_cannot_hold(tmp_path):
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nexport const a = b + 1;\n')
    (tmp_path / "b.js").write_text("export default 1;\n")
    with pytest.raises(web.ExportError, match="b.js.*form that one file can hold"):
        web.bundle(tmp_path, "a.js")
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nexport const b = 1;\n')
    with pytest.raises(web.ExportError, match="imports itself"):
        web.bundle(tmp_path, "a.js")


def test_what_is_said_is_said_in_the_dialog_too_which_covers_the_page(visit, site):
    page = opened(visit, site / "index.html")
    page.locator(FIRST).click()
    page.locator("#copy").click()
    page.wait_for_function("document.querySelector('#detail [role=status]').textContent === 'Copied.'")
    assert page.locator("#detail [role=status]").is_visible()


def test_what_was_drawn_can_be_undone_and_gone_on_from_only_where_there_is_something(visit, site):
    page = opened(visit, site / "index.html")
    tools = "['again', 'undo', 'clear'].map((id) => document.getElementById(id).disabled)"
    assert page.evaluate(tools) == [True, True, True]
    stroke(page, [(0.2, 0.3), (0.8, 0.3)])
    assert page.evaluate(tools) == [False, False, False]
    page.wait_for_function("document.querySelectorAll('#variants .cell:not([disabled])').length === 6")
    page.locator("#variants .cell >> nth=0").click()
    page.evaluate("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }")
    page.locator("#link").click()
    again = opened(visit, page.evaluate("copied"), hash="")
    again.wait_for_selector("#detail[open]")
    assert again.evaluate(tools) == [False, False, False]
    again.locator("#close").click()
    again.locator("#undo").click()
    assert again.evaluate("fakeKanji.state().strokes") == [] and again.evaluate(tools) == [True, True, True]


def test_variants_are_named_in_the_language_that_was_chosen_since(visit, site):
    page = opened(visit, site / "index.html")
    stroke(page, [(0.2, 0.3), (0.8, 0.3)])
    page.locator("#language").click()
    assert page.locator("#variants .cell >> nth=2").get_attribute("aria-label").startswith("候補3")
