"""Effects of several sites that differ by more than chance: their mean, spread and a new site."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STEPS, _TIGHT = 500, 1e-13
#: Quantiles of the spread between sites that a prediction is averaged over.
_GRID = 1000


class Mixed(NamedTuple):
    """A random-effects fit of k sites on p columns.

    Parameters
    ----------
    coefficients, covariance
        (p,) and (p, p), by Hartung and Knapp.
    df
        k − p.
    tau2
        Variance between sites that the columns leave.
    i2
        Share of all variance that lies between sites.
    q
        Cochran's sum of squares, chi-squared with k − p degrees of freedom if all sites were alike.
    """

    coefficients: Floats
    covariance: Floats
    df: int
    tau2: float
    i2: float
    q: float


def random_effects(
    effects: npt.ArrayLike, variances: npt.ArrayLike, X: Floats | None = None
) -> Mixed:
    """Random-effects meta-analysis: REML for the spread, Hartung-Knapp for the errors.

    Parameters
    ----------
    effects, variances
        Estimate of each site, (k,), and its squared standard error, (k,); or the covariance of all
        estimates, (k, k), where they share data.
    X
        Columns (k, p); by default a constant alone.

    References
    ----------
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30:261-293,
    doi:10.3102/10769986030003261; Knapp & Hartung (2003), Statistics in Medicine 22:2693-2710,
    doi:10.1002/sim.1482; Higgins & Thompson (2002), Statistics in Medicine 21:1539-1558,
    doi:10.1002/sim.1186.

    Examples
    --------
    >>> fit = random_effects([1.0, 2.0, 3.0, 6.0], [0.5, 0.5, 0.5, 0.5])
    >>> fit.coefficients.round(3).tolist(), round(fit.tau2, 3)
    ([3.0], 4.167)
    """
    y, v, X = _rotated(effects, variances, X)
    k, p = X.shape
    tau2 = _reml(y, v, X)
    w = 1 / (v + tau2)
    bread = np.linalg.inv(X.T @ (w[:, None] * X))
    beta = bread @ (X.T @ (w * y))
    residual = y - X @ beta
    scale = float((w * residual**2).sum() / (k - p))
    plain = _projection(1 / v, X)
    typical = (k - p) / float(np.trace(plain))
    return Mixed(
        coefficients=beta,
        covariance=np.asarray(scale * bread),
        df=k - p,
        tau2=tau2,
        i2=tau2 / (tau2 + typical),
        q=float(y @ plain @ y),
    )


def prediction(fit: Mixed, x: Floats, level: float = 0.95) -> tuple[float, float]:
    """Interval for the effect at a new site, the estimated spread taken for the true one.

    Parameters
    ----------
    fit
        Of the sites seen.
    x
        Its columns, (p,).
    level
        Level of the interval.

    References
    ----------
    Higgins, Thompson & Spiegelhalter (2009), Journal of the Royal Statistical Society A
    172:137-159, doi:10.1111/j.1467-985X.2008.00552.x.

    Examples
    --------
    >>> fit = random_effects([1.0, 2.0, 3.0, 6.0], [0.5, 0.5, 0.5, 0.5])
    >>> [round(end, 2) for end in prediction(fit, np.ones(1))]
    [-4.35, 10.35]
    """
    from scipy.special import stdtrit

    centre = float(x @ fit.coefficients)
    error = float(np.sqrt(x @ fit.covariance @ x + fit.tau2))
    half = float(stdtrit(fit.df, (1 + level) / 2)) * error
    return centre - half, centre + half


class Predictive(NamedTuple):
    """The law of the effect at a new site: an even mixture of normal laws, (G,) each."""

    centres: Floats
    spreads: Floats

    def below(self, x: float) -> float:
        """Probability of an effect below `x`."""
        from scipy.special import ndtr

        return float(ndtr((x - self.centres) / self.spreads).mean())

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Interval that leaves out as much on either side."""
        return self._quantile((1 - level) / 2), self._quantile((1 + level) / 2)

    def _quantile(self, share: float) -> float:
        far = float(self.spreads.max()) * 40
        low, high = float(self.centres.min()) - far, float(self.centres.max()) + far
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if self.below(middle) < share else (low, middle)
        return (low + high) / 2


def predictive(effects: npt.ArrayLike, variances: npt.ArrayLike) -> Predictive:
    r"""The effect at a new site, with the spread between sites known no better than it is.

    :math:`Q(\tau^2)=\sum_i (y_i-\hat\mu(\tau^2))^2/(v_i+\tau^2)` is chi-squared with k − 1 degrees
    of freedom at the true :math:`\tau^2`, whatever that is. Each quantile of that law is traced
    back to the spread that gives it (0 where none does); at each such spread the mean is normal.
    A plug-in interval (`prediction`) takes the estimated spread for the true one, and covers less
    than it says where sites are few or alike.

    Parameters
    ----------
    effects, variances
        As in `random_effects`.

    References
    ----------
    Viechtbauer (2007), Statistics in Medicine 26:37-52, doi:10.1002/sim.2514 (the pivot); Nagashima,
    Noma & Furukawa (2019), Statistical Methods in Medical Research 28:1689-1702,
    doi:10.1177/0962280218773520 (why a plug-in interval is too short).

    Examples
    --------
    >>> law = predictive([1.0, 2.0, 3.0, 6.0], [0.5, 0.5, 0.5, 0.5])
    >>> [round(end, 1) for end in law.interval()], round(law.below(3.0), 3)
    ([-4.6, 10.6], 0.5)
    """
    from scipy.special import chdtri

    y, v, X = _rotated(effects, variances)
    x = X[:, 0]
    shares = (np.arange(_GRID) + 0.5) / _GRID
    wanted = chdtri(len(y) - 1, shares)
    low = np.zeros(_GRID)
    spread = float(((y - x * (x @ y) / (x @ x)) ** 2).sum())
    high = np.full(_GRID, spread / wanted.min() + float(v.max()))
    for _ in range(100):
        middle = (low + high) / 2
        above = _heterogeneity(y, v, x, middle)[0] > wanted
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    tau2 = np.where(_heterogeneity(y, v, x, np.zeros(1))[0] <= wanted, 0.0, (low + high) / 2)
    _, centres, error2 = _heterogeneity(y, v, x, tau2)
    return Predictive(centres, np.sqrt(tau2 + error2))


def _heterogeneity(y: Floats, v: Floats, x: Floats, tau2: Floats) -> tuple[Floats, Floats, Floats]:
    """Cochran's sum, the mean and its variance at each of some spreads, (G,) each."""
    w = 1 / (v + tau2[:, None])
    total = w @ x**2
    mean = (w @ (x * y)) / total
    return (w * (y - mean[:, None] * x) ** 2).sum(axis=1), mean, 1 / total


def leave_one_out(effects: npt.ArrayLike, variances: npt.ArrayLike) -> Floats:
    """Mean effect and its standard error without each site in turn, (k, 2).

    Examples
    --------
    >>> leave_one_out([1.0, 2.0, 6.0], [0.5, 0.5, 0.5])[:, 0].round(2).tolist()
    [4.0, 3.5, 1.5]
    """
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    rows = []
    for i in range(len(y)):
        rest = np.delete(np.arange(len(y)), i)
        fit = random_effects(y[rest], v[rest] if v.ndim == 1 else v[np.ix_(rest, rest)])
        rows.append((fit.coefficients[0], np.sqrt(fit.covariance[0, 0])))
    return np.array(rows)


def _rotated(
    effects: npt.ArrayLike, variances: npt.ArrayLike, X: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    """Effects, variances (k,) and columns, turned so that errors do not depend on each other.

    The spread between sites adds as much in every direction, so that in the directions of the
    covariance's own vectors all that holds of independent sites holds here.
    """
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    X = np.ones((len(y), 1)) if X is None else np.asarray(X, dtype=np.float64)
    if v.ndim == 1:
        return y, v, X
    own, vectors = np.linalg.eigh(v)
    return vectors.T @ y, own, vectors.T @ X


def _projection(w: Floats, X: Floats) -> Floats:
    """W − W X (X'WX)⁻¹ X'W for a diagonal W."""
    weighted = w[:, None] * X
    out: Floats = np.diag(w) - weighted @ np.linalg.solve(X.T @ weighted, weighted.T)
    return out


def _reml(y: Floats, v: Floats, X: Floats) -> float:
    """Variance between sites at which the restricted likelihood is flat; 0 where it falls from there.

    Fisher scoring between bounds on either side of the root: alone it can swing about the root
    without end, so that what it gives when it stops hangs on the last digits of its start.
    """
    k, p = X.shape
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    typical = float(v.mean())
    tau2: float = max(0.0, float(residual @ residual) / (k - p) - typical)

    def scored(at: float) -> tuple[float, float]:
        P = _projection(1 / (v + at), X)
        Py = P @ y
        score = float(Py @ Py - np.trace(P))
        return score, score / float((P * P).sum())

    score, step = scored(tau2)
    low, high = 0.0, tau2
    if score > 0:
        low, high = tau2, max(2 * tau2, typical)
        while scored(high)[0] > 0:
            low, high = high, 2 * high
    elif scored(0.0)[0] <= 0:
        return 0.0
    for _ in range(_STEPS):
        moved = tau2 + step
        if not low < moved < high or abs(step) > (high - low) / 2:
            moved = (low + high) / 2
        if abs(moved - tau2) <= _TIGHT * max(moved, typical):
            return moved
        tau2 = moved
        score, step = scored(tau2)
        low, high = (tau2, high) if score > 0 else (low, tau2)
    return tau2
