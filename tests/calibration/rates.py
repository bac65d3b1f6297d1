"""How often counts and shares show a change that is not there: makes docs/calibration/rates.md.

Run `python -m tests.calibration.rates` in the root of the repository (some minutes of one core).
"""

from __future__ import annotations

import sys
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri, stdtrit
from tests.calibration.its import NOMINAL, TABLE_SEED, Cell, columns, ready

from innoeval.stats.averaged import Averaged
from innoeval.stats.averaged_tables import AveragedTables, averaged_tables
from innoeval.stats.calibrated import ar1
from innoeval.stats.families import FAMILIES, Family, irls, working
from innoeval.stats.least_squares import automatic_lag
from innoeval.stats.reml import reml

DRAWS, SEED = 1000, 2028
#: Periods and autocorrelation of the table: those of the table of single series.
LENGTHS, RHOS = (12, 16, 24, 36, 48, 72, 100), (0, 0.2, 0.4, 0.6, 0.8)
METHODS = ("quasi", "Newey-West", "AR(1)", "calibrated", "Gaussian AR(1)", "Gaussian noise")
MODEL = "AR(1) and noise"
#: Series for each of the cells at other launches and with seasons.
FEWER = 1000
FARTHEST = 25
TARGET = Path(__file__).parents[2] / "docs" / "calibration" / "rates.md"
#: Rounds of reweighting with AR(1) errors, and then averaged over shapes.
ROUNDS, LAST = 4, 2


class Process(NamedTuple):
    """How autocorrelated counts or shares come about."""

    name: str
    kind: str
    family: str
    mean: float
    trials: int = 1
    dispersion: float = 1.0


PROCESSES = (
    Process("counts, thinned, mean 5", "thinned", "poisson", 5),
    Process("counts, thinned, mean 50", "thinned", "poisson", 50),
    Process("counts with a drifting rate, mean 20, dispersion 4", "drifting", "poisson", 20, 1, 4),
    Process("counts with a drifting rate, mean 20, dispersion 2", "drifting", "poisson", 20, 1, 2),
    Process("shares of 50, thinned, 30 %", "thinned", "binomial", 0.3, 50),
    Process("shares of 50, thinned, 90 %", "thinned", "binomial", 0.9, 50),
    Process("shares of 50 with drifting odds, 30 %, dispersion 4", "drifting", "binomial", 0.3, 50, 4),
)  # fmt: skip


OTHER = tuple(PROCESSES[i] for i in (0, 3, 6))


def draw(process: Process, n: int, rho: float, draws: int, seed: int) -> np.ndarray:
    """Counts or successes (draws, n) in which nothing changes."""
    rng = np.random.default_rng([seed, n, int(100 * rho), PROCESSES.index(process)])
    if process.kind == "thinned":
        return _thinned(process, n, rho, draws, rng)
    noise = ar1(rng.standard_normal((n, draws)), rho).T * np.sqrt(1 - rho**2)
    if process.family == "poisson":
        spread = np.sqrt(np.log(1 + (process.dispersion - 1) / process.mean))
        return rng.poisson(process.mean * np.exp(spread * noise - spread**2 / 2)).astype(float)
    variance = process.mean * (1 - process.mean)
    spread = np.sqrt((process.dispersion - 1) / (process.trials * variance))
    odds = np.log(process.mean / (1 - process.mean)) + spread * noise
    return rng.binomial(process.trials, 1 / (1 + np.exp(-odds))).astype(float)


def _thinned(
    process: Process, n: int, rho: float, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Each case stays with probability ρ (Al-Osh & Alzaid 1987; McKenzie 1985): exactly AR(1)."""
    if process.family == "poisson":
        now = rng.poisson(process.mean, draws)
        series = [now]
        for _ in range(n - 1):
            now = rng.binomial(now, rho) + rng.poisson(process.mean * (1 - rho), draws)
            series.append(now)
        return np.array(series, dtype=float).T
    gained = process.mean * (1 - rho)
    now = rng.binomial(process.trials, process.mean, draws)
    series = [now]
    for _ in range(n - 1):
        now = rng.binomial(now, gained + rho) + rng.binomial(process.trials - now, gained)
        series.append(now)
    return np.array(series, dtype=float).T


class Batch(NamedTuple):
    """Fits of K series: shift of the mean and of the level on the link's scale, and their errors.

    `persistence` is what critical values are looked up by, along its last axis by series.
    """

    shifts: np.ndarray
    errors: np.ndarray
    persistence: np.ndarray


def _shifts(
    family: Family, cell: Cell, coefficients: np.ndarray, covariance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """g(mean with) − g(mean without) by the delta method, and the level change: (K, 2) each."""
    X, _ = columns(cell.n, cell.launch, cell.form)
    after, effect = np.arange(cell.n) >= cell.launch, [1, 3] if cell.form.slope else [1]
    left = X.copy()
    left[:, effect] = 0
    means, gradients = [], []
    for part in (X[after], left[after]):
        eta = coefficients @ part.T
        mean = family.link.inverse(eta).mean(axis=1)
        at = family.link.of(mean)
        means.append(at)
        slope = family.link.slope(eta) @ part / len(part)
        gradients.append(slope / family.link.slope(at)[:, None])
    level = np.tile(np.eye(X.shape[1])[1], (len(coefficients), 1))
    gradient = np.stack([gradients[0] - gradients[1], level], axis=1)
    variance = np.einsum("kci,kij,kcj->kc", gradient, covariance, gradient)
    return np.column_stack([means[0] - means[1], coefficients[:, 1]]), np.sqrt(variance)


def fit_many(family: Family, y: np.ndarray, size: float, cell: Cell) -> tuple[Batch, ...]:
    """Quasi-likelihood, Newey-West, AR(1) and averaged fits of series (K, n), as `fit_segments` does."""
    X, contrasts = columns(cell.n, cell.launch, cell.form)
    sizes = np.full_like(y, size)
    first = irls(family, y, X, sizes)
    at = working(family, y, sizes, first.eta)
    Z = X * at.root_weight[:, :, None]
    inverse = np.linalg.inv(Z.transpose(0, 2, 1) @ Z)
    residual = (at.response - first.eta) * at.root_weight
    n, k = X.shape
    quasi = inverse * ((residual**2).sum(axis=1) / (n - k))[:, None, None]
    scores = Z * residual[:, :, None]
    meat = scores.transpose(0, 2, 1) @ scores
    lags = automatic_lag(n)
    for lag in range(1, lags + 1):
        across = scores[:, lag:].transpose(0, 2, 1) @ scores[:, :-lag]
        meat += (1 - lag / (lags + 1)) * (across + across.transpose(0, 2, 1))
    hac = inverse @ meat @ inverse * (n / (n - k))
    nothing = np.zeros(len(y))
    eta = first.eta
    for _ in range(ROUNDS):
        at = working(family, y, sizes, eta)
        Z = X * at.root_weight[:, :, None]
        fit = reml(at.response * at.root_weight, Z, contrasts, rounds=3)
        eta = fit.coefficients @ X.T
    return (
        Batch(*_shifts(family, cell, first.coefficients, quasi), nothing),
        Batch(*_shifts(family, cell, first.coefficients, hac), nothing),
        Batch(*_shifts(family, cell, fit.coefficients, fit.covariance), fit.rho),
        averaged_many(family, y, size, cell, np.where(settled(eta), eta, first.eta)),
    )


def settled(eta: np.ndarray) -> np.ndarray:
    """Whether series have not run off to no cases at all, (K, 1)."""
    return (np.abs(eta) < FARTHEST).all(axis=1, keepdims=True)


def averaged_many(
    family: Family, y: np.ndarray, size: float, cell: Cell, eta: np.ndarray, rounds: int = LAST
) -> Batch:
    """Fits averaged over shapes of error, from linear predictors (K, n) on, as `fit_segments` does."""
    X, contrasts = columns(cell.n, cell.launch, cell.form)
    averages = []
    for one, begin in zip(y, eta, strict=True):
        here = begin
        for _ in range(rounds):
            at = working(family, one, np.full(cell.n, float(size)), here)
            Z, z = X * at.root_weight[:, None], at.response * at.root_weight
            average = Averaged(Z, contrasts, MODEL).fit(z)
            here = X @ average.coefficients
            if not (np.abs(here) < FARTHEST).all():  # refused by the design; finds nothing here
                average = average._replace(covariance=np.full_like(average.covariance, np.inf))
                break
        averages.append(average)
    coefficients = np.array([found.coefficients for found in averages])
    covariance = np.array([found.covariance for found in averages])
    persistence = np.array([found.persistence[:, 0] for found in averages]).T
    return Batch(*_shifts(family, cell, coefficients, covariance), persistence)


def kept(process: Process, cell: Cell, draws: int, seed: int) -> np.ndarray:
    """Null series (K, n) that the design does not refuse.

    Refused is a series with no case (or nothing but cases) on a side, or in which the regression
    does not settle.
    """
    family, y = FAMILIES[process.family], draw(process, cell.n, cell.rho, draws, seed)
    sides = np.stack([y[:, : cell.launch].sum(axis=1), y[:, cell.launch :].sum(axis=1)])
    y = y[(sides > 0).all(axis=0)]
    X, _ = columns(cell.n, cell.launch, cell.form)
    return y[irls(family, y, X, np.full_like(y, process.trials)).converged]


def calibrated_rejections(process: Process, cell: Cell, *, draws: int, seed: int) -> np.ndarray:
    """Share of null series in which the default finds a (mean effect, level change)."""
    family, y = FAMILIES[process.family], kept(process, cell, draws, seed)
    X, _ = columns(cell.n, cell.launch, cell.form)
    eta = irls(family, y, X, np.full_like(y, process.trials)).eta
    found = averaged_many(family, y, process.trials, cell, eta)
    critical = under_noise(cell)[1].critical(found.persistence).T
    return (np.abs(found.shifts / found.errors) > critical).mean(axis=0)


def rejections(
    process: Process, n: int, rho: float, *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, np.ndarray]:
    """Share of null series in which a 5 % test finds a (mean effect, level change), by method."""
    cell, family = Cell(n, round(2 * n / 3), 1, rho), FAMILIES[process.family]
    y = kept(process, cell, draws, seed)
    X, _ = columns(cell.n, cell.launch, cell.form)
    default, noisy = ready(cell.n, cell.launch, cell.form), under_noise(cell)
    quasi, hac, first, averaged = fit_many(family, y, process.trials, cell)
    bounds = {
        "quasi": (quasi, ndtri(1 - NOMINAL / 2)),
        "Newey-West": (hac, stdtrit(n - X.shape[1], 1 - NOMINAL / 2)),
        "AR(1)": (first, default.tables.critical(first.persistence).T),
        "calibrated": (averaged, noisy[1].critical(averaged.persistence).T),
    }
    found = {
        name: (np.abs(batch.shifts / batch.errors) > critical).mean(axis=0)
        for name, (batch, critical) in bounds.items()
    }
    plain = default.whitened.fit(y.T)
    t = np.abs(plain.estimates / plain.std_errors)
    found["Gaussian AR(1)"] = (t > default.tables.critical(plain.rho)).mean(axis=1)
    rough = noisy[0].fit(y.T)
    t = np.abs(rough.estimates / rough.std_errors)
    found["Gaussian noise"] = (t > noisy[1].critical(rough.persistence)).mean(axis=1)
    return found


@lru_cache(maxsize=4)
def under_noise(cell: Cell) -> tuple[Averaged, AveragedTables]:
    """AR(1) under noise, made ready for a design."""
    X, contrasts = columns(cell.n, cell.launch, cell.form)
    return Averaged(X, contrasts, MODEL), averaged_tables(X, contrasts, MODEL, seed=TABLE_SEED)


def table() -> str:
    """Every process, length and autocorrelation."""
    from tests.calibration.its_page import header, percent, row

    titles = [f"{what}: {m}" if i == 0 else m
              for what in ("mean effect", "level change") for i, m in enumerate(METHODS)]  # fmt: skip
    lines = header("outcome", "periods", "ρ", *titles)
    for process, n, rho in product(PROCESSES, LENGTHS, RHOS):
        found = rejections(process, n, rho)
        numbers = [
            percent(found[m][i], (0, 1) if m in METHODS[:2] else (0.03, 0.07))
            for i in (0, 1) for m in METHODS
        ]  # fmt: skip
        lines.append(row(process.name, n, rho, *numbers))
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    return "\n".join(lines)


def spread() -> str:
    """The default at other launches and with seasons modelled, by outcome and length."""
    from tests.calibration.its_page import header, percent, row

    lines = header("outcome", "periods", "mean effect", "level change")
    for process, n in product(OTHER, (24, 48, 100)):
        found = []
        for share, seasonal, rho in product((1 / 2, 3 / 4), (False, True), (0, 0.4, 0.8)):
            cycle = 1 if not seasonal else 4 if n <= 36 else 12
            cell = Cell(n, round(n * share), cycle, rho)
            found.append(calibrated_rejections(process, cell, draws=FEWER, seed=SEED))
        ranges = [f"{percent(part.min(), (0.03, 1))} to {percent(part.max(), (0, 0.07))}"
                  for part in np.array(found).T]  # fmt: skip
        lines.append(row(process.name, n, *ranges))
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    return "\n".join(lines)


TEXT = """# Counts, rates and shares: how often a change is seen that is not there

Written by `python -m tests.calibration.rates`; do not edit by hand.

Each number is the percentage of {draws:,} simulated series in which nothing changed and a 5 % test
sees an effect all the same; it should be 5, with a Monte Carlo standard error of {error:.1f} (seed
{seed}; critical values with seed {table}). Launch after two thirds, form by the rule. Outside 3 to 7
in bold, for the methods with simulated critical values. A series that the design refuses (no case on a side) counts
for nothing.

- *quasi*: `family="poisson"` or `"binomial"` with `errors="ols"`, the quasi-likelihood that is
  usually reported, normal quantiles.
- *Newey-West*: the same with `errors="newey_west"`, t(n − k).
- *AR(1)*: the same family with `inference=CalibratedREML()`: AR(1) errors of the working residuals,
  critical values simulated for the columns.
- *calibrated*: the same family with `errors="calibrated"`, its default: averaged over shapes of AR(1)
  under noise, critical values simulated for the columns.
- *Gaussian AR(1)*: the default of `evaluate`, which takes the counts as they are.
- *Gaussian noise*: the counts as they are, with `errors="calibrated_noise"`.

*Thinned* outcomes carry a share ρ of their cases over to the next period: they are AR(1) exactly.
With a *drifting* rate or odds the autocorrelation is that of the rate, under the noise of counting: what is
seen is slow drift under noise, which AR(1) errors do not model; the smaller the dispersion, the more of
the variance is that noise.

{rows}

## Other launches, and seasons

The default (*calibrated*) with the launch at ½ and ¾, without seasons and with seasons modelled (quarters in up
to 36 periods, months in more; there are none), ρ = 0, .4 and .8: the least and the most of these twelve, by {fewer:,}
series each. The standard error of a 5 is {fewer_error:.1f}: of numbers that are all 5 the least would be about 3.8 and
the most about 6.2. Outside 3 to 7 in bold.

{spread}

## What follows

With thinned outcomes every calibrated method stays near 5 %. With a drifting rate and ρ = .8 AR(1) errors
are not enough (up to 17.5 %), on counts as little as on their Gaussian approximation; errors that are
AR(1) under noise are. So they are the default of counts and shares: the mean effect stays within 3 to 7 %
but for one cell of 7.5. The level change by itself is careful, down to .8 %, where few cases (or few
failures) are thinned with ρ = .8: a low level has few cases, and a wide interval on the log scale. Intervals are longer for it in short series (docs/calibration/its.md); who can rule out
a rate that drifts under the noise of counting asks for `inference=CalibratedREML()`.
"""


def main() -> None:
    """Write the page."""
    text = TEXT.format(
        draws=DRAWS, seed=SEED, table=TABLE_SEED, rows=table(),
        error=100 * np.sqrt(NOMINAL * (1 - NOMINAL) / DRAWS),
        fewer_error=100 * np.sqrt(NOMINAL * (1 - NOMINAL) / FEWER), fewer=FEWER, spread=spread(),
    )  # fmt: skip
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
