"""For the browser: what a net loses by rounding, a set of real kanji to compare with, and the page as one HTML file.

The page itself is `web/`, plain ES modules that a browser loads as they are. Browsers refuse modules from file://, so
`page` puts modules, style and data into one document: each module becomes a function that returns its exports. Modules
therefore import by `import { a, b } from "./module.js";` and export by `export` before a declaration.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import dataset, drawing
from pipeline.batch import holdout
from pipeline.dataset import DrawingSet
from pipeline.describe.knowledge import Knowledge
from pipeline.export import compact, library
from pipeline.forecast import likelihood
from pipeline.net.model import WritingNet

NET, KANJI, PAGE = "net.json", "kanji.json", "index.html"
EXEMPLARS = library.beside(Path(NET)).name
MOST_KANJI = 3000  # of the set to compare with
GRID = 255  # points are whole numbers from 0 to this over the box's larger side
SPLIT = "test"  # of the drawings on which the loss by rounding is measured
FIRST_ROW, LAST_ROW = 16, 47  # rows of JIS X 0208 with the kanji of level 1, the common ones
SCRIPT, WORKER, STYLE = "app.js", "worker.js", "style.css"
ROOT = Path(__file__).parent.parent.parent / "web"

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) ([\w$]+))", re.MULTILINE)


class ExportError(ValueError):
    """What cannot be put into a page."""


# ---- the net


def scores(net: WritingNet, config: dict[str, Any], drawings: DrawingSet) -> dict[str, Any]:
    """Nats a step on the test drawings of a set that stage batch wrote, before and after rounding."""
    chosen = drawings.where((drawings.index["split"] == SPLIT).to_numpy())
    rounded, _ = compact.unpack(compact.pack(net, config, None), "the rounded net")
    before, after = (
        likelihood.summary(likelihood.forecast(each, chosen, config["pen_weights"]), config["data"]["scale"])
        for each in (net, rounded)
    )
    return {
        "split": SPLIT,
        "drawings": len(chosen),
        "steps": int(chosen.lengths().sum()),
        "nats_per_step": float(before["nats_per_step"]),
        "nats_per_step_rounded": float(after["nats_per_step"]),
        "lost": float(after["nats_per_step"] - before["nats_per_step"]),
    }


# ---- real kanji


def kanji(drawings: DrawingSet, data: dict[str, Any]) -> dict[str, Any]:
    """Real drawings to compare with: the common kanji, or of drawings without characters all, at most MOST_KANJI.

    drawings: as stage batch wrote them, scaled; data: their description. Points are whole numbers on a grid; counts
    are the points of each stroke, with a 0 after each drawing.
    """
    names = _common(drawings)
    numbers = [i for i, name in enumerate(names) if name]
    at = np.unique(np.linspace(0, len(numbers) - 1, min(MOST_KANJI, len(numbers))).round().astype(int))
    counts, points = [], []
    unit = max(data["width"], data["height"]) / GRID
    for i in (numbers[j] for j in at):
        steps = drawings[i] * drawing.unit(data["scale"])
        strokes = drawing.to_strokes(steps, data["width"], data["height"])
        counts += [min(len(stroke), GRID) for stroke in strokes] + [0]
        points += [stroke[:GRID] for stroke in strokes]
    grid = np.clip(np.rint(np.concatenate(points) / unit), 0, GRID).astype(np.uint8)
    return {
        "format": "fake-kanji kanji",
        "version": 1,
        "licence": data.get("licence"),
        "unit": unit,
        "names": [names[numbers[j]] for j in at],
        "counts": compact.encode(np.array(counts, np.uint8)),
        "points": compact.encode(grid),
    }


def _common(drawings: DrawingSet) -> list[str]:
    """A name for each drawing that may be taken, "" for the others."""
    index = drawings.index
    if "character" not in index or not (index["character"].astype(str).str.len() == 1).any():
        return [str(name) for name in index["id"]]
    plain = (index["variant"].astype(str) == "").tolist() if "variant" in index else [True] * len(index)
    characters = index["character"].astype(str).tolist()
    common = [c if ok and _level_one(c) else "" for c, ok in zip(characters, plain, strict=True)]
    return common if any(common) else characters


def _level_one(character: str) -> bool:
    """Whether JIS X 0208 has the kanji on level 1; EUC-JP writes its row as the first byte."""
    try:
        code = character.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and FIRST_ROW <= code[0] - 0xA0 <= LAST_ROW


# ---- the page


def page(made: "Made", root: Path = ROOT) -> str:
    """The whole page as one HTML document, which needs no server. Raises ExportError: web/ is not there or broken."""
    html = _read(root / "index.html")
    parts = {"fk-worker": ("text/plain", bundle(root, WORKER))}
    contents = {"fk-net": made.net, "fk-exemplars": made.exemplars, "fk-kanji": made.kanji}
    parts |= {
        name: ("application/json", compact.text(content)) for name, content in contents.items() if content is not None
    }
    data = "".join(
        f'<script type="{kind}" id="{name}">{_inert(text)}</script>\n' for name, (kind, text) in parts.items()
    )
    html = _replaced(html, f'<link rel="stylesheet" href="{STYLE}">', f"<style>\n{_read(root / STYLE)}</style>")
    script = f'<script type="module">\n{_inert(bundle(root, SCRIPT))}</script>'
    return _replaced(html, f'<script type="module" src="{SCRIPT}"></script>', data + script)


def bundle(root: Path, entry: str) -> str:
    """A module and all that it imports as one script without imports. Raises ExportError."""
    done: dict[str, str] = {}
    _add(root, entry, done, ())
    return "".join(done.values())


def _add(root: Path, name: str, done: dict[str, str], path: tuple[str, ...]) -> None:
    if name in path:
        raise ExportError(f"{root / name} imports itself by way of {' and '.join(path)}")
    if name in done:
        return
    source = _read(root / name)
    for _, other in IMPORT.findall(source):
        _add(root, other, done, (*path, name))
    body = IMPORT.sub(lambda m: f"const {{{m[1].replace(' as ', ': ')}}} = {_variable(m[2])};", source)
    exported = ", ".join(EXPORT.findall(body))
    body = EXPORT.sub("", body)
    left = re.search(r"^(import|export)\b.*", body, re.MULTILINE)
    if left:
        raise ExportError(
            f"{root / name}: {left[0]!r} is not in the form that one file can hold; see pipeline/export/web.py"
        )
    done[name] = f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();\n"


def _variable(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name.removesuffix(".js"))


def _inert(text: str) -> str:
    """The text of a <script> must not hold what ends it; in JSON and in JavaScript's strings <\\/ is </."""
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")


def _replaced(html: str, old: str, new: str) -> str:
    if html.count(old) != 1:
        raise ExportError(f"web/{PAGE} must hold {old} once")
    return html.replace(old, new)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{path} cannot be read ({error.strerror}); the page is in the repository's web/") from None


@dataclass(frozen=True)
class Made:
    """What the browser needs: the content of net.json and, where there are any, of kanji.json and of the net's
    exemplars."""

    net: dict[str, Any]
    kanji: dict[str, Any] | None
    exemplars: dict[str, Any] | None = None

    @property
    def sentence(self) -> str:
        measured = self.net["scores"]
        lost = f", {measured['lost']:.4f} nats a step lost by rounding" if measured else ", not measured"
        shown = f"; {_megabytes(self.exemplars)} of exemplars" if self.exemplars else ""
        return f"{_megabytes(self.net)}{lost}{shown}; {len(self.kanji['names']) if self.kanji else 0:,} real kanji"

    def write_net(self, path: Path) -> None:
        """The net, and beside it its exemplars."""
        compact.write(path, self.net)
        if self.exemplars is not None:
            compact.write(library.beside(path), self.exemplars)


def _megabytes(content: dict[str, Any]) -> str:
    return f"{len(compact.text(content).encode()) / 1e6:.2f} MB"


def make(net: WritingNet, config: dict[str, Any], prepared: Path | None, knows: Knowledge | None = None) -> Made:
    """prepared: what stage batch wrote, to measure on and compare with; knows: of a net that is told of parts. Raises
    DatasetError, BatchError."""
    shown = library.pack(knows, config.get("data", {}).get("licence")) if knows and net.options.exemplars else None
    if prepared is None:
        return Made(compact.pack(net, config, None, knows), None, shown)
    drawings, data = dataset.load(prepared), holdout.read_description(prepared)
    return Made(compact.pack(net, config, scores(net, config, drawings), knows), kanji(drawings, data), shown)


def known(net: WritingNet, folder: Path) -> Knowledge | None:
    """What the net of a model's folder knows of descriptions, if it is told of parts. Raises KnowledgeError."""
    return Knowledge.load(folder).first_hand() if net.describer is not None else None


def write(folder: Path, made: Made, root: Path = ROOT) -> None:
    """net.json, its exemplars, kanji.json and index.html into an existing folder."""
    made.write_net(folder / NET)
    if made.kanji is not None:
        compact.write(folder / KANJI, made.kanji)
    (folder / PAGE).write_text(page(made, root), encoding="utf-8")
