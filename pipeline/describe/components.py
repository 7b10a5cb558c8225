"""Where components stand in drawings: KanjiVG's groups as runs of strokes, all forms of a component under one name."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.dataset import DrawingSet

# Forms of one component that KanjiVG, Unicode's radicals and keyboards write differently -> the usual one
SAME = dict(
    zip(
        "⻖⻏⻌⺨⻞⺤⺦⺗⺡⺾⺅⺘⺖⺣⺭⺮⺉⺼⻊𧾷訁糹釒牜𤣩⺩⺀⺊㐅戶户",
        "阝阝辶犭飠爫丬㣺氵艹亻扌忄灬礻竹刂月足足言糸金牛王王冫卜乂戸戸",
        strict=True,
    )
)
# Where an instance stands in its drawing, best first: a part at the beginning, the whole drawing, anywhere later
BEGINS, WHOLE, LATER = 0, 1, 2


@dataclass(frozen=True)
class Instance:
    """Strokes first to last, inclusive, of one drawing: `drawing` is its row of the set."""

    drawing: int
    first: int
    last: int
    position: str
    place: int  # BEGINS, WHOLE or LATER


def instances(drawings: DrawingSet) -> dict[str, list[Instance]]:
    """Where each element, one character, stands in the drawings, in their order."""
    found: dict[str, list[Instance]] = defaultdict(list)
    rows = drawings.index[["character", "groups", "strokes"]].itertuples(index=False, name=None)
    for i, (character, text, count) in enumerate(rows):
        groups = json.loads(text)
        if character:
            found[character].append(Instance(i, 0, count - 1, "", WHOLE))
        for group in _components(groups):
            first, last = group["first"], group["last"]
            if (first, last) == (0, count - 1):
                continue  # the drawing itself, or another name of it
            instance = Instance(i, first, last, group["position"], LATER if first else BEGINS)
            for name in {group["element"], SAME.get(group["element"], group["element"])}:
                found[name].append(instance)
    return found


def _components(groups: list[dict]) -> Iterator[dict]:
    """Those named by one character and written in one go. Of one that is interrupted (the frame of 国, closed last)
    the first part counts, if it stands at the beginning and has most of the strokes."""
    strokes: Counter[str] = Counter()
    for group in groups:
        strokes[group["element"]] += group["last"] - group["first"] + 1
    for group in groups:
        size = group["last"] - group["first"] + 1
        whole = group["part"] == "" or (group["first"] == 0 and 2 * size > strokes[group["element"]])
        if len(group["element"]) == 1 and whole:
            yield group
