"""Exact two-way least squares: unit and period effects eliminated, whatever cells are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

#: Units read at once.
_BLOCK = 4096
#: A regressor of which less than this share is left, given the others, is a combination of them.
_COLLINEAR = 1e-9


class Fit(NamedTuple):
    """Least squares of the kept regressors, given unit and period effects.

    `coefficients` (k,) and `bread` (k, k), the inverse of the regressors' cross-product; `scores`
    (N, k): what each unit adds to the normal equations at the solution; `meat` (k, k): the same
    squared and summed cell by cell, and `rss` the sum of squared residuals, both `nan` where they
    were not asked for; `kept`: which regressors are not combinations of earlier ones and effects;
    numbers of cells, units and periods used.
    """

    coefficients: Floats
    bread: Floats
    scores: Floats
    meat: Floats
    rss: float
    kept: Integers
    n_cells: int
    n_units: int
    n_periods: int


class Cells(NamedTuple):
    """Outcomes and regressors, read in blocks of units.

    `outcomes` (N, T) with `nan` for cells that are not used; `regressors` gives (n, T, k) for a
    slice of units, finite wherever the outcome is; `weights` (N, T), (N, 1) or None; with `trend`
    every unit has a linear trend of its own beside its effect.
    """

    outcomes: Floats
    regressors: Callable[[slice], Floats]
    weights: Floats | None = None
    trend: bool = False


def two_way(cells: Cells) -> Fit:
    r"""Least squares with unit and period effects, exact on any pattern of cells.

    Unit effects (and trends) are eliminated unit by unit; what is left of the normal equations of
    the period effects is a T × T system, its Schur complement, which is solved directly. So there
    is no alternating projection that stops at a tolerance.

    Parameters
    ----------
    cells
        Outcomes, regressors and weights.

    Examples
    --------
    Two units, the second one treated in the last period, where it is 3 higher:

    >>> y, d = np.array([[1.0, 2.0], [5.0, 9.0]]), np.array([[0.0, 0.0], [0.0, 1.0]])
    >>> two_way(Cells(y, lambda rows: d[rows, :, None])).coefficients.round(9).tolist()
    [3.0]
    """
    N, T = cells.outcomes.shape
    seen = np.isfinite(cells.outcomes)
    with np.errstate(invalid="ignore"):
        level = np.where(seen, cells.outcomes, 0.0).sum(axis=0) / seen.sum(axis=0)
    level = np.nan_to_num(level)  # of a period without a cell; cancels in any case
    K = cells.regressors(slice(0, 1)).shape[2] + 1
    period, cross, within, size = np.zeros((T, T)), np.zeros((T, K)), np.zeros((K, K)), np.zeros(K)
    for _, mass, values, basis, squares in _blocks(cells, level):
        size += squares
        weighted = values * mass[:, :, None]
        cross += weighted.sum(axis=0)
        within += np.einsum("ntj,ntk->jk", weighted, values)
        period += np.diag(mass.sum(axis=0))
        for part in basis:
            period -= part.T @ part
    inverse = np.linalg.pinv(period, rcond=1e-12, hermitian=True)
    effects = np.asarray(inverse @ cross, dtype=np.float64)
    left = within - cross.T @ effects
    kept = _independent(left[:-1, :-1], size)
    gram, right = left[np.ix_(kept, kept)], left[kept, -1]
    bread = np.asarray(np.linalg.inv(gram), dtype=np.float64)
    first = bread @ right
    scores, meat, rss, n_cells = np.zeros((N, len(kept))), np.zeros_like(gram), 0.0, 0
    for rows, mass, values, basis, _ in _blocks(cells, level):
        gone = _without_units(np.broadcast_to(effects, values.shape), mass, basis)
        rest = values - gone
        x = rest[:, :, kept]
        residual = rest[:, :, -1] - x @ first
        each = x * (mass * residual)[:, :, None]
        scores[rows] = each.sum(axis=1)
        meat += np.einsum("ntj,ntk->jk", each, each)
        rss += float((mass * residual**2).sum())
        n_cells += int((mass > 0).sum())
    # One step of refinement takes up what rounding left of the normal equations.
    coefficients: Floats = first + bread @ scores.sum(axis=0)
    used = seen if cells.weights is None else seen & (cells.weights > 0)
    return Fit(
        coefficients, bread, scores, meat, rss, kept, n_cells,
        int(used.any(axis=1).sum()), int(used.any(axis=0).sum()),
    )  # fmt: skip


Block = tuple[slice, Floats, Floats, list[Floats], Floats]


def _blocks(cells: Cells, level: Floats) -> Iterator[Block]:
    """Units block by block, with what unit effects (and trends) explain taken off.

    Gives the rows, the cells' weights (n, T), regressors and outcome (n, T, k + 1), and each
    direction that was taken off, (n, T): orthonormal under the weights, and multiplied by them; and
    the weighted squares of regressors and outcome as they came, (k + 1,).
    """
    N, T = cells.outcomes.shape
    time = np.arange(T, dtype=np.float64)
    for begin in range(0, N, _BLOCK):
        rows = slice(begin, begin + _BLOCK)
        outcomes = cells.outcomes[rows]
        seen = np.isfinite(outcomes)
        mass = seen.astype(np.float64)
        if cells.weights is not None:
            mass = mass * np.where(seen, cells.weights[rows], 0.0)
        values = np.concatenate([cells.regressors(rows), (outcomes - level)[:, :, None]], axis=2)
        values = np.where((mass > 0)[:, :, None], values, 0.0)
        total = mass.sum(axis=1, keepdims=True)
        basis = [mass / np.sqrt(np.where(total > 0, total, 1.0))]
        if cells.trend:
            at = (mass @ time)[:, None] / np.where(total > 0, total, 1.0)
            away = np.where(mass > 0, time - at, 0.0)
            spread = np.sqrt((mass * away**2).sum(axis=1, keepdims=True))
            basis.append(mass * away / np.where(spread > 1e-9, spread, np.inf))
        squares = np.einsum("nt,ntk,ntk->k", mass, values, values)
        yield rows, mass, _without_units(values, mass, basis), basis, squares


def _without_units(values: Floats, mass: Floats, basis: list[Floats]) -> Floats:
    """Values (n, T, k) less what each unit's effect (and trend) explains of them."""
    found = values
    scale = np.where(mass > 0, mass, 1.0)
    for part in basis:
        found = found - (part / scale)[:, :, None] * np.einsum("nt,ntk->nk", part, values)[:, None]
    return np.asarray(np.where((mass > 0)[:, :, None], found, 0.0))


def _independent(gram: Floats, before: Floats) -> Integers:
    """Regressors that are no combination of earlier ones and the effects, in order."""
    given = before[: len(gram)]
    if (given > 0).all():
        try:
            rests = np.diag(np.linalg.cholesky(gram)) ** 2
        except np.linalg.LinAlgError:
            rests = np.zeros(len(gram))
        if (rests > 2 * _COLLINEAR * given).all():  # by far the most common: none is
            return np.arange(len(gram))
    kept: list[int] = []
    for j in range(len(gram)):
        if before[j] <= 0:
            continue
        rest = gram[j, j]
        if kept:
            with_kept = gram[kept, j]
            rest -= with_kept @ np.linalg.solve(gram[np.ix_(kept, kept)], with_kept)
        if rest > _COLLINEAR * before[j]:
            kept.append(j)
    return np.array(kept, dtype=np.int64)


class Normal(NamedTuple):
    """The side of the normal equations that no outcome enters: the same for all panels of a shape.

    Demeaned regressors `x` (H, T, k) of H groups and their cross-products `within` (H, k, k); which
    regressors were `kept`, and their `bread`.
    """

    x: Floats
    within: Floats
    kept: Integers
    bread: Floats


def normal_equations(table: Floats, count: Floats, *, trend: bool = False) -> Normal:
    """What the regressors alone say of a regression in which no cell is missing.

    Parameters
    ----------
    table
        Regressors of each group, (H, T, k).
    count
        Units in each group, (H,).
    trend
        Whether each unit has a linear trend of its own.
    """
    x = demeaned_table(table, count, trend=trend)
    within = np.einsum("htj,htk->hjk", x, x)
    gram = np.einsum("h,hjk->jk", count, within)
    kept = _independent(gram, np.einsum("h,htk,htk->k", count, table, table))
    bread = np.linalg.inv(gram[np.ix_(kept, kept)])
    return Normal(x[:, :, kept], within[:, kept][:, :, kept], kept, bread)


def two_way_by_group(outcomes: Floats, group: Integers, normal: Normal) -> Fit:
    """The same where no cell is missing and regressors depend on a unit's group alone.

    Demeaned regressors then are one row per group, and each unit's outcomes are read once.

    Parameters
    ----------
    outcomes
        Array (N, T) without missing cells.
    group
        Group of each unit, (N,).
    normal
        From `normal_equations`.

    Examples
    --------
    >>> y, d = np.array([[1.0, 2.0], [5.0, 9.0]]), np.array([[0.0, 0.0], [0.0, 1.0]])
    >>> normal = normal_equations(d[:, :, None], np.array([1.0, 1.0]))
    >>> two_way_by_group(y, np.array([0, 1]), normal).coefficients.tolist()
    [3.0]
    """
    N, T = outcomes.shape
    level = outcomes.mean(axis=0)
    scores = np.empty((N, len(normal.kept)))
    for h, x in enumerate(normal.x):
        rows = np.flatnonzero(group == h)
        for begin in range(0, len(rows), _BLOCK):
            some = rows[begin : begin + _BLOCK]
            scores[some] = (outcomes[some] - level) @ x
    coefficients = normal.bread @ scores.sum(axis=0)
    scores -= (normal.within @ coefficients)[group]
    nothing = np.full_like(normal.bread, np.nan)
    return Fit(coefficients, normal.bread, scores, nothing, np.nan, normal.kept, N * T, N, T)


def demeaned_table(table: Floats, count: Floats, *, trend: bool) -> Floats:
    """Regressors by group (H, T, k) without unit effects (and trends) and period effects.

    Parameters
    ----------
    table
        Regressors of each group.
    count
        Units in each group, (H,).
    trend
        Whether each unit has a linear trend of its own.
    """
    x = table - table.mean(axis=1, keepdims=True)
    if trend:
        time = np.arange(table.shape[1]) - (table.shape[1] - 1) / 2
        x = x - time[:, None] * np.einsum("t,htk->hk", time, x)[:, None] / (time @ time)
    share = count / count.sum()
    return np.asarray(x - np.einsum("h,htk->tk", share, x))
