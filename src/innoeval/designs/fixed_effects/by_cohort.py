"""Cells made ready for regressions by cohort and period, and estimates from their effects."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from innoeval.designs.base import Mask, Positions, arrange
from innoeval.designs.fixed_effects.linear import (
    Clusters,
    Named,
    Part,
    Sums,
    linear_estimate,
    names,
    too_few,
)
from innoeval.errors import DesignError
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.freeze import Floats
from innoeval.records.group_times import GroupTimes, lower_triangle
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.cohort_effects import CohortEffects, covariance, influence
from innoeval.stats.covariance import Counts

#: What a start of one unit alone does to errors where its effects are fitted by themselves.
ALONE = "its effects fit it exactly, so that the error leaves out that unit's own chance since then"


class Cells(NamedTuple):
    """A claim and a panel as cell-wise regressions see them.

    `outcomes` (N, T), `nan` where a cell is not used; `starts` (N,), T for units never treated;
    `weights` (N, T); `covariates` (p, N, T); `kept` (units of the panel,); `notes`: what was left
    out.
    """

    outcomes: Floats
    starts: Positions
    weights: Floats
    covariates: Floats
    kept: Mask
    notes: tuple[str, ...]

    @property
    def treated(self) -> Mask:
        """Units that are treated at some time, (N,)."""
        return np.asarray(self.starts < self.outcomes.shape[1])

    def reached(self, lead: int) -> Mask:
        """Cells of treated units from `lead` periods before their start on, (N, T)."""
        time = np.arange(self.outcomes.shape[1])
        return np.asarray((time >= self.starts[:, None] - lead) & self.treated[:, None])


def make_ready(
    panel: Panel,
    claim: Claim,
    weights: str | None = None,
    covariates: tuple[str, ...] = (),
    *,
    cases: bool = False,
) -> Cells:
    """Cells with an outcome, a positive weight and all covariates.

    `cases`: whether each unit is a case of one period, so that its other periods are not missing.

    Raises
    ------
    ClaimError
        Where the claim does not fit the panel.
    DesignError
        Where weights are missing or negative.
    """
    case = arrange(panel, claim)
    outcomes, notes = case.outcomes, []
    extra = np.empty((0, *outcomes.shape))
    if covariates:
        extra = np.stack([panel.matrix(name) for name in covariates])
        lost = np.isfinite(outcomes) & ~np.isfinite(extra).all(axis=0)
        if lost.any():
            notes.append(f"{int(lost.sum())} cells left out for lack of {' or '.join(covariates)}")
            outcomes = np.where(lost, np.nan, outcomes)
        # Effects take any level off; before that, squares of one near 10⁹ hide what varies.
        seen = np.isfinite(extra)
        level = np.where(seen, extra, 0.0).sum(axis=(1, 2)) / np.maximum(seen.sum(axis=(1, 2)), 1)
        extra = extra - level[:, None, None]
    mass = np.ones_like(outcomes)
    if weights is not None:
        mass = _cell_weights(panel, weights, outcomes)
        if (weightless := np.isfinite(outcomes) & (mass == 0)).any():
            notes.append(f"{int(weightless.sum())} cells left out for a weight of 0")
            outcomes = np.where(weightless, np.nan, outcomes)
    kept = np.asarray(np.isfinite(outcomes).any(axis=1))
    if not kept.all():
        notes.append(f"left out for lack of any value: {names(panel, ~kept)}")
        outcomes, mass, extra = outcomes[kept], mass[kept], extra[:, kept]
    missing = np.isnan(outcomes).mean()
    if missing and not cases:
        notes.append(
            f"{100 * missing:.1f} % of the cells are missing; unit and period effects are fitted "
            "exactly to those that are there"
        )
    return Cells(outcomes, case.starts[kept], mass, extra, kept, tuple(notes))


def _cell_weights(panel: Panel, column: str, outcomes: Floats) -> Floats:
    """Weights of the cells, with mean 1 over those that have an outcome."""
    mass = panel.matrix(column)
    seen = np.isfinite(outcomes)
    if not (mass[seen] >= 0).all():
        wrong = np.asarray((seen & ~(mass >= 0)).any(axis=1))
        raise DesignError(
            f"the weights '{column}' are missing or negative for {names(panel, wrong)}; give every "
            "cell that has an outcome a weight of 0 or more"
        )
    if not (mass[seen] > 0).any():
        raise DesignError(f"all weights '{column}' are 0; give some cells a positive weight")
    return np.asarray(np.where(seen, mass, 0.0) / mass[seen].mean())


def few(cells: Cells, policy: Policy, known: Mask | None = None) -> tuple[str, ...]:
    """Why errors clustered by unit cannot be trusted; empty if they can.

    `known` (N, T): cells that untreated ones tell something of; treated units without one since
    their start have no part in the effect.
    """
    ours = cells.treated
    if known is not None:
        ours = np.asarray((known & np.isfinite(cells.outcomes) & cells.reached(0)).any(axis=1))
    return too_few(int(ours.sum()), int((~cells.treated).sum()), policy)


def both_sides(cells: Cells) -> Mask:
    """Cells of units that have one before their start, (N, T)."""
    early = np.isfinite(cells.outcomes) & ~cells.reached(0)
    return np.broadcast_to(early.any(axis=1, keepdims=True), early.shape)


def counts_of(cells: Cells, slopes: int, levels: int | None = None) -> Counts:
    """What small-sample factors count: `levels` instead of one for each unit, where given."""
    seen = np.isfinite(cells.outcomes)
    periods = int(seen.any(axis=0).sum())
    return Counts(
        n=int(seen.sum()), slopes=slopes, nested=len(seen) if levels is None else 0,
        other=periods if levels is None else periods - 1 + levels,
    )  # fmt: skip


def estimate_of(
    design: Named,
    panel: Panel,
    claim: Claim,
    policy: Policy,
    cells: Cells,
    found: CohortEffects,
    clusters: Clusters,
    *,
    notes: tuple[str, ...] = (),
    pooled: bool = False,
) -> Estimate:
    """The estimate whose effect is the average over all treated cells from the start.

    Parameters
    ----------
    design
        The design that found the effects.
    panel, claim, policy
        What is evaluated.
    cells
        What the effects come from.
    found
        Effects by cohort and period.
    clusters
        What is taken as one in errors.
    notes
        Further warnings.
    pooled
        Whether units are cases of one period, without a level of their own.
    """
    name = type(design).__name__
    post = found.period >= found.start
    if not post.any():
        raise DesignError(
            f"{name} does not fit: no effect after a start can be told from the cells that are "
            "there; " + ("; ".join((*cells.notes, *notes)) or "add untreated units or periods")
        )
    share = np.where(post, found.size, 0.0)
    share /= share.sum()
    if clusters.n == len(clusters.code):
        total = covariance(found) * clusters.factor
    else:
        sums = clusters.sums(influence(found, np.eye(len(share))))
        total = sums.T @ sums
    errors = np.sqrt(np.clip(np.diag(total), 0, None))
    record = _record(panel, policy, cells, found, total, clusters.factor)
    whole = Sums(
        effect=float(share @ found.effect), added=influence(found, share), treated=cells.treated,
        observed=float(share @ record.observed), n_obs=int(np.isfinite(cells.outcomes).sum()),
        behind=_behind(cells, found, pooled=pooled),
    )  # fmt: skip
    return linear_estimate(
        design, panel, claim, policy, whole, _parts(record, errors), clusters,
        warnings=(*cells.notes, *notes), added=partial(influence, found, np.eye(len(share))),
        covariance=total, group_times=record,
    )  # fmt: skip


def _behind(cells: Cells, found: CohortEffects, *, pooled: bool) -> Mask:
    """Treated units seen in a period that counts and, unless pooled, before their start, too."""
    n_periods, post = cells.outcomes.shape[1], found.period >= found.start
    counts = np.zeros((n_periods + 1, n_periods), dtype=bool)
    counts[found.start[post], found.period[post]] = True
    seen = np.isfinite(cells.outcomes)
    if seen.all():
        return np.asarray(counts.any(axis=1))[cells.starts]
    early = np.arange(n_periods) < cells.starts[:, None]
    behind = (seen & counts[cells.starts]).any(axis=1)
    return np.asarray(behind if pooled else behind & (seen & early).any(axis=1))


def alone(panel: Panel, starts: Positions, said: str) -> tuple[str, ...]:
    """A warning that names the starts of cohorts of one unit; empty if there are none.

    Parameters
    ----------
    panel
        The panel, whose periods name the starts.
    starts
        Start of each unit, or of each place; the number of periods for those never treated.
    said
        What it means for the errors.
    """
    first, count = np.unique(starts[starts < len(panel.periods)], return_counts=True)
    single = [panel.periods[start] for start in first[count == 1]]
    if not single:
        return ()
    more = f" and in {len(single) - 5} more" if len(single) > 5 else ""
    return (f"one unit alone starts in {', '.join(single[:5])}{more}; {said}",)


def adds_nothing(covariate: str) -> DesignError:
    """The error for a covariate that the rest of a regression determines."""
    return DesignError(
        f"the covariate '{covariate}' adds nothing to unit and period effects and the covariates "
        "before it; leave it out, or name one that changes over time in a way of its own"
    )


def _record(
    panel: Panel, policy: Policy, cells: Cells, found: CohortEffects, total: Floats, factor: float
) -> GroupTimes:
    """The group-time record; averages go by the treated cells, which are taken as given."""
    starts, cohort = np.unique(found.start, return_inverse=True)
    seen = np.isfinite(cells.outcomes)
    mass = np.where(seen, cells.weights, 0.0)
    belongs = (starts[:, None] == cells.starts).astype(np.float64)
    held = belongs @ mass
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (belongs @ np.where(seen, mass * cells.outcomes, 0.0)) / held
    K, C = len(found.effect), len(starts)
    square = np.zeros((K + C, K + C))
    square[:K, :K] = total
    share = belongs @ (mass.sum(axis=1) / np.maximum(seen.sum(axis=1), 1))
    return GroupTimes(
        cohorts=tuple(panel.periods[start] for start in starts),
        starts=tuple(starts.tolist()),
        periods=panel.periods,
        cohort=tuple(cohort.tolist()),
        period=tuple(found.period.tolist()),
        estimate=found.effect,
        observed=observed[cohort, found.period],
        share=share / len(cells.starts),
        covariance=lower_triangle(square),
        size=found.size,
        seed=policy.seed,
        units=partial(_units, found, np.sqrt(factor)),
    )


def _units(found: CohortEffects, factor: float, combination: Floats) -> Floats:
    """What each unit adds to combinations of effects and shares; the shares are taken as given."""
    return np.asarray(influence(found, combination[:, : len(found.effect)].T) * factor)


def _parts(record: GroupTimes, errors: Floats) -> list[Part]:
    """One component for each cohort and period."""
    found = []
    for k, since in enumerate(record.event_time):
        cohort, period = record.cohorts[record.cohort[k]], record.periods[record.period[k]]
        found.append(
            Part(
                term=f"cohort {cohort} in {period}", estimate=float(record.estimate[k]),
                std_error=float(errors[k]), event_time=since, cohort=cohort, period=period,
            )
        )  # fmt: skip
    return found
