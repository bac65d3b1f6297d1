"""What a trend that began shortly before a start, and goes on after it, looks like in each unit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from innoeval.stats.contrast import Floats, coefficients, slopes

#: How long before the start such a trend may have begun, the last periods before the start that lie
#: on it in any case, and the fewest periods that are needed before it and after the start.
LATE, LAST, FEWEST = 6, 3, 6


class LateTrend(NamedTuple):
    """Seven contrasts of each unit, (N,), `nan` where its periods do not give one.

    Parameters
    ----------
    slope
        Per period, from the start on.
    bend
        By how much that exceeds an earlier trend, in a fit of a level, a trend, a bend six periods
        before the start and a step at the start.
    began
        Slope in the six periods before the start, of a line that is flat earlier and bends again when
        the start is first seen: 0 for what rises from the start on.
    jump
        How far the last three periods before the start lie beyond the three before them, carried on
        with `slope`.
    carried
        What the course of the last six periods before the start, carried on with `slope`, adds after it.
    beyond_six, beyond_three
        What is left after the start beyond that, from the last six and from the last three periods.
    """

    slope: Floats
    bend: Floats
    began: Floats
    jump: Floats
    carried: Floats
    beyond_six: Floats
    beyond_three: Floats


def late_trend(outcomes: Floats, launch: int) -> LateTrend | None:
    """Contrasts that tell a trend that began late from a step, a head start and a growing effect.

    Parameters
    ----------
    outcomes
        Array (N, T) with `nan` for missing cells.
    launch
        Position of the first period after the start.

    Returns
    -------
    The contrasts; None with too few periods.

    Examples
    --------
    One unit rises by 1 a period from six periods before the start on, and one by 4 at the start:

    >>> time = np.arange(18.0) - 12
    >>> found = late_trend(np.array([np.maximum(time + 6, 0), 4.0 * (time >= 0)]), launch=12)
    >>> found.slope.round(9).tolist(), found.jump.round(9).tolist()
    ([1.0, 0.0], [0.0, 0.0])

    The periods after the start are 6 to 11 from where it began, those before it 0 to 5:

    >>> found.carried.round(9).tolist(), found.beyond_six.round(9).tolist()
    ([6.0, 0.0], [0.0, 4.0])
    """
    time = np.arange(outcomes.shape[1]) - float(launch)
    if min(launch - LATE, len(time) - launch) < FEWEST:
        return None
    begun, level = np.maximum(time + LATE, 0.0), np.ones(len(time))
    # What comes with the start is first seen one period after the last one without it.
    since = np.maximum(time + 1, 0.0)
    bend = coefficients(outcomes, np.column_stack([begun, level, time, time >= 0]))[:, 0]
    began = coefficients(outcomes, np.column_stack([begun, level, since]))[:, 0]
    slope, later, after = slopes(outcomes, time >= 0)
    _, at_six, six = slopes(outcomes, (time < 0) & (time >= -LATE))
    _, at_first, first = slopes(outcomes, (time < -LAST) & (time >= -LATE))
    _, at_last, last = slopes(outcomes, (time < 0) & (time >= -LAST))
    return LateTrend(
        slope=slope,
        bend=bend,
        began=began,
        jump=last - first - slope * (at_last - at_first),
        carried=slope * (later - at_six),
        beyond_six=after - six - slope * (later - at_six),
        beyond_three=after - last - slope * (later - at_last),
    )
