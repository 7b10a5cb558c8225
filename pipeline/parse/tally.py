"""What was read, counted as it comes: a set may be larger than the memory, so of the drawings little stays."""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

import pandas as pd

from pipeline.parse import characters
from pipeline.parse.options import ParseParams
from pipeline.parse.single import Parsed, left_out_by

SHOWN = 5  # unreadable files named in an error
MAX_NOTES = 10_000  # kept, of all files
NAMED = 3  # drawings named in a note
ADDED = "~"  # before the number that tells a drawing's id from an earlier one's: 字/7, 字/7~2


class Ids:
    """Makes ids distinct in the order of their drawings: the second of one id gets ~2, the next ~3.

    Of each id 64 bits are kept, a hash, in a table with open addressing (D. Knuth, The Art of Computer Programming 3,
    6.4, algorithm L): at most 32 bytes. One whose hash is by chance another's gets a number, too, which harms nothing.
    """

    def __init__(self) -> None:
        self._table, self._count = array("Q", bytes(8 * 1024)), 0  # 0: free
        self._last: dict[int, int] = {}  # by the hash of an id that came again, the last number given

    def distinct(self, wanted: str) -> str:
        found, key = wanted, _hash(wanted)
        if self._take(key):
            return wanted
        while not self._take(_hash(found)):
            self._last[key] = self._last.get(key, 1) + 1
            found = f"{wanted}{ADDED}{self._last[key]}"
        return found

    def _take(self, key: int) -> bool:
        """False where it is taken."""
        if 2 * self._count >= len(self._table):
            taken, self._table, self._count = self._table, array("Q", bytes(16 * len(self._table))), 0
            for one in filter(None, taken):
                self._take(one)
        table, mask = self._table, len(self._table) - 1
        at = key & mask
        while table[at]:
            if table[at] == key:
                return False
            at = (at + 1) & mask
        table[at] = key
        self._count += 1
        return True


def _hash(text: str) -> int:
    """64 bits, never 0."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") or 1


@dataclass
class Some:
    """How many there are, and the first few of them."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(name)

    def __str__(self) -> str:
        return ", ".join(self.first) + (", ..." if self.count > len(self.first) else "")


@dataclass
class Tally:
    """Counts of what was read. files, and the rest up to strokes, are of all; kept_* of the selected drawings."""

    options: ParseParams
    of_names: bool = True  # whether the files' names may say characters
    files: int = 0
    failed: int = 0
    paths: int = 0
    strokes: int = 0
    outlines: int = 0
    kept: int = 0
    kept_strokes: int = 0
    kept_steps: int = 0
    kinds: Counter = field(default_factory=Counter)  # of all
    kept_kinds: Counter = field(default_factory=Counter)
    left_out: Counter = field(default_factory=Counter)  # by (kind, whether it is a variant) as left_out_by has them
    reasons: list[tuple[str, str]] = field(default_factory=list)  # source and reason, no more than can be told
    noted: list[tuple[str, str]] = field(default_factory=list)  # source and what is not applied of it
    noted_files: int = 0
    nameless: Some = field(default_factory=Some)  # of no character, though the name may mean one
    renamed: Some = field(default_factory=Some)
    _ids: Ids = field(default_factory=Ids)

    def add(self, chunk: list[Parsed]) -> None:
        """Counts them, and makes their ids distinct."""
        for one in chunk:
            self.files += 1
            self.kinds[one.row["kind"]] += 1
            self.paths += one.paths
            self.strokes += one.strokes
            self.outlines += one.outlines
            self.noted_files += bool(one.notes)
            self.noted += [(one.row["source"], text) for text in one.notes[: MAX_NOTES - len(self.noted)]]
            if one.reason:
                self.failed += 1
                if self.failed <= self.options.max_unreadable + SHOWN:
                    self.reasons.append((one.row["source"], one.reason))
            else:
                self._add_readable(one)

    def _add_readable(self, one: Parsed) -> None:
        self._note(one.row)
        if one.steps is None:
            self.left_out[left_out_by(one.row, self.options)] += 1
            return
        self.kept += 1
        self.kept_kinds[one.row["kind"]] += 1
        self.kept_strokes += one.strokes
        self.kept_steps += len(one.steps)

    def _note(self, row: dict) -> None:
        wanted, row["id"] = row["id"], self._ids.distinct(row["id"])
        if row["id"] != wanted:
            self.renamed.add(row["id"])
        if not self.of_names or row["code_point"] != characters.NO_CODE_POINT or self.options.names == "none":
            return
        if self.options.names != "auto" or characters.looks_named(f"{wanted}.svg"):
            self.nameless.add(wanted)

    @property
    def unreadable(self) -> pd.DataFrame:
        return pd.DataFrame(self.reasons, columns=["file", "reason"], dtype="str")

    @property
    def notes(self) -> pd.DataFrame:
        return pd.DataFrame(self.noted, columns=["file", "note"], dtype="str")

    # ---- what is said

    def remarks(self) -> list[str]:
        """A line for each thing that a user may not expect."""
        lines = []
        if self.nameless.count and self.options.names == "auto":
            lines.append(
                f"{self.nameless.count} of {self.files} files ({self.nameless}) are named as code points or characters "
                "are, and nothing in them says that they are: read as drawings of no character; parse.names: hex, "
                "decimal or character says how the names are to be read, none that they are not"
            )
        elif self.nameless.count:
            lines.append(
                f"{self.nameless.count} of {self.files} files ({self.nameless}) are not named as parse.names: "
                f"{self.options.names} says: read as drawings of no character"
            )
        if self.renamed.count:
            lines.append(
                f"{self.renamed.count} drawings had the id of an earlier one and are told from it by a number "
                f"({self.renamed})"
            )
        if self.left_out:
            by = ", ".join(f"{count} {_why(reason)}" for reason, count in self.left_out.most_common())
            lines.append(f"{sum(self.left_out.values())} of {self.files} are left out: {by}")
        return lines

    def too_many(self) -> str:
        allowed = self.options.max_unreadable
        head = f"{self.failed} files cannot be read, parse.max_unreadable allows {allowed}; mend them or raise it:"
        return "\n".join([head, *self._shown()])

    def none_kept(self) -> str:
        if not self.files:
            return "the files hold no drawing; give others by fetch.path, fetch.url or fetch.package"
        if self.failed == self.files:
            return "\n".join([f"none of the {self.files} files can be read; mend them or give others:", *self._shown()])
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds.items())
        head = f"none of the {self.files} files ({kinds}) is selected; {_cure(self.left_out)}"
        if not self.failed:
            return head
        return "\n".join([f"{head}. {self.failed} of them cannot be read:", *self._shown()])

    def _shown(self) -> Iterable[str]:
        yield from (f"  {source}: {reason}" for source, reason in self.reasons[:SHOWN])
        if self.failed > SHOWN:
            yield f"  and {self.failed - SHOWN} more"

    @property
    def summary(self) -> dict:
        """path_elements, strokes, outlines (those of the strokes that go round what is filled and not stroked) and
        noted_files are of all readable files; drawings, their strokes and steps of the selected."""
        return {
            "files": self.files,
            "readable": self.files - self.failed,
            "unreadable": self.failed,
            "path_elements": self.paths,
            "strokes": self.strokes,
            "outlines": self.outlines,
            "noted_files": self.noted_files,
            "selected": {
                "drawings": self.kept,
                **{kind: self.kept_kinds[kind] for kind in characters.KINDS},
                "strokes": self.kept_strokes,
                "steps": self.kept_steps,
            },
        }


def _why(reason: tuple[str, bool]) -> str:
    kind, variant = reason
    by = [f"parse.select lacks {kind}"] if kind else []
    return "because " + " and ".join(by + (["parse.variants is false"] if variant else []))


def _cure(left_out: Counter) -> str:
    """What to change for the most of those left out to be kept."""
    kind, variant = left_out.most_common(1)[0][0]
    changes = [f"widen parse.select by {kind}"] if kind else []
    return " and ".join(changes + (["set parse.variants: true"] if variant else []))
