"""From cohorts and pairs of periods to effects, their covariance and each unit's influence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from innoeval.designs.staggered.cohorts import Cohorts, Spans
from innoeval.designs.staggered.covariates import Adjustment, adjust, adjusted_parts
from innoeval.records.freeze import Floats
from innoeval.stats.grouptime import Contrasts, covariance, influence, moments, solve
from innoeval.stats.paired import (
    Paired,
    combined,
    paired_influence,
    shares_influence,
    sides,
    summed,
    unit_changes,
)


class Found(NamedTuple):
    """K effects, where they are, and what is needed to sum them up.

    `means` (G + 1, T) are the groups' averages by period, `nan` where nobody was seen; `covariance` is
    that of effects and
    cohort shares; `units` gives what each unit adds to combinations of them; `notes` what must be
    said of covariates.
    """

    spans: Spans
    effect: Floats
    means: Floats
    share: Floats
    covariance: Floats
    units: Callable[[Floats], Floats]
    notes: tuple[str, ...] = ()

    @property
    def observed(self) -> Floats:
        """The cohort's own average in the period of each contrast, (K,)."""
        return np.asarray(self.means[self.spans.cohort, self.spans.period])


def contrast_weights(spans: Spans) -> Floats:
    """Weight of each period in each contrast, (K, T): complete data need nothing else."""
    K, T = spans.before.shape
    count = spans.before.sum(axis=1, keepdims=True)
    time = np.arange(T)
    at = (spans.before * time).sum(axis=1, keepdims=True) / count
    away = np.where(spans.before, time - at, 0.0)
    if spans.trend == "carried":
        reach = spans.period - (spans.period if spans.base is None else spans.base)
        return np.asarray(away * reach[:, None] / (away**2).sum(axis=1, keepdims=True))
    expected = spans.before / count
    if spans.trend == "extrapolated":
        slope = away / (away**2).sum(axis=1, keepdims=True)
        expected = expected + slope * (spans.period[:, None] - at)
    found = np.zeros((K, T))
    found[np.arange(K), spans.period] = 1.0
    return np.asarray(found - expected)


def unit_contrasts(outcomes: Floats, spans: Spans) -> Floats:
    """What each unit would contribute to each contrast, (N, K); `nan` where it cannot."""
    return unit_changes(outcomes, spans.period, spans.before, spans.trend, spans.base)


def group_times(cohorts: Cohorts, spans: Spans, adjustment: Adjustment | None = None) -> Found:
    """Effects of all contrasts.

    In closed form; pair by pair where cells are missing or covariates make the groups alike.
    """
    if adjustment is None:
        return _closed(cohorts, spans) if cohorts.complete else _pairwise(cohorts, spans)
    found = adjust(cohorts, spans, adjustment)
    covariance_of, units = adjusted_parts(cohorts, found)
    return Found(
        spans=found.spans,
        effect=found.effect,
        means=_means(cohorts),
        share=_share(cohorts),
        covariance=covariance_of,
        units=units,
        notes=found.notes,
    )


def _closed(cohorts: Cohorts, spans: Spans) -> Found:
    G = len(cohorts.starts)
    whole = bool(cohorts.seen.all())
    seen = slice(None) if whole else np.flatnonzero(cohorts.seen)
    outcomes = cohorts.outcomes if whole else cohorts.outcomes[:, seen]
    known = moments(outcomes, cohorts.group, G + 1, cohorts.weights)
    contrasts = Contrasts(spans.cohort, contrast_weights(spans)[:, seen], spans.compare)
    solved = solve(contrasts, known)
    means = np.full((G + 1, len(cohorts.seen)), np.nan)
    means[:, seen] = np.where(known.n_units[:, None] > 0, known.mean, np.nan)
    return Found(
        spans=spans,
        effect=solved.effect,
        means=means,
        share=known.mass[:G] / known.mass.sum(),
        covariance=covariance(contrasts, known, solved, G),
        units=partial(
            influence, outcomes, cohorts.group, cohorts.weights, contrasts, known, solved
        ),
    )


def _pairwise(cohorts: Cohorts, spans: Spans) -> Found:
    G = len(cohorts.starts)
    paired = Paired(
        cohorts.outcomes, cohorts.group, cohorts.weights, spans.cohort, spans.compare,
        spans.period, spans.before, spans.trend, spans.base,
    )  # fmt: skip
    found = sides(paired)
    known = np.isfinite(found.effect)
    if not known.all():
        return _pairwise(cohorts, spans.keep(known))
    effects = partial(paired_influence, paired, found)
    shares = shares_influence(cohorts.group, cohorts.weights, G)
    return Found(
        spans=spans,
        effect=found.effect,
        means=_means(cohorts),
        share=_share(cohorts),
        covariance=summed(effects, shares),
        units=partial(combined, effects, shares),
    )


def _share(cohorts: Cohorts) -> Floats:
    G = len(cohorts.starts)
    mass = np.bincount(cohorts.group, weights=cohorts.weights, minlength=G + 1)
    return np.asarray(mass[:G] / mass.sum())


def _means(cohorts: Cohorts) -> Floats:
    """Average of each group in each period, over the units seen in it, (G + 1, T)."""
    seen = np.isfinite(cohorts.raw)
    mass = np.ones(len(seen)) if cohorts.weights is None else cohorts.weights
    belongs = (np.arange(len(cohorts.starts) + 1)[:, None] == cohorts.group) * mass
    with np.errstate(invalid="ignore"):
        return np.asarray((belongs @ np.where(seen, cohorts.raw, 0.0)) / (belongs @ seen))
