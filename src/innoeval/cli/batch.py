"""A portfolio from the command line: a resumable run, a table for spreadsheets, and a summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from innoeval.cli.cases import read_register
from innoeval.cli.folder import written_together
from innoeval.cli.options import Roles
from innoeval.errors import RunError
from innoeval.records.verdict import MARKS, Mark

if TYPE_CHECKING:
    from innoeval.records.policy import Policy
    from innoeval.records.portfolio import Portfolio

#: Folder of the run, and the table, in the folder of results.
RUN, TABLE = "run.parquet", "portfolio.csv"
#: Reports by the suffix that they are asked for with.
REPORT = "portfolio"

_ICONS: dict[Mark, str] = {
    "holds up": "✓", "holds up in part": "◐", "not substantiated": "?", "does not hold up": "✗",
}  # fmt: skip


def run_batch(
    claims: Path,
    panel: Path,
    out: Path,
    roles: Roles,
    *,
    policy: Policy,
    resume: bool,
    retry: bool,
    jobs: int,
    dask: str | None,
    reports: Sequence[str] = (),
) -> Portfolio:
    """Evaluate a register into a folder.

    Parameters
    ----------
    claims, panel, roles
        As in `innoeval evaluate`.
    out
        Gets `run.parquet`, which grows while the run lasts, and `portfolio.csv` at its end.
    policy
        Every threshold.
    resume, retry
        Go on with a run in `out`; try claims again that failed.
    jobs, dask
        Processes on this machine; or the address of a Dask scheduler.
    reports
        Suffixes of reports for people: ".html", ".pdf".

    Raises
    ------
    RunError
        Where `out` holds a run already and `resume` is not said.
    """
    from innoeval.portfolio import evaluate_all

    register, panels = read_register(claims, panel, roles)
    run = out / RUN
    if run.exists() and not resume:
        raise RunError(
            f"'{out}' holds a run already; add --resume to go on, or name another folder"
        )
    with _workers(jobs, dask):
        portfolio = evaluate_all(register, panels, policy=policy, resume=run, retry=retry)
    from innoeval.portfolio.report import write_portfolio

    with written_together(out) as draft:
        write_portfolio(portfolio, draft / TABLE)
    # Apart from the table, which a report that cannot be made must not cost.
    for suffix in reports:
        write_portfolio(portfolio, (out / REPORT).with_suffix(suffix))
    return portfolio


@contextmanager
def _workers(jobs: int, dask: str | None) -> Iterator[None]:
    """The backend that was asked for."""
    from innoeval.portfolio.workers import cluster, processes

    with cluster(dask) if dask else processes(jobs):
        yield


def summary(portfolio: Portfolio) -> Table:
    """How many claims got which mark, by status; and how many failed."""
    frame = portfolio.tidy()
    table = Table(title=f"{len(frame):,} claims", title_justify="left", title_style="bold",
                  header_style="bold", box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False,
                  show_edge=False)  # fmt: skip
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Status")
    table.add_column("Claims", justify="right")
    table.add_column("Share", justify="right")
    counts = frame["status"].value_counts()
    for status, mark in MARKS.items():
        if n := int(counts.get(status, 0)):
            table.add_row(
                f"{_ICONS[mark]} {mark}", status.replace("_", " "), f"{n:,}", _share(n, len(frame))
            )
    if n := int(frame["error"].notna().sum()):
        table.add_row("! failed", Text("see the column error"), f"{n:,}", _share(n, len(frame)))
    return table


def _share(n: int, of: int) -> str:
    return f"{100 * n / of:.0f} %"


def failures(portfolio: Portfolio) -> int:
    """How many claims failed."""
    return int(portfolio.tidy()["error"].notna().sum())
