"""`innoeval calibrate`: a run of judges over families of claims, its page, and a summary."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

if TYPE_CHECKING:
    from innoeval.calibration import Calibration

#: What the screen shows; the page has it all.
_SHOWN = (
    ("Nulls supported", "false_support", "null"),
    ("True supported", "power", "true"),
    ("True shown", "shown", "true"),
    ("True accused", "false_accusation", "true"),
    ("Coverage", "covers", "true"),
)


def run_calibration(
    out: Path,
    judges: list[str] | None,
    families: list[str] | None,
    *,
    draws: int,
    first: int,
    page: Path | None,
    resume: bool,
    jobs: int,
) -> tuple[Calibration, int]:
    """The run, and how many answers failed.

    Parameters
    ----------
    out
        Folder of the run.
    judges, families
        Names; None or none: all.
    draws, first, resume
        As in `innoeval.calibrate`.
    page
        File for the tables.
    jobs
        Processes.
    """
    from innoeval.briefs.place import put
    from innoeval.calibration import JUDGES, calibrate
    from innoeval.calibration import page as told
    from innoeval.portfolio.workers import processes

    with processes(jobs):
        found = calibrate(judges or tuple(JUDGES), families or (), draws=draws, first=first,
                          folder=out, resume=resume)  # fmt: skip
    if page is not None:
        put(page, told(found).encode())
    return found, found.rows.num_rows - found.rows.column("error").null_count


def summary(found: Calibration) -> Table:
    """Average rates of each judge over the families that were run."""
    from innoeval.calibration import rates

    measured = rates(found.rows)
    table = Table(title=f"{found.draws} draws of {len(found.families)} families, average in %",
                  title_justify="left", title_style="bold", header_style="bold", box=box.SIMPLE,
                  padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)  # fmt: skip
    table.add_column("Judge", no_wrap=True)
    for title, _, _ in _SHOWN:
        table.add_column(title, justify="right")
    for judge in found.judges:
        cells = []
        for _, question, truth in _SHOWN:
            shares = [
                rate.share
                for family in found.families
                if (rate := measured.get((judge, family, truth), {}).get(question))
            ]
            cells.append(f"{100 * fmean(shares):.1f}" if shares else "–")
        table.add_row(judge, *cells)
    return table
