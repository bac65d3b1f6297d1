"""The conditional test and the shortest interval by general solvers, as their papers write them.

Nothing here is fast or clever: a linear program for every test, its dual vertex conditioned upon by
root-finding over further linear programs, and a constrained solver for the interval. The formulas
come from Andrews, Roth & Pakes (2023), appendix D, and Rambachan & Roth (2023), section 4.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, linprog, minimize
from scipy.special import ndtr
from scipy.stats import norm


def constraints(n_pre: int, n_post: int, m: float, case: int, sign: int) -> np.ndarray:
    """Rows A with A δ ≤ 0 for the changes after the start; `case` is the earlier change bound to."""
    n = n_pre + n_post
    levels = np.zeros((n + 1, n))
    levels[:n_pre, :n_pre] = np.eye(n_pre)
    levels[n_pre + 1 :, n_pre:] = np.eye(n_post)
    changes = levels[1:] - levels[:-1]
    bound = m * sign * changes[case]
    return np.concatenate([changes[n_pre:] - bound, -changes[n_pre:] - bound])


def rotate(A: np.ndarray, n_pre: int, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns of the target and of the other combinations of later effects, for A τ."""
    n = len(target)
    basis = [target]
    for row in np.eye(n):
        if np.linalg.matrix_rank(np.array([*basis, row])) > len(basis):
            basis.append(row)
    turned = A[:, n_pre:] @ np.linalg.inv(np.array(basis))
    return turned[:, 0], turned[:, 1:]


def dual(y: np.ndarray, sd: np.ndarray, X: np.ndarray) -> tuple[float, np.ndarray]:
    """max λ'y subject to λ'sd = 1, λ'X = 0, λ ≥ 0."""
    equal = np.concatenate([sd[None], X.T])
    found = linprog(-y, A_eq=equal, b_eq=np.eye(len(equal))[0], bounds=(0, None), method="highs-ds")
    return -found.fun, found.x


def _edge(
    value: float, s: np.ndarray, slope: np.ndarray, sd: np.ndarray, X: np.ndarray, far: float
) -> float:
    """Farthest statistic towards `far` at which the same vertex is still the best."""

    def best(c: float) -> bool:
        return abs(dual(s + slope * c, sd, X)[0] - c) < 1e-7

    if best(far):
        return np.sign(far) * np.inf
    inside, outside = value, far
    for _ in range(36):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if best(middle) else (inside, middle)
    return inside


def rejects(
    beta: np.ndarray, covariance: np.ndarray, n_pre: int, target: np.ndarray, m: float, case: int,
    sign: int, theta: float, level: float, critical: float | None,
) -> bool:  # fmt: skip
    """The conditional test; with a first stage where `critical` is given."""
    A = constraints(n_pre, len(target), m, case, sign)
    along, X = rotate(A, n_pre, target)
    y, sigma = A @ beta - along * theta, A @ covariance @ A.T
    sd = np.sqrt(np.diag(sigma))
    value, weights = dual(y, sd, X)
    size = 1 - level
    if critical is not None:
        if value > critical:
            return True
        size = (size - size / 10) / (1 - size / 10)
    variance = weights @ sigma @ weights
    if variance < 1e-14:
        return value > 0
    slope = sigma @ weights / variance
    s = y - slope * value
    floor = _edge(value, s, slope, sd, X, -40.0)
    ceiling = _edge(value, s, slope, sd, X, 40.0)
    if critical is not None:
        ceiling = min(ceiling, critical)
    z, low, high = (np.array([value, floor, ceiling]) / np.sqrt(variance)).tolist()
    quantile = norm.isf(norm.sf(low) - (1 - size) * (norm.sf(low) - norm.sf(high)))
    return z > max(0.0, quantile)


def least_favourable(
    covariance: np.ndarray, n_pre: int, target: np.ndarray, m: float, case: int, sign: int,
    size: float, draws: int, seed: int,
) -> float:  # fmt: skip
    """Simulated critical value of the first stage."""
    A = constraints(n_pre, len(target), m, case, sign)
    _, X = rotate(A, n_pre, target)
    sigma = A @ covariance @ A.T
    sd = np.sqrt(np.diag(sigma))
    noise = np.random.default_rng(seed).multivariate_normal(np.zeros(len(sd)), sigma, size=draws)
    return float(np.quantile([dual(y, sd, X)[0] for y in noise], 1 - size))


def shortest(
    beta: np.ndarray, covariance: np.ndarray, n_pre: int, target: np.ndarray, m: float,
    level: float = 0.95,
) -> tuple[float, float]:  # fmt: skip
    """Interval of fixed length: weights on the earlier coefficients by a constrained solver."""
    n_post = len(target)
    time = np.concatenate([np.arange(-n_pre, 0), np.arange(1, n_post + 1)])

    def weights(free: np.ndarray) -> np.ndarray:
        return np.concatenate([free[:n_pre], target])

    def worst_bias(w: np.ndarray) -> float:
        """The worst bend at each inner period, with a slope that is taken off."""
        total = 0.0
        for knot in range(-n_pre + 1, n_post):
            bend = np.maximum(time - knot, 0) if knot >= 0 else np.maximum(knot - time, 0)
            total += abs(w @ bend)
        return m * total

    def half_length(free: np.ndarray) -> float:
        w = weights(free)
        sd = np.sqrt(w @ covariance @ w)
        t = worst_bias(w) / sd
        return sd * brentq(lambda c: ndtr(c - t) - ndtr(-c - t) - level, 0, t + 10, xtol=1e-13)

    start = np.zeros(n_pre)
    start[-1] = time[n_pre:] @ target
    flat = {"type": "eq", "fun": lambda free: time @ weights(free)}
    best = None
    for scale in (0.0, 0.5):
        guess = start + scale * np.linspace(-1, 1, n_pre) * abs(start[-1])
        guess[-1] += (-(time @ weights(guess))) / time[n_pre - 1]
        for _ in range(3):
            found = minimize(
                half_length, guess, constraints=[flat], method="SLSQP",
                options={"ftol": 1e-14, "maxiter": 500},
            )  # fmt: skip
            guess = found.x
        if best is None or found.fun < best.fun:
            best = found
    center = weights(best.x) @ beta
    return center - best.fun, center + best.fun
