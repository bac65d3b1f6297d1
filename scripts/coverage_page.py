"""The page of coverage, from what `coverage json` wrote; 1 where too few branches are run.

`coverage json -q -o - | python scripts/coverage_page.py >docs/trust/coverage.md`
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import PurePath
from typing import Any

#: Least share of branches, in per cent, that the fast suite has to run.
LEAST = 95.0
_COUNTS = ("num_statements", "covered_lines", "num_branches", "covered_branches")
HEAD = """# Coverage

**{branches:.1f} % of {num_branches:,} branches and {lines:.1f} % of {num_statements:,} lines are run by the fast suite**; fewer than {least:.0f} % of branches fail CI.
A branch is each way that a line can go on. Processes that a test starts are measured, too. Printed by `make coverage`.

| room | lines | run, % | branches | run, % |
|---|--:|--:|--:|--:|
"""


def page(measured: dict[str, Any]) -> str:
    """The page in Markdown: all, each room, and what is not run."""
    rooms: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COUNTS, 0))
    missed = []
    for name, file in sorted(measured["files"].items()):
        parts = PurePath(name).parts
        inside = parts[parts.index("innoeval") + 1 :]
        room = f"{inside[0]}/" if len(inside) > 1 else "innoeval"
        for count in _COUNTS:
            rooms[room][count] += file["summary"][count]
        if file["missing_branches"]:
            lines = ", ".join(str(n) for n in sorted({at for at, _ in file["missing_branches"]}))
            missed.append(f"| `{'/'.join(inside)}` | {lines} |")
    totals = measured["totals"]
    head = HEAD.format(least=LEAST, branches=branches(totals), lines=_lines(totals), **totals)
    rows = [
        f"| `{room}` | {c['num_statements']:,} | {_lines(c):.1f} | {c['num_branches']:,} | {branches(c):.1f} |"
        for room, c in sorted(rooms.items())
    ]
    left = [
        "",
        "## Lines of which a way out is not run",
        "",
        "| file | lines |",
        "|---|---|",
        *missed,
    ]
    return head + "\n".join([*rows, *(left if missed else []), ""])


def branches(counts: dict[str, int]) -> float:
    """Share of branches that are run, in per cent."""
    return _share(counts["covered_branches"], counts["num_branches"])


def _lines(counts: dict[str, int]) -> float:
    return _share(counts["covered_lines"], counts["num_statements"])


def _share(run: int, of: int) -> float:
    return 100 * run / of if of else 100.0


if __name__ == "__main__":
    found = json.load(sys.stdin)
    print(page(found), end="")
    share = branches(found["totals"])
    print(f"branches run: {share:.1f} %, at least {LEAST:.0f} % needed", file=sys.stderr)
    raise SystemExit(share < LEAST)
