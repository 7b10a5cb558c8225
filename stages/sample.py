"""sample: the trained net writes new characters; those that pass the filters are kept, the others counted."""

from pathlib import Path

import pandas as pd
from tqdm import tqdm

from pipeline import dataset, files, params, render, sampling
from pipeline.checkpoint import load_model
from pipeline.filters import ACCEPTED, REJECTIONS

MODEL, OUT = Path("data/model"), Path("data/samples")
SHEET_CELL_PX = 110


def main() -> None:
    options = params.load("sample")
    net, config = load_model(MODEL, sampling.choose_device(options.device))
    data = config["data"]
    with tqdm(total=options.count, desc="sample", unit=" characters") as bar:

        def show(accepted: int, drawn: int) -> None:
            bar.set_postfix(drawn=drawn, refresh=False)
            bar.update(accepted - bar.n)

        found = sampling.collect(net, options, data, config["pen_weights"], progress=show)
    counts = summary(found)
    with files.whole_folder(OUT) as out:
        dataset.save(out, found.drawn, index(found, data["width"], data["height"]))
        files.write_json(out / "acceptance.json", counts)
        draw(out, found.accepted, options, data)
    print(sentence(counts, options))


def index(found: sampling.Collected, width: float, height: float) -> pd.DataFrame:
    """A row a drawing: accepted ones are numbered as their SVGs are, rejected ones by themselves, after an r."""
    accepted = pd.Series([reason == ACCEPTED for reason in found.reasons], dtype=bool)
    number = accepted.groupby(accepted).cumcount() + 1
    table = pd.DataFrame({"accepted": accepted, "reason": pd.Series(found.reasons, dtype=str), "ended": found.ended})
    table.insert(0, "id", [f"{'' if a else 'r'}{n:04d}" for a, n in zip(accepted, number, strict=True)])
    return table.assign(width=width, height=height).astype({"width": "float32", "height": "float32", "ended": bool})


def summary(found: sampling.Collected) -> dict:
    attempts = len(found.drawn)
    return {
        "attempts": attempts,
        "accepted": len(found.accepted),
        "share_accepted": len(found.accepted) / attempts,
        "share_ended": sum(found.ended) / attempts,
        "rejected": {reason: found.rejected[reason] for reason in REJECTIONS},
    }


def draw(out: Path, accepted: list, options: sampling.SampleParams, data: dict) -> None:
    """svg/0001.svg and on, and the sheet: the first accepted ones, not picked."""
    box, credit = (data["width"], data["height"]), data["licence"]
    (out / "svg").mkdir()
    for number, steps in enumerate(accepted, start=1):
        picture = render.drawing_svg(steps, *box, credit=credit)
        (out / "svg" / f"{number:04d}.svg").write_text(picture, encoding="utf-8")
    sheet = render.sheet_svg(accepted[: options.columns * options.rows], *box, options.columns, credit=credit)
    (out / "sheet.svg").write_text(sheet, encoding="utf-8")
    render.write_png(sheet, out / "sheet.png", SHEET_CELL_PX * options.columns)


def sentence(counts: dict, options: sampling.SampleParams) -> str:
    reasons = ", ".join(f"{number} {reason}" for reason, number in counts["rejected"].items() if number) or "none"
    short = "" if counts["accepted"] == options.count else f", {options.count} wanted: sample.max_attempts reached"
    return (
        f"sample: {counts['accepted']} accepted of {counts['attempts']} drawn{short}; rejected: {reasons}; "
        f"{counts['share_ended']:.1%} ended by themselves -> {OUT}"
    )


if __name__ == "__main__":
    main()
