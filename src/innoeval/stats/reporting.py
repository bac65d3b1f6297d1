"""Delays of reports that are seen only once they have come: right-truncated durations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def arrived(
    delay: npt.NDArray[np.int64], seen: npt.NDArray[np.int64], n: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    r"""Share of reports that have come within so many days.

    A report of an event that happened ``seen`` days ago is known only if its delay is no longer.
    The distribution is that of the product limit run backwards,
    :math:`F(d) = \prod_{j > d} (1 - n_j / N_j)`, where :math:`n_j` reports had delay j, of the
    :math:`N_j` with a delay of at most j whose event was at least j days ago. Estimand: the share
    of all reports that come within d days, among those that come within the longest time that
    can be seen. Assumes that delays do not change over time. Lawless (1994), Adjustments for
    reporting delays, Canadian Journal of Statistics 22.

    Parameters
    ----------
    delay
        Days from event to report, shape (groups,).
    seen
        Days from event to the moment at which reports were counted; never less than `delay`.
    n
        Reports in each group.

    Returns
    -------
    The share for 0, 1, ... days, up to the longest that could be seen; ends at 1.

    Examples
    --------
    Half of the reports come at once and half after a day; of today's events, only the first half
    is known.

    >>> arrived(np.array([0, 1, 0]), np.array([1, 1, 0]), np.array([50, 50, 50]))
    array([0.5, 1. ])
    """
    longest = int(seen.max())
    had = np.bincount(delay, weights=n, minlength=longest + 1)
    by_age = np.bincount(seen, weights=n, minlength=longest + 1)
    # Reports with a delay of at most j, less those whose event was fewer than j days ago.
    known = np.cumsum(had) - (np.cumsum(by_age) - by_age)
    with np.errstate(invalid="ignore", divide="ignore"):
        fall = np.where(known > 0, 1 - had / known, 1.0)
    return np.append(np.cumprod(fall[:0:-1])[::-1], 1.0)
