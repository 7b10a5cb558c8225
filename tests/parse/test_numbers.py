"""One grammar of numbers: what it generates is read as the numbers it was generated from, anything near is refused."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.parse.formats.iam import number as iam_number
from pipeline.parse.svg.documents import SvgError, read
from pipeline.parse.svg.numbers import NUMBER, NumberError, number
from pipeline.parse.svg.paths import LIMIT, PathError, subpaths
from pipeline.parse.svg.shapes import SHAPES

DIGITS = st.text("0123456789", min_size=1, max_size=4)
SIGN = st.sampled_from(["", "+", "-"])
EXPONENT = st.just("") | st.builds("".join, st.tuples(st.sampled_from("eE"), SIGN, st.sampled_from("012")))
UNSIGNED = DIGITS | st.builds(lambda a, b: f"{a}.{b}", st.just("") | DIGITS, DIGITS)
TOKEN = st.builds("".join, st.tuples(SIGN, UNSIGNED, EXPONENT)).filter(lambda text: abs(float(text)) < 1e3)
RADIUS = st.sampled_from(["0", "1", "+20", "-7.5", ".5e1", "0.3E+2", "30"])  # a thin ellipse may grow beyond all limits
SPACE = st.text(" \t\r\n\f", max_size=2)
GAP = st.builds(lambda a, comma, b: a + comma + b, SPACE, st.sampled_from(["", ","]), SPACE)
COUNTS = {"L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}


def apart(before, after):
    """Whether two tokens are two without a gap."""
    return not after[0].isdigit() and not (after[0] == "." and "." not in before and "e" not in before.lower())


@st.composite
def path_data(draw):
    """Path data as the grammar has it, and the commands with the values of its tokens."""
    text, commands, last = draw(SPACE), [], ""
    letters = ["M", *draw(st.lists(st.sampled_from("LHVCSQTALHVCSQTAmZ"), max_size=6))]
    for letter in letters:
        letter = draw(st.sampled_from([letter.upper(), letter.lower()]))
        text += letter + draw(SPACE)
        count = {"M": 2, "Z": 0, **COUNTS}[letter.upper()]
        tokens = []
        for place in range(count):
            flag = letter in "Aa" and place in (3, 4)
            radius = letter in "Aa" and place < 2
            token = draw(st.sampled_from("01") if flag else RADIUS if radius else TOKEN)
            gap = draw(GAP) if place else ""
            after_flag = letter in "Aa" and place in (4, 5)  # a flag is one digit: no gap is needed after it
            if place and not gap and not after_flag and not apart(last, token):
                gap = " "
            text += gap + token
            last = token
            tokens.append(float(token))
        text += draw(SPACE)
        commands.append((letter, tokens))
    return text, commands


def ends_by_hand(commands):
    """Where each segment ends, by the definition of the commands; arcs and curves by their last pair."""
    at = start = 0j
    out: list[complex] = []
    for letter, values in commands:
        base = at if letter.islower() else 0j
        if letter in "Zz":
            at = start
        elif letter in "Hh":
            at = complex(values[0] + base.real, at.imag)
        elif letter in "Vv":
            at = complex(at.real, values[0] + base.imag)
        else:
            at = complex(*values[-2:]) + base
        if letter in "Mm":
            start = at
        out.append(at)
    return out


def controls_by_hand(letter, values, at, end, segment):
    """The absolute control points that C and Q name, elevated; of any other command the segment's own."""
    base = at if letter.islower() else 0j
    if letter in "Cc":
        return complex(*values[:2]) + base, complex(*values[2:4]) + base
    if letter in "Qq":
        control = complex(*values[:2]) + base
        return at + (control - at) * 2 / 3, end + (control - end) * 2 / 3
    return segment[1:3]


@given(path_data())
@settings(max_examples=400, deadline=None, derandomize=True)
def test_what_the_grammar_generates_is_read_as_its_numbers(case):
    text, commands = case
    curves = subpaths(text)
    segments = iter([segment for curve in curves for segment in curve.controls @ (1, 1j)])  # (4,) complex each
    at = start = 0j
    fresh = True  # no segment in this subpath
    for (letter, values), end in zip(commands, ends_by_hand(commands), strict=True):
        if letter in "Mm":
            start, fresh = end, True
        elif not (letter in "Zz" and at == start and not fresh) and not (letter in "Aa" and at == end):
            segment = next(segments)
            for _ in range(4 if letter in "Aa" else 0):  # an arc is up to five pieces
                if abs(segment[3] - end) > 1e-9:
                    segment = next(segments)
            assert abs(segment[3] - end) < 1e-9
            assert np.abs(segment[1:3] - controls_by_hand(letter, values, at, end, segment)).max() < 1e-9
            fresh = False
        fresh = fresh or letter in "Zz"
        at = end
    assert next(segments, None) is None


@given(st.text("0123456789.eE+-_,\u0663 xn", min_size=1, max_size=8), st.sampled_from(["M{0} 5", "M5 {0}", "M0 0H{0}"]))
@settings(max_examples=1500, deadline=None, derandomize=True)
def test_near_misses_are_refused_or_the_value_that_python_gives(token, place):
    try:
        curves = subpaths(place.format(token) + ("L7 7" if place[1] != "0" else ""))
    except PathError:
        return
    tokens = re.findall(NUMBER, place.format(token))
    values = [float(found) for found in tokens]
    assert not re.sub(rf"{NUMBER}|[\s,MH]", "", place.format(token))  # nothing was dropped
    seen = curves[0].controls[0, [0, 3]]
    assert seen[0].tolist() == values[:2]
    if place[1] == "0":
        assert seen[1, 0] == values[2]


NUMBERS = [
    # token, value or None where it is no number
    ("1", 1.0),
    ("-.5", -0.5),
    ("+0010", 10.0),
    ("1e1", 10.0),
    ("1.5E+2", 150.0),
    ("0.1e-1", 0.01),
    (".5e2", 50.0),
    ("1.", None),
    ("1.e1", None),
    ("-1.", None),
    (".", None),
    (".e1", None),
    ("1e", None),
    ("1e+", None),
    ("--1", None),
    ("1_0", None),
    ("0x10", None),
    ("nan", None),
    ("infinity", None),
    ("\u0661", None),  # a digit of Arabic
    ("\uff11", None),  # a full-width one
    ("\u22121", None),  # a minus sign that is no hyphen
]


@pytest.mark.parametrize(("token", "value"), NUMBERS)
def test_every_place_reads_the_same_number_or_refuses_it(token, value):
    page = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99">{}</svg>'
    places = [
        lambda: subpaths(f"M7 7H{token}")[0].controls[-1, 3, 0],
        lambda: subpaths(SHAPES["polyline"]({"points": f"7 7 {token} 8"}.get))[0].controls[-1, 3, 0],
        lambda: subpaths(SHAPES["line"]({"x2": token, "x1": "7"}.get))[0].controls[-1, 3, 0],
        lambda: (
            read(page.format(f'<path d="M7 7H8" transform="translate({token} 0)"/>').encode(), "a")
            .curves[0]
            .controls[0, 0, 0]
            - 7
        ),
        lambda: read(f'<svg viewBox="0 0 9 {token}"><path d="M1 1H2"/></svg>'.encode(), "a").height,
        lambda: iam_number(token),
        lambda: number(token),
    ]
    for place in places[: None if value is None or value > 0 else -3]:
        if value is None:
            with pytest.raises((PathError, SvgError, NumberError)):
                place()
        else:
            assert place() == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("text", ["", " ", "1,5", "1 5", "1e1.5", "1.2.3", "5px"])
def test_one_number_and_nothing_else(text):
    assert number(" 7\n") == 7
    with pytest.raises(NumberError, match="is not a number"):
        number(text)


def test_a_number_beyond_double_precision_is_refused():
    with pytest.raises(NumberError, match="too large"):
        number("1e999")
    with pytest.raises(PathError, match=f"not a number below {LIMIT:,.0f}"):
        subpaths("M1 1L1e999 1")


def test_a_bare_point_is_refused_with_its_cure():
    with pytest.raises(PathError, match=r"write 1 or 1\.0, not 1\.$"):
        subpaths("M1.e1 1.e1L9.e1,9.e1")


def test_control_svgpathtools_itself_reads_a_bare_point_otherwise():
    """The reason for all this: without a grammar of our own it takes 1.e1 for 1 and 1."""
    from svgpathtools import parse_path

    assert parse_path("M1.e1 1.e1L9.e1,9.e1").start != 10 + 10j


def test_coordinates_are_the_very_doubles_of_their_tokens():
    source = np.random.default_rng(5)
    tokens = [repr(float(value)) for value in source.normal(0, 1, 200) * 10.0 ** source.integers(-9, 5, 200)]
    (curve,) = subpaths("M0 0L" + " ".join(f"{token},{token}" for token in tokens))
    assert curve.controls[:, 3, 0].tolist() == [float(token) for token in tokens]
