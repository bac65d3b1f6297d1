"""Leaving out one period, or one unit, at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]


def jackknife_plus(effects: Floats, residuals: Floats, level: float) -> tuple[Floats, Floats]:
    """Ends of the intervals of K effects, from fits that leave out one period before the start each.

    Parameters
    ----------
    effects
        Array (T₀, K): effects from the fit without period t.
    residuals
        What that fit misses in the period left out, (T₀,) or (T₀, K).
    level
        Level aimed at (twice the error is what is guaranteed); infinite where T₀ is too small.

    References
    ----------
    Barber, Candès, Ramdas & Tibshirani (2021), Annals of Statistics 49:486-507,
    doi:10.1214/20-AOS1965.

    Examples
    --------
    With four periods a 60 % interval lies between the second of effect − |residual| and the third
    of effect + |residual|... counted from the outside, one is left off on each side:

    >>> low, high = jackknife_plus(np.full((4, 1), 5.0), np.array([1.0, -2, 3, 4]), 0.6)
    >>> low.tolist(), high.tolist()
    ([2.0], [8.0])
    """
    count = len(effects)
    away = np.abs(residuals if residuals.ndim == 2 else residuals[:, None])
    rank = int(np.ceil(level * (count + 1) - 1e-9))
    if rank > count:
        infinite: Floats = np.full(effects.shape[1], np.inf)
        return -infinite, infinite
    low = np.sort(effects - away, axis=0)[count - rank]
    high = np.sort(effects + away, axis=0)[rank - 1]
    return low, high


def unit_jackknife(weights: Floats, changes: Floats, treated: Masks) -> Floats:
    """Standard errors of K effects from leaving out each unit in turn, the weights kept, (K,).

    Parameters
    ----------
    weights
        Weight of each donor, (N,); zero for treated units.
    changes
        Change of each unit over each question's windows, (N, K): after less the weighted before.
    treated
        Mask (N,); at least two are true.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111:4088-4118,
    doi:10.1257/aer.20190159, algorithm 3.

    Examples
    --------
    Without donors that matter, the error is that of the mean of the treated units:

    >>> changes = np.array([[1.0], [3.0], [5.0], [0.0], [0.0]])
    >>> treated = np.array([True, True, True, False, False])
    >>> error = unit_jackknife(np.array([0, 0, 0, 0.5, 0.5]), changes, treated)
    >>> bool(abs(error[0] ** 2 - 4 / 5 * (1 + 0 + 1)) < 1e-9)
    True
    """
    n, n_treated = len(weights), int(treated.sum())
    ours, theirs = changes[treated].mean(axis=0), weights @ changes
    # Without a treated unit the mean of the others; without a donor the rest, weighted to one.
    left = np.where(
        treated[:, None],
        (n_treated * ours - changes) / (n_treated - 1) - theirs,
        ours - (theirs - weights[:, None] * changes) / (1 - weights)[:, None],
    )
    return np.asarray(np.sqrt((n - 1) / n * ((left - left.mean(axis=0)) ** 2).sum(axis=0)))
