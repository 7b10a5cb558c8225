"""Which modules of this repository a stage imports, directly or not, read from the source."""

import ast
from pathlib import Path

from tests.support import ROOT

# They report and run; what they do cannot change a stage's output, and a change of theirs must not cost a training.
REPORTS = ("stages/__init__.py", "pipeline/tracking/", "pipeline/console.py")


def closure(script: str) -> list[str]:
    """Paths, relative to the root, of the script and of all it imports from pipeline/ and stages/."""
    seen: set[str] = set()
    todo = {script}
    while todo:
        path = todo.pop()
        seen.add(path)
        todo |= {name for name in imported(path) if name not in seen and not name.startswith(REPORTS)}
    return sorted(seen)


def imported(path: str) -> set[str]:
    """The modules that a file imports itself. An __init__.py that only describes its wing is none."""
    modules = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    paths = {module.replace(".", "/") for module in modules if module.split(".")[0] in ("pipeline", "stages")}
    return {f"{path}.py" for path in paths if (ROOT / f"{path}.py").is_file()}


def modules() -> list[Path]:
    """All modules of pipeline/ and stages/."""
    return [path for folder in ("pipeline", "stages") for path in sorted((ROOT / folder).rglob("*.py"))]
