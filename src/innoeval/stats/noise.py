"""How noisy each unit was before the start: the yardstick for its later change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from innoeval.stats.contrast import period_effects

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

#: Below this many periods a unit's own noise cannot be told.
FEWEST_FOR_NOISE = 3


def unit_noise(past: Floats) -> Floats:
    """Scale of each unit's noise, autocorrelation allowed for.

    Unit and period effects are taken off, and each unit's deviations are whitened with one lag-1
    autocorrelation (the average over units, corrected for the lost mean); the standard deviation of
    what is left is the unit's noise. One autocorrelation for all scales every unit alike, so that it
    leaves ratios of noises to precision alone.

    Parameters
    ----------
    past
        Outcomes before the start, array (N, T₀) with `nan` for missing cells.

    Returns
    -------
    Array (N,). A unit with fewer than 3 values gets the median noise; all ones where T₀ < 3 or no
    unit varied. A unit much quieter than the others counts as 1/(2 √T₀) of the median at least: its
    quiet may be luck.

    Examples
    --------
    The second unit swings three times as far as the others:

    >>> past = np.array([[1.0, -1, 1, -1, 1, -1]]).T * [1, 3, 1, -1, -1, -3, 1, -1]
    >>> noise = unit_noise(past.T)
    >>> (noise[1] / noise[0]).round(9).item()
    3.0
    """
    n, length = past.shape
    if length < FEWEST_FOR_NOISE:
        return np.ones(n)
    seen = np.isfinite(past)
    count = seen.sum(axis=1)
    away = past - period_effects(past)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(seen, away, 0.0).sum(axis=1) / count
        away = np.where(seen, away - mean[:, None], 0.0)
    rho = _autocorrelation(away, seen, count)
    # A value without its predecessor starts afresh, with the variance of the whole process.
    follows = seen.copy()
    follows[:, 0] = False
    follows[:, 1:] &= seen[:, :-1]
    level = np.where(follows, 1 - rho, np.sqrt(1 - rho**2) * seen)
    white = level * away
    white[:, 1:] = np.where(follows[:, 1:], away[:, 1:] - rho * away[:, :-1], white[:, 1:])
    known = count >= FEWEST_FOR_NOISE
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = (white * level).sum(axis=1) / (level**2).sum(axis=1)
        left = white - shift[:, None] * level
        noise = np.sqrt((left**2).sum(axis=1) / (count - 1))
    typical = _median(noise[known]) if known.any() else 0.0
    if not typical > 1e-12 * np.abs(away).max(initial=0.0):
        return np.ones(n)
    floored: Floats = np.maximum(np.where(known, noise, typical), typical / (2 * np.sqrt(length)))
    return floored


def group_noise(noise: Floats, treated: Masks) -> Floats:
    """Unit noises with the treated units sharing their root mean square.

    With one noise for all treated units, the interval of `randomise` always has two ends.

    Parameters
    ----------
    noise
        Array (N,) from `unit_noise`.
    treated
        Mask (N,).

    Examples
    --------
    >>> group_noise(np.array([1.0, 7.0, 2.0]), np.array([True, True, False])).tolist()
    [5.0, 5.0, 2.0]
    """
    shared = np.sqrt((noise[treated] ** 2).mean())
    return np.where(treated, shared, noise)


def noise_ratio(noise: Floats, treated: Masks) -> float:
    """How many times as noisy the treated units are as a typical comparison unit.

    Parameters
    ----------
    noise
        Array (N,) from `unit_noise`.
    treated
        Mask (N,).

    Returns
    -------
    Root mean square over the treated by the median over the comparison units.

    Examples
    --------
    >>> noise_ratio(np.array([6.0, 1.0, 2.0, 9.0]), np.array([True, False, False, False]))
    3.0
    """
    return float(np.sqrt((noise[treated] ** 2).mean()) / _median(noise[~treated]))


def _median(values: Floats) -> float:
    """Median of some numbers without missing ones; numpy's own takes ten times as long for few."""
    ordered = np.sort(values)
    return float((ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2)


def _autocorrelation(away: Floats, seen: Masks, count: Counts) -> float:
    """Average lag-1 autocorrelation of the units, corrected for the mean that was taken off."""
    squares = (away**2).sum(axis=1)
    varied = squares > 0
    if not varied.any():
        return 0.0
    pairs = (away[:, 1:] * away[:, :-1]).sum(axis=1)[varied]
    lags = (seen[:, 1:] & seen[:, :-1]).sum(axis=1)[varied]
    raw = float((pairs / squares[varied] * count[varied] / np.maximum(lags, 1)).mean())
    return float(np.clip(raw + (1 + 3 * raw) / away.shape[1], -0.95, 0.99))
