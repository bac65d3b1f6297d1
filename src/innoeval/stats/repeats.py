"""Numbers that repeat more than chance would have it: copies, frozen values, too little variation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]


class Run(NamedTuple):
    """A run of equal numbers.

    `unit` and `other` are the rows, `last` the position of its last period, `length` its periods,
    `lag` how many periods earlier the equal numbers stood, and `p_value` that chance brings any
    such run somewhere.
    """

    unit: int
    other: int
    last: int
    length: int
    lag: int
    p_value: float


def copied(values: Floats, fewest: int = 3) -> Run | None:
    """The least likely run of numbers that two units have in the same periods.

    The first number of a run counts with its share in the unit, each further one with that of the
    move to it, so that a slow series of few whole numbers is nothing odd; the p-value is
    Bonferroni's over all pairs of units and first periods.

    Parameters
    ----------
    values
        Array (N, T), `nan` where missing.
    fewest
        Shortest run that is looked at.

    Examples
    --------
    >>> values = np.random.default_rng(1).normal(size=(5, 20))
    >>> values[3, 4:12] = values[1, 4:12]
    >>> found = copied(values)
    >>> found.unit, found.other, found.length, found.p_value < .001
    (1, 3, 8, True)
    """
    n, length = values.shape
    best: Run | None = None
    tries = max(1, n * (n - 1) // 2 * length)
    for shift in _shifts(values, fewest):
        others = (np.arange(n) + shift) % n
        runs = _runs(values == values[others])
        row, last = np.unravel_index(int(np.argmax(runs)), runs.shape)
        size = int(runs[row, last])
        if size < fewest:
            continue
        pair = sorted((int(row), int(others[row])))
        chance = _chance(values, (pair[0], pair[1]), int(last), size) * tries
        if best is None or chance < best.p_value:
            best = Run(pair[0], pair[1], int(last), size, 0, float(min(1.0, chance)))
    return best


def _shifts(values: Floats, fewest: int) -> list[int]:
    """Distances between rows that have some run of equal numbers, at most half of all rows.

    Rows with one and the same run stand next to each other once their runs are sorted; where more
    than a few do, numbers are so few that every distance may hold the longest.
    """
    n, length = values.shape
    if length < fewest or n < 2:
        return []
    _, codes = np.unique(values, return_inverse=True, equal_nan=False)
    codes = codes.reshape(values.shape).astype(np.int64)
    key = codes[:, : length - fewest + 1]
    for step in range(1, fewest):
        # Numbered anew at each step, so that no key grows too large.
        both = key * (codes.max() + 1) + codes[:, step : length - fewest + 1 + step]
        key = np.unique(both, return_inverse=True)[1].reshape(both.shape)
    order = np.argsort(key, axis=0, kind="stable")
    ranked = np.take_along_axis(key, order, axis=0)
    one, period = np.nonzero(ranked[1:] == ranked[:-1])
    if len(one) > n:
        return list(range(1, n // 2 + 1))
    apart = np.abs(order[one, period] - order[one + 1, period])
    return sorted({int(min(d, n - d)) for d in apart})


def copied_forward(values: Floats, lag: int, fewest: int = 3) -> Run | None:
    """The least likely run of numbers that a unit had in the same way some periods earlier.

    Parameters
    ----------
    values
        Array (N, T), `nan` where missing.
    lag
        Periods between the two, such as twelve months; at least two.
    fewest
        Shortest run that is looked at.
    """
    if values.shape[1] < lag + fewest:
        return None
    runs = _runs(values[:, lag:] == values[:, :-lag])
    row, last = np.unravel_index(int(np.argmax(runs)), runs.shape)
    size = int(runs[row, last])
    if size < fewest:
        return None
    chance = _chance(values, (int(row), int(row)), int(last) + lag, size) * values.size
    return Run(int(row), int(row), int(last) + lag, size, lag, float(min(1.0, chance)))


def frozen(values: Floats, fewest: int = 3) -> Run | None:
    """The least likely run of periods in which a unit's number did not move.

    A number stays as likely as numbers that stayed stay elsewhere, as they do in the rest of its
    unit, or as often as it stands there.

    Examples
    --------
    >>> values = np.random.default_rng(1).normal(size=(5, 20))
    >>> values[2, 5:13] = 0.3
    >>> found = frozen(values)
    >>> found.unit, found.length, found.p_value < .001
    (2, 8, True)
    """
    same = values[:, 1:] == values[:, :-1]
    runs = _runs(same)
    if not runs.size:
        return None
    row, last = np.unravel_index(int(np.argmax(runs)), runs.shape)
    stays = int(runs[row, last])
    if stays + 1 < fewest:
        return None
    pairs = np.isfinite(values[:, 1:]) & np.isfinite(values[:, :-1])
    # Without the unit itself: its own frozen spell must not make freezing usual.
    elsewhere = np.arange(len(values)) != row
    again = same[elsewhere, :-1] & pairs[elsewhere, 1:]
    usual = ((again & same[elsewhere, 1:]).sum() + 1) / (again.sum() + 2)
    everywhere = (same[elsewhere].sum() + 1) / (pairs[elsewhere].sum() + 1)
    usual = usual if again.sum() >= len(values) else everywhere
    share = (same[row].sum() - stays) / max(pairs[row].sum() - stays, 1)
    rest = np.delete(values[row], np.arange(last + 1 - stays, last + 2))
    share = max(share, (np.count_nonzero(rest == values[row, last + 1]) + 1) / (len(rest) + 1))
    chance = float(max(usual, share)) ** stays * values.size
    return Run(int(row), int(row), int(last) + 1, stays + 1, 1, float(min(1.0, chance)))


def _runs(same: Masks) -> npt.NDArray[np.int64]:
    """Length of the run of true values that ends in each cell."""
    counted = np.cumsum(same, axis=1)
    gone = np.maximum.accumulate(np.where(same, 0, counted), axis=1)
    return np.asarray(counted - gone, dtype=np.int64)


def _chance(values: Floats, rows: tuple[int, int], last: int, length: int) -> float:
    """Probability that a second series runs along a run of the first.

    It has to stand at its first number, and then to make the same moves; a move is as likely as it
    is anywhere in the panel, or in its period, so that what moves all units alike is nothing odd.
    """
    first = last - length + 1
    series = values[rows[0]]
    rest = np.delete(series, np.arange(first, last + 1))
    start = (np.count_nonzero(rest == series[first]) + 1) / (np.isfinite(rest).sum() + 1)
    others = np.delete(values, list(rows), axis=0)
    moves = np.diff(others, axis=1)
    known = np.isfinite(moves)
    mine = np.diff(series[first : last + 1])
    # Differences of decimals differ in their last bits.
    near = 1e-9 * max(1.0, float(np.nanmax(np.abs(values))))
    everywhere = [(np.abs(moves - move) <= near).sum() for move in mine]
    shares = (np.array(everywhere, dtype=np.float64) + 1) / (known.sum() + 1)
    there = np.abs(moves[:, first:last] - mine) <= near
    counted = np.maximum(known[:, first:last].sum(axis=0), 1)
    return float(start * np.prod(np.maximum(shares, there.sum(axis=0) / counted)))


def dispersion(counts: Floats) -> tuple[float, float] | None:
    r"""Variance over mean of counts around each unit's mean, and the p-value that it is as low as 1.

    Counts of independent events have a ratio of 1 or more (Fisher's index of dispersion):
    :math:`\sum (x-\bar x)^2/\bar x` is :math:`\chi^2` with one degree for each count but one a unit.

    Parameters
    ----------
    counts
        Array (N, T), `nan` where missing.

    Examples
    --------
    >>> ratio, p = dispersion(np.array([[10.0, 10, 11, 10, 10, 9, 10, 10, 10, 11]]))
    >>> round(ratio, 3), p < .001
    (0.032, True)
    """
    from scipy.special import chdtr

    seen = np.isfinite(counts)
    counts = counts[seen.sum(axis=1) > 1]
    seen = np.isfinite(counts)
    mean = np.where(seen, counts, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    kept = mean > 0
    if not kept.any():
        return None
    away = np.where(seen, counts - mean[:, None], 0.0)[kept]
    total = float((away**2 / mean[kept, None]).sum())
    df = float(seen[kept].sum() - kept.sum())
    return total / df, float(chdtr(df, total))
