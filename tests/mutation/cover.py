"""Which tests run a line: from coverage data if there are any, else those that name the module."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from coverage import CoverageData

#: Test files tried where nothing is known of lines.
_FILES = 5


class Cover:
    """Tests by the lines that they run, the one that runs least first.

    Parameters
    ----------
    root
        Folder of the checkout.
    data
        Coverage data whose contexts are test functions; without it, a module has the tests that name it.
    most
        At most so many tests are run for a line.
    """

    def __init__(self, root: Path, data: Path, most: int) -> None:
        self.root, self.most = root, most
        self.size: Counter[str] = Counter()
        self.lines: dict[str, dict[int, list[str]]] = {}
        if not data.is_file():
            return
        read = CoverageData(str(data))
        read.read()
        for name in read.measured_files():
            self.lines[_inside(Path(name))] = read.contexts_by_lineno(name)
        for by_line in self.lines.values():
            for contexts in by_line.values():
                self.size.update(contexts)

    def tests(self, path: Path, line: int) -> list[str]:
        """Names for pytest: those that run the line, then the module's own test file.

        That file also has tests that are younger than the data, and those of lines run on import
        alone; where there is neither, small files that name the module take their place.
        """
        found = {
            name: self.size[context]
            for context in self.lines.get(_inside(path), {}).get(line, [])
            if (name := self._name(context))
        }
        ranked = sorted(found, key=lambda name: (found[name], name))[: self.most]
        others = self._own(path) if ranked else self._mirrors(path)
        return [*self._doctest(path), *ranked, *others]

    def _name(self, context: str) -> str | None:
        parts = context.split(".")
        for at in range(len(parts) - 1, 0, -1):
            file = self.root.joinpath(*parts[:at]).with_suffix(".py")
            if file.is_file():
                return "::".join([str(file), *parts[at:]])
        return None

    def _own(self, path: Path) -> list[str]:
        """The test file that mirrors the module, or its room."""
        tests, inside = self.root / "tests", Path(*Path(_inside(path)).parts[1:])
        named = (tests / inside.parent / f"test_{path.stem}.py", tests / f"test_{path.stem}.py",
                 tests / f"test_{path.parent.name}.py")  # fmt: skip
        return [str(file) for file in named if file.is_file()]

    def _mirrors(self, path: Path) -> list[str]:
        """The module's own test files, then the small ones of its room that name the module."""
        word = re.compile(rf"\b{path.stem}\b")
        tests = self.root / "tests"
        near = [*(tests / path.parent.name).rglob("test_*.py"), *tests.glob("test_*.py"),
                *(tests / "properties").glob("test_*.py")]  # fmt: skip
        named = sorted(
            (file for file in near if word.search(file.read_text("utf-8"))),
            key=lambda file: file.stat().st_size,
        )
        return list(dict.fromkeys([*self._own(path), *map(str, named)]))[:_FILES]

    def _doctest(self, path: Path) -> list[str]:
        return [str(path)] if ">>> " in path.read_text("utf-8") else []


def _inside(path: Path) -> str:
    """The part of a path from the package on."""
    parts = path.parts
    return "/".join(parts[len(parts) - 1 - parts[::-1].index("innoeval") :])
