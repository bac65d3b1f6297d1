"""The demonstration: a sample register whose truth is known, and a real case."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from innoeval.cli.california import PUBLISHED, california
from innoeval.cli.cases import read_cases
from innoeval.cli.options import Roles
from innoeval.cli.screen import ranged, say, sized, verdict_line, verdict_table
from innoeval.records.claim import Claim
from innoeval.records.evaluation import Evaluation
from innoeval.records.panel import Panel
from innoeval.records.verdict import Status
from innoeval.simulate import sample, write_sample


def cases() -> list[tuple[Claim, Panel]]:
    """The claims of the sample, read from its files; and the real case, where it is installed."""
    with tempfile.TemporaryDirectory() as place:
        files = write_sample(place)
        found = read_cases(files / "claims.csv", files / "panels.yaml", Roles())
    real = california()
    return [*found, real] if real else found


def show(evaluations: Sequence[Evaluation], console: Console) -> None:
    """Tell about the evaluations of `cases`.

    Parameters
    ----------
    evaluations
        In the same order.
    console
        Where to print.
    """
    known = {scenario.claim.id: scenario.truth.allowed for scenario in sample()}
    simulated = [ev for ev in evaluations if ev.claim.id in known]
    console.print(verdict_table(simulated, title="What a city announced, and whether it holds up"))
    say(console, _against_truth(simulated, known))
    console.print()
    if len(simulated) < len(evaluations):
        _show_real(evaluations[-1], console)
    else:
        say(console, "The real case, California's organ donors, comes with the gallery extra: "
                     "pip install 'innoeval[gallery]'")  # fmt: skip
    console.print()


def _against_truth(
    evaluations: Sequence[Evaluation], allowed: Mapping[str, Sequence[Status]]
) -> str:
    """How many verdicts the known truth allows."""
    wrong = [ev.claim.id for ev in evaluations if ev.verdict.status not in allowed[ev.claim.id]]
    n = len(evaluations)
    told = f"The sample is simulated, so the truth is known: it allows {n - len(wrong)} of {n} verdicts"
    return f"{told}; not {', '.join(wrong)}." if wrong else f"{told}."


def _show_real(ev: Evaluation, console: Console) -> None:
    """The real case: what was found beside what was published, and why no other design decided."""
    claim, measured = ev.claim, ev.measured
    table = Table(
        title="A real case: California's organ donors", title_justify="left", title_style="bold",
        show_header=False, show_edge=False, box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False,
    )  # fmt: skip
    table.add_column(style="bold", no_wrap=True)
    table.add_column(ratio=1)
    table.add_row("Claim", f"{claim.innovation}, from {measured.launch} on, so that more people "
                  "register. No size was announced; that at least 1 point matters is our own bar.")  # fmt: skip
    table.add_row("Data", f"{measured.n_units} states, one of them treated; {measured.n_before} "
                  f"quarters before the start, {measured.n_after} after")  # fmt: skip
    if ev.estimate is not None:
        effect, interval = ev.estimate.on_scale(claim.scale)
        table.add_row("Found", f"{sized(round(effect, 1), claim.scale)}, 95 % interval "
                      f"{ranged(interval, claim.scale)} ({ev.design}, {ev.estimate.inference})")  # fmt: skip
    table.add_row("Published", PUBLISHED)
    table.add_row("Verdict", verdict_line(ev, " · "))
    table.add_row("", "\n".join((*ev.verdict.reasons, *ev.verdict.downgrades)))
    table.add_row(
        "Why not", "\n".join(f"{o.design}: {'; '.join(o.reasons)}" for o in ev.objections)
    )
    console.print(table)
