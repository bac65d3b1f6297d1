"""Groups of comparison units that are taken for treated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]


def placebo_groups(changes: Floats, treated: Masks, draws: int, seed: int) -> float:
    """Share of groups of comparison units whose change exceeds that of the treated units.

    Groups of as many units as are treated are drawn from the comparison units and held against
    the rest of them; as the rest is smaller than the comparison group, the differences are shrunk
    to the spread that they would have against all of it.

    Parameters
    ----------
    changes
        Change of each unit, positive = better, (N,); `nan` for units without one.
    treated
        Mask (N,).
    draws, seed
        Of the random groups; with one treated unit every comparison unit is taken once.

    Returns
    -------
    The share, the real group counted; `nan` where a group would have nothing to be held against.

    Examples
    --------
    One treated unit with a change of 5 is beaten by none of four: 1 of 5.

    >>> placebo_groups(np.array([5., 1, 2, 3, 2]), np.arange(5) < 1, draws=99, seed=1)
    0.2
    """
    real, shrunk = placebo_differences(changes, treated, draws, seed)
    if not len(shrunk):
        return float("nan")
    return float((1 + (shrunk >= real).sum()) / (1 + len(shrunk)))


def placebo_differences(
    changes: Floats, treated: Masks, draws: int, seed: int
) -> tuple[float, Floats]:
    """The change of the treated units less that of the others, and the same of placebo groups.

    Parameters
    ----------
    changes, treated, draws, seed
        As for `placebo_groups`.

    Returns
    -------
    The real difference, and one for each group; no group where it would have nothing to be held
    against.

    Examples
    --------
    >>> real, found = placebo_differences(np.array([5., 1, 2, 3, 2]), np.arange(5) < 1, 99, 1)
    >>> real, found.round(2).tolist()
    (3.0, [-1.29, 0.0, 1.29, 0.0])
    """
    known = np.isfinite(changes)
    ours, theirs = changes[known & treated], changes[known & ~treated]
    n, m = len(ours), len(theirs)
    if n < 1 or m - n < 2:
        return float("nan"), np.empty(0)
    real = float(ours.mean() - theirs.mean())
    if n == 1:
        member = np.eye(m)
    else:
        rng = np.random.default_rng(seed)
        member = np.zeros((draws, m))
        chosen = rng.random((draws, m)).argpartition(n - 1, axis=1)[:, :n]
        np.put_along_axis(member, chosen, 1.0, axis=1)
    sums = member @ theirs
    found = sums / n - (theirs.sum() - sums) / (m - n)
    return real, np.asarray(found * np.sqrt((1 / n + 1 / m) / (1 / n + 1 / (m - n))))
