"""What became of each unit: its change at its own start, and how much its numbers vary anyway."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from innoeval.stats.contrast import period_effects, window_contrasts

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def unit_changes(values: Floats, starts: Integers) -> Floats:
    """Mean after less mean before each unit's own start.

    A unit that never starts is given the average of its changes at the starts of the others, each
    start weighted by its units, so that a difference of group means is the average effect over
    cohorts. Where cells are missing, period effects fitted to the untreated cells are taken off.

    Parameters
    ----------
    values
        Array (N, T), `nan` where missing.
    starts
        Position of each unit's first treated period, (N,); T for units that never start.

    Returns
    -------
    Array (N,); `nan` where a unit lacks values on one side.

    Examples
    --------
    The first unit starts in period 1, the second in period 2; the third has 4 − 1 and 5 − 2:

    >>> unit_changes(np.array([[0.0, 2, 4], [1, 1, 7], [1, 3, 5]]), np.array([1, 2, 3])).tolist()
    [3.0, 6.0, 3.0]
    """
    time = np.arange(values.shape[1])
    treated = starts < len(time)
    seen = np.isfinite(values)
    if not seen.all():
        untreated = np.where(time >= starts[:, None], np.nan, values)
        if not np.isfinite(untreated).any():
            return np.full(len(values), np.nan)
        values = values - period_effects(untreated)
    launches, cohort, sizes = np.unique(starts[treated], return_inverse=True, return_counts=True)
    before = time < launches[:, None]
    each = window_contrasts(values, before, ~before)
    changes: Floats = each @ (sizes / sizes.sum())
    changes[treated] = each[treated, cohort]
    return changes


def mean_of(values: Floats, axis: int) -> Floats:
    """Mean over what is there; `nan` where nothing is.

    Examples
    --------
    >>> mean_of(np.array([[1.0, np.nan], [np.nan, np.nan]]), axis=1).tolist()
    [1.0, nan]
    """
    seen = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Floats = np.where(seen, values, 0.0).sum(axis=axis) / seen.sum(axis=axis)
    return mean


def usual_spread(values: Floats, starts: Integers) -> float:
    """Standard deviation of a unit's values around its own mean before any start.

    Parameters
    ----------
    values, starts
        As in `unit_changes`.

    Examples
    --------
    Squares 1 + 1 and 4 + 4 over two units with one degree of freedom each:

    >>> round(usual_spread(np.array([[0.0, 2, 9], [4, 8, 9]]), np.array([2, 3])) ** 2, 9)
    5.0
    """
    past = values[:, : int(starts.min())]
    seen = np.isfinite(past)
    count = seen.sum(axis=1)
    freedom = int((count - 1)[count > 0].sum())
    if freedom < 1:
        return float("nan")
    mean = np.where(seen, past, 0.0).sum(axis=1) / np.maximum(count, 1)
    return float(np.sqrt((np.where(seen, past - mean[:, None], 0.0) ** 2).sum() / freedom))
