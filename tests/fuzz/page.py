"""The page of the record: how many files each reader was given, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fuzz.readers import READERS

_HEAD = """# Odd files

Written by `make fuzz` (`python -m tests.fuzz`), which gives every reader valid files made odd: bytes flipped, cells and rows
swapped, values replaced by {odd} odd ones (400 digits, Arabic digits, lone surrogates, formulas, YAML tags, dates that
do not exist), other encodings, nesting 1,500 deep, files cut off, repeated and spliced. Each reader runs in a process
of its own, with at most {room} GB of memory and {slow:g} s of CPU time for a file; what kills the process counts as a crash. A
crash is anything but a file read or an `InnoevalError` with a message. The files are the same for the same seed.

"""
_TAIL = """
Runs: {runs}. Memory is how far the process grew over all its files, in its largest run; time is CPU time.

Files that broke a reader once are kept in [tests/fuzz/found](../../tests/fuzz/found); the fast suite reads all of them,
and a fresh slice of files for every reader. `python -m tests.fuzz --reader "claims in YAML" --inputs 10000 --seed 7 --keep
DIR` gives one reader more, and keeps what breaks it.
"""


def page(runs: Sequence[Mapping[str, Any]]) -> str:
    """Markdown from the runs of a record.

    Parameters
    ----------
    runs
        One mapping for each run of a reader.
    """
    from tests.fuzz.mutate import ODD
    from tests.fuzz.run import ROOMIEST, SLOWEST

    rows = [_row(name, [run for run in runs if run["name"] == name]) for name in READERS]
    inputs, crashes = (sum(run["inputs"] for run in runs), sum(len(run["crashes"]) for run in runs))
    seeds = sorted({run["seed"] for run in runs})
    head = _HEAD.format(odd=len(ODD), room=ROOMIEST >> 30, slow=SLOWEST)
    total = f"**{inputs:,} files, {crashes} crashes.**\n\n"
    table = "| Reader | Files | Read | Refused | Crashes | Worst time | Usual time | Memory grew by |\n| --- | --: | --: | --: | --: | --: | --: | --: |\n"  # fmt: skip
    told = f"{len(runs)}, with the seeds {seeds[0]} to {seeds[-1]}" if seeds else "none"
    return head + total + table + "".join(rows) + _TAIL.format(runs=told)


def _row(name: str, runs: Sequence[Mapping[str, Any]]) -> str:
    n = sum(run["inputs"] for run in runs)
    read, refused = (sum(run[key] for run in runs) for key in ("read", "refused"))
    worst = max((run["worst"] for run in runs), default=0.0)
    usual = sum(run["spent"] for run in runs) / n if n else 0.0
    memory = max((run["memory"] for run in runs), default=0) / 1024
    crashes = sum(len(run["crashes"]) for run in runs)
    return f"| {name} | {n:,} | {read:,} | {refused:,} | {crashes} | {1000 * worst:,.0f} ms | {1000 * usual:.2f} ms | {memory:,.0f} MB |\n"  # fmt: skip
