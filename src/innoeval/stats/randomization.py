"""Randomisation inference: what other choices of treated units would have shown."""

from __future__ import annotations

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
    Masks of shape (M, N).

    Examples
    --------
    >>> assignments(np.array([False, True, False]), 99, seed=1).astype(int).tolist()
    [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    """
    n, k = len(treated), int(treated.sum())
    if comb(n, k) <= draws + 1:
        chosen = np.zeros((comb(n, k), n), dtype=bool)
        for row, units in enumerate(combinations(range(n), k)):
            chosen[row, list(units)] = True
        real = np.flatnonzero((chosen == treated).all(axis=1))[0]
        return np.concatenate([chosen[real : real + 1], np.delete(chosen, real, axis=0)])
    ranks = np.random.default_rng(seed).random((draws, n)).argpartition(k - 1, axis=1)[:, :k]
    chosen = np.zeros((draws + 1, n), dtype=bool)
    np.put_along_axis(chosen[1:], ranks, values=True, axis=1)
    chosen[0] = treated
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
    set of all θ that are not rejected are two order statistics, found without a search.

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
    70 % level two of four must count (the real one always does):

    >>> changes = np.array([[5.0], [1.0], [0.0], [-1.0]])
    >>> chosen = assignments(np.array([True, False, False, False]), 99, seed=1)
    >>> found = randomise(changes, chosen, level=.7)
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


def cut(low: Floats, high: Floats, level: float) -> tuple[Floats, Floats]:
    """Ends of the set of effects for which more than 1 − level of the assignments count.

    Parameters
    ----------
    low, high
        Ends of the interval of effects against which each assignment counts, (M, K); all of them
        contain the estimate.
    level
        Level of the interval.

    Examples
    --------
    >>> low, high = np.array([[-np.inf], [3.0], [4.0]]), np.array([[np.inf], [8.0], [6.0]])
    >>> [end.item() for end in cut(low, high, level=.6)]
    [3.0, 8.0]
    """
    rank = int(np.floor((1 - level) * len(low) * (1 + _SAME)))
    if rank >= len(low):
        raise ValueError("the level must lie between 0 and 1")
    ends: tuple[Floats, Floats] = (
        np.partition(low, rank, axis=0)[rank],
        -np.partition(-high, rank, axis=0)[rank],
    )
    return ends


def _weights(chosen: Masks) -> Floats:
    """What makes a difference in means of each assignment, (M, N)."""
    k = chosen.sum(axis=1, keepdims=True)
    weights: Floats = np.where(chosen, 1.0 / k, -1.0 / (chosen.shape[1] - k))
    return weights
