"""The conditions under which an element is drawn (SVG 1.1, 5.8; SVG 2, 5.9), and which child of a <switch> is.

The reader's language is English, on every machine; no extension is supported, and of SVG 1.1's features all but
Extensibility, that is foreign objects. An empty list of any of them never holds.
"""

from lxml import etree

from pipeline.parse.svg.untrusted import name

LANGUAGE = "en"
FEATURES = ("http://www.w3.org/TR/SVG11/feature#", "http://www.w3.org/Graphics/SVG/feature/", "org.w3c.")
# what may stand in a <switch> without being one of its choices
NO_CHOICE = frozenset(("", "title", "desc", "metadata", "style", "script", "animate", "animateTransform", "set"))


def hold(element: etree._Element) -> bool:
    extensions = element.get("requiredExtensions")
    features, languages = element.get("requiredFeatures"), element.get("systemLanguage")
    if extensions is not None:
        return False
    if features is not None and not (features.split() and all(map(_is_feature, features.split()))):
        return False
    return languages is None or any(map(_is_read, languages.split(",")))


def chosen(switch: etree._Element) -> list[etree._Element]:
    """The first child whose conditions hold, alone; none if none does."""
    for child in switch:
        if name(child) not in NO_CHOICE and hold(child):
            return [child]
    return []


def _is_feature(text: str) -> bool:
    return text.startswith(FEATURES) and not text.endswith("Extensibility")


def _is_read(language: str) -> bool:
    """en is met by en and by en-GB."""
    return f"{language.strip().lower()}-".startswith(f"{LANGUAGE}-")
