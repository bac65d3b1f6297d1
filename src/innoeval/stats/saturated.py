"""Two-way least squares in which groups of units have period effects of their own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.imputation import generalised_inverse, solve_slopes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Saturated(NamedTuple):
    """K estimated sums of period effects, linear in the units' scores.

    Parameters
    ----------
    effect
        Estimates, (K,).
    identified
        Mask (K,): whether the cells determine them; the others mean nothing.
    scores
        Array (N, q).
    loadings
        Array (C, q, K): the influence of unit i on effect k is
        `scores[i] @ loadings[code[i]][:, k]`.
    slopes
        Coefficients of the covariates, (p,).
    rank
        Number of free parameters, unit effects not counted.
    """

    effect: Floats
    identified: Mask
    scores: Floats
    loadings: Floats
    slopes: Floats
    rank: int


def saturated(
    outcomes: Floats,
    weights: Floats,
    code: Ints,
    index: Ints,
    targets: Floats,
    covariates: Floats,
    *,
    pooled: bool = False,
) -> Saturated:
    r"""Fit :math:`y_{it}=\alpha_i+\sum_m\theta_{index(c(i),t,m)}+x_{it}'\beta+e_{it}` exactly.

    Unit effects are eliminated group by group, so that the work is one T × T cross-product for each
    group of units and the solution of P equations, however many units there are. Missing cells and
    cell weights are exact.

    Parameters
    ----------
    outcomes
        Array (N, T); `nan` where missing.
    weights
        Array (N, T) of positive weights.
    code
        Group of each unit, (N,): 0 … C − 1.
    index
        Which of P parameters add up in each group and period, (C, T, M); −1 for none.
    targets
        Sums of parameters that are wanted, (P, K).
    covariates
        Arrays (p, N, T), complete where the outcome is; p may be 0.
    pooled
        One level for each group, not for each unit: for cross-sections, in which units differ from
        period to period.

    Examples
    --------
    Two groups of one unit, y = (1, 2) and (5, 9): the difference of their changes is 4 − 1 = 3.

    >>> found = saturated(np.array([[1.0, 2.0], [5.0, 9.0]]), np.ones((2, 2)), np.array([0, 1]),
    ...                   np.array([[[0], [1]], [[0], [2]]]), np.array([[0.0], [-1.0], [1.0]]),
    ...                   np.empty((0, 2, 2)))
    >>> found.effect.round(12).tolist(), found.identified.tolist()
    ([3.0], [True])
    """
    seen = np.isfinite(outcomes)
    used = np.where(seen, weights, 0.0)
    values = np.concatenate([outcomes[None], covariates])
    values = np.where(seen, values, 0.0)
    n_groups, n_periods, _ = index.shape
    n_effects = len(targets)
    shares = _shares(used, code, n_groups, pooled=pooled)
    raw = np.einsum("vnt,vnt,nt->v", values, values, used)[1:]
    means = np.einsum("vnt,nt->vn", values, shares)
    if pooled:
        means = _group_sums(means, code, n_groups)[:, code]
    values -= means[..., None]
    gram, right = np.zeros((n_effects + 1,) * 2), np.zeros((len(values), n_effects + 1))
    together = np.empty((n_groups, n_periods))
    for group in range(n_groups):
        rows = code == group
        held, share = used[rows], shares[rows]
        total = held.sum(axis=0)
        together[group] = share.sum(axis=0)
        own = np.diag(total) - (np.outer(total, together[group]) if pooled else held.T @ share)
        sums = np.einsum("vnt,nt->vt", values[:, rows], held)
        for one in index[group].T:
            np.add.at(right.T, one, sums.T)
            for other in index[group].T:
                np.add.at(gram, (one[:, None], other), own)
    gram, right = gram[:-1, :-1], right[:, :-1]
    inverse = generalised_inverse(gram)
    theta = right @ inverse
    paths = _added(theta.T, index)
    fitted = np.moveaxis(paths, 2, 0)[:, code]
    level = np.einsum("vnt,nt->vn", fitted, shares)
    if pooled:
        level = _group_sums(level, code, n_groups)[:, code]
    values -= fitted - level[..., None]
    cross = np.einsum("pnt,qnt,nt->pq", values[1:], values, used)
    slopes = solve_slopes(cross, raw)
    scores = used * (values[0] - np.einsum("p,pnt->nt", slopes, values[1:]))
    solved = inverse @ targets
    loadings = _added(solved, index)
    if pooled:
        loadings = loadings - np.einsum("gt,gtk->gk", together, loadings)[:, None]
    sums = theta @ targets
    if len(covariates):
        extra = np.linalg.solve(cross[:, 1:], -sums[1:])
        loadings = np.concatenate(
            [loadings, np.broadcast_to(extra, (n_groups, *extra.shape))], axis=1
        )
        scores = np.concatenate([scores, np.einsum("pnt,nt->np", values[1:], scores)], axis=1)
    return Saturated(
        effect=sums[0] - slopes @ sums[1:],
        identified=np.abs(gram @ solved - targets).max(axis=0, initial=0) < 1e-6,
        scores=scores, loadings=loadings, slopes=slopes,
        rank=round(float(np.trace(inverse @ gram))) + len(slopes),
    )  # fmt: skip


def _shares(used: Floats, code: Ints, n_groups: int, *, pooled: bool) -> Floats:
    """Share of each cell in the weight of its unit, or of its group."""
    total = used.sum(axis=1)
    if pooled:
        total = np.bincount(code, weights=total, minlength=n_groups)[code]
    return used / np.where(total > 0, total, 1.0)[:, None]


def _group_sums(values: Floats, code: Ints, n_groups: int) -> Floats:
    """Sums over the units of each group: (V, N) to (V, C)."""
    return np.stack([np.bincount(code, weights=row, minlength=n_groups) for row in values])


def _added(parameters: Floats, index: Ints) -> Floats:
    """Parameters (P, K) added up in each group and period: (C, T, K)."""
    padded = np.concatenate([parameters, np.zeros((1, parameters.shape[1]))])
    added: Floats = padded[index].sum(axis=2)
    return added
