"""Count the properties: `python -m tests.properties.count`.

A property is a test function under Hypothesis's @given; a parametrised one counts once, and its
cases (designs, methods, kinds of panel) are told beside it.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent


def properties(folder: Path = HERE) -> Counter[str]:
    """File -> how many properties stand in it."""
    found: Counter[str] = Counter()
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found[path.relative_to(folder).as_posix()] = sum(
            isinstance(node, ast.FunctionDef) and any(map(_is_given, node.decorator_list))
            for node in ast.walk(tree)
        )
    return +found


def _is_given(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Name) and called.id == "given"


def main() -> None:
    """Print the counts, of this folder and of all tests."""
    here, everywhere = properties(), properties(HERE.parent)
    for name, n in here.items():
        print(f"{n:4d}  tests/properties/{name}")
    print(f"{here.total():4d}  properties in tests/properties")
    print(f"{everywhere.total():4d}  in all tests")


if __name__ == "__main__":
    main()
