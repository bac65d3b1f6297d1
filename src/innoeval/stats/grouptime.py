"""Group-time effects in closed form: cohort means and one T × T cross-product per cohort."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Masks = npt.NDArray[np.bool_]

#: Units read at once: enough for fast products, little enough to stay in the cache.
BLOCK = 8192


class Moments(NamedTuple):
    """What group-time effects need to know of H groups of units over T periods.

    `n_units`, `mass` and `square` are the number of units, the sum of their weights and of the
    squared weights, (H,); `mean` (H, T) is weighted; `lean` (H, T) and `cross` (H, T, T) are sums
    of deviations from it and of their products, weighted by the squared weights.
    """

    n_units: Floats
    mass: Floats
    square: Floats
    mean: Floats
    lean: Floats
    cross: Floats


class Contrasts(NamedTuple):
    """K differences-in-differences between groups.

    `group` (K,) is the treated group, `weights` (K, T) say which periods are compared (they sum to
    zero over time), `compare` (K, H) which groups are pooled as comparison.
    """

    group: Integers
    weights: Floats
    compare: Masks


class Solved(NamedTuple):
    """Effects (K,) and what each unit adds to them.

    A unit of group h with weight w and outcomes y adds
    `w * (slope[h] * weights @ (y - mean[h]) + level[h])`; both arrays are (H, K).
    """

    effect: Floats
    slope: Floats
    level: Floats


def moments(
    outcomes: Floats, group: Integers, n_groups: int, weights: Floats | None = None
) -> Moments:
    """Means and cross-products of each group, in one pass and without a copy of the outcomes.

    Parameters
    ----------
    outcomes
        Array (N, T) without missing cells.
    group
        Group of each unit, 0 … H − 1, (N,).
    n_groups
        H.
    weights
        Positive weight of each unit, (N,); by default all are 1.

    Examples
    --------
    >>> found = moments(np.array([[0.0, 2.0], [2.0, 6.0], [1.0, 1.0]]), np.array([0, 0, 1]), 2)
    >>> found.mean.tolist(), found.cross[0].tolist()
    ([[1.0, 4.0], [1.0, 1.0]], [[2.0, 4.0], [4.0, 8.0]])
    """
    T = outcomes.shape[1]
    small = group.astype(np.int16) if n_groups < 2**15 else group  # sorted by counting: fast
    order = np.argsort(small, kind="stable")
    ends = np.cumsum(np.bincount(group, minlength=n_groups))
    count, mass, square = (np.zeros(n_groups) for _ in range(3))
    mean, lean, cross = np.zeros((n_groups, T)), np.zeros((n_groups, T)), np.zeros((n_groups, T, T))
    for h in range(n_groups):
        rows = order[ends[h - 1] if h else 0 : ends[h]]
        if not len(rows):
            continue
        # A first guess of the mean keeps the digits of outcomes that are far from zero.
        guess = outcomes[rows[:BLOCK]].mean(axis=0)
        first, second = np.zeros(T), np.zeros(T)
        for begin in range(0, len(rows), BLOCK):
            some = rows[begin : begin + BLOCK]
            away = outcomes[some]
            away -= guess
            if weights is None:
                second += away.sum(axis=0)
            else:
                w = weights[some]
                first += w @ away
                mass[h] += w.sum()
                square[h] += w @ w
                away *= w[:, None]
                second += w @ away
            cross[h] += away.T @ away
        count[h] = len(rows)
        if weights is None:
            first, mass[h], square[h] = second, len(rows), len(rows)
        shift = first / mass[h]
        mean[h] = guess + shift
        both = np.outer(second, shift)
        cross[h] += square[h] * np.outer(shift, shift) - both - both.T
        lean[h] = second - square[h] * shift
    return Moments(count, mass, square, mean, lean, cross)


def solve(contrasts: Contrasts, known: Moments) -> Solved:
    """Effect of each contrast: the treated group's change less that of the pooled comparison.

    Parameters
    ----------
    contrasts
        What is compared.
    known
        Moments of every group.

    Returns
    -------
    Effects; `nan` where a side has no unit.
    """
    pooled = contrasts.compare * known.mass
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = pooled / pooled.sum(axis=1, keepdims=True)
        ours = 1 / known.mass[contrasts.group]
        theirs = contrasts.compare / pooled.sum(axis=1, keepdims=True)
    # From the first group's mean, which cancels, so that far-off outcomes keep their digits.
    centred = known.mean - known.mean[:1]
    change = contrasts.weights @ centred.T
    expected = (parts * change).sum(axis=1)
    rows = np.arange(len(contrasts.group))
    slope = -theirs
    slope[rows, contrasts.group] += ours
    level = -theirs * (change - expected[:, None])
    effect = change[rows, contrasts.group] - expected
    return Solved(np.where(known.mass[contrasts.group] > 0, effect, np.nan), slope.T, level.T)


def covariance(contrasts: Contrasts, known: Moments, solved: Solved, cohorts: int) -> Floats:
    """Covariance of the effects and of the first groups' shares of all units.

    The influence of each unit is squared and summed without being written out: within a group it
    is linear in the outcomes, so the group's moments give every product.

    Parameters
    ----------
    contrasts, known, solved
        From `solve`.
    cohorts
        The shares of the groups 0 … cohorts − 1 are appended.

    Returns
    -------
    Array (K + cohorts, K + cohorts).
    """
    K = len(contrasts.group)
    total = np.zeros((K + cohorts, K + cohorts))
    shares = share_influence(known, cohorts)
    for h in np.flatnonzero(known.n_units):
        rows = np.flatnonzero(solved.slope[h])
        L = solved.slope[h, rows, None] * contrasts.weights[rows]
        level, lean = solved.level[h, rows], L @ known.lean[h]
        within = L @ known.cross[h] @ L.T + known.square[h] * np.outer(level, level)
        mixed = np.outer(lean, level)
        total[np.ix_(rows, rows)] += within + mixed + mixed.T
        total[rows, K:] += np.outer(lean + known.square[h] * level, shares[h])
        total[K:, K:] += known.square[h] * np.outer(shares[h], shares[h])
    total[K:, :K] = total[:K, K:].T
    return total


def share_influence(known: Moments, cohorts: int) -> Floats:
    """What a unit of each group, per unit of weight, adds to the cohorts' shares: (H, cohorts)."""
    share = known.mass / known.mass.sum()
    return np.asarray((np.eye(len(share)) - share)[:, :cohorts] / known.mass.sum())


def influence(
    outcomes: Floats,
    group: Integers,
    weights: Floats | None,
    contrasts: Contrasts,
    known: Moments,
    solved: Solved,
    combination: Floats,
) -> Floats:
    """What each unit adds to some combinations of effects and shares.

    Parameters
    ----------
    outcomes, group, weights
        As in `moments`.
    contrasts, known, solved
        From `solve`.
    combination
        Array (J, K + cohorts): rows of a Jacobian (`aggregation.Rows`).

    Returns
    -------
    Array (N, J), scaled so that the sum of squares over units is the variance.
    """
    K, (J, M) = len(contrasts.group), combination.shape
    shares = share_influence(known, M - K)
    lines = np.einsum("jk,hk,kt->htj", combination[:, :K], solved.slope, contrasts.weights)
    level = solved.level @ combination[:, :K].T + shares @ combination[:, K:].T
    level -= np.einsum("ht,htj->hj", known.mean, lines)
    # Every unit with every group's line, then its own: cheaper than to gather units by group.
    every = lines.transpose(1, 0, 2).reshape(outcomes.shape[1], -1)
    found = np.empty((len(outcomes), J))
    for begin in range(0, len(outcomes), BLOCK):
        rows = slice(begin, begin + BLOCK)
        told = (outcomes[rows] @ every).reshape(-1, len(level), J)
        found[rows] = told[np.arange(len(told)), group[rows]] + level[group[rows]]
    return np.asarray(found if weights is None else found * weights[:, None])
