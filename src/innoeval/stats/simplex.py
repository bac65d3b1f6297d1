"""Least squares with weights that are not negative and sum to one, for many targets at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.active_sets import Problem, by_halves, shared_inverse

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

#: Relative size of a slope, and of a weight, that counts as zero.
_FLAT = 1e-11
#: Added to the diagonal, relative to its mean: two equal donors then share their weight evenly.
_JITTER = 1e-13
#: From this ratio of the ridge to the donors' own squares on, most donors will keep some weight.
_STRONG = 0.02
#: Exchanges of whole sets of donors before the last few are left to single ones.
_EXCHANGES = 12
#: So few targets, of so few donors, start from softened weights; more would pay for large solves.
_FEW_TARGETS, _FEW_DONORS = 5, 200


class Weights(NamedTuple):
    """Weights of K targets, (K, n), and whether each met the conditions of an optimum, (K,)."""

    weights: Floats
    converged: Masks


def simplex(
    gram: Floats,
    linear: Floats,
    *,
    ridge: float | Floats = 0.0,
    allowed: Masks | None = None,
    start: Floats | None = None,
) -> Weights:
    r"""Weights :math:`w` on the simplex that minimise :math:`w'Gw - 2g'w + \zeta^2 w'w`.

    With donors :math:`A` (T, n) and a target :math:`b` (T,) this is least squares,
    :math:`G = A'A` and :math:`g = A'b`. One Gram matrix serves every target: placebos differ by
    their target, and by which donors they may use. All targets walk through the active sets in
    lockstep, one stacked solve a step, until each meets the conditions of an optimum; nothing is
    approximated on the way.

    As the weights sum to one, a number taken off all donors and the target in a period changes
    nothing: centre each period first, so that digits are kept where outcomes are offset.

    Parameters
    ----------
    gram
        Array (n, n), shared, or (K, n, n).
    linear
        Array (K, n).
    ridge
        :math:`\zeta^2`, one number or (K,), in units of the Gram matrix: spreads the weights.
    allowed
        Mask (K, n) of the donors that a target may use; at least one each.
    start
        Weights (K, n) on the simplex to start from, such as those of a problem nearby.

    References
    ----------
    Lawson & Hanson (1995), Solving Least Squares Problems, chapter 23,
    doi:10.1137/1.9781611971217; Kim & Park (2011), SIAM Journal on Scientific Computing
    33:3261-3281, doi:10.1137/110821172.

    Examples
    --------
    Donors 0 and 4 imitate 1 with weights ¾ and ¼, and −2 as well as they can by the first alone:

    >>> donors = np.array([[0.0, 4.0]])
    >>> found = simplex(donors.T @ donors, np.array([[1.0], [-2.0]]) @ donors)
    >>> found.weights.round(9).tolist()
    [[0.75, 0.25], [1.0, 0.0]]
    """
    count, n = linear.shape
    gram = gram[None] if gram.ndim == 2 else gram
    zeta = np.broadcast_to(np.asarray(ridge, dtype=np.float64), (count,))
    usable = np.ones((count, n), dtype=bool) if allowed is None else allowed
    scale = np.einsum("kii->k", gram) / n + zeta
    scale = np.where(scale > 0, scale, 1.0)
    problem = Problem(gram, linear, zeta + _JITTER * scale, scale)
    begun = None if start is None else _begin(problem, usable, start)
    if (zeta > _STRONG * scale).all():
        return _exchange(problem, usable, usable if begun is None else begun > 0)
    if begun is not None:
        weights = begun
    elif count <= _FEW_TARGETS and n <= _FEW_DONORS:
        weights = _softened(problem, usable)
    else:
        weights = _nearest(problem, usable)
    return _descend(problem, usable, weights)


def _nearest(problem: Problem, usable: Masks) -> Floats:
    """All weight on the donor nearest to the target."""
    own = np.einsum("kii->ki", problem.gram)
    best = np.where(usable, own - 2 * problem.linear, np.inf).argmin(axis=1)
    weights = np.zeros(usable.shape)
    weights[np.arange(len(best)), best] = 1.0
    return weights


def _begin(problem: Problem, usable: Masks, start: Floats) -> Floats:
    """Weights to start from, less the donors that may not be used."""
    weights = np.where(usable, start, 0.0)
    total = weights.sum(axis=1, keepdims=True)
    if (total > 0).all():
        return np.asarray(weights / total)
    near = _nearest(problem, usable)
    return np.where(total > 0, weights / np.where(total > 0, total, 1.0), near)


def _exchange(problem: Problem, usable: Masks, active: Masks) -> Weights:
    """Lets out all donors that want a negative weight and in all that would help, at once.

    Where a ridge spreads the weights, a handful of exchanges meets the conditions of the optimum;
    targets for which they go in circles are left to single exchanges.
    """
    out, converged = np.zeros(usable.shape), np.zeros(len(usable), dtype=bool)
    rows, now, may = np.arange(len(usable)), problem, usable
    inverse = shared_inverse(problem)
    for _ in range(_EXCHANGES):
        weights = now.solve(active) if inverse is None else by_halves(now, inverse, active)
        slope = now.slope(weights)
        level = (weights * slope).sum(axis=1, keepdims=True)
        leaves = active & (weights <= 0)
        joins = may & ~active & (slope < level - _FLAT * now.scale[:, None])
        out[rows] = weights
        wrong = (leaves | joins).any(axis=1)
        converged[rows[~wrong]] = True
        if not wrong.any():
            return Weights(out, converged)
        left = np.flatnonzero(wrong)
        active = ((active & ~leaves) | joins)[left]
        rows, now, may = rows[left], now.take(left), may[left]
    weights = np.maximum(out[rows], 0.0)
    rest = _descend(now, may, weights / weights.sum(axis=1, keepdims=True))
    out[rows], converged[rows] = rest
    return Weights(out, converged)


def _spread(problem: Problem, usable: Masks) -> Floats:
    """Starts from every donor and drops all that want a negative weight, a few times over.

    Where a ridge spreads the weights, this comes close to the optimum in a handful of solves.
    """
    weights = problem.solve(usable)
    rows = np.flatnonzero((weights < 0).any(axis=1))
    while len(rows):
        weights[rows] = problem.take(rows).solve(weights[rows] > 0)
        rows = rows[(weights[rows] < 0).any(axis=1)]
    return weights


def _softened(problem: Problem, usable: Masks) -> Floats:
    """The donors that a ridge would keep, less those that are not wanted without it."""
    soft = _spread(problem._replace(ridge=problem.ridge + _STRONG * problem.scale), usable)
    weights = _spread(problem, soft > 0)
    sound = np.isfinite(weights).all(axis=1, keepdims=True)
    return np.where(sound, weights, soft)


def _descend(problem: Problem, usable: Masks, weights: Floats) -> Weights:
    """Lets donors in by the steepest slope and out at zero until no change lowers the objective."""
    count, n = usable.shape
    out, converged = weights.copy(), np.zeros(count, dtype=bool)
    rows, now = np.arange(count), problem
    active, barred = weights > 0, ~usable
    for _ in range(20 * n + 100):
        aim = now.solve(active)
        blocked = active & (aim <= 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(blocked, weights / (weights - aim), np.inf)
        step = np.minimum(reach.min(axis=1), 1.0)
        weights = weights + step[:, None] * (aim - weights)
        gone = blocked & (reach <= step[:, None])
        weights[gone] = 0.0
        active &= ~gone
        # What leaves as soon as it came would come again: it waits until the others have moved.
        barred = np.where((step > 0)[:, None], ~usable[rows], barred) | (
            gone & (step == 0)[:, None]
        )
        inside = ~blocked.any(axis=1)
        slope = now.slope(weights)
        level = (weights * slope).sum(axis=1)
        gain = np.where(active | barred, np.inf, slope - level[:, None])
        entering = gain.argmin(axis=1)
        best = gain[np.arange(len(rows)), entering]
        done = inside & (best >= -_FLAT * now.scale)
        joins = np.flatnonzero(inside & ~done)
        active[joins, entering[joins]] = True
        if done.any():
            out[rows[done]], converged[rows[done]] = weights[done], True
            left = np.flatnonzero(~done)
            if not len(left):
                break
            rows, now = rows[left], now.take(left)
            weights, active, barred = weights[left], active[left], barred[left]
    else:
        out[rows] = weights
    return Weights(out, converged)
