"""Many tests at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def holm(p_values: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> npt.NDArray[np.float64]:
    """Adjusted p-values that keep the family-wise error rate (Holm's step-down method).

    Parameters
    ----------
    p_values
        Array of shape (K,).
    weights
        How much of the error rate each hypothesis is worth, (K,), positive, fixed before the
        p-values are seen; None: all the same.

    Returns
    -------
    Array of shape (K,): a hypothesis is rejected at level α where its adjusted p-value is ≤ α.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6:65-70, https://www.jstor.org/stable/4615733;
    for the weights Benjamini & Hochberg (1997), Scandinavian Journal of Statistics 24:407-418,
    doi:10.1111/1467-9469.00072.

    Examples
    --------
    3 × .01, then max(.03, 2 × .04), then max(.08, 1 × .03):

    >>> holm([.01, .04, .03]).round(2).tolist()
    [0.03, 0.06, 0.06]

    With weights 2, 1, 1 the smallest p / w is .01 / 2, and .005 × (2 + 1 + 1) = .02:

    >>> holm([.01, .04, .03], [2, 1, 1]).round(2).tolist()
    [0.02, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=np.float64)
    order = np.argsort(p / w, kind="stable")
    left = w[order][::-1].cumsum()[::-1]
    steps = left * (p / w)[order]
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
