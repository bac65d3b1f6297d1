"""Block-conformal inference on the level change of one series: residuals moved along in blocks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Conformal(NamedTuple):
    """Effect, p-value of no effect, and the ends of the interval (infinite where it sets no bound)."""

    effect: float
    p_value: float
    low: float
    high: float


def block_conformal(
    y: npt.ArrayLike, X: Floats, exposure: Floats, level: float = 0.95
) -> Conformal:
    r"""Test and interval of a constant effect, without a model of the errors.

    Under the hypothesis θ the residuals u(θ) of :math:`y - \theta d` on the other columns are
    stationary, so that the sum over the treated block is as likely as that over any of the n
    blocks of the same form moved cyclically along the series. The interval holds every θ whose
    block is not among the largest :math:`1 - level`; it is found exactly, as each comparison of
    two blocks is an interval in θ.

    Parameters
    ----------
    y
        Series without gaps, (n,).
    X
        Columns other than the effect's, (n, k).
    exposure
        The effect's column d, (n,): 1 where treated.
    level
        Level of the interval. With fewer than 1 / (1 − level) periods it sets no bound.

    References
    ----------
    Chernozhukov, Wüthrich & Zhu (2021), doi:10.1080/01621459.2021.1920957.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal(60)
    >>> d = (np.arange(60) >= 40) * 1.0
    >>> found = block_conformal(noise - 3 * d, np.ones((60, 1)), d)
    >>> found.low < -3 < found.high < 0
    True
    """
    series = np.asarray(y, dtype=np.float64)
    Q, _ = np.linalg.qr(X)
    both = np.column_stack([series, exposure])
    for _ in range(2):  # the second round mends the rounding of the first
        both = both - Q @ (Q.T @ both)
    n = len(series)
    shifts = (np.arange(n)[:, None] - np.arange(n)[None, :]) % n
    a, c = (exposure[shifts].T @ both).T
    low, high, inside = _never_larger(a, c)
    # p(θ) is the share of blocks at least as large; each other block is smaller on one interval
    # (or outside it): count along the sorted ends.
    edges = np.unique(np.concatenate([low, high, [0.0]]))
    edges = edges[np.isfinite(edges)]
    middles = (edges[1:] + edges[:-1]) / 2
    points = np.concatenate([[edges[0] - 1], middles, [edges[-1] + 1]])
    within = (points > low[:, None]) & (points < high[:, None])
    accepted = np.where(inside[:, None], within, ~within).mean(axis=0) > 1 - level + 1e-12
    first, last = int(np.argmax(accepted)), len(points) - 1 - int(np.argmax(accepted[::-1]))
    return Conformal(
        effect=float(a[0] / c[0]),
        p_value=float((np.abs(a) >= np.abs(a[0]) * (1 - 1e-12)).mean()),
        low=-np.inf if first == 0 else float(edges[first - 1]),
        high=np.inf if last == len(points) - 1 else float(edges[last]),
    )


def _never_larger(a: Floats, c: Floats) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Where |a − θc| ≥ |a₀ − θc₀|, for each block: inside or outside an interval of θ."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (a[0] - a) / (c[0] - c), (a[0] + a) / (c[0] + c)
    # |a − θc|² − |a₀ − θc₀|² is a parabola in θ that opens downwards where |c| < |c₀|.
    downwards = np.abs(c) < np.abs(c[0]) * (1 - 1e-12)
    equal = np.isclose(a, a[0]) & np.isclose(c, c[0])
    low, high = np.fmin(one, two), np.fmax(one, two)
    low, high = np.where(equal, -np.inf, low), np.where(equal, np.inf, high)
    low, high = np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
    return low, high, downwards | equal
