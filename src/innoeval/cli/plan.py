"""What `innoeval plan` does: how decisive data can be about each claim, before any result."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from innoeval.cli.outputs import Step
from innoeval.cli.screen import printable
from innoeval.plan import plan
from innoeval.records.claim import Claim
from innoeval.records.panel import Panel
from innoeval.records.plan import Plan
from innoeval.records.policy import Policy


def plan_claims(
    cases: Sequence[tuple[Claim, Panel]],
    *,
    after: int | None,
    policy: Policy,
    futures: int,
    step: Step = lambda _: None,
) -> list[Plan]:
    """A plan for each claim.

    Parameters
    ----------
    cases
        Claims with their panels; a start may lie beyond its panel.
    after, policy, futures
        As in `innoeval.plan.plan`.
    step
        Told of each claim that is done.

    Raises
    ------
    ClaimError
        Where a claim does not fit its panel.
    """
    made = []
    for claim, panel in cases:
        made.append(plan(claim, panel, after=after, policy=policy, futures=futures))
        step(claim.id)
    return made


def plan_table(plans: Sequence[Plan]) -> Table:
    """One row for each claim: how decisive the data can be, and how long to wait."""
    table = Table(title=f"{len(plans)} plans, from the data before each start alone", box=box.SIMPLE,
                  title_justify="left", title_style="bold", header_style="bold", show_edge=False,
                  padding=(0, 1, 0, 0), pad_edge=False)  # fmt: skip
    table.add_column("Claim", overflow="fold")
    table.add_column("Announced", justify="right")
    table.add_column("Periods", justify="right")
    table.add_column("Holds up\nif true", justify="right")
    table.add_column("Shown\nif true", justify="right")
    table.add_column("Detectable", justify="right")
    table.add_column("Wait", justify="right")
    for made in plans:
        if made.supported is None:
            why = Text(printable("; ".join(made.obstacles)), style="dim")
            table.add_row(
                Text(printable(made.claim.id)), made.sized(made.claimed), "–", "–", "–", "–", why
            )
            continue
        table.add_row(
            Text(printable(made.claim.id)),
            made.sized(made.claimed),
            f"{made.before} + {made.after}",
            f"{100 * made.supported:.0f} %",
            f"{100 * (made.improvement_shown or 0.0):.0f} %",
            made.sized(made.detectable),
            _wait(made),
        )
    return table


def _wait(made: Plan) -> str:
    if made.wait is None:
        return "does not help"
    if made.wait == 0:
        return "none"
    return f"{made.wait} {made.period}{'' if made.wait == 1 else 's'}"
