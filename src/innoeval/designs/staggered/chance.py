"""Few treated units that start at different dates: inference by other assignments of those dates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from innoeval.designs.base import Effects, Positions
from innoeval.designs.staggered.cohorts import Cohorts, Spans
from innoeval.designs.staggered.group_times import unit_contrasts
from innoeval.inference import Randomization
from innoeval.records.freeze import Floats
from innoeval.stats.contrast import Compared
from innoeval.stats.noise import FEWEST_FOR_NOISE, group_noise, unit_noise
from innoeval.stats.permuted_starts import (
    ByChance,
    Question,
    by_chance,
    spread,
    start_assignments,
    statistics,
)


class Chance(NamedTuple):
    """Contrasts ready to be asked of every other assignment of the start dates.

    `chosen` (M, treated units) holds the units of each assignment, `noise` (N,) their noise before
    the first start, or None where that cannot be known.
    """

    cohorts: Cohorts
    spans: Spans
    chosen: Positions
    noise: Floats | None

    @property
    def slots(self) -> Positions:
        """Cohort of each slot, (treated units,)."""
        return np.asarray(self.cohorts.group[self.chosen[0]])

    def ask(self, weights: Floats, level: float) -> ByChance:
        """Averages of the contrasts, each with its p-value and interval.

        Parameters
        ----------
        weights
            Weight of each contrast in each average, (R, K).
        level
            Level of the intervals.
        """
        since = self.spans.period - self.cohorts.starts[self.spans.cohort]
        asked: dict[tuple[int, ...], list[int]] = {}
        for r, row in enumerate(weights):
            asked.setdefault(tuple(np.unique(since[row != 0]).tolist()), []).append(r)
        parts: list[tuple[list[int], ByChance]] = []
        for event_times, rows in asked.items():
            kept = (weights[rows] != 0).any(axis=0)
            parts.append((rows, self._ask(weights[rows][:, kept], kept, event_times, level)))
        order = np.argsort(np.concatenate([rows for rows, _ in parts]))
        return ByChance(
            *(np.concatenate([part[i] for _, part in parts], axis=-1)[..., order] for i in range(6))
        )

    def compare(self, weights: Floats, level: float) -> Compared:
        """The same, as tests are told elsewhere; without degrees of freedom."""
        found = self.ask(weights, level)
        no_df = np.full(len(found.effect), np.nan)
        return Compared(found.effect, found.std_error, no_df, found.p_value, found.low, found.high)

    def _ask(
        self, weights: Floats, kept: Floats, event_times: tuple[int, ...], level: float
    ) -> ByChance:
        """Averages over the same event times: an effect in these is the hypothesis.

        Where some of them are in the baseline, too, an effect in those that are not. Of a trend that
        is carried on, the hypothesis is a trend of the treated units of their own.
        """
        spans = self.spans.keep(np.asarray(kept, dtype=bool))
        outcomes, group = self.cohorts.outcomes, self.cohorts.group
        since = np.arange(outcomes.shape[1]) - np.append(self.cohorts.starts, -(10**9))[group, None]
        rows, at = np.nonzero(spans.before)
        base = np.unique(at - self.cohorts.starts[spans.cohort[rows]])
        one = np.isin(since, np.setdiff1d(event_times, base)).astype(np.float64)
        if not one.any():
            one = -np.isin(since, np.setdiff1d(base, event_times)).astype(np.float64)
        if spans.trend == "carried":
            one = np.where(self.cohorts.treated[:, None], since, 0.0)
        effect = np.where(np.isfinite(outcomes), one, np.nan)
        question = Question(spans.cohort, spans.compare, weights)
        a, b = (
            statistics(unit_contrasts(values, spans), question, self.slots, self.chosen)
            for values in (outcomes - np.nanmean(outcomes), effect)
        )
        scale = None
        if self.noise is not None:
            size = np.bincount(self.slots, minlength=len(self.cohorts.starts))
            by_cohort = np.abs(weights).sum(axis=0) @ np.eye(len(size))[spans.cohort]
            part = (by_cohort / by_cohort.sum() / np.maximum(size, 1))[self.slots]
            scale = spread(self.noise, part, self.chosen)
        return by_chance(a, b, scale, level)


def assign(
    cohorts: Cohorts, anticipation: int, choice: Randomization
) -> tuple[Positions, Floats | None]:
    """Other assignments of the start dates, and the units' noise before the first of them."""
    first = int(cohorts.starts[0]) - anticipation
    noise = None
    if first >= FEWEST_FOR_NOISE and choice.statistic == "own_noise":
        noise = group_noise(unit_noise(cohorts.outcomes[:, :first]), cohorts.treated)
    chosen = start_assignments(cohorts.group, len(cohorts.starts), choice.draws, choice.seed)
    return chosen, noise


def as_effects(found: ByChance) -> Effects:
    """The same results as a kernel gives them."""
    return Effects(
        effect=found.effect,
        std_error=found.std_error,
        p_value=found.p_value,
        low=found.low,
        high=found.high,
    )
