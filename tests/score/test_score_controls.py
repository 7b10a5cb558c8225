"""The scores of whole sets on real characters: real ones at the floor, each kind of spoiled ones caught."""

import numpy as np
import pandas as pd
import pytest

from pipeline.batch.holdout import split_of
from pipeline.parse import characters, reading
from pipeline.parse.reading import ParseParams
from pipeline.score import distributions
from pipeline.score.judge import judge
from pipeline.score.likeness import fidelity, twosample
from tests.support import ROOT, controls

RESAMPLES = 200


@pytest.fixture(scope="module")
def shipped():
    return judge.load(ROOT / "pretrained" / "judge")


@pytest.fixture(scope="module")
def parse_options(defaults):
    return ParseParams(**defaults["parse"])


@pytest.fixture(scope="module")
def files(kanjivg_archive):
    """Names of the archive's kanji by split, one form a code point."""
    index = pd.DataFrame([characters.describe(name, "hex") | {"file": name} for name in reading.names(kanjivg_archive)])
    index = index[index["kind"] == "kanji"].reset_index(drop=True)
    index = index[distributions.one_form(index)]
    split = [split_of(code, "", 5, 5) for code in index["code_point"]]
    return {name: list(part["file"]) for name, part in index.groupby(split)}


@pytest.fixture(scope="module")
def real(kanjivg_archive, files, parse_options):
    """Held-out drawings: `test` is the reference, `valid` what is spoiled; and as many of the training."""
    chosen = files | {"train": files["train"][:: len(files["train"]) // 400][:400]}
    return {name: controls.parsed(kanjivg_archive, part, parse_options) for name, part in chosen.items()}


@pytest.fixture(scope="module")
def scores(shipped, real):
    """Scores of a set of drawings against the reference."""
    features, described = shipped.embed(real["test"]), shipped.describe(real["test"])

    def against_reference(drawings):
        source = np.random.default_rng(1)
        pair = fidelity.equal([features, shipped.embed(drawings)], source)
        found = fidelity.compare(*pair, RESAMPLES, source)
        return found | {"told": twosample.tell(described, shipped.describe(drawings), source)}

    return against_reference


@pytest.fixture(scope="module")
def floor(scores, real):
    return scores(real["valid"])


def test_real_characters_score_at_the_floor(floor):
    assert floor["told"].low < 0.5 < floor["told"].high
    assert floor["precision"].value > 0.85 and floor["recall"].value > 0.85 and floor["coverage"].value > 0.9
    assert floor["density"].low < 1 < floor["density"].high


@pytest.mark.parametrize(
    "changes",
    [{"chord_length": 3.0, "max_chords": 12}, {"rule": "arclength"}, {"rule": "rdp"}],
    ids=["bezier in more chords", "arclength", "rdp"],
)
def test_so_they_do_resampled_otherwise(scores, floor, kanjivg_archive, files, defaults, changes):
    otherwise = controls.parsed(kanjivg_archive, files["valid"], ParseParams(**defaults["parse"] | changes))
    found = scores(otherwise)
    assert found["told"].low < 0.5
    for name in fidelity.NAMES:
        assert floor[name].low < found[name].value < floor[name].high, name


def worse(found, floor):
    """The scores that are beyond the floor, interval from interval. Density is not among them: it is high as well for
    what is too alike."""
    higher = {name for name in ("frechet",) if found[name].low > floor[name].high}
    lower = {name for name in ("precision", "recall", "coverage") if found[name].high < floor[name].low}
    return higher | lower | ({"told"} if found["told"].low > floor["told"].high else set())


# What must catch each kind; others may too.
CAUGHT = {
    "shuffled order": {"told"},
    "reversed strokes": {"frechet", "precision", "recall", "coverage", "told"},
    "mirrored": {"frechet", "precision", "recall", "coverage", "told"},
    "jittered": {"frechet", "recall", "told"},
    "rambling": {"frechet", "precision", "recall", "coverage", "told"},
    "scrambled": {"frechet", "precision", "recall", "coverage", "told"},
    "repeated": {"frechet", "recall", "coverage", "told"},
}


@pytest.mark.parametrize("kind", controls.SPOILERS)
def test_spoiled_characters_are_caught(scores, floor, real, kind):
    spoiled = controls.SPOILERS[kind](real["valid"], np.random.default_rng(1))
    assert worse(scores(spoiled), floor) >= CAUGHT[kind]


def test_kana_are_caught(scores, floor, kanjivg_archive, parse_options):
    assert worse(scores(controls.kana(kanjivg_archive, parse_options)), floor) >= {"frechet", "recall", "told"}


def test_copies_are_not_caught_here(scores, floor, real):
    """What these scores cannot see, and why `novelty` stands beside them: real characters learnt by heart."""
    copied = controls.copies(real["valid"], np.random.default_rng(1), real["train"])
    assert not worse(scores(copied), floor)
