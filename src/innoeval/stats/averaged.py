"""Regression averaged over shapes of error, each as likely as the restricted likelihood makes it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.error_shapes import Floats, grid_on

#: From so many series on single precision is enough: they only fill a table.
_MANY = 50


class Average(NamedTuple):
    """Fits of K series: `estimates` and `std_errors` (C, K), and both measures of persistence (2, K).

    Of the first series: `coefficients` (k,), their `covariance` (k, k), and the variance of one
    error, `spread`.
    """

    estimates: Floats
    std_errors: Floats
    persistence: Floats
    coefficients: Floats
    covariance: Floats
    spread: float


class Averaged:
    r"""One design, ready to be averaged over the error shapes of a model.

    Shape g, with correlations :math:`\Omega_g`, has the weight of its restricted likelihood

    .. math:: -\tfrac12\{n\log RSS_g + \log|\Omega_g| + \log|X'\Omega_g^{-1}X|\},

    n = T − k, all shapes alike beforehand. Estimates are weighted means; a variance is the weighted
    mean of :math:`RSS_g/(n-2)\,(X'\Omega_g^{-1}X)^{-1}` and of the squared distances of the shapes'
    estimates from their mean, so that what is not known of the errors widens the interval.

    Parameters
    ----------
    X
        Columns, (T, k).
    contrasts
        Weights of the coefficients, (C, k).
    model
        A key of `innoeval.stats.error_shapes.FAMILIES`.
    time
        Position of each row, (T,); one period apart if None.

    References
    ----------
    Harville (1974), doi:10.2307/2334370, on the restricted likelihood as the one that is left when
    the coefficients are averaged out.

    Examples
    --------
    >>> from innoeval.stats.series import segmented
    >>> ready = Averaged(segmented(40, 20, trend=True, slope=False), np.eye(3)[1:2], "AR(2)")
    >>> y = np.sin(np.arange(40.0)) + 3 * (np.arange(40) >= 20)
    >>> ready.fit(y).estimates.round(1).item()
    3.0
    """

    def __init__(
        self, X: Floats, contrasts: Floats, model: str, time: npt.ArrayLike | None = None
    ) -> None:
        n, k = X.shape
        at = np.arange(n) if time is None else np.asarray(time, dtype=np.int64)
        grid = grid_on(model, (at - at[0]).astype(np.int64).tobytes())
        size = np.sqrt((X**2).sum(axis=0))
        self.basis, triangle = np.linalg.qr(X / size)
        self.back = np.linalg.inv(triangle) / size[:, None]
        self.weights = contrasts @ self.back
        self.n, self.roots, self.measures = n - k, grid.roots, grid.persistence
        self.white = grid.roots @ self.basis
        gram = self.white.transpose(0, 2, 1) @ self.white
        self.inverse = np.linalg.inv(gram)
        self.constants = grid.logs + np.linalg.slogdet(gram)[1]
        self.variances = np.einsum("ci,gij,cj->gc", self.weights, self.inverse, self.weights)

    def fit(self, y: npt.ArrayLike) -> Average:
        """Fit series (T,) or (T, K), all with these columns."""
        series = np.asarray(y, dtype=np.float64)
        series = series[:, None] if series.ndim == 1 else series
        start = self.basis.T @ series
        residual = series - self.basis @ start
        again = self.basis.T @ residual
        start, residual = start + again, residual - self.basis @ again
        unit = np.sqrt((residual**2).mean(axis=0))
        unit[unit == 0] = 1.0
        moved, rss = self._shapes(residual / unit)
        depth = self.n * np.log(np.maximum(rss, np.finfo(float).tiny)) + self.constants[:, None]
        weight = np.exp(-0.5 * (depth - depth.min(axis=0)))
        weight /= weight.sum(axis=0)
        scale = rss / max(self.n - 2, 1)
        shifts = np.einsum("cj,gjk->gck", self.weights, moved)
        shift = np.einsum("gk,gck->ck", weight, shifts)
        within = np.einsum("gk,gk,gc->ck", weight, scale, self.variances)
        between = np.einsum("gk,gck->ck", weight, (shifts - shift) ** 2)
        # The whole covariance is wanted of the first series only.
        w, each = weight[:, 0], moved[:, :, 0]
        mean = w @ each
        away = each - mean
        covariance = np.einsum("g,gij->ij", w * scale[:, 0], self.inverse)
        covariance += np.einsum("g,gi,gj->ij", w, away, away)
        return Average(
            estimates=self.weights @ start + shift * unit,
            std_errors=np.sqrt(within + between) * unit,
            persistence=self.measures @ weight,
            coefficients=self.back @ (start[:, 0] + mean * unit[0]),
            covariance=self.back @ covariance @ self.back.T * unit[0] ** 2,
            spread=float(w @ rss[:, 0]) / self.n * float(unit[0]) ** 2,
        )

    def _shapes(self, residual: Floats) -> tuple[Floats, Floats]:
        """Coefficients (G, k, K) and weighted sums of squares (G, K) of each shape."""
        kind = np.float32 if residual.shape[1] > _MANY else np.float64
        y = residual.astype(kind)
        moved, rss = [], []
        for root, white, inverse in zip(
            self.roots.astype(kind), self.white.astype(kind), self.inverse.astype(kind), strict=True
        ):
            left = root @ y
            across = white.T @ left
            found = inverse @ across
            moved.append(found)
            rss.append(np.einsum("tk,tk->k", left, left) - np.einsum("jk,jk->k", across, found))
        return np.stack(moved).astype(np.float64), np.stack(rss).astype(np.float64)
