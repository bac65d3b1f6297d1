"""Placebos in space: what the same method shows for units that were not treated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.contrast import student
from innoeval.stats.randomization import between, ranks

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]


class Placebos(NamedTuple):
    """Targets of M placebo runs beside the real one.

    Parameters
    ----------
    targets
        One array (M + 1, N) a cohort, the real target first; rows average their units.
    allowed
        Donors of each run, (M + 1, N): no treated unit, and none that the run takes as treated.
    """

    targets: tuple[Floats, ...]
    allowed: Masks


class Ranked(NamedTuple):
    """Results for K effects, arrays of shape (K,)."""

    effect: Floats
    std_error: Floats
    p_value: Floats
    low: Floats
    high: Floats


def placebos(
    cohorts: tuple[Indices, ...], donors: Indices, n: int, draws: int, seed: int
) -> Placebos:
    """Runs in which donors stand in for the treated units, with as many starting at each date.

    Parameters
    ----------
    cohorts
        Treated units of each starting date, as positions.
    donors
        Units never treated, as positions.
    n
        Number of units.
    draws, seed
        With one treated unit each donor is taken once; else so many sets are drawn, by this seed.

    Examples
    --------
    >>> runs = placebos((np.array([0]),), np.array([1, 2]), 3, draws=9, seed=1)
    >>> runs.targets[0].tolist(), runs.allowed.astype(int).tolist()
    ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [[0, 1, 1], [0, 0, 1], [0, 1, 0]])
    """
    sizes = [len(units) for units in cohorts]
    total = sum(sizes)
    if total == 1:
        chosen = donors[:, None]
    elif total < len(donors):
        shuffled = np.random.default_rng(seed).random((draws, len(donors)))
        chosen = donors[shuffled.argsort(axis=1)[:, :total]]
    else:
        chosen = np.empty((0, total), dtype=np.int64)
    chosen = np.concatenate([np.concatenate(cohorts)[None], chosen])
    rows = np.arange(len(chosen))[:, None]
    allowed = np.zeros((len(chosen), n), dtype=bool)
    allowed[:, donors] = True
    allowed[rows, chosen] = False
    targets, first = [], 0
    for size in sizes:
        target = np.zeros((len(chosen), n))
        target[rows, chosen[:, first : first + size]] = 1.0 / size
        targets.append(target)
        first += size
    return Placebos(tuple(targets), allowed)


def floored(misfit: Floats, n_before: int) -> Floats:
    """Misfits (M + 1, ...) of which none is below 1/(2 √T₀) of the median: a close fit may be luck.

    Examples
    --------
    >>> floored(np.array([0.0, 2.0, 3.0]), 4).tolist()
    [0.5, 2.0, 3.0]
    """
    typical = np.median(misfit, axis=0)
    least = np.where(typical > 0, typical / (2 * np.sqrt(n_before)), 1.0)
    return np.maximum(misfit, least)


def rank(effects: Floats, scales: Floats, level: float) -> Ranked:
    """Rank of the real effect among the placebo effects, each measured by its own scale.

    Under the hypothesis of a constant effect θ, the real effect less θ over its scale is one draw
    like the placebo effects over theirs. So the set of all θ that are not rejected is the effect
    give or take an order statistic times the real scale; where 1 − level is no whole number of runs,
    a point between two of them (Beran & Hall 1993; `innoeval.stats.randomization.cut`). With every scale equal this is the plain
    placebo test; with the misfit before the start as the scale, a unit that was always noisier,
    or is imitated less well, is not taken for one with an effect.

    Parameters
    ----------
    effects
        Array (M + 1, K), the real run first.
    scales
        Array (M + 1,) or (M + 1, K), above zero.
    level
        Level of the interval; unbounded where M + 1 runs are too few for it. No p-value is below
        1/(M + 1), however large the effect.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105:493-505, doi:10.1198/jasa.2009.ap08746; Firpo &
    Possebom (2018), Journal of Causal Inference 6:20160026, doi:10.1515/jci-2016-0026; Ferman &
    Pinto (2019), Review of Economics and Statistics 101:452-467, doi:10.1162/rest_a_00759.

    Examples
    --------
    An effect of 6 with scale 2 is 3 scales; the placebos show 1, 2, 0.5 and 4, so p = 2/5. At the
    60 % level two of five must count against an end, so it lies 2 scales away... of 2 each:

    >>> found = rank(np.array([[6.0], [1], [-2], [0.5], [4]]), np.array([2.0, 1, 1, 1, 1]), .6)
    >>> [number.item() for number in (found.p_value, found.low, found.high)]
    [0.4, 2.0, 10.0]
    """
    scales = np.broadcast_to(scales if scales.ndim == 2 else scales[:, None], effects.shape)
    runs = len(effects)
    ratios = np.abs(effects) / scales
    p_value = (ratios >= ratios[0] * (1 - 1e-10)).mean(axis=0)
    against, part = ranks(level, runs)
    others = np.sort(ratios[1:], axis=0)[::-1]
    reach = np.full(effects.shape[1], np.inf)
    if 1 <= against <= len(others):
        reach = between(others[against - 1], others[min(against, len(others) - 1)], part)
    half = reach * scales[0]
    spread = np.sqrt((ratios[1:] ** 2).mean(axis=0)) if runs > 1 else np.full_like(half, np.inf)
    return Ranked(effects[0], spread * scales[0], p_value, effects[0] - half, effects[0] + half)


def beyond_ranks(found: Ranked, runs: int, apart: int) -> Floats:
    """p-values that go on falling where the real run shows more than every placebo, (K,).

    A rank ends at 1/(M + 1), too coarse for a question that is one of many. Beyond the last rank the
    real ratio is held against the root mean square of the placebos' ratios, by Student's t with a
    third as many degrees of freedom as there are placebos that share no unit: a misfit is itself
    estimated, from periods that hang together, so that ratios have longer tails than a normal
    number. Everywhere else the rank stands. For checks; an estimate keeps its rank.

    Parameters
    ----------
    found
        Of `rank`.
    runs
        Number of runs M + 1.
    apart
        Number of placebos that share no unit.

    Examples
    --------
    Ten times what 30 placebos show is no mere 1 in 31; what lies among them keeps its rank:

    >>> effects = np.array([[10.0, 0.5], *[[1.0, 1.0]] * 30])
    >>> beyond_ranks(rank(effects, np.ones(31), 0.95), 31, 30).round(6).tolist()
    [2e-06, 1.0]
    """
    known = (found.p_value < 1.5 / runs) & (found.std_error > 0) & np.isfinite(found.std_error)
    error = np.where(known, found.std_error, 1.0)
    tail = student(found.effect, error, np.full(len(error), apart / 3), 0.95).p_value
    return np.asarray(np.where(known, np.minimum(found.p_value, tail), found.p_value))


def rank_pairs(
    effects: Floats, scales: Floats, without: Floats, own_scales: Floats, level: float
) -> Ranked:
    """Rank of the real effect, where each placebo is held against the real run without that unit.

    A placebo run does not use the treated unit, so it has one donor fewer than the real run, fits a
    little less well, and shows a little less: with few donors a true null is then rejected too
    often. Without the unit that stands in for the treated one, the real run has exactly the donors
    of the placebo. A placebo speaks for θ where it shows, in scales, at least as much as the real
    effect without its unit, less θ; the interval reaches over all θ for which enough speak.

    Parameters
    ----------
    effects, scales
        See `rank`: arrays (M + 1, K) and (M + 1,).
    without, own_scales
        The real effects with the unit of each placebo not used, (M, K), and their scales, (M,).
    level
        Level of the interval, as in `rank`.

    References
    ----------
    Barber, Candès, Ramdas & Tibshirani (2021), Annals of Statistics 49:486-507,
    doi:10.1214/20-AOS1965, whose jackknife+ compares pairs in the same way: where units are alike a
    true null is rejected in no more than twice the nominal share, and nearly in that share; Lei &
    Sudijono (2024), doi:10.48550/arXiv.2401.07152, who leave out two donors at a time.

    Examples
    --------
    Real effects of 6, of 5 and 7 without either placebo; these show 1 and 6, every scale is 1:

    >>> effects = np.array([[6.0], [1.0], [6.0]])
    >>> found = rank_pairs(effects, np.ones(3), np.array([[5.0], [7.0]]), np.ones(2), 2 / 3)
    >>> [number.item() for number in (found.p_value, found.low, found.high)]
    [0.3333333333333333, 1.0, 13.0]
    """
    plain = rank(effects, scales, level)
    runs = len(effects)
    ratios = np.abs(effects[1:]) / scales[1:, None]
    own = np.abs(without) / own_scales[:, None]
    p_value = (1 + (ratios >= own * (1 - 1e-10)).sum(axis=0)) / runs
    against, part = ranks(level, runs)
    if not 1 <= against <= runs - 1:
        return plain._replace(p_value=p_value)
    half = ratios * own_scales[:, None]
    ends = []
    for middle in (without, -without):
        one, two = (
            _outermost(middle - half, middle + half, min(many, runs - 1))
            for many in (against, against + 1)
        )
        ends.append(np.where(np.isfinite(two), between(one, two, part), one))
    low, high = ends[0], -ends[1]
    return plain._replace(
        p_value=p_value,
        low=np.where(np.isfinite(low), np.minimum(low, effects[0]), plain.low),
        high=np.where(np.isfinite(high), np.maximum(high, effects[0]), plain.high),
    )


def _outermost(low: Floats, high: Floats, many: int) -> Floats:
    """The smallest number that lies in so many of M intervals, (K,); infinite where none does."""
    opened = np.sort(low, axis=0)
    held = (opened[:, None] >= low[None]) & (opened[:, None] <= high[None])
    enough = held.sum(axis=1) >= many
    first = np.take_along_axis(opened, enough.argmax(axis=0)[None], axis=0)[0]
    return np.where(enough.any(axis=0), first, np.inf)
