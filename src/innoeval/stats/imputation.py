"""Effects of cells as outcome less imputed outcome, with every unit's influence on their averages."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class CollinearError(ValueError):
    """A covariate that unit and period effects and the covariates before it already determine.

    Parameters
    ----------
    which
        Its place among the covariates.
    """

    def __init__(self, which: int) -> None:
        self.which = which
        super().__init__(f"covariate {which} adds nothing to the others")


class Imputed(NamedTuple):
    """A two-way fit to the untreated cells, carried to all cells.

    Parameters
    ----------
    effects
        Outcome less imputed outcome, (N, T); `nan` where a cell is missing, untreated or cannot be
        imputed.
    scores
        Weighted residual of each untreated cell, (N, T); 0 elsewhere.
    shares
        Weight of each untreated cell in its unit's untreated weight, (N, T); 0 elsewhere.
    inverse
        Generalised inverse (T, T) of the period effects' normal equations, unit effects eliminated.
    slopes
        Coefficients of the covariates, (p,).
    rests
        Covariates less their own fit, (p, N, T).
    curvature
        Cross-product (p, p) of `rests` over the untreated cells.
    """

    effects: Floats
    scores: Floats
    shares: Floats
    inverse: Floats
    slopes: Floats
    rests: Floats
    curvature: Floats


def two_way(values: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Exact weighted two-way least squares on the cells with a positive weight.

    Parameters
    ----------
    values
        Arrays (..., N, T): one or more variables; cells without weight may hold anything finite.
    weights
        Array (N, T), 0 for cells that are left out.

    Returns
    -------
    The fit carried to all cells, (..., N, T), up to what the linked cells leave open; shares of
    each cell in its unit's weight, (N, T); and a generalised inverse (T, T).

    Examples
    --------
    Unit 2 misses its last cell: 9 + (2 − 0) = 11.

    >>> fit, _, _ = two_way(np.array([[0.0, 2.0], [9.0, 0.0]]), np.array([[1.0, 1.0], [1.0, 0.0]]))
    >>> fit.round(12).tolist()
    [[0.0, 2.0], [9.0, 11.0]]
    """
    total = weights.sum(axis=1, keepdims=True)
    shares = weights / np.where(total > 0, total, 1.0)
    # Unit effects eliminated: T × T normal equations, however many units there are.
    gram = -(weights.T @ shares)
    gram[np.diag_indices_from(gram)] += weights.sum(axis=0)
    inverse = generalised_inverse(gram)
    means = np.einsum("...nt,nt->...n", values, shares)[..., None]
    right = np.einsum("...nt,nt->...t", values - means, weights)
    periods = right @ inverse
    return means + periods[..., None, :] - (periods @ shares.T)[..., None], shares, inverse


def generalised_inverse(gram: Floats) -> Floats:
    """Generalised inverse of a non-negative definite matrix with exact null directions.

    Scaled to a unit diagonal first, so that rare cells and unequal weights do not look like null
    directions, and one block of linked equations at a time. What the cells determine does not depend
    on the choice of inverse.

    Examples
    --------
    >>> generalised_inverse(np.array([[1.0, -1.0], [-1.0, 1.0]])).round(12).tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    from scipy.sparse.csgraph import connected_components

    inverse = np.zeros_like(gram)
    n_blocks, block = connected_components(gram != 0, directed=False)
    for own in (np.flatnonzero(block == one) for one in range(n_blocks)):
        part = gram[np.ix_(own, own)]
        size = np.sqrt(np.diag(part))
        scale = 1 / np.where(size > 0, size, 1.0)
        values, vectors = np.linalg.eigh(part * scale[:, None] * scale)
        kept = values > 1e-10 * len(values)
        half = scale[:, None] * vectors[:, kept]
        inverse[np.ix_(own, own)] = (half / values[kept]) @ half.T
    return inverse


def linked(cells: Mask) -> Mask:
    """Cells (N, T) that a two-way fit to some cells reaches.

    A unit's level and a period's effect are known relative to each other only where a chain of
    cells links them; without one, their sum could be anything.

    Examples
    --------
    The third period has no cell, the last unit neither:

    >>> linked(np.array([[True, True, False], [True, False, False], [False] * 3])).tolist()
    [[True, True, False], [True, True, False], [False, False, False]]
    """
    mask = cells.astype(np.float32)
    reach = (mask.T @ mask > 0) | np.eye(cells.shape[1], dtype=bool)
    while True:
        further = reach.astype(np.float32) @ reach > 0
        if (further == reach).all():
            break
        reach = further
    if reach.all():
        return np.asarray(cells.any(axis=1, keepdims=True) & cells.any(axis=0))
    return (mask @ reach > 0) & cells.any(axis=0)


def solve_slopes(cross: Floats, raw: Floats) -> Floats:
    """Coefficients of covariates from their cross-products with the outcome and themselves.

    Parameters
    ----------
    cross
        Array (p, 1 + p), of what is left of covariates by what is left of outcome and covariates.
    raw
        Sums of squares of the covariates before anything was taken off, (p,).

    Raises
    ------
    CollinearError
        Where a covariate is determined by the rest.

    Examples
    --------
    >>> solve_slopes(np.array([[6.0, 2.0]]), np.array([9.0])).tolist()
    [3.0]
    """
    left = cross[:, 1:].copy()
    for k in range(len(left)):
        if left[k, k] <= 1e-10 * raw[k]:
            raise CollinearError(k)
        left[k + 1 :] -= np.outer(left[k + 1 :, k] / left[k, k], left[k])
    return np.asarray(np.linalg.solve(cross[:, 1:], cross[:, 0]))


def impute(outcomes: Floats, treated: Mask, weights: Floats, covariates: Floats) -> Imputed:
    """Fit unit and period effects to the untreated cells and take them off the treated ones.

    Parameters
    ----------
    outcomes
        Array (N, T); `nan` where missing.
    treated
        Mask (N, T) of the treated cells.
    weights
        Array (N, T) of positive weights.
    covariates
        Arrays (p, N, T) that change over time, complete where the outcome is; p may be 0.

    Raises
    ------
    CollinearError
        Where a covariate does not change over time in a way of its own.

    References
    ----------
    Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91:3253-3285,
    doi:10.1093/restud/rdae007.

    Examples
    --------
    Units 1 and 2 are never treated and rise by 1; unit 3 rises by 4, so the effect is 3:

    >>> found = impute(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 9.0]]),
    ...                np.array([[False, False], [False, False], [False, True]]),
    ...                np.ones((3, 2)), np.empty((0, 3, 2)))
    >>> found.effects.round(12).tolist()
    [[nan, nan], [nan, nan], [nan, 3.0]]
    """
    seen = np.isfinite(outcomes)
    untreated = seen & ~treated
    used = np.where(untreated, weights, 0.0)
    values = np.where(seen, outcomes, 0.0)
    stacked = np.concatenate([values[None], np.where(seen, covariates, 0.0)])
    fits, shares, inverse = two_way(stacked, used)
    rests = stacked - fits
    cross = np.einsum("pnt,qnt,nt->pq", rests[1:], rests, used)
    slopes = solve_slopes(cross, np.einsum("pnt,pnt,nt->p", stacked[1:], stacked[1:], used))
    left = rests[0] - np.einsum("p,pnt->nt", slopes, rests[1:])
    reached = seen & treated & linked(untreated)
    return Imputed(
        effects=np.where(reached, left, np.nan), scores=used * left, shares=shares,
        inverse=inverse, slopes=slopes, rests=rests[1:], curvature=cross[:, 1:],
    )  # fmt: skip
