"""The page that says what share of faults tests notice."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from pathlib import Path

_NOTICED = ("killed", "stopped")
#: Why a survivor changes nothing that anybody could see: a line for each with the file (and line, where
#: the code alone would also name others), the code before and after, and the reason, between " | ".
EQUIVALENT = Path(__file__).with_name("equivalent.txt")


def page(rows: Sequence[dict[str, object]]) -> str:
    """The page in Markdown; of a mutant that was tried twice the last trial counts."""
    last = {(r["path"], r["line"], r["before"], r["after"]): r for r in rows}
    excused = _excused()
    lines = [
        "# Faults that tests notice", "",
        "One small fault at a time (a comparison turned, + for −, a constant one larger, `and` for `or`, nothing",
        "returned, a sign or `not` dropped) is put into the code that decides, and the tests that run its line are run.",
        "Mutants are a random sample of each room's; ± is twice the sampling error. A mutant that runs on is stopped",
        "and counts as noticed. Tests that start a process of their own do not see the fault. Printed by",
        "`python -m tests.mutation --page` from the record of `python -m tests.mutation --sample N --seed S`.", "",
        "| room | faults possible | tried | noticed | share | of those that are not equivalent |",
        "|---|--:|--:|--:|--:|--:|",
    ]  # fmt: skip
    left = []
    for room in dict.fromkeys(str(r["room"]) for r in last.values()):
        ours = [r for r in last.values() if r["room"] == room]
        noticed = sum(r["end"] in _NOTICED for r in ours)
        missed = [r for r in ours if r["end"] not in _NOTICED]
        same = sum(bool(_why(r, excused)) for r in missed)
        left += missed
        lines.append(
            f"| `{room}` | {ours[-1]['of']:,} | {len(ours)} | {noticed} | {_share(noticed, len(ours))} "
            f"| {_share(noticed, len(ours) - same)} |"
        )
    lines += ["", "## Survivors", "", "| where | before | after | why |", "|---|---|---|---|"]
    for r in left:
        before, after = (
            str(r[k]).replace("|", "\\|").replace("\n", " ")[:70] for k in ("before", "after")
        )
        why = _why(r, excused) or (
            "no test runs it" if r["end"] == "no test" else "**not noticed**"
        )
        lines.append(f"| `{r['path']}:{r['line']}` | `{before}` | `{after}` | {why} |")
    return "\n".join(lines)


def _why(row: dict[str, object], excused: dict[str, str]) -> str:
    """Why a survivor is equivalent; "" where it is not, or nobody has looked."""
    change = f"{row['before']} | {row['after']}"
    exact, anywhere = f"{row['path']}:{row['line']} | {change}", f"{row['path']} | {change}"
    return excused.get(exact) or excused.get(anywhere, "")


def _excused() -> dict[str, str]:
    lines = EQUIVALENT.read_text("utf-8").splitlines() if EQUIVALENT.is_file() else []
    parts = [line.rsplit(" | ", 1) for line in lines if line.count(" | ") >= 3]
    return dict(tuple(part) for part in parts)  # type: ignore[arg-type, misc]


def _share(part: int, whole: int) -> str:
    p = part / whole if whole else 0.0
    return f"{p:.1%} ± {2 * sqrt(p * (1 - p) / whole) if whole else 0:.1%}"
