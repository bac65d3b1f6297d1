"""How often honest intervals cover where trends part as far as allowed: docs/calibration/sensitivity.md.

Run `python -m tests.calibration.sensitivity` in the root of the repository (some minutes of one core).
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from innoeval import sensitivity
from innoeval.stats.honest import relative_magnitudes, smooth, smoothness

DRAWS, SEED, LEVEL = 2000, 20260401, 0.95
N_PRE, N_POST = 4, 3
TARGETS = {"first period": np.array([1.0, 0, 0]), "average": np.full(3, 1 / 3)}
TARGET = Path(__file__).parents[2] / "docs" / "calibration" / "sensitivity.md"


class Cell(NamedTuple):
    """One row: the bound, how trends part, what is asked for, and whose errors they are.

    `units` is the number of units on each side; 0: normal coefficients with known covariance.
    """

    m: float
    parting: str
    size: float
    target: str
    units: int


def noise(rng: np.random.Generator, units: int) -> np.ndarray:
    """Series (units, periods) with autocorrelation 0.6 and variance 1."""
    series = np.empty((units, N_PRE + 1 + N_POST))
    series[:, 0] = rng.standard_normal(units)
    for t in range(1, series.shape[1]):
        series[:, t] = 0.6 * series[:, t - 1] + 0.8 * rng.standard_normal(units)
    return series


def changes_from_reference(series: np.ndarray) -> np.ndarray:
    """Each period less the reference period, which is left out."""
    return np.delete(series - series[:, [N_PRE]], N_PRE, axis=1)


def true_covariance(units: int) -> np.ndarray:
    """Covariance of differences in mean changes between two groups of so many units."""
    gap = np.abs(np.subtract.outer(np.arange(N_PRE + 1 + N_POST), np.arange(N_PRE + 1 + N_POST)))
    differ = np.delete(np.eye(len(gap)), N_PRE, axis=0)
    differ[:, N_PRE] = -1
    return differ @ 0.6**gap @ differ.T * 2 / units


def parted(cell: Cell, covariance: np.ndarray) -> np.ndarray:
    """Differences in trends, against the reference period, as large as the bound allows."""
    if cell.parting in {"one jump", "every period"}:
        # The largest earlier change in standard errors of the first coefficient before the start.
        largest = cell.size * np.sqrt(covariance[N_PRE - 1, N_PRE - 1])
        earlier = np.zeros(N_PRE)
        earlier[slice(None) if cell.parting == "every period" else 1] = largest
        return as_levels(np.concatenate([earlier, np.full(N_POST, cell.m * largest)]))
    slope_changes = np.full(N_PRE + N_POST - 1, cell.m)
    if cell.parting == "worst":
        # The bends against which the shortest interval has just enough room.
        target = TARGETS[cell.target]
        frontier = smooth._frontier(covariance, N_PRE, target)
        low, high = smoothness(
            np.zeros(N_PRE + N_POST), covariance, N_PRE, target, np.array([cell.m])
        )
        half = (high - low)[0] / 2
        weights = closest(frontier, covariance, cell.m, half)
        slope_changes = cell.m * np.sign(bends(weights))
    changes = np.concatenate([[0.0], np.cumsum(slope_changes)])
    return as_levels(changes - changes[N_PRE - 1])


def as_levels(changes: np.ndarray) -> np.ndarray:
    """Differences in trends from their changes, zero in the reference period."""
    levels = np.concatenate([[0.0], np.cumsum(changes)])
    return np.delete(levels - levels[N_PRE], N_PRE)


def bends(weights: np.ndarray) -> np.ndarray:
    """Weight that an estimator puts on the change of slope at each inner period."""
    units = np.eye(N_PRE + N_POST - 1)
    found = []
    for bend in units:
        changes = np.concatenate([[0.0], np.cumsum(bend)])
        found.append(as_levels(changes - changes[N_PRE - 1]) @ weights)
    return np.array(found)


def closest(
    frontier: smooth._Frontier, covariance: np.ndarray, m: float, half: float
) -> np.ndarray:
    """Weights of the estimator whose interval has that half-length."""
    prices = np.linspace(0, frontier.price[-1], 4001)
    sd, bias, weights = smooth._at(frontier, covariance, prices)
    lengths = sd * smooth.folded_normal_quantile(m * bias / sd, LEVEL)
    return weights[np.abs(lengths - half).argmin()]


def coverage(cell: Cell, *, draws: int = DRAWS, seed: int = SEED) -> dict[str, float]:
    """Share of intervals that hold the true effect (zero), by method."""
    units = cell.units or 30
    known = true_covariance(units)
    delta = parted(cell, known)
    rng = np.random.default_rng([seed, units, int(1000 * cell.m)])
    target, m = TARGETS[cell.target], np.array([cell.m])
    relative = cell.parting in {"one jump", "every period"}
    held: dict[str, list[bool]] = {}
    for _ in range(draws):
        if cell.units:
            groups = [changes_from_reference(noise(rng, units)) for _ in range(2)]
            beta = groups[0].mean(axis=0) - groups[1].mean(axis=0) + delta
            covariance = sum(np.cov(group.T) / units for group in groups)
        else:
            beta, covariance = rng.multivariate_normal(delta, known), known
        if relative:
            found = {
                "hybrid": relative_magnitudes(beta, covariance, N_PRE, target, m),
                "conditional": relative_magnitudes(
                    beta, covariance, N_PRE, target, m, hybrid=False
                ),
            }
        else:
            found = {"shortest": smoothness(beta, covariance, N_PRE, target, m)}
        for name, (low, high) in found.items():
            held.setdefault(name, []).append(bool(low[0] <= 0 <= high[0]))
    return {name: float(np.mean(shares)) for name, shares in held.items()}


def few_units_coverage(cell: Cell, *, draws: int = DRAWS, seed: int = SEED) -> dict[str, float]:
    """The same with covariances from so few units, taken as known and as estimated."""
    delta = parted(cell, true_covariance(cell.units))
    rng = np.random.default_rng([seed, cell.units, int(1000 * cell.m)])
    relative = cell.parting in {"one jump", "every period"}
    verb, chosen = (relative_magnitudes, 0) if relative else (smoothness, N_PRE - 1)
    target, m = TARGETS[cell.target], np.array([cell.m])
    times = [e for e in range(-N_PRE - 1, N_POST) if e != -1]
    held: dict[str, list[bool]] = {"normal": [], "student": []}
    for _ in range(draws):
        groups = [changes_from_reference(noise(rng, cell.units)) for _ in range(2)]
        study = sensitivity.EventCoefficients(
            event_time=times, coefficient=groups[0].mean(axis=0) - groups[1].mean(axis=0) + delta,
            covariance=sum(np.cov(group.T) / cell.units for group in groups),
            df=2 * cell.units - 2,
        )  # fmt: skip
        for errors, shares in held.items():
            # What the room's verbs do, without their breakdown values.
            covariance = study.covariance * sensitivity._widening(study, errors, chosen)
            low, high = verb(study.coefficient, covariance, N_PRE, target, m)
            shares.append(bool(low[0] <= 0 <= high[0]))
    return {name: float(np.mean(shares)) for name, shares in held.items()}


def few_units_cells() -> list[Cell]:
    """Where covariances of few units matter: worst bends, and one large jump."""
    cells = []
    for units in (12, 30):
        error = float(np.sqrt(true_covariance(units)[N_PRE, N_PRE]))
        cells += [
            Cell(share * error, "worst", share, target, units)
            for share, target in product((0.0, 0.1, 0.5), TARGETS)
        ]
        cells += [Cell(m, "one jump", 4.0, target, units) for m in (0.5, 1.0) for target in TARGETS]
    return cells


def relative_cells() -> list[Cell]:
    """Relative magnitudes: the bound, how trends part before, how far, and the target."""
    return [
        Cell(m, parting, size, target, units)
        for units, parting, m, size, target in product(
            (0, 30), ("one jump", "every period"), (0.5, 1.0, 2.0), (0.5, 4.0), TARGETS
        )
    ]


def smooth_cells() -> list[Cell]:
    """Smoothness: the bound as a share of one coefficient's standard error."""
    error = float(np.sqrt(true_covariance(30)[N_PRE, N_PRE]))
    return [
        Cell(share * error, parting, share, target, units)
        for units, parting, share, target in product(
            (0, 30), ("worst", "parabola"), (0.0, 0.1, 0.5), TARGETS
        )
    ]


def main() -> None:
    """Write the page."""
    whose = {0: "known", 30: "30 + 30 units"}
    lines = [
        "# Honest intervals: how often they cover",
        "",
        "Written by `python -m tests.calibration.sensitivity`; do not edit by hand.",
        "",
        f"Event studies with {N_PRE} coefficients before and {N_POST} after the reference period, in",
        "which trends part exactly as far as the bound allows and the true effect is zero. Printed is",
        f"the percentage of {DRAWS:,} intervals that cover it; it should be 95 or more. The Monte Carlo",
        f"standard error of a 95 is 0.5 (seed {SEED}). *Known*: normal coefficients with the true",
        "covariance, which is what the method promises for; *30 + 30 units*: differences in means of",
        "autocorrelated series (ρ = 0.6) with estimated covariance.",
        "",
        "## Relative magnitudes",
        "",
        "*Largest earlier change* is in standard errors of one coefficient, in one period or in every",
        "one; after the start trends part by m times as much in every period, all in one direction.",
        "",
        "| errors | earlier changes | m | largest earlier change | effect | hybrid | conditional |",
        "|---|---|---:|---:|---|---:|---:|",
    ]
    for cell in relative_cells():
        found = coverage(cell)
        lines.append(
            f"| {whose[cell.units]} | {cell.parting} | {cell.m:g} | {cell.size:g} | {cell.target} "
            f"| {100 * found['hybrid']:.1f} | {100 * found['conditional']:.1f} |"
        )
    lines += [
        "",
        "## Smoothness",
        "",
        "*m* is in standard errors of one coefficient per period. *Worst*: the bends against which the",
        "interval has just enough room; *parabola*: the slope changes by m in every period (here the",
        "worst bends are a parabola, too).",
        "",
        "| errors | bends | m | effect | shortest |",
        "|---|---|---:|---|---:|",
    ]
    for cell in smooth_cells():
        found = coverage(cell)
        lines.append(
            f"| {whose[cell.units]} | {cell.parting} | {cell.size:g} | {cell.target} "
            f"| {100 * found['shortest']:.1f} |"
        )
    lines += [
        "",
        "## Few units",
        "",
        "The worst bends, and one earlier jump of 4 standard errors, with a covariance estimated from",
        'so many units on either side (1,000 panels): `errors="normal"` takes it as known, as the papers do;',
        '`errors="student"` as estimated. *m* of smoothness is in standard errors.',
        "",
        "| units | bound | m | effect | normal | student |",
        "|---|---|---:|---|---:|---:|",
    ]
    for cell in few_units_cells():
        found = few_units_coverage(cell)
        smooth_bound = cell.parting == "worst"
        lines.append(
            f"| {cell.units} + {cell.units} | {'smoothness' if smooth_bound else 'relative'} "
            f"| {cell.size if smooth_bound else cell.m:g} | {cell.target} "
            f"| {100 * found['normal']:.1f} | {100 * found['student']:.1f} |"
        )
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
