"""A real browser for the tests of pages. `python -m tests.support.browser` tells whether one can be started here.

Tests take the fixture `visit` (conftest imports it). Without a browser they are skipped, with the cure; where the
environment variable CI is true they fail, so that there no page goes untested.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "FAKE_KANJI_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CURE = f"no Chromium is to be had: `make browser` brings one, or set {VARIABLE} to its path"
ARGUMENTS = [
    "--no-sandbox",  # root may not use it
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers give it 64 MB
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LOCAL = ("file:", "data:", "blob:", "about:")  # addresses for which no host is asked


def executable(own: str) -> str | None:
    """Path of a Chromium: the one asked for, one of the machine's, or `own`, where Playwright would have its."""
    asked = os.environ.get(VARIABLE)
    if asked:
        return asked
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (own if Path(own).is_file() else None)


def start(playwright: Any) -> Any:
    """A headless browser. Raises FileNotFoundError: there is none."""
    path = executable(playwright.chromium.executable_path)
    if path is None:
        raise FileNotFoundError(CURE)
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            found = start(playwright)
        except FileNotFoundError as error:
            if os.environ.get("CI", "").lower() in ("true", "1"):
                pytest.fail(str(error))
            pytest.skip(str(error))
        yield found
        found.close()


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., Any]]:
    """visit(path or address, hosts=(), **options of the context) -> a Playwright page that has loaded it.

    When the test ends, what any of its pages logged as an error or asked of a host that is not in `hosts` fails it.
    """
    contexts, wrong = [], []

    def visited(target: Path | str, hosts: tuple[str, ...] = (), **options: Any) -> Any:
        context = browser.new_context(**{"reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda m: wrong.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(f"uncaught: {error}"))
        page.on("request", lambda r: None if r.url.startswith(LOCAL + hosts) else wrong.append(f"request: {r.url}"))
        page.goto(target.resolve().as_uri() if isinstance(target, Path) else target)
        return page

    yield visited
    for context in contexts:
        context.close()
    assert not wrong, wrong


def main() -> int:
    """0 if a browser starts and opens a page."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            found = start(playwright)
            found.new_page().goto("about:blank")
        except (FileNotFoundError, Error) as error:
            print(str(error).splitlines()[0], file=sys.stderr)
            return 1
        print(f"Chromium {found.version}")
        found.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
