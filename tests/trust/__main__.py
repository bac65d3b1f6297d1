"""How this is tested, in figures: `python -m tests.trust > docs/trust/how-this-is-tested.md`.

Tests are counted in the source; every other figure is read from the page that its own command
wrote. Where there is no such page yet, it says so.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import NamedTuple

from tests.properties.count import properties
from tests.trust.kinds import KINDS, ROOT, counted, every_test, examples

DOCS = ROOT / "docs"


class Measured(NamedTuple):
    """A question, the page that answers it and the command that makes the page."""

    question: str
    page: str
    command: str
    read: Callable[[str], str]


def bold(text: str) -> str:
    """The first sentence that a page says in bold."""
    found = re.search(r"^\*\*(.+?)\*\*", text, re.DOTALL | re.MULTILINE)
    return " ".join(found[1].split()) if found else ""


def rooms(text: str) -> str:
    """Of each room: how many faults were tried, and which share tests noticed."""
    rows = [row for row in cells(text) if len(row) == 6 and row[0].startswith("`")]
    return "; ".join(
        f"{room}: {tried} tried, {share} noticed" for room, _, tried, _, share, _ in rows
    )


def digits(text: str) -> str:
    """How many numbers were held against exact ones."""
    found = re.search(r"^\d+ numbers, .+$", text, re.MULTILINE)
    return found[0] if found else ""


def verdicts(text: str) -> str:
    """How often a claim without effect, and a harmful one, was called supported."""
    rows = {row[0]: row for row in cells(text) if len(row) > 3}
    parts = [
        f"{float(rows[name][2].strip('*')) + float(rows[name][3].strip('*')):.1f} % of {rows[name][1]} draws"
        for name in ("clean: 10 of 40 units, null", "clean: 10 of 40 units, harmful")
        if name in rows
    ]
    if len(parts) < 2:
        return ""
    return f"supported, wholly or in part, although without effect: {parts[0]}; although harmful: {parts[1]}"


def cells(text: str) -> list[list[str]]:
    """Rows of every table of a page, heads and rules left out."""
    lines = text.splitlines()
    rows = []
    for i, line in enumerate(lines):
        below = lines[i + 1] if i + 1 < len(lines) else ""
        if line.startswith("|") and not re.match(r"\|[\s:|-]+$", line) and not re.match(r"\|[\s:|-]+$", below):  # fmt: skip
            rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


MEASURED = (
    Measured("random panels beside other libraries", "trust/differential.md", "make differential", bold),
    Measured("odd files for every reader", "trust/fuzzing.md", "make fuzz", bold),
    Measured("faults put into the code", "trust/mutation.md", "make mutation", rooms),
    Measured("lines and branches that the fast suite runs", "trust/coverage.md", "make coverage", bold),
    Measured("batch upon batch", "trust/soak.md", "make soak", bold),
    Measured("digits beside mpmath", "trust/numerics.md", "python -m tests.numerics.precision", digits),
    Measured("verdicts over versions and machines", "trust/matrix.md", "make matrix", bold),
    Measured("what a verdict gets wrong", "calibration/checks.md", "python -m tests.calibration.checks", verdicts),
    Measured("the judge as a whole", "calibration/judge.md", "innoeval calibrate", bold),
    Measured("the two lists of a portfolio", "calibration/portfolio.md", "python -m tests.calibration.portfolio", bold),
)  # fmt: skip


def page() -> str:
    """The page in Markdown."""
    every, slow = counted()
    properties_all = properties(ROOT / "tests").total()
    lines = [
        "# How this is tested", "",
        "Printed by `python -m tests.trust`; do not edit by hand. `make trust` runs everything named here anew (hours).", "",
        "## Tests by kind", "",
        (f"**{every.total():,} test functions, and {examples():,} docstrings whose examples are run as tests.** A function counts once, "
        'however many cases it has; and as the first kind that fits. "On request" are those under the mark `slow`.'), "",
        "| kind | how it is told | functions | of these on request |",
        "|---|---|--:|--:|",
        *(f"| {k.name} | {k.rule} | {every[k.name]:,} | {slow[k.name]:,} |" for k in KINDS),
        f"| all | | {every.total():,} | {slow.total():,} |", "",
        f"Properties under @given, wherever they stand: {properties_all} (`python -m tests.properties.count`).", "",
        "## What was measured", "",
        "| what | found | page | command |",
        "|---|---|---|---|",
        *map(row, MEASURED), "",
        "## Kills and other faults", "",
        "Each is injected by a test, which holds that it is told in words and that nothing is lost:", "",
        *(f"- {said(test.name)} (`{test.path}`{', on request' if test.slow else ''})" for test in every_test() if faulty(test.path)),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def row(measured: Measured) -> str:
    """A line of the table; where there is no page, that nothing is measured yet."""
    path = DOCS / measured.page
    if not path.is_file():
        return f"| {measured.question} | not measured yet | | `{measured.command}` |"
    found = measured.read(path.read_text(encoding="utf-8")) or "see the page"
    return f"| {measured.question} | {found} | [{path.stem}](../{measured.page}) | `{measured.command}` |"


def faulty(path: str) -> bool:
    """Whether a file of tests injects faults."""
    return path.startswith("tests/faults") or path.endswith("test_kills.py")


def said(name: str) -> str:
    """A test's name as a sentence."""
    return name.removeprefix("test_").replace("_", " ")


def main() -> int:
    """Print the page."""
    sys.stdout.write(page())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
