"""What a rate's numerator and its denominator each do to its change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from innoeval.stats.contrast import Floats

Integers = npt.NDArray[np.int64]

#: A rate may differ so much from numerator over denominator, as a share of it: rounding.
_ROUNDED = 0.02


def rate_factor(outcomes: Floats, numerator: Floats, denominator: Floats) -> float | None:
    """What a rate is per (1, 100, 1000 …); None where the outcome is no rate of these columns.

    Parameters
    ----------
    outcomes, numerator, denominator
        Arrays (N, T), `nan` where missing.

    Examples
    --------
    >>> rate_factor(np.array([[25.0, 50]]), np.array([[1.0, 4]]), np.array([[4.0, 8]]))
    100.0
    >>> rate_factor(np.array([[25.0, 51]]), np.array([[4.0, 4]]), np.array([[4.0, 8]])) is None
    True
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = outcomes * denominator / numerator
    known = ratio[np.isfinite(ratio) & (numerator > 0)]
    if not known.size:
        return None
    low, middle, high = np.quantile(known, [0.05, 0.5, 0.95])
    return float(middle) if high - low <= _ROUNDED * middle else None


def held(numerator: Floats, denominator: Floats, starts: Integers) -> Floats:
    """Numerator over the unit's mean denominator before its start (before the first, if it has none).

    Parameters
    ----------
    numerator, denominator
        Arrays (N, T), `nan` where missing.
    starts
        Position of each unit's first treated period, (N,); T for units that never start.

    Examples
    --------
    Twice the cases after the start and as many events: with the cases held, nothing changed.

    >>> held(np.array([[2.0, 2]]), np.array([[4.0, 8]]), np.array([1])).tolist()
    [[0.5, 0.5]]
    """
    time = np.arange(denominator.shape[1])
    before = time < np.where(starts < len(time), starts, starts.min())[:, None]
    seen = before & np.isfinite(denominator)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(seen, denominator, 0.0).sum(axis=1) / seen.sum(axis=1)
        kept: Floats = numerator / mean[:, None]
    return np.where(np.isfinite(kept), kept, np.nan)
