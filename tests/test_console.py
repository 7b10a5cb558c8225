"""Consoles that lack characters: everything is said in some form, nothing fails, least of all after the work."""

import io
import subprocess
import sys

import pytest

import stages
from pipeline.cli import common, main
from pipeline.write import starts
from tests.cli.test_main import save_net
from tests.support import ROOT
from tests.support.strokes import ROWS, save_set

ENCODINGS = ["cp932", "cp1252", "ascii", "latin-1", "koi8-r", "utf-8"]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A small net with starts."""
    folder = tmp_path_factory.mktemp("home")
    save_net(folder / "pretrained")
    starts.build(save_set(folder / "strokes", ROWS), folder / "pretrained" / "starts.parquet")
    return folder / "pretrained"


class Console:
    """stdout and stderr as they are on a console of an encoding, while something runs; what they got."""

    def __init__(self, encoding: str):
        self.out, self.err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True) for _ in range(2))

    def run(self, work, *arguments: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["fake-kanji", *arguments])
            patch.setattr(sys, "stdout", self.out)
            patch.setattr(sys, "stderr", self.err)
            try:
                work()
            except SystemExit as ended:
                return ended.code or 0
        return 0


@pytest.fixture(params=ENCODINGS)
def console(request):
    return Console(request.param)


def said(stream) -> str:
    return stream.buffer.getvalue().decode("ascii", errors="replace")


@pytest.mark.parametrize("command", [[], *([name] for name in main.COMMANDS)])
def test_help(console, command):
    assert console.run(main.main, *command, "--help") == 0
    assert "Usage: " in said(console.out)


def test_a_sample_is_written_and_told(console, monkeypatch, shipped, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(common, "PRETRAINED", shipped)
    assert console.run(main.main, "sample", "-n", "2", "--seed", "1", "--start", "阝", "-o", "字€.svg") == 0
    assert (tmp_path / "字€.svg").is_file()
    assert "--seed 1 gives the same again" in said(console.out)


def test_an_error_is_one_line(console, monkeypatch, shipped, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(common, "PRETRAINED", shipped)
    assert console.run(main.main, "sample", "--start", "龘é€") == 1
    assert "is neither one character nor an .svg file" in said(console.err)
    assert len(said(console.err).splitlines()) == 1


def test_a_stage_s_summary(console):
    assert console.run(lambda: stages.run_alone("toy", lambda: "wrote 字 and é€")) == 0
    assert said(console.out).startswith("toy: wrote ")


def test_the_control_fails(console):
    """Without it the same line is an error wherever the encoding lacks a character."""
    if console.out.encoding == "utf-8":
        print("字é", file=console.out)
    else:
        with pytest.raises(UnicodeEncodeError):
            print("字é", file=console.out)


@pytest.mark.parametrize("module", ["pipeline", "stages.export"])
def test_real_processes(module, tmp_path):
    """The command's help, and a stage whose error names a file in characters that ASCII lacks."""
    (tmp_path / "字").mkdir()
    command = [sys.executable, "-m", module, "--help"]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, cwd=tmp_path / "字", env=environment)
    assert b"UnicodeEncodeError" not in done.stderr
    assert done.returncode == (0 if module == "pipeline" else 1)
    assert b"Usage: " in done.stdout or done.stderr.startswith(b"export: params.yaml does not exist")
