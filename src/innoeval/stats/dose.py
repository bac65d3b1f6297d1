"""Effect of a unit of exposure: from one slope for all cells, or from imputed effects."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.imputation import Imputed, solve_slopes, two_way

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Slope(NamedTuple):
    """Effect of a unit of exposure.

    Parameters
    ----------
    effect
        The slope.
    added
        What each unit adds to it, centred, (N,): the sum of squares is the variance.
    against
        Share of the weight of exposed cells that is negative.
    rank
        Number of coefficients besides unit and period effects.
    """

    effect: float
    added: Floats
    against: float
    rank: int


def common_slope(outcomes: Floats, dose: Floats, weights: Floats, covariates: Floats) -> Slope:
    """One slope for all cells, by two-way least squares.

    Parameters
    ----------
    outcomes
        Array (N, T); `nan` where missing.
    dose, weights
        Arrays (N, T), complete.
    covariates
        Arrays (p, N, T), complete where the outcome is.

    Raises
    ------
    CollinearError
        Where the dose (0) or a covariate (1 …) is determined by the rest.

    References
    ----------
    de Chaisemartin & D'Haultfœuille (2020), American Economic Review 110:2964-2996,
    doi:10.1257/aer.20181169 (the weights).

    Examples
    --------
    Unit 1 goes from dose 0 to ½ and rises by 3, unit 2 stays at 0 and rises by 1: 2 / ½ = 4.

    >>> found = common_slope(np.array([[0.0, 3.0], [5.0, 6.0]]), np.array([[0.0, 0.5], [0.0, 0.0]]),
    ...                      np.ones((2, 2)), np.empty((0, 2, 2)))
    >>> round(found.effect, 12), found.against
    (4.0, 0.0)
    """
    seen = np.isfinite(outcomes)
    used = np.where(seen, weights, 0.0)
    stacked = np.where(seen, np.concatenate([outcomes[None], dose[None], covariates]), 0.0)
    rests = stacked - two_way(stacked, used)[0]
    cross = np.einsum("pnt,qnt,nt->pq", rests[1:], rests, used)
    slopes = solve_slopes(cross, np.einsum("pnt,pnt,nt->p", stacked[1:], stacked[1:], used))
    left = used * (rests[0] - np.einsum("p,pnt->nt", slopes, rests[1:]))
    own = np.linalg.inv(cross[:, 1:])[0]
    pull = np.einsum("p,pnt->nt", own, rests[1:])
    share = np.where(dose > 0, used * pull * dose, 0.0)
    total = np.abs(share).sum()
    return Slope(
        effect=float(slopes[0]), added=(left * pull).sum(axis=1), rank=len(slopes),
        against=float(np.abs(share[share < 0]).sum() / total) if total > 0 else 0.0,
    )  # fmt: skip


def imputed_slope(filled: Imputed, dose: Floats, weights: Floats, which: Mask) -> Slope:
    """Sum of imputed effects over the sum of exposure, over some exposed cells.

    Parameters
    ----------
    filled
        Imputed effects by unit and period.
    dose, weights
        Arrays (N, T).
    which
        Mask (N, T) of the exposed cells that count; those without an effect are passed over.
    """
    used = which & np.isfinite(filled.effects)
    effects = np.where(used, filled.effects, 0.0)
    share = np.where(used, weights, 0.0)
    share = share / (share * dose).sum()
    effect = float((share * effects).sum())
    right = share.sum(axis=0) - filled.shares.T @ share.sum(axis=1)
    # A slope of one's own in each cell counts as noise, so the error is conservative.
    added = (share * (effects - effect * np.where(used, dose, 0.0))).sum(axis=1)
    added -= filled.scores @ (filled.inverse @ right)
    if len(filled.slopes):
        moved = np.einsum("pnt,nt->p", filled.rests, share)
        own = np.einsum("pnt,nt->np", filled.rests, filled.scores)
        added -= own @ np.linalg.solve(filled.curvature, moved)
    return Slope(effect=effect, added=added, against=0.0, rank=len(filled.slopes))
