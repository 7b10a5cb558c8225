"""All icons of a folder, as the pipeline reads them, against resvg's pictures: python -m tests.support.icon_sets FOLDER

Each is read finely (arclength, 0.1 units) and as docs/icons.md has it (rdp, 0.08 units). Prints how many strokes there
are, the icons that cannot be read with their reasons, and the largest distance of a stroke from the ink and of the ink
from a stroke, in units and percent of an icon's size. Fails if any is above half a percent, or unreadable.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import joblib
from ruamel.yaml import YAML

from tests.support import ROOT
from tests.support.icons import ALLOWED, AS_DOCUMENTED, BOX, FINE, apart, ink, read

PARAMS = ROOT / "params.yaml"


def measure(path: Path, rule: dict) -> tuple[str, int, float, str]:
    """Name, strokes, largest distance in units, and why it cannot be read."""
    defaults = YAML(typ="safe", pure=True).load(PARAMS)
    with tempfile.TemporaryDirectory() as folder:
        try:
            strokes = read(path, defaults, rule)
        except AssertionError as error:
            return path.name, 0, 0.0, str(error)
        return path.name, len(strokes), max(apart(strokes, ink(path.read_text(), Path(folder)))), ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    paths, bad = sorted(options.folder.rglob("*.svg")), False
    for name, rule in (("fine", FINE), ("as documented", AS_DOCUMENTED)):
        found = joblib.Parallel(options.jobs)(joblib.delayed(measure)(path, rule) for path in paths)
        unreadable = [one for one in found if one[3]]
        worst, above = max(found, key=lambda one: one[2]), [one for one in found if one[2] > ALLOWED]
        print(f"{name}: {len(found):,} icons, {sum(one[1] for one in found):,} strokes, {len(unreadable)} unreadable")
        print(f"  worst {worst[2]:.3f} units, {worst[2] / BOX:.2%}: {worst[0]}; {len(above)} above {ALLOWED / BOX:.1%}")
        for one in [*unreadable, *above][:20]:
            print(f"  {one[0]}: {one[3] or f'{one[2]:.3f} units'}")
        bad |= bool(unreadable or above)
    sys.exit(bad)


if __name__ == "__main__":
    main()
