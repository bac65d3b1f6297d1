"""Effects by cohort and period, kept so that any average of them has its error at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.imputation import Imputed, linked, two_way

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class CohortEffects(NamedTuple):
    """K group-time effects that are linear in the units' scores.

    The influence of unit i on effect k is `scores[i] @ loadings[code[i]][:, k]`: so an average of
    effects needs (N, q) numbers and not (N, K), and the covariance of all of them one cross-product
    per group of units.

    Parameters
    ----------
    start, period
        Position of each effect's cohort (its first treated period) and period, (K,).
    effect
        Effects, (K,).
    size
        Weight of the treated cells behind each, (K,).
    code
        Group of each unit, (N,): 0 … C − 1.
    scores
        Array (N, q).
    loadings
        Array (C, q, K).
    """

    start: Ints
    period: Ints
    effect: Floats
    size: Floats
    code: Ints
    scores: Floats
    loadings: Floats


def influence(found: CohortEffects, weights: Floats) -> Floats:
    """Influence of each unit on weighted sums of the effects.

    Parameters
    ----------
    found
        The effects.
    weights
        Array (K,) or (K, J).

    Returns
    -------
    Array (N,) or (N, J); the variance of a sum is the sum of squares over units.
    """
    mixed = found.loadings @ weights
    out = np.empty((len(found.scores), *weights.shape[1:]))
    for group in range(len(mixed)):
        rows = found.code == group
        out[rows] = found.scores[rows] @ mixed[group]
    return out


def covariance(found: CohortEffects) -> Floats:
    """Covariance of all effects, (K, K), with the units independent of each other."""
    total = np.zeros((len(found.effect), len(found.effect)))
    for group, loading in enumerate(found.loadings):
        rows = found.scores[found.code == group]
        total += loading.T @ (rows.T @ rows) @ loading
    return total


def cohort_codes(starts: Ints) -> tuple[Ints, Ints]:
    """Distinct first treated periods, and each unit's place among them.

    Examples
    --------
    >>> [array.tolist() for array in cohort_codes(np.array([4, 2, 9, 4]))]
    [[2, 4, 9], [1, 0, 2, 1]]
    """
    distinct, codes = np.unique(starts, return_inverse=True)
    return distinct.astype(np.int64), codes.astype(np.int64)


def complete_effects(
    outcomes: Floats, starts: Ints, *, lead: int = 0, leave_out: bool = False
) -> CohortEffects:
    r"""Imputed effects without missing cells, weights or covariates: in closed form.

    Cohort means give every effect. What unit i adds is linear in :math:`z_i=y_i-r_c`, with r the
    period effects before the start and the cohort's own average path from then on: its score is
    z less the mean of z before the start. So nothing of size N × T is needed but z.

    Parameters
    ----------
    outcomes
        Array (N, T), complete; at least two units in each cohort.
    starts, lead, leave_out
        As in `imputed_effects`, which gives the same.

    Examples
    --------
    Two units rise by 1, two start in the second period and rise by 4 and by 6:

    >>> found = complete_effects(np.array([[1.0, 2], [3, 4], [5, 9], [0, 6]]), np.array([2, 2, 1, 1]))
    >>> found.effect.tolist(), covariance(found).tolist()
    ([4.0], [[0.5]])
    """
    n_periods = outcomes.shape[1]
    distinct, code = cohort_codes(starts)
    # Levels of units cancel: taken off first, so that far-off outcomes keep their digits.
    scores = outcomes - outcomes[:, :1]
    time = np.arange(n_periods)
    count = np.bincount(code).astype(np.float64)
    means = np.stack([scores[code == group].mean(axis=0) for group in range(len(distinct))])
    first = np.where(distinct < n_periods, distinct - lead, n_periods)
    before = time < first[:, None]
    used = before * count[:, None]
    fit, shares, inverse = two_way(means, used)
    cohort, period = np.nonzero(~before & linked(before))
    # The fit up to each cohort's level: what the level cannot change cancels in z.
    level = (means * shares).sum(axis=1, keepdims=True)
    path = fit - level
    reference = np.where(before, path, means - level)
    right = np.eye(n_periods)[:, period] - shares[cohort].T
    solved = inverse @ right
    loadings = np.empty((len(distinct), n_periods, len(period)))
    for group, last in enumerate(first):
        size = count[group]
        own = ((cohort == group) & (period == time[:, None])) / size
        if leave_out and size > 1:
            own = own * size / (size - 1)
        loadings[group] = np.where((time < last)[:, None], -solved, own)
        # A score is z less its mean before the start.
        loadings[group] -= np.outer(shares[group], loadings[group].sum(axis=0))
    scores -= reference[code]
    return CohortEffects(
        start=distinct[cohort], period=period.astype(np.int64),
        effect=(means - fit)[cohort, period], size=count[cohort], code=code, scores=scores,
        loadings=loadings,
    )  # fmt: skip


def imputed_effects(
    found: Imputed, starts: Ints, weights: Floats, *, lead: int = 0, leave_out: bool = False
) -> CohortEffects:
    r"""Average imputed effect of each cohort and period, with the conservative influences.

    The influence of a unit takes its own effect less its cohort's average in that period, as
    Borusyak, Jaravel and Spiess do; what differs between units of one cohort counts as noise, so
    that the variance is at least as large as the true one. A cohort seen through one unit has no
    such average: there the average of all cohorts at the same time since their start stands in.

    Parameters
    ----------
    found
        Imputed effects by unit and period.
    starts
        Position of each unit's first treated period, (N,); T for units never treated.
    weights
        Array (N, T) of weights of the treated cells in their averages.
    lead
        Periods before the start that count as treated already (anticipation).
    leave_out
        Take each unit's own effect out of the average that is taken off it.
    """
    n_periods = found.effects.shape[1]
    distinct, code = cohort_codes(starts)
    known = np.isfinite(found.effects)
    mass = np.where(known, weights, 0.0)
    effects = np.where(known, found.effects, 0.0)
    scores = -found.scores
    parts: list[tuple[int, int, float, float]] = []
    solved: list[Floats] = []
    singles: list[tuple[int, int]] = []
    untreated = found.shares
    for group, start in enumerate(distinct):
        if start >= n_periods:
            continue
        rows = np.flatnonzero(code == group)
        held, theirs = mass[rows], effects[rows]
        squares = held**2
        total, squared = held.sum(axis=0), squares.sum(axis=0)
        periods = np.flatnonzero(total > 0)
        if not len(periods):
            continue
        some = np.where(total > 0, total, 1.0)
        average = (held * theirs).sum(axis=0) / some
        # Centre of the conservative variance: weights squared, equation (8) of the paper.
        centre = (squares * theirs).sum(axis=0) / np.where(squared > 0, squared, 1.0)
        own = held * (theirs - centre)
        several = (held > 0).sum(axis=0) > 1
        if leave_out:
            others = np.where(several & (held > 0), squared - squares, squared)
            own *= squared / np.where(others > 0, others, 1.0)
        scores[rows] += own
        singles += [(int(rows[held[:, t] > 0][0]), int(t)) for t in periods if not several[t]]
        # Period effects that this cohort's cells lean on: T × T for all of its periods at once.
        right = np.eye(n_periods) - (untreated[rows].T @ held) / some
        solved.append(found.inverse @ right[:, periods])
        parts += [(int(start), int(t), float(average[t]), float(total[t])) for t in periods]
    _centre_singles(scores, effects, mass, starts, singles)
    done = _with_loadings(parts, np.concatenate(solved, axis=1), distinct, code, scores, lead)
    return done if not len(found.slopes) else _with_slopes(done, found, starts, mass)


def _centre_singles(
    scores: Floats, effects: Floats, mass: Floats, starts: Ints, singles: list[tuple[int, int]]
) -> None:
    """Score of cells alone in their cohort: less the average at the same event time, or of all."""
    if not singles:
        return
    units, periods = np.nonzero(mass > 0)
    since = periods - starts[units]
    for row, period in singles:
        others = units != row
        same = others & (since == period - starts[row])
        peers = same if same.any() else others
        if peers.any():
            held = mass[units[peers], periods[peers]]
            mean = float(held @ effects[units[peers], periods[peers]] / held.sum())
            scores[row, period] += mass[row, period] * (effects[row, period] - mean)


def _with_slopes(done: CohortEffects, found: Imputed, starts: Ints, mass: Floats) -> CohortEffects:
    """The same with what the covariates' coefficients add to the influences."""
    moved = np.empty((len(found.slopes), len(done.effect)))
    for k, (start, period, size) in enumerate(zip(done.start, done.period, done.size, strict=True)):
        moved[:, k] = found.rests[:, :, period] @ (mass[:, period] * (starts == start)) / size
    added = np.linalg.solve(found.curvature, -moved)
    scores = np.einsum("pnt,nt->np", found.rests, found.scores)
    return done._replace(
        scores=np.concatenate([done.scores, scores], axis=1),
        loadings=np.concatenate(
            [done.loadings, np.broadcast_to(added, (len(done.loadings), *added.shape))], axis=1
        ),
    )


def _with_loadings(
    parts: list[tuple[int, int, float, float]],
    solved: Floats,
    distinct: Ints,
    code: Ints,
    scores: Floats,
    lead: int,
) -> CohortEffects:
    """Untreated periods load by what the imputation leans on, treated ones by their own share."""
    start, period, effect, size = (np.array(column) for column in zip(*parts, strict=True))
    loadings = np.empty((len(distinct), *solved.shape))
    time = np.arange(len(solved))
    for group, first in enumerate(distinct):
        own = (start == first) & (period == time[:, None])
        last = first - lead if first < len(time) else len(time)
        loadings[group] = np.where((time < last)[:, None], solved, own / size)
    return CohortEffects(
        start=start.astype(np.int64), period=period.astype(np.int64), effect=effect, size=size,
        code=code, scores=scores, loadings=loadings,
    )  # fmt: skip
