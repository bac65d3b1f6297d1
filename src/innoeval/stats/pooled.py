"""Difference-in-differences of counts and shares by pooled quasi-likelihood: two groups, one date."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.families import LOG, Family, irls

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Pooled(NamedTuple):
    """A fit: the effect δ on the link's scale, and what else is needed to tell how sure it is.

    `influence` (N,) sums to the error of δ; `std_error` and `df` are those of two groups of
    clusters with unequal spread (Welch); `eta` (2, T) are the linear predictors of the comparison
    and the treated group; `converged` is false where the outcome is separated.
    """

    effect: float
    influence: Floats
    std_error: float
    df: float
    eta: Floats
    converged: bool


def pooled_did(family: Family, y: Floats, size: Floats, treated: Mask, after: Mask) -> Pooled:
    r"""Fit :math:`g(E[y_{it}] / n_{it}) = a_{g(i)} + b_t + \delta D_{it}` and cluster by unit.

    The columns differ by group and period only, so that the fit needs no more than the totals of
    each. With a log link and equal denominators it equals Poisson regression with unit effects.

    Parameters
    ----------
    family
        Poisson or binomial, from `innoeval.stats.families`.
    y, size
        Counts and denominators, or successes and trials: arrays (N, T); `nan` where missing.
    treated, after
        Masks of the treated units (N,) and of the periods from the start (T,).

    References
    ----------
    Wooldridge (2023), Econometrics Journal 26:C31-C66, doi:10.1093/ectj/utad016; Santos Silva &
    Tenreyro (2006), Review of Economics and Statistics 88:641-658, doi:10.1162/rest.88.4.641.

    Examples
    --------
    Totals 10 → 5 and 10 → 10: a ratio of ratios of .5.

    >>> from innoeval.stats.families import FAMILIES
    >>> y = np.array([[4.0, 3], [6, 2], [5, 6], [5, 4]])
    >>> found = pooled_did(FAMILIES["poisson"], y, np.ones((4, 2)),
    ...                    np.array([True, True, False, False]), np.array([False, True]))
    >>> round(float(np.exp(found.effect)), 6)
    0.5
    """
    known = np.isfinite(y + size)
    y, size = np.where(known, y, 0.0), np.where(known, size, 0.0)
    T = y.shape[1]
    shift = 0.0
    if family.link is LOG and y.sum() > 0:  # in the unit of one case each: any denominator will do
        shift = float(np.log(y.sum() / size.sum()))
        size = size * np.exp(shift)
    groups = [~treated, treated]
    counts = np.concatenate([y[group].sum(axis=0) for group in groups])
    sizes = np.concatenate([size[group].sum(axis=0) for group in groups])
    second = np.repeat([0.0, 1.0], T)
    X = np.column_stack([np.tile(np.eye(T), (2, 1)), second, second * np.tile(after, 2)])
    fit = irls(family, counts, X, sizes)
    eta = fit.eta[0]
    mean = family.link.inverse(eta)
    weight = sizes * (mean if family.link is LOG else mean * (1 - mean))
    bread = np.linalg.solve((X * weight[:, None]).T @ X, np.eye(T + 2)[-1])
    loading = (X @ bread).reshape(2, T)[treated.astype(int)]
    residual = y - size * mean.reshape(2, T)[treated.astype(int)]
    influence = (loading * residual).sum(axis=1)
    parts, freedom = [], []
    for group in groups:
        ours = influence[group] - influence[group].mean()
        count = len(ours)
        parts.append((ours**2).sum() * count / max(count - 1, 1))
        freedom.append(max(count - 1, 1))
    variance = sum(parts)
    df = variance**2 / sum(p**2 / f for p, f in zip(parts, freedom, strict=True)) if variance else 1
    return Pooled(
        effect=float(fit.coefficients[0, -1]),
        influence=influence,
        std_error=float(np.sqrt(variance)),
        df=float(df),
        eta=eta.reshape(2, T) + shift,
        converged=bool(fit.converged[0]),
    )
