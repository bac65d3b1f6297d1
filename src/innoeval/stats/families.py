"""Outcomes that are counts, rates or shares: links, variances, and the series to work on."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Linear predictors are kept within this, so that a fit on its way never overflows.
_FARTHEST = 30.0


class Link(NamedTuple):
    """A link g, its inverse h, and the slope h′."""

    of: Callable[[Floats], Floats]
    inverse: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


def _expit(eta: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(eta, -_FARTHEST, _FARTHEST))))


def _exp(eta: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(eta, -_FARTHEST, _FARTHEST)))


IDENTITY = Link(lambda m: m, lambda eta: eta, np.ones_like)
LOG = Link(np.log, _exp, _exp)
LOGIT = Link(
    lambda m: np.asarray(np.log(m / (1 - m))), _expit, lambda eta: _expit(eta) * _expit(-eta)
)


class Family(NamedTuple):
    """A family of outcomes: its name, its link, and how an outcome's variance hangs on its mean.

    `variance` takes means and, for the negative binomial, the dispersion α.
    """

    name: str
    link: Link
    variance: Callable[[Floats, float], Floats]


FAMILIES = {
    "gaussian": Family("gaussian", IDENTITY, lambda mean, _: np.ones_like(mean)),
    "poisson": Family("poisson", LOG, lambda mean, _: mean),
    "negative_binomial": Family(
        "negative_binomial", LOG, lambda mean, alpha: mean + alpha * mean**2
    ),
    "binomial": Family("binomial", LOGIT, lambda mean, _: mean * (1 - mean)),
}


class Working(NamedTuple):
    """A generalised linear model as weighted least squares at its present fit: arrays (…, T)."""

    response: Floats
    root_weight: Floats


def start(family: Family, y: Floats, size: Floats) -> Floats:
    """Linear predictors to start from, (…, T)."""
    if family.link is LOG:
        return np.asarray(np.log((y + 0.1) / size))
    if family.link is LOGIT:
        return LOGIT.of((y + 0.5) / (size + 1))
    return y


def working(family: Family, y: Floats, size: Floats, eta: Floats, alpha: float = 0.0) -> Working:
    """The working response and the roots of its weights at given linear predictors.

    Parameters
    ----------
    family
        From `FAMILIES`.
    y
        Counts, numbers of successes, or values, (…, T).
    size
        Denominators (person-time) of counts or numbers of trials of shares, (…, T); ones for
        values.
    eta
        Linear predictors without the offset, (…, T).
    alpha
        Dispersion α of the negative binomial, variance μ + αμ².

    Examples
    --------
    >>> at = working(FAMILIES["poisson"], np.array([3.0]), np.array([2.0]), np.array([0.0]))
    >>> at.response.item(), round(at.root_weight.item() ** 2, 6)
    (0.5, 2.0)
    """
    if family.link is IDENTITY:
        return Working(y, np.ones_like(y))
    mean, slope = family.link.inverse(eta), family.link.slope(eta)
    if family.link is LOGIT:  # variance of a share: p (1 − p) / trials
        variance = family.variance(mean, alpha) / size
        return Working(eta + (y / size - mean) / slope, slope / np.sqrt(variance))
    mean, slope = size * mean, size * slope
    return Working(eta + (y - mean) / slope, slope / np.sqrt(family.variance(mean, alpha)))


class Irls(NamedTuple):
    """Fits of K series as if periods were independent.

    `coefficients` (K, k), linear predictors `eta` (K, T), Pearson dispersion `dispersion` (K,), and
    `converged` (K,): false where the outcome is separated or the fit did not settle.
    """

    coefficients: Floats
    eta: Floats
    dispersion: Floats
    converged: npt.NDArray[np.bool_]


def irls(
    family: Family,
    y: npt.ArrayLike,
    X: Floats,
    size: npt.ArrayLike = 1.0,
    *,
    alpha: float = 0.0,
    rounds: int = 50,
) -> Irls:
    """Fit generalised linear models by iteratively reweighted least squares, many at once.

    Parameters
    ----------
    family, size, alpha
        As in `working`.
    y
        Series, (T,) or (K, T).
    X
        Columns, (T, k).
    rounds
        Most iterations.

    References
    ----------
    McCullagh & Nelder (1989), ISBN 978-0-412-31760-6.

    Examples
    --------
    >>> X = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    >>> np.exp(irls(FAMILIES["poisson"], [9.0, 11, 5, 7], X).coefficients).round(3).tolist()
    [[10.0, 0.6]]
    """
    series = np.atleast_2d(np.asarray(y, dtype=np.float64))
    sizes = np.broadcast_to(np.asarray(size, dtype=np.float64), series.shape)
    eta = start(family, series, sizes)
    coefficients = np.zeros((len(series), X.shape[1]))
    moved = np.full(len(series), np.inf)
    for _ in range(rounds):
        at = working(family, series, sizes, eta, alpha)
        Z = X * at.root_weight[:, :, None]
        z = at.response * at.root_weight
        gram = Z.transpose(0, 2, 1) @ Z
        ridge = np.finfo(float).eps * np.trace(gram, axis1=1, axis2=2)[:, None, None]
        found = np.linalg.solve(
            gram + ridge * np.eye(X.shape[1]), (Z.transpose(0, 2, 1) @ z[:, :, None])
        )[:, :, 0]
        moved = np.abs(found - coefficients).max(axis=1)
        coefficients, eta = found, np.clip(found @ X.T, -_FARTHEST, _FARTHEST)
        if (moved < 1e-9 * (1 + np.abs(coefficients).max(axis=1))).all():
            break
    at = working(family, series, sizes, eta, alpha)
    pearson = ((at.response - eta) * at.root_weight) ** 2
    return Irls(
        coefficients,
        eta,
        pearson.sum(axis=1) / max(len(X) - X.shape[1], 1),
        (moved < 1e-6 * (1 + np.abs(coefficients).max(axis=1))) & (np.abs(eta).max(axis=1) < 25),
    )


def negative_binomial_dispersion(y: Floats, X: Floats, size: Floats) -> float:
    """Dispersion α of a negative binomial (variance μ + αμ²) by maximum likelihood; 0 if none shows.

    Parameters
    ----------
    y, X, size
        As in `irls`, for one series.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    family = FAMILIES["negative_binomial"]

    def loss(log_alpha: float) -> float:
        alpha = float(np.exp(log_alpha))
        mean = size * _exp(irls(family, y, X, size, alpha=alpha).eta[0])
        r = 1 / alpha
        parts = gammaln(y + r) - gammaln(r) + r * np.log(r / (r + mean))
        return -float((parts + y * np.log(mean / (r + mean))).sum())

    found = minimize_scalar(loss, bounds=(-14, 4), method="bounded", options={"xatol": 1e-8})
    return 0.0 if found.x < -13 else float(np.exp(found.x))
