"""Smoothness: the slope of the trends' difference changes by at most M per period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.honest.folded import folded_normal_quantile
from innoeval.stats.honest.relative import Bounds

Floats = npt.NDArray[np.float64]


class _Frontier(NamedTuple):
    """Affine estimators that trade worst bias against variance, along a path of P corners.

    The estimator at price λ of bias is linear in λ between corners.
    """

    price: Floats  # (P,), rising from 0
    weights: Floats  # (P, n_pre + T)
    kinks: Floats  # (P, n_pre − 1): weights on the earlier changes of slope
    fixed_bias: float


def smoothness(
    beta: Floats,
    covariance: Floats,
    n_pre: int,
    target: Floats,
    m: Floats,
    *,
    level: float = 0.95,
) -> Bounds:
    r"""Shortest intervals of fixed length if the slope changes by at most m from period to period.

    The trends' difference δ obeys :math:`|(\delta_{t+1}-\delta_t)-(\delta_t-\delta_{t-1})|\le m`.
    Estimators are the target less a linear combination of the earlier coefficients that takes off
    any linear trend. The worst bias is m times the sum of absolute weights that an estimator puts on
    the changes of slope; the half-length is the standard error times the quantile of the absolute
    value of a normal whose mean is the worst bias in standard errors. The estimator minimises it.

    In the weights on changes of slope, the frontier between variance and worst bias is a lasso path:
    it is followed exactly from corner to corner, and each m's optimum found on it by bisection.

    Parameters
    ----------
    beta
        Event-time coefficients (n_pre + T,), in order of time, without the reference period.
    covariance
        Their covariance, positive definite.
    n_pre
        Number of coefficients before the reference period.
    target
        Weights (T,) of the later coefficients in the effect of interest.
    m
        Bounds (K,) in outcome units per period, 0 or more.
    level
        Level of the intervals.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90:2555-2591, doi:10.1093/restud/rdad018;
    Armstrong & Kolesár (2018), Econometrica 86:655-683, doi:10.3982/ECTA14434.

    Examples
    --------
    One earlier coefficient gives no choice: the effect is .5 − (−.1) × (−1) = .4, with standard
    error √(.01 + .01); a bend of at most .1 may add .1 to it:

    >>> found = smoothness(np.array([-.1, .5]), np.diag([.01, .01]), 1, np.array([1.]),
    ...                    np.array([0., .1]))
    >>> found.low.round(3).tolist(), found.high.round(3).tolist()
    ([0.123, 0.066], [0.677, 0.734])
    """
    frontier = _frontier(covariance, n_pre, target)
    center, half = _shortest(frontier, beta, covariance, np.asarray(m, dtype=np.float64), level)
    return Bounds(low=center - half, high=center + half)


def smoothness_breakdown(
    beta: Floats, covariance: Floats, n_pre: int, target: Floats, *, level: float = 0.95
) -> float:
    """Smallest m at which no effect at all can no longer be ruled out.

    Parameters are those of `smoothness`.

    Examples
    --------
    >>> smoothness_breakdown(np.array([-.1, .5]), np.diag([.01, .01]), 1, np.array([1.])).__round__(3)
    0.167
    """
    frontier = _frontier(covariance, n_pre, target)
    # The worst bias is at least m times `fixed_bias`: a larger m than this cannot rule it out.
    grid = np.linspace(0, 1, 65) * (np.abs(frontier.weights @ beta).max() / frontier.fixed_bias)
    for _ in range(5):
        center, half = _shortest(frontier, beta, covariance, grid, level)
        first = int((np.abs(center) <= half).argmax())
        if first == 0:
            break
        grid = np.linspace(grid[first - 1], grid[first], 33)
    return float(grid[first])


def _frontier(covariance: Floats, n_pre: int, target: Floats) -> _Frontier:
    """The path from the least variance to the least worst bias."""
    n_post = len(target)
    steps = np.arange(1, n_post + 1)
    slope = float(steps @ target)
    later = np.array([np.maximum(steps - j, 0) @ target for j in range(n_post)])
    # Weight of an earlier coefficient = second difference of the weights on changes of slope; the
    # last of these, at the reference period, is what takes off a linear trend.
    second = np.diff(np.eye(n_pre + 2), n=2, axis=0)[:, 2:]
    known = np.concatenate([slope * second[:, -1], target])
    free = np.concatenate([second[:, :-1], np.zeros((n_post, n_pre - 1))])
    price, kinks = _lasso_path(free.T @ covariance @ free, free.T @ covariance @ known)
    return _Frontier(
        price=price, weights=known + kinks @ free.T, kinks=kinks,
        fixed_bias=float(np.abs(later).sum()),
    )  # fmt: skip


def _lasso_path(gram: Floats, linear: Floats) -> tuple[Floats, Floats]:
    """Corners of the minimiser of u'Gu/2 + g'u + λ Σ|u|, with λ rising from 0.

    References
    ----------
    Osborne, Presnell & Turlach (2000), IMA Journal of Numerical Analysis 20:389-403,
    doi:10.1093/imanum/20.3.389.
    """
    n = len(linear)
    u = np.zeros(n)
    if n == 0:
        return np.zeros(1), np.zeros((1, 0))
    price = float(np.abs(linear).max())
    corners = [(price, u)]
    active = np.zeros(n, dtype=bool)
    active[np.abs(linear).argmax()] = True
    signs = -np.sign(linear)
    for _ in range(50 * n):
        if price <= 0:
            break
        inside = np.linalg.solve(
            gram[np.ix_(active, active)], np.stack([-linear[active], -signs[active]], axis=1)
        )
        base, tilt = np.zeros(n), np.zeros(n)
        base[active], tilt[active] = inside.T
        gradient, drift = linear + gram @ base, gram @ tilt
        # As λ falls: an inactive gradient meets ±λ, or an active weight meets zero.
        with np.errstate(divide="ignore", invalid="ignore"):
            enter = np.stack([gradient / (1 - drift), -gradient / (1 + drift)])
            leave = -base / tilt
        enter[:, active] = -np.inf
        leave[~active] = -np.inf
        below = price * (1 - 1e-12)
        enter = np.where((enter < below) & (enter > 0), enter, 0.0)
        # A weight that has only just come in, or is to leave at once, is not asked again.
        leave = np.where((leave < below) & (leave > 0), leave, 0.0)
        price = float(max(enter.max(), leave.max()))
        u = base + price * tilt
        if price > 0 and leave.max() >= enter.max():
            out = int(leave.argmax())
            active[out], u[out] = False, 0.0
        elif price > 0:
            side, new = np.unravel_index(int(enter.argmax()), enter.shape)
            active[new], signs[new] = True, -1.0 if side == 0 else 1.0
        corners.append((price, u))
    prices, path = zip(*reversed(corners), strict=True)
    return np.array(prices), np.array(path)


def _shortest(
    frontier: _Frontier, beta: Floats, covariance: Floats, m: Floats, level: float
) -> tuple[Floats, Floats]:
    """Centre and half-length of the shortest interval for each bound."""
    low, high = np.zeros(len(m)), np.full(len(m), frontier.price[-1])
    for _ in range(60):
        price = (low + high) / 2
        sd, bias, _ = _at(frontier, covariance, price)
        shift = m * bias / sd
        quantile = folded_normal_quantile(shift, level)
        pull = np.tanh(quantile * shift)
        # Along the frontier sd d(sd) = −λ d(bias), so the half-length's slope has this sign.
        cheap = price * (quantile - shift * pull) < m * sd * pull
        low, high = np.where(cheap, price, low), np.where(cheap, high, price)
    sd, bias, weights = _at(frontier, covariance, (low + high) / 2)
    return weights @ beta, sd * folded_normal_quantile(m * bias / sd, level)


def _at(frontier: _Frontier, covariance: Floats, price: Floats) -> tuple[Floats, Floats, Floats]:
    """Standard error, worst bias per unit of m, and weights at some prices."""
    corner = np.clip(np.searchsorted(frontier.price, price) - 1, 0, max(len(frontier.price) - 2, 0))
    after = np.minimum(corner + 1, len(frontier.price) - 1)
    width = frontier.price[after] - frontier.price[corner]
    share = np.where(width > 0, (price - frontier.price[corner]) / np.where(width > 0, width, 1), 0)
    share = share[:, None]
    weights = (1 - share) * frontier.weights[corner] + share * frontier.weights[after]
    kinks = (1 - share) * frontier.kinks[corner] + share * frontier.kinks[after]
    variance = np.einsum("ki,ij,kj->k", weights, covariance, weights)
    return np.sqrt(variance), np.abs(kinks).sum(axis=1) + frontier.fixed_bias, weights
