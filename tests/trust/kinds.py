"""What kind of test each one is, read off the source: where it stands, what it calls, what it names."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_PEERS = re.compile(r"\b(import|from) (pyfixest|diff_diff|statsmodels|linearmodels)\b")


class Test(NamedTuple):
    """A test function: where it stands, and what its file and itself say."""

    path: str
    name: str
    source: str
    decorators: str
    slow: bool

    @property
    def text(self) -> str:
        """Its name and source in small letters."""
        return f"{self.name} {self.source}".lower()


class Kind(NamedTuple):
    """A kind of test, and the rule that finds it."""

    name: str
    rule: str
    fits: Callable[[Test], bool]


#: The first that fits: each test counts once.
KINDS = (
    Kind("in a browser", "stands in tests/browser", lambda t: t.path.startswith("tests/browser")),
    Kind("fuzz", "stands in tests/fuzz", lambda t: t.path.startswith("tests/fuzz")),
    Kind("property", "under Hypothesis's @given", lambda t: "given(" in t.decorators),
    Kind(
        "faults and kills",
        "stands in tests/faults, or is a kill of a portfolio",
        lambda t: t.path.startswith("tests/faults") or t.path.endswith("test_kills.py"),
    ),
    Kind(
        "safety and house rules",
        "stands in tests/safety or tests/architecture",
        lambda t: t.path.startswith(("tests/safety", "tests/architecture")),
    ),
    Kind(
        "differential",
        "stands in tests/differential, or imports another library that estimates",
        lambda t: t.path.startswith("tests/differential") or bool(_PEERS.search(t.source)),
    ),
    Kind(
        "calibration",
        "stands in tests/calibration, or names it",
        lambda t: t.path.startswith("tests/calibration") or "calibrat" in t.name,
    ),
    Kind(
        "published values",
        "uses published data, reference values of R, or names what was published",
        lambda t: any(word in t.text for word in ("shared_data", "published", "reference")),
    ),
    Kind("calculated by hand", "says that it is", lambda t: bool(re.search(r"by[ _]hand", t.text))),
    Kind(
        "snapshot", "compares with a picture or page that is kept", lambda t: "snapshot" in t.text
    ),
    Kind("unit", "every other one", lambda t: True),
)


def every_test() -> Iterator[Test]:
    """Every test function."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "node_modules" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        whole = any("slow" in ast.unparse(n) for n in tree.body if _marks(n))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
                yield Test(
                    path=path.relative_to(ROOT).as_posix(),
                    name=node.name,
                    source=ast.get_source_segment(text, node) or "",
                    decorators=marks,
                    slow=whole or "mark.slow" in marks,
                )


def _marks(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"


def kind(test: Test) -> str:
    """The first kind that fits."""
    return next(kind.name for kind in KINDS if kind.fits(test))


def counted() -> tuple[Counter[str], Counter[str]]:
    """How many tests of each kind there are, and how many of them only run on request."""
    every, slow = Counter[str](), Counter[str]()
    for test in every_test():
        name = kind(test)
        every[name] += 1
        slow[name] += test.slow
    return every, slow


def examples(folder: Path = ROOT / "src") -> int:
    """Docstrings with examples, each of which is run."""
    found = 0
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                found += ">>> " in (ast.get_docstring(node) or "")
    return found
