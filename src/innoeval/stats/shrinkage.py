"""Empirical-Bayes shrinkage: what is left of a number that stood out among many."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.random_effects import random_effects

Floats = npt.NDArray[np.float64]


class Shrunk(NamedTuple):
    """Posterior means and standard deviations (K,), and the mean and spread of all effects."""

    mean: Floats
    sd: Floats
    prior_mean: float
    prior_sd: float


def shrink_normal(estimates: npt.ArrayLike, std_errors: npt.ArrayLike) -> Shrunk:
    """Move estimates towards their common mean by as much as each is noise.

    Effects are taken as a sample of a normal law whose mean and variance (REML) are estimated from
    the same numbers; what that adds to the posterior variance of each is included to first order in
    the mean.

    Parameters
    ----------
    estimates, std_errors
        Arrays of shape (K,), K ≥ 2.

    References
    ----------
    Efron & Morris (1975), Journal of the American Statistical Association 70:311-319,
    doi:10.1080/01621459.1975.10479864; Morris (1983), 78:47-55,
    doi:10.1080/01621459.1983.10477920.

    Examples
    --------
    The noisy 4 keeps less than a third of its distance from the mean, the precise ones nearly all:

    >>> found = shrink_normal([4.0, 1.0, -1.0, 0.5], [2.0, 0.1, 0.1, 0.1])
    >>> found.mean.round(1).tolist()
    [1.4, 1.0, -1.0, 0.5]
    """
    y, se = np.asarray(estimates, dtype=np.float64), np.asarray(std_errors, dtype=np.float64)
    fit = random_effects(y, se**2)
    centre = float(fit.coefficients[0])
    noise = se**2 / (se**2 + fit.tau2)
    mean = centre + (1 - noise) * (y - centre)
    plain = 1 / (1 / (se**2 + fit.tau2)).sum()
    return Shrunk(
        mean=mean,
        sd=np.sqrt(noise * fit.tau2 + noise**2 * plain),
        prior_mean=centre,
        prior_sd=float(np.sqrt(fit.tau2)),
    )
