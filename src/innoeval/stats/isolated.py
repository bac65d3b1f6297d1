"""Single periods of a series that are unlike those around them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Neighbours on either side that a period is held against, and fewest periods in all.
_REACH, _FEWEST = 2, 8
#: Efficiency of the median absolute deviation under normal noise, and what makes it a deviation.
_EFFICIENCY, _TO_SD = 0.37, 1.4826


class Isolated(NamedTuple):
    """The most isolated period: its place, its distance from its neighbours, and their spread.

    `p_value` is that of the largest of so many distances.
    """

    period: int
    distance: float
    spread: float
    statistic: float
    p_value: float


def isolated(series: Floats, launch: int) -> Isolated | None:
    """The period of a series that lies farthest from those around it, on its side of a start.

    Each period is held against the mean of up to two neighbours on either side, in units of the
    median absolute distance, corrected for the number of neighbours; the p-value is Bonferroni's
    over all periods with Student's t, whose degrees of freedom say how well that spread is known.

    Parameters
    ----------
    series
        Array (T,); `nan` where missing.
    launch
        Position of the first period after the start: no period is held against the other side.

    Returns
    -------
    None with fewer than eight periods that have neighbours.

    Examples
    --------
    >>> series = np.tile([0., .1, -.1, 0], 6)
    >>> series[4] += 9
    >>> found = isolated(series, launch=24)
    >>> found.period, round(found.distance), found.p_value < .01
    (4, 9, True)
    """
    T = len(series)
    place = np.arange(T)
    near = np.abs(place[:, None] - place) <= _REACH
    near &= ((place < launch)[:, None] == (place < launch)) & (place[:, None] != place)
    near &= np.isfinite(series)
    count = near.sum(axis=1)
    known = np.isfinite(series) & (count >= 2)
    n = int(known.sum())
    if n < _FEWEST:
        return None
    from scipy.special import stdtr

    around = near @ np.where(np.isfinite(series), series, 0.0) / np.maximum(count, 1)
    distance = np.where(known, series - around, np.nan)
    # With c neighbours a distance varies by 1 + 1/c as much as a period.
    scaled = distance / np.sqrt(1 + 1 / np.maximum(count, 1))
    spread = _TO_SD * float(np.median(np.abs(scaled[known])))
    odd = int(np.nanargmax(np.abs(scaled)))
    if spread <= 0:
        return Isolated(odd, float(distance[odd]), 0.0, 0.0, 1.0)
    statistic = float(scaled[odd]) / spread
    p_value = min(1.0, n * 2 * float(stdtr(_EFFICIENCY * n, -abs(statistic))))
    return Isolated(odd, float(distance[odd]), spread, statistic, p_value)


def left_out(series: Floats, launch: int) -> Floats:
    """How much of the difference of the means after and before each period makes by itself.

    Parameters
    ----------
    series
        Array (T,); `nan` where missing.
    launch
        Position of the first period after.

    Returns
    -------
    Array (T,): the difference less what it is without the period; `nan` where it is missing or
    the only one of its side.

    Examples
    --------
    The mean after is 2 and would be 1 without the 4; without the 0 before nothing would be left:

    >>> left_out(np.array([0., 1, 1, 4]), launch=1).tolist()
    [nan, -0.5, -0.5, 1.0]
    """
    shifts = np.full(len(series), np.nan)
    for side, sign in ((slice(0, launch), -1), (slice(launch, None), 1)):
        part = series[side]
        known = np.isfinite(part)
        n = int(known.sum())
        if n > 1:
            shifts[side] = sign * (part - part[known].mean()) / (n - 1)
    return shifts
