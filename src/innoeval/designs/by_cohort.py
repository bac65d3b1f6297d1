"""Cells made ready for regressions by cohort and period, and estimates from their effects."""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Protocol

import numpy as np

from innoeval.designs.base import Mask, Positions, arrange
from innoeval.errors import DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval
from innoeval.records.freeze import Floats
from innoeval.records.group_times import GroupTimes, lower_triangle
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.cohort_effects import CohortEffects, covariance, influence
from innoeval.stats.contrast import student

#: What every comparison of treated with untreated units leans on.
LEANS_ON: tuple[Assumption, ...] = (
    Assumption.parallel_trends,
    Assumption.no_mean_reversion,
    Assumption.no_concurrent_change,
    Assumption.stable_measure,
    Assumption.not_one_unit,
    Assumption.prespecified_window,
    Assumption.no_anticipation,
    Assumption.no_spillover,
    Assumption.stable_composition,
    Assumption.all_sites_reported,
    Assumption.prespecified_outcome,
    Assumption.no_harm_elsewhere,
)


class Named(Protocol):
    """What an estimate takes over from its design."""

    assumptions: ClassVar[tuple[Assumption, ...]]
    estimand: ClassVar[str]


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
    panel: Panel, claim: Claim, weights: str | None = None, covariates: tuple[str, ...] = ()
) -> Cells:
    """Cells with an outcome, a positive weight and all covariates.

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
    if missing:
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


def too_few(cells: Cells, policy: Policy) -> tuple[str, ...]:
    """Why errors clustered by unit cannot be trusted; empty if they can."""
    ours = int(cells.treated.sum())
    theirs = len(cells.starts) - ours
    if ours <= policy.few_treated:
        return (
            (
                f"{ours} treated unit{'s are' if ours > 1 else ' is'} too few for its errors, which "
                f"are clustered by unit; at least {policy.few_treated + 1} are needed"
            ),
        )
    if 0 < theirs < 2:
        return ("one unit that is never treated is too few to tell chance from effect",)
    return ()


def estimate_of(
    design: Named,
    panel: Panel,
    claim: Claim,
    policy: Policy,
    cells: Cells,
    found: CohortEffects,
    *,
    inference: str,
    notes: tuple[str, ...] = (),
    factor: float = 1.0,
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
    inference
        Name of the convention.
    notes
        Further warnings.
    factor
        Small-sample factor of the standard errors.
    """
    name = type(design).__name__
    post = found.period >= found.start
    if not post.any():
        raise DesignError(
            f"{name} does not fit: no effect after a start can be told from the cells that are "
            "there; " + ("; ".join((*cells.notes, *notes)) or "add untreated units or periods")
        )
    few = too_few(cells, policy)
    warnings = (*cells.notes, *notes, *few)
    share = np.where(post, found.size, 0.0)
    share /= share.sum()
    added = influence(found, share) * factor
    error, df = two_sides(added, cells.treated)
    total = covariance(found) * factor**2
    errors = np.sqrt(np.clip(np.diag(total), 0, None))
    effect = float(share @ found.effect)
    tested = student(np.array([effect]), np.array([error]), np.array([df]), policy.level)
    record = _record(panel, policy, cells, found, total, factor)
    observed = float(share @ record.observed)
    return Estimate(
        design=name,
        estimand=design.estimand,
        effect=effect,
        std_error=error,
        conf_int=Interval(float(tested.low[0]), float(tested.high[0])),
        p_value=float(tested.p_value[0]),
        df=df,
        better=claim.better,
        baseline=observed - effect,
        observed=observed,
        n_units=len(added),
        n_treated=int(cells.treated.sum()),
        n_clusters=len(added),
        n_obs=int(np.isfinite(cells.outcomes).sum()),
        inference=inference,
        components=_components(record, errors, df, policy.level),
        covariance=total,
        influence=added * len(added),
        group_times=record,
        assumptions=design.assumptions,
        warnings=warnings,
        level=policy.level,
        whole=share_unit(panel, claim.outcome) if claim.scale == "percentage_points" else 1.0,
    )


def adds_nothing(covariate: str) -> DesignError:
    """The error for a covariate that the rest of a regression determines."""
    return DesignError(
        f"the covariate '{covariate}' adds nothing to unit and period effects and the covariates "
        "before it; leave it out, or name one that changes over time in a way of its own"
    )


def two_sides(added: Floats, treated: Mask) -> tuple[float, float]:
    """Standard error, and Welch's degrees of freedom of treated against never-treated units."""
    parts = [(float((added[side] ** 2).sum()), int(side.sum()) - 1) for side in (treated, ~treated)]
    total = sum(part for part, _ in parts)
    below = sum(part**2 / max(freedom, 1) for part, freedom in parts)
    return float(np.sqrt(total)), float(total**2 / below) if below > 0 else np.inf


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
        units=lambda combination: influence(found, combination[:, :K].T) * factor,
    )


def _components(
    record: GroupTimes, errors: Floats, df: float, level: float
) -> tuple[Component, ...]:
    """One component for each cohort and period."""
    each = student(record.estimate, errors, np.full(len(errors), df), level)
    return tuple(
        Component(
            term=f"cohort {record.cohorts[record.cohort[k]]} in {record.periods[record.period[k]]}",
            estimate=float(each.effect[k]),
            std_error=float(errors[k]),
            statistic=float(each.effect[k] / errors[k]) if errors[k] > 0 else None,
            p_value=float(each.p_value[k]),
            conf_low=float(each.low[k]),
            conf_high=float(each.high[k]),
            event_time=since,
            cohort=record.cohorts[record.cohort[k]],
            period=record.periods[record.period[k]],
        )
        for k, since in enumerate(record.event_time)
    )


def names(panel: Panel, rows: Mask) -> str:
    """The first few units of a mask, and how many more there are."""
    some = [panel.units[i] for i in np.flatnonzero(rows)[:5]]
    rest = int(rows.sum()) - len(some)
    return ", ".join(some) + (f" and {rest} more" if rest > 0 else "")
