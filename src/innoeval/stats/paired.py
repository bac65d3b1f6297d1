"""Group-time effects where cells are missing: each effect from the units seen on both sides of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.contrast import slopes
from innoeval.stats.grouptime import BLOCK

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Masks = npt.NDArray[np.bool_]
Trend = Literal["none", "extrapolated", "carried"]


class Sides(NamedTuple):
    """Changes of K contrasts averaged on both sides, all (K,).

    `ours` and `theirs` are the mean changes of the treated group and of the comparison, `mass_ours`
    and `mass_theirs` the weights behind them, `n_ours` the treated units seen.
    """

    ours: Floats
    theirs: Floats
    mass_ours: Floats
    mass_theirs: Floats
    n_ours: Floats

    @property
    def effect(self) -> Floats:
        """Difference of the two means; `nan` where a side has no unit."""
        return self.ours - self.theirs


def unit_changes(
    outcomes: Floats,
    period: Integers,
    before: Masks,
    trend: Trend = "none",
    base: Floats | None = None,
) -> Floats:
    """Each unit's outcome in a period less what its own earlier periods lead to expect.

    Parameters
    ----------
    outcomes
        Array (N, T); missing cells are left out of the unit's own baseline.
    period
        Position of the period of each contrast, (K,).
    before
        Baseline periods of each contrast, (K, T).
    trend
        "none": the mean of the unit's baseline goes on. "extrapolated": its linear trend does.
        "carried": no change at all, but what that trend adds from `base` (K,) to the period.

    Returns
    -------
    Array (N, K); `nan` where the unit lacks the period or the baseline.

    Examples
    --------
    >>> y = np.array([[1.0, 2.0, 9.0], [1.0, np.nan, 9.0]])
    >>> early = np.array([[True, True, False]])
    >>> unit_changes(y, np.array([2]), early).tolist()
    [[7.5], [8.0]]
    >>> unit_changes(y[:1], np.array([2]), early, "extrapolated").tolist()
    [[6.0]]
    >>> unit_changes(y[:1], np.array([2]), early, "carried", np.array([1.0])).tolist()
    [[1.0]]
    """
    found = np.empty((len(outcomes), len(period)))
    distinct, which = np.unique(before, axis=0, return_inverse=True)
    for j, mask in enumerate(distinct):
        columns = np.flatnonzero(which.ravel() == j)
        at = period[columns]
        if trend == "none":
            found[:, columns] = outcomes[:, at] - _baseline(outcomes, mask)
            continue
        slope, middle, mean = slopes(outcomes, mask)
        if trend == "carried":
            reach = at - (at if base is None else base[columns])
            found[:, columns] = slope[:, None] * reach
        else:
            expected = mean[:, None] + slope[:, None] * (at - middle[:, None])
            found[:, columns] = outcomes[:, at] - expected
    return found


def _baseline(outcomes: Floats, mask: Masks) -> Floats:
    """Mean of each unit over some periods, (N, 1)."""
    if mask.sum() == 1:
        return outcomes[:, mask]
    seen = np.isfinite(outcomes) & mask
    with np.errstate(invalid="ignore"):
        total: Floats = np.where(seen, outcomes, 0.0).sum(axis=1) / seen.sum(axis=1)
    return total[:, None]


class Paired(NamedTuple):
    """Units, groups and contrasts, read in blocks.

    `outcomes` (N, T), `group` (N,), `weights` (N,) or None; `target` (K,) is the treated group of
    each contrast, `compare` (K, H) its comparison; `period`, `before`, `trend` and
    `base` as in `unit_changes`.
    """

    outcomes: Floats
    group: Integers
    weights: Floats | None
    target: Integers
    compare: Masks
    period: Integers
    before: Masks
    trend: Trend = "none"
    base: Floats | None = None

    def block(self, rows: slice) -> tuple[Floats, Floats, Floats]:
        """Changes of some units, and their weight on either side of each contrast, each (n, K)."""
        changes = unit_changes(self.outcomes[rows], self.period, self.before, self.trend, self.base)
        group = self.group[rows]
        mass = np.isfinite(changes).astype(np.float64)
        if self.weights is not None:
            mass *= self.weights[rows, None]
        ours = mass * (group[:, None] == self.target)
        return np.nan_to_num(changes), ours, mass * self.compare.T[group]


def _slices(n: int) -> list[slice]:
    return [slice(i, i + BLOCK) for i in range(0, n, BLOCK)]


def sides(paired: Paired) -> Sides:
    """Means on both sides of each contrast, over the units that are seen in it."""
    totals = np.zeros((5, len(paired.target)))
    for rows in _slices(len(paired.group)):
        changes, ours, theirs = paired.block(rows)
        totals += [
            (ours * changes).sum(axis=0), (theirs * changes).sum(axis=0),
            ours.sum(axis=0), theirs.sum(axis=0), (ours > 0).sum(axis=0),
        ]  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        means = totals[:2] / totals[2:4]
    return Sides(means[0], means[1], totals[2], totals[3], totals[4])


def paired_influence(paired: Paired, found: Sides, rows: slice) -> Floats:
    """What some units add to each contrast, (n, K): squares over all units sum to the variance."""
    changes, ours, theirs = paired.block(rows)
    mine = ours * (changes - found.ours) / found.mass_ours
    return np.asarray(mine - theirs * (changes - found.theirs) / found.mass_theirs)


def shares_influence(group: Integers, weights: Floats | None, cohorts: int) -> Floats:
    """What each unit adds to the cohorts' shares of all weights, (N, cohorts)."""
    mass = np.ones(len(group)) if weights is None else weights
    belongs = (group[:, None] == np.arange(cohorts)).astype(np.float64)
    share = mass @ belongs / mass.sum()
    return np.asarray(mass[:, None] * (belongs - share) / mass.sum())


def summed(
    effects: Callable[[slice], Floats], shares: Floats, clusters: Integers | None = None
) -> Floats:
    """Covariance of K effects and of the shares, from what blocks of units add to them.

    Parameters
    ----------
    effects
        Gives (n, K) of the units of a slice.
    shares
        From `shares_influence`, (N, cohorts).
    clusters
        Cluster of each unit, 0 … C − 1, (N,); by default every unit is its own.
    """
    total: Floats | None = None
    sums: Floats | None = None
    for rows in _slices(len(shares)):
        block = np.concatenate([effects(rows), shares[rows]], axis=1)
        if clusters is None:
            total = block.T @ block if total is None else total + block.T @ block
            continue
        if sums is None:
            sums = np.zeros((int(clusters.max()) + 1, block.shape[1]))
        np.add.at(sums, clusters[rows], block)
    found = total if sums is None else sums.T @ sums
    return np.zeros((0, 0)) if found is None else found


def combined(effects: Callable[[slice], Floats], shares: Floats, combination: Floats) -> Floats:
    """What each unit adds to combinations (J, K + cohorts) of effects and shares, (N, J)."""
    found = np.empty((len(shares), len(combination)))
    for rows in _slices(len(shares)):
        found[rows] = np.concatenate([effects(rows), shares[rows]], axis=1) @ combination.T
    return found
