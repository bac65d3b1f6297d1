"""Simultaneous bands: one critical value for many estimates at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def simultaneous(covariance: Floats, level: float, draws: int, seed: int) -> float:
    """Critical value that the largest of many studentised estimates exceeds with 1 − level.

    Drawn from the normal law with the estimates' covariance. Conditional on the data, a multiplier
    bootstrap with normal weights has exactly that law, so nothing is lost by not resampling units.

    Parameters
    ----------
    covariance
        Of the estimates, (J, J). Those without an error are left out.
    level
        Such as 0.95.
    draws, seed
        Number of draws, and their seed.

    References
    ----------
    Montiel Olea & Plagborg-Møller (2019), Journal of Applied Econometrics 34:1-17,
    doi:10.1002/jae.2656; Callaway & Sant'Anna (2021), Journal of Econometrics 225:200-230,
    doi:10.1016/j.jeconom.2020.12.001.

    Examples
    --------
    One estimate needs the usual 1.96, twenty independent ones about 3:

    >>> one, twenty = (simultaneous(np.eye(n), .95, 100_000, seed=1) for n in (1, 20))
    >>> round(one, 1), round(twenty, 1)
    (2.0, 3.0)
    """
    error = np.sqrt(np.diag(covariance))
    known = error > 0
    if not known.any():
        return np.nan
    correlation = covariance[np.ix_(known, known)] / np.outer(error[known], error[known])
    values, vectors = np.linalg.eigh(correlation)
    half = vectors * np.sqrt(np.clip(values, 0, None))
    normal = np.random.default_rng(seed).standard_normal((draws, len(half)))
    return float(np.quantile(np.abs(normal @ half.T).max(axis=1), level))
