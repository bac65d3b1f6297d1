"""Answers on an ordered scale: ridits, which are chances of the better answer, and shares from a rung up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def mean_ridits(counts: Floats, base: Mask) -> Floats:
    r"""Chance that an answer of each period is better than one of the base periods, (T,).

    Ties count half: :math:`r_t = P(Y_t > Y_0) + \tfrac12 P(Y_t = Y_0)`, the probability of
    superiority over all answers of the base periods together. No distance between rungs is assumed;
    over the base periods themselves it is ½ on average.

    Parameters
    ----------
    counts
        Number of answers on each rung, from the worst to the best, (T, J); a period without
        answers gives `nan`.
    base
        Mask of the base periods, (T,).

    References
    ----------
    Bross (1958), doi:10.2307/2527727; Agresti (2010), ISBN 978-0-470-08289-8, chapter 2.

    Examples
    --------
    Before 1 : 2 : 1; after everybody is on the best rung, better than 3 in 4 and level with the rest:

    >>> mean_ridits(np.array([[1.0, 2, 1], [0, 0, 5]]), np.array([True, False])).tolist()
    [0.5, 0.875]
    """
    together = np.nansum(counts[base], axis=0)
    share = together / together.sum()
    ridits = np.cumsum(share) - share / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(counts @ ridits / counts.sum(axis=1))


def mean_scores(counts: Floats, scores: Floats) -> Floats:
    """Mean score of each period, (T,), for scores of the rungs (J,).

    Examples
    --------
    >>> mean_scores(np.array([[1.0, 2, 1], [0, 0, 5]]), np.array([1.0, 2, 3])).tolist()
    [2.0, 3.0]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(counts @ scores / counts.sum(axis=1))
