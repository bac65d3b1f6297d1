"""Which period effects each cohort shares with others: the forms of interacted regressions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Form(NamedTuple):
    """A form for `innoeval.stats.saturated.saturated`, and what its effects are effects on.

    Parameters
    ----------
    parameters
        Parameters of each cohort and period, (C, T, M).
    targets
        Sums that are effects, (P, K).
    start, period
        Cohort (its first treated period) and period of each effect, (K,).
    """

    parameters: Ints
    targets: Floats
    start: Ints
    period: Ints


def leads_and_lags(starts: Ints, n_periods: int, reference: int, lead: int) -> Form:
    """Every cohort its own period effects, compared with those of one cohort.

    Parameters
    ----------
    starts
        First treated period of each cohort, (C,), in order.
    n_periods
        T.
    reference
        Place of the cohort that the others are compared with.
    lead
        Periods before the start that count as treated already.

    Examples
    --------
    >>> form = leads_and_lags(np.array([1, 3]), 3, reference=1, lead=0)
    >>> form.start.tolist(), form.period.tolist()
    ([1, 1], [1, 2])
    >>> form.targets[:, 0].tolist()
    [-1.0, 1.0, 0.0, 1.0, -1.0, 0.0]
    """
    index = np.arange(len(starts) * n_periods).reshape(len(starts), n_periods)
    cells = [
        (cohort, period, int(start) - 1 - lead)
        for cohort, start in enumerate(starts)
        for period in range(n_periods)
        if cohort != reference and 0 <= int(start) - 1 - lead != period
    ]
    targets = np.zeros((index.size, len(cells)))
    for k, (cohort, period, base) in enumerate(cells):
        targets[[index[cohort, period], index[reference, base]], k] += 1
        targets[[index[cohort, base], index[reference, period]], k] -= 1
    return Form(
        parameters=index[..., None], targets=targets,
        start=np.array([starts[cohort] for cohort, _, _ in cells], dtype=np.int64),
        period=np.array([period for _, period, _ in cells], dtype=np.int64),
    )  # fmt: skip


def lags(starts: Ints, n_periods: int, lead: int) -> Form:
    """Common period effects for untreated cells, own ones for each cohort once it is treated.

    Parameters
    ----------
    starts, n_periods, lead
        As in `leads_and_lags`.

    Examples
    --------
    >>> form = lags(np.array([1, 3]), 3, lead=0)
    >>> form.parameters[..., 0].tolist()
    [[0, 3, 4], [0, 1, 2]]
    >>> form.targets.T.tolist()
    [[0.0, -1.0, 0.0, 1.0, 0.0], [0.0, 0.0, -1.0, 0.0, 1.0]]
    """
    time = np.arange(n_periods)
    own = (time >= (starts - lead)[:, None]) & (starts < n_periods)[:, None]
    index = np.tile(time, (len(starts), 1))
    index[own] = n_periods + np.arange(own.sum())
    cohort, period = np.nonzero(own)
    targets = np.zeros((n_periods + len(cohort), len(cohort)))
    effects = np.arange(len(cohort))
    targets[period, effects] = -1
    targets[n_periods + effects, effects] = 1
    return Form(
        parameters=index[..., None].astype(np.int64), targets=targets,
        start=starts[cohort].astype(np.int64), period=period.astype(np.int64),
    )  # fmt: skip


def triple(starts: Ints, eligible: Ints, n_periods: int, lead: int) -> Form:
    """Two kinds of units in every place, of which only the eligible ones are reached.

    Each kind has period effects of its own, each cohort of places too, for both of its kinds; what
    then is left of the eligible units of a cohort, once it has started, is the effect.

    Parameters
    ----------
    starts
        First treated period of the places of each group, (C,).
    eligible
        1 for groups of eligible units, else 0, (C,).
    n_periods, lead
        As in `leads_and_lags`.

    Examples
    --------
    Places that start in period 1 and places that never start, over two periods:

    >>> form = triple(np.array([1, 1, 2, 2]), np.array([0, 1, 0, 1]), 2, lead=0)
    >>> form.parameters[1].tolist()
    [[2, 4, -1], [3, 5, 6]]
    >>> form.targets.T.tolist(), form.start.tolist(), form.period.tolist()
    ([[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]], [1], [1])
    """
    time = np.arange(n_periods)
    index = np.full((len(starts), n_periods, 3), -1, dtype=np.int64)
    index[..., 0] = eligible[:, None] * n_periods + time
    cohorts = np.unique(starts[starts < n_periods])
    place = np.searchsorted(cohorts, starts)
    reached = starts < n_periods
    index[reached, :, 1] = (2 + place[reached, None]) * n_periods + time
    free = (2 + len(cohorts)) * n_periods
    own = (time >= (starts - lead)[:, None]) & (eligible == 1)[:, None] & reached[:, None]
    group, period = np.nonzero(own)
    index[group, period, 2] = free + np.arange(len(group))
    targets = np.zeros((free + len(group), len(group)))
    targets[free + np.arange(len(group)), np.arange(len(group))] = 1
    return Form(
        parameters=index, targets=targets, start=starts[group].astype(np.int64), period=period
    )
