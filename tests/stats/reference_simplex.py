"""A slow solver for weights on the simplex, by another road than the fast one: interior points."""

from __future__ import annotations

import numpy as np


def reference(gram: np.ndarray, linear: np.ndarray, ridge: float = 0.0) -> np.ndarray:
    """Minimiser of w'Gw − 2g'w + ridge w'w over weights that are not negative and sum to one.

    Primal-dual Newton steps on the conditions of an optimum with w_i z_i = barrier, the barrier
    driven to zero; each step solves one dense system for weights, multiplier and slacks.
    """
    n = len(linear)
    scale = np.trace(gram) / n + ridge or 1.0
    quadratic, pull = (gram + ridge * np.eye(n)) / scale, linear / scale
    weights, slack, level = np.full(n, 1.0 / n), np.ones(n), 0.0
    for _ in range(200):
        barrier = 0.1 * (weights @ slack) / n
        system = np.zeros((n + 1, n + 1))
        system[:n, :n] = quadratic + np.diag(slack / weights)
        system[:n, n] = system[n, :n] = 1.0
        dual = quadratic @ weights - pull + level
        right = np.append(-dual + barrier / weights, 1.0 - weights.sum())
        move = np.linalg.solve(system, right)
        step, climb = move[:n], barrier / weights - slack - slack / weights * move[:n]
        length = min(1.0, 0.99 * _room(weights, step), 0.99 * _room(slack, climb))
        weights, slack = weights + length * step, slack + length * climb
        level += length * move[n]
        if weights @ slack < 1e-15 * n and np.abs(dual - slack).max() < 1e-12:
            break
    return np.where(weights > 1e-10, weights, 0.0)


def _room(values: np.ndarray, step: np.ndarray) -> float:
    """Longest step that keeps all values above zero."""
    return float(np.min(np.where(step < 0, -values / np.where(step < 0, step, -1.0), np.inf)))
