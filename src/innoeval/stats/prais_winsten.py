"""Prais-Winsten: least squares on quasi-differences, repeated until the autocorrelation stands."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_ROUNDS, _CLOSE, _HIGHEST = 200, 1e-8, 0.9999


class PraisWinsten(NamedTuple):
    """Fits of K series: coefficients (K, k), their covariance (K, k, k), ρ and σ², each (K,)."""

    coefficients: Floats
    covariance: Floats
    rho: Floats
    scale: Floats


def prais_winsten(y: npt.ArrayLike, X: Floats) -> PraisWinsten:
    r"""Fit regressions with AR(1) errors by iterated Prais-Winsten.

    :math:`\hat\rho = \sum e_t e_{t-1} / \sum e_{t-1}^2`, as Stata's `prais` by default; the first
    period is kept, times :math:`\sqrt{1 - \rho^2}`. Errors are those of least squares on what is
    transformed, as if ρ were known: they are too small in short series (docs/calibration/its.md).

    Parameters
    ----------
    y
        Series, (T,) or (K, T).
    X
        Columns, (T, k).

    References
    ----------
    Prais & Winsten (1954), Cowles Commission Discussion Paper 383.

    Examples
    --------
    >>> X = np.column_stack([np.ones(8), np.arange(8) >= 4])
    >>> found = prais_winsten([1.0, 2, 1, 2, 5, 4, 5, 4], X)
    >>> bool(found.rho[0] < -0.5), found.coefficients.round(1).tolist()
    (True, [[1.6, 3.0]])
    """
    series = np.atleast_2d(np.asarray(y, dtype=np.float64))
    n, k = X.shape
    size = np.sqrt((X**2).sum(axis=0))
    scaled = X / size
    start = np.linalg.lstsq(scaled, series.T, rcond=None)[0].T
    base = series - start @ scaled.T  # all else is done on residuals: an offset costs no digits
    moved, rho = np.zeros_like(start), np.zeros(len(series))
    open_ = np.arange(len(series))
    for _ in range(_ROUNDS):
        residuals = base[open_] - moved[open_] @ scaled.T
        below = np.maximum((residuals[:, :-1] ** 2).sum(axis=1), np.finfo(float).tiny)
        found = (residuals[:, 1:] * residuals[:, :-1]).sum(axis=1) / below
        found = np.clip(found, -_HIGHEST, _HIGHEST)
        step = np.abs(found - rho[open_])
        rho[open_] = found
        moved[open_] = _weighted(scaled, base[open_], found)[0]
        open_ = open_[step > _CLOSE]
        if not len(open_):
            break
    moved, inverse, left = _weighted(scaled, base, rho)
    scale = (left**2).sum(axis=1) / (n - k)
    covariance = inverse * scale[:, None, None] / np.outer(size, size)
    return PraisWinsten((start + moved) / size, covariance, rho, scale)


def _weighted(X: Floats, y: Floats, rho: Floats) -> tuple[Floats, Floats, Floats]:
    """Coefficients (K, k), inverse (K, k, k) and residuals (K, T) of the quasi-differences."""
    Z, z = _differenced(X, rho), _differenced(y[..., None], rho)
    inverse = np.linalg.inv(Z.transpose(0, 2, 1) @ Z)
    found = inverse @ (Z.transpose(0, 2, 1) @ z)
    return found[:, :, 0], np.asarray(inverse), (z - Z @ found)[:, :, 0]


def _differenced(values: Floats, rho: Floats) -> Floats:
    """Quasi-differences of (T, m) or (K, T, m) at K autocorrelations: (K, T, m)."""
    each = np.broadcast_to(values, (len(rho), *values.shape[-2:]))
    r = rho[:, None, None]
    return np.concatenate([np.sqrt(1 - r**2) * each[:, :1], each[:, 1:] - r * each[:, :-1]], axis=1)
