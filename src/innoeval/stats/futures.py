"""Imagined futures: how outcomes may go on, given nothing but what lies before a start."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Autocorrelations that are thought possible, and how much beforehand: the nearer to 1, the less.
RHOS: Floats = np.linspace(-0.5, 0.98, 75)
_PRIOR: Floats = np.log(1 - RHOS**2)
#: Weight, in observations, of the typical noise of all units in that of each.
_TYPICAL = 4.0


class _Whitened(NamedTuple):
    """Generalised least squares of every unit at one autocorrelation."""

    beta: Floats  # (N, k)
    information: Floats  # (N, k, k)
    rss: Floats  # (N,)
    log_scale: Floats  # (N,): half the log-determinant of the errors' correlations
    log_information: Floats  # (N,)


def continuations(
    past: Floats,
    forms: tuple[tuple[Floats, Floats], ...],
    draws: int,
    rng: np.random.Generator,
    *,
    lost: float = 1.0,
) -> Floats:
    r"""Draw futures of several units from a model of what they did before.

    Each unit follows :math:`x_t'\beta_i + e_{it}` with stationary AR(1) errors of one
    autocorrelation and a variance of each unit's own. Each future draws anew, given the past, what
    is not known: the form (by BIC), the autocorrelation (from its integrated likelihood), the
    variance (right on average), the coefficients (flat priors), and then the errors, from the last one observed on.
    So a contrast of the future with the past varies over the draws as it would over repetitions.

    Parameters
    ----------
    past
        Outcomes before the start, (N, T₀), `nan` where missing.
    forms
        Pairs of regressors before, (T₀, k), and after, (h, k).
    draws
        Number of futures, K.
    rng
        Random numbers.
    lost
        Factor on the residual variance for what was taken off beforehand, such as period effects.

    Returns
    -------
    Array (K, N, h); `nan` for a unit with no more values than regressors.

    References
    ----------
    Box, Jenkins & Reinsel (2008), Time Series Analysis, 4th ed., chapter 5 and section 7.4,
    doi:10.1002/9781118619193.

    Examples
    --------
    White noise around 10 goes on around 10, and the mean of what comes is not known exactly:

    >>> rng = np.random.default_rng(1)
    >>> past = 10 + rng.normal(size=(200, 24))
    >>> drawn = continuations(past, ((np.ones((24, 1)), np.ones((12, 1))),), 50, rng)
    >>> drawn.shape, round(float(drawn.mean()), 1), round(float(drawn.std()), 1)
    ((50, 200, 12), 10.0, 1.0)
    """
    seen = np.isfinite(past)
    values, gap = np.where(seen, past, 0.0), _gaps(seen)
    scored = [_scores(values, seen, gap, before) for before, _ in forms]
    bic = np.array([score.bic for score in scored])
    chance = np.exp(-(bic - bic.min()) / 2)
    form = rng.choice(len(forms), size=draws, p=chance / chance.sum())
    future = np.full((draws, len(past), len(forms[0][1])), np.nan)
    for which in np.unique(form):
        before, after = forms[which]
        mine = np.flatnonzero(form == which)
        rhos = rng.choice(len(RHOS), size=len(mine), p=scored[which].weight)
        for place in np.unique(rhos):
            rows = mine[rhos == place]
            future[rows] = _draw(
                values, seen, gap, before, after, float(RHOS[place]), len(rows), rng, lost
            )
    return future


class _Scored(NamedTuple):
    weight: Floats
    bic: float


def _scores(values: Floats, seen: npt.NDArray[np.bool_], gap: Floats, columns: Floats) -> _Scored:
    """Posterior of the autocorrelation on the grid, and the form's BIC."""
    n, k = seen.sum(axis=1), columns.shape[1]
    usable = n > k
    restricted, full = np.empty(len(RHOS)), np.empty(len(RHOS))
    for place, rho in enumerate(RHOS):
        fit = _whiten(values[usable], seen[usable], gap[usable], columns, float(rho))
        log_rss = np.log(fit.rss)
        left = n[usable] - k
        restricted[place] = -(fit.log_scale + fit.log_information / 2 + left * log_rss / 2).sum()
        full[place] = -(fit.log_scale + n[usable] * log_rss / 2).sum()
    restricted += _PRIOR
    weight = np.exp(restricted - restricted.max())
    size = float(n[usable].sum())
    return _Scored(weight / weight.sum(), float(-2 * full.max() + k * usable.sum() * np.log(size)))


def _draw(
    values: Floats,
    seen: npt.NDArray[np.bool_],
    gap: Floats,
    before: Floats,
    after: Floats,
    rho: float,
    draws: int,
    rng: np.random.Generator,
    lost: float,
) -> Floats:
    """Futures at one autocorrelation, (draws, N, h)."""
    n, k = seen.sum(axis=1), before.shape[1]
    usable = n > k
    future = np.full((draws, len(values), len(after)), np.nan)
    fit = _whiten(values[usable], seen[usable], gap[usable], before, rho)
    left = (n[usable] - k).astype(np.float64)
    prior = _TYPICAL if usable.sum() > 1 else 0.0
    typical = float(np.median(fit.rss / left))
    weight = left + prior
    drawn = rng.chisquare(weight, size=(draws, len(left)))
    # So that the variances drawn are right on average: a flat prior alone makes them too large.
    fair = np.maximum(weight - 2, 1.0) / weight
    sd = np.sqrt(lost * fair * (fit.rss + prior * typical) / drawn)
    root = np.linalg.cholesky(np.linalg.inv(fit.information))
    beta = fit.beta + sd[:, :, None] * np.einsum(
        "nij,dnj->dni", root, rng.normal(size=(draws, *fit.beta.shape))
    )
    # From the last value that was seen on.
    last = before.shape[0] - 1 - np.argmax(seen[usable][:, ::-1], axis=1)
    error = values[usable, last] - np.einsum("nk,dnk->dn", before[last], beta)
    away = rho ** (before.shape[0] - 1 - last)
    error = away * error + sd * np.sqrt(1 - away**2) * rng.normal(size=error.shape)
    shocks = rng.normal(size=(draws, len(left), len(after))) * np.sqrt(1 - rho**2)
    path = np.empty_like(shocks)
    for t in range(len(after)):
        error = rho * error + sd * shocks[:, :, t]
        path[:, :, t] = error
    future[:, usable] = path + np.einsum("hk,dnk->dnh", after, beta)
    return future


def _gaps(seen: npt.NDArray[np.bool_]) -> Floats:
    """Periods since the last value of the same unit, (N, T); 0 for the first."""
    time = np.arange(seen.shape[1])
    last = np.maximum.accumulate(np.where(seen, time, -1), axis=1)
    before = np.column_stack([np.full(len(seen), -1), last[:, :-1]])
    return np.where(seen & (before >= 0), time - before, 0).astype(np.float64)


def _whiten(
    values: Floats, seen: npt.NDArray[np.bool_], gap: Floats, columns: Floats, rho: float
) -> _Whitened:
    time = np.arange(seen.shape[1])
    before = np.where(gap > 0, time - gap, 0).astype(np.int64)
    tie = np.where(gap > 0, np.sign(rho) ** gap * abs(rho) ** gap, 0.0)
    scale = np.sqrt(1 - tie**2)
    weight = seen / scale
    white = (values - tie * np.take_along_axis(values, before, axis=1)) * weight
    X = (columns[None] - tie[:, :, None] * columns[before]) * weight[:, :, None]
    information = np.einsum("ntk,ntl->nkl", X, X)
    cross = np.einsum("ntk,nt->nk", X, white)
    # A column that no value bears on, such as a season never seen, must not stop the others.
    k = columns.shape[1]
    slack = 1e-10 * np.trace(information, axis1=1, axis2=2) / k + 1e-300
    information += slack[:, None, None] * np.eye(k)
    beta = np.linalg.solve(information, cross[:, :, None])[:, :, 0]
    rss = (white**2).sum(axis=1) - (beta * cross).sum(axis=1)
    floor = 1e-12 * (white**2).sum(axis=1) + 1e-300
    return _Whitened(
        beta=beta,
        information=information,
        rss=np.maximum(rss, floor),
        log_scale=np.where(seen, np.log(scale), 0.0).sum(axis=1),
        log_information=np.linalg.slogdet(information)[1],
    )
