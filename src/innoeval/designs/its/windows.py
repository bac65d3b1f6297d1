"""A single series asked about many pairs of windows at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from innoeval.designs.base import Effects, Mask
from innoeval.records.freeze import Floats
from innoeval.stats.calibrated import calibrate
from innoeval.stats.reml import reml
from innoeval.stats.series import seasons

#: Fewest periods in the earlier window for a linear trend.
TREND_BEFORE = 8
#: Pairs of windows fitted at once; more would only need memory.
BATCH = 1000
#: Up to so many pairs get simulated critical values: each costs a tenth of a second.
CALIBRATED_UP_TO = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Windows:
    """The kernel of `SegmentedRegression`: level changes between any two windows.

    Each pair gets an intercept, a level change, a linear trend where the earlier window has at
    least 8 periods, and the base analysis' seasons where both windows together have two cycles.
    Periods outside the windows are absent, at their true distance. Errors are AR(1) by restricted
    maximum likelihood. Up to 8 pairs get critical values simulated for them, as the base analysis
    does; of more, each gets Satterthwaite's degrees of freedom, which rejects too often (7 to 10 %
    at 5 %) in short series with much autocorrelation.

    Parameters
    ----------
    series
        Average of the treated units, (T,).
    launch
        Position of the first treated period.
    cycle
        Periods in one cycle of seasons of the base analysis; 1 for none.
    calibrated
        Whether critical values are simulated where that is affordable.
    seed
        Seed of the simulation.
    """

    series: Floats
    launch: int
    cycle: int = 1
    calibrated: bool = True
    seed: int = 0

    def effects(self, before: Mask, after: Mask, level: float = 0.95) -> Effects:
        """Level change between each pair of windows; see `innoeval.designs.base.Kernel`."""
        from scipy.special import stdtr, stdtrit

        before, after = np.atleast_2d(before), np.atleast_2d(after)
        known = np.isfinite(self.series)
        before, after = before & known, after & known
        K = len(before)
        effect, error, df, rho = (np.full(K, fill) for fill in (np.nan, np.inf, 1.0, np.nan))
        trended = before.sum(axis=1) >= TREND_BEFORE
        seasonal = (before | after).sum(axis=1) >= 2 * self.cycle
        seasonal &= self.cycle > 1
        for trend, season in product((False, True), repeat=2):
            rows = np.flatnonzero((trended == trend) & (seasonal == season))
            for first in range(0, len(rows), BATCH):
                some = rows[first : first + BATCH]
                X = self._columns(after[some], trend=trend, season=season)
                present = before[some] | after[some]
                fit = reml(self.series, X, _level(X), present, rounds=2)
                effect[some], error[some] = fit.estimates[:, 0], fit.std_errors[:, 0]
                df[some], rho[some] = fit.df[:, 0], fit.rho
        t = np.nan_to_num(effect) / error
        critical, p_value = stdtrit(df, (1 + level) / 2), 2 * stdtr(df, -np.abs(t))
        if self.calibrated and K <= CALIBRATED_UP_TO:
            for k in np.flatnonzero(np.isfinite(error)):
                X = self._columns(after[k : k + 1], trend=trended[k], season=seasonal[k])
                cells = np.flatnonzero(before[k] | after[k])
                found = calibrate(
                    rho[k], t[k : k + 1], X[0, cells], _level(X),
                    time=cells, level=level, seed=self.seed,
                )  # fmt: skip
                critical[k], p_value[k] = found.critical[0], found.p_values[0]
        bounded = np.isfinite(error)
        reach = np.where(bounded, critical, 0) * np.where(bounded, error, 0)
        return Effects(
            effect=effect,
            std_error=error,
            p_value=p_value,
            low=np.where(bounded, effect - reach, -np.inf),
            high=np.where(bounded, effect + reach, np.inf),
        )

    def trend(self, level: float = 0.95) -> None:  # noqa: ARG002 - the kernel's common door
        """None: a single series leans on no parallel trend."""
        return

    def _columns(self, after: Mask, *, trend: bool, season: bool) -> Floats:
        """Columns (K, T, k): intercept, level change, trend, seasons."""
        K, T = after.shape
        fixed = [np.ones((T, 1))]
        if trend:
            fixed.append((np.arange(T, dtype=np.float64) - self.launch)[:, None])
        if season:
            fixed.append(seasons(np.arange(T), self.cycle))
        common = np.concatenate(fixed, axis=1)
        X = np.empty((K, T, common.shape[1] + 1))
        X[:, :, 0], X[:, :, 1], X[:, :, 2:] = common[:, 0], after, common[:, 1:]
        return X


def _level(X: Floats) -> Floats:
    """The contrast that picks the level change, the second column."""
    return np.eye(X.shape[-1])[1:2]
