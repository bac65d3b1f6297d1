"""One series fitted with any of the serial error models: one answer in one form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.inference.serial import (
    ARMA,
    REML,
    CalibratedREML,
    Independent,
    NeweyWest,
    PraisWinsten,
    Serial,
)
from innoeval.stats.arma import arma_reml
from innoeval.stats.averaged import Averaged
from innoeval.stats.averaged_tables import averaged_tables, draws_for
from innoeval.stats.calibrated import DRAWS, calibrate
from innoeval.stats.least_squares import automatic_lag, newey_west, ordinary
from innoeval.stats.prais_winsten import prais_winsten
from innoeval.stats.reml import fits_exactly, reml

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """What is fitted: the periods in use of one series.

    Parameters
    ----------
    y, X, time
        Series (n,), columns (n, k) and positions (n,); of counts and shares the working response
        and columns, already weighted.
    plain
        The columns without weights, (n, k), for which chance is simulated.
    contrasts
        Weights of the coefficients, (C, k); the first is the main one.
    gaussian
        False for counts and shares.
    """

    y: Floats
    X: Floats
    time: npt.NDArray[np.int64]
    plain: Floats
    contrasts: Floats
    gaussian: bool = True


class SerialFit(NamedTuple):
    """One fit.

    Coefficients (k,) and covariance (k, k); `critical` (C,), how many standard errors an interval
    reaches; `p_value`, of a contrast's place and its |t|; `df`; `spread`, the standard deviation of
    one period's error; `rho`, the autocorrelation, if there is one; `exact`, true where no error is
    left to learn from; the method's name.
    """

    coefficients: Floats
    covariance: Floats
    critical: Floats
    p_value: Callable[[int, float], float]
    df: float | None
    spread: float
    rho: float | None
    exact: bool
    named: str


def fit_serial(choice: Serial, rows: Rows, *, level: float, seed: int) -> SerialFit:
    """Fit one series.

    Parameters
    ----------
    choice
        The error model; not `BlockConformal`, which estimates no coefficients.
    rows
        What is fitted.
    level
        Level of the intervals.
    seed
        Seed of the simulated critical values.

    Examples
    --------
    >>> from innoeval.stats.series import segmented
    >>> X = segmented(30, 18, trend=True, slope=False)
    >>> y = 5 + 2 * X[:, 1] + np.random.default_rng(1).standard_normal(30)
    >>> rows = Rows(y=y, X=X, time=np.arange(30), plain=X, contrasts=np.eye(3)[1:2])
    >>> fit_serial(NeweyWest(lags=1), rows, level=0.95, seed=0).named
    'least squares with Newey-West errors (1 lag), t with 27 degrees of freedom'
    """
    if fits_exactly(rows.y, rows.X):
        return _exact(rows)
    match choice:
        case CalibratedREML() | REML():
            return _reml(choice, rows, level, seed)
        case ARMA():
            return _arma(choice, rows, level)
        case PraisWinsten():
            fit = prais_winsten(rows.y, rows.X)
            rho = float(fit.rho[0])
            return _student(
                fit.coefficients[0], fit.covariance[0], rows, level, rho=rho,
                spread=float(np.sqrt(fit.scale[0] / (1 - rho**2))),
                named=f"Prais-Winsten, ρ = {rho:.2f}",
            )  # fmt: skip
        case NeweyWest():
            return _newey_west(choice, rows, level)
        case Independent():
            return _independent(choice, rows, level)
        case _:
            raise TypeError("block-conformal inference estimates no coefficients")


def _exact(rows: Rows) -> SerialFit:
    fit = ordinary(rows.y, rows.X, rows.contrasts)
    k = rows.X.shape[1]
    return SerialFit(
        fit.coefficients[0], np.full((k, k), np.inf), np.full(len(rows.contrasts), np.inf),
        lambda _c, _t: 1.0, None, np.nan, None, exact=True,
        named="none: the model fits without error, so that nothing shows the size of chance",
    )  # fmt: skip


def _spaced(rows: Rows) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Series and columns on the full time axis, absent periods marked."""
    at = rows.time - rows.time[0]
    y, X = np.full(at[-1] + 1, np.nan), np.zeros((at[-1] + 1, rows.X.shape[1]))
    y[at], X[at] = rows.y, rows.X
    return y, X, np.isfinite(y)[None]


def _reml(choice: CalibratedREML | REML, rows: Rows, level: float, seed: int) -> SerialFit:
    if isinstance(choice, CalibratedREML) and choice.model != "AR(1)":
        return _averaged(choice, rows, level, seed)
    y, X, present = _spaced(rows)
    fit = reml(y, X, rows.contrasts, present)
    rho = float(fit.rho[0])
    spread = float(np.sqrt(fit.scale[0] / (1 - rho**2)))
    if isinstance(choice, REML):
        return _satterthwaite(
            fit.coefficients[0], fit.covariance[0], fit.df[0], level, spread=spread, rho=rho,
            named=f"REML AR(1), ρ = {rho:.2f}",
        )  # fmt: skip
    time = rows.time if len(y) > len(rows.y) else None

    def chance(t: Floats) -> Floats:
        found = calibrate(rho, t, rows.plain, rows.contrasts, time=time, level=level, seed=seed)
        return found.p_values

    base = calibrate(
        rho, np.zeros(len(rows.contrasts)), rows.plain, rows.contrasts,
        time=time, level=level, seed=seed,
    )  # fmt: skip
    up = base.raised[0] - base.rho
    raised = f", looked up {up:.2f} higher for so short a series" if up > 0.005 else ""
    return SerialFit(
        fit.coefficients[0], fit.covariance[0], base.critical,
        lambda c, t: float(chance(np.full(len(rows.contrasts), t))[c]), None, spread, rho,
        exact=False,
        named=f"REML AR(1), median-unbiased ρ = {base.rho:.2f}{raised}, simulated critical value "
        f"{base.critical[0]:.2f} ({DRAWS:,} draws, seed {seed})",
    )  # fmt: skip


def _averaged(choice: CalibratedREML, rows: Rows, level: float, seed: int) -> SerialFit:
    fit = Averaged(rows.X, rows.contrasts, choice.model, rows.time).fit(rows.y)
    tables = averaged_tables(rows.plain, rows.contrasts, choice.model, time=rows.time, seed=seed)
    critical, rho = tables.critical(fit.persistence, level)[:, 0], float(fit.persistence[1, 0])

    def chance(c: int, t: float) -> float:
        every = np.full((len(rows.contrasts), 1), t)
        return float(tables.p_values(fit.persistence, every)[c, 0])

    return SerialFit(
        fit.coefficients, fit.covariance, critical, chance, None, float(np.sqrt(fit.spread)), rho,
        exact=False,
        named=f"REML averaged over shapes of {choice.model}, first autocorrelation {rho:.2f}, "
        f"simulated critical value {critical[0]:.2f} ({draws_for(len(rows.y)):,} draws of each "
        f"shape, seed {seed})",
    )  # fmt: skip


def _arma(choice: ARMA, rows: Rows, level: float) -> SerialFit:
    fit = arma_reml(rows.y, rows.X, rows.contrasts, choice.order, rows.time)
    p, q = choice.order
    shape = f"AR({p})" if not q else f"ARMA({p}, {q})"
    terms = ", ".join(
        [f"φ{i} = {v:.2f}" for i, v in enumerate(fit.ar, 1)]
        + [f"ψ{i} = {v:.2f}" for i, v in enumerate(fit.ma, 1)]
    )
    return _satterthwaite(
        fit.coefficients, fit.covariance, fit.df, level, spread=float(np.sqrt(fit.spread)),
        rho=None, named=f"REML {shape}, {terms}",
    )  # fmt: skip


def _newey_west(choice: NeweyWest, rows: Rows, level: float) -> SerialFit:
    lags = automatic_lag(len(rows.y)) if choice.lags is None else choice.lags
    fit = newey_west(
        rows.y, rows.X, np.eye(rows.X.shape[1]), lags=lags, small_sample=choice.small_sample
    )
    rule = ", the rule ⌊4 (n / 100)^(2/9)⌋" if choice.lags is None else ""
    errors = f"Newey-West errors ({lags} lag{'' if lags == 1 else 's'}{rule})" if lags else (
        "robust errors (White)"
    )  # fmt: skip
    return _student(
        fit.coefficients[0], fit.covariance[0], rows, level,
        spread=_pooled(fit.residuals[0], rows), rho=None, named=f"least squares with {errors}",
    )  # fmt: skip


def _independent(choice: Independent, rows: Rows, level: float) -> SerialFit:
    fit = ordinary(rows.y, rows.X, np.eye(rows.X.shape[1]))
    spread = _pooled(fit.residuals[0], rows)
    if rows.gaussian:
        return _student(
            fit.coefficients[0], fit.covariance[0], rows, level, spread=spread, rho=None,
            named="least squares, as if periods were independent",
        )  # fmt: skip
    one = choice.dispersion == "one"
    from scipy.special import ndtr, ndtri

    return SerialFit(
        fit.coefficients[0], fit.covariance[0] / (spread**2 if one else 1),
        np.full(len(rows.contrasts), ndtri((1 + level) / 2)),
        lambda _c, t: float(2 * ndtr(-abs(t))), None, 1.0 if one else spread, None, exact=False,
        named="as if periods were independent, "
        + ("spread as the family says" if one else f"dispersion {spread**2:.2f}")
        + ", normal quantiles",
    )  # fmt: skip


def _pooled(residuals: Floats, rows: Rows) -> float:
    return float(np.sqrt((residuals**2).sum() / (len(rows.y) - rows.X.shape[1])))


def _student(
    coefficients: Floats, covariance: Floats, rows: Rows, level: float, *,
    spread: float, rho: float | None, named: str,
) -> SerialFit:  # fmt: skip
    """Chance by t with n − k degrees of freedom."""
    df = float(len(rows.y) - rows.X.shape[1])
    return _satterthwaite(
        coefficients, covariance, np.full(len(rows.contrasts), df), level,
        spread=spread, rho=rho, named=named, how="",
    )  # fmt: skip


def _satterthwaite(
    coefficients: Floats, covariance: Floats, df: Floats, level: float, *,
    spread: float, rho: float | None, named: str, how: str = " (Satterthwaite)",
) -> SerialFit:  # fmt: skip
    """Chance by t with degrees of freedom of each contrast."""
    from scipy.special import stdtr, stdtrit

    return SerialFit(
        coefficients, covariance, np.asarray(stdtrit(df, (1 + level) / 2)),
        lambda c, t: float(2 * stdtr(df[c], -abs(t))), float(df[0]), spread, rho, exact=False,
        named=f"{named}, t with {df[0]:.{1 if how else 0}f} degrees of freedom{how}",
    )  # fmt: skip
