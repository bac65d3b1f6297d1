"""Least squares of many series at once, with ordinary, robust and autocorrelation-consistent errors."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Kind = Literal["HC0", "HC1", "HC2", "HC3"]
#: Power of (1 − leverage) that a residual is divided by.
_POWER: dict[Kind, float] = {"HC0": 0, "HC1": 0, "HC2": 0.5, "HC3": 1}


class LeastSquares(NamedTuple):
    """Fits of K series: coefficients (K, k), covariance of contrasts (K, C, C), residuals (K, T)."""

    coefficients: Floats
    covariance: Floats
    residuals: Floats


def ordinary(y: npt.ArrayLike, X: Floats, contrasts: Floats) -> LeastSquares:
    """Least squares with errors as if periods were independent and equally spread.

    Parameters
    ----------
    y
        Series, (T,) or (K, T).
    X
        Columns, (T, k).
    contrasts
        Weights of the coefficients, (C, k).

    Examples
    --------
    >>> X = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    >>> found = ordinary([1.0, 2, 3, 5, 4, 6], X, np.eye(2))
    >>> found.coefficients.round(6).tolist(), found.covariance[0, 1, 1].round(4).item()
    ([[2.0, 3.0]], 0.6667)
    """
    coefficients, residuals, loadings, _ = _solve(y, X, contrasts)
    spread = (residuals**2).sum(axis=1) / (X.shape[0] - X.shape[1])
    covariance = spread[:, None, None] * (loadings @ loadings.T)
    return LeastSquares(coefficients, covariance, residuals)


def robust(y: npt.ArrayLike, X: Floats, contrasts: Floats, *, kind: Kind = "HC3") -> LeastSquares:
    """Least squares with errors that allow for unequal spread, not for autocorrelation.

    Parameters
    ----------
    y, X, contrasts
        As in `ordinary`.
    kind
        "HC0" (White), "HC1" (times T / (T − k)), "HC2" and "HC3" (residuals over a power of one
        less their leverage).

    References
    ----------
    White (1980), doi:10.2307/1912934; MacKinnon & White (1985), doi:10.1016/0304-4076(85)90158-7.
    """
    coefficients, residuals, loadings, leverage = _solve(y, X, contrasts)
    parts = (residuals / (1 - leverage) ** _POWER[kind])[:, None, :] * loadings
    covariance = parts @ parts.transpose(0, 2, 1)
    if kind == "HC1":
        covariance *= X.shape[0] / (X.shape[0] - X.shape[1])
    return LeastSquares(coefficients, covariance, residuals)


def newey_west(
    y: npt.ArrayLike, X: Floats, contrasts: Floats, *, lags: int, small_sample: bool = True
) -> LeastSquares:
    r"""Least squares with Newey-West's covariance; with no lags it is White's.

    .. math:: (X'X)^{-1} \Big[\sum_t e_t^2 x_t x_t' + \sum_{l=1}^{L} \big(1 - \tfrac{l}{L+1}\big)
              \sum_t e_t e_{t-l} (x_t x_{t-l}' + x_{t-l} x_t')\Big] (X'X)^{-1}

    Parameters
    ----------
    y, X, contrasts
        As in `ordinary`.
    lags
        Number L of lags with Bartlett's weights.
    small_sample
        Whether to multiply by T / (T − k), as Stata and Linden's ITSA do.

    References
    ----------
    Newey & West (1987), doi:10.2307/1913610; Linden (2015), doi:10.1177/1536867X1501500208.
    """
    coefficients, residuals, loadings, _ = _solve(y, X, contrasts)
    parts = residuals[:, None, :] * loadings
    covariance = parts @ parts.transpose(0, 2, 1)
    for lag in range(1, lags + 1):
        across = parts[:, :, lag:] @ parts[:, :, :-lag].transpose(0, 2, 1)
        covariance += (1 - lag / (lags + 1)) * (across + across.transpose(0, 2, 1))
    if small_sample:
        covariance *= X.shape[0] / (X.shape[0] - X.shape[1])
    return LeastSquares(coefficients, covariance, residuals)


def automatic_lag(n: int) -> int:
    """The usual number of Newey-West lags for n periods, ⌊4 (n / 100)^(2/9)⌋.

    References
    ----------
    Newey & West (1994), doi:10.2307/2297912.

    Examples
    --------
    >>> [automatic_lag(n) for n in (24, 48, 100)]
    [2, 3, 4]
    """
    return int(4 * (n / 100) ** (2 / 9))


def _solve(y: npt.ArrayLike, X: Floats, contrasts: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Coefficients (K, k), residuals (K, T), each period's weight in the contrasts, and leverage."""
    residuals = np.atleast_2d(np.asarray(y, dtype=np.float64))
    inverse, leverage = _inverted(X.tobytes(), X.shape[1])
    coefficients = np.zeros((len(residuals), X.shape[1]))
    for _ in range(2):  # the second round mends the rounding of the first
        found = residuals @ inverse.T
        coefficients += found
        residuals = residuals - found @ X.T
    return coefficients, residuals, contrasts @ inverse, leverage


@lru_cache(maxsize=32)
def _inverted(columns: bytes, k: int) -> tuple[Floats, Floats]:
    """(X'X)⁻¹X' (k, T) and leverages (T,) of columns as bytes; kept, as series share columns."""
    X = np.frombuffer(columns).reshape(-1, k)
    size = np.sqrt((X**2).sum(axis=0))
    Q, R = np.linalg.qr(X / size)
    return np.linalg.solve(R, Q.T) / size[:, None], (Q**2).sum(axis=1)
