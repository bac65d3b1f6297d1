"""Many tests at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def holm(p_values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Adjusted p-values that keep the family-wise error rate (Holm's step-down method).

    Parameters
    ----------
    p_values
        Array of shape (K,).

    Returns
    -------
    Array of shape (K,): a hypothesis is rejected at level α where its adjusted p-value is ≤ α.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6:65-70, https://www.jstor.org/stable/4615733.

    Examples
    --------
    3 × .01, then max(.03, 2 × .04), then max(.08, 1 × .03):

    >>> holm([.01, .04, .03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    steps = (len(p) - np.arange(len(p))) * p[order]
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
