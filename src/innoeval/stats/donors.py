"""Imitations of a target by a weighted average of donors: synthetic control and synthetic DiD."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.simplex import simplex

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

#: Relative size of the ridge that settles time weights where several sets fit equally well.
_TIE = 1e-6
#: Relative size of a movement that counts as none.
_NOTHING = 1e-8


class Task(NamedTuple):
    """K series to imitate.

    Parameters
    ----------
    targets
        The series, (K, T): units, or averages of some.
    before, after
        Masks (T,) of the periods that are matched, and of those in which effects are sought.
    allowed
        Mask (K, N) of the donors of each.
    start
        Weights (K, N) to start from, such as those of a task nearby.
    members
        Share of each unit in each target, (K, N): for what is known of units beside their outcomes.
    """

    targets: Floats
    before: Masks
    after: Masks
    allowed: Masks
    start: Floats | None = None
    members: Floats | None = None


class Imitation(NamedTuple):
    """K targets and what their donors make of them.

    Parameters
    ----------
    weights
        Weight of each unit, (K, N); zero for all that a target may not use.
    gaps
        Target less imitation, (K, T), moved so that no effect is zero: the effect over a window is
        the mean of the gaps in it.
    misfit
        Root mean square of the gaps before the start, (K,); about their mean where a method lets
        levels differ.
    baseline
        Weight of each period whose gap is taken off as the level, (K, T); zero where levels may not
        differ, and None where the level is found in another way.
    """

    weights: Floats
    gaps: Floats
    misfit: Floats
    baseline: Floats | None = None


def synthetic_control(
    outcomes: Floats,
    task: Task,
    *,
    intercept: bool = False,
    ridge: float = 0.0,
    penalty: float = 0.0,
) -> Imitation:
    r"""Donors weighted so that they follow each target over the periods before.

    Parameters
    ----------
    outcomes
        Array (N, T) without missing values.
    task
        What is to be imitated.
    intercept
        Lets the level of a target differ from that of its imitation (demeaned synthetic control,
        Ferman & Pinto), for a target that no average of donors reaches.
    ridge
        :math:`\zeta^2` per period, in squared units of the outcome: spreads the weights.
    penalty
        λ of Abadie & L'Hour: charges each donor's weight with its own squared distance to the target,
        as a share of the fit; keeps to donors nearby and makes the weights unique.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105:493-505, doi:10.1198/jasa.2009.ap08746; Abadie &
    L'Hour (2021), JASA 116:1817-1834, doi:10.1080/01621459.2021.1971535; Ferman & Pinto (2021),
    Quantitative Economics 12:1197-1221, doi:10.3982/QE1596.

    Examples
    --------
    Half of each donor is the target exactly; afterwards it lies 2 above them:

    >>> outcomes = np.array([[2.0, 3, 6], [1, 4, 4], [3, 2, 4]])
    >>> before = np.array([True, True, False])
    >>> task = Task(outcomes[:1], before, ~before, np.array([[False, True, True]]))
    >>> found = synthetic_control(outcomes, task)
    >>> found.weights.round(9).tolist(), found.gaps.round(9).tolist()
    ([[0.0, 0.5, 0.5]], [[0.0, 0.0, 2.0]])
    """
    before = task.before
    past, aims = _centred(outcomes, task, intercept=intercept)
    gram, linear = past @ past.T, aims @ past.T
    if penalty:
        linear = linear - penalty / 2 * (np.diag(gram) - 2 * linear)
    strength = ridge * before.sum()
    found = simplex(gram, linear, ridge=strength, allowed=task.allowed, start=task.start)
    weights = found.weights
    gaps = task.targets - weights @ outcomes
    baseline = np.tile(
        before / before.sum() if intercept else np.zeros(len(before)), (len(gaps), 1)
    )
    gaps = gaps - (gaps * baseline).sum(axis=1, keepdims=True)
    return Imitation(weights, gaps, np.sqrt((gaps[:, before] ** 2).mean(axis=1)), baseline)


def synthetic_did(outcomes: Floats, task: Task, *, ridge: float) -> Imitation:
    r"""Donors weighted to move like each target, periods weighted to predict the later ones.

    Unit weights match the movement of the target (its level may differ) under a ridge; time
    weights :math:`\lambda` make the periods before as like those after as the donors allow; what is
    left is a weighted difference-in-differences,
    :math:`\bar g_{after}-\sum_{t\,before}\lambda_t g_t` with the gaps g.

    Parameters
    ----------
    outcomes, task
        See `synthetic_control`.
    ridge
        :math:`\zeta^2` per period (`did_ridge`).

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111:4088-4118,
    doi:10.1257/aer.20190159.

    Examples
    --------
    The target moves as the donors' average does, at another level, and then gains 3:

    >>> outcomes = np.array([[11.0, 13, 12, 16], [0, 4, 2, 3], [2, 2, 2, 3]])
    >>> before = np.array([True, True, True, False])
    >>> task = Task(outcomes[:1], before, ~before, np.array([[False, True, True]]))
    >>> found = synthetic_did(outcomes, task, ridge=0.0)
    >>> found.weights.round(9).tolist(), found.gaps[0, 3].round(6).item()
    ([[0.0, 0.5, 0.5]], 3.0)
    """
    before = task.before
    past, aims = _centred(outcomes, task, intercept=True)
    weights = simplex(
        past @ past.T, aims @ past.T,
        ridge=ridge * before.sum(), allowed=task.allowed, start=task.start,
    ).weights  # fmt: skip
    gaps = task.targets - weights @ outcomes
    baseline = np.zeros_like(gaps)
    baseline[:, before] = time_weights(outcomes, task)
    shift = (gaps * baseline).sum(axis=1, keepdims=True)
    about = gaps[:, before] - gaps[:, before].mean(axis=1, keepdims=True)
    return Imitation(weights, gaps - shift, np.sqrt((about**2).mean(axis=1)), baseline)


def time_weights(outcomes: Floats, task: Task) -> Floats:
    """Weights of the periods before that best give the donors' average after, up to a level, (K, T₀).

    Parameters
    ----------
    outcomes, task
        See `synthetic_did`.
    """
    used = task.allowed.any(axis=0)
    centred = outcomes[used] - outcomes[used].mean(axis=0)
    past, later = centred[:, task.before], centred[:, task.after].mean(axis=1)
    both = np.column_stack([past, later])
    both = both - past.mean(axis=1, keepdims=True)
    # Every target has the same donors but for a few, so their sums are taken off the common ones.
    kept = task.allowed[:, used]
    count = kept.sum(axis=1).astype(np.float64)
    most = int((~kept).sum(axis=1).max())
    places = np.argsort(kept, axis=1, kind="stable")[:, :most]
    off = np.where(~np.take_along_axis(kept, places, axis=1)[:, :, None], both[places], 0.0)
    means = (both.sum(axis=0) - off.sum(axis=1)) / count[:, None]
    sums = both.T @ both - off.transpose(0, 2, 1) @ off
    sums -= count[:, None, None] * means[:, :, None] * means[:, None, :]
    gram, linear = sums[:, :-1, :-1], sums[:, :-1, -1]
    tie = _TIE**2 * np.einsum("kii->k", gram) / gram.shape[1]
    # One donor more or less hardly matters: the first target's weights are where the others start.
    first = simplex(gram[:1], linear[:1], ridge=tie[:1]).weights
    start = np.repeat(first, len(gram), axis=0)
    return simplex(gram, linear, ridge=tie, start=start).weights if len(gram) > 1 else first


def did_ridge(
    outcomes: Floats, donors: Masks, before: Masks, n_treated: int, n_after: int
) -> float:
    r"""Ridge of synthetic DiD, :math:`\zeta^2=\sqrt{N_1T_1}\,\hat\sigma^2`, σ² of first differences.

    Parameters
    ----------
    outcomes
        Array (N, T).
    before
        Mask (T,).
    donors
        Mask (N,) of the units whose changes from period to period tell the noise.
    n_treated, n_after
        Numbers of treated units and of periods after the start.
    """
    steps = np.diff(outcomes[donors][:, before], axis=1)
    noise = float(steps.var(ddof=1)) if steps.size > 1 else 0.0
    return float(np.sqrt(n_treated * n_after)) * noise


def effective_donors(weights: Floats) -> Floats:
    """How many equally weighted donors would be as diverse: 1 / Σw², (K,).

    Examples
    --------
    >>> effective_donors(np.array([[0.5, 0.5, 0.0]])).tolist()
    [2.0]
    """
    return np.asarray(1.0 / (weights**2).sum(axis=1))


def different(outcomes: Floats, *, levels: bool) -> int:
    """How many of N series are left when copies and exact mixes of others are taken out.

    Parameters
    ----------
    outcomes
        Array (N, T) without missing values.
    levels
        Whether series that differ by a level alone count as copies.

    Returns
    -------
    Copies are always seen; mixes where there are periods enough for all series to be different.

    Examples
    --------
    The third is the average of the first two, the last the first again:

    >>> series = np.array([[1.0, 5, 2, 8], [3, 1, 4, 2], [2, 3, 3, 5], [1, 5, 2, 8]])
    >>> different(series, levels=False), different(series[:2], levels=False)
    (2, 2)
    """
    # Weights sum to one, so that n series that are all different move in n − 1 directions.
    moves = outcomes - outcomes.mean(axis=0)
    if levels:
        moves = moves - moves.mean(axis=1, keepdims=True)
    moves = moves[first_of_their_kind(moves)]
    sizes = np.linalg.svd(moves, compute_uv=False)
    directions = int((sizes > _NOTHING * max(float(sizes[0]), np.finfo(float).tiny)).sum())
    count, n_periods = moves.shape
    return count if directions >= min(count - 1, n_periods - int(levels)) else directions + 1


def first_of_their_kind(series: Floats) -> Masks:
    """Which of N series (N, T) repeat none that stands before them.

    Series that are alike lie alike along any one direction: only neighbours there are compared, so
    that a million series need no million times a million numbers.

    Examples
    --------
    >>> first_of_their_kind(np.array([[1.0, 2], [3, 4], [1, 2], [3, 4 + 1e-13]])).tolist()
    [True, True, False, False]
    """
    first = np.zeros(len(series), dtype=bool)
    first[np.unique(series, axis=0, return_index=True)[1]] = True
    kept = np.flatnonzero(first)
    along = np.cos(1.0 + np.arange(series.shape[1]))
    place = series[kept] @ (along / np.linalg.norm(along))
    order = np.argsort(place, kind="stable")
    kept, place = kept[order], place[order]
    largest = float((series**2).sum(axis=1).max())
    close = _NOTHING**1.5 * max(largest, np.finfo(float).tiny)
    for step in range(1, len(kept)):
        near = np.flatnonzero(place[step:] - place[:-step] <= 2 * close**0.5)
        if not len(near):
            break
        one, other = kept[near], kept[near + step]
        alike = ((series[one] - series[other]) ** 2).sum(axis=1) <= close
        first[np.maximum(one, other)[alike]] = False
    return first


def _centred(outcomes: Floats, task: Task, *, intercept: bool) -> tuple[Floats, Floats]:
    """Donors and targets before, less each period's mean, which weights that sum to one cannot see."""
    past, aims = outcomes[:, task.before], task.targets[:, task.before]
    middle = past.mean(axis=0)
    past, aims = past - middle, aims - middle
    if not intercept:
        return past, aims
    return past - past.mean(axis=1, keepdims=True), aims - aims.mean(axis=1, keepdims=True)
