"""How often one series shows a change that is not there: makes docs/calibration/its.md.

Run `python -m tests.calibration.its` in the root of the repository (some minutes of one core).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from innoeval.designs.its.form import Form, choose_form
from innoeval.stats.arma import arma_reml, autocovariances
from innoeval.stats.averaged import Averaged
from innoeval.stats.averaged_tables import AveragedTables, averaged_tables
from innoeval.stats.calibrated import Calibrated, ar1
from innoeval.stats.error_shapes import Shape, correlations
from innoeval.stats.least_squares import automatic_lag, newey_west, ordinary
from innoeval.stats.prais_winsten import prais_winsten
from innoeval.stats.series import LEVEL, mean_effect, segmented

#: Seeds of the simulated series; critical values are simulated with another, 20260101.
DRAWS, SEED, TABLE_SEED, NOMINAL = 8000, 2027, 20260101, 0.05
LENGTHS, SHARES, RHOS = (
    (12, 16, 24, 36, 48, 72, 100),
    (1 / 2, 2 / 3, 3 / 4),
    (0, 0.2, 0.4, 0.6, 0.8),
)
METHODS = ("OLS", "Newey-West", "Prais-Winsten", "REML", "calibrated")
TARGET = Path(__file__).parents[2] / "docs" / "calibration" / "its.md"


class Cell(NamedTuple):
    """One row: periods, periods before the launch, cycle of the true seasons (1: none), and ρ."""

    n: int
    launch: int
    cycle: int
    rho: float

    @property
    def form(self) -> Form:
        """The form that the rule chooses."""
        return choose_form(self.launch, self.n - self.launch, self.cycle)

    @property
    def bounds(self) -> tuple[float, float]:
        """Within which the default is to stay."""
        return (0.03, 0.07) if self.n >= 24 else (0.03, 0.08)


def cells() -> list[Cell]:
    """Every length, launch and autocorrelation, without seasons and with them."""
    found = []
    for n, share, seasonal, rho in product(LENGTHS, SHARES, (False, True), RHOS):
        # Quarters in up to 36 periods, months in more.
        cycle = 1 if not seasonal else 4 if n <= 36 else 12
        found.append(Cell(n, round(n * share), cycle, rho))
    return found


@lru_cache(maxsize=4)
def columns(n: int, launch: int, form: Form) -> tuple[np.ndarray, np.ndarray]:
    """Columns, and the contrasts for the mean effect and the level change."""
    X = segmented(n, launch, trend=form.trend, slope=form.slope, cycle=form.cycle)
    mean = mean_effect(n, launch, trend=form.trend, slope=form.slope, columns=X.shape[1])
    return X, np.stack([mean, np.eye(X.shape[1])[LEVEL]])


@lru_cache(maxsize=4)
def ready(n: int, launch: int, form: Form) -> Calibrated:
    """The default, made ready for a design."""
    return Calibrated(*columns(n, launch, form), seed=TABLE_SEED)


def null_series(cell: Cell, draws: int, seed: int) -> np.ndarray:
    """Gaussian AR(1) series (n, draws) of variance 1 in which nothing changes, with their seasons."""
    noise = np.random.default_rng([seed, *cell[:3]]).standard_normal((cell.n, draws))
    y = ar1(noise, cell.rho) * np.sqrt(1 - cell.rho**2)
    if cell.cycle > 1:
        y += np.cos(2 * np.pi * np.arange(cell.n) / cell.cycle)[:, None]
    return y


def rejections(cell: Cell, *, draws: int = DRAWS, seed: int = SEED) -> dict[str, np.ndarray]:
    """Share of null series in which a 5 % test finds a (mean effect, level change), by method.

    No result depends on the true level, trend or modelled season, nor coverage on the true effect:
    the share of intervals that cover is one less the share that rejects.
    """
    return rejected(null_series(cell, draws, seed), cell)


def rejected(y: np.ndarray, cell: Cell) -> dict[str, np.ndarray]:
    """The same of any series (n, draws)."""
    X, contrasts = columns(cell.n, cell.launch, cell.form)
    default, n, k = ready(cell.n, cell.launch, cell.form), *X.shape
    fit = default.whitened.fit(y, freedom=True)
    t = np.abs(fit.estimates / fit.std_errors)

    def least_squares(found: object) -> np.ndarray:
        errors = np.sqrt(np.einsum("kcc->kc", found.covariance))
        return _by_t(found.coefficients @ contrasts.T / errors, n - k)

    winsten = prais_winsten(y.T, X)
    errors = np.sqrt(np.einsum("ci,kij,cj->kc", contrasts, winsten.covariance, contrasts))
    return {
        "OLS": least_squares(ordinary(y.T, X, contrasts)),
        "Newey-West": least_squares(newey_west(y.T, X, contrasts, lags=automatic_lag(n))),
        "Prais-Winsten": _by_t(winsten.coefficients @ contrasts.T / errors, n - k),
        "REML": (2 * stdtr(fit.df, -t) < NOMINAL).mean(axis=1),
        "calibrated": (t > default.tables.critical(fit.rho)).mean(axis=1),
    }


def _by_t(t: np.ndarray, df: int) -> np.ndarray:
    return (np.abs(t) > stdtrit(df, 1 - NOMINAL / 2)).mean(axis=0)


class Truth(NamedTuple):
    """Errors that are not AR(1): a name, and ARMA coefficients."""

    name: str
    ar: tuple[float, ...]
    ma: tuple[float, ...]


TRUTHS = (
    Truth("AR(2), φ = .3, .3", (0.3, 0.3), ()),
    Truth("AR(2), φ = .5, .3", (0.5, 0.3), ()),
    Truth("AR(2), φ = .9, −.3", (0.9, -0.3), ()),
    Truth("AR(2), φ = .5, −.4", (0.5, -0.4), ()),
    Truth("AR(1), ρ = .8, half of it noise", (0.8,), (-0.5,)),
    Truth("MA(1), .6", (), (0.6,)),
)


def other_series(truth: Truth, n: int, draws: int, seed: int) -> np.ndarray:
    """Gaussian ARMA series (n, draws) in which nothing changes."""
    gamma = autocovariances(np.array(truth.ar), np.array(truth.ma), n)
    omega = gamma[np.abs(np.subtract.outer(np.arange(n), np.arange(n)))]
    noise = np.random.default_rng([seed, n]).standard_normal((n, draws))
    return np.linalg.cholesky(omega / gamma[0]) @ noise


def arma_rejections(y: np.ndarray, cell: Cell, order: tuple[int, int]) -> np.ndarray:
    """Share rejected by REML with ARMA errors, the model that `errors="arma"` fits."""
    X, contrasts = columns(cell.n, cell.launch, cell.form)
    found = []
    for series in y.T:
        fit = arma_reml(series, X, contrasts, order)
        found.append(2 * stdtr(fit.df, -np.abs(fit.estimates / fit.std_errors)) < NOMINAL)
    return np.mean(found, axis=0)


def averaged_rejections(y: np.ndarray, cell: Cell, model: str) -> np.ndarray:
    """Share rejected by `CalibratedREML(model=...)`, averaged over shapes of error."""
    found = averaged(cell, model)[0].fit(y)
    t = np.abs(found.estimates / found.std_errors)
    return (t > averaged(cell, model)[1].critical(found.persistence)).mean(axis=1)


def median_lengths(y: np.ndarray, cell: Cell, model: str = "AR(1)") -> np.ndarray:
    """Median half-length of intervals, of the default or averaged over the shapes of a model."""
    if model == "AR(1)":
        default = ready(cell.n, cell.launch, cell.form)
        plain = default.whitened.fit(y)
        return np.median(plain.std_errors * default.tables.critical(plain.rho), axis=1)
    fit, tables = averaged(cell, model)
    found = fit.fit(y)
    return np.median(found.std_errors * tables.critical(found.persistence), axis=1)


@lru_cache(maxsize=4)
def averaged(cell: Cell, model: str) -> tuple[Averaged, AveragedTables]:
    """Averaging over the shapes of a model, made ready for a design."""
    X, contrasts = columns(cell.n, cell.launch, cell.form)
    return Averaged(X, contrasts, model), averaged_tables(X, contrasts, model, seed=TABLE_SEED)


def shaped_series(shape: Shape, cell: Cell, draws: int, seed: int) -> np.ndarray:
    """Gaussian series (n, draws) of variance 1 with errors of a shape, and their seasons."""
    omega = correlations(shape, np.abs(np.subtract.outer(np.arange(cell.n), np.arange(cell.n))))
    noise = np.random.default_rng([seed, *cell[:3]]).standard_normal((cell.n, draws))
    y = np.linalg.cholesky(omega) @ noise
    if cell.cycle > 1:
        y += np.cos(2 * np.pi * np.arange(cell.n) / cell.cycle)[:, None]
    return y


def gap_rejections(cell: Cell, share: float, *, draws: int, seed: int) -> np.ndarray:
    """Share rejected by the default where a share of the periods is missing at random."""
    X, contrasts = columns(cell.n, cell.launch, cell.form)
    rng = np.random.default_rng([seed, cell.n])
    present = np.sort(rng.choice(cell.n, round(cell.n * (1 - share)), replace=False))
    default = Calibrated(X[present], contrasts, time=present, seed=TABLE_SEED)
    fit = default.whitened.fit(null_series(cell, draws, seed)[present])
    t = np.abs(fit.estimates / fit.std_errors)
    return (t > default.tables.critical(fit.rho)).mean(axis=1)


def main() -> None:
    """Write the page."""
    from tests.calibration.its_page import page

    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
