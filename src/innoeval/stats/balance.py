"""How far apart two groups were before anything happened."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def hedges_g(past: Floats, treated: Mask) -> float | None:
    """Standardised difference of the units' averages, treated less others, corrected for few units.

    The difference of the groups' means by the pooled standard deviation of units within groups,
    times 1 − 3 / (4 n − 9).

    Parameters
    ----------
    past
        Outcomes before the start, (N, T), `nan` where missing; a unit without a value is left out.
    treated
        Mask (N,).

    Returns
    -------
    g; None with fewer than two units in a group, or where units within groups do not differ.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6:107-128, doi:10.3102/10769986006002107.

    Examples
    --------
    Means 6 and 5, both with standard deviation 1, six units: 1 · (1 − 3/15) = 0.8.

    >>> past = np.array([[5.0], [6], [7], [4], [5], [6]])
    >>> hedges_g(past, np.array([True] * 3 + [False] * 3))
    0.8
    """
    seen = np.isfinite(past)
    counts = seen.sum(axis=1)
    some = counts > 0
    average = np.where(seen, past, 0.0).sum(axis=1)[some] / counts[some]
    ours, theirs = average[treated[some]], average[~treated[some]]
    n = len(average)
    if min(len(ours), len(theirs)) < 2:
        return None
    within = ((ours - ours.mean()) ** 2).sum() + ((theirs - theirs.mean()) ** 2).sum()
    spread = float(np.sqrt(within / (n - 2)))
    if not spread > 1e-12 * float(np.abs(average).max()):
        return None
    return float((ours.mean() - theirs.mean()) / spread * (1 - 3 / (4 * n - 9)))
