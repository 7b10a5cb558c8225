"""Which modules of this repository a stage imports, directly or not, read from the source."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
# They report and run; what they do cannot change a stage's output, and a change of theirs must not cost a training.
NO_INFLUENCE = {"stages/__init__.py", "pipeline/__init__.py"} | {
    str(path.relative_to(ROOT)) for path in (ROOT / "pipeline").glob("tracking*.py")
}


def closure(script: str) -> list[str]:
    """Paths, relative to the root, of the script and of all it imports from pipeline/ and stages/."""
    seen: set[str] = set()
    todo = {script}
    while todo:
        path = todo.pop()
        seen.add(path)
        todo |= {name for name in _imports(ROOT / path) if name not in seen and name not in NO_INFLUENCE}
    return sorted(seen)


def _imports(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    paths = {module.replace(".", "/") for module in modules if module.split(".")[0] in ("pipeline", "stages")}
    files = {f"{path}.py" for path in paths} | {f"{path}/__init__.py" for path in paths}
    return {name for name in files if (ROOT / name).is_file()}
