"""One choice of units, many metrics: which of them moved more than the best of all by chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]


def studentised(changes: Floats, chosen: Masks, *, pooled: bool = False) -> Floats:
    """Difference in means over its robust error, of each metric under each choice of units.

    Parameters
    ----------
    changes
        Array (N, K): the change of each unit in each metric.
    chosen
        Choices of treated units (M, N), the real one first.
    pooled
        Take one spread for both groups: a few treated units say next to nothing of their own.

    Returns
    -------
    Array (M, K); 0 where a metric does not vary.

    Examples
    --------
    Means 3 and 0, squared deviations 2/4 and 2/4 (HC0), so 3/√1:

    >>> studentised(np.array([[2.0], [4], [-1], [1]]), np.array([[True, True, False, False]])).item()
    3.0
    """
    member = chosen.astype(np.float64)
    ours = member.sum(axis=1, keepdims=True)
    theirs = chosen.shape[1] - ours
    centred = changes - changes.mean(axis=0)
    total, squares = member @ centred, member @ centred**2
    within = squares - total**2 / ours
    beyond = (centred**2).sum(axis=0) - squares - total**2 / theirs
    within, beyond = np.maximum(within, 0.0), np.maximum(beyond, 0.0)
    if pooled:
        variance = (within + beyond) / (ours * theirs)
    else:
        variance = within / ours**2 + beyond / theirs**2
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = total * (1 / ours + 1 / theirs) / np.sqrt(variance)
    return np.where(variance > 1e-20 * squares.max(initial=0.0), found, 0.0)


def step_down(statistics: Floats) -> Floats:
    """Adjusted p-values of many metrics that share their choices of units (Romano-Wolf).

    Parameters
    ----------
    statistics
        Array (M, K), large where a metric moved; the real choice of units first.

    Returns
    -------
    Array (K,): p-values that keep the family-wise error rate whatever the correlation of metrics.

    References
    ----------
    Romano & Wolf (2005), Econometrica 73:1237-1282, doi:10.1111/j.1468-0262.2005.00615.x; Westfall
    & Young (1993), Resampling-Based Multiple Testing, ISBN 978-0-471-55761-6.

    Examples
    --------
    The first metric's 5 is matched by one maximum of four (its own); the second's 3 is matched,
    among what is left, by itself and by the 4:

    >>> step_down(np.array([[5.0, 3.0], [1.0, 4.0], [4.5, 0.0], [2.0, 1.0]])).tolist()
    [0.25, 0.5]
    """
    order = np.argsort(-statistics[0], kind="stable")
    ranked = statistics[:, order]
    # The largest of each metric and all that rank below it.
    most = np.maximum.accumulate(ranked[:, ::-1], axis=1)[:, ::-1]
    p = (most >= ranked[0] - 1e-10 * np.abs(ranked[0])).mean(axis=0)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(p)
    return adjusted
