"""Regression with AR(1) errors by restricted maximum likelihood, many series at once."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: Autocorrelations looked at. At 1 the intercept is no longer estimable; the likelihood is flat there.
LOWEST, HIGHEST = -0.9, 0.99
GRID = np.linspace(LOWEST, HIGHEST, 64)
_STEP = 1e-4
_NEAR = np.array([[-1], [0], [1]])
#: Up to so many series and autocorrelations are worked on in one pass.
_TILED = 200
#: Columns whose cross-product, each of length 1, has a smaller eigenvalue cannot be told apart.
_SINGULAR = 1e-10


class Fits(NamedTuple):
    """Fits of K series: estimates of C contrasts each.

    `rho` (K,) is the autocorrelation, `scale` (K,) the variance of the innovations, `df` (K, C)
    Satterthwaite's degrees of freedom, `exact` (K,) true where the model leaves no residual to
    learn chance from, or cannot be estimated at all (its coefficients are then nan).
    """

    coefficients: Floats
    covariance: Floats
    estimates: Floats
    std_errors: Floats
    df: Floats
    rho: Floats
    scale: Floats
    exact: Mask


def reml(
    y: npt.ArrayLike,
    X: Floats,
    contrasts: Floats,
    present: Mask | None = None,
    *,
    rounds: int = 6,
) -> Fits:
    r"""Fit regressions whose errors are AR(1), by restricted maximum likelihood.

    With innovation variance :math:`\sigma^2`, errors of covariance
    :math:`\sigma^2\Omega(\rho)` and :math:`n = T - k`, :math:`\rho` maximises

    .. math:: -\tfrac12\{n\log RSS(\rho) + \log|\Omega| + \log|X'\Omega^{-1}X|\}.

    Absent cells are not filled in: two cells that are d periods apart correlate as ρ^d.

    Parameters
    ----------
    y
        Series, (T,) or (K, T).
    X
        Columns, (T, k) or (K, T, k).
    contrasts
        Weights of the coefficients, (C, k).
    present
        Cells in use, (K, T); all of them if None.
    rounds
        Rounds of refinement after the search over a grid; 6 give ρ to 7 digits, 2 to 3.

    Returns
    -------
    Estimates, standard errors and Satterthwaite degrees of freedom of every contrast, with

    .. math:: df = \frac{2}{2/n + h^2/J},\quad h = \frac{d}{d\rho}\log(RSS \cdot v),

    where v is the contrast's variance over :math:`\sigma^2` and J the curvature of the profile.

    References
    ----------
    Turner, Forbes, Karahalios, Taljaard, McKenzie (2021), doi:10.1186/s12874-021-01364-0.

    Examples
    --------
    >>> from innoeval.stats.series import segmented
    >>> X = segmented(12, 6, trend=False, slope=False)
    >>> y = [5.0, 6.1, 5.2, 6.0, 5.1, 6.2, 9.0, 8.1, 9.2, 8.0, 9.1, 8.2]
    >>> fit = reml(y, X, np.eye(2))
    >>> bool(fit.rho[0] < -0.5), fit.estimates[0].round(2).tolist()
    (True, [5.64, 3.0])
    """
    y, X = np.atleast_2d(np.asarray(y, dtype=np.float64)), np.asarray(X, dtype=np.float64)
    X = X if X.ndim == 3 else X[None]
    K = max(len(y), len(X), 1 if present is None else len(present))
    T, k = X.shape[1:]
    present = np.ones((K, T), dtype=bool) if present is None else present & np.isfinite(y)
    y = np.where(present, y, 0.0)
    X = np.where(present[:, :, None], X, 0.0)
    size = np.sqrt((X**2).sum(axis=1))
    size[size == 0] = 1
    X = X / size[:, None, :]
    C = contrasts[None] / size[:, None, :]
    n = present.sum(axis=1) - k
    b, residual, spread, exact = _least_squares(y, X, present, n)
    fits = _empty(K, k, len(contrasts))
    fits.exact[:] = exact
    fits.coefficients[:] = b / size
    fits.estimates[:] = np.einsum("kcj,kj->kc", C, b)
    ok = np.flatnonzero(~exact)
    if not len(ok):
        return fits
    cells = _Cells(residual[ok] / spread[ok, None], X[ok], present[ok], n[ok])
    rho = _maximise(cells, rounds)
    shift, inverse, rss = cells.solve(rho)
    scale = rss / n[ok] * spread[ok] ** 2
    Cok = C[ok]
    variance = np.einsum("kci,kij,kcj->kc", Cok, inverse, Cok)
    delta = shift * spread[ok, None]
    fits.coefficients[ok] += delta / size[ok]
    fits.estimates[ok] += np.einsum("kcj,kj->kc", Cok, delta)
    rescale = size[ok, :, None] * size[ok, None, :]
    fits.covariance[ok] = inverse * scale[:, None, None] / rescale
    fits.std_errors[ok] = np.sqrt(variance * scale[:, None])
    fits.df[ok] = _satterthwaite(cells, rho, Cok)
    fits.rho[ok], fits.scale[ok] = rho, scale
    return fits


def fits_exactly(y: Floats, X: Floats) -> bool:
    """Whether one series (T,) lies on its columns (T, k) but for rounding, or leaves none to spare.

    Examples
    --------
    >>> fits_exactly(np.array([1.0, 1, 4, 4]), np.column_stack([np.ones(4), [0, 0, 1, 1]]))
    True
    """
    projector = _projector(X.tobytes(), X.shape[1])
    if projector is None:
        return True
    first = X[:, 0]
    centred = y - first * (first @ y / np.maximum(first @ first, np.finfo(float).tiny))
    residual = centred
    for _ in range(2):  # the second round mends the rounding of the first
        residual = residual - X @ (projector @ residual)
    return bool(_is_rounding(residual[None], centred[None], y[None], np.array([len(y)]))[0])


@lru_cache(maxsize=32)
def _projector(columns: bytes, k: int) -> Floats | None:
    """(X'X)⁻¹X' of k columns (T, k) as bytes; None where they cannot be told apart, or none is spare.

    Kept, as series of one shape share their columns.
    """
    X = np.frombuffer(columns).reshape(-1, k)
    size = np.sqrt((X**2).sum(axis=0))
    scaled = X / np.where(size > 0, size, 1)
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    if values[0] < _SINGULAR or len(X) <= k:
        return None
    return np.asarray((vectors / values) @ vectors.T @ scaled.T / size[:, None])


def _is_rounding(
    residual: Floats, centred: Floats, y: Floats, count: npt.NDArray[np.int64]
) -> Mask:
    """Whether what a fit leaves of each series, (K, T), is nothing but rounding, (K,)."""
    spread = np.sqrt((residual**2).sum(axis=1) / count)
    ordinary = np.sqrt((centred**2).sum(axis=1) / count)
    rounding = np.finfo(float).eps * np.abs(y).max(axis=1, initial=0.0)
    return np.asarray(spread <= np.maximum(1e-10 * ordinary, 8 * rounding))


def _empty(K: int, k: int, C: int) -> Fits:
    return Fits(
        coefficients=np.full((K, k), np.nan), covariance=np.full((K, k, k), np.inf),
        estimates=np.full((K, C), np.nan), std_errors=np.full((K, C), np.inf),
        df=np.ones((K, C)), rho=np.full(K, np.nan), scale=np.full(K, np.nan),
        exact=np.zeros(K, dtype=bool),
    )  # fmt: skip


def _least_squares(
    y: Floats, X: Floats, present: Mask, n: npt.NDArray[np.int64]
) -> tuple[Floats, Floats, Floats, Mask]:
    """Least squares to start from, its residuals and their size, and which fits are hopeless.

    The rest of the work is done on the residuals, so that an offset of the outcome costs no digits.
    """
    count = np.maximum(present.sum(axis=1), 1)
    # The first column, an intercept, is taken out by itself: most of an offset goes with it.
    first = X[:, :, 0]
    middle = (first * y).sum(axis=1) / np.maximum((first**2).sum(axis=1), np.finfo(float).tiny)
    centred = y - middle[:, None] * first
    gram = np.einsum("kti,ktj->kij", X, X)
    values, vectors = np.linalg.eigh(gram)
    singular = (values[:, 0] < _SINGULAR) | (n < 1)
    values = np.where(singular[:, None], 1.0, values)
    inverse = np.einsum("kij,kj,klj->kil", vectors, 1 / values, vectors)
    b = np.zeros((len(X), X.shape[2]))
    residual = centred
    for _ in range(2):  # the second round mends the rounding of the first
        step = np.einsum("kij,ktj,kt->ki", inverse, X, residual)
        b += step
        residual = residual - np.einsum("ktj,kj->kt", X, step)
    residual = np.where(present, residual, 0.0)
    spread = np.sqrt((residual**2).sum(axis=1) / count)
    exact = singular | _is_rounding(residual, centred, y, count)
    b[:, 0] += middle
    b[singular] = np.nan
    return b, residual, spread, exact


class _Cells:
    """Series and columns with each cell's forerunner, ready to be whitened at any ρ."""

    def __init__(self, y: Floats, X: Floats, present: Mask, n: npt.NDArray[np.int64]) -> None:
        K, T = y.shape
        places = np.where(present, np.arange(T), -1)
        before = np.maximum.accumulate(places, axis=1)
        before = np.concatenate([np.full((K, 1), -1), before[:, :-1]], axis=1)
        self.n = n
        self.present = present
        self.gap = np.where(before < 0, np.inf, np.arange(T) - before)
        self.here = np.concatenate([X, y[:, :, None]], axis=2)
        self.earlier = np.take_along_axis(self.here, np.maximum(before, 0)[:, :, None], axis=1)

    def gram(self, rho: Floats) -> tuple[Floats, Floats]:
        """Cross products of the whitened columns and series, and log|Ω|."""
        with np.errstate(under="ignore"):
            carried = rho[:, None] ** self.gap
            weight = (1 - rho[:, None] ** 2) / (1 - carried**2)
        weight = np.where(self.present, weight, 1.0)
        white = self.here - carried[:, :, None] * self.earlier
        white *= (np.sqrt(weight) * self.present)[:, :, None]
        return white.transpose(0, 2, 1) @ white, -np.log(weight).sum(axis=1)

    def criteria(self, rho: Floats) -> Floats:
        """Criterion at several autocorrelations, (G,) or (G, K), for all series: (G, K)."""
        G, K = len(rho), len(self.n)
        if K == 1:  # numpy repeats the one series by itself
            return self.criterion(rho.reshape(G)).reshape(G, 1)
        each = np.broadcast_to(rho.reshape(G, -1), (G, K))
        if G * K > _TILED:
            return np.stack([self.criterion(row) for row in each])
        return self._tiled(G).criterion(each.ravel()).reshape(G, K)

    def _tiled(self, times: int) -> _Cells:
        """All series many times over: one pass over few series costs no more than one series."""
        many = _Cells.__new__(_Cells)
        for name in ("n", "present", "gap", "here", "earlier"):
            array = getattr(self, name)
            setattr(many, name, np.concatenate([array] * times))
        return many

    def solve(self, rho: Floats) -> tuple[Floats, Floats, Floats]:
        """Coefficients, inverse of X'Ω⁻¹X, residual sum of squares."""
        gram, _ = self.gram(rho)
        inverse = np.linalg.inv(gram[:, :-1, :-1])
        coefficients = np.einsum("kij,kj->ki", inverse, gram[:, :-1, -1])
        rss = gram[:, -1, -1] - np.einsum("kj,kj->k", coefficients, gram[:, :-1, -1])
        return coefficients, np.asarray(inverse), np.maximum(rss, np.finfo(float).tiny)

    def criterion(self, rho: Floats) -> Floats:
        """Restricted log likelihood, profiled over everything but ρ."""
        gram, log_omega = self.gram(rho)
        inner = gram[:, :-1, :-1]
        solved = np.linalg.solve(inner, gram[:, :-1, -1:])[:, :, 0]
        rss = gram[:, -1, -1] - np.einsum("kj,kj->k", solved, gram[:, :-1, -1])
        rss = np.maximum(rss, np.finfo(float).tiny)
        return np.asarray(-0.5 * (self.n * np.log(rss) + log_omega + np.linalg.slogdet(inner)[1]))


def _maximise(cells: _Cells, rounds: int) -> Floats:
    """Autocorrelation with the highest restricted likelihood: grid, then ever smaller parabolas."""
    heights = cells.criteria(GRID[::2])
    best, series = heights.argmax(axis=0), np.arange(len(cells.n))
    middle, step = np.clip(best, 1, len(heights) - 2), GRID[2] - GRID[0]
    rho = GRID[::2][middle] + step * _vertex(heights[middle + _NEAR, series])
    for _ in range(rounds):
        step /= 4
        rho = np.clip(rho, LOWEST + step, HIGHEST - step)
        rho = rho + step * _vertex(cells.criteria(rho + step * _NEAR))
    return np.asarray(np.clip(rho, LOWEST, HIGHEST))


def _vertex(heights: Floats) -> Floats:
    """Where the parabolas through heights (3, K) at −1, 0, 1 are highest, at most 2 away."""
    left, middle, right = heights
    bend = 2 * middle - left - right
    with np.errstate(divide="ignore", invalid="ignore"):
        top = (right - left) / (2 * bend)
    # No top between valleys: walk uphill.
    return np.asarray(np.clip(np.where(bend > 0, top, 2 * np.sign(right - left)), -2, 2))


def _satterthwaite(cells: _Cells, rho: Floats, C: Floats) -> Floats:
    """Degrees of freedom of each contrast; ρ's own uncertainty counts."""
    inner = np.clip(rho, LOWEST + _STEP, HIGHEST - _STEP)
    heights, logs = [], []
    for at in (inner - _STEP, inner, inner + _STEP):
        heights.append(cells.criterion(at))
        _, inverse, rss = cells.solve(at)
        logs.append(np.log(np.einsum("kci,kij,kcj->kc", C, inverse, C) * rss[:, None]))
    curvature = -(heights[0] - 2 * heights[1] + heights[2]) / _STEP**2
    # Where ρ sits at an end of its range the profile need not curve: take the large-sample value.
    curvature = np.where(curvature > 0, curvature, cells.n / (1 - inner**2))
    tilt = (logs[2] - logs[0]) / (2 * _STEP)
    n = cells.n[:, None]
    return np.asarray(np.maximum(2 / (2 / n + tilt**2 / curvature[:, None]), 1.0))
