"""Columns of a segmented regression: level, trend, slope change and seasons of one series."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Position of the level change among the columns of `segmented`.
LEVEL = 1


def seasons(time: npt.ArrayLike, cycle: int) -> Floats:
    r"""Seasons as pairs of sine and cosine.

    A cycle of up to seven periods gets every frequency, the one of two periods included: that is
    one free effect for each quarter of a year or day of a week. A longer cycle gets its first two
    frequencies.

    Parameters
    ----------
    time
        Positions, (T,).
    cycle
        Periods in one cycle; below 2 there are no seasons.

    Returns
    -------
    Array (T, columns): :math:`\cos(2\pi j t / m), \sin(2\pi j t / m)` for each frequency j.

    Examples
    --------
    >>> seasons(range(5), 4).round().astype(int).tolist()
    [[1, 0, 1], [0, 1, -1], [-1, 0, 1], [0, -1, -1], [1, 0, 1]]
    >>> seasons(range(24), 12).shape
    (24, 4)
    """
    at = np.asarray(time, dtype=np.float64)
    if cycle < 2:
        return np.empty((len(at), 0))
    columns = []
    for j in range(1, (cycle // 2 if cycle <= 7 else 2) + 1):
        angle = 2 * np.pi * j * at / cycle
        columns.append(np.cos(angle))
        if 2 * j != cycle:
            columns.append(np.sin(angle))
    return np.stack(columns, axis=1)


def segmented(
    n: int, launch: int, *, trend: bool, slope: bool, cycle: int = 1, spared: int = 0
) -> Floats:
    r"""Columns of a segmented regression.

    The model is :math:`y_t = a + \delta p_t + b (t - t_0) + \gamma (t - t_0) p_t + s_t + e_t`,
    with :math:`p_t = 1` from the launch :math:`t_0` on.

    Parameters
    ----------
    n
        Number of periods.
    launch
        Position of the first treated period.
    trend, slope
        Whether there is a linear trend, and a change of its slope at the launch.
    cycle
        Periods in one cycle of `seasons`; 1 for none.
    spared
        So many periods right before the launch get a column each, so that they bear on nothing.

    Returns
    -------
    Array (n, columns): intercept, level change, trend and slope change if asked for, seasons,
    spared periods.

    Examples
    --------
    >>> segmented(4, 2, trend=True, slope=True)
    array([[ 1.,  0., -2., -0.],
           [ 1.,  0., -1., -0.],
           [ 1.,  1.,  0.,  0.],
           [ 1.,  1.,  1.,  1.]])
    """
    since = np.arange(n, dtype=np.float64) - launch
    post = (since >= 0).astype(np.float64)
    columns = [np.ones(n), post]
    if trend:
        columns.append(since)
    if slope:
        columns.append(since * post)
    return np.column_stack([
        *columns, seasons(np.arange(n), cycle), np.eye(n)[:, launch - spared : launch]
    ])  # fmt: skip


def mean_effect(n: int, launch: int, *, slope: bool, columns: int, trend: bool = True) -> Floats:
    """Weights that turn the coefficients of `segmented` into the mean effect from launch to end.

    Parameters
    ----------
    n, launch, trend, slope
        As in `segmented`.
    columns
        Number of its columns.

    Examples
    --------
    Level change, and a slope change that has run 0, 1, 2 and 3 periods:

    >>> mean_effect(10, 6, slope=True, columns=4)
    array([0. , 1. , 0. , 1.5])
    """
    weights = np.zeros(columns)
    weights[LEVEL] = 1
    if slope:
        weights[LEVEL + 1 + trend] = (n - launch - 1) / 2
    return weights
