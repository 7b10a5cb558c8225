"""A set of drawings -> the files of a font: dream.ttf, dream.woff2 or dream.ufo, and beside it dream.csv, which glyph
is which drawing, and dream.html, the specimen."""

import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from fontTools.ttLib import TTFont
from ufoLib2.objects import Font

from pipeline import files
from pipeline.brush.outlines import Brush
from pipeline.export import code_points
from pipeline.export.interchange import Exported
from pipeline.font import building, glyphs, specimen
from pipeline.font.building import Names
from pipeline.font.glyphs import Glyph
from pipeline.progress import Progress

FORMATS = (".ttf", ".woff2", ".ufo")


class WritingError(ValueError):
    """A font that cannot be written there."""


@dataclass(frozen=True)
class Written:
    """count: glyphs of drawings; size: bytes of the font, of a UFO's files together; paths: of all that was written."""

    count: int
    size: int
    paths: tuple[Path, Path, Path]


def check(out: Path) -> None:
    """Raise WritingError where no font can be written."""
    if out.suffix.lower() not in FORMATS:
        raise WritingError(f"--out {out}: a font is written as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}; end it so")
    if out.suffix.lower() == ".ufo" and out.exists():
        raise WritingError(f"--out {out} exists already, and someone may have worked on it; name one that does not")


def write(exported: Exported, out: Path, names: Names, brush: Brush, progress: Progress) -> Written:
    """Everything is made before anything is written. Raises WritingError, GlyphError, CodePointError."""
    check(out)
    count = len(exported.drawings)
    planned = glyphs.plan(exported, count)
    found = [glyphs.glyph(*one, brush) for one in progress(planned, f"{count} glyphs")]
    sources = building.sources(found, names)
    font = building.compiled(sources)
    plain, packed = _bytes(font, None), _bytes(font, "woff2")
    table, page = out.with_suffix(".csv"), out.with_suffix(".html")
    size = _write_font(out, sources, packed if out.suffix.lower() == ".woff2" else plain)
    with files.whole_file(table) as partial:
        code_points.write(listed(found), partial)
    with files.whole_file(page) as partial:
        partial.write_text(specimen.page(packed, found, names), encoding="utf-8")
    return Written(count, size, (out, table, page))


def listed(found: list[Glyph]) -> pd.DataFrame:
    """Which is which, in the order of the font."""
    index = pd.DataFrame([{"id": glyph.id, **glyph.told} for glyph in found])
    table = code_points.table(index, [glyph.code for glyph in found])
    table.insert(0, "glyph", [glyph.name for glyph in found])
    return table


def _write_font(out: Path, sources: Font, data: bytes) -> int:
    if out.suffix.lower() == ".ufo":
        with files.whole_folder(out) as folder:
            sources.save(folder, overwrite=True)
        return sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    with files.whole_file(out) as partial:
        partial.write_bytes(data)
    return len(data)


def _bytes(font: TTFont, flavor: str | None) -> bytes:
    stream = io.BytesIO()
    font.flavor = flavor
    font.save(stream)
    return stream.getvalue()
