"""A dream at once: what it does not need is not loaded."""

import json
import subprocess
import sys

from tests.support import ROOT

# of SVG, tables, scores, pictures other than SVG, MLflow, training
SLOW = (
    "scipy", "svgpathtools", "lxml", "pandas", "pyarrow", "sklearn", "matplotlib", "resvg_py", "mlflow", "fontTools",
    "joblib", "lightning_fabric", "dvc",
)  # fmt: skip
CODE = """
import json, sys
sys.argv = ["fake-kanji", "sample", "--count", "20", "--seed", "1", "--out", sys.argv[1]]
from pipeline.cli.main import app
app(standalone_mode=False)
print(json.dumps([name for name in {slow} if name in sys.modules]))
"""


def loaded(out) -> list[str]:
    command = [sys.executable, "-c", CODE.format(slow=(*SLOW, "torch")), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])


def test_a_dream_loads_neither_what_reads_drawings_nor_what_scores_them(tmp_path):
    assert loaded(tmp_path / "sheet.svg") == ["torch"]  # the control: what it needs is seen
    assert (tmp_path / "sheet.svg").stat().st_size > 10_000
