"""Critical values simulated for one design: what |t| reaches by chance at the autocorrelation."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.reml import GRID, HIGHEST, Floats

#: Autocorrelations at which chance is simulated; between them the tables are interpolated.
TRUE = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.97, 0.99])
DRAWS = 4000
#: The autocorrelation is raised by the least of `RAISES` at which a 5 % test, simulated at every
#: autocorrelation up to `UP_TO`, rejects in no more than `WORST` of the draws; that of a series
#: shorter than `SHORT` by `SHORT_RAISE` at least.
RAISES = np.arange(0, 0.55, 0.05)
WORST, UP_TO = 0.065, 0.85
SHORT, SHORT_RAISE = 24, 0.25


class Tables(NamedTuple):
    """What chance does to one design.

    `medians` (R,) of the estimated autocorrelation at each of `TRUE`; `sizes` (R, C, draws), the
    sorted |t| of every contrast; `raises` (C,), what is added to the autocorrelation, because an
    estimate that happens to be low would otherwise bring a critical value that is too low.
    """

    medians: Floats
    sizes: Floats
    raises: Floats

    def unbiased(self, rho: float) -> float:
        """Autocorrelation at which the estimate found is the median of estimates.

        References
        ----------
        Andrews (1993), doi:10.2307/2951781.
        """
        return float(np.interp(rho, self.medians, TRUE))

    def chance(self, rho: float) -> Floats:
        """Sorted |t| of every contrast (C, draws) at an autocorrelation, raised as it must be."""
        return np.stack([_between(self.sizes[:, c], rho + up) for c, up in enumerate(self.raises)])


class Calibration(NamedTuple):
    """What chance says of one fit: critical values and p-values (C,), and the autocorrelation.

    `rho` is the median-unbiased one, `raised` (C,) those at which chance was looked up.
    """

    critical: Floats
    p_values: Floats
    rho: float
    raised: Floats


def calibrate(
    rho: float, t: Floats, X: Floats, contrasts: Floats, *, level: float = 0.95, seed: int = 0
) -> Calibration:
    """Critical values and p-values of a restricted likelihood fit, by simulation of its design.

    Parameters
    ----------
    rho, t
        Estimated autocorrelation, and estimate over standard error of every contrast (C,).
    X, contrasts, seed
        As in `tables`.
    level
        Level of the intervals: estimate ± critical value × standard error. The interval leaves
        out 0 exactly where the p-value is below 1 − level.

    Examples
    --------
    >>> from innoeval.stats.series import segmented
    >>> X = segmented(48, 24, trend=True, slope=False)
    >>> found = calibrate(0.3, np.array([2.1]), X, np.eye(3)[1:2])
    >>> 2 < float(found.critical[0]) < 2.5, 0.25 < found.rho < 0.35
    (True, True)
    """
    table = tables(X, contrasts, seed=seed)
    unbiased = table.unbiased(rho)
    sizes = table.chance(unbiased)
    above = (sizes >= np.abs(t)[:, None]).sum(axis=1)
    return Calibration(
        critical=sizes[:, critical_rank(level, sizes.shape[1])],
        p_values=(1 + above) / (1 + sizes.shape[1]),
        rho=unbiased,
        raised=np.minimum(unbiased + table.raises, HIGHEST),
    )


def tables(X: Floats, contrasts: Floats, *, draws: int = DRAWS, seed: int = 0) -> Tables:
    """Simulate a design's restricted likelihood estimates at every autocorrelation.

    They do not depend on the outcome, and are kept for the next series with the same columns.

    Parameters
    ----------
    X
        Columns of the design, (T, k).
    contrasts
        Weights of the coefficients, (C, k).
    draws
        Simulated series at each autocorrelation.
    seed
        Seed of the draws.

    Examples
    --------
    >>> from innoeval.stats.series import segmented
    >>> table = tables(segmented(24, 12, trend=True, slope=False), np.eye(3)[1:2], draws=400)
    >>> table.unbiased(0.2) > 0.2
    True
    """
    return _tables(
        np.ascontiguousarray(X, dtype=np.float64).tobytes(),
        X.shape[1],
        np.ascontiguousarray(contrasts, dtype=np.float64).tobytes(),
        draws,
        seed,
    )


@lru_cache(maxsize=256)
def _tables(columns: bytes, k: int, weights: bytes, draws: int, seed: int) -> Tables:
    X, contrasts = np.frombuffer(columns).reshape(-1, k), np.frombuffer(weights).reshape(-1, k)
    whitened = Whitened(X, contrasts)
    noise = np.random.default_rng(seed).standard_normal((len(X), draws))
    found = [whitened.statistics(ar1(noise, rho)) for rho in TRUE]
    medians = np.maximum.accumulate([np.median(rho_hat) for rho_hat, _ in found])
    sizes = np.stack([np.sort(np.abs(t), axis=1) for _, t in found])
    within = [pair for pair, rho in zip(found, TRUE, strict=True) if rho <= UP_TO]
    least = SHORT_RAISE if len(X) < SHORT else 0.0
    raises = [
        _raise(medians, sizes[:, c], [(rho, np.abs(t[c])) for rho, t in within], least)
        for c in range(len(contrasts))
    ]
    return Tables(medians, sizes, np.array(raises))


def _raise(
    medians: Floats, sizes: Floats, found: list[tuple[Floats, Floats]], least: float
) -> float:
    """Least raise of the autocorrelation at which chance is kept everywhere."""
    last = critical_rank(0.95, sizes.shape[1])
    unbiased = np.interp(GRID, medians, TRUE)
    for up in RAISES[round(least / RAISES[1]) :]:
        critical = np.interp(np.minimum(unbiased + up, HIGHEST), TRUE, sizes[:, last])
        worst = max((t > np.interp(rho, GRID, critical)).mean() for rho, t in found)
        if worst <= WORST:
            break
    return float(up)


def _between(sizes: Floats, rho: float) -> Floats:
    """Sorted |t| (draws,) between those of the two nearest tabled autocorrelations."""
    rho = min(rho, HIGHEST)
    right = int(np.clip(np.searchsorted(TRUE, rho), 1, len(TRUE) - 1))
    share = (rho - TRUE[right - 1]) / (TRUE[right] - TRUE[right - 1])
    return np.asarray((1 - share) * sizes[right - 1] + share * sizes[right])


def critical_rank(level: float, draws: int) -> int:
    """Place among sorted draws beyond which p = (1 + draws above) / (1 + draws) is below 1 − level.

    Examples
    --------
    >>> critical_rank(0.95, 3999)
    3799
    """
    return min(int(np.ceil(level * (draws + 1))) - 1, draws - 1)


def ar1(noise: Floats, rho: float) -> Floats:
    """Stationary AR(1) series, (T, draws), with innovations of variance 1, from white noise."""
    series = noise.copy()
    series[0] /= np.sqrt(1 - rho**2)
    for t in range(1, len(series)):
        series[t] += rho * series[t - 1]
    return series


class Whitened:
    """One design whitened at every autocorrelation of the grid, to fit many series at once.

    Parameters
    ----------
    X
        Columns, (T, k).
    contrasts
        Weights of the coefficients, (C, k).
    """

    def __init__(self, X: Floats, contrasts: Floats) -> None:
        self.k, self.n = X.shape[1], len(X) - X.shape[1]
        self.basis, triangle = np.linalg.qr(X)
        self.weights = np.linalg.solve(triangle.T, contrasts.T).T
        rows, variances, constants = [], [], []
        for rho in GRID:
            first = np.sqrt(1 - rho**2)
            white = self.basis.copy()
            white[0] *= first
            white[1:] -= rho * self.basis[:-1]
            Q, R = np.linalg.qr(white)
            back = np.linalg.solve(R.T, self.weights.T).T
            both = np.concatenate([Q, Q @ back.T], axis=1)
            # Q'(Wy) = (W'Q)'y: whitening the rows once spares whitening every series.
            moved = both.copy()
            moved[0] *= first
            moved[:-1] -= rho * both[1:]
            rows.append(moved.T)
            variances.append((back**2).sum(axis=1))
            constants.append(2 * np.log(np.abs(np.diag(R))).sum() - np.log(1 - rho**2))
        self.rows = np.concatenate(rows)
        self.variances, self.constants = np.array(variances), np.array(constants)

    def statistics(self, y: Floats) -> tuple[Floats, Floats]:
        """Autocorrelation (draws,) and t of every contrast (C, draws) of series (T, draws)."""
        ordinary = self.basis.T @ y
        residual = y - self.basis @ ordinary
        total = (residual**2).sum(axis=0)
        lagged = (residual[1:] * residual[:-1]).sum(axis=0)
        ends = residual[0] ** 2 + residual[-1] ** 2
        parts = (self.rows @ residual).reshape(len(GRID), -1, y.shape[1])
        fitted = (parts[:, : self.k] ** 2).sum(axis=1)
        rho = GRID[:, None]
        rss = total * (1 + rho**2) - 2 * rho * lagged - rho**2 * ends - fitted
        depth = self.n * np.log(rss) + self.constants[:, None]
        best, draw = depth.argmin(axis=0), np.arange(y.shape[1])
        estimates = self.weights @ ordinary + parts[best, self.k :, draw].T
        errors = np.sqrt(rss[best, draw] / self.n * self.variances[best].T)
        return _vertex(depth, best), estimates / errors


def _vertex(depth: Floats, best: npt.NDArray[np.intp]) -> Floats:
    """Lowest point of the parabola through each lowest depth and its two neighbours."""
    inner, draw = np.clip(best, 1, len(GRID) - 2), np.arange(depth.shape[1])
    left, middle, right = (depth[inner + step, draw] for step in (-1, 0, 1))
    bend = np.maximum(left - 2 * middle + right, np.finfo(float).tiny)
    shift = np.clip((left - right) / (2 * bend), -0.5, 0.5)
    at_end = best != inner
    return np.asarray(GRID[best] + np.where(at_end, 0, shift) * (GRID[1] - GRID[0]))
