"""Randomisation over start dates: what other units would have shown, had they started then."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.randomization import cut

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Masks = npt.NDArray[np.bool_]

#: Numbers held at once while assignments are gone through.
_AT_ONCE = 4_000_000
#: Two statistics closer than this (relative) are the same number computed in another order.
_SAME = 1e-10


class Question(NamedTuple):
    """R averages of K differences-in-differences, to be asked of any assignment of start dates.

    `target` (K,) is the treated cohort of each difference, `compare` (K, G + 1) its comparison
    groups, units that never start last; `weights` (R, K) make the averages.
    """

    target: Integers
    compare: Masks
    weights: Floats


class ByChance(NamedTuple):
    """Results for R averages, each of shape (R,), and the statistics behind them, (M − 1, R)."""

    effect: Floats
    std_error: Floats
    p_value: Floats
    low: Floats
    high: Floats
    others: Floats


def start_assignments(group: Integers, cohorts: int, draws: int, seed: int) -> Integers:
    """Units that could have started at the dates at which some did, the real ones first.

    Parameters
    ----------
    group
        Cohort of each unit, `cohorts` for one that never starts, (N,).
    cohorts
        Number of cohorts.
    draws
        All assignments are listed where there are at most so many; else so many are drawn.
    seed
        Seed of the draws.

    Returns
    -------
    Units by slot, (M, treated units); the slots are sorted by cohort.

    Examples
    --------
    One unit starts first, another later, among three:

    >>> start_assignments(np.array([2, 0, 1]), 2, 99, seed=1).tolist()
    [[1, 2], [0, 1], [0, 2], [1, 0], [2, 0], [2, 1]]
    """
    n = len(group)
    real = np.concatenate([np.flatnonzero(group == g) for g in range(cohorts)])
    sizes = np.bincount(group, minlength=cohorts + 1)[:cohorts]
    ways, left = 1, n
    for size in sizes:
        ways *= comb(left, int(size))
        left -= int(size)
    if ways <= draws + 1:
        listed = np.array(list(_listed(tuple(range(n)), tuple(sizes.tolist()))), dtype=np.int64)
        same = (listed == real).all(axis=1)
        return np.concatenate([real[None], listed[~same]])
    rng, k = np.random.default_rng(seed), len(real)
    if k * k < n:
        chosen = rng.integers(n, size=(draws, k))
        while (twice := (np.diff(np.sort(chosen, axis=1), axis=1) == 0).any(axis=1)).any():
            chosen[twice] = rng.integers(n, size=(int(twice.sum()), k))
    else:
        chosen = np.stack([rng.permutation(n)[:k] for _ in range(draws)])
    return np.concatenate([real[None], chosen])


def _listed(units: tuple[int, ...], sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every way to fill cohorts of these sizes, one after the other."""
    if not sizes:
        yield ()
        return
    for first in combinations(units, sizes[0]):
        rest = tuple(u for u in units if u not in first)
        for others in _listed(rest, sizes[1:]):
            yield first + others


def statistics(changes: Floats, question: Question, slots: Integers, chosen: Integers) -> Floats:
    """The averages under each assignment, (M, R).

    Parameters
    ----------
    changes
        What each unit would contribute to each difference, (N, K); `nan` where it cannot.
    question
        Which differences, and how they are averaged.
    slots
        Cohort of each slot, (S,).
    chosen
        Unit in each slot, (M, S), from `start_assignments`.

    Returns
    -------
    A difference without a unit on one of its sides is left out of the average; `nan` where nothing
    is left.
    """
    seen = np.isfinite(changes).astype(np.float64)
    if seen.all():
        return _complete(changes, question, slots, chosen)
    values = np.where(seen > 0, changes, 0.0)
    never = question.compare[:, -1]
    # Of a unit in a slot: whether it counts as treated, and what it adds to the comparison beyond
    # what it would as a unit that never starts.
    ours = (slots[:, None] == question.target).astype(np.float64)
    beside = question.compare.T[slots].astype(np.float64) - never
    sums, counts = never * values.sum(axis=0), never * seen.sum(axis=0)
    found = np.empty((len(chosen), len(question.weights)))
    step = max(1, _AT_ONCE // max(1, chosen.shape[1] * changes.shape[1]))
    for begin in range(0, len(chosen), step):
        units = chosen[begin : begin + step]
        y, there = values[units], seen[units]
        with np.errstate(invalid="ignore", divide="ignore"):
            mine = (y * ours).sum(axis=1) / (there * ours).sum(axis=1)
            theirs = (sums + (y * beside).sum(axis=1)) / (counts + (there * beside).sum(axis=1))
            each = mine - theirs
            known = np.isfinite(each)
            mass = known @ question.weights.T
            found[begin : begin + step] = (np.where(known, each, 0.0) @ question.weights.T) / mass
    return found


def _complete(changes: Floats, question: Question, slots: Integers, chosen: Integers) -> Floats:
    """The same where no cell is missing: each unit adds a number that depends on its slot alone."""
    G = question.compare.shape[1] - 1
    sizes = np.bincount(slots, minlength=G)
    never = question.compare[:, -1].astype(np.float64)
    beside = question.compare[:, :-1].T - never
    theirs = never * len(changes) + sizes @ beside
    ours = (np.arange(G)[:, None] == question.target) / np.maximum(sizes, 1)[:, None]
    weights = question.weights / question.weights.sum(axis=1, keepdims=True)
    parts = np.zeros((len(changes), G + 1, len(weights)))
    lines = (ours - beside / theirs)[:, None] * weights
    parts[:, :-1] = np.einsum("nk,grk->ngr", changes, lines, optimize=True)
    rest = weights @ (never * changes.sum(axis=0) / theirs)
    return np.asarray(slot_sums(parts, slots, chosen) - rest)


def spread(noise: Floats, part: Floats, chosen: Integers) -> Floats:
    """What the units' noise makes of an average under each assignment, (M,), up to a factor.

    Parameters
    ----------
    noise
        Of each unit, (N,) (`unit_noise`).
    part
        Part of each slot in the average, (S,); they sum to 1.
    chosen
        Assignments, (M, S).
    """
    squares = noise**2
    held = squares[chosen]
    rest = squares.sum() - held.sum(axis=1)
    others = len(noise) - chosen.shape[1]
    return np.asarray(np.sqrt(held @ part**2 + rest / others**2))


def by_chance(a: Floats, b: Floats, scale: Floats | None, level: float) -> ByChance:
    """p-values and inverted intervals from what every assignment shows.

    Under the hypothesis of a constant effect θ an assignment shows a − θ b, with b what it makes
    of an effect of 1 on the units that really started. See `randomise`.

    Parameters
    ----------
    a, b
        Statistics of the outcomes and of an effect of 1, (M, R), the real assignment first.
    scale
        Noise of the statistic under each assignment, (M,); None to take it as equal.
    level
        Level of the intervals.
    """
    # Where the real assignment identifies no effect there is none to speak of, and no warning of numpy.
    with np.errstate(invalid="ignore", divide="ignore"):
        b = b / b[0]
    if scale is not None:
        a, b = (scale[0] / scale)[:, None] * a, (scale[0] / scale)[:, None] * b
    observed = a[0].copy()
    known = np.isfinite(a)
    tolerance = _SAME * np.abs(np.where(known, a, 0.0)).max(axis=0)
    p_value = (~known | (np.abs(a) >= np.abs(observed) - tolerance)).mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (observed - a) / (1 - b), (observed + a) / (1 + b)
    whole = ~(np.abs(b) < 1 - _SAME) | ~known
    low = np.where(whole, -np.inf, np.minimum(one, two))
    high = np.where(whole, np.inf, np.maximum(one, two))
    low, high = cut(low, high, level)
    others = (a - observed * b)[1:]
    others = np.where(np.isfinite(others), others, 0.0)
    return ByChance(observed, np.sqrt((others**2).mean(axis=0)), p_value, low, high, others)


def slot_sums(parts: Floats, slots: Integers, chosen: Integers) -> Floats:
    """Sums over units of what each adds in the group that an assignment puts it into, (M, R).

    Parameters
    ----------
    parts
        What each unit adds to R statistics in each group, the one that never starts last,
        (N, G + 1, R).
    slots, chosen
        As in `statistics`.

    Examples
    --------
    Two units that add 1 and 5 if they start, and nothing if not:

    >>> parts = np.array([[[1.0], [0.0]], [[5.0], [0.0]]])
    >>> slot_sums(parts, np.array([0]), np.array([[0], [1]])).tolist()
    [[1.0], [5.0]]
    """
    never = parts[:, -1]
    beyond = parts - never[:, None]
    return np.asarray(never.sum(axis=0) + beyond[chosen, slots].sum(axis=1))
