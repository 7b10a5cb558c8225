"""What several test modules share: small drawings, parameters, and the real KanjiVG archive."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is loaded: tests run side by side
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # before CUDA starts, as the stage train has it

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from pipeline import drawing
from pipeline.batch import holdout
from pipeline.batch.holdout import BatchParams
from pipeline.dataset import DrawingSet
from pipeline.fetch import sources
from pipeline.net.model import ModelParams
from pipeline.parse import reading
from pipeline.train.loop import TrainParams
from tests.support import ROOT
from tests.support.browser import browser, visit  # noqa: F401 (fixtures)
from tests.support.drawings import SMALL_MODEL, scribble

SMALL_TRAINING = {"epochs": 3, "warmup_steps": 2, "device": "cpu", "precision": "32-true", "threads": 1}


@pytest.fixture(scope="session")
def defaults() -> dict[str, dict[str, Any]]:
    """The sections of the committed params.yaml."""
    return YAML(typ="safe", pure=True).load(ROOT / "params.yaml")


@pytest.fixture
def model_params(defaults) -> Callable[..., ModelParams]:
    return lambda **changes: ModelParams(**{**defaults["model"], **SMALL_MODEL, **changes})


@pytest.fixture
def train_params(defaults) -> Callable[..., TrainParams]:
    return lambda **changes: TrainParams(**{**defaults["train"], **SMALL_TRAINING, **changes})


@pytest.fixture
def batch_params(defaults) -> Callable[..., BatchParams]:
    return lambda **changes: BatchParams(**{**defaults["batch"], "size": 8, **changes})


@pytest.fixture
def scribbles() -> DrawingSet:
    """120 drawings of 1 to 5 strokes of 2 to 4 points, two of them, a variant and its form, to each code point."""
    source = np.random.default_rng(7)
    drawings = [scribble(source, int(source.integers(1, 6)), int(source.integers(2, 5))) for _ in range(120)]
    stops = np.cumsum([len(steps) for steps in drawings])
    codes = 0x4E00 + np.arange(120) // 2
    variants = ["" if i % 2 == 0 else "Kaisho" for i in range(120)]
    index = pd.DataFrame(
        {
            "id": [f"{code:05x}" + (f"-{v}" if v else "") for code, v in zip(codes, variants, strict=True)],
            "code_point": codes,
            "character": [chr(code) for code in codes],
            "variant": variants,
            "width": np.float32(109),
            "height": np.float32(109),
            "start": stops - [len(steps) for steps in drawings],
            "stop": stops,
            "strokes": [drawing.stroke_count(steps) for steps in drawings],
        }
    )
    return DrawingSet(np.concatenate(drawings), index)


@pytest.fixture(scope="session")
def kanjivg_archive(tmp_path_factory, defaults) -> Path:
    """The archive that the stage fetch makes of KanjiVG, 11,662 SVG files; brought once, then from the user's cache."""
    out = tmp_path_factory.mktemp("kanjivg") / "raw"
    sources.fetch(sources.FetchParams(**defaults["fetch"]), out)
    return out / sources.ARCHIVE


@pytest.fixture(scope="session")
def real_kanji(kanjivg_archive, defaults) -> DrawingSet:
    """All kanji of KanjiVG as the stage batch writes them with the committed parameters, about half a minute's work."""
    result = reading.parse(kanjivg_archive, reading.ParseParams(**defaults["parse"]), jobs=2)
    stops = np.cumsum([len(steps) for steps in result.drawings])
    index = result.index.assign(
        start=stops - [len(steps) for steps in result.drawings],
        stop=stops,
        strokes=[drawing.stroke_count(steps) for steps in result.drawings],
    )
    options = BatchParams(**defaults["batch"])
    scaled, index = holdout.prepare(DrawingSet(np.concatenate(result.drawings), index), options)
    return DrawingSet(np.concatenate(scaled), index)
