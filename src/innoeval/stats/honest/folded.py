"""Quantile of |N(t, 1)|: what an interval of fixed length needs when its centre may be off by t."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]


def folded_normal_quantile(t: Floats | float, level: float) -> Floats:
    """Quantile of the absolute value of a normal with mean t and variance 1.

    Parameters
    ----------
    t
        Worst bias in standard errors, of any shape.
    level
        Probability, between 1/2 and 1.

    Examples
    --------
    No bias gives the usual 1.96; a large one t + 1.645:

    >>> folded_normal_quantile(np.array([0.0, 1.0, 6.0]), .95).round(3).tolist()
    [1.96, 2.646, 7.645]
    """
    shift = np.abs(np.asarray(t, dtype=np.float64))
    # From here the distribution function is concave, and lies below the level: Newton's steps
    # rise to the quantile and never pass it.
    found: Floats = shift + ndtri(level)
    for _ in range(20):
        short = level - (ndtr(found - shift) - ndtr(-found - shift))
        density = np.exp(-0.5 * (found - shift) ** 2) + np.exp(-0.5 * (found + shift) ** 2)
        step = short * np.sqrt(2 * np.pi) / density
        found = found + step
        if np.abs(step).max(initial=0.0) < 1e-13:
            break
    return found
