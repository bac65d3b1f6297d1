"""Critical values simulated for one design: what |t| reaches by chance at the autocorrelation."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats import kept_tables
from innoeval.stats.reml import GRID, HIGHEST, Floats
from innoeval.stats.whitened import Whitened

#: Autocorrelations at which chance is simulated; between them the tables are interpolated.
TRUE = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.97, 0.99])
_GAPS = np.diff(TRUE)
DRAWS = 4000
#: The autocorrelation is raised by the least of `RAISES` at which a 5 % test, simulated at every
#: autocorrelation up to `UP_TO`, rejects in no more than `WORST` of the draws.
RAISES = np.arange(0, 0.55, 0.05)
WORST, UP_TO = 0.064, 0.85


class Tables(NamedTuple):
    """What chance does to one design.

    `medians` (R,) of the estimated autocorrelation at each of `TRUE`; `sizes` (R, C, draws), the
    sorted |t| of every contrast; `raises` (C,), what is added to the autocorrelation, because an
    estimate that happens to be low would otherwise bring a critical value that is too low.
    """

    medians: Floats
    sizes: Floats
    raises: Floats

    def unbiased(self, rho: npt.ArrayLike) -> Floats:
        """Autocorrelation at which the estimate found is the median of estimates.

        References
        ----------
        Andrews (1993), doi:10.2307/2951781.
        """
        return np.asarray(np.interp(np.asarray(rho, dtype=np.float64), self.medians, TRUE))

    def critical(self, rho: npt.ArrayLike, level: float = 0.95) -> Floats:
        """Critical value of every contrast, (C, K), at estimated autocorrelations (K,)."""
        return self._critical(*self._between(rho), level)

    def p_values(self, rho: Floats, t: Floats) -> Floats:
        """Share of simulated |t| that reach those found, (C, K), at estimated ρ (K,)."""
        return self._p_values(*self._between(rho), t)

    def both(self, rho: Floats, t: Floats, level: float) -> tuple[Floats, Floats]:
        """Critical values and p-values, (C, K) each."""
        right, share = self._between(rho)
        return self._critical(right, share, level), self._p_values(right, share, t)

    def _between(self, rho: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], Floats]:
        """Tabled autocorrelation next above, and how far towards it, (C, K) each."""
        at = np.minimum(self.unbiased(rho) + self.raises[:, None], HIGHEST)
        right = np.clip(TRUE.searchsorted(at), 1, len(TRUE) - 1)
        return right, (at - TRUE[right - 1]) / _GAPS[right - 1]

    def _critical(self, right: npt.NDArray[np.int64], share: Floats, level: float) -> Floats:
        tops = self.sizes[:, :, critical_rank(level, self.sizes.shape[2])]
        each = np.arange(len(right))[:, None]
        low = tops[right - 1, each]
        return np.asarray(low + share * (tops[right, each] - low))

    def _p_values(self, right: npt.NDArray[np.int64], share: Floats, t: Floats) -> Floats:
        above = np.empty(right.shape)
        for (c, k), r in np.ndenumerate(right):
            low, high = self.sizes[r - 1, c], self.sizes[r, c]
            above[c, k] = np.count_nonzero(low + share[c, k] * (high - low) >= abs(t[c, k]))
        return np.asarray((1 + above) / (1 + self.sizes.shape[2]))


class Calibration(NamedTuple):
    """What chance says of one fit: critical values and p-values (C,), and the autocorrelation.

    `rho` is the median-unbiased one, `raised` (C,) those at which chance was looked up.
    """

    critical: Floats
    p_values: Floats
    rho: float
    raised: Floats


def calibrate(
    rho: float,
    t: Floats,
    X: Floats,
    contrasts: Floats,
    *,
    time: npt.ArrayLike | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Calibration:
    """Critical values and p-values of a restricted likelihood fit, by simulation of its design.

    Parameters
    ----------
    rho, t
        Estimated autocorrelation, and estimate over standard error of every contrast (C,).
    X, contrasts, time, seed
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
    table = tables(X, contrasts, time=time, seed=seed)
    critical, p_values = table.both(np.array([rho]), np.asarray(t)[:, None], level)
    unbiased = float(table.unbiased(rho))
    return Calibration(
        critical=critical[:, 0],
        p_values=p_values[:, 0],
        rho=unbiased,
        raised=np.minimum(unbiased + table.raises, HIGHEST),
    )


class Bounded(NamedTuple):
    """Fits of K series with their chance: `rho` (K,), all else (C, K)."""

    rho: Floats
    estimates: Floats
    std_errors: Floats
    critical: Floats
    p_values: Floats


class Calibrated:
    """One design made ready for any number of series: closed-form fits, simulated critical values.

    Parameters
    ----------
    X, contrasts, time, seed
        As in `tables`.

    Examples
    --------
    >>> from innoeval.stats.series import segmented
    >>> ready = Calibrated(segmented(48, 24, trend=True, slope=False), np.eye(3)[1:2])
    >>> y = np.random.default_rng(1).standard_normal(48) + 3 * (np.arange(48) >= 24)
    >>> found = ready.fit(y)
    >>> found.estimates.round(1).item(), found.p_values.item() < 0.05
    (2.2, True)
    """

    def __init__(
        self, X: Floats, contrasts: Floats, *, time: npt.ArrayLike | None = None, seed: int = 0
    ) -> None:
        self.whitened = Whitened(X, contrasts, time)
        self.tables = tables(X, contrasts, time=time, seed=seed)

    def fit(self, y: npt.ArrayLike, *, level: float = 0.95) -> Bounded:
        """Fit series (n,) or (n, K): the interval is estimate ± critical value × standard error."""
        found = self.whitened.fit(y)
        t = found.estimates / found.std_errors
        critical, p_values = self.tables.both(found.rho, t, level)
        return Bounded(found.rho, found.estimates, found.std_errors, critical, p_values)


def tables(
    X: Floats,
    contrasts: Floats,
    *,
    time: npt.ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Tables:
    """Simulate a design's restricted likelihood estimates at every autocorrelation.

    They do not depend on the outcome, and are kept for the next series with the same columns: in
    memory, and on disk for the next process (see `innoeval.stats.kept_tables`).

    Parameters
    ----------
    X
        Columns of the design, (n, k).
    contrasts
        Weights of the coefficients, (C, k).
    time
        Position of each row, (n,), where some periods are absent; one period apart if None.
    draws
        Simulated series at each autocorrelation.
    seed
        Seed of the draws.

    Examples
    --------
    >>> from innoeval.stats.series import segmented
    >>> table = tables(segmented(24, 12, trend=True, slope=False), np.eye(3)[1:2], draws=400)
    >>> bool(table.unbiased(0.2) > 0.2)
    True
    """
    at = np.arange(len(X)) if time is None else np.asarray(time, dtype=np.int64)
    return _tables(
        np.ascontiguousarray(X, dtype=np.float64).tobytes(),
        X.shape[1],
        np.ascontiguousarray(contrasts, dtype=np.float64).tobytes(),
        (at - at[0]).tobytes(),
        draws,
        seed,
    )


@lru_cache(maxsize=256)
def _tables(columns: bytes, k: int, weights: bytes, time: bytes, draws: int, seed: int) -> Tables:
    X, contrasts = np.frombuffer(columns).reshape(-1, k), np.frombuffer(weights).reshape(-1, k)
    at = np.frombuffer(time, dtype=np.int64)
    R, C = len(TRUE), len(contrasts)
    rule = (TRUE.tolist(), RAISES.tolist(), WORST, UP_TO)
    name = kept_tables.digest(X, contrasts, at, draws, seed, rule)
    if kept := kept_tables.recall(name, ((R,), (R, C, draws), (C,))):
        return Tables(*kept)
    made = _simulate(X, contrasts, at, draws, seed)
    kept_tables.keep(name, made)
    # In single precision, as it will be read back: the first process and the next agree.
    return Tables(*(part.astype(np.float32).astype(np.float64) for part in made))


def _simulate(
    X: Floats, contrasts: Floats, time: npt.NDArray[np.int64], draws: int, seed: int
) -> Tables:
    whitened = Whitened(X, contrasts, time)
    noise = np.random.default_rng(seed).standard_normal((int(time[-1]) + 1, draws))
    fits = [whitened.fit(ar1(noise, rho)[time]) for rho in TRUE]
    found = [(fit.rho, np.abs(fit.estimates / fit.std_errors)) for fit in fits]
    medians = np.maximum.accumulate([np.median(rho_hat) for rho_hat, _ in found])
    sizes = np.stack([np.sort(t, axis=1) for _, t in found])
    within = [pair for pair, rho in zip(found, TRUE, strict=True) if rho <= UP_TO]
    raises = [
        _raise(medians, sizes[:, c], [(rho, t[c]) for rho, t in within])
        for c in range(len(contrasts))
    ]
    return Tables(medians, sizes, np.array(raises))


def _raise(medians: Floats, sizes: Floats, found: list[tuple[Floats, Floats]]) -> float:
    """Least raise of the autocorrelation at which chance is kept everywhere."""
    last = critical_rank(0.95, sizes.shape[1])
    unbiased = np.interp(GRID, medians, TRUE)
    for up in RAISES:
        critical = np.interp(np.minimum(unbiased + up, HIGHEST), TRUE, sizes[:, last])
        worst = max((t > np.interp(rho, GRID, critical)).mean() for rho, t in found)
        if worst <= WORST:
            break
    return float(up)


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
