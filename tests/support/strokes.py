"""A small set as stage parse writes it, with characters and components."""

import json

import numpy as np
import pandas as pd

from pipeline import dataset, drawing

RESAMPLING = {"rule": "bezier", "chord_length": 10.0, "max_chords": 3, "spacing": 5.0, "epsilon": 1.0}


def group(element, first, last, position="", part=""):
    return {"element": element, "original": "", "position": position, "part": part, "variant": "", "first": first,
            "last": last}  # fmt: skip


def stroke(x, y, size=10.0):
    return np.array([[x, y], [x + size, y + size / 2], [x + size, y + size]])


def save_set(folder, rows, summary=None):
    """rows: (character, variant, strokes, groups), each a drawing."""
    folder.mkdir(parents=True, exist_ok=True)
    index = pd.DataFrame(
        {
            "id": [f"{ord(character):05x}{variant}" for character, variant, _, _ in rows],
            "character": [row[0] for row in rows],
            "variant": [row[1] for row in rows],
            "groups": [json.dumps(row[3]) for row in rows],
            "width": np.float32(109),
            "height": np.float32(109),
        }
    )
    dataset.save(folder, [drawing.from_strokes(strokes, 109, 109) for _, _, strokes, _ in rows], index)
    text = json.dumps({"licence": "CC0", "resampling": RESAMPLING} if summary is None else summary)
    (folder / "summary.json").write_text(text)
    return folder


def strokes(*places):
    return [stroke(x, y) for x, y in places]


LEFT, RIGHT, TOP = [(10, 20), (10, 50)], [(60, 20), (60, 50)], [(30, 5), (50, 5)]
ROWS = [
    # ⻖ begins three drawings: twice at the left, once at the top; 阝 is the form that keyboards give
    ("防", "", strokes(*LEFT, *RIGHT), [group("防", 0, 3), group("⻖", 0, 1, "left"), group("方", 2, 3, "right")]),
    ("阿", "", strokes((10, 22), (10, 52), *RIGHT), [group("阿", 0, 3), group("⻖", 0, 1, "left"), group("可", 2, 3)]),
    ("阻", "", strokes(*TOP, *RIGHT), [group("阻", 0, 3), group("⻖", 0, 1, "top")]),
    # a whole character, in another only at the end; its variant does not count
    ("方", "", strokes((40, 40), (50, 60)), [group("方", 0, 1)]),
    ("方", "-Kaisho", strokes((0, 0), (90, 90)), [group("方", 0, 1)]),
    # interrupted by what it frames: 2 of its 3 strokes come first; 行 has only half of its own there
    ("囚", "", strokes((10, 10), (20, 10), (40, 40), (10, 90)),
     [group("囚", 0, 3), group("囗", 0, 1, "kamae", "1"), group("人", 2, 2), group("囗", 3, 3, "kamae", "2")]),
    ("衍", "", strokes((10, 10), (40, 40), (80, 10)),
     [group("衍", 0, 2), group("行", 0, 0, "kamae", "1"), group("行", 2, 2, "kamae", "2")]),
    # no character has this name
    ("阡", "", strokes(*LEFT), [group("阡", 0, 1), group("CDP-8BBA", 0, 0)]),
]  # fmt: skip
