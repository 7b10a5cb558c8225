"""What is described and then written: what the net knows, what is spelled for it, what it says of the rest."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import torch
from typer.testing import CliRunner

from pipeline.cli import main
from pipeline.describe import encoding
from pipeline.describe.description import DescriptionError, parse, text
from pipeline.describe.encoding import Vocabulary
from pipeline.describe.knowledge import Knowledge, KnowledgeError, UnknownPartError
from pipeline.describe.visits import Habits
from pipeline.export import code_points, interchange, pictures
from pipeline.net import checkpoint, describer
from pipeline.sample import attempts, sampler
from pipeline.seeds import generator
from pipeline.write import described
from pipeline.write.described import Reader
from pipeline.write.writer import Writer
from tests.support.drawings import FREE
from tests.support.told import DATA, MODEL, a_model

KNOWS = Knowledge(
    Vocabulary(("木", "食", "口", "⻌", "首", "㇐", "㇑")),
    {"語": "⿰言吾", "吾": "⿱五口", "言": "⿱㇐口", "五": "⿻㇐㇑", "道": "⿺⻌首"},
    Habits({"⿺": ((1, 0), (0, 0))}, {}),
)


@pytest.fixture
def folder(tmp_path):
    return a_model(tmp_path / "model", KNOWS)


@pytest.fixture
def net(folder):
    return Writer.of(folder)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("⿰木食", "⿰木食"),
        ("木食", "⿰木食"),  # side by side
        ("木", "木"),  # a character that it knows by name, and of which it has no spelling
        ("語", "⿰⿱㇐口⿱⿻㇐㇑口"),  # a character is spelled, and its parts, as far as the net does not know them
        ("⿰口語", "⿰口⿰⿱㇐口⿱⿻㇐㇑口"),  # as a part too
        ("道", "⿺⻌首"),
        ("⿺辶食", "⿺⻌食"),  # another form of a component that it knows
        ("⿱一⿰丨木", "⿱㇐⿰㇑木"),  # the ideograph of a stroke
        ("⿰木？", "⿰木？"),  # partly free
        ("？", "？"),
        ("籸", "⿰木口"),  # from the user's table
        (" \uf9f4", "⿰口木"),  # a compatibility ideograph that the table has
    ],
)
def test_what_is_asked_for_is_spelled_down_to_what_is_known(net, asked, read):
    assert text(Reader.of(net, {"籸": parse("⿰木口"), "\uf9f4": parse("⿰口木")}).read(asked)) == read


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ("⿰木", DescriptionError, "ends after 1 of the 2 parts"),
        ("", DescriptionError, "empty"),
        ("⿰木龘", UnknownPartError, "龘 is neither a part that the net knows"),
    ],
)
def test_what_cannot_be_written_is_said(net, asked, error, said):
    with pytest.raises(error, match=said):
        Reader.of(net, {}).read(asked)


def test_the_order_of_writing_is_the_one_learnt(net):
    reader = Reader.of(net, {})
    assert reader.encode(reader.read("道")).parts.tolist() == [2, 1]  # 首 first, then ⻌
    assert reader.encode(reader.read("⿰木食")).parts.tolist() == [1, 2]


def test_a_drawing_ends_with_its_last_part_and_the_likeliest_is_kept(net):
    reader = Reader.of(net, {})
    wanted = [reader.encode(reader.read(asked)) for asked in ("⿰木食", "語", "？")]
    options = net.options(3, 7, False, 0, {"max_steps": 200})
    once, nats = described.write(net, wanted, options, 1)
    for steps in once:
        assert sampler.has_ended(steps) and (steps[:-1, 2] < 2).all()  # a drawing like any other
    again, _ = described.write(net, wanted, options, 1)
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    _, best = described.write(net, wanted * 6, options, 8)
    _, first = described.write(net, wanted * 6, options, 1)
    assert np.mean(best) < np.mean(first)


def test_the_likelihood_of_a_writing_is_that_of_its_steps(net):
    """The oracle: step by step, each under what the net foresaw before it."""
    reader = Reader.of(net, {})
    wanted = [reader.encode(reader.read("⿰木食")), reader.encode(reader.read("道"))]
    telling = describer.telling(wanted)
    options = net.options(2, 7, False, 0, {})
    drawings = sampler.generate(net.net, 2, options, [0.3, 1.0, 3.0], generator(1), telling=telling)
    found = attempts.likelihoods(net.net, drawings, telling, [0.3, 1.0, 3.0])
    from pipeline.net import loss

    for i, steps in enumerate(drawings):
        state, previous, total = net.net.start(1, describer.telling([wanted[i]])), net.net.first_step(1), 0.0
        for step in torch.from_numpy(steps):
            raw, state = net.net.step(previous, state)
            one = loss.step_losses(raw, step[None, :2], step[None, 2].long(), torch.tensor([0.3, 1.0, 3.0]))
            total += float(one.offset.detach() + one.pen.detach())
            previous = step[None]
        assert found[i] == pytest.approx(total / len(steps), rel=1e-3)


def run(*arguments, code=0):
    result = CliRunner().invoke(main.app, ["write", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_writes_a_list_in_its_order(folder, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text("⿰木食\n\n道  # the way\n", encoding="utf-8")
    said = run("口", "--list", listed, "--model", folder, "--variants", 2, "--seed", 1, "--out", tmp_path / "each")
    names = [f"000{i}.svg" for i in range(1, 7)]
    assert sorted(path.name for path in (tmp_path / "each").iterdir()) == [*names, "index.csv"]
    table = pd.read_csv(tmp_path / "each" / "index.csv", keep_default_na=False)
    assert list(table["file"]) == names and list(table["character"]) == ["口", "口", "", "", "道", "道"]
    assert list(table["description"])[::2] == ["口", "⿰木食", "⿺⻌首"]
    assert list(table["reading"])[::2] == ["mouth", "tree beside eat", "head in walk"]
    assert re.search(r"^6 writings of 3 descriptions", said) and "--seed 1 gives the same again" in said
    pictures = []
    for name in ("a.svg", "b.svg"):
        run("木食", "--model", folder, "--seed", 5, "--out", tmp_path / name)
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1]


def test_nothing_is_written_over_and_that_is_said_before_the_work(folder, tmp_path, monkeypatch):
    (tmp_path / "each").mkdir()
    (tmp_path / "each" / "index.csv").write_text("mine")
    monkeypatch.setattr(described, "write", lambda *_: pytest.fail("it was written first"))
    assert "holds index.csv already" in run("木", "--model", folder, "--out", tmp_path / "each", code=1)
    assert [path.name for path in (tmp_path / "each").iterdir()] == ["index.csv"]


def test_what_was_written_is_known_to_other_programs(folder, tmp_path):
    """As a font, as JSON for learners, as lines: which character, how described. ？ alone is none."""
    run("⿰木食", "道", "道", "？", "--model", folder, "--seed", 1, "--out", tmp_path / "each")
    found = interchange.read(tmp_path / "each", False, None)
    columns = ["id", "character", "code_point", "variant", "kind", "description"]
    assert found.drawings.index[columns].values.tolist() == [
        ["0001", "", -1, "", "other", "⿰木食"],
        ["0002", "道", 0x9053, "", "kanji", "⿺⻌首"],
        ["0003", "道", 0x9053, "2", "kanji", "⿺⻌首"],
        ["0004", "", -1, "", "other", "？"],
    ]
    assert code_points.code_points(found.drawings.index) == [0xE000, 0x9053, 0xE001, 0xE002]
    interchange.write(found, "hanzi-writer", tmp_path / "quiz")
    assert {path.name for path in (tmp_path / "quiz").iterdir()} == {
        f"{name}.json" for name in ("⿰木食", "道", "0003", "？")
    }
    one = json.loads((tmp_path / "quiz" / "⿰木食.json").read_text(encoding="utf-8"))
    assert (one["id"], one["description"], one["reading"]) == ("0001", "⿰木食", "tree beside eat")
    interchange.write(found, "ndjson", tmp_path / "lines")
    assert [json.loads(line)["word"] for line in (tmp_path / "lines").read_text("utf-8").splitlines()][1] == "道"
    plain = interchange.read(tmp_path / "each", False, None, "none")  # the names, and what stands beside, say nothing
    assert list(plain.drawings.index["character"]) == [""] * 4


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("file,description\n0001.svg,木\n", "has no columns file, description and reading .*; mend it"),
        ("file,description,reading,character\n0001.svg,⿰木食,,木食\n", "'木食' is no character; give one, or none"),
    ],
)
def test_a_table_that_is_wrong_is_told(tmp_path, text, error):
    (tmp_path / "0001.svg").write_text('<svg viewBox="0 0 9 9"><path stroke="#000" fill="none" d="M1,2L3,4"/></svg>')
    (tmp_path / "index.csv").write_text(text, encoding="utf-8")
    with pytest.raises(pictures.PicturesError, match=error):
        pictures.read(tmp_path)


def test_the_command_looks_characters_up(folder, tmp_path):
    (tmp_path / "ids.txt").write_text("U+7C78\t籸\t⿰木食\n", encoding="utf-8")
    assert "籸 is neither" in run("籸", "--model", folder, code=1)
    run("籸", "--model", folder, "--ids", tmp_path / "ids.txt", "--out", tmp_path / "a.svg", "--seed", 1)
    run("⿰木食", "--model", folder, "--out", tmp_path / "b.svg", "--seed", 1)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_plain_errors(folder, tmp_path):
    assert "nothing to write" in run(code=1)
    (tmp_path / "empty.txt").write_text("# nothing\n", encoding="utf-8")
    assert "holds no description" in run("--list", tmp_path / "empty.txt", "--model", folder, code=1)
    (folder / "descriptions.json").write_text("{}", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="makes it anew"):
        Knowledge.load(folder)
    assert "tells nothing of descriptions" in run("木", "--model", folder, code=1)


def test_a_net_that_is_never_told_says_so(folder, tmp_path):
    net = checkpoint.load_model(folder)[0].untold()
    plain = tmp_path / "plain"
    plain.mkdir()
    values = {"model": MODEL | FREE, "data": DATA, "pen_weights": [0.3, 1.0, 3.0]}
    checkpoint.save_model(plain, net.state_dict(), values)
    assert "model.described=true" in run("木", "--model", plain, code=1)


def test_knowledge_comes_back_as_it_was(tmp_path):
    KNOWS.save(tmp_path)
    assert Knowledge.load(tmp_path) == KNOWS


def test_real_descriptions_are_written_in_the_order_of_their_strokes(real_kanji):
    """Of KanjiVG: what the net would be told of held-out characters, from what training ones taught."""
    from pipeline.describe import derivation, knowledge, visits

    some = real_kanji.where(np.arange(len(real_kanji)) % 4 == 0)
    told = derivation.descriptions(some.index, some)
    train = (some.index["split"] == "train").to_numpy()
    knows = Knowledge.learn([one for one, is_train in zip(told, train, strict=True) if is_train], [], 3)
    right = []
    for one, is_train in zip(told, train, strict=True):
        if not is_train:
            spelled = knowledge.canonical(one, knows)
            wanted = [(visit.leaf, visit.piece) for visit in visits.of_told(spelled)]
            found = [(v.leaf, v.piece) for v in knows.habits.of_description(spelled.description)]
            right.append(wanted == found)
            assert encoding.encode(spelled.description, visits.of_told(spelled), knows.vocabulary).names.size
    assert np.mean(right) > 0.85
