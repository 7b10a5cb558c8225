"""All scores of sets together: names, floors, and what is left out where there is too little."""

import numpy as np
import pytest

from pipeline.score.judge import judge
from pipeline.score.likeness import fidelity
from pipeline.score.likeness.resemblance import Sets, resemblance
from tests.support import ROOT
from tests.support.controls import jittered, rambling

SHIPPED = ROOT / "pretrained" / "judge"
NAMES = {*fidelity.NAMES, "auc"}


def still(items, text):
    return items


def scores(sets, seed=1):
    return resemblance(judge.load(SHIPPED), sets, 100, seed, still)


def test_every_score_has_its_interval_its_floor_and_that_of_all_drawn(scribbles):
    real = list(scribbles)
    drawn = real[80:100] + rambling(real[100:], np.random.default_rng(1))
    shown = []

    def show(items, text):
        shown.append(text)
        return items

    found = resemblance(judge.load(SHIPPED), Sets(real[:40], real[40:80], real[80:100], drawn), 100, 1, show)
    whose, ends = ("", "_floor", "_unfiltered"), ("", "_low", "_high")
    assert set(found.metrics) == {f"{name}{suffix}{end}" for name in NAMES for suffix in whose for end in ends}
    assert found.believed.shape == (20,) and ((found.believed > 0) & (found.believed < 1)).all()
    assert found.metrics["auc_unfiltered"] > found.metrics["auc"]
    assert {"judge test", "judge all", "compare accepted"} <= set(shown)
    assert scores(Sets(real[:40], real[40:80], real[80:100], drawn)).metrics == found.metrics


def test_spoiled_samples_are_below_the_floor_and_less_believed(scribbles):
    real = list(scribbles)
    spoiled = jittered(real[80:], np.random.default_rng(1), amount=0.3)
    found = scores(Sets(real[:40], real[40:80], spoiled, spoiled))
    assert found.metrics["frechet"] > 1.2 * found.metrics["frechet_floor"]
    assert found.metrics["auc_low"] > 0.5
    assert found.metrics["frechet"] == pytest.approx(found.metrics["frechet_unfiltered"])  # none was rejected


def test_without_samples_only_the_floor_is_left(scribbles):
    real = list(scribbles)
    found = scores(Sets(real[:40], real[40:80], [], real[:5]))
    assert {name.split("_")[1] for name in found.metrics} == {"floor"}
    assert len(found.believed) == 0
    few = scores(Sets(real[:10], real[40:50], real[80:90], real[80:90]))  # enough for distances, not for a classifier
    assert not any(name.startswith("auc") for name in few.metrics) and "frechet" in few.metrics
    assert not scores(Sets(real[:3], real[40:43], real[80:], real[80:])).metrics
