"""One clean experiment for each cohort, cut to the same window and stacked."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.saturated import Saturated, saturated

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Form = Literal["apart", "pooled", "common"]


class Stacked(NamedTuple):
    """R rows: a unit in the experiment of a cohort, over a window of W periods.

    Parameters
    ----------
    unit
        Which unit, (R,).
    stack
        Place of the cohort among `starts`, (R,).
    treated
        Whether the unit belongs to that cohort, (R,).
    outcomes
        Array (R, W).
    starts
        First treated period of each experiment, (S,).
    left_out
        Cohorts without the whole window or without a clean comparison unit.
    """

    unit: Ints
    stack: Ints
    treated: Mask
    outcomes: Floats
    starts: Ints
    left_out: tuple[int, ...]


def stack(
    outcomes: Floats, starts: Ints, before: int, after: int, *, never_only: bool = False
) -> Stacked:
    """Cut the panel into one experiment for each cohort.

    Parameters
    ----------
    outcomes
        Array (N, T).
    starts
        First treated period of each unit, (N,); T for units never treated.
    before, after
        Periods before the start, and from the start on, less one: the window is start − before …
        start + after. Comparison units are those that start after it.
    never_only
        Compare only with units that never start.

    Examples
    --------
    Unit 0 starts in period 1, unit 1 in period 3 and stands for comparison until then:

    >>> found = stack(np.arange(8.0).reshape(2, 4), np.array([1, 3]), before=1, after=1)
    >>> found.unit.tolist(), found.treated.tolist(), found.outcomes.tolist(), found.left_out
    ([0, 1], [True, False], [[0.0, 1.0, 2.0], [4.0, 5.0, 6.0]], (3,))
    """
    n_periods = outcomes.shape[1]
    kept, parts = [], []
    cohorts = np.unique(starts[starts < n_periods])
    for start in cohorts:
        if start < before or start + after >= n_periods:
            continue
        ours = starts == start
        clean = starts >= n_periods if never_only else starts > start + after
        seen = np.isfinite(outcomes[:, start - before : start + after + 1]).sum(axis=1) > 1
        rows = np.flatnonzero((ours | clean) & seen)
        if not (ours[rows].any() and clean[rows].any()):
            continue
        parts.append((rows, ours[rows], outcomes[rows, start - before : start + after + 1]))
        kept.append(int(start))
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return Stacked(empty, empty, empty > 0, np.empty((0, before + after + 1)), empty,
                       tuple(cohorts.tolist()))  # fmt: skip
    sizes = [len(rows) for rows, _, _ in parts]
    return Stacked(
        unit=np.concatenate([rows for rows, _, _ in parts]),
        stack=np.repeat(np.arange(len(parts)), sizes),
        treated=np.concatenate([ours for _, ours, _ in parts]),
        outcomes=np.concatenate([cut for _, _, cut in parts]),
        starts=np.array(kept, dtype=np.int64),
        left_out=tuple(int(start) for start in cohorts if start not in kept),
    )


def corrective_weights(stacked: Stacked, weights: Floats) -> Floats:
    """Weights that give every experiment's comparison units its share of the treated units.

    Parameters
    ----------
    stacked
        The experiments.
    weights
        Weight of each row, (R,).

    Examples
    --------
    One treated unit among two comparison units: each counts one half.

    >>> rows = Stacked(np.arange(3), np.zeros(3, int), np.array([True, False, False]),
    ...                np.zeros((3, 2)), np.array([1]), ())
    >>> corrective_weights(rows, np.ones(3)).tolist()
    [1.0, 0.5, 0.5]
    """
    n_stacks = len(stacked.starts)
    ours = np.bincount(stacked.stack, weights=weights * stacked.treated, minlength=n_stacks)
    theirs = np.bincount(stacked.stack, weights=weights * ~stacked.treated, minlength=n_stacks)
    # Scaled so that the comparison units of all experiments weigh as much as the treated ones.
    factor = np.where(stacked.treated, 1.0, (ours / theirs)[stacked.stack])
    return weights * factor


def fit_stacked(stacked: Stacked, weights: Floats, before: int, form: Form) -> Saturated:
    """Event-time effects from the stacked experiments, with a level for each row.

    Parameters
    ----------
    stacked
        The experiments.
    weights
        Weight of each row, (R,).
    before
        Periods before the start in the window; the last of them is the reference.
    form
        "apart": each experiment has period effects and effects of its own, which are averaged by
        its share of the treated weight. "pooled": one set of period effects and effects for all.
        "common": period effects of its own, but the same effects for all.

    Returns
    -------
    Effects at −before … after without −1; `scores` are by row of the stack.
    """
    width, S = stacked.outcomes.shape[1], len(stacked.starts)
    periods = np.arange(S * width).reshape(S, width)
    effects = S * width + periods
    if form == "pooled":
        periods, effects = np.tile(periods[0], (S, 1)), np.tile(effects[0], (S, 1))
    elif form == "common":
        effects = np.tile(effects[0], (S, 1))
    index = np.full((2 * S, width, 2), -1, dtype=np.int64)
    index[0::2, :, 0], index[1::2, :, 0], index[1::2, :, 1] = periods, periods, effects
    share = np.bincount(stacked.stack, weights=weights * stacked.treated, minlength=S)
    share = share / share.sum()
    others = np.delete(np.arange(width), before - 1)
    targets = np.zeros((2 * S * width, len(others)))
    for own, part in zip(effects, share, strict=True):
        targets[own[others], np.arange(len(others))] += part
        targets[own[before - 1]] -= part
    return saturated(
        stacked.outcomes, np.broadcast_to(weights[:, None], stacked.outcomes.shape),
        2 * stacked.stack + stacked.treated, index, targets, np.empty((0, *stacked.outcomes.shape)),
    )  # fmt: skip
