"""The page in a headless Chromium: python benchmarks/page.py [data/web/index.html] [--count 256] [--loads 5]

Prints the time from opening the file to the first stroke on the sheet, as the page itself marks it, and, written one
after another in the worker, characters a second; while that goes on, the longest time between two frames of the page.
The rate is told per second of the processor too, so that it means something on a machine that has other things to do.
"""

import argparse
import statistics
import sys
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import browser  # noqa: E402

INK = 'performance.getEntriesByName("first ink")[0].startTime'
READY = "document.querySelectorAll('#sheet .cell').length && !document.querySelector('#sheet .cell[disabled]')"
MEASURE = """async (count) => {
  let longest = 0, before = performance.now(), going = true;
  const tick = (now) => {
    longest = Math.max(longest, now - before);
    before = now;
    if (going) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const found = await fakeKanji.ask("measure", { count, settings: fakeKanji.state().settings });
  going = false;
  return { ...found, longest };
}"""


def processor() -> float:
    """Seconds of processor that this process' children have taken."""
    children = psutil.Process().children(recursive=True)
    return sum(sum(child.cpu_times()[:2]) for child in children)


def load(chromium, page: Path, motion: str):
    opened = chromium.new_page(viewport={"width": 1440, "height": 900}, reduced_motion=motion)
    opened.goto(page.resolve().as_uri() + "#seed=1")
    opened.wait_for_function('performance.getEntriesByName("first ink").length', timeout=60_000)
    return opened


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", nargs="?", type=Path, default=ROOT / "data/web/index.html")
    parser.add_argument("--count", type=int, default=256)
    parser.add_argument("--loads", type=int, default=5)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        chromium = browser.start(playwright)
        ink = []
        for _ in range(options.loads):
            page = load(chromium, options.page, "no-preference")
            ink.append(page.evaluate(INK))
            page.close()
        print(f"first stroke after {statistics.median(ink):,.0f} ms ({min(ink):,.0f} to {max(ink):,.0f})")
        page = load(chromium, options.page, "reduce")
        page.wait_for_function(READY, timeout=120_000)
        page.evaluate(MEASURE, 32)  # compiled
        began = processor()
        found = page.evaluate(MEASURE, options.count)
        taken = processor() - began
        print(
            f"{found['rate']:,.0f} characters a second, {options.count / taken:,.0f} a second of processor, "
            f"{found['steps']:.0f} steps each; longest time between frames {found['longest']:,.0f} ms"
        )
        chromium.close()


if __name__ == "__main__":
    main()
