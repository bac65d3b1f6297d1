"""Units whose exposure changes against units with the same exposure so far that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Switches(NamedTuple):
    """First change of each unit's exposure: position (T for none) and sign, (N,)."""

    first: Ints
    sign: Ints


class Cell(NamedTuple):
    """Units that switch at one time and units that stay, compared between two periods."""

    switchers: Ints
    stayers: Ints
    sign: int
    base: int
    period: int


class Summed(NamedTuple):
    """Sums over cells of signed differences-in-differences.

    Parameters
    ----------
    total
        Sum over the switchers' weights of their signed changes less the stayers' change.
    size
        Sum of the switchers' weights.
    dose
        Sum of their weights times how far exposure then lay from where it began.
    influence
        What each unit adds to `total`, centred, (N,).
    """

    total: float
    size: float
    dose: float
    influence: Floats


def switches(exposure: Floats) -> Switches:
    """First change of each unit's exposure.

    Parameters
    ----------
    exposure
        Array (N, T), complete.

    Examples
    --------
    >>> found = switches(np.array([[0.0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0]]))
    >>> found.first.tolist(), found.sign.tolist()
    ([2, 1, 4], [1, -1, 0])
    """
    away = exposure != exposure[:, :1]
    n_periods = exposure.shape[1]
    first = np.where(away.any(axis=1), away.argmax(axis=1), n_periods)
    at = exposure[np.arange(len(exposure)), np.minimum(first, n_periods - 1)]
    sign = np.sign(at - exposure[:, 0]) * (first < n_periods)
    return Switches(first.astype(np.int64), sign.astype(np.int64))


def lasting_cells(outcomes: Floats, exposure: Floats, since: int) -> Iterator[Cell]:
    """Cells `since` periods after each unit's first switch (0: the period of the switch).

    Stayers began with the same exposure and have not switched by then. Negative values are
    placebos: −2 compares the second to last period before the switch with the last one. A unit
    that went beyond its first exposure on the other side is left out from then on.
    """
    first, sign = switches(exposure)
    n_periods = outcomes.shape[1]
    start = exposure[:, 0]
    reached = first + since
    other_side = np.sign(exposure - start[:, None]) == -sign[:, None]
    crossed = (np.cumsum(other_side & (sign != 0)[:, None], axis=1) > 0) if since > 0 else None
    seen = np.isfinite(outcomes)
    keys = np.stack([start, first.astype(np.float64), sign.astype(np.float64)], axis=1)
    moving = (first < n_periods) & (reached < n_periods) & (reached >= 0)
    for value, at, side in np.unique(keys[moving], axis=0):
        base, period = int(at) - 1, int(at) + since
        known = seen[:, base] & seen[:, period]
        ours = known & (start == value) & (first == at) & (sign == side)
        if crossed is not None:
            ours &= ~crossed[:, period]
        # A placebo leans on the same stayers as the effect as long after the switch.
        until = period if since >= 0 else 2 * base - period
        theirs = known & (start == value) & (first > max(until, int(at)))
        yield Cell(np.flatnonzero(ours), np.flatnonzero(theirs), int(side), base, period)


def instant_cells(outcomes: Floats, exposure: Floats) -> Iterator[Cell]:
    """Every change of exposure from one period to the next, against units that keep theirs."""
    seen = np.isfinite(outcomes)
    for period in range(1, outcomes.shape[1]):
        known = seen[:, period] & seen[:, period - 1]
        before, change = exposure[:, period - 1], exposure[:, period] - exposure[:, period - 1]
        for value in np.unique(before[known & (change != 0)]):
            same = known & (before == value)
            for side in (1, -1):
                ours = same & (np.sign(change) == side)
                yield Cell(np.flatnonzero(ours), np.flatnonzero(same & (change == 0)), side,
                           period - 1, period)  # fmt: skip


def sum_cells(
    cells: Iterator[Cell],
    outcomes: Floats,
    exposure: Floats,
    weights: Floats,
    *,
    from_start: bool,
    cohort: Ints | None,
    small_sample: bool,
) -> Summed:
    """Sum the signed differences-in-differences of some cells.

    Parameters
    ----------
    cells
        The cells; those without a switcher or a stayer are passed over.
    outcomes, exposure
        Arrays (N, T).
    weights
        Weight of each unit, (N,).
    from_start
        Measure the dose from each unit's first exposure; else from the period before.
    cohort
        Cohort of each unit, (N,), within which its contributions are centred; None centres each
        cell's switchers and stayers on their own means.
    small_sample
        Stretch what is centred on the mean of n units by √(n/(n − 1)).

    Examples
    --------
    Unit 0 switches and rises by 5, unit 1 stays and rises by 1:

    >>> outcomes, exposure = np.array([[0.0, 5.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> found = sum_cells(instant_cells(outcomes, exposure), outcomes, exposure, np.ones(2),
    ...                   from_start=False, cohort=None, small_sample=True)
    >>> found.total, found.size, found.dose
    (4.0, 1.0, 1.0)
    """
    usable = [cell for cell in cells if len(cell.switchers) and len(cell.stayers)]
    compared = [_compare(cell, outcomes, exposure, weights, from_start) for cell in usable]
    total = float(
        sum(
            cell.sign * c.mass * (c.mean - c.expected)
            for cell, c in zip(usable, compared, strict=True)
        )
    )
    dose = float(sum(c.dose for c in compared))
    own = np.zeros(len(outcomes))
    for cell, c in zip(usable, compared, strict=True):
        # The stayers' change is taken off first: where cells are missing, units of one cohort would
        # else differ by which periods' shocks they saw.
        rises, drift = c.rises - c.expected, c.drift - c.expected
        if cohort is None:
            drift = _spread(drift, small_sample)
            # One switcher alone has no mean of others: it is held against the average effect.
            alone = cell.sign * total / dose * c.dose / c.mass
            mean = c.mean - c.expected
            rises = _spread(rises - mean, small_sample) if len(rises) > 1 else rises - alone
        theirs = weights[cell.stayers]
        own[cell.switchers] += cell.sign * weights[cell.switchers] * rises
        own[cell.stayers] -= cell.sign * c.mass * theirs / theirs.sum() * drift
    if cohort is not None:
        own = centre(own, cohort, small_sample=small_sample)
    return Summed(total, float(sum(c.mass for c in compared)), dose, own)


class _Compared(NamedTuple):
    """Changes in one cell: of the switchers and the stayers, their means, weight and dose."""

    rises: Floats
    drift: Floats
    mean: float
    expected: float
    mass: float
    dose: float


def _compare(
    cell: Cell,
    outcomes: Floats,
    exposure: Floats,
    weights: Floats,
    from_start: bool,  # noqa: FBT001 - private
) -> _Compared:
    ours, theirs = weights[cell.switchers], weights[cell.stayers]
    rises = outcomes[cell.switchers, cell.period] - outcomes[cell.switchers, cell.base]
    drift = outcomes[cell.stayers, cell.period] - outcomes[cell.stayers, cell.base]
    began = exposure[cell.switchers, 0 if from_start else cell.period - 1]
    moved = np.abs(exposure[cell.switchers, cell.period] - began)
    mass = float(ours.sum())
    return _Compared(
        rises, drift, float(ours @ rises / mass), float(theirs @ drift / theirs.sum()), mass,
        float(ours @ moved),
    )  # fmt: skip


def _spread(centred: Floats, small_sample: bool) -> Floats:  # noqa: FBT001 - private
    n = len(centred)
    return centred * np.sqrt(n / (n - 1)) if small_sample and n > 1 else centred


def centre(own: Floats, cohort: Ints, *, small_sample: bool) -> Floats:
    """Contributions less their cohort's mean; cohorts of one unit are centred together.

    Parameters
    ----------
    own
        Contributions of the units, (N,).
    cohort
        Cohort of each unit, (N,).
    small_sample
        Stretch the contributions of a cohort of n units by √(n/(n − 1)), for its mean is estimated.

    Examples
    --------
    >>> centre(np.array([1.0, 3.0, 5.0, 9.0]), np.array([0, 0, 1, 2]), small_sample=False).tolist()
    [-1.0, 1.0, -2.0, 2.0]
    """
    counts = np.bincount(cohort)
    cohort = np.where(counts[cohort] > 1, cohort, len(counts))
    counts = np.bincount(cohort)
    means = np.bincount(cohort, weights=own) / np.maximum(counts, 1)
    size = counts[cohort]
    centred: Floats = own - np.where(size > 1, means[cohort], own.mean())
    if small_sample:
        centred = centred * np.sqrt(size / np.maximum(size - 1, 1))
    return centred
