"""What is seen: display, visibility, opacity and paint (SVG 2, 13; Masking 1) of an element's computed values.

The initial stroke is none and the initial fill black. A gradient without stops and a pattern without content paint
nothing, and so does paint that is not there, unless another stands behind it. Paint of another document is taken as
seen. How wide or how dark ink is does not matter, only whether it is: below half a level of 8 bits it is not.
"""

from dataclasses import dataclass, field

from lxml import etree

from pipeline.parse.svg import references
from pipeline.parse.svg.style import Cascade, Style
from pipeline.parse.svg.tokens import Tokens, alpha, keyword, number, reference
from pipeline.parse.svg.untrusted import name

SEEN = 0.5 / 255  # a fainter share of opacity is no pixel
GRADIENTS = frozenset(("linearGradient", "radialGradient", "meshgradient"))
MAX_TEMPLATES = 16  # gradients that a gradient goes on with, one after another


@dataclass(frozen=True)
class Ink:
    """Whether an element's stroke and fill are seen."""

    stroke: bool
    fill: bool


NOTHING = Ink(False, False)


def is_hidden(style: Style) -> bool:
    """Whether neither the element nor anything in it is seen."""
    return style.word("display") == "none" or _opacity(style, "opacity") < SEEN or _is_filtered_away(style)


def _is_filtered_away(style: Style) -> bool:
    """filter: opacity(0)."""
    for token in style.tokens("filter"):
        if token.type == "function" and token.lower_name == "opacity":
            shares = [number(part) for part in token.arguments if part.type in ("number", "percentage")]
            if shares and shares[0] is not None and shares[0] < SEEN:
                return True
    return False


def _opacity(style: Style, prop: str) -> float:
    """1 where it is initial, or computed by calc()."""
    share = number(tokens[0]) if (tokens := style.tokens(prop)) else None
    return 1.0 if share is None else share


@dataclass
class Paints:
    """The paint of one document's elements."""

    cascade: Cascade
    ids: dict[str, etree._Element]
    _servers: dict[str, bool | None] = field(default_factory=dict)
    _last: tuple[Style, Ink, Ink] | None = None  # neighbours often share their style

    def ink(self, style: Style, context: Ink) -> Ink:
        """context: of the <use> that draws the element, for context-stroke and context-fill."""
        if self._last is None or self._last[0] is not style or self._last[1] != context:
            self._last = (style, context, self._ink(style, context))
        return self._last[2]

    def _ink(self, style: Style, context: Ink) -> Ink:
        if style.word("visibility") in ("hidden", "collapse"):
            return NOTHING
        stroke = self._is_seen(style.tokens("stroke"), style, context)
        width = style.tokens("stroke-width")
        stroke &= not (width and getattr(width[0], "value", None) == 0) and _opacity(style, "stroke-opacity") >= SEEN
        filled = not style.tokens("fill") or self._is_seen(style.tokens("fill"), style, context)
        return Ink(stroke, filled and _opacity(style, "fill-opacity") >= SEEN)

    def _is_seen(self, tokens: Tokens, style: Style, context: Ink) -> bool:
        """Of a stroke or fill, () being none."""
        if not tokens or keyword(tokens) == "none":
            return False
        if keyword(tokens) in ("context-stroke", "context-fill"):
            return context.stroke if keyword(tokens) == "context-stroke" else context.fill
        address = reference(tokens[0])
        if address is not None:
            seen = self._server(address)
            return self._is_seen(tokens[1:], style, context) if seen is None else seen
        if keyword(tokens) == "currentcolor":
            tokens = style.tokens("color")
        share = alpha(tokens) if tokens else None
        return share is None or share >= SEEN

    def _server(self, address: str) -> bool | None:
        """Whether a gradient or pattern paints; None where there is none."""
        if address not in self._servers:
            self._servers[address] = self._paints(address)
        return self._servers[address]

    def _paints(self, address: str) -> bool | None:
        if not address.strip().startswith("#"):
            return True
        element = references.internal(address, self.ids)
        kind = "" if element is None else name(element)
        if kind not in GRADIENTS and kind != "pattern":
            return None
        for _ in range(MAX_TEMPLATES):
            if element is None or any(map(name, element)):
                break
            element = references.internal(references.address(element) or "", self.ids)
        if element is None:
            return False
        return any(map(name, element)) if kind == "pattern" else any(map(self._stop_is_seen, element.iter()))

    def _stop_is_seen(self, element: etree._Element) -> bool:
        if name(element) != "stop":
            return False
        style = self.cascade.style(element, Style())
        share = alpha(style.tokens("stop-color")) if style.tokens("stop-color") else 1.0
        return (1.0 if share is None else share) * _opacity(style, "stop-opacity") >= SEEN
