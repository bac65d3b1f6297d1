"""Error rates of every check and of the verdict on simulated claims.

    python -m tests.calibration.checks --draws 1000 > docs/calibration/checks.md

Seeds 0 … draws − 1 of `innoeval.simulate.draw`; nothing was tuned on seeds from 100 000 on, which
the table uses (`--first`).
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field, replace

from joblib import Parallel, delayed

from innoeval import simulate
from innoeval.evaluate import evaluate
from innoeval.records import Claim, Panel

CHECKS = (
    "pre_trend", "pre_fit", "donor_hull", "leave_one_out", "donor_spillover", "placebo_in_time", "mean_reversion", "few_units", "definition_break",
    "concurrent_change", "window", "calendar_mismatch", "no_comparison",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Family:
    """Scenarios of one kind, and the check that should see their fault."""

    name: str
    fault: str = "none"
    seen_by: str = ""
    settings: dict[str, object] = field(default_factory=dict)
    stated: bool = True


LONG = {"n_before": 48, "n_after": 24}
ONE = {"n_units": 1, "n_treated": 1, "shock_sd": 0.0, "size": 2.0, **LONG}
FAMILIES = (
    Family(name="clean: 10 of 40 units, true"),
    Family(name="clean: 10 of 40 units, half true", settings={"true_share": 0.5}),
    Family(name="clean: 10 of 40 units, null", fault="null"),
    Family(name="clean: 10 of 40 units, harmful", fault="harmful"),
    Family(name="clean: twice the size, true", settings={"size": 2.0}),
    Family(name="one unit of 30, true", settings={"n_treated": 1, "n_units": 30, "size": 2.0}),
    Family(name="one unit of 30, null", fault="few_units", settings={"n_units": 30, "size": 2.0}),
    Family(name="one unit of 30, null, ρ = .8", fault="few_units", seen_by="few_units",
           settings={"n_units": 30, "size": 2.0, "rho": 0.8}),
    Family(name="single series of 72, true", seen_by="no_comparison", settings=ONE),
    Family(name="single series of 72, null", fault="null", seen_by="no_comparison", settings=ONE),
    Family(name="pre-trend", fault="pre_trend", seen_by="pre_trend"),
    Family(name="bad spell of 1.5 SD, 10 of 40", fault="bad_spell", seen_by="mean_reversion"),
    Family(name="bad spell, 5 periods before", fault="bad_spell", seen_by="mean_reversion",
           settings={"n_before": 5}),
    Family(name="bad spell of 6 periods", fault="bad_spell", seen_by="mean_reversion",
           settings={"spell": 6}),
    Family(name="bad spell of 6, 12 + 12, ρ = .7", fault="bad_spell", seen_by="mean_reversion",
           settings={"spell": 6, "rho": 0.7, "n_before": 12, "size": 0.6}),
    Family(name="bad spell, single series", fault="bad_spell", seen_by="mean_reversion", settings=ONE),
    Family(name="cherry-picked window", fault="cherry_picked_window", seen_by="window"),
    Family(name="calendar mismatch", fault="calendar_mismatch", seen_by="calendar_mismatch"),
    Family(name="definition break", fault="definition_break", seen_by="definition_break"),
    Family(name="co-event of the treated", fault="co_event", seen_by="concurrent_change"),
    Family(name="shock shared by all", fault="common_shock"),
    Family(name="everybody treated, trend", fault="no_comparison", seen_by="no_comparison",
           settings=LONG),
)  # fmt: skip


def state_windows(claim: Claim, panel: Panel) -> Claim:
    """The claim with the natural windows: the same months in the year before and after."""
    launch = panel.calendar.position(next(iter(claim.treated.values())))
    length = min(launch, panel.calendar.n - launch, panel.calendar.cycle)
    ends = [launch - length, launch - 1, launch, launch + length - 1]
    (a, b, c, d) = (panel.periods[place] for place in ends)
    return replace(claim, windows=((a, b), (c, d)))


def one(family: Family, seed: int) -> tuple[str, frozenset[str], bool]:
    """Status, the checks that found a problem, and whether the interval covers the truth."""
    scenario = simulate.draw(family.fault, seed=seed, **family.settings)
    claim = scenario.claim
    if claim.windows is None and family.stated:
        claim = state_windows(claim, scenario.panel)
    ev = evaluate(claim, scenario.panel)
    covered = ev.estimate is not None and (
        ev.estimate.improvement_int.low <= scenario.truth.effect <= ev.estimate.improvement_int.high
    )
    return (
        ev.verdict.status,
        frozenset(f.check for f in ev.findings if f.status == "problem"),
        covered,
    )


def measure(family: Family, draws: int, first: int) -> tuple[Counter[str], Counter[str], float]:
    """Counts of statuses and of problems by check, and the share of covered truths."""
    rows = [one(family, seed) for seed in range(first, first + draws)]
    statuses = Counter(status for status, _, _ in rows)
    problems = Counter(check for _, found, _ in rows for check in found)
    statistical = {
        "pre_trend",
        "pre_fit",
        "placebo_in_time",
        "mean_reversion",
        "window",
        "calendar_mismatch",
    }
    problems["any statistical"] = sum(bool(found & statistical) for _, found, _ in rows)
    return statuses, problems, sum(covered for _, _, covered in rows) / draws


def main() -> None:
    """Print the table."""

    def percent(count: int) -> str:
        return f"{100 * count / asked.draws:.1f}"

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--first", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    found = Parallel(n_jobs=asked.jobs)(
        delayed(measure)(family, asked.draws, asked.first) for family in FAMILIES
    )
    print("# How often the checks and the verdict err\n")
    print(
        f"Made by `python -m tests.calibration.checks --draws {asked.draws} --first {asked.first}`: "
        f"{asked.draws} simulated claims a row (innoeval.simulate, seeds from {asked.first}). All "
        f"figures are percentages; the Monte Carlo error of 5 % is {100 * (0.0475 / asked.draws) ** 0.5:.1f}.\n"
    )
    print("## Verdicts\n")
    statuses = ("supported", "partly_supported", "inconclusive", "overstated", "refuted", "harmful",
                "not_evaluable")  # fmt: skip
    print(
        "| claims | "
        + " | ".join(s.replace("_", " ") for s in statuses)
        + " | base interval covers |"
    )
    print("|---|" + "---|" * (len(statuses) + 1))
    for family, (counts, _, covered) in zip(FAMILIES, found, strict=True):
        cells = " | ".join(percent(counts[status]) for status in statuses)
        print(f"| {family.name} | {cells} | {100 * covered:.1f} |")
    print("\n## Problems found, by check\n")
    print(
        'The check that should see the fault is in bold. "Any" is any problem of the statistical '
        "checks after Holm's correction: on clean claims it has to stay near 5.\n"
    )
    columns = (*CHECKS, "any statistical")
    print("| claims | " + " | ".join(c.replace("_", " ") for c in columns) + " |")
    print("|---|" + "---|" * len(columns))
    for family, (_, problems, _) in zip(FAMILIES, found, strict=True):
        cells = [
            f"**{percent(problems[c])}**" if c == family.seen_by else percent(problems[c])
            for c in columns
        ]
        print(f"| {family.name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
