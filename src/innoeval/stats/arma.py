"""Regression with ARMA errors by restricted maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Partial autocorrelations beyond this are no longer told apart from 1.
_HIGHEST = 0.99
_STEP = 1e-3


class ArmaFit(NamedTuple):
    """One fit: C contrasts.

    `ar` (p,) and `ma` (q,); `scale` is the variance of the innovations, `spread` that of an error.
    """

    coefficients: Floats
    covariance: Floats
    estimates: Floats
    std_errors: Floats
    df: Floats
    ar: Floats
    ma: Floats
    scale: float
    spread: float


def arma_reml(
    y: npt.ArrayLike,
    X: Floats,
    contrasts: Floats,
    order: tuple[int, int],
    time: npt.ArrayLike | None = None,
) -> ArmaFit:
    r"""Fit a regression whose errors are ARMA(p, q), by restricted maximum likelihood.

    With errors of covariance :math:`\sigma^2\Omega` and :math:`n = T - k` the parameters maximise

    .. math:: -\tfrac12\{n\log RSS + \log|\Omega| + \log|X'\Omega^{-1}X|\}

    among the stationary and invertible ones, which are written as partial autocorrelations.

    Parameters
    ----------
    y
        Series, (T,).
    X
        Columns, (T, k).
    contrasts
        Weights of the coefficients, (C, k).
    order
        (p, q): autoregressive and moving-average terms.
    time
        Position of each row, (T,), where periods are absent; one period apart if None.

    Returns
    -------
    Estimates with Satterthwaite's degrees of freedom,

    .. math:: df = \frac{2}{2/n + h'J^{-1}h},

    h the gradient of the log variance of a contrast, J the curvature of the profile.

    References
    ----------
    Barndorff-Nielsen & Schou (1973), doi:10.1016/0047-259X(73)90030-4; Turner et al. (2021),
    doi:10.1186/s12874-021-01364-0.

    Examples
    --------
    >>> X = np.column_stack([np.ones(30), np.arange(30) >= 15])
    >>> y = np.sin(np.arange(30.0)) + 2 * X[:, 1]
    >>> found = arma_reml(y, X, np.eye(2)[1:], (2, 0))
    >>> found.estimates.round(1).item(), bool(found.ar[1] < -0.9)
    (2.0, True)
    """
    from scipy.optimize import minimize

    series, k = np.asarray(y, dtype=np.float64), X.shape[1]
    at = np.arange(len(series)) if time is None else np.asarray(time, dtype=np.int64)
    size = np.sqrt((X**2).sum(axis=0))
    start, *_ = np.linalg.lstsq(X / size, series, rcond=None)
    residual = series - X / size @ start
    unit = float(np.sqrt((residual**2).mean())) or 1.0
    solve = _solver(np.column_stack([X / size, residual / unit]), at, order)

    def height(shape: Floats) -> float:
        return -solve(_HIGHEST * np.tanh(shape)).height

    starts = np.arctanh(np.array(_starts(sum(order), order)) / _HIGHEST)
    first = min(starts, key=height)
    best = minimize(height, first, method="BFGS", options={"gtol": 1e-6}).x
    best = minimize(
        height, best, method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-12, "initial_simplex": _simplex(best)},
    ).x  # fmt: skip
    partial = _HIGHEST * np.tanh(best)
    fit = solve(partial)
    weights = contrasts / size
    scale = fit.rss / (len(series) - k) * unit**2
    ar, ma = _coefficients(partial, order)
    return ArmaFit(
        coefficients=(start + fit.moved * unit) / size,
        covariance=scale * fit.inverse / np.outer(size, size),
        estimates=weights @ (start + fit.moved * unit),
        std_errors=np.sqrt(scale * np.einsum("ci,ij,cj->c", weights, fit.inverse, weights)),
        df=_satterthwaite(solve, partial, weights, len(series) - k),
        ar=ar,
        ma=ma,
        scale=scale,
        spread=scale * float(autocovariances(ar, ma, 1)[0]),
    )


def autocovariances(ar: Floats, ma: Floats, n: int) -> Floats:
    """Autocovariances of lags 0 … n − 1 of an ARMA series with innovations of variance 1.

    Examples
    --------
    >>> autocovariances(np.array([0.5]), np.array([]), 3).round(4).tolist()
    [1.3333, 0.6667, 0.3333]
    """
    p, q = len(ar), len(ma)
    theta = np.concatenate([[1.0], ma])
    psi = np.zeros(q + 1)
    for j in range(q + 1):
        psi[j] = theta[j] + sum(ar[i] * psi[j - 1 - i] for i in range(min(p, j)))
    right = np.zeros(max(p, q) + 1)
    for lag in range(q + 1):
        right[lag] = theta[lag:] @ psi[: q + 1 - lag]
    system = np.eye(p + 1)
    for lag in range(p + 1):
        for i in range(p):
            system[lag, abs(lag - 1 - i)] -= ar[i]
    gamma = np.zeros(max(n, p + 1))
    gamma[: p + 1] = np.linalg.solve(system, right[: p + 1])
    for lag in range(p + 1, len(gamma)):
        carried = ar @ gamma[lag - p : lag][::-1] if p else 0.0
        gamma[lag] = carried + (right[lag] if lag < len(right) else 0.0)
    return gamma[:n]


class _Solved(NamedTuple):
    height: float
    rss: float
    moved: Floats
    inverse: Floats


_Solver = Callable[[Floats], _Solved]


def _solver(both: Floats, at: npt.NDArray[np.int64], order: tuple[int, int]) -> _Solver:
    """Weighted least squares of the last column on the others at given partial autocorrelations."""
    from scipy.linalg import cholesky, solve_triangular

    T, k = both.shape[0], both.shape[1] - 1
    apart = np.abs(at[:, None] - at[None, :])

    def solve(partial: Floats) -> _Solved:
        omega = autocovariances(*_coefficients(partial, order), int(at[-1] - at[0]) + 1)[apart]
        root = cholesky(omega, lower=True, check_finite=False)
        white = solve_triangular(root, both, lower=True, check_finite=False)
        R = np.asarray(np.linalg.qr(white, mode="r"))
        rss = max(float(R[k, k] ** 2), np.finfo(float).tiny)
        logs = np.log(np.diag(root)).sum() + np.log(np.abs(np.diag(R)[:k])).sum()
        back = solve_triangular(R[:k, :k], np.eye(k), check_finite=False)
        height = -0.5 * (T - k) * np.log(rss) - logs
        return _Solved(float(height), rss, back @ R[:k, k], back @ back.T)

    return solve


def _coefficients(partial: Floats, order: tuple[int, int]) -> tuple[Floats, Floats]:
    """Autoregressive and moving-average coefficients from partial autocorrelations."""
    p, _ = order
    return _levinson(partial[:p]), -_levinson(partial[p:])


def _levinson(partial: Floats) -> Floats:
    """Coefficients of the stationary autoregression with these partial autocorrelations."""
    coefficients = np.empty(0)
    for value in partial:
        coefficients = np.append(coefficients - value * coefficients[::-1], value)
    return coefficients


def _starts(m: int, order: tuple[int, int]) -> list[list[float]]:
    """Partial autocorrelations to start from: none, some and much of the first."""
    found = [[0.0] * m]
    for first in (-0.5, 0.3, 0.6, 0.85):
        found.append([first, *[0.0] * (m - 1)])
        if order[1]:
            # Slow drift under noise: a moving average that takes most of it back.
            found.append([first, *[0.0] * (m - 2), 0.5 * first] if m > 1 else [-first])
    return found


def _simplex(best: Floats) -> Floats:
    return np.vstack([best, best + 0.01 * np.eye(len(best))])


def _satterthwaite(solve: _Solver, partial: Floats, weights: Floats, n: int) -> Floats:
    """Degrees of freedom of each contrast; the uncertainty of the error model counts."""
    inner = np.clip(partial, -_HIGHEST + 2 * _STEP, _HIGHEST - 2 * _STEP)
    m, steps = len(partial), _STEP * np.eye(len(partial))

    def logs(fit: _Solved) -> Floats:
        variances = np.einsum("ci,ij,cj->c", weights, fit.inverse, weights)
        return np.asarray(np.log(variances * fit.rss))

    tilt = np.stack(
        [(logs(solve(inner + s)) - logs(solve(inner - s))) / (2 * _STEP) for s in steps]
    )
    curvature = np.empty((m, m))
    for i in range(m):
        for j in range(i + 1):
            corners = [
                solve(inner + a * steps[i] + b * steps[j]).height for a in (1, -1) for b in (1, -1)
            ]
            bend = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * _STEP**2)
            curvature[i, j] = curvature[j, i] = -bend
    # Along a direction in which the profile does not curve, take the large-sample value.
    values, vectors = np.linalg.eigh(curvature)
    values = np.where(values > 1e-3, values, n)
    across = (vectors.T @ tilt) ** 2 / values[:, None]
    return np.asarray(np.maximum(2 / (2 / n + across.sum(axis=0)), 1.0))
