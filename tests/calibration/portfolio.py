"""False discoveries in the two lists of a portfolio: `python -m tests.calibration.portfolio`.

Every claim has a panel of its own, drawn with a known truth, and goes the whole way: design, checks,
verdict, list. `--claims` and `--portfolios` set how many; `--jobs` how many processes.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd

import innoeval as ie
from innoeval.portfolio import two_lists, watch
from innoeval.records import Claim, Panel
from innoeval.stats.random_effects import predictive, random_effects

SEED = 20261124
#: True effect as a share of the claimed size, by kind of claim: 0.5 must be shown to hold up, and
#: below 0.8 a claim is overstated; so 0.5 and 0.8 are the hardest truths.
MIXES = {
    "70 % without effect, 30 % true": (0.7, 0.0, 1.0),
    '70 % at the bar of "holds up", 30 % true': (0.7, 0.5, 1.0),
    '70 % at the bar of "overstated", 30 % without effect': (0.7, 0.8, 0.0),
}
SHOWN, OVERSTATED = 0.5, 0.8


class Discoveries(NamedTuple):
    """Of one portfolio: length of each list, and the share of it that should not be there."""

    holds: int
    false_holds: float
    fails: int
    false_fails: float


def drawn(
    mix: tuple[float, float, float], n: int, seed: int, **sizes: object
) -> tuple[list[Claim], dict[str, Panel], dict[str, float]]:
    """Claims, their panels, and the true effect of each as a share of its size."""
    share, many, few = mix
    claims, panels, truths = [], {}, {}
    for i in range(n):
        true_share = many if i < share * n else few
        case = ie.simulate.draw(
            seed=seed * 100_000 + i, true_share=true_share,
            **{"n_units": 30, "n_treated": 15, "n_before": 24, "n_after": 12, "size": 1.5,
               "season": 0.0, **sizes},
        )  # fmt: skip
        name = f"c{i:04d}"
        own = {f.name: getattr(case.claim, f.name) for f in fields(case.claim)}
        claims.append(Claim(**{**own, "id": name}))
        panels[name] = case.panel
        truths[name] = true_share
    return claims, panels, truths


def discoveries(mix: tuple[float, float, float], n: int, seed: int, **sizes: object) -> Discoveries:
    """Draw a portfolio, list what holds up and what does not, and hold both against the truth."""
    claims, panels, truths = drawn(mix, n, seed, **sizes)
    lists = two_lists(ie.evaluate_all(claims, panels, progress=False))

    def false(listed: pd.DataFrame, wrong: object) -> float:
        return float(np.mean([wrong(truths[name]) for name in listed["id"]] or [0.0]))  # type: ignore[operator]

    return Discoveries(
        holds=len(lists.holds_up),
        false_holds=false(lists.holds_up, lambda truth: truth <= SHOWN),
        fails=len(lists.does_not_hold_up),
        false_fails=false(lists.does_not_hold_up, lambda truth: truth >= OVERSTATED),
    )


class Looked(NamedTuple):
    """Shares of panels without effect in which some look of ten showed one, at 5 % two-sided."""

    planned: float
    always: float
    naive: float


def looked(rho: float, draws: int, seed: int) -> Looked:
    """Look ten times, month by month, at panels in which nothing happened."""
    looks = [f"2023-{month:02d}" for month in range(3, 13)]
    seen = []
    for i in range(draws):
        case = ie.simulate.draw(
            "null", seed=seed * 100_000 + i, n_units=24, n_treated=12, n_before=24, n_after=12,
            rho=rho, season=0.0,
        )  # fmt: skip
        found = watch(case.claim, case.panel, looks)
        seen.append([
            ((found["conf_low"] > 0) | (found["conf_high"] < 0)).any(),
            ((found["always_low"] > 0) | (found["always_high"] < 0)).any(),
            (found["estimate"].abs() > 1.96 * found["std_error"]).any(),
        ])  # fmt: skip
    return Looked(*np.mean(seen, axis=0).tolist())


class Covered(NamedTuple):
    """Shares of draws in which an interval held the truth: of the mean, and of a new site.

    `alone`: sites taken as independent; `together`: with the covariance of their errors.
    """

    mean_alone: float
    mean_together: float
    new_alone: float
    new_together: float


def covered(sites: int, theirs: int, tau: float, draws: int, seed: int) -> Covered:
    """Pool sites of eight units each that are all held against the same units."""
    from scipy.special import stdtrit

    rng, hits = np.random.default_rng(seed), np.zeros(4)
    for _ in range(draws):
        shared, own = rng.standard_normal(theirs), rng.standard_normal((sites, 8))
        true = rng.normal(1, tau, sites + 1)
        y = true[:sites] + own.mean(axis=1) - shared.mean()
        common = shared.var(ddof=1) / theirs
        alone = own.var(axis=1, ddof=1) / 8 + common
        together = np.full((sites, sites), common)
        np.fill_diagonal(together, alone)
        for i, errors in enumerate((alone, together)):
            fit = random_effects(y, errors)
            reach = stdtrit(fit.df, 0.975) * np.sqrt(fit.covariance[0, 0])
            low, high = predictive(y, errors).interval()
            hits[i] += abs(fit.coefficients[0] - 1) <= reach
            hits[2 + i] += low <= true[-1] <= high
    return Covered(*(hits / draws).tolist())


def sites_section(draws: int) -> list[str]:
    """What taking sites of one panel as independent costs."""
    lines = [
        "## Sites that share comparison units",
        "",
        (
            f"{draws} draws for each row: sites of eight units, all held against the same units. Share "
            "of 95 % intervals that hold the mean of all sites, and the effect at a new one: as if sites "
            "were independent, and with the covariance of their errors, as `pool` has it."
        ),
        "",
        "| sites | units to compare with | spread between sites | mean, as if independent | mean | new site, as if independent | new site |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for sites in (5, 10):
        for theirs in (6, 20):
            for tau in (0.0, 0.3, 1.0):
                found = covered(sites, theirs, tau, draws, SEED)
                shares = " | ".join(f"{100 * share:.1f} %" for share in found)
                lines.append(f"| {sites} | {theirs} | {tau} | {shares} |")
                print(lines[-1], file=sys.stderr, flush=True)
    return lines


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--portfolios", type=int, default=10)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    said = "".join(f" {word}" for word in sys.argv[1:])
    lines = [
        "# Portfolios: false discoveries in both lists",
        "",
        f"Made by `python -m tests.calibration.portfolio{said}`; do not edit by hand.",
        "",
        (
            f"{asked.portfolios} portfolios of {asked.claims:,} claims for each row, every claim on a panel "
            "of its own (15 treated and 15 comparison units, 24 + 12 periods), through design, "
            'checks, verdict and list at q = 5 %. False: of "holds up" a true effect of at most '
            'half the claim, of "does not hold up" one of at least 0.8 of it. Rates are averages '
            "over portfolios of the false share of a list, 0 for an empty one; ± is their "
            "standard error."
        ),
        "",
        "| truth | listed as holding up | false among them | listed as not holding up | false among them |",
        "|---|---:|---:|---:|---:|",
    ]
    with joblib.parallel_config("loky" if asked.jobs != 1 else "sequential", n_jobs=asked.jobs):
        for name, mix in MIXES.items():
            found = [discoveries(mix, asked.claims, SEED + i) for i in range(asked.portfolios)]
            columns = np.array(found)
            mean, error = columns.mean(axis=0), columns.std(axis=0) / np.sqrt(len(found))
            lines.append(
                f"| {name} | {mean[0]:.0f} | {100 * mean[1]:.1f} ± {100 * error[1]:.1f} % "
                f"| {mean[2]:.0f} | {100 * mean[3]:.1f} ± {100 * error[3]:.1f} % |"
            )
            print(lines[-1], file=sys.stderr, flush=True)
    lines += [
        "",
        "## Ten looks at nothing",
        "",
        (
            f"{asked.draws} panels without effect for each row (12 treated and 12 comparison units, 24 "
            "months before, looks in each of the months 3 to 12 after). Share in which any of the "
            "ten looks showed a change, in either direction, at 5 % for all looks together."
        ),
        "",
        "| autocorrelation | planned looks (O'Brien-Fleming) | any looks | every look at 5 % |",
        "|---:|---:|---:|---:|",
    ]
    for rho in (0.0, 0.3, 0.6):
        found_looks = looked(rho, asked.draws, SEED)
        shares = " | ".join(f"{100 * share:.1f} %" for share in found_looks)
        lines.append(f"| {rho} | {shares} |")
        print(lines[-1], file=sys.stderr, flush=True)
    lines += ["", *sites_section(asked.draws)]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
