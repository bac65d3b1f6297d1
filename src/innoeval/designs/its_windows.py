"""A single series asked about many pairs of windows at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innoeval.designs.base import Effects, Mask
from innoeval.records.freeze import Floats
from innoeval.stats.reml import reml
from innoeval.stats.series import seasons

#: Fewest periods in the earlier window for a linear trend.
TREND_BEFORE = 8
#: Pairs of windows fitted at once; more would only need memory.
BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Windows:
    """The kernel of `SegmentedRegression`: level changes between any two windows.

    Each pair gets an intercept, a level change, a linear trend where the earlier window has at
    least 8 periods, and the base analysis' seasons where both windows together have two cycles.
    Periods outside the windows are absent, at their true distance. Errors are AR(1) by restricted
    maximum likelihood with Satterthwaite's degrees of freedom: simulating critical values for
    every pair would take too long.

    Parameters
    ----------
    series
        Average of the treated units, (T,).
    launch
        Position of the first treated period.
    cycle
        Periods in one cycle of seasons of the base analysis; 1 for none.
    """

    series: Floats
    launch: int
    cycle: int = 1

    def effects(self, before: Mask, after: Mask, level: float = 0.95) -> Effects:
        """Level change between each pair of windows; see `innoeval.designs.base.Kernel`."""
        from scipy.special import stdtr, stdtrit

        before, after = np.atleast_2d(before), np.atleast_2d(after)
        known = np.isfinite(self.series)
        before, after = before & known, after & known
        K = len(before)
        effect, error, df = np.full(K, np.nan), np.full(K, np.inf), np.ones(K)
        trended = before.sum(axis=1) >= TREND_BEFORE
        seasonal = (before | after).sum(axis=1) >= 2 * self.cycle
        seasonal &= self.cycle > 1
        for trend in (False, True):
            for season in (False, True):
                rows = np.flatnonzero((trended == trend) & (seasonal == season))
                for some in np.array_split(rows, max(1, -(-len(rows) // BATCH))):
                    if len(some):
                        X = self._columns(after[some], trend=trend, season=season)
                        present = before[some] | after[some]
                        level_only = np.eye(X.shape[2])[1:2]
                        fit = reml(self.series, X, level_only, present, steps=8)
                        effect[some] = fit.estimates[:, 0]
                        error[some], df[some] = fit.std_errors[:, 0], fit.df[:, 0]
        reach = stdtrit(df, (1 + level) / 2) * error
        p_value = 2 * stdtr(df, -np.abs(np.nan_to_num(effect)) / error)
        unbounded = np.isinf(error)
        return Effects(
            effect=effect,
            std_error=error,
            p_value=p_value,
            low=np.where(unbounded, -np.inf, effect - reach),
            high=np.where(unbounded, np.inf, effect + reach),
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
