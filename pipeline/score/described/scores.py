"""Held-out characters, one form each, written from their descriptions and held against the real drawings.

nats_per_step    of the held-out drawings, told what they are
count            of the characters, those with the right number of strokes
types            those with the right stroke types in order, as one alphabet recognises them in both drawings
within_5, _10    of all strokes, those whose partner is within so many units of a box of 109
every_10         of the characters, those with every stroke, in the right order, within 10 units
order            Kendall's tau of the order of matched strokes, mean over the characters with two of them
placed           of all parts of at least two strokes, those whose box is where the real one's is
top1, top5       of the characters, those that a recogniser of all of them takes for what they are, among its first five

Beside each stand, with a suffix:

_best8           the likeliest of eight attempts
_real            other real drawings of the same characters in place of written ones, of another form (of script,
                 mostly) that has the same description; `forms` is the number of characters that have one
_shuffled        the descriptions exchanged among the characters: must fall
_untold          nothing told at all: must fall
_pairs           the characters of two known parts alone, side by side or above each other, for which the training
                 drawings have both parts there; `pairs` is their number. Over these same ones:
_pasted          donors' strokes, no net
_swapped, _turned, _wrong   ⿰AB told as ⿰BA, as ⿱AB, as ⿰CB or ⿰AC: must fall

Of the characters alone, by what the training characters show of their parts (of at least two strokes; see `splits`):

_new_pairs       those told two different parts by name, or more, no two of which stand together in a training
                 character, at any depth; `new_pairs` is their number
_same_pairs      those told as many, some two of which do; `same_pairs`
_unseen          those with a part whose name no training character has, so that it is spelled; `unseen`
_spelled         those told a part that is made of named parts itself, `spelled` of them: told with all such parts
                 spelled, which shows how well a part is written from its own description. Over these same ones:
_named           told as usual, by the parts' names
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.dataset import DrawingSet
from pipeline.describe import derivation, encoding, knowledge
from pipeline.describe import description as grammar
from pipeline.describe.derivation import Told
from pipeline.describe.knowledge import Knowledge
from pipeline.net import describer
from pipeline.net.model import WritingNet
from pipeline.progress import Progress, unseen
from pipeline.sample import attempts
from pipeline.sample.sampler import SampleParams
from pipeline.score.described import pairs, parted, splits, strokes
from pipeline.score.described.pairs import Donors
from pipeline.score.described.parted import Asked, Parted
from pipeline.score.described.splits import Shown
from pipeline.score.described.yardstick import Found, Yardstick, summary, yardstick
from pipeline.score.material import Material

DESCRIBED_STREAM = 31  # key of the random streams
READ = 64  # drawings read at once
ATTEMPTS = 8


@dataclass(frozen=True)
class Scores:
    """numbers by name; table: a row a character, with the drawing `written` of it: `drawings`, in the net's units."""

    numbers: dict[str, float]
    table: pd.DataFrame
    drawings: list[Parted]


def described(
    net: WritingNet,
    knows: Knowledge,
    material: Material,
    pen_weights: Sequence[float],
    options: SampleParams,
    seed: int,
    progress: Progress = unseen,
) -> Scores | None:
    """None where drawings name no components. Raises SamplingError, as `sampler.generate`."""
    real = _named(material.held_out("test"))
    told = _told(real) if len(real) else []
    if not any(one.parts for one in told):
        return None
    spelled = [knowledge.canonical(one, knows) for one in told]
    drawn, ordered = parted.real(real, spelled, knows)
    yard = yardstick(material, real, drawn, seed)
    write = partial(writings, net, options=options, pen_weights=pen_weights, seed=seed)
    source = np.random.default_rng((seed, DESCRIBED_STREAM))
    asked = [Asked.of(knows.encode(one.description)) for one in spelled]
    everyone, training = range(len(asked)), _named(material.held_out("train"))
    taught = _told(training)
    exchanged = [asked[i] for i in _deranged(len(asked), source)]
    numbers = {"nats_per_step": told_nats(net, drawn, ordered, pen_weights)}

    written = write(asked)
    found = yard.compare(everyone, written)
    numbers |= summary(found)
    for suffix, wanted, best_of in progress(
        [
            ("_best8", asked, ATTEMPTS),
            ("_shuffled", exchanged, 1),
            ("_untold", [Asked.of(knows.untold)] * len(asked), 1),
        ]
    ):
        numbers |= summary(yard.compare(everyone, write(wanted, best_of=best_of)), suffix)
    numbers |= _of_forms(material, knows, spelled, yard)
    numbers |= _of_pairs(Donors.of(training, taught), knows, spelled, yard, found, write, source)
    shown = _shown(Shown.of(taught), spelled)
    for name, rows in shown.items():
        numbers |= _of(name, np.flatnonzero(rows).tolist(), found)
    numbers |= _of_spelled(real, told, knows, spelled, yard, found, write)
    seen = Counter(one.description.name for one in knowledge.parts(taught))
    return Scores(numbers, _table(real, spelled, seen, found).assign(**shown), written)


def _named(drawings: DrawingSet) -> DrawingSet:
    """Those that name parts: a hand may have others, of which nothing can be told."""
    index = drawings.index
    return drawings.where((index["description"] != "").to_numpy()) if "description" in index else drawings


def writings(
    net: WritingNet,
    wanted: Sequence[Asked],
    options: SampleParams,
    pen_weights: Sequence[float],
    seed: int,
    best_of: int = 1,
) -> list[Parted]:
    """A drawing of each, in the net's units, the likeliest of `best_of` attempts."""
    key = (seed, DESCRIBED_STREAM)
    found = attempts.likeliest(net, [one.told for one in wanted], options, pen_weights, best_of, key)
    return [Parted(steps, one.parts) for (steps, _), one in zip(found, wanted, strict=True)]


def told_nats(
    net: WritingNet, real: Sequence[Parted], told: Sequence[encoding.Encoded], pen_weights: Sequence[float]
) -> float:
    """Nats a step of real drawings whose parts end where they do, the pen weights divided out."""
    device, total = net.first_step(1).device, 0.0
    for at in range(0, len(real), READ):
        some = [one.steps for one in real[at : at + READ]]
        telling = describer.telling(told[at : at + READ], device)
        nats = attempts.likelihoods(net, some, telling, pen_weights)
        total += sum(one * len(steps) for one, steps in zip(nats, some, strict=True))
    return total / sum(len(one.steps) for one in real)


def _told(drawings: DrawingSet) -> list[Told]:
    return derivation.descriptions(drawings.index, drawings) if "groups" in drawings.index else []


def _of_forms(material: Material, knows: Knowledge, spelled: Sequence[Told], yard: Yardstick) -> dict[str, float]:
    """Of other real drawings of the same characters, described the same."""
    split = (material.real.index["split"] == "test").to_numpy()
    everything = material.split("test")
    told = [knowledge.canonical(one, knows) for one in _told(everything)]
    drawn, _ = parted.real(everything, told, knows)
    plain = set(material.held_out("test").index["id"])
    texts = [grammar.text(one.description) for one in spelled]
    number = {int(code): i for i, code in enumerate(yard.characters)}
    others: dict[int, int] = {}  # row among the characters -> row among all forms
    for row, (name, code) in enumerate(zip(everything.index["id"], everything.index["code_point"], strict=True)):
        if name not in plain and grammar.text(told[row].description) == texts[number[code]]:
            others.setdefault(number[code], row)
    if not others:
        return {"forms": 0}
    rows = np.array(list(others.values()))
    found = yard.compare(list(others), [drawn[row] for row in rows], np.flatnonzero(split)[rows])
    return {"forms": len(rows), **summary(found, "_real")}


def _of_pairs(
    donors: Donors,
    knows: Knowledge,
    spelled: Sequence[Told],
    yard: Yardstick,
    found: Found,
    write: "partial[list[Parted]]",
    source: np.random.Generator,
) -> dict[str, float]:
    rows = [i for i, one in enumerate(spelled) if donors.is_pair(one.description)]
    if not rows:
        return {"pairs": 0}
    told = [spelled[i].description for i in rows]
    numbers = {"pairs": len(rows), **summary(found.of(rows), "_pairs")}
    numbers |= summary(yard.compare(rows, [donors.pasted(one, knows) for one in told]), "_pasted")
    for name, mistake in pairs.MISTAKES.items():
        wanted = [mistake(one, donors, knows, source) for one in told]
        numbers |= summary(yard.compare(rows, write(wanted)), f"_{name}")
    return numbers


def _shown(training: Shown, spelled: Sequence[Told]) -> dict[str, NDArray[np.bool_]]:
    """Which characters are of each split, by its name."""
    new = np.array([training.new_pairs(one) for one in spelled])
    several = np.array([len(splits.told_by_name(one)) > 1 for one in spelled])
    unseen = np.array([training.unseen(one) for one in spelled])
    return {"new_pairs": new, "same_pairs": several & ~new, "unseen": unseen}


def _of(name: str, rows: list[int], found: Found) -> dict[str, float]:
    """Of some of the characters, and how many they are."""
    return {name: len(rows), **(summary(found.of(rows), f"_{name}") if rows else {})}


def _of_spelled(
    real: DrawingSet,
    told: Sequence[Told],
    knows: Knowledge,
    usual: Sequence[Told],
    yard: Yardstick,
    found: Found,
    write: "partial[list[Parted]]",
) -> dict[str, float]:
    """Of those that are told otherwise with their parts spelled; parts are then in their place if their own are."""
    further = [splits.spelled(one, knows) for one in told]
    rows = [i for i, one in enumerate(further) if one.description != usual[i].description]
    if not rows:
        return {"spelled": 0}
    drawn, _ = parted.real(real, further, knows)
    written = write([Asked.of(knows.encode(further[i].description)) for i in rows])
    numbers = summary(replace(yard, real=drawn).compare(rows, written), "_spelled")
    return {"spelled": len(rows), **summary(found.of(rows), "_named"), **numbers}


def _table(real: DrawingSet, spelled: Sequence[Told], seen: Counter[str], found: Found) -> pd.DataFrame:
    """leaves: how many parts are told; named: whether all have names and two strokes; seen: how often training drawings
    have the rarest of them, 0 where one has no name; parts, placed: those of two strokes, and those in their place.
    The splits that the character is of are added as columns."""
    leaves = [[leaf.name for leaf, _ in grammar.leaves(one.description)] for one in spelled]
    return pd.DataFrame(
        {
            "id": real.index["id"].to_numpy(),
            "text": [grammar.text(one.description) for one in spelled],
            "leaves": [len(names) for names in leaves],
            "named": [_is_named(one) for one in spelled],
            "seen": [min(seen[name] if name else 0 for name in names) for names in leaves],
            "strokes": [one.real for one in found.strokes],
            "written": [one.written for one in found.strokes],
            "types": found.types,
            "within_10": [float(np.mean(one.distances < strokes.FAR)) for one in found.strokes],
            "every_10": [one.every for one in found.strokes],
            "parts": found.parts[:, 1],
            "placed": found.parts[:, 0],
            "rank": found.rank,
        }
    )


def _is_named(told: Told) -> bool:
    """Whether all its parts have names and more than a stroke."""
    if told.parts:
        return all(_is_named(part) for part in told.parts)
    return bool(told.description.name) and sum(last - first + 1 for first, last in told.runs) > 1


def _deranged(count: int, source: np.random.Generator) -> NDArray[np.int64]:
    """A permutation in which, of two or more, none keeps its place: one cycle through all."""
    order = source.permutation(count)
    following = np.empty(count, np.int64)
    following[order] = np.roll(order, -1)
    return following
