"""False discoveries among many tests, and the intervals of what was picked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """Adjusted p-values that keep the false discovery rate of independent tests.

    It also holds under positive dependence (PRDS).

    Parameters
    ----------
    p_values
        Array of shape (K,).

    Returns
    -------
    Array of shape (K,): hypotheses with an adjusted p-value ≤ q have a false discovery rate ≤ q.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300,
    doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    4 × .01 / 1, 4 × .02 / 2, 4 × .03 / 3 and 4 × .5 / 4, each at most the next:

    >>> benjamini_hochberg([.02, .01, .5, .03]).round(3).tolist()
    [0.04, 0.04, 0.5, 0.04]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    steps = p[order] * len(p) / np.arange(1, len(p) + 1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return adjusted


def benjamini_yekutieli(p_values: npt.ArrayLike) -> Floats:
    """Adjusted p-values that keep the false discovery rate under any dependence.

    Parameters
    ----------
    p_values
        Array of shape (K,).

    Returns
    -------
    Array of shape (K,), those of Benjamini and Hochberg times 1 + 1/2 + … + 1/K.

    References
    ----------
    Benjamini & Yekutieli (2001), Annals of Statistics 29:1165-1188, doi:10.1214/aos/1013699998.

    Examples
    --------
    >>> benjamini_yekutieli([.01, .5]).round(3).tolist()
    [0.03, 0.75]
    """
    p = np.asarray(p_values, dtype=np.float64)
    harmonic = float((1 / np.arange(1, len(p) + 1)).sum())
    return np.asarray(np.minimum(benjamini_hochberg(p) * harmonic, 1.0))


def widening(selected: int, of: int, q: float, level: float, df: npt.ArrayLike) -> Floats:
    """By how much intervals of selected parameters grow to keep the false coverage rate at q.

    Of K parameters R were picked for what they showed; intervals at level 1 − R q / K cover all
    but a share q of the picked ones on average.

    Parameters
    ----------
    selected, of
        R and K.
    q
        False coverage rate.
    level
        Level of the intervals that there are.
    df
        Degrees of freedom of each, (R,); `nan` for a normal law.

    Returns
    -------
    Factors (R,), at least 1.

    References
    ----------
    Benjamini & Yekutieli (2005), Journal of the American Statistical Association 100:71-81,
    doi:10.1198/016214504000001907.

    Examples
    --------
    All of ten picked: 95 % intervals will do; one of ten: 99.5 %, 2.81 / 1.96.

    >>> widening(10, 10, 0.05, 0.95, [np.nan]).round(2).tolist()
    [1.0]
    >>> widening(1, 10, 0.05, 0.95, [np.nan]).round(2).tolist()
    [1.43]
    """
    from scipy.special import ndtri, stdtrit

    freedom = np.asarray(df, dtype=np.float64)
    wanted, had = 1 - selected * q / of / 2, (1 + level) / 2
    known = np.isfinite(freedom)
    safe = np.where(known, freedom, 1.0)
    factors = np.where(
        known, stdtrit(safe, wanted) / stdtrit(safe, had), ndtri(wanted) / ndtri(had)
    )
    return np.asarray(np.maximum(factors, 1.0))
