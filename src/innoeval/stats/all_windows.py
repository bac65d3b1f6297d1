"""One pair of windows among all that could have been stated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]


#: Of long series so many windows on a side are tried, evenly spread.
_MOST = 2000


class Place(NamedTuple):
    """Where a pair of windows stands: share of all pairs with no larger rise, and the largest rise.

    Rises are compared in units of √(1/before + 1/after), the lengths of the windows.
    """

    percentile: float
    largest: float
    pairs: int


def place_among_all(
    series: Floats, launch: int, stated: tuple[int, int, int, int], lengths: tuple[int, ...]
) -> Place:
    """Place of a stated pair among all pairs of windows of some lengths on either side of a start.

    Parameters
    ----------
    series
        Values that rise when things improve, (T,), without missing ones.
    launch
        Position of the first period after.
    stated
        First and last place of the window before, first and last of the one after.
    lengths
        Lengths that are admissible on either side; those stated are added.

    Examples
    --------
    Of lengths 1, rises are from {0, 1} to {2, 4}: 2, 4, 1, 3. The stated one of 3 is third:

    >>> place_among_all(np.array([0., 1, 2, 4]), 2, (1, 1, 3, 3), (1,))
    Place(percentile=0.75, largest=4.0, pairs=4)
    """
    a, b, c, d = stated
    sums = np.concatenate([[0.0], np.cumsum(series)])
    own = (sums[d + 1] - sums[c]) / (d + 1 - c) - (sums[b + 1] - sums[a]) / (b + 1 - a)
    own /= np.sqrt(1 / (b + 1 - a) + 1 / (d + 1 - c))
    early = _windows(0, launch, (*lengths, b + 1 - a))
    late = _windows(launch, len(series), (*lengths, d + 1 - c))
    if len(early) * len(late) > _MOST**2:
        early, late = _thinned(early, _MOST), _thinned(late, _MOST)
    before, size_before = _means(sums, early)
    after, size_after = _means(sums, late)
    rises = after - before[:, None]
    scaled = rises / np.sqrt(1 / size_before[:, None] + 1 / size_after)
    tolerance = 1e-12 * max(1.0, abs(own))
    return Place(float((scaled <= own + tolerance).mean()), float(rises.max()), rises.size)


def _windows(first: int, stop: int, lengths: tuple[int, ...]) -> Positions:
    """First and last place of every window of some lengths between two places, (K, 2)."""
    starts = [
        np.column_stack([np.arange(first, stop - k + 1), np.arange(first + k - 1, stop)])
        for k in sorted({k for k in lengths if 0 < k <= stop - first})
    ]
    return np.concatenate([np.zeros((0, 2), dtype=np.int64), *starts])


def _thinned(windows: Positions, most: int) -> Positions:
    """So many windows evenly spread over all of them; all where there are no more."""
    if len(windows) <= most:
        return windows
    return windows[np.unique(np.linspace(0, len(windows) - 1, most).round().astype(np.int64))]


def _means(sums: Floats, windows: Positions) -> tuple[Floats, Floats]:
    """Mean and length of each window."""
    sizes = (windows[:, 1] + 1 - windows[:, 0]).astype(np.float64)
    return (sums[windows[:, 1] + 1] - sums[windows[:, 0]]) / sizes, sizes


class Pairs(NamedTuple):
    """Pairs of windows: first and last places, (K, 2) each, and the rise from one to the other, (K,)."""

    before: Positions
    after: Positions
    rise: Floats


def all_pairs(
    series: Floats,
    launch: int,
    lengths: tuple[tuple[int, ...], tuple[int, ...]],
    most: int | None = None,
) -> Pairs:
    """Every pair of windows of some lengths on either side of a start.

    Parameters
    ----------
    series
        Values that rise when things improve, (T,), without missing ones.
    launch
        Position of the first period after.
    lengths
        Lengths that are admissible before, and after.
    most
        Of more windows on a side, so many are kept, evenly spread.

    Examples
    --------
    >>> found = all_pairs(np.array([0., 1, 2, 4]), 2, ((1,), (1,)))
    >>> found.before[:, 0].tolist(), found.after[:, 0].tolist(), found.rise.tolist()
    ([0, 0, 1, 1], [2, 3, 2, 3], [2.0, 4.0, 1.0, 3.0])
    """
    sums = np.concatenate([[0.0], np.cumsum(series)])
    sides = [
        _windows(first, stop, admissible)
        for admissible, first, stop in zip(lengths, (0, launch), (launch, len(series)), strict=True)
    ]
    if most is not None:
        sides = [_thinned(side, most) for side in sides]
    means = [_means(sums, side)[0] for side in sides]
    i, j = (x.ravel() for x in np.indices((len(sides[0]), len(sides[1]))))
    return Pairs(sides[0][i], sides[1][j], means[1][j] - means[0][i])


def largest_by_chance(
    contrasts: Floats, treated: Masks, stated: int, draws: int, seed: int
) -> float:
    """p-value of one contrast among K, valid even if it was picked as the largest of them.

    The largest studentised difference between treated and comparison units over all contrasts, for
    random choices of as many treated units (Westfall-Young): the share of choices at which it is at
    least that of the stated contrast.

    Parameters
    ----------
    contrasts
        Array (N, K), positive = better, without missing values.
    treated
        Mask (N,).
    stated
        Which of the K is claimed.
    draws, seed
        Of the random choices.

    References
    ----------
    Westfall & Young (1993), Resampling-Based Multiple Testing, ISBN 978-0-471-55761-6; Romano &
    Wolf (2005), Econometrica 73:1237-1282, doi:10.1111/j.1468-0262.2005.00615.x.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rises = rng.normal(size=(20, 5))
    >>> rises[:8, 3] += 4
    >>> largest_by_chance(rises, np.arange(20) < 8, stated=3, draws=999, seed=1) < .01
    True
    """
    N, n = len(treated), int(treated.sum())
    rng = np.random.default_rng(seed)
    member = np.zeros((draws + 1, N))
    member[0, treated] = 1.0
    chosen = rng.random((draws, N)).argpartition(n - 1, axis=1)[:, :n]
    np.put_along_axis(member[1:], chosen, 1.0, axis=1)
    centred = contrasts - contrasts.mean(axis=0)
    total = (centred**2).sum(axis=0)
    # With centred columns the sum over the others is minus that over the chosen.
    sums = member @ centred
    effect = sums * (1 / n + 1 / (N - n))
    within = total - sums**2 * (1 / n + 1 / (N - n))
    with np.errstate(invalid="ignore", divide="ignore"):
        t = effect / np.sqrt(np.maximum(within, 0.0))
    t = np.nan_to_num(t, nan=0.0, posinf=np.inf, neginf=-np.inf)
    largest = t.max(axis=1)
    return float((largest >= t[0, stated] * (1 - 1e-12)).mean())
