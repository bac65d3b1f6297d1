"""One design whitened at every autocorrelation of a grid: closed-form fits of many series at once."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.reml import GRID, Floats

#: Series fitted at once; more would leave the processor's cache, and their memory be asked for anew each time.
BATCH = 250
_STEP = GRID[1] - GRID[0]
#: A depth that bends less than this between three points of the grid is flat.
_FLAT = 1e-12
#: Directions with less of a matrix than this are rounding.
_NOTHING = 1e-15


class Fitted(NamedTuple):
    """Fits of K series: `rho` (K,); estimates, standard errors and degrees of freedom (C, K).

    The degrees of freedom are Satterthwaite's, and empty where they were not asked for.
    """

    rho: Floats
    estimates: Floats
    std_errors: Floats
    df: Floats


class Whitened:
    """Regression with AR(1) errors by restricted maximum likelihood, without a search.

    The restricted likelihood is known at every autocorrelation of a grid; ρ is the top of the
    parabola through the highest point and its neighbours, and estimates and standard errors are
    read off the parabolas through theirs. Against `innoeval.stats.reml.reml` ρ is off by some
    thousandths, a t-value by some hundredths.

    Parameters
    ----------
    X
        Columns, (n, k).
    contrasts
        Weights of the coefficients, (C, k).
    time
        Position of each row, (n,), rising; two rows that are d apart correlate as ρ^d. One period
        apart if None.

    Examples
    --------
    >>> from innoeval.stats.series import segmented
    >>> X = segmented(48, 24, trend=True, slope=False)
    >>> y = np.sin(np.arange(48.0)) + 3 * (np.arange(48) >= 24)
    >>> Whitened(X, np.eye(3)[1:2]).fit(y).estimates.round(1).item()
    2.9
    """

    def __init__(self, X: Floats, contrasts: Floats, time: npt.ArrayLike | None = None) -> None:
        n, self.k = X.shape
        self.n = n - self.k
        gaps = np.ones(n - 1) if time is None else np.diff(np.asarray(time, dtype=np.float64))
        self.basis, triangle = np.linalg.qr(X)
        self.weights = np.linalg.solve(triangle.T, contrasts.T).T
        rows, backs, constants, squares, products = [], [], [], [], []
        for rho in GRID:
            carried = np.concatenate([[0.0], np.sign(rho) ** gaps * np.abs(rho) ** gaps])
            weight = (1 - rho**2) / (1 - carried**2)
            root = np.sqrt(weight)[:, None]
            white = root * self.basis
            white[1:] -= (root * carried[:, None])[1:] * self.basis[:-1]
            Q, R = np.linalg.qr(white)
            back = np.linalg.solve(R.T, self.weights.T).T
            # Q'(Wy) = (W'Q)'y: whitening the rows once spares whitening every series.
            moved = root * Q
            moved[:-1] -= carried[1:, None] * moved[1:]
            rows.append(moved.T)
            backs.append(back)
            constants.append(2 * np.log(np.abs(np.diag(R))).sum() - np.log(weight).sum())
            square = weight.copy()
            square[:-1] += (weight * carried**2)[1:]
            squares.append(square)
            products.append(-2 * (weight * carried)[1:])
        self.rows, self.backs = np.concatenate(rows), np.array(backs)
        self.logs, self.constants = (
            np.log((self.backs**2).sum(axis=2)),
            np.array(constants)[:, None],
        )
        # y'Ω⁻¹y of a band matrix, at every ρ: weights of y² and of neighbours' products.
        self.band = np.concatenate([np.array(squares), np.array(products)], axis=1)

    def fit(self, y: npt.ArrayLike, *, freedom: bool = False) -> Fitted:
        """Fit series (n,) or (n, K), all with these columns, with degrees of freedom if asked."""
        series = np.asarray(y, dtype=np.float64)
        series = series[:, None] if series.ndim == 1 else series
        if series.shape[1] <= BATCH:
            return self._fit(series, [self.rows], [self.band], freedom=freedom)
        parts = [
            self._fit(series[:, i : i + BATCH], *self._factors, freedom=freedom)
            for i in range(0, series.shape[1], BATCH)
        ]
        return Fitted(*(np.concatenate(found, axis=-1) for found in zip(*parts, strict=True)))

    @cached_property
    def _factors(self) -> tuple[list[Floats], list[Floats]]:
        """`rows` and `band` as products: for many series it pays that few directions make them up."""
        return _thin(self.rows), _thin(self.band)

    def _fit(self, y: Floats, rows: list[Floats], band: list[Floats], *, freedom: bool) -> Fitted:
        ordinary = self.basis.T @ y
        residual = y - self.basis @ ordinary
        both = np.concatenate([residual * residual, residual[1:] * residual[:-1]])
        parts = _times(rows, residual).reshape(len(GRID), self.k, y.shape[1])
        fitted = np.einsum("gik,gik->gk", parts, parts)
        logs = np.log(np.maximum(_times(band, both) - fitted, np.finfo(float).tiny))
        depth = self.n * logs + self.constants
        best, series = depth.argmin(axis=0), np.arange(y.shape[1])
        inner = np.clip(best, 1, len(GRID) - 2)
        near = inner + np.array([-1, 0, 1])[:, None]
        left, middle, right = depth[near, series]
        bend = np.maximum(left - 2 * middle + right, _FLAT)
        # Where the lowest depth lies at an end of the grid there is no parabola: stay there.
        shift = np.where(
            best == inner, np.clip((left - right) / (2 * bend), -0.5, 0.5), best - inner
        )
        at = np.einsum("pkci,pki->pkc", self.backs[near], parts[near, :, series])
        moved, _ = _parabola(at, shift)
        height, tilt = _parabola(logs[near, series][:, :, None] + self.logs[near], shift)
        df = np.empty((0, y.shape[1]))
        if freedom:
            curvature = bend / 2
            df = np.maximum(2 / (2 / self.n + tilt**2 / curvature), 1.0)
        return Fitted(
            rho=GRID[inner] + shift * _STEP,
            estimates=self.weights @ ordinary + moved,
            std_errors=np.exp(height / 2) / np.sqrt(self.n),
            df=df,
        )


def _thin(matrix: Floats) -> list[Floats]:
    """Two thin matrices whose product it is, but for rounding."""
    left, sizes, right = np.linalg.svd(matrix, full_matrices=False)
    large = sizes > _NOTHING * sizes[0]
    return [left[:, large] * sizes[large], right[large]]


def _times(factors: list[Floats], series: Floats) -> Floats:
    """The factors' product with the series, the last factor first."""
    for factor in reversed(factors):
        series = factor @ series
    return series


def _parabola(points: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Height and slope, (C, K), of the parabolas through values (3, K, C) at −1, 0, 1."""
    left, middle, right = points
    half, bend = (right - left) / 2, right - 2 * middle + left
    at = at[:, None]
    return (middle + at * half + at**2 / 2 * bend).T, (half + at * bend).T
