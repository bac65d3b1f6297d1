"""How often a true null is rejected by the chosen inference: makes docs/calibration/inference.md.

Run `python -m tests.calibration.inference` in the root of the repository (some minutes of two
cores; the real data come from the folder of shared data).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from innoeval.designs.did_kernel import DiDKernel
from innoeval.inference import CR2, Choice, Chosen, Clustered, Randomization, choose_inference
from innoeval.stats.noise import FEWEST_FOR_NOISE, noise_ratio, unit_noise

DRAWS, SEED, WAYS = 2000, 20260401, 999
TARGET = Path(__file__).parents[2] / "docs" / "calibration" / "inference.md"
TREATED, UNITS, RHOS, NOISES = (1, 2, 3, 5, 10), (20, 30), (0.0, 0.3, 0.6, 0.8), (1.0, 2.0)
LENGTHS = ((2, 4), (3, 3), (5, 5), (8, 4), (24, 12))
REAL_DRAWS = 200


class Tried(NamedTuple):
    """Shares of draws in which no effect was rejected at 5 %, and without an end of the interval."""

    chosen: float
    plain: float
    clusters: float
    unbounded: float


def autoregressive(rng: np.random.Generator, n: int, length: int, rho: float) -> np.ndarray:
    """Stationary Gaussian AR(1) with variance 1, (n, length)."""
    series = rng.standard_normal((n, length))
    for t in range(1, length):
        series[:, t] = rho * series[:, t - 1] + np.sqrt(1 - rho**2) * series[:, t]
    return series


def ready(
    outcomes: np.ndarray, treated: np.ndarray, launch: int, noise: np.ndarray, choice: Choice | None
) -> DiDKernel:
    """The kernel of difference-in-differences, as `fit` makes it, with or without a choice."""
    ratio = noise_ratio(noise, treated) if launch >= FEWEST_FOR_NOISE else np.nan
    chosen = (
        choose_inference(int(treated.sum()), int((~treated).sum()), ratio, draws=WAYS)
        if choice is None
        else Chosen(choice=choice, why="")
    )
    return DiDKernel(
        raw=outcomes, outcomes=outcomes, treated=treated, launch=launch, noise=noise,
        chosen=chosen, columns={}, better="lower", check_level=0.05, warnings=(),
    )  # fmt: skip


def tried(outcomes: np.ndarray, treated: np.ndarray, launch: int) -> np.ndarray:
    """Whether the chosen, the plain randomised and the plain clustered test reject; no end."""
    time = np.arange(outcomes.shape[1])
    windows = (time < launch)[None], (time >= launch)[None]
    plain = Randomization(statistic="coefficient", draws=WAYS) if treated.sum() <= 5 else CR2()
    noise = unit_noise(outcomes[:, :launch])
    found = [
        ready(outcomes, treated, launch, noise, choice).effects(*windows)
        for choice in (None, plain, Clustered())
    ]
    unbounded = np.isinf([found[0].low[0], found[0].high[0]]).any()
    return np.array([*(each.p_value[0] <= 0.05 + 1e-9 for each in found), unbounded], dtype=float)


def cell(
    n: int, k: int, rho: float, noise: float, *, before: int = 12, after: int = 12,
    draws: int = DRAWS, seed: int = SEED,
) -> Tried:  # fmt: skip
    """One cell of the table: k of n units treated, `noise` times as noisy as the others."""
    treated = np.arange(n) < k
    name = [seed, n, k, round(100 * rho), round(10 * noise), before, after]
    total = np.zeros(4)
    for draw in range(draws):
        rng = np.random.default_rng([*name, draw])
        outcomes = autoregressive(rng, n, before + after, rho)
        outcomes[treated] *= noise
        total += tried(outcomes, treated, before)
    return Tried(*(total / draws))


def trusts(folder: Path, measure: str) -> np.ndarray:
    """A monthly measure of type-1 A&E departments with a value in all 36 months, (trusts, 36)."""
    frame = pd.read_csv(folder / "nhs_ae_attendances.csv", dtype={"type": str})
    frame = frame[(frame["type"] == "1") & (frame["attendances"] > 0)]
    values = {
        "attendances": frame["attendances"],
        "log attendances": np.log(frame["attendances"]),
        "share of breaches": frame["breaches"] / frame["attendances"],
    }[measure]
    wide = frame.assign(value=values).pivot_table(
        index="org_code", columns="period", values="value"
    )
    return wide.dropna().to_numpy()


def placebo_law(
    outcomes: np.ndarray,
    k: int,
    *,
    draws: int = REAL_DRAWS,
    seed: int = SEED,
    noisiest: bool = False,
) -> Tried:
    """Bertrand, Duflo and Mullainathan's law: random units, random dates, nothing happened."""
    rng, total = np.random.default_rng([seed, k, noisiest]), np.zeros(4)
    for _ in range(draws):
        launch = int(rng.integers(9, 28))
        noise = unit_noise(outcomes[:, :launch])
        pool = np.arange(len(outcomes))
        if noisiest:
            pool = np.flatnonzero(noise >= np.quantile(noise, 0.75))
        treated = np.isin(np.arange(len(outcomes)), rng.choice(pool, k, replace=False))
        total += tried(outcomes, treated, launch)
    return Tried(*(total / draws))


TEXT = """# Inference: how often a true null is rejected

Written by `python -m tests.calibration.inference`; do not edit by hand.

Difference-in-differences as `fit` does it without a choice, on {draws:,} panels per cell (seed {seed}; nothing
was tuned on it): Gaussian AR(1) noise with autocorrelation ρ, 12 periods before and 12 after, no
effect. Printed is the percentage of panels in which "no effect" is rejected at the 5 % level; the
Monte Carlo standard error of a 5 is {error:.1f}. In brackets plain errors clustered by unit with t(G − 1)
(which the library refuses with fewer than 6 treated units).

With up to 5 treated units the rule takes randomisation over choices of units, each measured by the
units' own noise before the start; with more, CR2 with Welch's degrees of freedom.

## Treated units as noisy as the others

{alike}

## Treated units twice as noisy

In square brackets plain randomisation, which takes all units to be alike.

{twice}

{outside}

With one treated unit of J + 1 a p-value is a multiple of 1/(J + 1): of 20 units exactly 1/20, of 30
units 1/30 = 3.3 %, as 2/30 would be more than 5 %; of fewer than 20 units no p-value reaches 5 %,
and the interval has no end. That is said on the estimate. With 20 units or more every interval here
had two ends.

## Short series

One treated unit of 20, ρ = .6. With fewer than 3 periods before the start a unit's noise cannot be
known: plain randomisation is taken, and a warning says that it is too sure if the treated unit is
noisier.

{short}

## Placebo laws on real data

Bertrand, Duflo & Mullainathan (2004, doi:10.1162/003355304772839588) gave American states laws that
never were. Here English A&E departments (type 1, all {n_trusts} with a value in each of 36 months from April
2016; NHS England, CC0) get innovations that never were, in {real_draws} draws of random departments and
a random month from the 10th to the 28th. The standard error of a 5 is {real_error:.1f}.

{real}

"Noisiest quarter" draws only departments whose noise before the start is in the upper quarter: whom
plain randomisation rejects too often, because it compares them with quieter ones.
"""


def table(noise: float, results: dict[tuple[int, int, float, float], Tried]) -> str:
    """Cells of one noise, units and treated units down, ρ across."""
    lines = [f"| units | treated | {' | '.join(f'ρ = {rho:g}' for rho in RHOS)} |",
             f"|---:|---:|{'---:|' * len(RHOS)}"]  # fmt: skip
    for n in UNITS:
        for k in TREATED:
            row = [results[n, k, rho, noise] for rho in RHOS]
            plain = noise > 1 and k <= 5
            cells = [
                f"{100 * r.chosen:.1f} ({100 * r.clusters:.0f})"
                + (f" [{100 * r.plain:.0f}]" if plain else "")
                for r in row
            ]
            lines.append(f"| {n} | {k} | {' | '.join(cells)} |")
    return "\n".join(lines)


def outside(results: dict[tuple[int, int, float, float], Tried]) -> str:
    """The cells that are not within 3 to 7 %, in words."""
    away = [
        f"{k} of {n} treated, ρ = {rho:g}, noise × {noise:g}: {100 * found.chosen:.1f} %"
        for (n, k, rho, noise), found in results.items()
        if not 0.03 <= found.chosen <= 0.07
    ]
    number = len(results)
    if not away:
        return f"All {number} cells lie within 3 to 7 %."
    return (
        f"{number - len(away)} of {number} cells lie within 3 to 7 %; outside: {'; '.join(away)}."
    )


def real_table(folder: Path) -> tuple[str, int]:
    """Rejections on real data, and the number of trusts."""
    lines = ["| measure | treated | chosen | plain randomisation | clustered by unit |",
             "|---|---|---:|---:|---:|"]  # fmt: skip
    n = 0
    for measure in ("attendances", "log attendances", "share of breaches"):
        outcomes = trusts(folder, measure)
        n = len(outcomes)
        for k, noisiest in ((1, False), (1, True), (2, False), (5, False), (5, True), (10, False)):
            found = placebo_law(outcomes, k, noisiest=noisiest)
            who = f"{k} of the noisiest quarter" if noisiest else f"{k}"
            plain = f"{100 * found.plain:.1f}" if k <= 5 else ""
            lines.append(
                f"| {measure} | {who} | {100 * found.chosen:.1f} | {plain} | {100 * found.clusters:.1f} |"
            )
    return "\n".join(lines), n


def short_table() -> str:
    """One treated of 20, by numbers of periods."""
    lines = ["| before | after | as noisy | twice as noisy | twice, plain randomisation |",
             "|---:|---:|---:|---:|---:|"]  # fmt: skip
    for before, after in LENGTHS:
        one, two = (cell(20, 1, 0.6, noise, before=before, after=after) for noise in NOISES)
        lines.append(
            f"| {before} | {after} | {100 * one.chosen:.1f} | {100 * two.chosen:.1f} | {100 * two.plain:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Write the table."""
    folder = Path(os.environ.get("INNOEVAL_SHARED_DATA", TARGET.parents[3] / "shared" / "data"))
    keys = [(n, k, rho, noise) for noise in NOISES for n in UNITS for k in TREATED for rho in RHOS]
    found = Parallel(n_jobs=-1)(delayed(cell)(*key) for key in keys)
    results = dict(zip(keys, found, strict=True))
    sys.stdout.write(f"{outside(results)}\n")
    real, n_trusts = real_table(folder)
    text = TEXT.format(
        draws=DRAWS, seed=SEED, error=100 * np.sqrt(0.05 * 0.95 / DRAWS), alike=table(1.0, results),
        twice=table(2.0, results), outside=outside(results), short=short_table(), real=real,
        n_trusts=n_trusts, real_draws=REAL_DRAWS, real_error=100 * np.sqrt(0.05 * 0.95 / REAL_DRAWS),
    )  # fmt: skip
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
