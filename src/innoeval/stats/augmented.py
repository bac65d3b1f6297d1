"""Synthetic control corrected for what it misses before the start: ridge augmentation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from innoeval.stats.donors import Imitation, Task, synthetic_control
from innoeval.stats.simplex import simplex

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

#: Penalties tried: so many steps down from the largest squared singular value, over so many decades.
_STEPS, _DECADES = 20, 8


def augmented_control(outcomes: Floats, task: Task, ridge: float) -> Imitation:
    r"""Synthetic control plus a ridge regression of what it misses.

    With X the donors' outcomes before (less their mean in each period) and r what the synthetic
    control w misses, the weights are :math:`w+X(X'X+\lambda I)^{-1}r`: they still sum to one, may
    be negative, and extrapolate the less the larger λ is.

    Parameters
    ----------
    outcomes, task
        See `synthetic_control`.
    ridge
        λ, in squared units of the outcome (`choose_ridge`).

    References
    ----------
    Ben-Michael, Feller & Rothstein (2021), JASA 116:1789-1803, doi:10.1080/01621459.2021.1929245.

    Examples
    --------
    The target lies beyond both donors, so that synthetic control misses it by 1; a weak ridge
    extrapolates from their difference:

    >>> outcomes = np.array([[3.0, 3, 0], [2, 2, 4], [0, 0, 8]])
    >>> before = np.array([True, True, False])
    >>> task = Task(outcomes[:1], before, ~before, np.array([[False, True, True]]))
    >>> augmented_control(outcomes, task, 1e-9).weights.round(6).tolist()
    [[0.0, 1.5, -0.5]]
    """
    plain = synthetic_control(outcomes, task)
    past = outcomes[:, task.before]
    weights = plain.weights.copy()
    for row, allowed in enumerate(task.allowed):
        donors = past[allowed] - past[allowed].mean(axis=0)
        # Once more: what rounding leaves of the mean would be multiplied by the level of the outcome.
        donors -= donors.mean(axis=0)
        missed = plain.gaps[row, task.before]
        gram = donors.T @ donors + ridge * np.eye(donors.shape[1])
        weights[row, allowed] += donors @ np.linalg.solve(gram, missed)
    gaps = task.targets - weights @ outcomes
    misfit = np.sqrt((gaps[:, task.before] ** 2).mean(axis=1))
    return Imitation(weights, gaps, misfit, np.zeros_like(gaps))


def choose_ridge(outcomes: Floats, target: Floats, before: Masks, donors: Masks) -> float:
    """The largest penalty whose error on periods left out is within one standard error of the least.

    Parameters
    ----------
    outcomes
        Array (N, T).
    target
        The series to imitate, (T,).
    before, donors
        Masks (T,) and (N,).
    """
    past = outcomes[np.ix_(donors, before)]
    middle = past.mean(axis=0)
    past, aim = past - middle, target[before] - middle
    largest = np.linalg.norm(past, 2) ** 2
    penalties = largest * 10.0 ** (-_DECADES * np.arange(_STEPS + 1) / _STEPS)
    periods = len(aim)
    # One Gram matrix for each period left out, all solved at once.
    gram = past @ past.T - past.T[:, :, None] * past.T[:, None, :]
    linear = past @ aim - past.T * aim[:, None]
    weights = simplex(gram, linear).weights
    missed = aim - weights @ past
    errors = np.empty((periods, len(penalties)))
    for t in range(periods):
        kept = np.delete(np.arange(periods), t)
        values, vectors = np.linalg.eigh(past[:, kept].T @ past[:, kept])
        along = vectors.T @ missed[t, kept]
        through = (past[:, kept] @ vectors).T @ past[:, t]
        errors[t] = missed[t, t] - (through * along) @ (
            1 / (np.maximum(values, 0.0)[:, None] + penalties)
        )
    squared = errors**2
    mean, error = squared.mean(axis=0), squared.std(axis=0, ddof=1) / np.sqrt(periods)
    best = int(mean.argmin())
    return float(penalties[mean <= mean[best] + error[best]].max())
