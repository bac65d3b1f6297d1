"""Relative magnitudes: later violations bounded by M times the largest earlier one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Share of the test's size that its first stage spends, as in Rambachan & Roth (2023).
FIRST_STAGE = 0.1
#: Points of the first grid over effects, of each refinement, and of the circle.
_GRID, _ZOOM, _ROUNDS, _CIRCLE = 257, 17, 4, 360
#: Two moments closer than this are one moment.
_SAME = 1e-10


class Bounds(NamedTuple):
    """Ends of K robust intervals, each an array of shape (K,)."""

    low: Floats
    high: Floats


class _Moments(NamedTuple):
    """The V moments that the test maximises, for K bounds m and S cases.

    A case is an earlier change v with its sign, taken to be the largest. A moment is by_effect
    (x − θ) + by_trend v, with x the estimated effect; `root` holds its loadings on two independent
    standard normals.
    """

    x: float
    v: Floats  # (S,)
    by_effect: Floats  # (K, S, V)
    by_trend: Floats  # (K, S, V)
    root: Floats  # (K, S, V, 2)


def relative_magnitudes(
    beta: Floats,
    covariance: Floats,
    n_pre: int,
    target: Floats,
    m: Floats,
    *,
    level: float = 0.95,
    hybrid: bool = True,
) -> Bounds:
    r"""Intervals that cover the target if later violations are at most m times the earlier ones.

    The trends' difference δ may change from one period to the next after the start by at most m
    times its largest change before it: :math:`|\delta_{t+1}-\delta_t|\le m\max_{s<0}
    |\delta_{s+1}-\delta_s|`. For each earlier change s, taken with either sign to be the largest,
    effects θ are kept that the conditional test of Andrews, Roth & Pakes does not reject; the
    interval is the hull of all that are kept.

    With `hybrid`, a tenth of the test's size goes to a first stage with least favourable critical
    value, and the conditional test reckons with it (C-LF, the default of Rambachan & Roth); else
    the conditional test stands alone.

    The test minimises over the T − 1 combinations of later effects that are not the target. Its dual
    has T + 2 vertices here, all linear in two numbers (the estimate x and the change v): x − θ less
    m Σ|c| v, its mirror image, and −v once per period. So the test needs no linear program, and the
    least favourable critical value no simulation.

    Parameters
    ----------
    beta
        Event-time coefficients (n_pre + T,), in order of time, without the reference period.
    covariance
        Their covariance.
    n_pre
        Number of coefficients before the reference period.
    target
        Weights (T,) of the later coefficients in the effect of interest.
    m
        Bounds (K,), 0 or more.
    level
        Level of the intervals.
    hybrid
        Whether the first stage is used.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90:2555-2591, doi:10.1093/restud/rdad018;
    Andrews, Roth & Pakes (2023), Review of Economic Studies 90:2763-2791,
    doi:10.1093/restud/rdad004.

    Examples
    --------
    Earlier changes of about .1; an effect of 1 with standard error .2. Without violations the
    interval is the usual one but for the test's two stages, with m = 1 it is wider:

    >>> found = relative_magnitudes(np.array([.1, 1.]), np.diag([.01, .04]), 1, np.array([1.]),
    ...                             np.array([0., 1.]))
    >>> found.low.round(2).tolist(), found.high.round(2).tolist()
    ([0.61, 0.51], [1.39, 1.49])
    """
    moments = _moments(beta, covariance, n_pre, target, m)
    critical = _least_favourable(moments.root, FIRST_STAGE * (1 - level)) if hybrid else None
    start, stop = _bracket(moments, critical, level)
    theta = start[:, None] + (stop - start)[:, None] * np.linspace(0, 1, _GRID)
    kept = _kept(moments, theta, critical, level)
    first, last = kept.argmax(axis=1), _GRID - 1 - kept[:, ::-1].argmax(axis=1)
    rows = np.arange(len(theta))
    low = theta[rows, np.maximum(first - 1, 0)], theta[rows, first]
    high = theta[rows, np.minimum(last + 1, _GRID - 1)], theta[rows, last]
    share = np.linspace(0, 1, _ZOOM)
    for _ in range(_ROUNDS):
        points = [out[:, None] + (inn - out)[:, None] * share for out, inn in (low, high)]
        kept = _kept(moments, np.concatenate(points, axis=1), critical, level)
        low = _closer(points[0], kept[:, :_ZOOM])
        high = _closer(points[1], kept[:, _ZOOM:])
    return Bounds(low=low[1], high=high[1])


def relative_breakdown(
    beta: Floats,
    covariance: Floats,
    n_pre: int,
    target: Floats,
    *,
    level: float = 0.95,
    hybrid: bool = True,
) -> float:
    """Smallest m at which no effect at all can no longer be ruled out; infinite if there is none.

    Parameters are those of `relative_magnitudes`.

    Examples
    --------
    >>> relative_breakdown(np.array([.1, 1.]), np.diag([.01, .04]), 1, np.array([1.])).__round__(1)
    3.4
    """
    grid = np.concatenate([np.linspace(0, 4, 41), np.geomspace(4.4, 1e6, 40)])
    for _ in range(5):
        moments = _moments(beta, covariance, n_pre, target, grid)
        critical = _least_favourable(moments.root, FIRST_STAGE * (1 - level)) if hybrid else None
        kept = _kept(moments, np.zeros((len(grid), 1)), critical, level)[:, 0]
        if not kept.any():
            return np.inf
        first = int(kept.argmax())
        if first == 0:
            break
        grid = np.linspace(grid[first - 1], grid[first], _ZOOM)
    return float(grid[first])


def _moments(beta: Floats, covariance: Floats, n_pre: int, target: Floats, m: Floats) -> _Moments:
    """The vertices of the test's dual, for every bound and every case."""
    n_post = len(beta) - n_pre
    # Rows: changes from one period to the next; the reference period's coefficient is zero.
    with_reference = np.insert(np.eye(len(beta)), n_pre, 0.0, axis=0)
    changes = np.diff(with_reference, axis=0)
    effect = np.concatenate([np.zeros(n_pre), target])
    cases = np.concatenate([changes[:n_pre], -changes[:n_pre]])
    later = changes[n_pre:]
    # target'beta = sum of c_r times the r-th later change.
    c = np.cumsum(target[::-1])[::-1]
    # Standard deviations of ±later change − m v, by bound, case and period.
    vv = np.einsum("si,ij,sj->s", cases, covariance, cases)
    rr = np.einsum("ri,ij,rj->r", later, covariance, later)
    rv = later @ covariance @ cases.T
    spread = rr + (m[:, None, None] ** 2) * vv[:, None]
    twist = 2 * m[:, None, None] * rv.T
    up = np.sqrt(np.maximum(spread - twist, 0.0))
    down = np.sqrt(np.maximum(spread + twist, 0.0))
    rise, fall = np.maximum(c, 0.0), np.maximum(-c, 0.0)
    scale_up = up @ rise + down @ fall
    scale_down = down @ rise + up @ fall
    by_effect = np.stack([1 / scale_up, -1 / scale_down], axis=-1)
    bias = m[:, None] * np.abs(c).sum()
    by_trend = np.stack([-bias / scale_up, -bias / scale_down], axis=-1)
    # m v ≥ 0, once per period; where the target rests on one change only, the first two imply it.
    others = np.ones(n_post, dtype=bool)
    if np.count_nonzero(c) == 1:
        others[np.flatnonzero(c)] = False
    if others.any():
        signs = -2 * m[:, None, None] / np.maximum((up + down)[:, :, others], 1e-100)
        # All are multiples of one number: only the outermost two can be the largest.
        outer = np.stack([signs.min(axis=-1), signs.max(axis=-1)], axis=-1)
        by_trend = np.concatenate([by_trend, outer], axis=-1)
        by_effect = np.concatenate([by_effect, np.zeros_like(outer)], axis=-1)
    xx = float(effect @ covariance @ effect)
    xv = cases @ covariance @ effect
    along = xv / np.sqrt(xx)
    across = np.sqrt(np.maximum(vv - along**2, 0.0))
    root = np.stack(
        [by_effect * np.sqrt(xx) + by_trend * along[:, None], by_trend * across[:, None]], axis=-1
    )
    return _Moments(
        x=float(effect @ beta), v=cases @ beta, by_effect=by_effect, by_trend=by_trend, root=root
    )


def _least_favourable(root: Floats, size: float) -> Floats:
    """Value that the largest of the moments, all with mean zero, exceeds with probability `size`.

    In polar coordinates: P(largest > c) is the mean over directions of exp(−c²/(2 r²)), with r the
    largest loading in that direction. Its logarithm is convex in c², so Newton's steps from below
    rise to the solution; the largest r alone give a c² that is below and near.
    """
    angle = np.arange(_CIRCLE) * (2 * np.pi / _CIRCLE)
    reach = (root @ np.stack([np.cos(angle), np.sin(angle)])).max(axis=-2)
    reach = np.sort(np.maximum(reach, 1e-100), axis=-1)[..., ::-1]
    share = np.arange(1, _CIRCLE + 1) / _CIRCLE
    square = (2 * reach**2 * np.log(share / size)).max(axis=-1)
    rate = 0.5 / reach**2
    for _ in range(60):
        chance = np.exp(-square[..., None] * rate)
        total = chance.mean(axis=-1)
        step = np.log(total / size) * total / (chance * rate).mean(axis=-1)
        square = square + step
        if np.all(np.abs(step) < 1e-12 * square):
            break
    critical: Floats = np.sqrt(square)
    return critical


def _bracket(moments: _Moments, critical: Floats | None, level: float) -> tuple[Floats, Floats]:
    """Effects beyond which every case rejects, per bound."""
    limit = critical if critical is not None else np.full(moments.by_trend.shape[:-1], 4.0)
    up, down = 1 / moments.by_effect[..., 0], -1 / moments.by_effect[..., 1]
    bias = -moments.by_trend[..., 0] * up * moments.v
    below = np.maximum((limit * up + bias).max(axis=1), 0.0)
    above = np.maximum((limit * down + bias).max(axis=1), 0.0)
    room = 1e-6 * (below + above)
    start, stop = moments.x - below - room, moments.x + above + room
    for _ in range(60 if critical is None else 0):
        ends = _kept(moments, np.stack([start, stop], axis=1), critical, level)
        if not ends.any():
            break
        width = stop - start
        start, stop = start - width * ends[:, 0], stop + width * ends[:, 1]
    return start, stop


def _closer(points: Floats, kept: Bools) -> tuple[Floats, Floats]:
    """The last rejected and the first kept of points that run from outside to inside."""
    rows, first = np.arange(len(points)), kept.argmax(axis=1)
    return points[rows, np.maximum(first - 1, 0)], points[rows, first]


def _kept(moments: _Moments, theta: Floats, critical: Floats | None, level: float) -> Bools:
    """Which effects (K, G) at least one case does not reject."""
    root = moments.root
    value = (
        moments.by_effect[:, :, None] * (moments.x - theta)[:, None, :, None]
        + (moments.by_trend * moments.v[:, None])[:, :, None]
    )
    top = value.argmax(axis=-1)
    largest = np.take_along_axis(value, top[..., None], axis=-1)
    products = root @ np.swapaxes(root, -1, -2)
    own = np.take_along_axis(np.diagonal(products, axis1=-2, axis2=-1), top, axis=-1)
    shared = np.take_along_axis(products, top[..., None], axis=-2)
    sd = np.sqrt(own)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = shared / own[..., None]
        edge = (value - slope * largest) / (1 - slope)
        floor = np.where(slope < 1 - _SAME, edge, -np.inf).max(axis=-1)
        ceiling = np.where(slope > 1 + _SAME, edge, np.inf).min(axis=-1)
        largest = largest[..., 0]
        size = 1 - level
        if critical is not None:
            ceiling = np.minimum(ceiling, critical[..., None])
            first = FIRST_STAGE * size
            size = (size - first) / (1 - first)
        z, low, high = largest / sd, floor / sd, ceiling / sd
        # log P(Z > z | low ≤ Z ≤ high): in logarithms, as z may lie far out.
        tail, cut = log_ndtr(-z), log_ndtr(-np.maximum(high, z))
        whole = log_ndtr(-np.minimum(low, z))
        chance = tail + np.log1p(-np.exp(cut - tail)) - whole - np.log1p(-np.exp(cut - whole))
        rejected = (largest > 0) & ((sd < _SAME) | (chance < np.log(size)))
    if critical is not None:
        rejected |= largest > critical[..., None]
    return np.asarray(~rejected.all(axis=1))
