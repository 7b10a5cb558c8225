"""Each stroke format's reader, by the format's name. To add a format: a module as sketch.py describes, a line here, and
its name, ending and look in formats.py. svg and kanjivg give SVG documents, which svg.py reads."""

from types import ModuleType

from pipeline.parse.formats import casia, iam, kanjivg, quickdraw, stroke3

RECORDS: dict[str, ModuleType] = {
    "stroke-3": stroke3,
    "quickdraw": quickdraw,
    "pot": casia,
    "iam": iam,
    "kanjivg": kanjivg,
}
AS_SVG = ("svg", "kanjivg")
