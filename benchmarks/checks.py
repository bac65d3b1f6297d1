"""Every check of one claim, beside a loop over diff-diff: `python -m benchmarks.checks`."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.measure import in_turns, machine
from innoeval import simulate
from innoeval.checks import CHECKS, Case, examine, find_flips, specification_curve
from innoeval.designs import choose
from innoeval.designs.base import arrange
from innoeval.evaluate import evaluate
from innoeval.records import Claim, Panel, Policy
from innoeval.simulate import Scenario

SHAPE = {"n_units": 30, "n_treated": 8, "n_before": 36, "n_after": 12}
PERMUTATIONS = 99
LIMIT = 30.0
ROUNDS = 15


def drawn(fault: str, **settings: int) -> tuple[Claim, Panel]:
    """A claim with windows on a panel of 30 units and 48 months."""
    scenario: Scenario = simulate.draw(fault, seed=1, stated=12, **{**SHAPE, **settings})
    return scenario.claim, scenario.panel


def checking(claim: Claim, panel: Panel) -> Callable[[], object]:
    """All checks and what would change the verdict, once the estimate is there."""
    policy, verdict = Policy(), evaluate(claim, panel).verdict
    design = choose(panel, claim, policy).design
    if design is None:
        raise ValueError("no design fits the claim of this benchmark")
    base, case = design.fit(panel, claim, policy=policy), arrange(panel, claim)

    def run() -> object:
        facts = Case(
            claim=claim, panel=panel, arrangement=case, design=design,
            kernel=design.kernel(panel, claim, policy=policy), estimate=base, announced=None,
            claimed=claim.size, margin=verdict.breakdown or 0.1, policy=policy,
        )  # fmt: skip
        return examine(facts, CHECKS), find_flips(facts, verdict)

    return run


def peer_loop(claim: Claim, panel: Panel) -> Callable[[], object]:
    """Two-way regression, event study and 99 permutations by refits, and one series, in diff-diff."""
    import diff_diff
    from statsmodels.regression.linear_model import OLS

    frame = panel.frame[["unit", "outcome"]].copy()
    frame["t"] = np.tile(np.arange(panel.calendar.n), len(panel.units))
    launch = SHAPE["n_before"]
    frame["post"] = (frame["t"] >= launch).astype(int)
    treated = frame["unit"].isin(claim.units).astype(int)
    rng = np.random.default_rng(1)
    n = panel.calendar.n
    columns = np.column_stack([np.ones(n), np.arange(n), np.arange(n) >= launch])

    def effect(column: pd.Series) -> object:
        return diff_diff.DifferenceInDifferences(cluster="unit").fit(
            frame.assign(d=column), outcome="outcome", treatment="d", time="post"
        )

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            effect(treated)
            diff_diff.MultiPeriodDiD(cluster="unit").fit(
                frame.assign(d=treated), outcome="outcome", treatment="d", time="t", unit="unit",
                reference_period=launch - 1, post_periods=list(range(launch, n)),
            )  # fmt: skip
            for _ in range(PERMUTATIONS):
                chosen = rng.choice(panel.units, len(claim.units), replace=False)
                effect(frame["unit"].isin(chosen).astype(int))
            average = frame[treated == 1].groupby("t")["outcome"].mean().to_numpy()
            OLS(average, columns).fit(cov_type="HAC", cov_kwds={"maxlags": 3})

    return run


def main() -> None:
    """Print the table."""
    plain, full = drawn("none"), drawn("recorded")
    with_donors = drawn("none", n_treated=1)
    jobs: dict[str, Callable[[], object]] = {
        "all checks, a claim with its outcome alone": checking(*plain),
        "all checks, every column recorded": checking(*full),
        "all checks, one treated unit and 29 donors": checking(*with_donors),
        "of these: the specification curve": lambda: specification_curve(*plain),
        "the whole evaluation, outcome alone": lambda: evaluate(*plain),
        "the whole evaluation, every column recorded": lambda: evaluate(*full),
    }
    for job in jobs.values():
        job()
    took = in_turns(jobs, ROUNDS)
    theirs = in_turns({"peer": peer_loop(*plain)}, 3)["peer"]
    curve = len(specification_curve(*plain).effect)
    print("# Speed of the checks\n")
    print(
        f"Made by `python -m benchmarks.checks`. {SHAPE['n_units']} units × {SHAPE['n_before'] + SHAPE['n_after']} months, "
        f"{len(CHECKS)} checks: all pairs of windows of the stated lengths, 999 placebo groups, 999 permutations of "
        f"all metrics where several are recorded, leave-one-outs, a curve of {curve} specifications, and what would "
        f"change the verdict. Median process time of {ROUNDS} rounds in turns, estimate and panel made ready "
        f"before. The target for all checks is {LIMIT:.0f} ms on a quiet core.\n"
    )
    print("| what | CPU |\n|---|---|")
    for name, seconds in took.items():
        print(f"| {name} | {1000 * seconds:.1f} ms |")
    print(
        f"| diff-diff and statsmodels: a regression, an event study, {PERMUTATIONS} permutations by "
        f"refits, one series | {1000 * theirs:.0f} ms |"
    )
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
