"""Unit-level contrasts between windows of time, and their comparison between two groups."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]


class Compared(NamedTuple):
    """Two groups compared on K contrasts: arrays of shape (K,)."""

    effect: Floats
    std_error: Floats
    df: Floats
    p_value: Floats
    low: Floats
    high: Floats


def period_effects(outcomes: Floats) -> Floats:
    """What each period adds for everybody: the exact least-squares two-way fit.

    Parameters
    ----------
    outcomes
        Array (N, T) with `nan` for missing cells.

    Returns
    -------
    Array (T,) with mean zero over the periods that have a value; 0 for a period without one.

    Examples
    --------
    Unit 1 goes 0 → 2; unit 2 is seen only once, so it says nothing of time:

    >>> period_effects(np.array([[0.0, 2.0], [9.0, np.nan]])).round(12).tolist()
    [-1.0, 1.0]
    """
    seen = np.isfinite(outcomes)
    if seen.all():  # and the fit is that of means
        means = (outcomes - outcomes.mean()).mean(axis=0)
        balanced: Floats = means - means.mean()
        return balanced
    units = seen.sum(axis=1) > 0
    mask = seen[units].astype(np.float64)
    centre = np.nanmean(outcomes[units])
    values = np.where(seen[units], outcomes[units] - centre, 0.0)
    per_unit = mask.sum(axis=1, keepdims=True)
    # Normal equations with the unit effects eliminated: T × T, however many units there are.
    gram = np.diag(mask.sum(axis=0)) - mask.T @ (mask / per_unit)
    right = values.sum(axis=0) - mask.T @ (values.sum(axis=1, keepdims=True) / per_unit)[:, 0]
    effects: Floats = np.linalg.lstsq(gram, right, rcond=None)[0]
    known = seen.any(axis=0)
    return np.where(known, effects - effects[known].mean(), 0.0)


def window_contrasts(outcomes: Floats, before: Masks, after: Masks) -> Floats:
    """Mean after less mean before, of each unit and pair of windows.

    Parameters
    ----------
    outcomes
        Array (N, T); missing cells are left out of the means.
    before, after
        Masks (K, T).

    Returns
    -------
    Array (N, K); `nan` where a unit has no value in one of the windows.

    Examples
    --------
    >>> window_contrasts(np.array([[1.0, 3.0, 8.0]]), np.array([[True, True, False]]),
    ...                  np.array([[False, False, True]])).tolist()
    [[6.0]]
    """
    seen = np.isfinite(outcomes)
    if seen.all() and before.any(axis=1).all() and after.any(axis=1).all():
        first, second = (outcomes @ window.T / window.sum(axis=1) for window in (before, after))
        return np.asarray(second - first)
    values = np.where(seen, outcomes, 0.0)
    mask = seen.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        first = (values @ before.T) / (mask @ before.T)
        second = (values @ after.T) / (mask @ after.T)
    return second - first


def slopes(outcomes: Floats, periods: Masks) -> tuple[Floats, Floats, Floats]:
    """Linear trend of each unit over some periods.

    Parameters
    ----------
    outcomes
        Array (N, T).
    periods
        Mask (T,).

    Returns
    -------
    Slope per period, mean period and mean value, each (N,); `nan` with fewer than two values.

    Examples
    --------
    >>> slope, at, mean = slopes(np.array([[1.0, 3.0, 9.0]]), np.array([True, True, False]))
    >>> slope.item(), at.item(), mean.item()
    (2.0, 0.5, 2.0)
    """
    seen = np.isfinite(outcomes) & periods
    mask = seen.astype(np.float64)
    time = np.arange(outcomes.shape[1], dtype=np.float64)
    count = mask.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        at = mask @ time / count
        mean = np.where(seen, outcomes, 0.0).sum(axis=1) / count
        away = np.where(seen, time - at[:, None], 0.0)
        rise = np.where(seen, outcomes - mean[:, None], 0.0)
        slope = (away * rise).sum(axis=1) / (away**2).sum(axis=1)
    return slope, at, mean


def coefficients(outcomes: Floats, columns: Floats) -> Floats:
    """Least-squares coefficients of each unit on given courses of time.

    Parameters
    ----------
    outcomes
        Array (N, T); missing cells are left out.
    columns
        Array (T, K): what each coefficient multiplies.

    Returns
    -------
    Array (N, K); `nan` for a unit whose periods do not tell the courses apart.

    Examples
    --------
    A level of 1 up to the second period, and 2 more in each period from then on; the other unit is
    seen once:

    >>> bend = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> seen = np.array([[1.0, 1.0, 3.0, 5.0], [7.0, np.nan, np.nan, np.nan]])
    >>> coefficients(seen, bend).round(12).tolist()
    [[1.0, 2.0], [nan, nan]]
    """
    seen = np.isfinite(outcomes)
    if seen.all():
        every: Floats = outcomes @ np.linalg.pinv(columns).T
        return every
    gram = np.einsum("nt,ta,tb->nab", seen.astype(np.float64), columns, columns)
    right = np.where(seen, outcomes, 0.0) @ columns
    found = np.full(right.shape, np.nan)
    told = np.linalg.matrix_rank(gram, hermitian=True) == columns.shape[1]
    found[told] = np.linalg.solve(gram[told], right[told][..., None])[..., 0]
    return found


def compare(contrasts: Floats, treated: Masks, level: float, *, alike: bool = False) -> Compared:
    """Difference in mean contrasts between two groups, with unequal variances.

    With one contrast per unit this is difference-in-differences clustered by unit: the standard
    error equals CR2 (Bell-McCaffrey). The degrees of freedom are Welch's, Satterthwaite's with each
    group's own variance; `alike` gives those of Bell and McCaffrey, who take one for both.

    Parameters
    ----------
    contrasts
        Array (N, K) without missing values; at least two units on each side.
    treated
        Mask (N,).
    level
        Level of the interval.
    alike
        Take the degrees of freedom as if all units were equally noisy.

    References
    ----------
    Imbens & Kolesár (2016), Review of Economics and Statistics 98:701-712,
    doi:10.1162/REST_a_00552; Welch (1947), Biometrika 34:28-35, doi:10.1093/biomet/34.1-2.28.

    Examples
    --------
    Means 3 and 1; variances 2/2 + 2/2 = 2; df = 2² / (1² + 1²) = 2:

    >>> found = compare(np.array([[2.0], [4.0], [0.0], [2.0]]),
    ...                 np.array([True, True, False, False]), level=.95)
    >>> found.effect.item(), round(found.std_error.item() ** 2, 9), round(found.df.item(), 9)
    (2.0, 2.0, 2.0)
    """
    centred = contrasts - contrasts.mean(axis=0)
    ours, theirs = centred[treated], centred[~treated]
    means = ours.mean(axis=0), theirs.mean(axis=0)
    effect = means[0] - means[1]
    freedom = np.array([[len(ours) - 1.0], [len(theirs) - 1.0]])
    squares = [((g - m) ** 2).sum(axis=0) for g, m in zip((ours, theirs), means, strict=True)]
    parts = np.array(squares) / freedom / (freedom + 1)
    variance = parts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        df = np.where(variance > 0, variance**2 / (parts**2 / freedom).sum(axis=0), freedom.min())
    if alike:
        shares = np.array([1 / len(ours), 1 / len(theirs)])
        df = np.full(len(df), shares.sum() ** 2 / (shares**2 / freedom[:, 0]).sum())
    return student(effect, np.sqrt(variance), df, level)


def student(effect: Floats, std_error: Floats, df: Floats, level: float) -> Compared:
    """p-values and intervals by Student's t; an exact fit leaves no doubt and has p = 0 or 1."""
    from scipy.special import stdtr, stdtrit

    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = np.where(std_error > 0, np.abs(effect) / std_error, np.inf * (effect != 0))
    statistic = np.where(np.isnan(statistic), 0.0, statistic)
    sure = np.isinf(statistic)
    p_value = np.where(sure, 0.0, 2 * stdtr(df, -np.where(sure, 0.0, statistic)))
    alike = (df == df[:1]).all()  # then one critical value, which takes a search, serves all
    reach = stdtrit(df[:1] if alike else df, 0.5 + level / 2) * std_error
    return Compared(effect, std_error, df, p_value, effect - reach, effect + reach)
