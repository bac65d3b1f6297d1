"""Breaks in how numbers come about: a step in a series, a change of spread, of precision."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.contrast import slopes
from innoeval.stats.reml import reml
from innoeval.stats.series import LEVEL, seasons, segmented

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Masks = npt.NDArray[np.bool_]

#: Finest step of recording that is looked for: 10⁻³.
_FINEST = 3
#: Fewest periods on either side of a step that many units share.
FEWEST_FOR_STEP = 6
#: Fewest values on a side for a spread.
_FEWEST = 4


class Step(NamedTuple):
    """A step, its standard error and the degrees of freedom of the latter."""

    change: float
    std_error: float
    df: float


def step(series: Floats, launch: int, cycle: int = 1) -> Step | None:
    """Step of a series at a date, beside a linear trend, with errors that resemble their like.

    Fitted by restricted maximum likelihood with AR(1) errors (`reml`).

    Parameters
    ----------
    series
        Array (T,), `nan` where missing.
    launch
        Position of the first period of the step.
    cycle
        Periods in a cycle of seasons to be fitted, where the series is long enough; 1: none.

    Returns
    -------
    The step; None with fewer than three values on a side, or six to spare.

    Examples
    --------
    >>> found = step(np.array([0.1, -0.1, 0, 0.1, 0, -0.1, 1.1, 0.9, 1, 1.1, 0.9, 1]), 6)
    >>> bool(abs(found.change - 1) < 0.1)
    True
    """
    time = np.arange(len(series))
    columns = [np.ones(len(time)), time >= launch, time - time.mean()]
    if cycle > 1 and len(time) >= 3 * cycle:
        columns += list(seasons(time, cycle).T)
    X = np.column_stack(columns).astype(np.float64)
    known = np.isfinite(series)
    enough = min(known[:launch].sum(), known[launch:].sum()) >= 3
    if not enough or known.sum() < X.shape[1] + 6 or np.nanstd(series) == 0:
        return None
    fit = reml(series, X, np.eye(X.shape[1])[1:2], known[None])
    error = float(fit.std_errors[0, 0])
    if not np.isfinite(error) or error <= 0:
        return None
    return Step(float(fit.estimates[0, 0]), error, float(fit.df[0, 0]))


def shared_step(series: Floats, launch: int, cycle: int = 1, *, trend: bool = True) -> Step | None:
    """Step of an average that many units share, beside seasons and, if asked for, a linear trend.

    Parameters
    ----------
    series
        Array (T,) without gaps.
    launch
        Position of the first period of the step.
    cycle
        Periods in a cycle of seasons, which are fitted where the series holds two.
    trend
        Whether a linear trend may go through all of it.

    Returns
    -------
    The step (`reml`); None where nothing varies by chance.

    Examples
    --------
    >>> found = shared_step(np.array([0.1, -0.1, 0, 0.1, 0, -0.1, 1.1, 0.9, 1, 1.1, 0.9, 1]), 6)
    >>> bool(abs(found.change - 1) < 0.1)
    True
    """
    n = len(series)
    X = segmented(n, launch, trend=trend, slope=False, cycle=cycle if n >= 2 * cycle else 1)
    fit = reml(series, X, np.eye(X.shape[1])[LEVEL : LEVEL + 1], rounds=2)
    error = float(fit.std_errors[0, 0])
    if fit.exact[0] or not np.isfinite(error):
        return None
    return Step(float(fit.estimates[0, 0]), error, float(fit.df[0, 0]))


def at_own_start(before: Floats, after: Floats, starts: Integers) -> Floats:
    """Change of a number at each unit's own start; of a unit without one, at those of the others.

    Parameters
    ----------
    before, after
        Arrays (N, L): the number before and after each of the L distinct starts, in order.
    starts
        Position of each unit's first treated period, (N,); the largest value: never.

    Examples
    --------
    >>> at_own_start(np.zeros((3, 2)), np.array([[1.0, 9], [9, 3], [1, 3]]), np.array([2, 4, 9]),
    ...              ).tolist()
    [1.0, 3.0, 2.0]
    """
    each = after - before
    never = starts == starts.max()
    if never.all() or each.shape[1] == len(np.unique(starts)):
        # Every unit starts at some time.
        never = np.zeros(len(starts), dtype=bool)
    _, cohort, sizes = np.unique(starts[~never], return_inverse=True, return_counts=True)
    changes: Floats = each @ (sizes / sizes.sum())
    changes[~never] = each[~never, cohort]
    return changes


def log_spread(values: Floats, periods: Masks) -> Floats:
    """Logarithm of each unit's standard deviation around its own linear trend in some periods.

    Parameters
    ----------
    values
        Array (N, T), `nan` where missing.
    periods
        Mask (T,).

    Returns
    -------
    Array (N,); `nan` with fewer than four values, or none that differs from the trend.
    """
    slope, at, mean = slopes(values, periods)
    time = np.arange(values.shape[1])
    seen = np.isfinite(values) & periods
    away = np.where(seen, values - mean[:, None] - slope[:, None] * (time - at[:, None]), 0.0)
    count = seen.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (away**2).sum(axis=1) / (count - 2)
        flat = variance <= 1e-20 * np.maximum(mean**2, 1e-300)
        return np.where((count < _FEWEST) | flat, np.nan, np.log(variance) / 2)


def typical_spread(values: Floats) -> float:
    """Median over units of the standard deviation around the unit's own trend; 0 if none is known.

    Examples
    --------
    >>> typical_spread(np.array([[1.0, 2, 3]]))
    0.0
    """
    spreads = log_spread(values, np.ones(values.shape[1], dtype=bool))
    known = spreads[np.isfinite(spreads)]
    return float(np.exp(np.median(known))) if known.size else 0.0


def recording_step(values: Floats) -> float | None:
    """Step in which numbers are written down: 1, 0.1, 0.01 or 0.001; None where they are finer.

    Examples
    --------
    >>> [recording_step(np.array(x)) for x in ([1.0, 12], [1.5, 2.0], [np.pi, 1.0])]
    [1.0, 0.1, None]
    """
    known = values[np.isfinite(values)]
    for decimals in range(_FINEST + 1):
        scaled = known * 10**decimals
        if np.abs(scaled - np.round(scaled)).max(initial=0.0) < 1e-6:
            return float(10.0**-decimals)
    return None


def is_round(values: Floats, unit: float) -> Floats:
    """1.0 where a value is a multiple of a unit, 0.0 where it is not, `nan` where it is missing.

    Examples
    --------
    >>> is_round(np.array([20.0, 21.0, np.nan]), 10.0).tolist()
    [1.0, 0.0, nan]
    """
    scaled = values / unit
    multiple = (np.abs(scaled - np.round(scaled)) < 1e-6).astype(np.float64)
    return np.where(np.isfinite(values), multiple, np.nan)
