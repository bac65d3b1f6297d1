"""Waits from single cases, some of them still open: quantiles and shares over a target, by cell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Heights of a curve are the same within this: as in R's survfit.
_SAME = 1.5e-8


class WaitQuantiles(NamedTuple):
    """Quantile of each cell with its interval, arrays (cells,).

    `value` is `nan`, and `high` infinite, where too many cases are still open to tell; `cases` and
    `still_open` are numbers of cases. `std_error` is that of a normal with the same interval.
    """

    value: Floats
    low: Floats
    high: Floats
    std_error: Floats
    cases: Ints
    still_open: Ints


class OverTarget(NamedTuple):
    """Cases over a target by cell, arrays (cells,): `over` of `known` cases.

    `unknown` cases are still open and younger than the target: they are in neither number.
    """

    over: Ints
    known: Ints
    unknown: Ints


def wait_quantiles(
    durations: npt.ArrayLike,
    cells: npt.ArrayLike,
    still_open: npt.ArrayLike | None = None,
    *,
    n_cells: int,
    q: float = 0.5,
    level: float = 0.95,
) -> WaitQuantiles:
    r"""Quantiles of waits with errors from ranks: no shape of the distribution is assumed.

    The estimand is the time by which a share q of a cell's cases is closed. The share still open at
    time t is the Kaplan-Meier curve S(t), which is the plain share where nothing is censored; the
    quantile is the first t with :math:`S(t) \le 1 - q`, and where the curve stays level at
    exactly 1 − q, the middle of the level part. It is identified if cases are still open because
    the records end, and not because they are hard. The interval holds every t at which S(t) is not
    rejected to be 1 − q: by the binomial distribution of ranks where no case is open (exact), else
    by Greenwood's variance of :math:`\log(-\log S)` (Brookmeyer and Crowley).

    Parameters
    ----------
    durations
        Time from opening to closing, or to the end of the records of a case still open, (cases,).
    cells
        Number of each case's cell, 0 to n_cells − 1, (cases,).
    still_open
        Mask of the cases that are still open, (cases,); none if None.
    n_cells
        Number of cells.
    q, level
        Share of cases closed; level of the intervals.

    References
    ----------
    Brookmeyer & Crowley (1982), doi:10.2307/2530286; Conover (1999), ISBN 978-0-471-16068-7.

    Examples
    --------
    >>> days = [3, 5, 8, 9, 12, 20, 4]
    >>> found = wait_quantiles(days, [0, 0, 0, 0, 0, 0, 1], n_cells=2)
    >>> found.value.tolist(), found.low[0].item(), found.high[0].item(), found.cases.tolist()
    ([8.5, 4.0], 3.0, 20.0, [6, 1])
    """
    time, place = np.asarray(durations, dtype=np.float64), np.asarray(cells, dtype=np.int64)
    censored = (
        np.zeros(len(time), dtype=bool)
        if still_open is None
        else np.asarray(still_open, dtype=bool)
    )
    # Within a cell by time; of equal times the closed ones first.
    order = np.lexsort((censored, time, place))
    time, censored = time[order], censored[order]
    ends = np.searchsorted(place[order], np.arange(n_cells + 1))
    found = np.full((3, n_cells), np.nan)
    for cell in range(n_cells):
        part = slice(ends[cell], ends[cell + 1])
        if ends[cell] < ends[cell + 1]:
            found[:, cell] = _quantile(time[part], censored[part], q, level)
    counts = np.diff(ends)
    waiting = np.add.reduceat(np.r_[censored, False], np.minimum(ends[:-1], len(time)))
    from scipy.special import ndtri

    return WaitQuantiles(
        value=found[0],
        low=found[1],
        high=found[2],
        std_error=(found[2] - found[1]) / (2 * float(ndtri((1 + level) / 2))),
        cases=counts.astype(np.int64),
        still_open=np.where(counts > 0, waiting, 0).astype(np.int64),
    )


def over_target(
    durations: npt.ArrayLike,
    cells: npt.ArrayLike,
    still_open: npt.ArrayLike | None = None,
    *,
    n_cells: int,
    target: float,
) -> OverTarget:
    """How many cases of each cell took longer than a target, of how many of which that is known.

    A case that is open and older than the target is over it; one that is open and younger may
    still be either. Over divided by known is therefore too high where many cases are young: such
    cells are better left out.

    Parameters
    ----------
    durations, cells, still_open, n_cells
        As in `wait_quantiles`.
    target
        A case over it took longer than so much time.

    Examples
    --------
    >>> over_target([3, 9, 4, 30], [0, 0, 0, 0], [False, False, True, True], n_cells=1, target=7)
    OverTarget(over=array([2]), known=array([3]), unknown=array([1]))
    """
    time, place = np.asarray(durations, dtype=np.float64), np.asarray(cells, dtype=np.int64)
    waiting = (
        np.zeros(len(time), bool) if still_open is None else np.asarray(still_open, dtype=bool)
    )

    def counted(which: Mask) -> Ints:
        return np.bincount(place[which], minlength=n_cells)

    over = time > target
    return OverTarget(counted(over), counted(over | ~waiting), counted(waiting & ~over))


def _quantile(time: Floats, censored: Mask, q: float, level: float) -> tuple[float, float, float]:
    """Quantile and ends of the interval of one cell, sorted by time."""
    value = _first(*_survival(time, censored), 1 - q, float(time[-1]))
    if not censored.any():
        low, high = _by_ranks(time, q, level)
    else:
        low, high = _by_greenwood(time, censored, q, level)
    return value, low, high


def _survival(time: Floats, censored: Mask) -> tuple[Floats, Floats]:
    """Times at which cases close, and the Kaplan-Meier curve right after each."""
    n = len(time)
    closed = np.unique(time[~censored])
    at_risk = n - np.searchsorted(time, closed)
    deaths = np.searchsorted(time[~censored], closed, side="right") - np.searchsorted(
        time[~censored], closed
    )
    return closed, np.asarray(np.cumprod(1 - deaths / at_risk), dtype=np.float64)


def _first(at: Floats, curve: Floats, height: float, end: float) -> float:
    """First time at which the curve is as low as a height; the middle where it stays level there."""
    below = np.flatnonzero(curve <= height + _SAME)
    if not len(below):
        return float("nan")
    first = int(below[0])
    if abs(curve[first] - height) > _SAME:
        return float(at[first])
    return float((at[first] + (at[first + 1] if first + 1 < len(at) else end)) / 2)


def _by_ranks(time: Floats, q: float, level: float) -> tuple[float, float]:
    """Order statistics between which the quantile lies with at least the level."""
    from scipy.special import bdtr

    n, tail = len(time), (1 - level) / 2
    below = bdtr(np.arange(n, dtype=np.float64), n, q)  # P(at most so many cases lie below it)
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1 - tail)) + 1
    # Too few cases to bound it on a side: the first and last are the nearest that was seen.
    return float(time[max(low - 1, 0)]), float(time[min(high, n) - 1])


def _by_greenwood(time: Floats, censored: Mask, q: float, level: float) -> tuple[float, float]:
    """Times at which the curve is not rejected to be 1 − q, on the scale of log(−log S)."""
    from scipy.special import ndtri

    at, curve = _survival(time, censored)
    n, closed = len(time), time[~censored]
    at_risk = n - np.searchsorted(time, at)
    deaths = np.searchsorted(closed, at, side="right") - np.searchsorted(closed, at)
    inside = (curve > 0) & (curve < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        spread = np.sqrt(greenwood) / np.abs(np.log(curve))
        away = (np.log(-np.log(curve)) - np.log(-np.log(1 - q))) / spread
    reach = float(ndtri((1 + level) / 2))
    kept = np.flatnonzero(inside & (np.abs(away) <= reach))
    if not len(kept):  # the curve jumps over every height that is not rejected
        value = _first(at, curve, 1 - q, float(time[-1]))
        return value, value
    # The curve keeps its height up to the next closing; of a curve at 0 no variance is known.
    last = int(kept[-1]) + 1
    bounded = last < len(at) and curve[last] > 0
    return float(at[kept[0]]), float(at[last]) if bounded else float("inf")
