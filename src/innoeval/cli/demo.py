"""The demonstration: a sample register whose truth is known, and a real case."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from innoeval.cli.california import PUBLISHED, california
from innoeval.cli.cases import read_cases
from innoeval.cli.outputs import Step, evaluate_into
from innoeval.cli.roles import Roles
from innoeval.cli.screen import say, verdict_line, verdict_table
from innoeval.records.evaluation import Evaluation
from innoeval.simulate import sample, write_sample


def show(folder: Path, *, console: Console, briefs: bool, step: Step) -> None:
    """Evaluate the sample and the real case, write the results, and tell about them.

    Parameters
    ----------
    folder
        Where the briefs, the evaluations and the table of verdicts go.
    console
        Where to print.
    briefs
        Whether to write the briefs (PDF).
    step
        Called with the id of each claim before it is evaluated.
    """
    with tempfile.TemporaryDirectory() as place:
        files = write_sample(place)
        cases = read_cases(files / "claims.csv", files / "panels.yaml", Roles())
    real = california()
    every = evaluate_into(folder, [*cases, real] if real else cases, briefs=briefs, step=step)
    console.print(verdict_table(every[: len(cases)], title="What a city announced (sample)"))
    say(console, _against_truth(every[: len(cases)]))
    console.print()
    if real:
        _show_real(every[-1], console)
    else:
        say(console, "The real case, California's organ donors, comes with the gallery extra: "
                     "pip install 'innoeval[gallery]'")  # fmt: skip
    console.print()
    kinds = "briefs (PDF), " if briefs else ""
    say(console, f"Written to {folder}: {kinds}evaluations (JSON) and verdicts.csv")


def _against_truth(evaluations: Sequence[Evaluation]) -> str:
    """How many verdicts the known truth allows."""
    allowed = {scenario.claim.id: scenario.truth.allowed for scenario in sample()}
    wrong = [ev.claim.id for ev in evaluations if ev.verdict.status not in allowed[ev.claim.id]]
    n = len(evaluations)
    told = f"The sample is simulated, so the truth is known: it allows {n - len(wrong)} of {n} verdicts"
    return f"{told}; not {', '.join(wrong)}." if wrong else f"{told}."


def _show_real(ev: Evaluation, console: Console) -> None:
    """The real case: what was found, what was published, and why no other design decided."""
    claim, measured = ev.claim, ev.measured
    table = Table(
        title="A real case: California's organ donors", title_justify="left", title_style="bold",
        show_header=False, show_lines=True,
    )  # fmt: skip
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    table.add_row("Claim", f"{claim.innovation}, from {measured.launch}: more people register. "
                           "No size was announced; at least 1 point is our own bar.")  # fmt: skip
    table.add_row("Data", f"{measured.n_units} states, 1 of them treated; {measured.n_before} "
                          f"quarters before, {measured.n_after} after")  # fmt: skip
    if ev.estimate is not None:
        effect, interval = ev.estimate.on_scale(claim.scale)
        table.add_row("Found", f"{effect:+.1f} points")
    table.add_row("Published", PUBLISHED)
    table.add_row("Verdict", verdict_line(ev))
    console.print(table)
    say(console, "Why no other design decided:")
    for objection in ev.objections:
        say(console, f"  {objection.design}: {'; '.join(objection.reasons)}")
