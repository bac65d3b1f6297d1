"""Regression on donors with an elastic net: weights that may be negative and need not sum to one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from innoeval.stats.donors import Imitation, Task

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

#: Strengths tried, as shares of the one at which every weight is zero, and most sweeps of a fit.
_SHARES = 10.0 ** -np.linspace(0.3, 3, 10)
_SWEEPS = 400
#: Largest move of a weight in a sweep that ends the fit.
_STILL = 1e-7


def elastic_net(outcomes: Floats, task: Task, strength: float | Floats, mix: float) -> Imitation:
    r"""Donors and a level that follow each target before, under a penalty on the weights.

    Minimises :math:`\frac12\|b-\mu-Aw\|^2+s\,(\alpha\|w\|_1+\frac{1-\alpha}2\|w\|^2)` by turns over
    the weights, for all targets at once.

    Parameters
    ----------
    outcomes, task
        See `synthetic_control`.
    strength, mix
        s, one number or (K,), in squared units of the outcome, and α between 0 (ridge) and 1 (lasso).

    References
    ----------
    Doudchenko & Imbens (2016), NBER working paper 22791, doi:10.3386/w22791.

    Examples
    --------
    The target is twice the donor's movement; a weak penalty finds it:

    >>> outcomes = np.array([[1.0, 5, 3, 7], [0, 2, 1, 3]])
    >>> before = np.array([True, True, True, False])
    >>> task = Task(outcomes[:1], before, ~before, np.array([[False, True]]))
    >>> elastic_net(outcomes, task, 1e-9, 0.5).weights.round(6).tolist()
    [[0.0, 2.0]]
    """
    past, aims = outcomes[:, task.before], task.targets[:, task.before]
    past = past - past.mean(axis=1, keepdims=True)
    aims = aims - aims.mean(axis=1, keepdims=True)
    gram, linear = past @ past.T, aims @ past.T
    weights = np.zeros(task.allowed.shape)
    penalty = np.broadcast_to(np.asarray(strength, dtype=np.float64), (len(weights),))
    used = np.flatnonzero(task.allowed.any(axis=0) & (np.diag(gram) > 0))
    for _ in range(_SWEEPS):
        moved = 0.0
        for j in used:
            pull = linear[:, j] - weights @ gram[:, j] + weights[:, j] * gram[j, j]
            shrunk = np.sign(pull) * np.maximum(np.abs(pull) - penalty * mix, 0.0)
            new = np.where(task.allowed[:, j], shrunk / (gram[j, j] + penalty * (1 - mix)), 0.0)
            moved = max(moved, float(np.abs(new - weights[:, j]).max()))
            weights[:, j] = new
        if moved < _STILL:
            break
    gaps = task.targets - weights @ outcomes
    baseline = np.tile(task.before / task.before.sum(), (len(gaps), 1))
    gaps = gaps - (gaps * baseline).sum(axis=1, keepdims=True)
    return Imitation(weights, gaps, np.sqrt((gaps[:, task.before] ** 2).mean(axis=1)), baseline)


def choose_strength(
    outcomes: Floats, donors: Masks, before: Masks, after: Masks, mix: float
) -> float:
    """The strength with which donors, in turn taken as treated, are predicted best after the start.

    Nothing happened to them, so what is predicted is known.

    Parameters
    ----------
    outcomes
        Array (N, T).
    donors
        Mask (N,).
    before, after
        Masks (T,).
    mix
        α.
    """
    rows = np.flatnonzero(donors)
    allowed = np.tile(donors, (len(rows), 1))
    allowed[np.arange(len(rows)), rows] = False
    past = outcomes[rows][:, before]
    past = past - past.mean(axis=1, keepdims=True)
    gram = np.abs(past @ past.T)
    np.fill_diagonal(gram, 0.0)
    strengths = float(gram.max()) / max(mix, 0.01) * _SHARES
    count = len(strengths)
    task = Task(np.tile(outcomes[rows], (count, 1)), before, after, np.tile(allowed, (count, 1)))
    found = elastic_net(outcomes, task, np.repeat(strengths, len(rows)), mix)
    errors = found.gaps[:, after].mean(axis=1).reshape(count, len(rows))
    return float(strengths[int((errors**2).mean(axis=1).argmin())])
