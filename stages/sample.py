"""data/model -> data/samples: new characters; those that pass the filters as SVG and on a sheet, all as a set."""

import hashlib
from pathlib import Path
from typing import Any

from tqdm import tqdm

from pipeline import dataset, params, render
from pipeline.describe.dreams import DreamError
from pipeline.describe.knowledge import Knowledge
from pipeline.drawing import Steps
from pipeline.files import whole_folder, write_json, write_licences
from pipeline.net import checkpoint
from pipeline.net.model import WritingNet
from pipeline.sample import sampler
from pipeline.sample.dreaming import Dreamer, captions
from stages import run

CELL_PX = 110  # of the sheet's PNG


def main(row: Any, model: Path, out: Path) -> str:
    options = params.load("sample")
    net, config = checkpoint.load_model(model, sampler.choose_device(options.device))
    dreamer = dreamer_of(net, model, options)
    untold = Knowledge.load(model).in_hand(options.hand).untold if options.hand and not dreamer else None
    with tqdm(total=options.count, desc="sample", unit=" accepted") as bar:

        def show(accepted: int, drawn: int) -> None:
            bar.set_postfix(drawn=drawn, refresh=False)
            bar.update(accepted - bar.n)

        given = (net, options, config["data"], config["pen_weights"])
        found = sampler.collect(*given, dreamer=dreamer, untold=untold, progress=show)
    with whole_folder(out) as folder:
        dataset.save(folder, found.drawn, sampler.index(found, config["data"]))
        write_json(folder / "acceptance.json", sampler.acceptance(found))
        about = {key: config["data"].get(key) for key in ("width", "height", "licence")}
        about |= {"net": _fingerprint(model), "seed": options.seed}
        write_json(folder / "data.json", about)  # for who exports them
        write_licences(folder, config["data"])
        draw(folder, found.accepted, options, config["data"], captions(found.accepted_dreams))
    return sampler.sentence(found, options)


def dreamer_of(net: WritingNet, model: Path, options: sampler.SampleParams) -> Dreamer | None:
    """None where it dreams freely: as asked, or as the drawings name no components and there is nothing to describe."""
    if options.dream == "free":
        return None
    try:
        return Dreamer.load(model, net, options.ids, options.hand)
    except DreamError as error:
        print(f"sample: {error}; it dreams freely", flush=True)
        return None


def _fingerprint(model: Path) -> str:
    """Says which net it was, wherever its folder goes."""
    return hashlib.sha256((model / checkpoint.WEIGHTS).read_bytes()).hexdigest()[:12]


def draw(
    folder: Path, accepted: list[Steps], options: sampler.SampleParams, data: dict[str, Any], labels: list[str]
) -> None:
    """svg/0001.svg and on, and the sheet of the first accepted ones, not picked."""
    box, credit = (data["width"], data["height"]), data.get("licence")
    (folder / "svg").mkdir()
    for number, steps in enumerate(accepted, start=1):
        picture = render.drawing_svg(steps, *box, credit=credit)
        with (folder / "svg" / f"{sampler.name(number)}.svg").open("x", encoding="utf-8") as file:
            file.write(picture)
    shown = options.columns * options.rows
    sheet = render.sheet_svg(accepted[:shown], *box, options.columns, labels[:shown] or None, credit=credit)
    render.write_both(folder / "sheet", sheet, CELL_PX * options.columns)


if __name__ == "__main__":
    run("sample", main)
