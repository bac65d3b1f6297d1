"""Prediction intervals of a synthetic control: errors of the weights, and shocks after the start."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from innoeval.stats.donors import Task
from innoeval.stats.simplex import simplex

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]


def prediction_interval(
    outcomes: Floats,
    task: Task,
    weights: Floats,
    gaps: Floats,
    windows: Masks,
    level: float,
    *,
    draws: int,
    seed: int,
) -> tuple[Floats, Floats, Floats]:
    """Ends of the intervals of K effects, each half of the error probability in one of two parts.

    The weights' part: the conditions of the fit are shaken by Gaussian errors with the
    heteroskedasticity-robust variance of the residuals, the weights are solved anew on the simplex,
    and the quantiles of what that does to the imitation are taken. The later shocks' part: a
    Gaussian bound with the residuals' variance, for means over a window with their
    autocorrelation of first order.

    Parameters
    ----------
    outcomes, task
        See `synthetic_control`; the first target is meant.
    weights, gaps
        Its weights (N,) and gaps (T,).
    windows
        Masks (K, T) of the periods whose mean effect is meant.
    level
        Level of the interval.
    draws, seed
        Of the errors of the weights.

    Returns
    -------
    Low and high ends, and the standard error of both parts together, each (K,).

    References
    ----------
    Cattaneo, Feng & Titiunik (2021), JASA 116:1865-1880, doi:10.1080/01621459.2021.1979561. They
    bound the weights' part over all weights that the shaken conditions admit; here their best is
    taken, which is shorter.
    """
    from scipy.special import ndtri

    past = outcomes[:, task.before]
    middle = past.mean(axis=0)
    past = past - middle
    left = gaps[task.before]
    used = int((weights > 1e-6).sum())
    spare = max(len(left) - used + 1, 1)
    inflated = left * np.sqrt(len(left) / spare)
    rng = np.random.default_rng(seed)
    shaken = (rng.standard_normal((draws, len(left))) * inflated) @ past.T
    gram = past @ past.T
    again = simplex(
        gram, gram @ weights + shaken, allowed=np.repeat(task.allowed[:1], draws, axis=0),
        start=np.repeat(weights[None], draws, axis=0),
    ).weights  # fmt: skip
    share = windows / windows.sum(axis=1, keepdims=True)
    away = (again - weights) @ outcomes @ share.T
    error = 1 - level
    low, high = np.quantile(away, [error / 4, 1 - error / 4], axis=0)
    shock = _spread(inflated, windows.sum(axis=1))
    reach = ndtri(1 - error / 4) * shock
    effects = share @ gaps
    return effects - high - reach, effects - low + reach, np.sqrt(away.var(axis=0) + shock**2)


def _spread(left: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """Standard deviation of a mean over so many periods, with autocorrelation of first order."""
    variance = float((left**2).mean())
    raw = float((left[1:] * left[:-1]).sum() / (left**2).sum()) if variance > 0 else 0.0
    rho = float(np.clip(raw + (1 + 3 * raw) / len(left), 0.0, 0.95))
    inflation = np.array(
        [1 + 2 * sum((1 - k / m) * rho**k for k in range(1, m)) for m in lengths.tolist()]
    )
    return np.sqrt(variance * inflation / lengths)
