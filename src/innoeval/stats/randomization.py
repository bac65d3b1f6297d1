"""Randomisation inference: what other choices of treated units would have shown."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

#: Two statistics closer than this (relative) are the same number computed in another order.
_SAME = 1e-10


class Randomised(NamedTuple):
    """Results for K contrasts, each an array of shape (K,)."""

    effect: Floats
    std_error: Floats
    p_value: Floats
    low: Floats
    high: Floats


def assignments(treated: Masks, draws: int, seed: int) -> Masks:
    """Ways to have chosen as many treated units, the real one first.

    Parameters
    ----------
    treated
        Mask of shape (N,).
    draws
        All ways are listed where there are at most so many; else so many are drawn.
    seed
        Seed of the draws.

    Returns
    -------
    Masks of shape (M, N), read-only.

    Examples
    --------
    >>> assignments(np.array([False, True, False]), 99, seed=1).astype(int).tolist()
    [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    """
    return _listed(np.asarray(treated, dtype=bool).tobytes(), draws, seed)


@lru_cache(maxsize=4)
def _listed(real: bytes, draws: int, seed: int) -> Masks:
    """`assignments` of a mask as bytes, kept: every question of a design is asked of the same."""
    treated = np.frombuffer(real, dtype=bool)
    n, k = len(treated), int(treated.sum())
    if comb(n, k) <= draws + 1:
        chosen = np.zeros((comb(n, k), n), dtype=bool)
        for row, units in enumerate(combinations(range(n), k)):
            chosen[row, list(units)] = True
        first = np.flatnonzero((chosen == treated).all(axis=1))[0]
        chosen[[0, first]] = chosen[[first, 0]]
        chosen.flags.writeable = False
        return chosen
    ranks = np.random.default_rng(seed).random((draws, n)).argpartition(k - 1, axis=1)[:, :k]
    chosen = np.zeros((draws + 1, n), dtype=bool)
    np.put_along_axis(chosen[1:], ranks, values=True, axis=1)
    chosen[0] = treated
    chosen.flags.writeable = False
    return chosen


def randomise(
    contrasts: Floats, chosen: Masks, level: float, noise: Floats | None = None
) -> Randomised:
    """Difference in mean contrasts, its randomisation p-value and the inverted interval.

    Under the hypothesis of a constant effect θ, the treated units' contrasts less θ are
    exchangeable with the others'. The statistic of an assignment π is then (a_π − θ b_π)/s_π, with
    a_π the difference in means of the contrasts, b_π that of the real treatment indicator and s_π
    what the units' noise makes of such a difference; π counts against θ where
    r |a_π − θ b_π| ≥ |a_0 − θ|, r = s_0/s_π. As |r b_π| ≤ 1 this holds on an interval between
    (a_0 − r a_π)/(1 − r b_π) and (a_0 + r a_π)/(1 + r b_π) that contains a_0: so the ends of the
    set of all θ that are not rejected are two order statistics, found without a search; where
    1 − level is no whole number of assignments they lie between two of them (`cut`).

    Without `noise` every s_π is 1. With noises that are measured on other data in the same way for
    every unit, ratios contrast/noise are exchangeable however unequal the true noises are. That
    |r b_π| < 1 follows from Cauchy and Schwarz if the treated units share one noise.

    Parameters
    ----------
    contrasts
        Array (N, K): one number per unit and contrast, such as its change.
    chosen
        Assignments (M, N), the real one first (`assignments`).
    level
        Level of the interval. It is unbounded where 1/M is not below 1 − level.
    noise
        Noise of each unit's contrast, up to a common factor, (N,) (`unit_noise`, `group_noise`).

    Returns
    -------
    With `std_error` the root mean square, over the other assignments, of the statistic at the
    estimated effect, in the units of the real one.

    References
    ----------
    Rosenbaum (2002), Observational Studies, 2nd ed., section 2.6, doi:10.1007/978-1-4757-3692-2;
    MacKinnon & Webb (2020), Journal of Econometrics 218:435-450,
    doi:10.1016/j.jeconom.2020.04.024; Ferman & Pinto (2019), Review of Economics and Statistics
    101:452-467, doi:10.1162/rest_a_00759; Janssen (1997), Statistics & Probability Letters 36:9-21,
    doi:10.1016/S0167-7152(97)00043-6.

    Examples
    --------
    One treated unit of four, whose change is the largest, so p = 1/4. The other three choices have
    a = −1/3, −5/3, −3 and b = −1/3, so that they count for θ in [4, 7], [5, 5] and [3, 6]; at the
    75 % level two of four must count (the real one always does):

    >>> changes = np.array([[5.0], [1.0], [0.0], [-1.0]])
    >>> chosen = assignments(np.array([True, False, False, False]), 99, seed=1)
    >>> found = randomise(changes, chosen, level=.75)
    >>> [round(number.item(), 9) for number in (found.effect, found.p_value, found.low, found.high)]
    [5.0, 0.25, 3.0, 7.0]
    """
    weights = _weights(chosen)
    # Centring leaves every statistic as it is and keeps digits where the outcome is offset.
    a = weights @ (contrasts - contrasts.mean(axis=0))
    b = (weights @ chosen[0].astype(np.float64))[:, None]
    observed = a[0].copy()
    if noise is not None:
        spread = np.sqrt(weights**2 @ noise**2)
        a, b = (spread[0] / spread)[:, None] * a, (spread[0] / spread)[:, None] * b
    tolerance = _SAME * np.abs(a).max(axis=0)
    p_value = (np.abs(a) >= np.abs(observed) - tolerance).mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (observed - a) / (1 - b), (observed + a) / (1 + b)
    # |b| = 1: the real assignment or its mirror image, which no θ can tell apart from the real one.
    whole = (np.abs(b) > 1 - _SAME) & np.ones_like(a, dtype=bool)
    low = np.where(whole, -np.inf, np.minimum(one, two))
    high = np.where(whole, np.inf, np.maximum(one, two))
    low, high = cut(low, high, level)
    return Randomised(
        effect=observed,
        std_error=np.sqrt(((a - observed * b)[1:] ** 2).mean(axis=0)),
        p_value=p_value,
        low=low,
        high=high,
    )


def randomise_t(contrasts: Floats, chosen: Masks, level: float) -> Randomised:
    """Difference over its robust error, its randomisation p-value and the inverted interval.

    As `randomise`, with the statistic (a_π − θ b_π)/√v_π(θ), where v_π is the sum over both groups
    of squared deviations over squared size (HC0, which is CR0 where units are clusters). With one
    treated unit it rests on the other group alone. π counts where
    (a_π − θ b_π)² v_0 ≥ (a_0 − θ)² v_π(θ), a polynomial of degree four in θ; between its outermost
    roots lies the interval that is counted.

    Parameters
    ----------
    contrasts
        Array (N, K).
    chosen
        Assignments (M, N), the real one first.
    level
        Level of the interval.

    References
    ----------
    MacKinnon & Webb (2020), Journal of Econometrics 218:435-450,
    doi:10.1016/j.jeconom.2020.04.024.

    Examples
    --------
    >>> changes = np.array([[5.0], [4.0], [0.0], [-1.0], [0.5]])
    >>> chosen = assignments(np.array([True, True, False, False, False]), 99, seed=1)
    >>> randomise_t(changes, chosen, level=.8).p_value.item()
    0.1
    """
    centred = contrasts - contrasts.mean(axis=0)
    real = chosen[0].astype(np.float64)
    weights, member = _weights(chosen), chosen.astype(np.float64)
    a, b = weights @ centred, weights @ real
    observed = a[0].copy()
    # At θ = a_0 + δ a contrast is its residual at the estimate less δ for each treated unit.
    residual = centred - np.outer(real, observed)
    level_part = _within(member, residual, residual)
    cross = _within(member, residual, np.broadcast_to(real[:, None], residual.shape))
    square = _within(member, real[:, None], real[:, None])
    variance = _within(member, centred, centred)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.nan_to_num(np.abs(a) / np.sqrt(variance), nan=0.0, posinf=np.inf)
        bar = np.nan_to_num(np.abs(observed) / np.sqrt(variance[0]), nan=0.0, posinf=np.inf)
    p_value = (ratio >= bar * (1 - _SAME)).mean(axis=0)
    shifted, real_variance = a - np.outer(b, observed), variance[0]
    quartic = np.stack([
        -np.broadcast_to(square, a.shape),
        2 * cross,
        (b**2)[:, None] * real_variance - level_part,
        -2 * shifted * b[:, None] * real_variance,
        shifted**2 * real_variance,
    ])  # fmt: skip
    low, high = _outermost(quartic)
    whole = (np.abs(b) > 1 - _SAME)[:, None]
    low, high = cut(
        np.where(whole, -np.inf, observed + low), np.where(whole, np.inf, observed + high), level
    )
    return Randomised(
        effect=observed, std_error=np.sqrt((shifted[1:] ** 2).mean(axis=0)), p_value=p_value,
        low=low, high=high,
    )  # fmt: skip


def cut(low: Floats, high: Floats, level: float) -> tuple[Floats, Floats]:
    """Ends of the set of effects for which more than 1 − level of the assignments count.

    (1 − level) of the assignments is rarely a whole number of them: the ends lie between those of
    the two nearest ones, in proportion. Rounded down instead, the interval of one of thirty units
    would leave out the truth in 3.3 % where 5 are promised, and that of one of 39 in 2.6 %.

    Parameters
    ----------
    low, high
        Ends of the interval of effects against which each assignment counts, (M, K); all of them
        contain the estimate.
    level
        Level of the interval.

    References
    ----------
    Beran & Hall (1993), Journal of the Royal Statistical Society B 55:643-652,
    doi:10.1111/j.2517-6161.1993.tb01929.x: between neighbouring order statistics the error in the
    level is of a smaller order than that of either.

    Examples
    --------
    .4 of three assignments are 1.2: a fifth of the way from the first that counts to the second.

    >>> low, high = np.array([[-np.inf], [3.0], [4.0]]), np.array([[np.inf], [8.0], [6.0]])
    >>> [round(end.item(), 9) for end in cut(low, high, level=.6)]
    [3.2, 7.6]
    """
    rank, part = ranks(level, len(low))
    if rank >= len(low):
        raise ValueError("the level must lie between 0 and 1")
    after = min(rank + 1, len(low) - 1)
    lows = np.partition(low, (rank, after), axis=0)
    highs = np.partition(-high, (rank, after), axis=0)
    return between(lows[rank], lows[after], part), -between(highs[rank], highs[after], part)


def ranks(level: float, runs: int) -> tuple[int, float]:
    """How many of so many runs are 1 − level of them: the whole ones, and the part that is left.

    Examples
    --------
    >>> ranks(0.95, 40), ranks(0.95, 30)
    ((2, 0.0), (1, 0.5))
    """
    wanted = (1 - level) * runs
    whole = int(np.floor(wanted * (1 + _SAME)))
    part = max(wanted - whole, 0.0)
    return whole, 0.0 if part < _SAME * max(wanted, 1.0) else round(part, 9)


def between(one: Floats, two: Floats, part: float) -> Floats:
    """The point so far on the way from one end to the other; an end without bound stays."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(one), one + part * (two - one), one)


def _weights(chosen: Masks) -> Floats:
    """What makes a difference in means of each assignment, (M, N); kept while the same are asked for."""
    global _weighed  # noqa: PLW0603 - replaced whole, so that threads may share it
    known = _weighed  # read once: another thread may put its own in its place
    if known is not None and known[0] is chosen:
        return known[1]
    k = chosen.sum(axis=1, keepdims=True)
    weights: Floats = np.where(chosen, 1.0 / k, -1.0 / (chosen.shape[1] - k))
    if not chosen.flags.writeable and chosen.size <= _LARGEST_KEPT:
        _weighed = chosen, weights
    return weights


#: More assignments and units are not kept in memory.
_LARGEST_KEPT = 1_000_000
_weighed: tuple[Masks, Floats] | None = None


def _within(member: Floats, one: Floats, two: Floats) -> Floats:
    """Sum over both groups of products of deviations over squared size, (M, K)."""
    total: Floats = np.zeros((len(member), one.shape[1]))
    for group in (member, 1 - member):
        size = group.sum(axis=1, keepdims=True)
        total += (group @ (one * two) - (group @ one) * (group @ two) / size) / size**2
    # What is left of a difference of equal numbers is nothing.
    return np.where(np.abs(total) > _SAME * np.abs(total).max(initial=0.0), total, 0.0)


def _outermost(quartic: Floats) -> tuple[Floats, Floats]:
    """Smallest and largest real root, or 0, of polynomials (5, M, K), highest power first."""
    lead = np.where(quartic[0] == 0, -1.0, quartic[0])
    companion = np.zeros((*lead.shape, 4, 4))
    companion[..., [1, 2, 3], [0, 1, 2]] = 1.0
    companion[..., 0, :] = np.moveaxis(-quartic[1:] / lead, 0, -1)
    roots = np.linalg.eigvals(companion)
    size = np.abs(roots).max(axis=-1, keepdims=True)
    flat = np.where(np.abs(roots.imag) <= 1e-7 * size, roots.real, 0.0)
    return np.minimum(flat.min(axis=-1), 0.0), np.maximum(flat.max(axis=-1), 0.0)
