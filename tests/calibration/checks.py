"""Error rates of every check and of the verdict on simulated claims.

    python -m tests.calibration.checks --draws 1000 > docs/calibration/checks.md

Families stand in `tests/calibration/families*.py`, columns come from `innoeval.checks.CHECKS`.
Nothing was tuned on seeds from 100 000 on, which the table uses (`--first`). `--only WORD` makes
the families whose name holds the word.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace

from joblib import Parallel, delayed
from tests.calibration.families import FAMILIES, TARGETS, Family

from innoeval import simulate
from innoeval.checks import CHECKS
from innoeval.evaluate import evaluate
from innoeval.records import Claim, Evaluation, Panel, Policy

STATUSES = ("supported", "partly_supported", "inconclusive", "overstated", "refuted", "harmful",
            "not_evaluable")  # fmt: skip
#: False alarms of a single check at which its hits are printed where it misses its target.
LEVELS = (0.01, 0.025, 0.05, 0.10, 0.20)
#: Any problem of a check that tests, and of one that reads facts.
TESTED, ANY = "any statistical", "any"
#: Facts that hold for some of the clean claims, and whatever counts them.
TRUE_HERE = ("few_units", "no_comparison", ANY)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts over the draws of a family: statuses, problems by check, checks that could run."""

    draws: int
    statuses: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    covered: int = 0

    def share(self, check: str) -> float:
        """Share of the draws in which a check found a problem."""
        return self.problems[check] / self.draws


def state_windows(claim: Claim, panel: Panel) -> Claim:
    """The claim with the natural windows: the same months in the year before and after."""
    launch = panel.calendar.position(next(iter(claim.treated.values())))
    length = min(launch, panel.calendar.n - launch, panel.calendar.cycle)
    ends = [launch - length, launch - 1, launch, launch + length - 1]
    (a, b, c, d) = (panel.periods[place] for place in ends)
    return replace(claim, windows=((a, b), (c, d)))


def one(family: Family, seed: int, policy: Policy = Policy()) -> tuple[Evaluation, float]:
    """The evaluation of one draw, and the true effect."""
    scenario = simulate.draw(family.fault, seed=seed, **family.settings)
    claim = scenario.claim
    if claim.windows is None and family.stated and len(set(claim.treated.values())) == 1:
        claim = state_windows(claim, scenario.panel)
    return evaluate(claim, scenario.panel, policy=policy), scenario.truth.effect


def measure(family: Family, draws: int, first: int) -> Tally:
    """Counts over the seeds from `first` on."""
    draws = max(1, round(draws * family.draws))
    tally, covered = Tally(draws=draws), 0
    for seed in range(first, first + draws):
        ev, truth = one(family, seed)
        tally.statuses[ev.verdict.status] += 1
        found = [f for f in ev.findings if f.status == "problem"]
        tally.problems.update(f.check for f in found)
        tally.problems[TESTED] += any(f.p_value is not None for f in found)
        tally.problems[ANY] += bool(found)
        tally.asked.update(f.check for f in ev.findings if f.status != "not_applicable")
        if ev.estimate is not None:
            covered += ev.estimate.improvement_int.low <= truth <= ev.estimate.improvement_int.high
    return replace(tally, covered=covered)


def verdicts(found: list[tuple[Family, Tally]]) -> list[str]:
    """Table of statuses by family."""
    lines = ["| claims | draws | " + " | ".join(s.replace("_", " ") for s in STATUSES)
             + " | base interval covers |", "|---|" + "---|" * (len(STATUSES) + 2)]  # fmt: skip
    for family, tally in found:
        cells = [percent(tally.statuses[s] / tally.draws) for s in STATUSES]
        cells.append(percent(tally.covered / tally.draws))
        lines.append(f"| {family.name} | {tally.draws} | " + " | ".join(cells) + " |")
    return lines


def false_alarms(found: list[tuple[Family, Tally]]) -> list[str]:
    """Table of problems on clean claims: a row for each check, a column for each clean family."""
    clean = [(f, t) for f, t in found if f.clean]
    lines = ["| check | " + " | ".join(f.name for f, _ in clean) + " |",
             "|---|" + "---|" * len(clean)]  # fmt: skip
    for name in (*(check.name for check in CHECKS), TESTED, ANY):
        cells = []
        for _, tally in clean:
            ran = name in (TESTED, ANY) or tally.asked[name]
            far = tally.share(name) > 0.05 + 2 * (0.0475 / tally.draws) ** 0.5
            told = percent(tally.share(name)) if ran else "–"
            cells.append(f"**{told}**" if ran and far and name not in TRUE_HERE else told)
        lines.append(f"| {name.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return lines


def hits(found: list[tuple[Family, Tally]]) -> list[str]:
    """Table of faults: how often the check that should see it does, and who else raises a hand."""
    lines = [
        "| fault | check | hits | target | other checks that found a problem | called true |",
        "|---|---|---|---|---|---|",
    ]
    for family, tally in found:
        if not family.seen_by:
            continue
        share, target = tally.share(family.seen_by), TARGETS.get(family.target, 0.0)
        others = [f"{name.replace('_', ' ')} {percent(tally.share(name))}"
                  for name, count in tally.problems.most_common()
                  if name not in (TESTED, ANY, family.seen_by) and count / tally.draws > 0.05]  # fmt: skip
        told = percent(share) if share >= target else f"**{percent(share)}**"
        true = (tally.statuses["supported"] + tally.statuses["partly_supported"]) / tally.draws
        lines.append(
            f"| {family.name} | {family.seen_by.replace('_', ' ')} | {told} | "
            f"{f'{100 * target:.0f}' if target else ''} | {', '.join(others)} | {percent(true)} |"
        )
    return lines


def frontier(family: Family, draws: int, first: int) -> list[float] | None:
    """Share of draws in which the check would see its fault at each level, were it the only test.

    None for a check that reads facts.
    """
    alone = Policy(check_weights=((family.seen_by, 1e9),))
    found = []
    for seed in range(first, first + draws):
        ev, _ = one(family, seed, alone)
        found += [f.p_value for f in ev.findings if f.check == family.seen_by]
    if all(p is None for p in found):
        return None
    seen = [1.0 if p is None else p for p in found]
    return [sum(p <= level for p in seen) / draws for level in LEVELS]


def frontiers(found: list[tuple[Family, Tally]], draws: int, first: int) -> list[str]:
    """Table of faults that miss their target: hits at the false alarms that they would cost."""
    lines = ["| fault | check | " + " | ".join(f"at {100 * x:g} %" for x in LEVELS) + " |",
             "|---|---|" + "---|" * len(LEVELS)]  # fmt: skip
    for family, tally in found:
        target = TARGETS.get(family.target, 0.0)
        missed = tally.share(family.seen_by) < target
        if missed and (shares := frontier(family, draws, first)) is not None:
            cells = [percent(share) for share in shares]
            lines.append(f"| {family.name} | {family.seen_by.replace('_', ' ')} | "
                         + " | ".join(cells) + " |")  # fmt: skip
    return lines


def percent(share: float) -> str:
    """A share in percent, one decimal."""
    return f"{100 * share:.1f}"


def run(families: list[Family], draws: int, first: int, jobs: int) -> list[tuple[Family, Tally]]:
    """Every family in turn, with a line of progress on the error stream as each is done."""
    began, done = time.monotonic(), []
    work = (delayed(measure)(family, draws, first) for family in families)
    for family, tally in zip(
        families, Parallel(n_jobs=jobs, return_as="generator")(work), strict=True
    ):
        done.append((family, tally))
        gone = time.monotonic() - began
        print(f"{len(done)}/{len(families)} {gone:.0f} s  {family.name}", file=sys.stderr)
    return done


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--first", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    chosen = [family for family in FAMILIES if asked.only in family.name]
    found = run(chosen, asked.draws, asked.first, asked.jobs)
    print("# How often the checks and the verdict err\n")
    print(
        f"Made by `python -m tests.calibration.checks --draws {asked.draws} --first {asked.first}`: "
        f"{asked.draws} simulated claims a row, fewer where the first table says so (innoeval.simulate, "
        f"seeds from {asked.first}). All figures are percentages; the Monte Carlo error of 5 % is "
        f"{100 * (0.0475 / asked.draws) ** 0.5:.1f}. What misses its target is bold.\n"
    )
    print("## Verdicts\n")
    print("\n".join(verdicts(found)))
    print("\n## False alarms\n")
    print(
        'Problems on claims whose numbers have no fault. "Any statistical" is any problem of the '
        'checks that test, after the correction for their number: it has to stay near 5. "Any" '
        "counts facts too, such as that there are few units, which is true of some. – : the check could not run.\n"
    )
    print("\n".join(false_alarms(found)))
    print("\n## Hits\n")
    print(
        "How often a fault is seen by the check that is made for it: at least 90 % of structural "
        "faults and 60 % of statistical ones. Beside it the checks that find a problem in more than "
        "5 % of the draws, and how often the verdict calls the claim true (supported, in full or part).\n"
    )
    print("\n".join(hits(found)))
    print("\n## Frontier\n")
    print(
        "For faults that miss their target: how often the check would see them if it were the only test of the claim, "
        "by the share of clean claims that it would then accuse. All tests of a claim together share 5 %.\n"
    )
    print("\n".join(frontiers(found, min(asked.draws, 200), asked.first)))


if __name__ == "__main__":
    main()
