"""What reading one SVG document keeps: the strokes so far, what the document holds, and what surrounds an element."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from numpy.typing import NDArray

from pipeline.parse.svg.boxes import Span
from pipeline.parse.svg.lengths import Viewport
from pipeline.parse.svg.paths import Curve
from pipeline.parse.svg.style import Cascade, Style
from pipeline.parse.svg.visibility import NOTHING, Ink, Paints

MAX_NOTES = 20  # of a document


@dataclass
class Document:
    """What one file draws. A stroke i is curves[i], of the kvg:type types[i] ("" where none).

    groups  a dictionary a component: GROUP_KEYS ("" where absent) and first, last, the strokes it spans, inclusive
    paths, segments  how many path elements and segments were read
    outlines  how many of the strokes are outlines of what is filled and not stroked
    unseen  how many shapes are not seen
    notes   what the document asks for and is not applied, each once
    said    KanjiVG's id of the whole drawing, "" where the document has none
    """

    width: float
    height: float
    curves: list[Curve] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    groups: list[dict] = field(default_factory=list)
    paths: int = 0
    segments: int = 0
    outlines: int = 0
    unseen: int = 0
    notes: list[str] = field(default_factory=list)
    said: str = ""

    def note(self, text: str) -> None:
        text = " ".join(text.split())
        if text not in self.notes and len(self.notes) < MAX_NOTES:
            self.notes.append(text)


@dataclass(frozen=True)
class Place:
    """What surrounds an element, or what is in it.

    matrix    from the units there to the document's; None is the identity, so that coordinates without a transform
              keep their digits
    viewport  what percentages are of
    style     what is inherited
    clip      the box in document units outside which nothing is seen; None: none
    clippers  the elements whose outline is the clip path
    uses      what is being drawn by <use>
    use       that <use>, for the element that it refers to
    context   how that <use> is painted
    """

    matrix: NDArray | None
    viewport: Viewport
    style: Style = field(default_factory=Style)
    clip: Span | None = None
    clippers: tuple[etree._Element, ...] = ()
    uses: tuple[etree._Element, ...] = ()
    use: etree._Element | None = None
    context: Ink = NOTHING
    depth: int = 0


@dataclass
class Scene:
    """The document that is being read, and what is known of it as a whole.

    measured  only geometry counts: what would be drawn if all of it were painted
    without   the elements that are left out
    sources, outlined, clipping  the elements drawn; those that are outlines; how many strokes each clips
    count     the elements drawn so far, for all scenes of a document
    """

    document: Document
    cascade: Cascade
    ids: dict[str, etree._Element]
    paints: Paints
    measured: bool = False
    without: frozenset[etree._Element] = frozenset()
    sources: list[etree._Element] = field(default_factory=list)
    outlined: set[etree._Element] = field(default_factory=set)
    clipping: Counter[etree._Element] = field(default_factory=Counter)
    count: Iterator[int] = field(default_factory=itertools.count)

    def again(self, measured: bool = False, without: frozenset[etree._Element] = frozenset()) -> "Scene":
        """The same document with nothing drawn."""
        document = Document(self.document.width, self.document.height, notes=self.document.notes)
        return Scene(document, self.cascade, self.ids, self.paints, measured, without, count=self.count)

    def doubled(self) -> frozenset[etree._Element]:
        """What is filled, not stroked, and the clip path of one stroke: some fonts of strokes draw each stroke so."""
        return frozenset(element for element in self.outlined if self.clipping[element] == 1)
