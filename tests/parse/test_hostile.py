"""Documents made to hang, to fill the memory or to be misread: each is read right, or named with place and reason.

docs/robustness.md lists them. No test here measures time: an input that hangs would end the run by its own time limit.
"""

import gzip
import os
import signal
import threading
import zlib

import pytest
from joblib import Parallel, delayed

from pipeline.fetch import sources
from pipeline.fetch.sources import FetchParams, SourceError
from pipeline.parse import reading, resampling, timelimit
from pipeline.parse.formats.sketch import Record
from pipeline.parse.reading import ParseParams
from pipeline.parse.svg import documents
from tests.support import fuzz

HEAD = 'viewBox="0 0 109 109"'
PATH = '<path d="M0 0L1 1"/>'
MILLION = 1_000_000
SPACES = " " * MILLION


def page(body: str) -> bytes:
    return f"<svg {HEAD}>{body}</svg>".encode()


GOOD = page(PATH)
REFUSED = [
    # input, and what its reason says
    ("100 MB of one path", lambda: page(f'<path d="M0 0{"l1 1" * 25_000_000}"/>'), "larger than 4,194,304 bytes"),
    ("4 MB of one path", lambda: page(f'<path d="M0 0{"l1 1" * 999_000}"/>'), "<path>: path data of 3,996,004 char"),
    ("a million elements", lambda: page("<g/>" * MILLION), "has 1,000,002 tags, above 50,000"),
    ("a million subpaths", lambda: page(f'<path d="{"M0 0z" * MILLION}"/>'), "larger than"),
    ("a million points", lambda: page(f'<polyline points="{"1 2 " * 240_000}"/>'), "more than 100,000 segments"),
    (
        "a million attributes",
        lambda: page("<path " + "".join(f"a{i}='' " for i in range(MILLION)) + "/>"),
        "larger than",
    ),
    ("a number of a million digits", lambda: page(f'<path d="M0 0L{"1" * MILLION} 1"/>'), "path data of 1,000,007"),
    ("a bomb of gzip", lambda: gzip.compress(b"<svg>" + bytes(500 * MILLION), 1), "larger than 4,194,304 bytes"),
    ("gzip cut short", lambda: gzip.compress(GOOD)[:-20], "packed by gzip and cut short"),
    ("gzip damaged", lambda: gzip.compress(GOOD)[:-8] + bytes(8), "packed by gzip and damaged"),
    ("gzip in gzip", lambda: gzip.compress(gzip.compress(GOOD)), "is not XML: its text is not utf-8"),
    ("a length that ends in spaces", lambda: page(f'<rect width="1{SPACES}!" height="1"/>'), "is not a length"),
    ("half a declaration, often", lambda: b"<?xml " * 40_000, "is not XML"),
    ("no text", lambda: bytes(1000), "is not XML"),
    ("nothing", lambda: b"", "is not XML"),
    ("a page of HTML", lambda: b"<html><body>404</body></html>", "its root is <html>, not <svg>"),
    ("cut short", lambda: GOOD[:40], "is not XML"),
    (
        "a wrong encoding",
        lambda: page("<title>\xe9</title>" + PATH).decode().encode("latin-1"),
        "its text is not utf-8",
    ),
    ("an encoding that is none", lambda: b'<?xml version="1.0" encoding="base64"?><svg/>', "its text is not base64"),
    ("UTF-32", lambda: GOOD.decode().encode("utf-32"), "is not XML"),
    ("an empty d", lambda: page('<path d=""/>'), "draws nothing"),
    ("a path of one point", lambda: page('<path d="M1 1"/>'), "draws nothing"),
    ("a number of 1e999", lambda: page('<path d="M1 1L1e999 2"/>'), "line 1, <path>: a coordinate is not a number"),
    ("an arc turned by 1e999", lambda: page('<path d="M0 0A5 5 1e999 0 0 2 2"/>'), "a number no curve can be computed"),
    ("a box of 1e999", lambda: f'<svg viewBox="0 0 1e999 9">{PATH}</svg>'.encode(), "a coordinate is not a number"),
    ("a scale of 1e999", lambda: page(f'<g transform="scale(1e999)">{PATH}</g>'), "line 1, <g>: Non-finite value"),
    ("NaN", lambda: page('<path d="M1 1LNaN 2"/>'), "character 5: 'LNaN 2' lacks numbers, L takes 2"),
    ("a command cut short", lambda: page('<path d="M1 1C1 2 3 4 5"/>'), "lacks numbers, C takes 6"),
]
READ = [
    ("gzip (.svgz)", lambda: gzip.compress(GOOD)),
    ("UTF-16", lambda: GOOD.decode().encode("utf-16")),
    ("UTF-16 without its mark", lambda: GOOD.decode().encode("utf-16-le")),
    ("UTF-16 without its mark, the other", lambda: GOOD.decode().encode("utf-16-be")),
    ("a million spaces before the root", lambda: SPACES.encode() + GOOD),
    ("a million spaces in a style", lambda: page(f'<g style="{SPACES}">{PATH}</g>')),
    ("a million spaces in a text", lambda: page(f"<title>{SPACES}</title>{PATH}")),
    ("a thousand semicolons in a style", lambda: page(f'<g style="{("; display : " + " " * 100) * 1000}">{PATH}</g>')),
    ("a long list of transforms", lambda: page(f'<g transform="{"scale(1)" * 10_000}">{PATH}</g>')),
]


@pytest.fixture
def options(defaults) -> ParseParams:
    return ParseParams(**defaults["parse"])


@pytest.mark.parametrize(("data", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_with_place_and_reason(data, reason, options):
    (found,) = reading.read_chunk([Record("bad.svg", 0, "bad.svg", data())], options)
    assert reason in found.reason and found.steps is None
    assert "\n" not in found.reason and len(found.reason) < 300


@pytest.mark.parametrize("data", [case[1] for case in READ], ids=[case[0] for case in READ])
def test_read_right(data):
    assert documents.read(data(), "good.svg").curves[0].controls[-1, -1].tolist() == [1, 1]


def test_the_points_of_a_drawing_are_limited(options, monkeypatch):
    monkeypatch.setattr(resampling, "MAX_DRAWING", 5)
    (found,) = reading.read_chunk([Record("a.svg", 0, "a.svg", page(PATH * 2))], options)
    assert not found.reason  # control: four points
    (found,) = reading.read_chunk([Record("a.svg", 0, "a.svg", page(PATH * 3))], options)
    assert found.reason.startswith("more than 5 points in all")


# ---- the limit of time


def for_ever(*_: object) -> None:
    while True:
        pass


def limited_for_ever() -> str:
    try:
        with timelimit.limited(0.05):
            for_ever()
    except timelimit.TimeLimitError as error:
        return str(error)


@pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="no clock of the processor")
@pytest.mark.parametrize("jobs", [1, 2])
def test_work_that_does_not_end_is_stopped_here_and_in_joblib_s_processes(jobs):
    said = Parallel(n_jobs=jobs)(delayed(limited_for_ever)() for _ in range(2))
    assert said == ["takes more than 0.05 seconds of the processor; simplify it or take it out"] * 2


@pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="no clock of the processor")
def test_a_drawing_that_takes_too_long_is_named(options, monkeypatch):
    monkeypatch.setattr(timelimit.limited.__wrapped__, "__defaults__", (0.05,))
    monkeypatch.setattr(documents, "read", for_ever)
    (found,) = reading.read_chunk([Record("slow.svg", 0, "slow.svg", GOOD)], options)
    assert found.row["source"] == "slow.svg" and found.reason.startswith("takes more than 0.05 seconds")


def test_the_clock_is_put_back():
    before = signal.getsignal(signal.SIGPROF)
    with timelimit.limited(30):
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 20
    assert signal.getsignal(signal.SIGPROF) is before and signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_a_thread_that_is_not_the_main_one_works_without():
    done = []

    def work() -> None:
        with timelimit.limited(30):
            done.append(signal.getitimer(signal.ITIMER_PROF))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [(0, 0)]


# ---- folders


@pytest.fixture
def fetched(tmp_path, defaults):
    """Fetch a folder of a.svg and what `make` adds: the number of files."""

    def fetch(make) -> int:
        folder = tmp_path / "svg"
        folder.mkdir()
        (folder / "a.svg").write_bytes(GOOD)
        make(folder)
        out = tmp_path / "raw"
        given = FetchParams(**{**defaults["fetch"], "source": "folder", "path": str(folder)})
        try:
            return sources.fetch(given, out)["files"]
        except (SourceError, OSError):
            assert sorted(path.name for path in tmp_path.iterdir()) == ["svg"]  # neither raw nor a part of it
            raise

    return fetch


@pytest.mark.parametrize("name", ["b\nc.svg", "\u6f22 \u00e9.svg", "b.svgz", "a b;$(c).svg"])
def test_names_that_are_read(fetched, name):
    assert fetched(lambda folder: (folder / name).write_bytes(GOOD)) == 2


UNREADABLE = [
    ("a link to nothing", lambda folder: (folder / "b.svg").symlink_to("none.svg"), "'b.svg' is no file or a link to"),
    (
        "links in a circle",
        lambda folder: (folder / "b.svg").symlink_to("b.svg"),
        "'b.svg' is no file or a link to none",
    ),
    ("a pipe", lambda folder: os.mkfifo(folder / "b.svg"), "'b.svg' is no file or a link to none; take it out"),
    ("a link out", lambda folder: (folder / "b.svg").symlink_to("/etc/passwd"), "the link 'b.svg' leaves the folder"),
    ("two of one name", lambda folder: (folder / "a.svgz").write_bytes(GOOD), "2 drawings are named 'a'; rename"),
]


@pytest.mark.parametrize(("make", "reason"), [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
def test_files_that_are_refused(fetched, make, reason):
    with pytest.raises(SourceError, match=reason):
        fetched(make)


def test_a_file_that_may_not_be_read(fetched, monkeypatch):
    """By a stand-in for the permissions, which do not bind root."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "b.svg")

    def make(folder) -> None:
        monkeypatch.setattr("pathlib.Path.open", refuse)

    with pytest.raises(OSError, match="Permission denied: 'b.svg'"):
        fetched(make)


# ---- fuzz


def test_damaged_inputs_are_read_or_refused():
    counts, findings = fuzz.run(5, 0, [], stop_at=1)
    assert findings == []
    assert all(counts[f"{kind} {outcome}"] for kind in ("path", "document") for outcome in ("read", "refused"))


def test_control_a_finding_is_seen(monkeypatch):
    def broken(*_: object) -> None:
        raise zlib.error("no error of this package")

    monkeypatch.setattr(documents, "_page", broken)
    assert "zlib.error" in fuzz.run(5, 0, [], stop_at=1)[1][0]
