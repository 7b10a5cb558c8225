"""What an SVG document says it is a drawing of: KanjiVG's id of the whole, on a group or on the root."""

from lxml import etree

from pipeline.parse.characters import KANJIVG_ID


def said(root: etree._Element) -> str:
    """The first id in document order that is one of KanjiVG's for a whole drawing; "" where there is none."""
    for element in root.iter(etree.Element):
        if KANJIVG_ID.fullmatch(name := element.get("id", "")):
            return name
    return ""
