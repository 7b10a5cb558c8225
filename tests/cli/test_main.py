"""The command line: pictures of a small net with random weights, what is said of them, and errors in one line."""

import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from pipeline import drawing, params, seeds
from pipeline.cli import common, main, sample
from pipeline.net import checkpoint
from pipeline.net.model import ModelParams, WritingNet
from pipeline.sample import sampler
from pipeline.sample.sampler import SampleParams
from pipeline.tracking import revisions, rows, ui
from pipeline.write import prefix, starts, writer
from tests.support import told
from tests.support.strokes import ROWS, save_set

SVG = "{http://www.w3.org/2000/svg}"
LOOSE = {"min_size": 1.0, "margin": 500.0, "min_strokes": 1, "max_strokes": 200, "min_distance": 0.0, "max_steps": 60}


def save_net(folder, bias=(2.0, 3.5, 5.0), **changes):
    """A net of random weights that ends strokes and characters now and then; it knows how it is to be sampled."""
    values = {"cell": "lstm", "layers": 2, "hidden_size": 16, "mixtures": 3, "position_input": True, "dropout": 0.0,
              "dropout_per": "step", "described": False, "exemplars": False}  # fmt: skip
    net = WritingNet(params.build(ModelParams, values, "model"), seeds.generator(3))
    with torch.no_grad():
        net.head.bias[-3:] = torch.tensor(bias)
    data = {"scale": 15.0, "width": 109.0, "height": 109.0, "licence": "KanjiVG & friends, CC BY-SA"}
    config = {"model": values, "data": data, "pen_weights": [1.0, 10.0, 100.0], "sample": LOOSE} | changes
    folder.mkdir(parents=True)
    checkpoint.save_model(folder, net.state_dict(), {k: v for k, v in config.items() if v is not None})
    return folder


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A place to write in, and the nets that come along: one that is told, and one with starts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(common, "PRETRAINED", save_net(tmp_path / "pretrained"))
    starts.build(save_set(tmp_path / "strokes", ROWS), tmp_path / "pretrained" / "starts.parquet")
    told.a_model(tmp_path / "pretrained" / "described", told.KNOWS, sample=LOOSE)
    return tmp_path


def run(*arguments, code=0):
    result = CliRunner().invoke(main.app, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.stderr


def sheet(path):
    """The cells' paths, (cells, strokes) of path data, of a sheet."""
    return [[p.get("d") for p in cell.iter(f"{SVG}path")] for cell in ET.parse(path).getroot().iter(f"{SVG}svg")][1:]


@pytest.mark.parametrize(
    ("asked", "credit"),
    [((), told.DATA["licence"]), (("--dream", "free"), "KanjiVG & friends, CC BY-SA")],  # the told one, the free one
)
def test_a_shipped_net_writes_a_sheet_by_itself(home, asked, credit):
    said = run("sample", "--count", 7, "--seed", 5, *asked)
    assert re.fullmatch(r"7 characters; left out: .*\nwrote sheet.svg; --seed 5 gives the same again\n", said)
    cells = sheet(home / "sheet.svg")
    assert len(cells) == 7 and all(cells)
    root = ET.parse(home / "sheet.svg").getroot()
    assert root.find(f"{SVG}metadata").text == credit
    assert (root.find(f".//{SVG}text") is None) == bool(asked)  # what each was told to be stands below it


@pytest.mark.parametrize("name", ["a.svg", "a.png"])
def test_the_same_seed_gives_the_same_bytes(home, name):
    pictures = []
    for i, seed in enumerate((5, 5, 6)):
        run("sample", "-n", 3, "--seed", seed, "--out", f"{i}/{name}")
        pictures.append((home / str(i) / name).read_bytes())
    assert pictures[0] == pictures[1] != pictures[2]


def test_a_random_seed_is_told_and_gives_the_same_again(home):
    said = run("sample", "-n", 2, "-o", "a.svg")
    seed = re.search(r"--seed (\d+) gives the same again", said).group(1)
    run("sample", "-n", 2, "-o", "b.svg", "--seed", seed)
    assert (home / "a.svg").read_bytes() == (home / "b.svg").read_bytes()
    run("sample", "-n", 2, "-o", "c.svg")
    assert (home / "a.svg").read_bytes() != (home / "c.svg").read_bytes()


def test_a_png_has_the_sheet_s_shape(home):
    run("sample", "-n", 6, "--columns", 3, "--seed", 1, "--dream", "free", "-o", "a.PNG")
    data = (home / "a.PNG").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert width == 3 * writer.CELL_PX and abs(height / width - 2 / 3) < 0.02


def test_a_large_png_gets_smaller_cells(home, monkeypatch):
    monkeypatch.setattr(writer, "MOST_PX", 200)
    run("sample", "-n", 8, "--columns", 2, "--seed", 1, "-o", "a.png")
    assert struct.unpack(">II", (home / "a.png").read_bytes()[16:24])[0] == 2 * 50


def test_a_folder_gets_an_svg_a_character(home):
    (home / "made").mkdir()
    (home / "made" / "mine.txt").write_text("stays")
    for out in ("made", "new/deep"):
        said = run("sample", "-n", 3, "--seed", 1, "--out", out)
        assert f"wrote {out}/0001.svg to 0003.svg;" in said
        assert sorted(p.name for p in (home / out).glob("*.svg")) == ["0001.svg", "0002.svg", "0003.svg"]
    assert (home / "made" / "mine.txt").read_text() == "stays"
    root = ET.parse(home / "made" / "0001.svg").getroot()
    assert root.get("viewBox") == "0 0 109 109" and root.find(f"{SVG}metadata") is not None


def test_looks(home):
    pictures = {}
    for name, flags in {"plain": [], "black": ["--black"], "smooth": ["--smooth"], "animate": ["--animate"]}.items():
        run("sample", "-n", 4, "--seed", 1, "-o", f"{name}.svg", *flags)
        pictures[name] = (home / f"{name}.svg").read_text()
    assert "#f44f5d" in pictures["plain"] and "#f44f5d" not in pictures["black"]
    assert re.search(r'd="M[^"]*C', pictures["smooth"]) and not re.search(r'd="M[^"]*C', pictures["plain"])
    assert "@keyframes" in pictures["animate"] and "animation-delay" in pictures["animate"]
    assert "<script" not in pictures["animate"] and "@keyframes" not in pictures["plain"]
    assert sheet(home / "plain.svg") == sheet(home / "black.svg") == sheet(home / "animate.svg")


def test_characters_begin_with_a_component(home):
    said = run("sample", "-n", 5, "--seed", 1, "--start", "阝")
    assert "5 characters, begun with the 2 strokes of 阝 in 防 (left);" in said
    cells = sheet(home / "sheet.svg")
    begins = {tuple(cell[:2]) for cell in cells}
    assert begins == {("M10,20L20,25 20,30", "M10,50L20,55 20,60")}
    assert all(len(cell) > 2 for cell in cells) and len({tuple(cell) for cell in cells}) == 5


def test_characters_begin_with_what_was_drawn(home):
    run("sample", "-n", 1, "--seed", 1, "-o", "one")
    first = home / "one" / "0001.svg"
    own = [path.get("d") for path in ET.parse(first).getroot().iter(f"{SVG}path")]
    said = run("sample", "-n", 3, "--seed", 2, "--start", first, "-o", "a.svg")
    assert f"of {first};" in said
    assert all(cell[: len(own)] == own and len(cell) > len(own) for cell in sheet(home / "a.svg"))


def test_a_prefix_is_kept_bit_for_bit(home):
    source = np.random.default_rng(1)
    steps = drawing.from_strokes([source.uniform(20, 90, (30, 2))], 109, 109)
    steps[-1, 2] = drawing.END_OF_STROKE
    begin = prefix.Prefix(steps, "noise")
    made = writer.Writer.of(home / "pretrained").write(20, 1, True, begin, {}).drawings
    assert all(np.array_equal(one[:30], steps) for one in made)
    # the control: the way to the net's units and back is not exact
    assert not np.array_equal(sampler.unscaled(begin.scaled(15.0), 15.0), steps)


def test_a_long_start_leaves_room(home):
    """max_steps counts what the net writes."""
    zigzag = "M5,5" + "".join(f"L{5 + i},{5 + i % 2 * 20}" for i in range(1, 19))
    body = "".join(f'<path d="{zigzag}"/>' for _ in range(5))
    (home / "long.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 109 109">{body}</svg>')
    assert "2 characters, begun with 5 strokes" in run("sample", "-n", 2, "--seed", 1, "--start", "long.svg")


def options(monkeypatch, *arguments):
    """The parameters that sampling gets."""
    seen = []

    def collect(net, options, data, pen_weights, start=None, dreamer=None):
        seen.append(options)
        return sampler.Collected([np.array([[1, 1, 2]], np.float32)], [""])

    monkeypatch.setattr(sampler, "collect", collect)
    run("sample", *arguments)
    return seen[0]


def test_the_defaults_are_those_of_params_yaml(home, monkeypatch, defaults):
    net = save_net(home / "own", sample=None)
    got = options(monkeypatch, "--model", net, "--seed", 3)
    same = {name: getattr(got, name) for name in writer.SAMPLE}
    assert same == {name: defaults["sample"][name] for name in same}
    assert (got.count, got.seed, got.device) == (20, 3, "cpu") and got.max_attempts == 200
    # all parameters of sampling are either these, or an option, or without influence here
    others = {"dream", "ids", "hand", "count", "seed", "max_attempts", "device", "columns", "rows"}
    assert set(SampleParams.__dataclass_fields__) == set(same) | others


def test_lengths_follow_the_box(home, monkeypatch):
    data = {"scale": 100.0, "width": 545.0, "height": 218.0}
    got = options(monkeypatch, "--model", save_net(home / "own", sample=None, data=data))
    limits = got.limits(545.0, 218.0)
    assert (limits.margin, limits.min_size, limits.min_distance) == (10.0, 150.0, 10.0)


def test_the_model_s_own_values_come_before_the_defaults_and_options_before_both(home, monkeypatch):
    own = LOOSE | {"mixture_temperature": 0.3, "width_temperature": 0.2, "pen_temperature": 0.9, "count": 9, "seed": 1}
    net = ["--model", save_net(home / "own", sample=own), "--seed", 4]

    def temperatures(*arguments):
        got = options(monkeypatch, *net, *arguments)
        return got.mixture_temperature, got.width_temperature, got.pen_temperature, got.count, got.seed

    assert temperatures() == (0.3, 0.2, 0.9, 20, 4)
    assert temperatures("-t", 0.7) == (0.7, 0.7, 0.9, 20, 4)
    assert temperatures("-t", 0.7, "--width-temperature", 0) == (0.7, 0.0, 0.9, 20, 4)
    assert temperatures("--pen-temperature", 1.2, "--mixture-temperature", 0.1) == (0.1, 0.2, 1.2, 20, 4)


def test_filters_can_be_left_out(home):
    # a net that never ends: all is unfinished
    net = save_net(home / "endless", bias=(9.0, 2.0, -20.0))
    error = run("sample", "-n", 2, "--model", net, code=1)
    assert "none of 200 characters passed the filters (200 unfinished); --no-filter shows them" in error
    assert not (home / "sheet.svg").exists()
    said = run("sample", "-n", 3, "--model", net, "--no-filter", "--seed", 1)
    assert said.startswith("3 characters, unfiltered\n") and len(sheet(home / "sheet.svg")) == 3


def test_too_few_are_told(home, monkeypatch):
    monkeypatch.setattr(writer, "LEAST_ATTEMPTS", 0)
    monkeypatch.setattr(writer, "ATTEMPTS", 1)
    net = save_net(home / "own", sample=LOOSE | {"min_size": 20.0})
    said = run("sample", "-n", 30, "--model", net, "--seed", 1)
    kept, left_out = re.match(r"(\d+) characters of 30 wanted; left out: (\d+) too small\n", said).groups()
    assert int(kept) + int(left_out) == 30


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--out", "a.pdf"], "--out a.pdf: a picture is written as .svg or .png"),
        (["--out", "taken"], "--out taken is a file, not a folder"),
        (["--out", "a.png", "--animate"], "a PNG does not move; write an .svg"),
        (["--model", "nowhere"], "nowhere holds no model"),
        (["--model", "bare"], "config.json lacks data.scale, pen_weights; `dvc repro` makes a whole one"),
        (["--model", "wrong"], "sample.margin: input should be greater than or equal to 0"),
        (["--start", "あ"], "pretrained/starts.parquet has no strokes for 'あ' (U+3042)"),
        (["--start", "方", "--starts", "none"], "none is no file of starts"),
        (["--start", "none.svg"], "none.svg: No such file or directory"),
        (["--start", "taken"], "--start 'taken' is neither one character nor an .svg file"),
        (["--start", "broken.svg"], "broken.svg: is not XML"),
        (["--out", "taken/a.svg"], "taken"),
    ],
)
def test_errors_are_one_plain_line(home, arguments, text):
    (home / "taken").write_text("")
    (home / "broken.svg").write_text("<svg")
    save_net(home / "bare", data={"width": 1.0, "height": 1.0}, pen_weights=None)
    save_net(home / "wrong", sample={"margin": -1.0})
    before = sorted(home.iterdir())
    error = run("sample", "-n", 1, *arguments, code=1)
    assert error.startswith("fake-kanji sample: ") and text in error
    assert error.count("\n") == 1 and "Traceback" not in error
    assert sorted(home.iterdir()) == before


@pytest.mark.parametrize(("asked", "place"), [((), "elsewhere/described"), (("--dream", "free"), "elsewhere")])
def test_a_missing_shipped_net_is_told_with_the_cure(home, monkeypatch, asked, place):
    monkeypatch.setattr(common, "PRETRAINED", home / "elsewhere")
    error = run("sample", *asked, code=1)
    assert f"not in {home / place}; install" in error and "--model data/model" in error


def test_the_starts_beside_a_model_are_its_own(home):
    net = save_net(home / "own")
    assert sample._starts_of(net, None) == home / "pretrained" / "starts.parquet"
    (net / "starts.parquet").write_bytes(b"")
    assert sample._starts_of(net, None) == net / "starts.parquet"
    assert sample._starts_of(net, home / "mine") == home / "mine"


def test_a_bug_is_not_hidden(home, monkeypatch):
    def bug(*_, **__):
        raise ValueError("a bug")

    monkeypatch.setattr(writer.Writer, "of", bug)
    with pytest.raises(ValueError, match="a bug"):
        run("sample")


@pytest.mark.parametrize("arguments", [["sample", "-n", 0], ["sample", "-t", 0], ["sample", "--seed", -1], ["dream"]])
def test_wrong_use_is_told(home, arguments):
    assert "Usage: " in run(*arguments, code=2)


def test_starts(home):
    assert re.match(
        r"wrote f/a.parquet: \d+ kanji and components, 0.0\d MB\n", run("starts", "strokes", "-o", "f/a.parquet")
    )
    assert starts.find(home / "f" / "a.parquet", "方").source == "方"
    assert "holds a set of drawings" in run("starts", "nowhere", code=1).replace("does not hold", "holds")


@pytest.mark.parametrize(
    ("status", "synced", "code", "text"),
    [
        ("{}", True, 0, "the row of params.yaml in MLflow is complete; `fake-kanji ui` shows it"),
        ("{}", False, 1, ""),  # sync has said why
        ('{"train": [], "sample": []}', True, 1, "(changed: train, sample); run `dvc repro`"),
        (None, True, 1, "`dvc status dvc.yaml --json` fails: no repository"),
    ],
)
def test_track(home, monkeypatch, status, synced, code, text):
    (home / "params.yaml").write_text("")
    result = subprocess.CompletedProcess([], int(status is None), status, "ERROR: no repository")
    monkeypatch.setattr(revisions.subprocess, "run", lambda *_, **__: result)
    monkeypatch.setattr(rows, "sync", lambda: synced)
    assert text in run("track", "--sync", code=code)


def test_track_needs_something_to_do_and_a_place(home):
    assert "--sync fills in the row" in run("track", code=1)
    assert "run from the repository's root" in run("track", "--sync", code=1)


def test_ui(home, monkeypatch):
    seen = []
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    monkeypatch.setattr(ui, "main", lambda arguments: seen.append(arguments) or 0)
    run("ui")
    run("ui", "--port", 5050)
    assert seen == [[], ["--port", "5050"]]


def test_help_names_every_command_and_option():
    text = run("--help")
    assert all(f" {name} " in text for name in ("sample", "starts", "track", "ui"))
    text = CliRunner().invoke(main.app, ["sample", "--help"], env={"COLUMNS": "120"}).stdout
    names = "count out model seed start starts temperature mixture-temperature width-temperature pen-temperature"
    for name in f"{names} filter no-filter color black columns smooth animate".split():
        assert f"--{name} " in text, name


def test_help_does_not_wait_for_torch():
    code = (
        "import sys, pipeline.cli; print([m for m in ('torch', 'pandas', 'mlflow', 'matplotlib') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
