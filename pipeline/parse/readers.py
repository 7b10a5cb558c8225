"""Each stroke format's reader, by the format's name; formats/__init__.py tells how one is added. svg and kanjivg give
SVG documents, which svg/documents.py reads."""

from types import ModuleType

from pipeline.parse.formats import casia, hanzi_writer, iam, kanjivg, makemeahanzi, quickdraw, stroke3

RECORDS: dict[str, ModuleType] = {
    "stroke-3": stroke3,
    "quickdraw": quickdraw,
    "pot": casia,
    "iam": iam,
    "kanjivg": kanjivg,
    "hanzi-writer": hanzi_writer,
    "makemeahanzi": makemeahanzi,
}
AS_SVG = ("svg", "kanjivg")
