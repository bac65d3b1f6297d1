"""Synthetic control by predictors: which of them count, and weights that match them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from innoeval.stats.donors import Imitation, Task
from innoeval.stats.simplex import simplex

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

Importance = Literal["equal", "regression", "cross_validation"]

#: Candidates drawn at first and in each of the rounds that close in on the best.
_DRAWS, _ROUNDS = 150, 4
#: Numbers held at once while candidates are tried.
_MOST = 4_000_000


def matched_control(
    outcomes: Floats, task: Task, features: Floats, importance: Floats
) -> Imitation:
    r"""Donors weighted so that their predictors equal the target's, the important ones closely.

    Weights minimise :math:`\sum_pv_p(z_{1p}-\sum_jw_jz_{jp})^2` over the simplex, with predictors z in
    standard deviations.

    Parameters
    ----------
    outcomes
        Array (N, T).
    task
        What is to be imitated, with its members.
    features
        Predictors of all units, (N, P).
    importance
        v, (P,).

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105:493-505, doi:10.1198/jasa.2009.ap08746.
    """
    z, aims = _standard(features, _aims(features, task))
    weighted = z * importance
    found = simplex(weighted @ z.T, aims @ weighted.T, allowed=task.allowed, start=task.start)
    gaps = task.targets - found.weights @ outcomes
    misfit = np.sqrt((gaps[:, task.before] ** 2).mean(axis=1))
    return Imitation(found.weights, gaps, misfit, np.zeros_like(gaps))


def choose_importance(
    outcomes: Floats, task: Task, features: Floats, how: Importance, seed: int
) -> Floats:
    """Importance of each predictor, (P,), summing to one.

    Parameters
    ----------
    outcomes, task, features
        See `matched_control`; the first target is the real one.
    how
        "equal"; "regression": squared coefficients of a regression of the outcomes before on the
        predictors, over all donors; "cross_validation": those whose weights imitate the target best in
        the second half of the periods before the start.
    seed
        Seed of the search.

    Examples
    --------
    The first predictor drives the outcome, the second is noise:

    >>> rng = np.random.default_rng(1)
    >>> features = rng.normal(size=(40, 2))
    >>> outcomes = features[:, :1] * 5 + rng.normal(size=(40, 12))
    >>> before, donors = np.arange(12) < 8, np.arange(40)[None] > 0
    >>> task = Task(outcomes[:1], before, ~before, donors, members=np.eye(40)[:1])
    >>> bool(choose_importance(outcomes, task, features, "regression", 1)[0] > 0.9)
    True
    """
    n_predictors = features.shape[1]
    equal: Floats = np.full(n_predictors, 1.0 / n_predictors)
    if how == "equal" or n_predictors == 1:
        return equal
    donors = task.allowed[0]
    z, aims = _standard(features, _aims(features, task))
    design = np.column_stack([np.ones(int(donors.sum())), z[donors]])
    past = outcomes[donors][:, task.before]
    squares = (np.linalg.lstsq(design, past, rcond=None)[0][1:] ** 2).sum(axis=1)
    by_regression = squares / squares.sum() if squares.sum() > 0 else equal
    if how == "regression":
        return by_regression
    late = np.flatnonzero(task.before)[int(task.before.sum()) // 2 :]
    rng = np.random.default_rng(seed)
    best, least = equal, np.inf
    tried = np.vstack([equal, by_regression, rng.dirichlet(np.ones(n_predictors), size=_DRAWS)])
    for turn in range(_ROUNDS + 1):
        errors = _errors(outcomes, task, z, aims[0], tried, late)
        if errors.min() < least:
            best, least = tried[int(errors.argmin())], float(errors.min())
        tried = best * np.exp(rng.normal(size=(_DRAWS, n_predictors)) / 2**turn)
        tried /= tried.sum(axis=1, keepdims=True)
    return best


def _errors(
    outcomes: Floats, task: Task, z: Floats, aim: Floats, tried: Floats, late: npt.NDArray[np.int64]
) -> Floats:
    """Mean squared gap of the real target in some periods, for each candidate."""
    step = max(1, _MOST // len(z) ** 2)
    parts = []
    for first in range(0, len(tried), step):
        importance = tried[first : first + step]
        weighted = z * importance[:, None, :]
        allowed = np.repeat(task.allowed[:1], len(importance), axis=0)
        weights = simplex(weighted @ z.T, weighted @ aim, allowed=allowed).weights
        gaps = task.targets[0, late] - weights @ outcomes[:, late]
        parts.append((gaps**2).mean(axis=1))
    return np.concatenate(parts)


def _aims(features: Floats, task: Task) -> Floats:
    """Predictors of the targets."""
    if task.members is None:
        raise ValueError("the task does not say which units make up its targets")
    return task.members @ features


def _standard(features: Floats, aims: Floats) -> tuple[Floats, Floats]:
    """Predictors in standard deviations about their mean; one that does not vary counts nothing."""
    middle, spread = features.mean(axis=0), features.std(axis=0, ddof=1)
    spread = np.where(spread > 0, spread, np.inf)
    return (features - middle) / spread, (aims - middle) / spread
