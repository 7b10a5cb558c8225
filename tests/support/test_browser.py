"""Which browser the tests of pages take, and what is said when there is none."""

from types import SimpleNamespace

import pytest

from tests.support import browser


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without any browser, and a function that puts a program on its path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(browser.VARIABLE, raising=False)

    def has(name: str) -> str:
        program = tmp_path / name
        program.touch(mode=0o755)
        return str(program)

    return has


def test_the_one_asked_for_comes_first_then_the_machine_s_then_playwright_s(machine, monkeypatch, tmp_path):
    assert browser.executable(str(tmp_path / "own")) is None
    own = machine("own")
    assert browser.executable(own) == own
    chrome = machine("google-chrome")
    assert browser.executable(own) == chrome
    chromium = machine("chromium")
    assert browser.executable(own) == chromium
    monkeypatch.setenv(browser.VARIABLE, "/asked/for")
    assert browser.executable(own) == "/asked/for"


def test_without_one_the_cure_is_said(machine, tmp_path):
    playwright = SimpleNamespace(chromium=SimpleNamespace(executable_path=str(tmp_path / "none")))
    with pytest.raises(FileNotFoundError, match="make browser"):
        browser.start(playwright)
