"""Conformal inference over time: do the residuals after the start stand out among all others?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

#: Hypothetical effects tried at first, and halvings of each end afterwards.
_GRID, _HALVINGS = 41, 14


class Conformal(NamedTuple):
    """p-value of no effect and ends of the interval."""

    p_value: float
    low: float
    high: float


def block_p_values(residuals: Floats, window: Masks) -> Floats:
    """Share of the circular shifts in which a window's mean residual is as far from zero, (K,).

    Parameters
    ----------
    residuals
        Array (K, T): what is left over when a hypothetical effect has been taken off, from weights
        that were fitted to all T periods.
    window
        Mask (T,) of the periods after the start.

    Examples
    --------
    The last of five residuals is the largest, as only one shift in five makes it:

    >>> block_p_values(np.array([[1.0, -1, 0, 1, 4]]), np.arange(5) == 4).tolist()
    [0.2]
    """
    periods = residuals.shape[1]
    shifts = (np.arange(periods)[:, None] + np.arange(periods)) % periods
    moved = np.abs(residuals[:, shifts] @ window / window.sum())
    return np.asarray((moved >= moved[:, :1] * (1 - 1e-10)).mean(axis=1))


def conformal(
    residuals: Callable[[Floats], Floats], window: Masks, centre: float, scale: float, level: float
) -> Conformal:
    """Test of no effect, and all constant effects that are not rejected.

    Parameters
    ----------
    residuals
        Gives the residuals (K, T) under K hypothetical effects.
    window
        Mask (T,) of the periods with the effect.
    centre, scale
        Where to look for the interval: around an estimate, give or take some of these.
    level
        Level of the interval; an end is infinite where it lies beyond 100 scales.

    References
    ----------
    Chernozhukov, Wüthrich & Zhu (2021), JASA 116:1849-1864, doi:10.1080/01621459.2021.1920957.
    """
    p_value = float(block_p_values(residuals(np.zeros(1)), window)[0])
    reach = 4 * scale
    for _ in range(6):
        tried = centre + reach * np.linspace(-1, 1, _GRID)
        kept = np.flatnonzero(block_p_values(residuals(tried), window) > 1 - level)
        if not len(kept):
            # The estimate itself lies between two hypotheses: look closer.
            reach /= 4
        elif kept[0] > 0 and kept[-1] < _GRID - 1:
            break
        else:
            reach *= 3
    else:
        return Conformal(p_value, -np.inf, np.inf)
    ends = []
    for inside, outside in ((kept[0], kept[0] - 1), (kept[-1], kept[-1] + 1)):
        good, bad = float(tried[inside]), float(tried[outside])
        for _ in range(_HALVINGS):
            middle = (good + bad) / 2
            kept_too = block_p_values(residuals(np.array([middle])), window)[0] > 1 - level
            good, bad = (middle, bad) if kept_too else (good, middle)
        ends.append(good)
    return Conformal(p_value, ends[0], ends[1])
