"""Many analyses of one panel at once: windows, comparison sets, models and transformations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

#: What a median costs in precision under normal noise: √(π/2).
_MEDIAN = 1.2533


class Curve(NamedTuple):
    """Effects of analyses with their errors and degrees of freedom: arrays (sets, models, K)."""

    effect: Floats
    std_error: Floats
    df: Floats


def relative_time(outcomes: Floats, starts: npt.NDArray[np.int64], treated: Masks) -> Floats:
    """Outcomes by time since the start: of treated units their own, of others each start's.

    Parameters
    ----------
    outcomes
        Array (N, T).
    starts
        First treated position of each unit, (N,).
    treated
        Mask (N,).

    Returns
    -------
    Array (G, N, L): one layer for each of G starts, a treated unit in its own layer only, shifted so
    that every start lies at the same place; `nan` elsewhere.

    Examples
    --------
    >>> layers = relative_time(np.array([[1., 2, 3], [4, 5, 6]]), np.array([1, 3]), np.array([True, False]))
    >>> layers.tolist()
    [[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]
    """
    launches = np.unique(starts[treated])
    T, last, first = outcomes.shape[1], int(launches[-1]), int(launches[0])
    layers = np.full((len(launches), len(outcomes), last + T - first), np.nan)
    for g, launch in enumerate(launches):
        member = ~treated | (starts == launch)
        layers[g, member, last - launch : last - launch + T] = outcomes[member]
    return layers


def changes(layers: Floats, before: Masks, after: Masks, *, trend: bool) -> Floats:
    """Change of each unit over K pairs of windows, with or without its own earlier trend.

    Parameters
    ----------
    layers
        Array (G, N, L) as from `relative_time`.
    before, after
        Masks (K, L).
    trend
        Whether the linear trend over the earlier window is taken to go on.

    Returns
    -------
    Array (G, N, K); `nan` where a window is empty.

    Examples
    --------
    1, 2, then 5: a change of 3.5; the trend alone would have given 3, 1.5 above the mean before:

    >>> layers = np.array([[[1., 2, 5]]])
    >>> first, second = np.array([[True, True, False]]), np.array([[False, False, True]])
    >>> changes(layers, first, second, trend=False).item(), changes(layers, first, second, trend=True).item()
    (3.5, 2.0)
    """
    seen = np.isfinite(layers).astype(np.float64)
    values = np.where(seen > 0, layers, 0.0)
    one, two = before.T.astype(np.float64), after.T.astype(np.float64)
    time = np.arange(layers.shape[2], dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        n1, n2 = seen @ one, seen @ two
        m1, m2 = (values @ one) / n1, (values @ two) / n2
        found = m2 - m1
        if trend:
            t1, t2 = (seen @ (time[:, None] * one)) / n1, (seen @ (time[:, None] * two)) / n2
            cross = values @ (time[:, None] * one) - n1 * t1 * m1
            square = seen @ (time[:, None] ** 2 * one) - n1 * t1**2
            found = found - np.where(square > 1e-9, cross / square, np.nan) * (t2 - t1)
    return np.asarray(found)


def compare_sets(found: Floats, treated: Masks, sets: Masks, *, pooled: bool) -> Curve:
    """Treated against several sets of comparison units, by means and by medians.

    Parameters
    ----------
    found
        Changes (G, N, K) as from `changes`.
    treated
        Mask (N,).
    sets
        Masks (S, N) of comparison units.
    pooled
        Take the treated units' noise from the comparison units: with few treated units their own
        is not known.

    Returns
    -------
    Arrays (S, 2, K): means, medians; `nan` where a side has too few units.

    Examples
    --------
    The treated rise by 2 and 4, the others by 0 and 2; variances 2 / 2 + 2 / 2 = 2:

    >>> rises = np.array([[[2.0], [4.0], [0.0], [2.0]]])
    >>> curve = compare_sets(rises, np.arange(4) < 2, np.arange(4)[None] >= 2, pooled=False)
    >>> curve.effect.ravel().tolist(), round(float(curve.std_error[0, 0, 0]) ** 2, 9)
    ([2.0, 2.0], 2.0)
    """
    own = found[:, treated]
    there = np.isfinite(own)
    # A treated unit stands in the layer of its own start only.
    ours = np.where(there.any(axis=0), np.where(there, own, 0.0).sum(axis=0), np.nan)
    count = there.sum(axis=1).astype(np.float64)
    share = count / np.maximum(count.sum(axis=0), 1)
    others = found[:, ~treated]
    theirs = np.where(share[:, None] > 0, share[:, None] * others, 0.0).sum(axis=0)
    n1, mean1, var1, median1 = _moments(ours)
    effects, errors, freedom = [], [], []
    with np.errstate(invalid="ignore", divide="ignore"):
        for chosen in sets[:, ~treated]:
            n0, mean0, var0, median0 = _moments(theirs[chosen])
            part1, part0 = (var0 if pooled else var1) / n1, var0 / n0
            error = np.sqrt(part1 + part0)
            welch = (part1 + part0) ** 2 / (part1**2 / (n1 - 1) + part0**2 / (n0 - 1))
            df = n0 - 1.0 if pooled else welch
            effects.append([mean1 - mean0, median1 - median0])
            errors.append([error, _MEDIAN * error])
            freedom.append([df, df])
    return Curve(np.array(effects), np.array(errors), np.array(freedom))


def _moments(values: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Count, mean, variance and median of each column over the rows that have a value."""
    seen = np.isfinite(values)
    count = seen.sum(axis=0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(seen, values, 0.0).sum(axis=0) / count
        variance = np.where(seen, (values - mean) ** 2, 0.0).sum(axis=0) / (count - 1)
    last = np.sort(values, axis=0)  # missing values go to the end
    if seen.all():
        n = len(values)
        return count, mean, variance, (last[(n - 1) // 2] + last[n // 2]) / 2
    middle = np.stack([(count - 1) // 2, count // 2]).astype(np.int64).clip(0, len(values) - 1)
    median = np.take_along_axis(last, middle, axis=0).mean(axis=0)
    return count, mean, variance, median
