"""Columns of a segmented regression: level, trend, slope change and seasons of one series."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Position of the level change among the columns of `segmented`.
LEVEL = 1


def seasons(time: npt.ArrayLike, cycle: int, harmonics: int | None = None) -> Floats:
    r"""Seasons as pairs of sine and cosine.

    By default a cycle of up to seven periods gets every frequency, the one of two periods
    included: that is one free effect for each quarter of a year or day of a week. A longer cycle
    gets its first two frequencies.

    Parameters
    ----------
    time
        Positions, (T,).
    cycle
        Periods in one cycle; below 2 there are no seasons.
    harmonics
        Number of frequencies, if not the default.

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
    default = cycle // 2 if cycle <= 7 else 2
    for j in range(1, min(default if harmonics is None else harmonics, cycle // 2) + 1):
        angle = 2 * np.pi * j * at / cycle
        columns.append(np.cos(angle))
        if 2 * j != cycle:
            columns.append(np.sin(angle))
    return np.stack(columns, axis=1)


def segmented(
    n: int,
    launch: int,
    *,
    trend: bool,
    slope: bool,
    cycle: int = 1,
    harmonics: int | None = None,
    exposure: Floats | None = None,
    others: Sequence[int] = (),
    aside: Sequence[int] = (),
) -> Floats:
    r"""Columns of a segmented regression.

    The model is :math:`y_t = a + \delta d_t + b (t - t_0) + \gamma (t - t_0) d_t + s_t + e_t`, with
    the exposure :math:`d_t = 1` from the launch :math:`t_0` on unless another is given.

    Parameters
    ----------
    n
        Number of periods.
    launch
        Position of the first treated period.
    trend, slope
        Whether there is a linear trend, and a change of its slope at the launch.
    cycle, harmonics
        As in `seasons`; a cycle of 1 for none.
    exposure
        Exposure of each period, (n,): a share, or 1 only for as long as the innovation lasted.
    others
        First periods of other interruptions: each gets a level change, and a slope change if the
        launch does.
    aside
        Periods that get a column each, so that they bear on nothing.

    Returns
    -------
    Array (n, columns): intercept, level change, trend and slope change if asked for, seasons,
    other interruptions, periods set aside.

    Examples
    --------
    >>> segmented(4, 2, trend=True, slope=True)
    array([[ 1.,  0., -2., -0.],
           [ 1.,  0., -1., -0.],
           [ 1.,  1.,  0.,  0.],
           [ 1.,  1.,  1.,  1.]])
    """
    if exposure is None:
        return _stepped(
            n, launch, tuple(others), tuple(aside),
            trend=trend, slope=slope, cycle=cycle, harmonics=harmonics,
        )  # fmt: skip
    time = np.arange(n, dtype=np.float64)
    since = time - launch
    columns = [np.ones(n), exposure]
    if trend:
        columns.append(since)
    if slope:
        columns.append(since * exposure)
    more = [seasons(time, cycle, harmonics)]
    for other in others:
        step = (time >= other).astype(np.float64)
        more.append(np.column_stack([step, (time - other) * step] if slope else [step]))
    return np.column_stack([*columns, *more, np.eye(n)[:, list(aside)]])


@lru_cache(maxsize=64)
def _stepped(
    n: int, launch: int, others: tuple[int, ...], aside: tuple[int, ...], *,
    trend: bool, slope: bool, cycle: int, harmonics: int | None,
) -> Floats:  # fmt: skip
    """Columns of a full exposure from the launch on, read-only: series of one shape share them."""
    X = segmented(
        n, launch, trend=trend, slope=slope, cycle=cycle, harmonics=harmonics, others=others,
        aside=aside, exposure=(np.arange(n) >= launch).astype(np.float64),
    )  # fmt: skip
    X.flags.writeable = False
    return X


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
