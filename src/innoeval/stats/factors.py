"""Interactive fixed effects: a few shared movements that each unit follows in its own measure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from innoeval.stats.donors import Imitation, Task

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

#: Most turns between covariates and factors.
_TURNS = 2000


def interactive_effects(outcomes: Floats, task: Task, rank: int) -> Imitation:
    r"""Targets completed by the factors of their donors.

    Donors give period effects and the first `rank` factors (principal components of what unit and
    period effects leave); each target's level and loadings are fitted to its periods before, and
    carried on. With rank 0 this is difference-in-differences.

    Parameters
    ----------
    outcomes, task
        See `synthetic_control`; the imitation has no donor weights.
    rank
        Number of factors, fewer than periods before less one.

    References
    ----------
    Bai (2009), Econometrica 77:1229-1279, doi:10.3982/ECTA6135; Xu (2017), Political Analysis
    25:57-76, doi:10.1017/pan.2016.2.

    Examples
    --------
    Each unit follows a shared movement in its own measure; the target three times, and gains 5:

    >>> shared = np.array([0.0, 1, -1, 2, 3])
    >>> outcomes = np.outer([3.0, 1, 2, -1], shared) + np.array([[1.0], [0], [4], [2]])
    >>> outcomes[0, 4] += 5
    >>> before = np.arange(5) < 4
    >>> task = Task(outcomes[:1], before, ~before, np.array([[False, True, True, True]]))
    >>> np.abs(interactive_effects(outcomes, task, 1).gaps).round(9).tolist()
    [[0.0, 0.0, 0.0, 0.0, 5.0]]
    """
    gaps = np.empty_like(task.targets)
    for row, allowed in enumerate(task.allowed):
        period, factors = movements(outcomes[allowed], rank)
        aim = task.targets[row] - period
        design = np.column_stack([np.ones(len(aim)), factors])
        fitted, *_ = np.linalg.lstsq(design[task.before], aim[task.before], rcond=None)
        gaps[row] = aim - design @ fitted
    spare = int(task.before.sum()) - 1 - rank
    spread = np.sqrt((gaps[:, task.before] ** 2).sum(axis=1) / max(spare, 1))
    return Imitation(np.zeros(task.allowed.shape), gaps, spread)


def movements(donors: Floats, rank: int) -> tuple[Floats, Floats]:
    """Period effects (T,) and factors (T, rank) of donors (n, T)."""
    period = donors.mean(axis=0)
    left = donors - period
    left = left - left.mean(axis=1, keepdims=True)
    if rank == 0:
        return period, np.empty((len(period), 0))
    # The smaller of the two Gram matrices gives the same components.
    _, vectors = np.linalg.eigh(left.T @ left)
    factors: Floats = vectors[:, ::-1][:, :rank]
    return period, factors


def choose_rank(
    outcomes: Floats, targets: Floats, befores: Masks, donors: Masks, most: int = 5
) -> int:
    """Number of factors that predicts the targets best in periods left out, one at a time.

    Parameters
    ----------
    outcomes
        Array (N, T).
    targets
        Series of the treated units, (K, T).
    befores
        Mask (K, T) of each one's periods before its start.
    donors
        Mask (N,).
    most
        Most factors that are tried.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> outcomes = np.outer(rng.normal(size=30), rng.normal(size=20)) * 3 + rng.normal(size=(30, 20))
    >>> before = np.arange(20)[None] < 15
    >>> choose_rank(outcomes, outcomes[:1], before, np.arange(30) > 0)
    1
    """
    shortest = int(befores.sum(axis=1).min())
    most = max(0, min(most, shortest - 3, int(donors.sum()) - 2))
    period, factors = movements(outcomes[donors], most)
    errors = []
    for rank in range(most + 1):
        total = 0.0
        for target, before in zip(targets, befores, strict=True):
            design = np.column_stack([np.ones(len(period)), factors[:, :rank]])[before]
            basis, _ = np.linalg.qr(design)
            aim = (target - period)[before]
            left = aim - basis @ (basis.T @ aim)
            total += float(((left / (1 - (basis**2).sum(axis=1))) ** 2).sum())
        errors.append(total)
    return int(np.argmin(errors))


def covariate_effects(donors: Floats, covariates: Floats, rank: int) -> Floats:
    """Effects of covariates on donors beside unit, period and factor effects, (p,).

    Least squares by turns: effects given the factors, factors given the effects.

    Parameters
    ----------
    donors
        Outcomes (n, T).
    covariates
        Array (p, n, T).
    rank
        Number of factors.

    References
    ----------
    Bai (2009), Econometrica 77:1229-1279, doi:10.3982/ECTA6135.
    """
    known = np.stack([_two_way(x) for x in covariates]).reshape(len(covariates), -1)
    effects: Floats = np.zeros(len(covariates))
    for _ in range(_TURNS):
        left = _two_way(donors - np.tensordot(effects, covariates, axes=1))
        _, factors = movements(left, rank)
        shared = left @ factors @ factors.T
        before, aim = effects, (_two_way(donors) - shared).ravel()
        effects = np.asarray(np.linalg.lstsq(known.T, aim, rcond=None)[0], dtype=np.float64)
        if np.abs(effects - before).max() <= 1e-9 * max(1.0, np.abs(effects).max()):
            break
    return effects


def _two_way(values: Floats) -> Floats:
    """Values less what units and periods have on average."""
    centred: Floats = (
        values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean()
    )
    return centred
