"""Weighted sums of group means: neighbours against others, the claimed against the left out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from innoeval.stats.contrast import Compared, student

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]


def group_means(numbers: Floats, groups: Masks, weights: Floats, level: float) -> Compared:
    """K weighted sums of the means of G groups, with unequal variances.

    Each group has its own variance, and the degrees of freedom are Satterthwaite's; where a group
    that counts has fewer than two units, all groups share one variance.

    Parameters
    ----------
    numbers
        Array (N,), one number per unit; units without one are left out.
    groups
        Masks (G, N), no unit in two of them.
    weights
        Array (K, G).
    level
        Level of the intervals.

    Returns
    -------
    Arrays (K,); `nan` where a group with weight is empty or nothing shows how units vary.

    References
    ----------
    Satterthwaite (1946), Biometrics Bulletin 2:110-114, doi:10.2307/3002019.

    Examples
    --------
    Means 3 and 1, variances 2/2 each: 3 − 1 with an error of √2 and 2 degrees of freedom:

    >>> numbers, groups = np.array([2.0, 4, 0, 2]), np.array([[1, 1, 0, 0], [0, 0, 1, 1]]) > 0
    >>> found = group_means(numbers, groups, np.array([[1.0, -1]]), .95)
    >>> found.effect.item(), round(found.std_error.item() ** 2, 9), round(found.df.item(), 9)
    (2.0, 2.0, 2.0)
    """
    known = np.isfinite(numbers)
    inside = (groups & known).astype(np.float64)
    size = inside.sum(axis=1)
    values = np.where(known, numbers, 0.0)
    values = values - values[known].mean() if known.any() else values
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = inside @ np.where(known, values, 0.0) / size
        squares = inside @ np.where(known, values, 0.0) ** 2 - size * mean**2
        used = weights != 0
        effect = np.where(used, weights * mean, 0.0).sum(axis=1)
        own = np.maximum(squares, 0.0) / (size - 1) / size
        parts = np.where(used, weights**2 * own, 0.0)
        variance = parts.sum(axis=1)
        df = variance**2 / (parts**2 / np.maximum(size - 1, 1)).sum(axis=1)
        pooled_df = float(np.maximum(size - 1, 0).sum())
        pooled = np.nansum(np.maximum(squares, 0.0)) / pooled_df if pooled_df > 0 else np.nan
        shared = np.where(used, weights**2 * pooled / size, 0.0).sum(axis=1)
    small = (used & (size < 2)).any(axis=1)
    variance = np.where(small, shared, variance)
    freedom = np.where(small, pooled_df, df)
    freedom = np.where(np.isfinite(freedom) & (freedom > 0), freedom, 1.0)
    return student(effect, np.sqrt(variance), freedom, level)
