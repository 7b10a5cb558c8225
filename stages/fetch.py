"""-> data/raw: the drawings' SVG files in one archive, with a manifest."""

from pathlib import Path
from typing import Any

from pipeline import params
from pipeline.fetch import sources
from stages import run


def main(row: Any, out: Path) -> str:
    options = params.load("fetch")
    counts = sources.fetch(options, out)
    return f"{counts['files']:,} drawings, {counts['bytes'] / 1e6:.1f} MB, from {options.source} -> {out}"


if __name__ == "__main__":
    run("fetch", main)
