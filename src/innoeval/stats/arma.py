"""Regression with ARMA errors by restricted maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Partial autocorrelations beyond this are no longer told apart from 1.
_HIGHEST = 0.99
_STEP = 1e-4
#: Newton's steps: how many, how long, how often shortened, and when they are short enough.
_ROUNDS, _FARTHEST, _HALVINGS, _CLOSE = 25, 0.3, 6, 1e-6
_NEAR = 0.5


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
    series, k = np.asarray(y, dtype=np.float64), X.shape[1]
    at = np.arange(len(series)) if time is None else np.asarray(time, dtype=np.int64)
    size = np.sqrt((X**2).sum(axis=0))
    basis, triangle = np.linalg.qr(X / size)
    back = np.linalg.inv(triangle) / size[:, None]
    # All else is done on the residuals of least squares: an offset costs no digits.
    start = basis.T @ series
    residual = series - basis @ start
    again = basis.T @ residual
    start, residual = start + again, residual - basis @ again
    unit = float(np.sqrt((residual**2).mean())) or 1.0
    solve = _solver(np.column_stack([basis, residual / unit]), at, order)

    starts = sorted(_starts(order), key=lambda at: -solve(at).height)
    partial = _climb(solve, starts[0])
    if order[1]:  # a moving average makes several maxima: climb from whatever is nearly as high
        near = [at for at in starts[1:] if solve(at).height > solve(partial).height - _NEAR]
        partial = max(
            [partial, *(_climb(solve, at) for at in near)], key=lambda at: solve(at).height
        )
    fit = solve(partial)
    weights = contrasts @ back
    scale = fit.rss / (len(series) - k) * unit**2
    ar, ma = _coefficients(partial, order)
    return ArmaFit(
        coefficients=back @ (start + fit.moved * unit),
        covariance=scale * back @ fit.inverse @ back.T,
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
    gamma = np.linalg.solve(system, right[: p + 1]).tolist()
    weights = ar.tolist()
    for lag in range(p + 1, n):  # plain numbers: few terms, many lags
        carried = right[lag] if lag < len(right) else 0.0
        for i, weight in enumerate(weights, 1):
            carried += weight * gamma[lag - i]
        gamma.append(carried)
    return np.array(gamma[:n])


class _Solved(NamedTuple):
    height: float
    rss: float
    moved: Floats
    inverse: Floats


_Solver = Callable[[Floats], _Solved]


def _solver(both: Floats, at: npt.NDArray[np.int64], order: tuple[int, int]) -> _Solver:
    """Weighted least squares of the last column on the others, which are orthonormal."""
    from scipy.linalg.lapack import dpotrf, dtrtrs

    T, k = both.shape[0], both.shape[1] - 1
    apart = np.abs(at[:, None] - at[None, :])
    longest, eye = int(at[-1] - at[0]) + 1, np.eye(k)

    def solve(partial: Floats) -> _Solved:
        omega = autocovariances(*_coefficients(partial, order), longest)[apart]
        root, _ = dpotrf(omega, lower=1, clean=0)
        white, _ = dtrtrs(root, both, lower=1)
        R, _ = dpotrf(white.T @ white)
        rss = max(float(R[k, k] ** 2), np.finfo(float).tiny)
        logs = np.log(root.diagonal()).sum() + np.log(R.diagonal()[:k]).sum()
        inverse, _ = dtrtrs(R[:k, :k], eye)
        height = -0.5 * (T - k) * np.log(rss) - logs
        return _Solved(float(height), rss, inverse @ R[:k, k], inverse @ inverse.T)

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


def _starts(order: tuple[int, int]) -> list[Floats]:
    """Partial autocorrelations to start from: none, or some and much of the first term."""
    p, q = order
    found = [np.zeros(p + q)]
    for first in (-0.5, 0.3, 0.6, 0.85):
        one = np.zeros(p + q)
        one[0] = first if p else -first
        found.append(one)
        if p and q:
            # Slow drift under noise: a moving average that takes some of it back.
            found.append(one.copy())
            found[-1][p] = 0.6 * first
    return found


def _climb(solve: _Solver, partial: Floats) -> Floats:
    """The top of the profile: Newton's steps on finite differences, shortened until they rise."""
    edge = _HIGHEST - 2 * _STEP
    height = solve(partial).height
    for _ in range(_ROUNDS):
        gradient, curvature = _differences(solve, np.clip(partial, -edge, edge))
        # A direction that leads out of the range is given up.
        free = ~((np.abs(partial) >= edge) & (gradient * partial > 0))
        if not free.any():
            break
        values, vectors = np.linalg.eigh(curvature[np.ix_(free, free)])
        step = np.zeros_like(partial)
        step[free] = vectors @ (vectors.T @ gradient[free] / np.maximum(np.abs(values), 1.0))
        step *= min(1.0, _FARTHEST / max(float(np.abs(step).max()), np.finfo(float).tiny))
        for _ in range(_HALVINGS):
            moved = np.clip(partial + step, -_HIGHEST, _HIGHEST)
            risen = solve(moved).height
            if risen >= height:
                break
            step = step / 4
        else:
            break
        partial, height = moved, risen
        if np.abs(step).max() < _CLOSE:
            break
    return partial


def _differences(solve: _Solver, partial: Floats) -> tuple[Floats, Floats]:
    """Gradient of the profile, and its curvature (minus the second derivatives)."""
    m, steps = len(partial), _STEP * np.eye(len(partial))
    middle = solve(partial).height
    up = np.array([solve(partial + step).height for step in steps])
    down = np.array([solve(partial - step).height for step in steps])
    curvature = np.diag(2 * middle - up - down)
    for i in range(m):
        for j in range(i):
            both = solve(partial + steps[i] + steps[j]).height
            neither = solve(partial - steps[i] - steps[j]).height
            bend = both + neither - up[i] - down[i] - up[j] - down[j] + 2 * middle
            curvature[i, j] = curvature[j, i] = -bend / 2
    return (up - down) / (2 * _STEP), curvature / _STEP**2


def _satterthwaite(solve: _Solver, partial: Floats, weights: Floats, n: int) -> Floats:
    """Degrees of freedom of each contrast; the uncertainty of the error model counts."""
    inner = np.clip(partial, -_HIGHEST + 2 * _STEP, _HIGHEST - 2 * _STEP)
    steps = _STEP * np.eye(len(partial))

    def logs(fit: _Solved) -> Floats:
        variances = np.einsum("ci,ij,cj->c", weights, fit.inverse, weights)
        return np.asarray(np.log(variances * fit.rss))

    tilt = np.stack(
        [(logs(solve(inner + s)) - logs(solve(inner - s))) / (2 * _STEP) for s in steps]
    )
    _, curvature = _differences(solve, inner)
    # Along a direction in which the profile does not curve, take the large-sample value.
    values, vectors = np.linalg.eigh(curvature)
    values = np.where(values > 1e-3, values, n)
    across = (vectors.T @ tilt) ** 2 / values[:, None]
    return np.asarray(np.maximum(2 / (2 / n + across.sum(axis=0)), 1.0))
