"""A control chart of single values: what is usual in a series, and which values are not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

#: Limits are this multiple of the average moving range from the centre: three sigma.
_REACH = 2.66
#: Values in a row on one side of the centre that are a shift, as NHS England's rule has it.
RUN = 7


class ControlChart(NamedTuple):
    """Centre and limits from a baseline, and the values that stand out.

    `beyond` (T,) marks values outside the limits, `shift` those in a run of at least `RUN` on one
    side of the centre, `after` the baseline. `memory` is the correlation of neighbouring values in
    the baseline: where it is large the limits are too narrow and runs are common.
    """

    centre: float
    low: float
    high: float
    beyond: Masks
    shift: Masks
    memory: float


def control_chart(series: Floats, baseline: Masks) -> ControlChart:
    """Limits of individual values from the moving ranges of a baseline (XmR chart).

    Parameters
    ----------
    series
        Values by period, (T,); `nan` where missing.
    baseline
        Mask (T,) of the periods that say what is usual; at least two neighbours with values.

    Raises
    ------
    ValueError
        Where the baseline has no two neighbouring values.

    References
    ----------
    Shewhart (1931), Economic Control of Quality of Manufactured Product; Provost & Murray (2011),
    The Health Care Data Guide, ISBN 978-0-470-90258-5.

    Examples
    --------
    Ranges 2 and 2, so limits of 2.66 × 2 about their mean:

    >>> found = control_chart(np.array([10., 12, 10, 20]), np.arange(4) < 3)
    >>> round(found.centre, 2), round(found.low, 2), round(found.high, 2), found.beyond.tolist()
    (10.67, 5.35, 15.99, [False, False, False, True])
    """
    usual = np.where(baseline, series, np.nan)
    ranges = np.abs(np.diff(usual))
    ranges = ranges[np.isfinite(ranges)]
    if not len(ranges):
        raise ValueError("there are no two neighbouring values before the start")
    centre, reach = float(np.nanmean(usual)), _REACH * float(ranges.mean())
    known = np.isfinite(series)
    with np.errstate(invalid="ignore"):
        beyond = np.abs(series - centre) > reach + 1e-12 * max(abs(centre), 1.0)
        side = np.where(known, np.sign(series - centre), 0.0)
    return ControlChart(
        centre, centre - reach, centre + reach, beyond & known,
        _runs(side, known & ~baseline), _memory(usual - centre),
    )  # fmt: skip


def _runs(side: Floats, known: Masks) -> Masks:
    """Values in a run of at least `RUN` on one side; missing ones neither break nor lengthen it."""
    found = np.zeros(len(side), dtype=bool)
    places = np.flatnonzero(known)
    if not len(places):
        return found
    signs = side[places]
    edges = np.flatnonzero(np.diff(signs)) + 1
    for run in np.split(places, edges):
        if len(run) >= RUN and side[run[0]] != 0:
            found[run] = True
    return found


def _memory(deviations: Floats) -> float:
    """Correlation of neighbours; 0 where it is not known."""
    one, next_one = deviations[:-1], deviations[1:]
    both = np.isfinite(one) & np.isfinite(next_one)
    total = float(np.nansum(deviations**2))
    return float((one[both] * next_one[both]).sum() / total) if total > 0 else 0.0
